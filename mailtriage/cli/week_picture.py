"""A picture of a week in the terminal: a row for each day, a sign for each quarter of an hour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mailtriage.decide.clock import Interval, instant
from mailtriage.decide.week import PersonDay

FIRST_HOUR, LAST_HOUR = 7, 18
"""What is always shown; hours that lie outside make the picture wider."""

_WIDEST = 14
"""Hours up to which a sign stands for a quarter; beyond, for half an hour."""


@dataclass(frozen=True, slots=True)
class Signs:
    """A sign for each state of somebody's day."""

    told: str
    lesson: str
    quiet: str
    free: str
    moment: str

    def legend(self, *, moments: bool) -> str:
        """What the signs mean; ``moments``: staff are told at set moments."""
        told = f"{self.told} may be told" + (f", at {self.moment}" if moments else "")
        return f"{told}   {self.lesson} lesson   {self.quiet} at work, not told any more   {self.free} free"


BLOCKS = Signs(told="█", lesson="▒", quiet="─", free="·", moment="◆")
ASCII = Signs(told="#", lesson="=", quiet="-", free=".", moment="!")


def signs_for(encoding: str | None) -> Signs:
    """Blocks where a terminal can show them, letters elsewhere. ``encoding`` is the terminal's, None if unknown."""
    try:
        "".join((BLOCKS.told, BLOCKS.lesson, BLOCKS.quiet, BLOCKS.free, BLOCKS.moment)).encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return ASCII
    return BLOCKS


@dataclass(frozen=True, slots=True)
class Scale:
    """The hours of the day that a picture shows, and the minutes that a sign stands for."""

    first: int
    last: int

    @property
    def minutes(self) -> int:
        """How many a sign stands for."""
        return 15 if self.last - self.first <= _WIDEST else 30

    def header(self) -> str:
        """The hours, above the column where each begins."""
        per_hour = 60 // self.minutes
        shown = range(self.first, self.last, 1 if per_hour > 2 else 2)
        return "".join(f"{hour:02}".ljust(per_hour * shown.step) for hour in shown).rstrip()


def scale_for(days: Iterable[PersonDay], zone: ZoneInfo) -> Scale:
    """A scale that shows all hours of these days."""
    first, last = FIRST_HOUR, LAST_HOUR
    for one in days:
        for interval in one.working:
            first = min(first, interval.start.astimezone(zone).hour)
            end = interval.end.astimezone(zone)
            full = 24 if end.date() > one.day else end.hour + (end.minute > 0)
            last = max(last, full)
    return Scale(first, last)


def picture(
    days: Sequence[PersonDay], zone: ZoneInfo, scale: Scale, signs: Signs, names: Mapping[str, str]
) -> list[str]:
    """The picture of some days, a header and then a line for each.

    Args:
        days: of one week; of several people, they stand below each other.
        zone: the school's.
        scale: which hours are shown.
        signs: how.
        names: what people are called in the lines; empty where that goes without saying.
    """
    width = max(map(len, names.values()), default=-1) + 1
    lines = [" " * (10 + width) + scale.header()]
    before: date | None = None
    for one in days:
        day = f"{one.day:%a %d-%m}" if one.day != before else ""
        who = names.get(one.person, "").ljust(width)
        lines.append(f"{day:9} {who}{''.join(_row(one, zone, scale, signs))}".rstrip())
        before = one.day
    return lines


def _row(one: PersonDay, zone: ZoneInfo, scale: Scale, signs: Signs) -> Iterable[str]:
    for minute in range(scale.first * 60, scale.last * 60, scale.minutes):
        slot = Interval(_at(one.day, minute, zone), _at(one.day, minute + scale.minutes, zone))
        yield _sign(one, slot, signs)


def _at(day: date, minute: int, zone: ZoneInfo) -> datetime:
    if minute == 24 * 60:
        day, minute = day + timedelta(days=1), 0
    return instant(day, time(*divmod(minute, 60)), zone)


def _sign(one: PersonDay, slot: Interval, signs: Signs) -> str:
    """The sign of what takes most of a stretch of time; of a set moment, where one falls into it."""
    if any(moment in slot for moment in one.moments):
        return signs.moment
    told, lesson, working = (_shared(slot, spans) for spans in (one.told, one.lessons, one.working))
    shares = (
        (told, signs.told),
        (lesson, signs.lesson),
        (working - told - lesson, signs.quiet),
        (slot.end - slot.start - working, signs.free),
    )
    return max(shares, key=lambda share: share[0])[1]


def _shared(slot: Interval, spans: Sequence[Interval]) -> timedelta:
    """How long a stretch of time and others overlap."""
    nothing = timedelta(0)
    return sum((max(min(slot.end, span.end) - max(slot.start, span.start), nothing) for span in spans), nothing)


def clock(moment: datetime, zone: ZoneInfo, day: date) -> str:
    """A moment as the clock on the wall shows it on a day; the midnight that ends it is 24:00."""
    local = moment.astimezone(UTC).astimezone(zone)
    return "24:00" if local.date() > day else f"{local:%H:%M}"
