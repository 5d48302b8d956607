"""When somebody is told: hours, clock changes, holidays, set moments."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import settings as rules
from hypothesis import strategies as st

from mailtriage.decide import Schedule, next_to_be_told
from mailtriage.decide.clock import instant
from mailtriage.errors import NoWorkingMomentError
from mailtriage.settings import WEEKDAYS, DateRange, School, Staff, WeeklyHours
from tests.school import WEEK

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MINUTE = timedelta(minutes=1)
TURNS = (datetime(2026, 10, 25, 1, tzinfo=UTC), datetime(2027, 3, 28, 1, tzinfo=UTC))
"""When the clocks change: back from 03:00 to 02:00, and forward from 02:00 to 03:00."""


def local(*parts: int, fold: int = 0) -> datetime:
    """A moment in Amsterdam."""
    year, month, day, hour, minute, second = (*parts, 0, 0, 0)[:6]
    return datetime(year, month, day, hour, minute, second, tzinfo=AMSTERDAM, fold=fold)


def schedule(hours: dict[str, list[str]], *closed: str, holidays: str = "NL", name: str = "Els") -> Schedule:
    """A schedule in Amsterdam."""
    ranges = tuple(DateRange.model_validate(one) for one in closed)
    return Schedule(name, WeeklyHours.model_validate(hours), AMSTERDAM, ranges, holidays)


def minutes() -> st.SearchStrategy[str]:
    """Times of the day as the configuration writes them, many of them in the night of a clock change."""
    clock = st.one_of(st.integers(0, 24 * 60), st.integers(90, 200))
    return clock.map(lambda minute: f"{minute // 60:02}:{minute % 60:02}")


@st.composite
def days(draw: st.DrawFn) -> list[str]:
    """The frames of one day, some touching, the last perhaps until 24:00."""
    clocks = sorted(set(draw(st.lists(minutes(), max_size=5))))
    return [f"{start}-{end}" for start, end in pairwise(clocks) if draw(st.booleans())]


weeks = st.fixed_dictionaries({}, optional={day: days() for day in WEEKDAYS})
moments = st.one_of(
    st.builds(lambda minute: datetime(2026, 9, 1, tzinfo=UTC) + minute * MINUTE, st.integers(0, 270 * 24 * 60)),
    st.builds(lambda turn, minute: turn + minute * MINUTE, st.sampled_from(TURNS), st.integers(-300, 300)),
)
zones = st.sampled_from([UTC, AMSTERDAM, ZoneInfo("Asia/Kolkata")])


def works_by_the_clock(hours: WeeklyHours, moment: datetime) -> bool:
    """Whether somebody works, by the clock on the wall. It does not know the second 02:30 of a night from the first."""
    wall = moment.astimezone(AMSTERDAM)
    frames = hours.on(wall.weekday())
    return any(frame.start <= wall.time() and (frame.end is None or wall.time() < frame.end) for frame in frames)


@given(week=weeks, moment=moments, zone=zones)
def test_the_next_open_moment_is_inside_hours_and_not_past(
    week: dict[str, list[str]], moment: datetime, zone: ZoneInfo
) -> None:
    """Whatever zone the moment is given in, it is the same instant that counts."""
    els = schedule(week, holidays="")
    asked = moment.astimezone(zone)
    try:
        opening = els.next_open(asked)
    except NoWorkingMomentError:
        assert not any(els.frames(moment.date() + timedelta(days)) for days in range(8))
        return
    assert opening.astimezone(UTC) >= moment
    assert els.open_at(opening)
    assert opening.tzinfo is AMSTERDAM
    assert opening.astimezone(UTC) == els.next_open(moment).astimezone(UTC)


@rules(max_examples=60, deadline=None)
@given(week=weeks, moment=moments)
def test_no_earlier_moment_exists(week: dict[str, list[str]], moment: datetime) -> None:
    """Minute by minute, nobody works between the moment and the answer."""
    els = schedule(week, holidays="")
    moment = moment.replace(second=0, microsecond=0)
    try:
        opening = els.next_open(moment).astimezone(UTC)
    except NoWorkingMomentError:
        opening = moment + timedelta(days=3)
    step = moment
    while step < min(opening, moment + timedelta(days=3)):
        assert not els.open_at(step)
        step += MINUTE


@given(week=weeks, moment=moments)
@example(week={"sunday": ["02:00-02:45"]}, moment=TURNS[0] + 20 * MINUTE)
@example(week={"sunday": ["00:00-24:00"]}, moment=TURNS[0] + 20 * MINUTE)
def test_working_hours_are_those_of_the_clock_on_the_wall(week: dict[str, list[str]], moment: datetime) -> None:
    """Except in the hour that occurs twice, where a frame that begins or ends in it means the first time."""
    els = schedule(week, holidays="")
    twice = TURNS[0] - timedelta(hours=1) <= moment < TURNS[0] + timedelta(hours=1)
    if not twice:
        assert els.open_at(moment) == works_by_the_clock(els.hours, moment)
    elif els.open_at(moment) and moment >= TURNS[0]:
        assert els.open_at(TURNS[0] - MINUTE)


@pytest.mark.parametrize(
    ("day", "clock", "expected"),
    [
        (date(2026, 10, 25), time(2, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        (date(2026, 10, 25), time(3, 0), datetime(2026, 10, 25, 2, 0, tzinfo=UTC)),
        (date(2027, 3, 28), time(1, 59), datetime(2027, 3, 28, 0, 59, tzinfo=UTC)),
        (date(2027, 3, 28), time(2, 30), datetime(2027, 3, 28, 1, 0, tzinfo=UTC)),
        (date(2027, 3, 28), time(3, 0), datetime(2027, 3, 28, 1, 0, tzinfo=UTC)),
        (date(2026, 9, 14), time(8, 15), datetime(2026, 9, 14, 6, 15, tzinfo=UTC)),
    ],
)
def test_a_local_time_is_one_instant(day: date, clock: time, expected: datetime) -> None:
    """A time that occurs twice is the first one; one that is left out is the instant of the change."""
    assert instant(day, clock, AMSTERDAM) == expected


def test_hours_across_the_clock_changes_stay_on_the_wall() -> None:
    """08:15 is 08:15 before and after, though the days have 25 and 23 hours."""
    els = schedule({day: ["08:15-12:00"] for day in WEEKDAYS}, holidays="")
    for day in (date(2026, 10, 24), date(2027, 3, 27)):
        evening = datetime.combine(day, time(20), AMSTERDAM)
        for days_on in (1, 2):
            opening = els.next_open(evening + timedelta(days_on - 1))
            assert opening == datetime.combine(day + timedelta(days_on), time(8, 15), AMSTERDAM)


def test_the_second_time_of_a_night_is_not_taken_for_the_first() -> None:
    """A frame 02:15-02:45 is over at the second 02:30, whichever way the moment is written."""
    els = schedule({"sunday": ["02:15-02:45", "09:00-10:00"]}, holidays="")
    second = local(2026, 10, 25, 2, 30, fold=1)
    assert els.open_at(local(2026, 10, 25, 2, 30))
    assert not els.open_at(second)
    assert els.next_open(second) == local(2026, 10, 25, 9, 0)


def test_a_frame_inside_the_hour_that_is_left_out_does_not_exist() -> None:
    """Nobody is told at a time that does not occur."""
    els = schedule({"sunday": ["02:00-03:00", "09:00-10:00"]}, holidays="")
    assert els.next_open(local(2027, 3, 27, 22)) == local(2027, 3, 28, 9)


def test_touching_frames_and_midnight() -> None:
    """Frames that touch are one; 24:00 is the next day's midnight, and a night of two frames has no gap."""
    els = schedule({"monday": ["20:00-22:00", "22:00-24:00"], "tuesday": ["00:00-01:00"]}, holidays="")
    assert len(els.frames(date(2026, 9, 14))) == 1
    midnight = local(2026, 9, 15)
    for moment in (midnight - MINUTE, midnight, midnight + 59 * MINUTE):
        assert els.next_open(moment) == moment
    assert els.next_open(midnight + timedelta(hours=1)) == local(2026, 9, 21, 20)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (local(2027, 4, 26, 18), local(2027, 4, 28, 8, 15)),  # King's Day
        (local(2026, 12, 24, 18), local(2026, 12, 28, 8, 15)),  # two days of Christmas, a weekend
        (local(2027, 3, 26, 18), local(2027, 3, 30, 8, 15)),  # Easter Monday
        (local(2026, 12, 31, 18), local(2027, 1, 4, 8, 15)),  # over the year's end
    ],
)
def test_public_holidays_are_free(asked: datetime, expected: datetime) -> None:
    """Those of the Netherlands, in the year in which they fall."""
    assert schedule(WEEK).next_open(asked) == expected


