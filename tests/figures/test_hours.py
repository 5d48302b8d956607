"""Working time between two moments, and when mail came in: over weekends, holidays and both clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import settings as rules
from hypothesis import strategies as st

from mailtriage.decide import Schedule
from mailtriage.figures.hours import Arrival, Hours
from mailtriage.settings import FreeDays, WeeklyHours
from tests.school import WEEK

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
EARLY = {"monday": ["08:00-12:00"], "tuesday": ["08:00-12:00"]}
LATE = {"monday": ["10:00-16:00"], "wednesday": ["12:00-16:00"]}
NIGHTS = {day: ["00:00-24:00"] for day in ("friday", "saturday", "sunday", "monday")}


def local(*parts: int) -> datetime:
    """A moment in Amsterdam."""
    year, month, day, hour, minute = (*parts, 0, 0)[:5]
    return datetime(year, month, day, hour, minute, tzinfo=AMSTERDAM)


def hours(*weeks: dict[str, list[str]], closed: tuple[FreeDays, ...] = (), holidays: str = "") -> Hours:
    """The hours of a mailbox with one person for each week."""
    return Hours(
        [
            Schedule(str(n), WeeklyHours.model_validate(week), AMSTERDAM, closed, holidays)
            for n, week in enumerate(weeks)
        ],
        AMSTERDAM,
    )


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ((2026, 9, 15, 9), (2026, 9, 15, 10, 30), 90),
        ((2026, 9, 15, 7), (2026, 9, 15, 8, 20), 5),
        ((2026, 9, 15, 11, 50), (2026, 9, 15, 12, 55), 20),  # over the break from 12:00 to 12:45
        ((2026, 9, 15, 16), (2026, 9, 16, 9, 15), 90),  # over a night
        ((2026, 9, 18, 16), (2026, 9, 21, 9, 15), 90),  # over a weekend
        ((2026, 9, 18, 21), (2026, 9, 20, 23), 0),  # all of it in a weekend
        ((2026, 12, 24, 16), (2026, 12, 28, 8, 45), 60),  # over Christmas: a Friday and a weekend
        ((2026, 12, 31, 16), (2027, 1, 4, 8, 45), 60),  # over New Year, which is a Friday
        ((2026, 9, 15, 10), (2026, 9, 15, 9), 0),  # an answer that is older than the mail, by another clock
    ],
)
def test_only_working_hours_count(start: tuple[int, ...], end: tuple[int, ...], minutes: int) -> None:
    """Not breaks, nights, weekends and holidays; ordinary hours are 08:15 to 12:00 and 12:45 to 16:30."""
    assert hours(WEEK, holidays="NL").worked(local(*start), local(*end)) == timedelta(minutes=minutes)


def test_a_school_holiday_does_not_count() -> None:
    """Nor do the weekends around it."""
    autumn = FreeDays(first=date(2026, 10, 17), last=date(2026, 10, 25), name="herfstvakantie")
    box = hours(WEEK, closed=(autumn,))
    assert box.worked(local(2026, 10, 16, 16), local(2026, 10, 26, 8, 45)) == timedelta(minutes=60)
    assert box.next_day(local(2026, 10, 16, 16)) == date(2026, 10, 26)


@pytest.mark.parametrize(
    ("sunday", "length"), [(date(2026, 10, 25), 25), (date(2027, 3, 28), 23)], ids=["back", "forward"]
)
def test_the_night_of_a_clock_change_counts_as_long_as_it_is(sunday: date, length: int) -> None:
    """25 hours or 23, for whoever works all of it; ordinary hours beside it are as long as ever."""
    start, end = local(sunday.year, sunday.month, sunday.day), local(sunday.year, sunday.month, sunday.day + 1)
    assert hours(NIGHTS).worked(start, end) == timedelta(hours=length)
    before, after = start - timedelta(days=2, hours=-16), end + timedelta(hours=8, minutes=45)
    assert hours(WEEK).worked(before, after) == timedelta(minutes=60)


def test_the_hours_of_a_shared_mailbox_are_those_of_anybody() -> None:
    """Where two work at the same time it counts once; where frames touch there is no gap."""
    box = hours(EARLY, LATE)
    assert box.worked(local(2026, 9, 14, 0), local(2026, 9, 15, 0)) == timedelta(hours=8)
    assert len(box.on(date(2026, 9, 14))) == 1
    touching = hours({"monday": ["08:00-12:00"]}, {"monday": ["12:00-16:00"]})
    assert len(touching.on(date(2026, 9, 14))) == 1
    assert box.next_day(local(2026, 9, 14, 9)) == date(2026, 9, 15)
    assert box.next_day(local(2026, 9, 16, 9)) == date(2026, 9, 21)


moments = st.integers(-3 * 1440, 3 * 1440).map(lambda m: datetime(2026, 10, 25, 1, tzinfo=UTC) + timedelta(minutes=m))


@given(three=st.lists(moments, min_size=3, max_size=3).map(sorted))
@rules(max_examples=60, deadline=None)
def test_working_time_is_that_of_the_clock_on_the_wall(three: list[datetime]) -> None:
    """Minute for minute around a clock change, and the parts of a time add up to the whole."""
    box, (start, middle, end) = hours(NIGHTS, WEEK), three
    minutes = (start + timedelta(minutes=n) for n in range(int((end - start).total_seconds() / 60)))
    by_hand = sum(box.arrival(minute) is Arrival.AT_WORK for minute in minutes)
    assert box.worked(start, end) == timedelta(minutes=by_hand)
    assert box.worked(start, middle) + box.worked(middle, end) == box.worked(start, end)


@pytest.mark.parametrize(
    ("moment", "arrival"),
    [
        ((2026, 9, 15, 8, 14), Arrival.DAYTIME),
        ((2026, 9, 15, 8, 15), Arrival.AT_WORK),
        ((2026, 9, 15, 12, 30), Arrival.DAYTIME),
        ((2026, 9, 15, 16, 30), Arrival.DAYTIME),
        ((2026, 9, 15, 18, 0), Arrival.EVENING),
        ((2026, 9, 15, 23, 0), Arrival.NIGHT),
        ((2026, 9, 16, 6, 59), Arrival.NIGHT),
        ((2026, 9, 19, 11, 0), Arrival.WEEKEND),
        ((2026, 12, 25, 11, 0), Arrival.FREE),
        ((2026, 12, 25, 23, 30), Arrival.FREE),
        ((2026, 12, 26, 11, 0), Arrival.WEEKEND),
    ],
)
def test_when_mail_came_in(moment: tuple[int, ...], arrival: Arrival) -> None:
    """By the clock of the school; a day off and a weekend last from midnight to midnight."""
    assert hours(WEEK, holidays="NL").arrival(local(*moment).astimezone(UTC)) is arrival


def test_a_weekday_without_work_is_no_day_off() -> None:
    """The Thursday of somebody who never works on Thursdays is daytime out of hours."""
    assert hours(EARLY, LATE).arrival(local(2026, 9, 17, 11)) is Arrival.DAYTIME


def test_a_day_on_which_one_of_two_is_away_is_a_working_day() -> None:
    """It is free only where nobody is at work."""
    away = (FreeDays(first=date(2026, 9, 14), last=date(2026, 9, 14), name="verlof"),)
    people = [
        Schedule("a", WeeklyHours.model_validate(EARLY), AMSTERDAM, away),
        Schedule("b", WeeklyHours.model_validate(LATE), AMSTERDAM),
    ]
    assert Hours(people, AMSTERDAM).arrival(local(2026, 9, 14, 8)) is Arrival.DAYTIME
    assert Hours(people[:1], AMSTERDAM).arrival(local(2026, 9, 14, 8)) is Arrival.FREE


@pytest.mark.parametrize(
    ("came", "answered", "soon"),
    [
        ((2026, 9, 15, 9), (2026, 9, 15, 22), True),
        ((2026, 9, 15, 9), (2026, 9, 16, 23, 59), True),
        ((2026, 9, 15, 9), (2026, 9, 17, 0, 0), False),
        ((2026, 9, 18, 20), (2026, 9, 21, 12), True),
        ((2026, 9, 19, 20), (2026, 9, 22, 8), False),
    ],
)
def test_answered_on_the_next_working_day(came: tuple[int, ...], answered: tuple[int, ...], soon: bool) -> None:
    """The day after, or the Monday after a weekend."""
    assert hours(WEEK).by_next_day(local(*came), local(*answered)) is soon


def test_a_mailbox_that_nobody_reads_has_no_next_day() -> None:
    """Nothing is answered by then; nothing runs for ever."""
    box = hours({})
    assert box.next_day(local(2026, 9, 15, 9)) is None
    assert not box.by_next_day(local(2026, 9, 15, 9), local(2026, 9, 15, 10))
    assert box.worked(local(2026, 9, 15), local(2027, 9, 15)) == timedelta(0)
