"""No small number can be worked out from what is shown. An independent solver plays the curious reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import settings as rules
from hypothesis import strategies as st
from scipy.optimize import linprog

from mailtriage.figures.counting import IMPORTANCE, TREE
from mailtriage.figures.discretion import FEWEST, Ledger, Shown, Sum, joined, rounded, told

LEAVES = sorted({part for one in TREE for part in one.parts} - {one.whole for one in TREE})
FREE_LEAVES = [name for name in LEAVES if not name.startswith("not ") and name not in ("appointment", "at_work")]
"""Numbers that may be anything; the others follow from them and from the sums."""


def says(shown: Shown | None) -> tuple[int, int | None]:
    """The least and the most that a number may be which is shown like this."""
    if shown is None:
        return 0, None
    if shown.kind == "about":
        return max(FEWEST, shown.number - 2), shown.number + 2
    return (0, shown.number - 1) if shown.kind == "fewer" else (shown.number, None)


class Reader:
    """Works out all that follows from shown numbers and from how they add up, by linear programming."""

    def __init__(self, shown: Mapping[str, Shown | None], sums: Sequence[Sum]) -> None:
        """Take what is shown, and what everybody knows; numbers that only stand in sums are unknown."""
        self._names = sorted({*shown, *(name for one in sums for name in (one.whole, *one.parts))})
        self._bounds = [says(shown.get(name)) for name in self._names]
        self._sums = np.array(
            [[(name in one.parts) - float(name == one.whole) for name in self._names] for one in sums], dtype=float
        )

    def range_of(self, name: str) -> tuple[float, float]:
        """The least and the most that a number can be."""
        aim = np.array([float(one == name) for one in self._names])
        zeros = np.zeros(len(self._sums))
        found = [
            linprog(sign * aim, A_eq=self._sums, b_eq=zeros, bounds=self._bounds, method="highs") for sign in (1, -1)
        ]
        return tuple(  # type: ignore[return-value]
            float("inf") if one.status == 3 else sign * round(one.fun, 6)
            for sign, one in zip((1, -1), found, strict=True)
        )


def assert_dark(shown: Mapping[str, Shown | None], counts: Mapping[str, int], sums: Sequence[Sum]) -> None:
    """Every small number may still be anything from 0 to 9."""
    reader = Reader(shown, sums)
    for name, count in counts.items():
        if count < FEWEST:
            low, high = reader.range_of(name)
            assert low <= 0 and high >= FEWEST - 1, (name, count, low, high)  # noqa: PT018 - one range


def assert_true(shown: Mapping[str, Shown | None], counts: Mapping[str, int]) -> None:
    """What is shown holds, and no number below ten is."""
    for name, one in shown.items():
        low, high = says(one)
        assert low <= counts[name] <= (counts[name] if high is None else high)
        assert one is None or one.number >= FEWEST


@st.composite
def school(draw: st.DrawFn) -> dict[str, int]:
    """Numbers that add up as those of a school do, many of them around ten."""
    some = st.one_of(st.integers(0, 12), st.integers(0, 60), st.integers(0, 3000))
    counts = {name: draw(some) for name in FREE_LEAVES}
    counts["answered"] = counts["next_day"] + counts["later"]
    counts["questions"] = counts["answered"] + counts["unanswered"]
    counts["yes_no"] = draw(st.integers(0, counts["questions"]))
    counts["appointment"] = counts["questions"] - counts["yes_no"]
    counts["simple"] = counts["questions"] + counts["notice"]
    counts["substantive"] = counts["offered"] + counts["not_offered"]
    counts["mails"] = counts["simple"] + counts["substantive"] + counts["unsure"]
    left = counts["mails"]
    for name in ("daytime", "evening", "night", "weekend", "free"):
        counts[name] = draw(st.integers(0, left))
        left -= counts[name]
    counts["out_of_hours"], counts["at_work"] = counts["mails"] - left, left
    for flag in ("urgent", "conduct", "personal"):
        counts[flag] = draw(st.one_of(st.integers(0, counts["mails"]), st.integers(0, min(12, counts["mails"]))))
        counts[f"not {flag}"] = counts["mails"] - counts[flag]
    counts["not_judged"] = draw(some)
    if counts["mails"] < FEWEST:
        counts["notice"] += FEWEST
        counts["simple"] += FEWEST
        counts["mails"] += FEWEST
        counts["at_work"] += FEWEST
        counts |= {f"not {flag}": counts[f"not {flag}"] + FEWEST for flag in ("urgent", "conduct", "personal")}
    return counts


@given(counts=school())
@rules(max_examples=60, deadline=None)
def test_no_small_number_can_be_worked_out(counts: dict[str, int]) -> None:
    """Whatever the numbers of a school are: from all that is shown of them together."""
    ledger = Ledger(counts, TREE)
    ledger.publish(IMPORTANCE)
    shown = {name: ledger.shown(name) for name in IMPORTANCE}
    assert_true(shown, counts)
    assert_dark(shown, counts, TREE)


PARTS = st.lists(st.one_of(st.integers(0, 12), st.integers(0, 200)), min_size=1, max_size=6)


@given(parts=PARTS)
@example(parts=[100, 60, 4])
@example(parts=[9] * 5)
@example(parts=[18, 18, 18, 18, 0])
@rules(max_examples=150, deadline=None)
def test_a_total_does_not_give_away_its_smallest_part(parts: list[int]) -> None:
    """Neither where one part is small nor where all are as large as a small number can be."""
    counts = {f"part {n}": count for n, count in enumerate(parts)}
    sums = [Sum("all", tuple(counts))]
    counts["all"] = sum(parts)
    if counts["all"] < FEWEST:
        return
    ledger = Ledger(counts, sums)
    ledger.publish(["all", *counts])
    shown = {name: ledger.shown(name) for name in counts}
    assert_true(shown, counts)
    assert_dark(shown, counts, sums)


@given(counts=school())
@rules(max_examples=25, deadline=None)
def test_bounds_are_exactly_what_a_reader_can_work_out(counts: dict[str, int]) -> None:
    """What the ledger takes a reader to know is what a solver finds: neither less nor more."""
    ledger = Ledger(counts, TREE)
    ledger.publish(IMPORTANCE)
    shown = {name: ledger.shown(name) for name in IMPORTANCE}
    # A lower bound is told rounded, and follows from the rest anyhow.
    published = {name: one for name, one in shown.items() if one is None or one.kind != "at_least"}
    reader = Reader(published, TREE)
    for name in ("simple", "questions", "answered", "offered", "out_of_hours", "notice"):
        assert ledger.least(name) == reader.range_of(name)[0]


def test_a_reader_finds_what_plain_suppression_leaves() -> None:
    """The solver is no straw man: where a total and all parts but one are shown, it finds that one."""
    counts = {"all": 171, "a": 102, "b": 60, "c": 9}
    sums = [Sum("all", ("a", "b", "c"))]
    naive: dict[str, Shown | None] = {
        name: Shown("about", rounded(count)) if count >= FEWEST else Shown("fewer", FEWEST)
        for name, count in counts.items()
    }
    low, high = Reader(naive, sums).range_of("c")
    assert (low, high) == (4, 9)
    with pytest.raises(AssertionError):
        assert_dark(naive, counts, sums)


def test_what_matters_most_is_shown() -> None:
    """Where not everything can be, a lower bound stands in for what matters least."""
    counts = {"all": 200, "a": 100, "b": 95, "c": 5}
    sums = [Sum("all", ("a", "b", "c"))]
    for order in ("abc", "bac"):
        ledger = Ledger(counts, sums)
        ledger.publish(["all", *order])
        first, second = (ledger.shown(name) for name in order[:2])
        assert first == Shown("about", counts[order[0]])
        assert second is not None
        assert second.kind in ("about", "at_least")
        assert ledger.shown("c") == Shown("fewer", 10)


def test_numbers_that_do_not_add_up_are_refused() -> None:
    """Bounds of such would run away."""
    with pytest.raises(ValueError, match="all is not the sum"):
        Ledger({"all": 20, "a": 10, "b": 9}, [Sum("all", ("a", "b"))])


@given(count=st.integers(0, 10_000))
def test_a_number_lies_in_what_it_tells(count: int) -> None:
    """And everything that it tells looks the same."""
    low, high = told(count)
    assert low <= count <= high
    assert told(low) == told(high) == (low, high)


@given(counts=st.lists(st.integers(0, 25), max_size=30))
def test_neighbours_are_joined_until_they_count_ten(counts: list[int]) -> None:
    """Every place is in one group, in order, and no group is smaller; none is larger than it must be but the last."""
    groups = joined(counts)
    assert [place for group in groups for place in group] == (list(range(len(counts))) if groups else [])
    assert bool(groups) == (sum(counts) >= FEWEST)
    for group in groups:
        assert sum(counts[place] for place in group) >= FEWEST
    for group in groups[:-1]:
        assert sum(counts[place] for place in group[:-1]) < FEWEST