def test_holidays_of_another_country_or_none() -> None:
    """King's Day is a day like any other elsewhere."""
    for code in ("", "BE", "DE-NW"):
        assert schedule(WEEK, holidays=code).next_open(local(2027, 4, 27, 7)) == local(2027, 4, 27, 8, 15)


def test_days_off_of_the_school_and_of_the_person() -> None:
    """Both count, the first and the last day included."""
    school = School.model_validate({"days_off": ["2026-10-17/2026-10-25"]})
    person = Staff.model_validate(
        {"name": "Els", "address": "els@school.example", "hours": WEEK, "days_off": ["2026-10-26"]}
    )
    els = Schedule.of(person, school)
    assert els.next_open(local(2026, 10, 16, 18)) == local(2026, 10, 27, 8, 15)
    assert not els.open_at(local(2026, 10, 26, 9))


@pytest.mark.parametrize("week", [{}, WEEK])
def test_a_schedule_without_a_working_moment_is_named(week: dict[str, list[str]]) -> None:
    """An empty one, or one with days off for years: an error that says whose it is, not a search without end."""
    els = schedule(week, "2026-01-01/2029-12-31" if week else "2026-01-01", name="Els Vermeer")
    with pytest.raises(NoWorkingMomentError, match="Els Vermeer") as caught:
        els.next_open(local(2026, 9, 14, 9))
    assert "days_off" in caught.value.advice


