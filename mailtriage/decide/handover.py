"""When a mailbox passes from one person to another, and when people come back to it after days away.

From schedules and a moment; whether it was told already is not known here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from mailtriage.decide.clock import Interval
from mailtriage.decide.hours import Schedule, public_holidays
from mailtriage.errors import NoWorkingMomentError
from mailtriage.settings import FreeDays

LOOK_BACK_DAYS = 60
"""How far back the last day of work is looked for; the summer holiday is shorter."""

LONG = 3
"""After so many free days between Monday and Friday a digest is a summary."""

_DAY = timedelta(days=1)
_PERSONAL = frozenset({"", "day off", "sick", "exchanged", "not here yet", "not here any more"})
"""Reasons (``Schedule.why_free``) that are nobody else's business, or say nothing."""


@dataclass(frozen=True, slots=True)
class Handover:
    """``to`` work again, or for the first time: since ``since`` others, ``by``, had the mailbox, until ``until``.

    ``due_at`` is the first moment at which one of ``to`` is to be told; None where there is none. All aware.
    """

    by: tuple[str, ...]
    to: tuple[str, ...]
    since: datetime
    until: datetime
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Absence:
    """Nobody worked for some days, until ``until`` (aware): today's first hour.

    ``holiday`` is what those days are called, empty where they have no name that concerns everybody; ``own`` says
    whether they were days off of somebody who works now.
    """

    until: datetime
    holiday: str
    own: bool


def at_work(schedules: Sequence[Schedule], now: datetime) -> tuple[str, ...]:
    """Who works at a moment (aware), lessons included."""
    return tuple(one.name for one in schedules if _works_at(one, now))


def handed_over(schedules: Sequence[Schedule], now: datetime, at: Sequence[time] = ()) -> Handover | None:
    """The latest change to somebody who works now from others, who had the mailbox alone in between.

    A change is where the others' whole day lies between two days of that person, or one of the halves of a shared day.
    People who work side by side, and one of whom comes a little later or is at lunch, hand over nothing.

    Args:
        schedules: of everybody whose mailbox it is.
        now: aware.
        at: see ``Schedule.next_of``.

    Returns:
        None where the mailbox is one person's, nobody works now, or those who do were there all the time.
    """
    if len(schedules) < 2:
        return None
    found = [change for one in schedules if _works_at(one, now) and (change := _change(one, schedules, now))]
    if not found:
        return None
    until = max(change.until for change in found)
    latest = [change for change in found if change.until == until]
    arriving = [one for one in schedules if any(one.name in change.to for change in latest)]
    return Handover(
        by=tuple(dict.fromkeys(name for change in latest for name in change.by)),
        to=tuple(one.name for one in arriving),
        since=min(change.since for change in latest),
        until=until,
        due_at=_first_told(arriving, until, at),
    )


def absence(schedules: Sequence[Schedule], now: datetime) -> Absence | None:
    """The days off from which people come back today; None where they were fewer than ``LONG``, or nobody works now."""
    present = [one for one in schedules if _works_at(one, now)]
    if not present:
        return None
    today = now.astimezone(present[0].zone).date()
    free: list[date] = []
    for day in (today - _DAY * back for back in range(1, LOOK_BACK_DAYS + 1)):
        if any(one.works_on(day) for one in schedules):
            break
        if day.weekday() < 5 and _is_off(schedules, day):
            free.append(day)
    else:
        return None  # nobody was here before, to come back now
    if len(free) < LONG:
        return None
    names = Counter(name for day in free for one in schedules if (name := _reason(one, day)) not in _PERSONAL)
    until = min(span.start for one in present if (span := _span(one, today)))
    own = any(_reason(one, day) for one in present for day in free)
    return Absence(until, names.most_common(1)[0][0] if names else "", own)


def _works_at(schedule: Schedule, moment: datetime) -> bool:
    return any(moment in one for one in schedule.at_school(moment.astimezone(schedule.zone).date()))


def _span(schedule: Schedule, day: date) -> Interval | None:
    """From the beginning of somebody's first frame of a day to the end of the last."""
    frames = schedule.at_school(day)
    return Interval(frames[0].start, frames[-1].end) if frames else None


def _spans(schedule: Schedule, today: date) -> Iterator[Interval]:
    """The days of somebody from today on back."""
    for back in range(LOOK_BACK_DAYS + 1):
        if span := _span(schedule, today - _DAY * back):
            yield span


def _change(person: Schedule, everybody: Sequence[Schedule], now: datetime) -> Handover | None:
    """The latest gap between two days of a person in which somebody else had the mailbox alone."""
    today = now.astimezone(person.zone).date()
    others = {one.name: list(_spans(one, today)) for one in everybody if one.name != person.name}
    mine = list(_spans(person, today))
    begin = datetime.combine(today - _DAY * LOOK_BACK_DAYS, time(0), person.zone).astimezone(UTC)
    for index, span in enumerate(mine):
        since = mine[index + 1].end if index + 1 < len(mine) else begin
        between = Interval(since, span.start)
        alone = [name for name, days in others.items() if any(_within(day, between) for day in days)]
        if alone:
            return Handover(tuple(alone), (person.name,), since, span.start)
    return None


def _within(inner: Interval, outer: Interval) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _first_told(arriving: Sequence[Schedule], moment: datetime, at: Sequence[time]) -> datetime | None:
    moments = []
    for one in arriving:
        try:
            moments.append(one.next_of(moment, at).astimezone(UTC))
        except NoWorkingMomentError:  # works, but in lessons all day, for a year
            continue
    return min(moments, default=None)


def _is_off(schedules: Sequence[Schedule], day: date) -> bool:
    """Whether nobody works on a day for a reason: somebody otherwise would, or it is a day off for all of them."""
    return any(one.why_free(day) for one in schedules) or all(_reason(one, day) for one in schedules)


def _reason(schedule: Schedule, day: date) -> str:
    """Why a day is free for somebody, also where the weekday is free anyhow; empty for no reason."""
    for free in schedule.closed:
        if day in free:
            return (free.name if isinstance(free, FreeDays) else "") or "day off"
    return public_holidays(schedule.holidays, day.year).get(day, "") if schedule.holidays else ""
