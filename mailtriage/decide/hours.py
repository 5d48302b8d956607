"""When somebody works and may be told: from a moment and a schedule to the next such moment.

Local times are only read from schedules; everything else is done on instants (``decide.clock``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from mailtriage.decide.clock import Interval, instant, intervals, without
from mailtriage.errors import NoWorkingMomentError
from mailtriage.settings import DateRange, Frame, FreeDays, School, Settings, Staff, Swap, WeeklyHours
from mailtriage.settings.holidays import region_days

NO_HOURS = WeeklyHours()

SEARCH_DAYS = 366
"""How far ahead a working moment is looked for: a schedule without one in a year is a mistake."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When one member of staff works, in the school's time zone.

    ``hours`` are those of every week; ``even`` and ``odd`` take their place in ISO weeks with an even or an odd number,
    where they are given. In ``lessons`` nobody is told. ``closed`` are the days off of the school and the person
    together; ``holidays`` is a code like ``NL`` or ``DE-NW``, empty for none. A day that was exchanged (``swaps``) is
    worked whatever ``closed`` says, except within ``away``: sick leave, and the time before and after the person's
    service, which ``closed`` holds too. Nobody is told anything in the last ``margin`` of a day.
    """

    name: str
    hours: WeeklyHours
    zone: ZoneInfo
    closed: tuple[DateRange, ...] = ()
    holidays: str = ""
    even: WeeklyHours | None = None
    odd: WeeklyHours | None = None
    lessons: WeeklyHours = NO_HOURS
    swaps: tuple[Swap, ...] = ()
    margin: timedelta = timedelta(0)
    away: tuple[DateRange, ...] = ()

    @classmethod
    def of(
        cls, person: Staff, school: School, calendar: Sequence[FreeDays] = (), margin: timedelta = timedelta(0)
    ) -> Schedule:
        """The schedule of a member of staff at a school.

        Args:
            person: whose.
            school: with its holidays.
            calendar: free days from the school's calendar files (``settings.calendars``).
            margin: how long before the end of a day nobody is told any more.
        """
        return cls(
            name=person.name,
            hours=person.hours,
            zone=school.zone,
            closed=(*region_days(school.school_holidays), *calendar, *school.days_off, *person.days_off, *person.away),
            holidays=school.public_holidays,
            even=person.even_weeks,
            odd=person.odd_weeks,
            lessons=school.lessons if person.lessons is None else person.lessons,
            swaps=person.swaps,
            margin=margin,
            away=person.away,
        )

    def week_of(self, day: date) -> WeeklyHours:
        """The hours of the week in which a day lies, by the number of its ISO week."""
        other = self.odd if day.isocalendar().week % 2 else self.even
        return self.hours if other is None else other

    def why_free(self, day: date) -> str:
        """Why the person does not work on a local day although the weekday would be one of work; empty where the
        person does, or where the weekday is free anyhow."""
        if self.exchange_on(day) is not None or not self.week_of(day).on(day.weekday()):
            return ""
        if any(swap.off == day for swap in self.swaps):
            return "exchanged"
        named = (one for one in self.closed if day in one)
        for free in named:
            return (free.name if isinstance(free, FreeDays) else "") or "day off"
        return public_holidays(self.holidays, day.year).get(day, "") if self.holidays else ""

    def works_on(self, day: date) -> bool:
        """True where the person works at some time of this local day."""
        return bool(self._frames_on(day))

    def at_school(self, day: date) -> list[Interval]:
        """The working hours of a local day, in order, lessons included; frames that touch are joined."""
        return intervals(day, self._frames_on(day), self.zone)

    def teaching(self, day: date) -> list[Interval]:
        """The lessons of a local day on which the person works."""
        return intervals(day, self.lessons.on(day.weekday()), self.zone) if self.works_on(day) else []

    def frames(self, day: date) -> list[Interval]:
        """The working hours of a local day outside lessons: when a talk is possible."""
        return without(self.at_school(day), self.teaching(day))

    def tellable(self, day: date) -> list[Interval]:
        """When the person may be told on a local day: outside lessons, and before the last ``margin`` of the day.

        Where the whole day is shorter than the margin, its first stretch counts all the same: a day at work without a
        word of the mail would leave it lying.
        """
        frames = self.frames(day)
        if not frames or not self.margin:
            return frames
        end = self.at_school(day)[-1].end
        return without(frames, [Interval(end - self.margin, end)]) or frames[:1]

    def open_at(self, moment: datetime) -> bool:
        """True where the person may be told at this moment (aware)."""
        return any(moment in frame for frame in self.tellable(moment.astimezone(self.zone).date()))

    def days_from(self, moment: datetime) -> Iterator[date]:
        """The local days from the one of ``moment`` on, for a year."""
        first = moment.astimezone(self.zone).date()
        return (first + timedelta(days) for days in range(SEARCH_DAYS + 1))

    def next_open(self, moment: datetime) -> datetime:
        """The first instant at or after ``moment`` (aware) at which the person may be told, in the school's time zone.

        Raises:
            NoWorkingMomentError: there is none within a year.
        """
        return self.next_of(moment, ())

    def next_of(self, moment: datetime, at: Sequence[time]) -> datetime:
        """The first instant at or after ``moment`` at which the person is to be told.

        Args:
            moment: aware.
            at: local times of the day at which staff are told; empty for at any time when they may be told. On a day
                when none of them is such a time, the day's first one stands in, so that nobody is left out.

        Raises:
            NoWorkingMomentError: there is none within a year.
        """
        moment = moment.astimezone(UTC)
        for day in self.days_from(moment):
            if at:
                later = [candidate for candidate in self.told_at(day, at) if candidate >= moment]
            else:
                later = [max(frame.start, moment) for frame in self.tellable(day) if frame.end > moment]
            if later:
                return later[0].astimezone(self.zone)
        raise _never(self.name)

    def told_at(self, day: date, at: Sequence[time]) -> list[datetime]:
        """The moments (UTC) of a local day at which the person is told, of the set times ``at``; see ``next_of``."""
        frames = self.tellable(day)
        moments = [instant(day, clock, self.zone) for clock in at]
        inside = sorted({moment for moment in moments if any(moment in frame for frame in frames)})
        return inside or [frame.start for frame in frames[:1]]

    def _frames_on(self, day: date) -> tuple[Frame, ...]:
        swap = self.exchange_on(day)
        if swap is not None:
            # A free day that is given in exchange has no hours to bring along.
            of_that_day = self.week_of(swap.off).on(swap.off.weekday())
            return swap.hours or of_that_day or self.week_of(day).on(day.weekday())
        return () if self.why_free(day) else self.week_of(day).on(day.weekday())

    def exchange_on(self, day: date) -> Swap | None:
        """The exchange by which the person works on a day; None where there is none."""
        if any(day in one for one in self.away):
            return None
        return next((swap for swap in self.swaps if swap.on == day), None)


def schedules_of(
    settings: Settings, people: Sequence[Staff], calendar: Sequence[FreeDays] = ()
) -> tuple[Schedule, ...]:
    """The schedules of some staff; ``calendar`` holds free days from the school's calendar files."""
    margin = timedelta(minutes=settings.notifications.margin_minutes)
    return tuple(Schedule.of(person, settings.school, calendar, margin) for person in people)


