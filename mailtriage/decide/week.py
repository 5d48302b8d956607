"""The calendar as the program understands it: when each person works, teaches and is told, day by day, and where a
mailbox has nobody for a while."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from mailtriage.decide.clock import Interval, without
from mailtriage.decide.hours import SEARCH_DAYS, Schedule
from mailtriage.settings import FreeDays, School, default_staff

GAP_DAYS = 3
"""A mailbox may go without a reader for so many school days before anybody is warned."""

AHEAD_DAYS = 30
"""How far ahead ``check`` and ``status`` look for gaps."""

WEEKEND = "weekend"
NO_WORKDAY = "no working day"


class Pattern(StrEnum):
    """Which hours of a person count in a week, by the names of the configuration's keys."""

    EVERY = "hours"
    EVEN = "even_weeks"
    ODD = "odd_weeks"


@dataclass(frozen=True, slots=True)
class PersonDay:
    """One local day of one person. Intervals and moments are in UTC and in order.

    ``working`` are the hours at school, ``lessons`` those within them, ``told`` when the person may be told;
    ``moments`` are the set moments of the day (``notifications.when``), empty where staff are told at once.
    ``why_free`` is empty on a day of work; ``instead_of`` is the day that was given for this one in an exchange.
    """

    person: str
    day: date
    pattern: Pattern
    working: tuple[Interval, ...]
    lessons: tuple[Interval, ...]
    told: tuple[Interval, ...]
    moments: tuple[datetime, ...]
    why_free: str
    instead_of: date | None


@dataclass(frozen=True, slots=True)
class Gap:
    """School days on which nobody reads a mailbox, one after the other: the first, the last, and how many."""

    first: date
    last: date
    days: int

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last

    def __str__(self) -> str:
        count = f"{self.days} school day{'s' * (self.days != 1)}"
        if self.first == self.last:
            return f"nobody reads it on {self.first} ({count})"
        return f"nobody reads it from {self.first} to {self.last} ({count})"


def days_of(schedule: Schedule, first: date, days: int, at: Sequence[time]) -> list[PersonDay]:
    """The days of a person.

    Args:
        schedule: whose.
        first: the first local day.
        days: how many.
        at: the set times of the day at which staff are told; empty for at once.
    """
    return [_day_of(schedule, first + timedelta(ahead), at) for ahead in range(days)]


def _day_of(schedule: Schedule, day: date, at: Sequence[time]) -> PersonDay:
    working = schedule.at_school(day)
    exchange = schedule.exchange_on(day)
    return PersonDay(
        person=schedule.name,
        day=day,
        pattern=pattern_of(schedule, day),
        working=tuple(working),
        lessons=tuple(without(working, schedule.frames(day))),
        told=tuple(schedule.tellable(day)),
        moments=tuple(schedule.told_at(day, at)) if at else (),
        why_free="" if working else _why_free(schedule, day),
        instead_of=exchange.off if exchange else None,
    )


def pattern_of(schedule: Schedule, day: date) -> Pattern:
    """Which hours count in the week of a day."""
    if day.isocalendar().week % 2:
        return Pattern.EVERY if schedule.odd is None else Pattern.ODD
    return Pattern.EVERY if schedule.even is None else Pattern.EVEN


def _why_free(schedule: Schedule, day: date) -> str:
    return schedule.why_free(day) or (WEEKEND if day.weekday() >= 5 else NO_WORKDAY)


def school_week(school: School, calendar: Sequence[FreeDays] = ()) -> Schedule:
    """When the school is open: Monday to Friday, except on public holidays and its own free days."""
    return Schedule.of(default_staff(), school, calendar)


def gaps(schedules: Sequence[Schedule], school: Schedule, first: date, days: int, allowed: int) -> list[Gap]:
    """Where a mailbox is read by nobody for more than ``allowed`` school days in a row.

    Args:
        schedules: of everybody whose mailbox it is.
        school: when the school is open; a day on which it is closed neither counts nor ends a gap.
        first: the first local day that is looked at.
        days: within how many days a gap begins. It is followed to its end, for a year at most.
        allowed: school days.

    Returns:
        The gaps, in order.
    """
    return [gap for gap in _runs(schedules, school, first, days) if gap.days > allowed]


def _runs(schedules: Sequence[Schedule], school: Schedule, first: date, days: int) -> Iterator[Gap]:
    run: list[date] = []
    for ahead in range(max(days, SEARCH_DAYS)):
        if ahead >= days and not run:
            return
        day = first + timedelta(ahead)
        if any(schedule.tellable(day) for schedule in schedules):
            if run:
                yield Gap(run[0], run[-1], len(run))
            run = []
        elif school.works_on(day):
            run.append(day)
    if run:
        yield Gap(run[0], run[-1], len(run))


def gap_warning(schedules: Sequence[Schedule], school: Schedule, today: date) -> str:
    """One line on the gaps that begin within ``AHEAD_DAYS``; empty where there are none."""
    found = gaps(schedules, school, today, AHEAD_DAYS, GAP_DAYS)
    if not found:
        return ""
    more = f", and {len(found) - 1} more within {AHEAD_DAYS} days" if len(found) > 1 else ""
    return f"{found[0]}{more}"
