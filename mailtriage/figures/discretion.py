"""What may be shown of numbers, so that nobody can work out a small one.

Every number is rounded to five, and one under ten is shown as "fewer than 10". That is not enough: a small number could
follow from others (a total less the rest). So numbers are published one after another, the most important first, and
before each it is looked at what a reader could work out from all of them together: as long as every small number could
still be anything from 0 to 9, it is shown; else only its bounds are, which the reader has already.

What a reader can work out is found by tightening bounds along the sums until nothing moves. Where the sums hang
together like a tree (two of them share one number at most, and none lead back in a circle), these bounds are exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

FEWEST = 10
"""Numbers below are not shown: nobody is to be singled out."""

STEP = 5
"""Numbers are rounded to a multiple of this."""

_NO_END = 10**12


@dataclass(frozen=True, slots=True)
class Shown:
    """A number as it may be shown: ``about`` (rounded), ``at_least``, or ``fewer`` than ``number``."""

    kind: Literal["about", "at_least", "fewer"]
    number: int


@dataclass(frozen=True, slots=True)
class Sum:
    """A number that is the sum of others."""

    whole: str
    parts: tuple[str, ...]


Bounds = tuple[int, int]


class Ledger:
    """Numbers, of which as many are published as leave every small one in the dark."""

    def __init__(self, counts: Mapping[str, int], sums: Sequence[Sum]) -> None:
        """Take all numbers by name, and what a reader knows of how they add up (in no circle, see the module).

        Raises:
            ValueError: they do not add up.
        """
        for one in sums:
            if counts[one.whole] != sum(counts[part] for part in one.parts):
                raise ValueError(f"{one.whole} is not the sum of its parts")
        self._counts = counts
        self._sums = sums
        self._small = [name for name, count in counts.items() if count < FEWEST]
        self._known: dict[str, Bounds] = dict.fromkeys(counts, (0, _NO_END))
        self._published: set[str] = set()

    def publish(self, names: Iterable[str]) -> None:
        """Publish numbers, each unless it would tell too much of a small one."""
        for name in names:
            known = tightened({**self._known, name: _both(self._known[name], told(self._counts[name]))}, self._sums)
            if all(known[small][0] == 0 and known[small][1] >= FEWEST - 1 for small in self._small):
                self._known = known
                self._published.add(name)

    def shown(self, name: str) -> Shown | None:
        """How a number is shown; None where nothing can be said of it."""
        count = self._counts[name]
        if name in self._published:
            return Shown("fewer", FEWEST) if count < FEWEST else Shown("about", rounded(count))
        least = self.least(name)
        return Shown("at_least", least // STEP * STEP) if least >= FEWEST else None

    def least(self, name: str) -> int:
        """What a reader knows a number to be at least, from all that is published."""
        return self._known[name][0]


def rounded(count: int) -> int:
    """A number, rounded to the nearest multiple of ``STEP``."""
    return (count + STEP // 2) // STEP * STEP


def told(count: int) -> Bounds:
    """What a number says when it is shown: the smallest and the largest that look the same."""
    if count < FEWEST:
        return 0, FEWEST - 1
    middle = rounded(count)
    return max(FEWEST, middle - STEP // 2), middle + STEP // 2


def tightened(known: dict[str, Bounds], sums: Sequence[Sum]) -> dict[str, Bounds]:
    """What follows from bounds of numbers and from how these add up: the tightest bounds of each."""
    moved = True
    while moved:
        moved = False
        for one in sums:
            moved |= _tighten(known, one)
    return known


def _tighten(known: dict[str, Bounds], one: Sum) -> bool:
    """Tighten the bounds of one sum and its parts; true where any moved."""
    low, high = (sum(known[part][side] for part in one.parts) for side in (0, 1))
    whole = _both(known[one.whole], (low, high))
    found = {one.whole: whole}
    for part in one.parts:
        least, most = known[part]
        found[part] = _both((least, most), (whole[0] - (high - most), whole[1] - (low - least)))
    moved = any(known[name] != bounds for name, bounds in found.items())
    known.update(found)
    return moved


def _both(one: Bounds, other: Bounds) -> Bounds:
    return max(one[0], other[0]), min(one[1], other[1])


def joined(counts: Sequence[int]) -> list[range]:
    """Neighbours put together, from the first on, until each group counts ten; what is left over goes to the last.

    Returns:
        The places of each group; none where there are fewer than ten in all.
    """
    groups: list[range] = []
    start = total = 0
    for place, count in enumerate(counts):
        total += count
        if total >= FEWEST:
            groups.append(range(start, place + 1))
            start, total = place + 1, 0
    if groups and start < len(counts):
        groups[-1] = range(groups[-1].start, len(counts))
    return groups