def test_the_end_of_a_frame_is_not_in_it() -> None:
    """At 12:00 sharp the morning is over; a second earlier it is not."""
    els = schedule(WEEK)
    assert not els.open_at(local(2026, 9, 14, 12))
    assert els.next_open(local(2026, 9, 14, 12)) == local(2026, 9, 14, 12, 45)
    last = local(2026, 9, 14, 11, 59, 59)
    assert els.next_open(last) == last


AT = (time(8, 10), time(12, 30))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (
            local(2026, 9, 14, 7),
            local(2026, 9, 14, 8, 20),
        ),  # neither falls within the hours: the first moment stands in
        (local(2026, 9, 14, 9), local(2026, 9, 15, 12, 30)),
        (local(2026, 9, 15, 12, 30), local(2026, 9, 15, 12, 30)),
        (local(2026, 9, 15, 12, 30, 1), local(2026, 9, 21, 8, 20)),
    ],
)
def test_set_moments(asked: datetime, expected: datetime) -> None:
    """Told at 12:30 where that is within the hours, else when the day begins; then not before the next one."""
    els = schedule({"monday": ["08:20-12:00"], "tuesday": ["12:00-13:00"]})
    assert els.next_of(asked, AT) == expected


@given(
    week=weeks,
    moment=moments,
    at=st.lists(st.times().map(lambda one: one.replace(second=0, microsecond=0)), max_size=3),
)
def test_set_moments_fall_within_hours(week: dict[str, list[str]], moment: datetime, at: list[time]) -> None:
    """Never in the past, never while nobody works, and never later than it takes to reach the next day at work."""
    els = schedule(week, holidays="")
    try:
        told = els.next_of(moment, at)
    except NoWorkingMomentError:
        return
    assert told.astimezone(UTC) >= moment
    assert els.open_at(told)
    assert not at or told.astimezone(UTC) - moment < timedelta(days=8)


def test_whoever_works_first_is_told() -> None:
    """Of several staff the earliest, and all who begin at the same moment; who never works does not matter."""
    els = schedule({"monday": ["08:15-12:00"]}, name="Els")
    karim = schedule({"monday": ["08:15-12:00"], "sunday": ["20:00-21:00"]}, name="Karim")
    never = schedule({}, name="Never")
    sunday, monday = local(2026, 9, 13, 12), local(2026, 9, 14, 7)
    assert next_to_be_told(sunday, [els, karim, never], ()) == (local(2026, 9, 13, 20), ("Karim",))
    assert next_to_be_told(monday, [els, karim, never], ()) == (local(2026, 9, 14, 8, 15), ("Els", "Karim"))
    with pytest.raises(NoWorkingMomentError):
        next_to_be_told(sunday, [never], ())
    with pytest.raises(NoWorkingMomentError):
        next_to_be_told(sunday, [], ())
