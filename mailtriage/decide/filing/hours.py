"""The condition of time: out of the hours of everybody whose mailbox it is, by the date extension (RFC 5260).

A Sieve ``:zone`` is a fixed offset, and the server's own zone is anybody's guess. So each day's hours are worked out
here, clock changes included, and the script compares them in UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta

from mailtriage.decide.clock import Interval
from mailtriage.decide.filing.syntax import every, some, strings
from mailtriage.decide.hours import Schedule
from mailtriage.errors import NoWorkingMomentError

_DAY = timedelta(days=1)
_MIDNIGHT = time(0)

Piece = tuple[time, time | None]
"""A stretch of a day in UTC; the end is exclusive, None is 24:00."""


def open_hours(schedules: Sequence[Schedule], first: date, days: int) -> list[Interval]:
    """When mail stays in the inbox, from the beginning of a UTC day on: somebody may be told, or nobody ever will.

    Args:
        schedules: of everybody whose mailbox it is.
        first: the first day, in UTC.
        days: how many.

    Returns:
        Intervals in order, none touching another. Where nobody works within a year after the last of them, or at all,
        the rest counts as open: mail that nothing would release must not be filed.
    """
    start = datetime.combine(first, _MIDNIGHT, UTC)
    end = start + days * _DAY
    # A local day begins and ends up to 14 hours from that of UTC.
    around = [first + timedelta(day) for day in range(-2, days + 2)]
    found = [piece for one in schedules for day in around for piece in one.tellable(day)]
    clipped = [Interval(max(one.start, start), min(one.end, end)) for one in found]
    joined = _joined(one for one in clipped if one.start < one.end)
    if any(_works_after(end, one) for one in schedules):
        return joined
    last = joined[-1].end if joined else start
    return _joined([*joined, Interval(last, end)])


def within_hours(hours: Sequence[Interval]) -> list[str]:
    """Tests that hold in these hours; none of them where there are no hours. Days with the same hours share one."""
    pieces: dict[date, list[Piece]] = {}
    for interval in hours:
        for day, piece in _days_of(interval):
            pieces.setdefault(day, []).append(piece)
    alike: dict[tuple[Piece, ...], list[date]] = {}
    for day, parts in pieces.items():
        alike.setdefault(tuple(parts), []).append(day)
    return [_on_days(days, parts) for parts, days in alike.items()]


def within_days(first: date, days: int) -> list[str]:
    """Tests that hold together from the first day (UTC) on, for so many days."""
    end = first + days * _DAY
    return [_now("date", first.isoformat(), "ge"), _now("date", end.isoformat(), "lt")]


def _on_days(days: Sequence[date], parts: Sequence[Piece]) -> str:
    dates = f'currentdate :zone "+0000" "date" {strings(day.isoformat() for day in days)}'
    if parts == ((_MIDNIGHT, None),):
        return dates
    return every([dates, some([_between(start, end) for start, end in parts])])


def _between(start: time, end: time | None) -> str:
    tests = [_now("time", f"{start:%H:%M:%S}", "ge")] if start != _MIDNIGHT else []
    if end is not None:
        tests.append(_now("time", f"{end:%H:%M:%S}", "lt"))
    return every(tests) if len(tests) != 2 else f"allof ({tests[0]}, {tests[1]})"


def _now(part: str, value: str, how: str) -> str:
    """The moment of delivery compared. ``date`` and ``time`` are written so that texts sort as moments do (RFC 5260
    §4.2)."""
    return f'currentdate :zone "+0000" :value "{how}" "{part}" "{value}"'


def _days_of(interval: Interval) -> list[tuple[date, Piece]]:
    """An interval cut at midnight, UTC."""
    found: list[tuple[date, Piece]] = []
    start = interval.start
    while start < interval.end:
        midnight = datetime.combine(start.date() + _DAY, _MIDNIGHT, UTC)
        end = None if interval.end >= midnight else interval.end.time()
        found.append((start.date(), (start.time(), end)))
        start = midnight
    return found


def _joined(found: Iterable[Interval]) -> list[Interval]:
    """Intervals in order, those that overlap or touch made one."""
    joined: list[Interval] = []
    for one in sorted(found, key=lambda each: each.start):
        if joined and one.start <= joined[-1].end:
            joined[-1] = Interval(joined[-1].start, max(joined[-1].end, one.end))
        elif one.start < one.end:
            joined.append(one)
    return joined


def _works_after(moment: datetime, schedule: Schedule) -> bool:
    try:
        schedule.next_open(moment)
    except NoWorkingMomentError:
        return False
    return True
