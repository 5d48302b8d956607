"""When a mailbox was staffed: whether mail came out of hours, and how long it waited within them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from mailtriage.decide import Interval, Schedule

_MORNING, _EVENING, _NIGHT = time(7), time(18), time(23)
_WITHIN = 366
"""Days in which a next working day is looked for."""


class Arrival(StrEnum):
    """When a message came in. Out of hours is all but the first: nobody of the mailbox was at work.

    A day of the working week on which nobody worked because it was free (a holiday, a study day, leave) is ``free``
    from midnight to midnight, a Saturday or Sunday ``weekend``; on other days ``daytime`` is from 07:00 to 18:00,
    ``evening`` until 23:00, and the rest ``night``.
    """

    AT_WORK = "at_work"
    DAYTIME = "daytime"
    EVENING = "evening"
    NIGHT = "night"
    WEEKEND = "weekend"
    FREE = "free"


class Hours:
    """The hours of one mailbox: those in which anybody whose mailbox it is works, lessons included."""

    def __init__(self, schedules: Sequence[Schedule], zone: ZoneInfo) -> None:
        """Take the schedules of everybody whose mailbox it is, and the school's time zone."""
        self._schedules = schedules
        self._zone = zone
        self._days: dict[date, list[Interval]] = {}

    def on(self, day: date) -> list[Interval]:
        """The stretches of a local day in which somebody works, in order, none touching another."""
        if day not in self._days:
            self._days[day] = merged(one for schedule in self._schedules for one in schedule.at_school(day))
        return self._days[day]

    def arrival(self, moment: datetime) -> Arrival:
        """When a message that came in at ``moment`` (aware) came in."""
        local = moment.astimezone(self._zone)
        day, clock = local.date(), local.time()
        if any(moment in one for one in self.on(day)):
            return Arrival.AT_WORK
        if day.weekday() >= 5:
            return Arrival.WEEKEND
        if not self.on(day) and any(schedule.why_free(day) for schedule in self._schedules):
            return Arrival.FREE
        if _MORNING <= clock < _EVENING:
            return Arrival.DAYTIME
        return Arrival.EVENING if _EVENING <= clock < _NIGHT else Arrival.NIGHT

    def worked(self, start: datetime, end: datetime) -> timedelta:
        """How much of the time from ``start`` to ``end`` (aware) was in working hours; none where ``end`` is first."""
        start, end = start.astimezone(UTC), end.astimezone(UTC)
        first, last = start.astimezone(self._zone).date(), end.astimezone(self._zone).date()
        overlaps = (
            min(one.end, end) - max(one.start, start)
            for days in range((last - first).days + 1)
            for one in self.on(first + timedelta(days))
        )
        return sum((overlap for overlap in overlaps if overlap > timedelta(0)), timedelta(0))

    def next_day(self, moment: datetime) -> date | None:
        """The first local day after the one of ``moment`` on which somebody works; None where that is over a year
        away."""
        day = moment.astimezone(self._zone).date()
        following = (day + timedelta(days) for days in range(1, _WITHIN + 1))
        return next((one for one in following if self.on(one)), None)

    def by_next_day(self, moment: datetime, answered: datetime) -> bool:
        """True where mail that came in at ``moment`` was answered on the next working day after that day at the latest
        (both aware)."""
        last = self.next_day(moment)
        return last is not None and answered.astimezone(self._zone).date() <= last


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """Intervals in order, those that touch or overlap as one."""
    out: list[Interval] = []
    for one in sorted(intervals, key=lambda interval: interval.start):
        if out and one.start <= out[-1].end:
            out[-1] = Interval(out[-1].start, max(out[-1].end, one.end))
        else:
            out.append(one)
    return out