def _never(*names: str) -> NoWorkingMomentError:
    """Nobody of these people is ever to be told."""
    return NoWorkingMomentError(
        "no working moment within a year",
        where=f"schedule{'s' * (len(names) > 1)} of {', '.join(names)}",
        advice="look at the hours and days_off of this person and of the school",
    )


@cache
def public_holidays(code: str, year: int) -> dict[date, str]:
    """The public holidays of a year with their names in the country's language, by the ``holidays`` package; ``code``
    is like ``NL`` or ``DE-NW``."""
    # Takes 0.1 s to import; whoever needs no calendar does not pay it.
    from holidays import country_holidays  # noqa: PLC0415

    country, _, subdivision = code.partition("-")
    # Left to itself, the package takes the language of whoever started the program.
    language = country_holidays(country).default_language
    return dict(country_holidays(country, subdiv=subdivision or None, years=year, language=language))


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
    for schedule in schedules:
        with suppress(NoWorkingMomentError):
            when = schedule.next_of(moment, at)
            found.append((when.astimezone(UTC), when, schedule.name))
    if not schedules:
        raise NoWorkingMomentError("nobody's mailbox", where="schedules", advice="name staff for the account")
    if not found:
        raise _never(*(schedule.name for schedule in schedules))
    earliest, local, _ = min(found, key=lambda one: one[0])
    return local, tuple(name for instant_of, _, name in found if instant_of == earliest)
