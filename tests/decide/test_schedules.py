"""Schedules with all that they can hold, against a second opinion that goes by the clock on the wall, minute by minute.

The second opinion knows nothing of instants and intervals: it makes a list of the minutes of each day. Its hours begin
at 03:30, so that no frame or lesson lies in the hour that a clock change takes or gives (``test_hours`` has those).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, event, given
from hypothesis import settings as rules
from hypothesis import strategies as st

from mailtriage.decide import Schedule, next_to_be_told
from mailtriage.errors import NoWorkingMomentError
from mailtriage.settings import WEEKDAYS, School, Staff, WeeklyHours
from tests.school import WEEK

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
LOOK = 3
"""Days that are looked at minute by minute."""

MIDNIGHT = 24 * 60


def clock(minute: int) -> str:
    """A minute of the day as the configuration writes it."""
    return f"{minute // 60:02}:{minute % 60:02}"


@st.composite
def frames(draw: st.DrawFn) -> list[str]:
    """Frames of a day, on the five minutes; some touch, the last perhaps ends at 24:00."""
    ends = sorted(set(draw(st.lists(st.integers(42, 288), max_size=5))))
    return [f"{clock(5 * start)}-{clock(5 * end)}" for start, end in pairwise(ends) if draw(st.booleans())]


weeks = st.fixed_dictionaries({}, optional={day: frames() for day in WEEKDAYS})
at_times = st.lists(st.integers(42, 287).map(lambda five: time(*divmod(5 * five, 60))), max_size=3).map(sorted)
moments = st.one_of(
    st.datetimes(datetime(2026, 9, 1), datetime(2027, 6, 1)),  # noqa: DTZ001 - made aware below
    st.datetimes(datetime(2026, 12, 25), datetime(2027, 1, 12)),  # noqa: DTZ001 - weeks 52, 53 and 1
    st.datetimes(datetime(2026, 10, 22), datetime(2026, 10, 26)),  # noqa: DTZ001 - the clock goes back
    st.datetimes(datetime(2027, 3, 25), datetime(2027, 3, 29)),  # noqa: DTZ001 - and forward
).map(lambda moment: moment.replace(second=0, microsecond=0, tzinfo=UTC))


@dataclass(frozen=True)
class Case:
    """Somebody, a moment, and when staff are told."""

    person: Staff
    moment: datetime
    margin: int
    at: tuple[time, ...]

    @property
    def schedule(self) -> Schedule:
        """As the program has it."""
        return Schedule.of(self.person, School(public_holidays=""), margin=timedelta(minutes=self.margin))


@st.composite
def people(draw: st.DrawFn, around: date, name: str = "Els") -> Staff:
    """Somebody with alternating weeks, lessons, leave, days exchanged and a term of service, around a day."""
    day = st.integers(-4, 6).map(lambda ahead: around + ahead * DAY)
    told: dict[str, Any] = {"name": name, "address": f"{name}@school.example", "hours": draw(weeks)}
    for key, values in (("even_weeks", weeks), ("odd_weeks", weeks), ("lessons", weeks)):
        if draw(st.booleans()):
            told[key] = draw(values)
    told["days_off"] = [str(one) for one in draw(st.lists(day, max_size=2))]
    told["sick"] = [f"{one}/" if draw(st.booleans()) else str(one) for one in draw(st.lists(day, max_size=1))]
    pairs = draw(
        st.lists(
            st.tuples(day, day).filter(lambda pair: pair[0] != pair[1]), max_size=2, unique_by=lambda pair: pair[1]
        )
    )
    told["swaps"] = [{"off": off, "on": on, "hours": draw(frames())} for off, on in pairs]
    ends = sorted(draw(st.tuples(day, day)))
    told |= {key: end for key, end in zip(("first_day", "last_day"), ends, strict=True) if draw(st.integers(0, 5)) == 0}
    return Staff.model_validate(told)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Whatever may be asked; often at a set moment itself, or at the five minutes."""
    moment, at = draw(moments), draw(at_times)
    day = moment.astimezone(AMSTERDAM).date()
    if draw(st.booleans()):
        sharp = draw(st.sampled_from(at)) if at else time(*divmod(5 * draw(st.integers(42, 287)), 60))
        moment = datetime.combine(day, sharp, AMSTERDAM).astimezone(UTC)
    return Case(draw(people(day)), moment, draw(st.sampled_from([0, 15, 60, 120])), tuple(at))


def minutes_of(hours: WeeklyHours, weekday: int) -> set[int]:
    """The minutes of a day that lie in some frames."""
    found: set[int] = set()
    for frame in hours.on(weekday):
        end = frame.end.hour * 60 + frame.end.minute if frame.end else MIDNIGHT
        found |= set(range(frame.start.hour * 60 + frame.start.minute, end))
    return found


