"""When a mailbox passes from one person to another, and when people come back to it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtriage.decide import Schedule
from mailtriage.decide.handover import absence, at_work, handed_over
from mailtriage.decide.occasion import among_colleagues
from mailtriage.settings import FreeDays, School, Staff, WeeklyHours
from tests.decide.test_hours import AMSTERDAM, local

DAY = ["08:15-12:00", "12:45-16:30"]
MONDAY = date(2026, 9, 14)


def person(name: str, *days: str, **given: object) -> Schedule:
    """Somebody who works on these days, each a name of a weekday, or one and its frame."""
    hours = {one.partition(" ")[0]: [one.partition(" ")[2]] if " " in one else DAY for one in days}
    return Schedule(name, WeeklyHours.model_validate(hours), AMSTERDAM, **given)  # type: ignore[arg-type]


ELS = person("Els", "monday", "tuesday", "wednesday 08:15-12:00")
KARIM = person("Karim", "wednesday 12:30-16:30", "thursday", "friday")
DUO = (ELS, KARIM)


def at(day: int, clock: str) -> datetime:
    """A moment of the week of Monday 14 September 2026, day 0; the next Monday is day 7."""
    then, parsed = MONDAY + timedelta(day), time.fromisoformat(clock)
    return local(then.year, then.month, then.day, parsed.hour, parsed.minute)


def test_the_week_passes_on_at_noon_and_on_monday() -> None:
    """From Els to Karim in the middle of Wednesday, and back on Monday morning; since when each was away is told."""
    noon = handed_over(DUO, at(2, "12:40"))
    assert noon is not None
    assert (noon.by, noon.to) == (("Els",), ("Karim",))
    assert (noon.since, noon.until) == (at(-3, "16:30"), at(2, "12:30"))
    monday = handed_over(DUO, at(7, "08:20"))
    assert monday is not None
    assert (monday.by, monday.to) == (("Karim",), ("Els",))
    assert (monday.since, monday.until) == (at(2, "12:00"), at(7, "08:15"))


def test_a_change_stays_the_same_for_the_whole_stretch() -> None:
    """On Tuesday it is still that of Monday: what was told since says whether it is over."""
    monday, tuesday = handed_over(DUO, at(7, "08:15")), handed_over(DUO, at(8, "15:00"))
    assert monday == tuesday


@pytest.mark.parametrize(
    "schedules",
    [
        (ELS,),
        (person("Els", "monday", "tuesday"), person("Karim", "monday", "tuesday")),
        (person("Els", "monday", "tuesday"), person("Karim", "monday 08:00-16:45", "tuesday 08:00-16:45")),
    ],
    ids=["alone", "side by side", "a little earlier and later"],
)
def test_who_was_there_all_the_time_is_handed_nothing(schedules: tuple[Schedule, ...]) -> None:
    """Neither is whoever has a lunch in which the other works."""
    for clock in ("08:20", "13:00"):
        assert handed_over(schedules, at(8, clock)) is None


def test_nobody_at_work_is_handed_nothing() -> None:
    """In the evening, and at the weekend."""
    assert handed_over(DUO, at(2, "20:00")) is None
    assert handed_over(DUO, at(5, "10:00")) is None
    assert at_work(DUO, at(5, "10:00")) == ()


def test_on_a_shared_day_whoever_comes_back_is_handed_over_to() -> None:
    """Both are there on Wednesday: it is Karim who was away."""
    both = (person("Els", "monday", "tuesday", "wednesday"), person("Karim", "wednesday", "thursday"))
    assert at_work(both, at(9, "09:00")) == ("Els", "Karim")
    change = handed_over(both, at(9, "09:00"))
    assert change is not None
    assert (change.by, change.to, change.since) == (("Els",), ("Karim",), at(3, "16:30"))


def test_it_is_due_at_the_first_moment_at_which_one_is_told() -> None:
    """By the moments of the school, outside lessons."""
    teaching = person("Els", "monday", lessons=WeeklyHours.model_validate({"monday": ["08:15-12:00"]}))
    change = handed_over((teaching, KARIM), at(7, "09:00"), (time(9), time(13)))
    assert change is not None
    assert change.due_at == at(7, "13:00")


def test_somebody_new_takes_over_from_who_was_there() -> None:
    """Without an earlier day of work, from as far back as is looked."""
    new = person("Karim", "monday", closed=(FreeDays(first=date(2020, 1, 1), last=date(2026, 9, 18), name="x"),))
    change = handed_over((person("Els", "tuesday"), new), at(7, "09:00"))
    assert change is not None
    assert change.by == ("Els",)
    assert change.since < at(-30, "00:00")


weeks = st.sets(st.sampled_from(["monday", "tuesday", "wednesday", "thursday", "friday"]))


@given(weeks, weeks, st.integers(0, 60 * 24 * 14))
def test_a_handover_is_past_and_from_somebody_else(els: set[str], karim: set[str], minute: int) -> None:
    """Whatever the weeks: from before until, until before now, and in between only others worked."""
    schedules = (person("Els", *els), person("Karim", *karim))
    now = datetime(2026, 10, 19, tzinfo=UTC) + timedelta(minutes=minute)
    change = handed_over(schedules, now)
    if change is None:
        return
    assert change.since < change.until <= now
    assert not set(change.by) & set(change.to)
    for one in schedules:
        days = [change.since.date() + timedelta(day) for day in range((change.until - change.since).days + 2)]
        inside = any(
            frame.start >= change.since and frame.end <= change.until for day in days for frame in one.at_school(day)
        )
        assert inside == (one.name in change.by)


AUTUMN = FreeDays(first=date(2026, 10, 17), last=date(2026, 10, 25), name="herfstvakantie")
BACK = local(2026, 10, 26, 8, 20)


def test_a_holiday_is_told_by_name_to_part_timers_too() -> None:
    """Also to somebody for whom it was two days; not before the first hour, and not on the second day."""
    part = person("Els", "monday", "tuesday", closed=(AUTUMN,))
    away = absence((part,), BACK)
    assert away is not None
    assert (away.holiday, away.own, away.until) == ("herfstvakantie", True, local(2026, 10, 26, 8, 15))
    assert absence((part,), local(2026, 10, 26, 7)) is None
    assert absence((part,), local(2026, 10, 27, 9)) is None


def test_an_ordinary_week_is_no_absence() -> None:
    """A weekend, the days that somebody never works, and two days off."""
    assert absence((person("Els", "monday"),), at(7, "09:00")) is None
    two = FreeDays(first=MONDAY, last=MONDAY + timedelta(1), name="studiedagen")
    assert absence((person("Els", "monday", "tuesday", "wednesday", closed=(two,)),), at(2, "09:00")) is None


def test_what_is_private_has_no_name() -> None:
    """Sick leave, days off and days before the first are named to nobody."""
    ill = Staff.model_validate({"name": "Els", "address": "e@s.example", "sick": ["2026-09-07/2026-09-11"]})
    off = Staff.model_validate({"name": "Els", "address": "e@s.example", "days_off": ["2026-09-07/2026-09-11"]})
    for one in (ill, off):
        worked = one.model_copy(update={"hours": ELS.hours})
        away = absence((Schedule.of(worked, School()),), at(0, "09:00"))
        assert away is not None
        assert (away.holiday, away.own) == ("", True)
    late = Staff(name="Els", address="e@s.example", first_day=MONDAY, hours=ELS.hours)
    assert absence((Schedule.of(late, School()),), at(0, "09:00")) is None


def test_the_absence_of_one_is_none_while_the_other_works() -> None:
    """Els was ill and Karim stood in: she is handed over to, and nobody sums up."""
    ill = person("Els", "monday", "tuesday", closed=(FreeDays(first=date(2026, 8, 24), last=date(2026, 9, 15)),))
    assert absence((ill, KARIM), at(7, "08:20")) is None
    change = handed_over((ill, KARIM), at(7, "08:20"))
    assert change is not None
    assert change.since < at(-14, "17:00")


@pytest.mark.parametrize(
    ("called", "expected"),
    [
        ("juf Els", "Els"),
        ("Meester Karim", "Karim"),
        ("mevr. De Wit", "De Wit"),
        ("Els Vermeer", "Els Vermeer"),
        ("Juf", "Juf"),
        ("Jufke", "Jufke"),
    ],
)
def test_colleagues_leave_the_title_out(called: str, expected: str) -> None:
    """Children say it; a name that only begins like a title stays whole."""
    assert among_colleagues(called) == expected
