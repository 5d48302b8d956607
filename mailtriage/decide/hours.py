"""When somebody works: from a moment and a schedule to the next open moment.

All arithmetic and every comparison is done on instants (UTC): Python compares moments of one zone by their clock
times, which is wrong in the hour that occurs twice. Local times are only read from schedules. A local time that a
clock change leaves out stands for the instant of the change; one that occurs twice stands for its first occurrence
(RFC 5545 §3.3.5 has the same rule for the second case, and for the first an equivalent that can turn short frames
backwards).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from mailtriage.errors import NoWorkingMomentError
from mailtriage.settings import DateRange, School, Staff, WeeklyHours

SEARCH_DAYS = 366
"""How far ahead a working moment is looked for: a schedule without one in a year is a mistake."""


@dataclass(frozen=True, slots=True)
class Interval:
    """From ``start`` (included) to ``end`` (not included), both in UTC."""

    start: datetime
    end: datetime

    def __contains__(self, moment: object) -> bool:
        return isinstance(moment, datetime) and self.start <= moment.astimezone(UTC) < self.end


@dataclass(frozen=True, slots=True)
class Schedule:
    """When one member of staff works, in the school's time zone.

    ``closed`` are the days off of the school and the person together; ``holidays`` is a code like ``NL`` or
    ``DE-NW``, empty for none.
    """

    name: str
    hours: WeeklyHours
    zone: ZoneInfo
    closed: tuple[DateRange, ...] = ()
    holidays: str = ""

    @classmethod
    def of(cls, person: Staff, school: School) -> Schedule:
        """The schedule of a member of staff at a school."""
        return cls(
            name=person.name,
            hours=person.hours,
            zone=school.zone,
            closed=(*school.days_off, *person.days_off),
            holidays=school.public_holidays,
        )

    def works_on(self, day: date) -> bool:
        """True where the person works at some time of this local day."""
        if any(day in closed for closed in self.closed) or not self.hours.on(day.weekday()):
            return False
        return not (self.holidays and day in public_holidays(self.holidays, day.year))

    def frames(self, day: date) -> list[Interval]:
        """The intervals of a local day, in order; frames that touch are joined."""
        if not self.works_on(day):
            return []
        joined: list[Interval] = []
        for frame in self.hours.on(day.weekday()):
            start = instant(day, frame.start, self.zone)
            end = instant(day, frame.end, self.zone) if frame.end else instant(day + timedelta(1), time(0), self.zone)
            if joined and joined[-1].end == start:
                joined[-1] = Interval(joined[-1].start, end)
            elif start < end:
                joined.append(Interval(start, end))
        return joined

    def open_at(self, moment: datetime) -> bool:
        """True where the person works at this moment (aware)."""
        return any(moment in frame for frame in self.frames(moment.astimezone(self.zone).date()))

    def days_from(self, moment: datetime) -> Iterator[date]:
        """The local days from the one of ``moment`` on, for a year."""
        first = moment.astimezone(self.zone).date()
        return (first + timedelta(days) for days in range(SEARCH_DAYS + 1))

    def next_open(self, moment: datetime) -> datetime:
        """The first instant at or after ``moment`` (aware) at which the person works, in the school's time zone.

        Raises:
            NoWorkingMomentError: there is none within a year.
        """
        return self.next_of(moment, ())

    def next_of(self, moment: datetime, at: Sequence[time]) -> datetime:
        """The first instant at or after ``moment`` at which the person works and is to be told.

        Args:
            moment: aware.
            at: local times of the day at which staff are told; empty for at any time within the hours. On a day
                when none of them falls within the hours, the day's first working moment stands in, so that nobody
                is left out.

        Raises:
            NoWorkingMomentError: there is none within a year.
        """
        moment = moment.astimezone(UTC)
        for day in self.days_from(moment):
            frames = self.frames(day)
            if at:
                candidates = self._told_at(day, frames, at)
                later = [candidate for candidate in candidates if candidate >= moment]
            else:
                later = [max(frame.start, moment) for frame in frames if frame.end > moment]
            if later:
                return later[0].astimezone(self.zone)
        raise NoWorkingMomentError(
            "no working moment within a year",
            where=f"schedule of {self.name}",
            advice="look at the hours and days_off of this person and of the school",
        )

    def _told_at(self, day: date, frames: Sequence[Interval], at: Sequence[time]) -> list[datetime]:
        moments = [instant(day, clock, self.zone) for clock in at]
        inside = sorted({moment for moment in moments if any(moment in frame for frame in frames)})
        return inside or [frame.start for frame in frames[:1]]


def instant(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The instant of a local time of ``zone``, in UTC; see the module's text for clock changes."""
    local = datetime.combine(day, clock, zone)
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return moment
    # The time is left out tonight. PEP 495: fold=1 gives an instant before the change, fold=0 one after it.
    early, late = local.replace(fold=1).astimezone(UTC), moment
    offset = early.astimezone(zone).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) / 2
        early, late = (middle, late) if middle.astimezone(zone).utcoffset() == offset else (early, middle)
    return late.replace(microsecond=0)


@cache
def public_holidays(code: str, year: int) -> frozenset[date]:
    """The public holidays of a year by the ``holidays`` package; ``code`` is like ``NL`` or ``DE-NW``."""
    # Takes 0.1 s to import; whoever needs no calendar does not pay it.
    from holidays import country_holidays  # noqa: PLC0415

    country, _, subdivision = code.partition("-")
    return frozenset(country_holidays(country, subdiv=subdivision or None, years=year))


def next_to_be_told(
    moment: datetime, schedules: Sequence[Schedule], at: Sequence[time]
) -> tuple[datetime, tuple[str, ...]]:
    """The first moment at which someone whose mailbox it is works and is to be told, and who works then.

    Args:
        moment: aware.
        schedules: of everybody whose mailbox it is, at least one.
        at: see ``Schedule.next_of``.

    Returns:
        The moment in the school's time zone, and the names of those for whom it is such a moment.

    Raises:
        NoWorkingMomentError: nobody works within a year.
    """
    found: list[tuple[datetime, datetime, str]] = []
    problem: NoWorkingMomentError | None = None
    for schedule in schedules:
        try:
            when = schedule.next_of(moment, at)
        except NoWorkingMomentError as error:
            problem = error
        else:
            found.append((when.astimezone(UTC), when, schedule.name))
    if not found:
        raise problem or NoWorkingMomentError(
            "nobody's mailbox", where="schedules", advice="name staff for the account"
        )
    earliest, local, _ = min(found, key=lambda one: one[0])
    return local, tuple(name for instant_of, _, name in found if instant_of == earliest)