def at_school(person: Staff, day: date) -> set[int]:
    """The minutes of a day at which somebody is at school."""
    sick = any(leave.first <= day and (leave.last is None or day <= leave.last) for leave in person.sick)
    early = person.first_day is not None and day < person.first_day
    late = person.last_day is not None and day > person.last_day
    if sick or early or late:
        return set()
    for swap in person.swaps:
        if swap.on == day and swap.hours:
            own = WeeklyHours.model_validate({WEEKDAYS[day.weekday()]: [str(frame) for frame in swap.hours]})
            return minutes_of(own, day.weekday())
        if swap.on == day:
            brought = minutes_of(week(person, swap.off), swap.off.weekday())
            return brought or minutes_of(week(person, day), day.weekday())
    free = any(swap.off == day for swap in person.swaps) or any(day in off for off in person.days_off)
    return set() if free else minutes_of(week(person, day), day.weekday())


def week(person: Staff, day: date) -> WeeklyHours:
    """The hours of the week of a day: even and odd are by ISO 8601, where a year's last week may be its 53rd."""
    even = int(f"{day:%V}") % 2 == 0
    other = person.even_weeks if even else person.odd_weeks
    return person.hours if other is None else other


def told_on(case: Case, day: date) -> list[int]:
    """The minutes of a day at which somebody may be told, in order."""
    working = at_school(case.person, day)
    outside = sorted(working - minutes_of(case.person.lessons or WeeklyHours(), day.weekday()))
    if not outside:
        return []
    early = [minute for minute in outside if minute < max(working) + 1 - case.margin]
    first = [minute for minute in outside if set(range(outside[0], minute)) <= set(outside)]
    return early or first


def instant_of(day: date, minute: int) -> datetime:
    """A minute of a day from 03:30 on: no clock change is near."""
    return datetime.combine(day, time(*divmod(minute, 60)), AMSTERDAM).astimezone(UTC)


def expected(case: Case) -> datetime | None:
    """The first moment at which somebody is to be told; None where there is none within ``LOOK`` days."""
    return next((moment for moment in _candidates(case) if moment >= case.moment), None)


def _candidates(case: Case) -> Iterator[datetime]:
    today = case.moment.astimezone(AMSTERDAM).date()
    for day in (today + ahead * DAY for ahead in range(LOOK + 1)):
        told = told_on(case, day)
        chosen = [minute for minute in told if time(*divmod(minute, 60)) in case.at] or told[:1]
        yield from (instant_of(day, minute) for minute in (chosen if case.at else told))


def found(case: Case) -> datetime | None:
    """What the program says, where it lies within the days looked at."""
    try:
        answer = case.schedule.next_of(case.moment, case.at).astimezone(UTC)
    except NoWorkingMomentError:
        return None
    assert answer >= case.moment
    return answer if answer.astimezone(AMSTERDAM).date() <= _last_day(case) else None


def _last_day(case: Case) -> date:
    return case.moment.astimezone(AMSTERDAM).date() + LOOK * DAY


@rules(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(case=cases())
def test_the_next_moment_is_the_first_that_there_is(case: Case) -> None:
    """Never in the past, inside somebody's hours, outside lessons and the margin; and no earlier one exists."""
    event("set moments" if case.at else "at once")
    assert found(case) == expected(case)


@rules(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(case=cases())
def test_whether_somebody_may_be_told_agrees_minute_by_minute(case: Case) -> None:
    """``open_at`` says yes at the minutes of the list, and at no other, from midnight to midnight."""
    schedule = case.schedule
    day = case.moment.astimezone(AMSTERDAM).date()
    told = {instant_of(day, minute) for minute in told_on(case, day)}
    moment = datetime.combine(day, time(0), AMSTERDAM).astimezone(UTC)
    while moment.astimezone(AMSTERDAM).date() == day:
        assert schedule.open_at(moment) == (moment in told)
        moment += 5 * MINUTE


@st.composite
def duos(draw: st.DrawFn) -> tuple[Case, Case]:
    """Two people who share a mailbox."""
    case = draw(cases())
    other = draw(people(case.moment.astimezone(AMSTERDAM).date(), "Karim"))
    return case, Case(other, case.moment, case.margin, case.at)


@rules(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(duo=duos())
def test_of_two_whoever_is_first_is_told(duo: tuple[Case, Case]) -> None:
    """At the earlier of both moments; at a moment that is both's, both."""
    case = duo[0]
    own = {one.person.name: found(one) for one in duo}
    there = [moment for moment in own.values() if moment is not None]
    try:
        told, names = next_to_be_told(case.moment, [one.schedule for one in duo], case.at)
    except NoWorkingMomentError:
        assert not there
        return
    if there:
        assert told.astimezone(UTC) == min(there)
        assert set(names) == {name for name, moment in own.items() if moment == min(there)}
    else:
        assert told.astimezone(AMSTERDAM).date() > _last_day(case)


def local(*parts: int) -> datetime:
    """A moment in Amsterdam."""
    year, month, day, hour, minute = (*parts, 0, 0)[:5]
    return datetime(year, month, day, hour, minute, tzinfo=AMSTERDAM)


def somebody(**told: Any) -> Schedule:
    """The schedule of Els, with what is told of her, a quarter of an hour of margin and public holidays."""
    person = Staff.model_validate({"name": "Els", "address": "els@school.example"} | told)
    return Schedule.of(person, School(), margin=timedelta(minutes=15))


def test_odd_weeks_at_the_end_of_a_year_of_53() -> None:
    """2026 has a week 53, and week 1 follows: two odd weeks in a row, two weeks of the same hours."""
    els = somebody(even_weeks={"wednesday": ["08:00-12:00"]}, odd_weeks={"tuesday": ["08:00-12:00"]})
    days = [date(2026, 12, 22) + ahead * DAY for ahead in range(24)]
    assert [day for day in days if els.works_on(day)] == [
        date(2026, 12, 23),  # week 52
        date(2026, 12, 29),  # week 53
        date(2027, 1, 5),  # week 1
        date(2027, 1, 13),  # week 2
    ]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (local(2026, 9, 14, 8), local(2026, 9, 14, 8, 15)),
        (local(2026, 9, 14, 8, 30), local(2026, 9, 14, 12, 45)),
        (local(2026, 9, 14, 16, 14), local(2026, 9, 14, 16, 14)),
        (local(2026, 9, 14, 16, 15), local(2026, 9, 15, 8, 15)),
        (
            local(2026, 9, 15, 17),
            local(2026, 9, 19, 10),
        ),  # Wednesday is exchanged for Saturday, Thursday and Friday off
        (local(2026, 9, 19, 11), local(2026, 9, 21, 8, 15)),  # then the margin: Saturday ends at 11:15
    ],
)
def test_a_week_of_a_teacher(asked: datetime, expected: datetime) -> None:
    """Lessons, the margin, an exchanged day with hours of its own, and days off."""
    els = somebody(
        hours=WEEK,
        lessons={day: ["08:30-12:00"] for day in WEEK},
        swaps=[{"off": date(2026, 9, 16), "on": date(2026, 9, 19), "hours": ["10:00-11:15"]}],
        days_off=["2026-09-17/2026-09-18"],
    )
    assert els.next_open(asked) == expected


def test_lessons_of_ones_own_may_be_none_at_all() -> None:
    """Who does not teach is told during the school's lessons; who says nothing teaches as the school does."""
    school = School.model_validate({"lessons": {"monday": ["08:30-12:00"]}, "public_holidays": ""})
    for lessons, told in ((None, False), ({}, True), ({"monday": []}, True)):
        person = Staff.model_validate(
            {"name": "Els", "address": "els@school.example", "hours": WEEK, "lessons": lessons}
        )
        assert Schedule.of(person, school).open_at(local(2026, 9, 14, 9)) is told


def test_a_free_day_given_in_exchange_takes_no_hours_away() -> None:
    """It has none to bring along: the day for which it is given keeps its own."""
    els = somebody(hours={"monday": ["08:00-12:00"]}, swaps=[{"off": date(2026, 9, 15), "on": date(2026, 9, 14)}])
    assert els.open_at(local(2026, 9, 14, 9))


def test_the_margin_of_a_day_until_midnight() -> None:
    """The last quarter before 24:00 is quiet, also in the night in which the clock goes back."""
    els = somebody(hours={"saturday": ["20:00-24:00"], "sunday": ["00:00-04:00"]})
    assert els.open_at(local(2026, 10, 24, 23, 44))
    assert not els.open_at(local(2026, 10, 24, 23, 45))
    assert els.open_at(local(2026, 10, 25, 0))
    quiet = datetime(2026, 10, 25, 2, 45, tzinfo=UTC)
    assert els.open_at(quiet - MINUTE)
    assert not els.open_at(quiet)


def test_leave_without_an_end_is_an_error_with_a_name() -> None:
    """And not a search without end; so is a day of lessons alone, which leaves no moment."""
    full = {day: ["08:00-17:00"] for day in WEEK}
    sick, teaching = somebody(hours=WEEK, sick=["2026-11-20/"]), somebody(hours=WEEK, lessons=full)
    for els in (sick, teaching):
        with pytest.raises(NoWorkingMomentError, match="schedule of Els"):
            els.next_open(local(2026, 11, 23, 9))
    with pytest.raises(NoWorkingMomentError, match="schedules of Els, Els"):
        next_to_be_told(local(2026, 11, 23, 9), [sick, teaching], ())
