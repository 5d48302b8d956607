"""The calendar as rows: why a day is free, whose weeks count, and where a mailbox has nobody."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from mailtriage.decide.hours import Schedule, public_holidays, schedules_of
from mailtriage.decide.week import Gap, Pattern, days_of, gap_warning, gaps, school_week
from mailtriage.settings import FreeDays, School, Settings, Staff
from tests.school import WEEK

MONDAY = date(2026, 11, 23)
CALENDAR = (FreeDays(first=date(2026, 11, 25), last=date(2026, 11, 25), name="Studiedag"),)


def school(**told: Any) -> School:
    """A school in the middle of the country."""
    return School.model_validate({"school_holidays": "midden"} | told)


def staff(name: str = "Els", **told: Any) -> Staff:
    """Somebody who works all week, unless told otherwise."""
    return Staff.model_validate({"name": name, "address": f"{name}@school.example", "hours": WEEK} | told)


def schedule(person: Staff, place: School | None = None) -> Schedule:
    """When somebody works, in a week with a study day on Wednesday."""
    return Schedule.of(person, place or school(), CALENDAR, timedelta(minutes=15))


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment in winter."""
    return datetime(day.year, day.month, day.day, hour - 1, minute, tzinfo=UTC)


def test_a_day_of_work() -> None:
    """Lessons are those within the hours; set moments are those at which somebody is told."""
    els = schedule(staff(lessons={"monday": ["08:00-12:00", "13:00-14:00"]}))
    (day,) = days_of(els, MONDAY, 1, (time(12, 30), time(13, 30), time(15)))
    assert [(span.start, span.end) for span in day.lessons] == [
        (at(MONDAY, 8, 15), at(MONDAY, 12)),
        (at(MONDAY, 13), at(MONDAY, 14)),
    ]
    assert [(span.start, span.end) for span in day.told] == [
        (at(MONDAY, 12, 45), at(MONDAY, 13)),
        (at(MONDAY, 14), at(MONDAY, 16, 15)),
    ]
    assert day.moments == (at(MONDAY, 15),)
    assert (day.why_free, day.instead_of) == ("", None)


@pytest.mark.parametrize(
    ("told", "day", "why"),
    [
        ({}, date(2026, 11, 25), "Studiedag"),
        ({}, date(2026, 12, 21), "kerstvakantie"),
        ({}, date(2027, 5, 17), "Tweede pinksterdag"),
        ({}, date(2026, 11, 28), "weekend"),
        ({"hours": {"monday": ["08:00-12:00"]}}, date(2026, 11, 24), "no working day"),
        ({"days_off": ["2026-11-23"]}, MONDAY, "day off"),
        ({"days_off": [{"first": MONDAY, "last": MONDAY, "name": "verlof"}]}, MONDAY, "verlof"),
        ({"sick": ["2026-11-20/"]}, MONDAY, "sick"),
        ({"first_day": date(2026, 12, 1)}, MONDAY, "not here yet"),
        ({"last_day": date(2026, 11, 20)}, MONDAY, "not here any more"),
        ({"swaps": [{"off": MONDAY, "on": date(2026, 11, 28)}]}, MONDAY, "exchanged"),
        ({"swaps": [{"off": MONDAY, "on": date(2026, 11, 25)}]}, date(2026, 11, 25), ""),
        ({"swaps": [{"off": MONDAY, "on": date(2026, 11, 27)}], "sick": ["2026-11-26/"]}, date(2026, 11, 27), "sick"),
    ],
)
def test_why_a_day_is_free(told: dict[str, Any], day: date, why: str) -> None:
    """By the name of the holiday where there is one. An exchange beats a free day of the school, not sick leave."""
    (found,) = days_of(schedule(staff(**told)), day, 1, ())
    assert found.why_free == why
    assert bool(found.working) == (not why)


def test_names_of_holidays_do_not_go_by_whoever_started_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are in the country's language, whatever the language of the machine is."""
    monkeypatch.setenv("LANGUAGE", "en_US")
    public_holidays.cache_clear()
    assert public_holidays("NL", 2026)[date(2026, 4, 27)] == "Koningsdag"
    assert public_holidays("DE-NW", 2026)[date(2026, 10, 3)] == "Tag der Deutschen Einheit"


def test_an_exchanged_day_names_the_day_given_for_it() -> None:
    """With the hours of that day."""
    els = schedule(staff(hours={"monday": ["09:00-10:00"]}, swaps=[{"off": MONDAY, "on": date(2026, 11, 26)}]))
    found = {day.day: day for day in days_of(els, MONDAY, 4, ())}[date(2026, 11, 26)]
    assert found.instead_of == MONDAY
    assert [span.start for span in found.working] == [at(date(2026, 11, 26), 9)]


def test_whose_weeks_count() -> None:
    """Weeks without a number's own hours have those of every week."""
    els = schedule(staff(odd_weeks={}))
    assert [day.pattern for day in days_of(els, MONDAY, 14, ())][::7] == [Pattern.EVERY, Pattern.ODD]
    karim = schedule(staff(even_weeks={}))
    assert [day.pattern for day in days_of(karim, MONDAY, 14, ())][::7] == [Pattern.EVEN, Pattern.EVERY]


def found(*people: Staff, first: date = MONDAY, days: int = 30, allowed: int = 3, **told: Any) -> list[Gap]:
    """The gaps of a mailbox."""
    place = school(**told)
    return gaps([schedule(one, place) for one in people], school_week(place, CALENDAR), first, days, allowed)


def test_a_gap_is_counted_in_school_days() -> None:
    """A weekend, a study day and a holiday neither count nor end it; a colleague at work does."""
    sick = staff(sick=["2026-11-23/2026-11-30"])
    assert found(sick) == [Gap(MONDAY, date(2026, 11, 30), 5)]
    assert found(sick, allowed=5) == []
    assert found(sick, staff("Karim", hours={"friday": ["08:00-12:00"]})) == []
    christmas = staff(days_off=["2026-12-16/2027-01-05"])
    assert found(christmas) == [Gap(date(2026, 12, 16), date(2027, 1, 5), 5)]
    assert found(christmas, school_holidays="") == [Gap(date(2026, 12, 16), date(2027, 1, 5), 13)]


def test_a_reader_on_saturday_ends_a_gap() -> None:
    """Though it is no school day."""
    saturday = staff(hours={"saturday": ["10:00-11:00"]})
    assert found(saturday, days=22) == [
        Gap(MONDAY, date(2026, 11, 27), 4),
        Gap(date(2026, 11, 30), date(2026, 12, 4), 5),
        Gap(date(2026, 12, 7), date(2026, 12, 11), 5),
        Gap(date(2026, 12, 14), date(2027, 1, 8), 10),  # Christmas neither counts nor ends it
    ]


def test_a_gap_that_begins_within_the_days_is_followed_to_its_end() -> None:
    """A year at most: somebody who left is not looked for for ever."""
    gone = staff(last_day=date(2026, 11, 30))
    (gap,) = found(gone, days=10)
    assert (gap.first, gap.last) == (date(2026, 12, 1), date(2027, 11, 23))  # a year after the first day looked at
    assert found(gone, days=5) == []


def test_a_gap_in_words() -> None:
    """With its days and their number; of several, the first and how many more."""
    assert str(Gap(MONDAY, MONDAY, 1)) == "nobody reads it on 2026-11-23 (1 school day)"
    assert str(Gap(MONDAY, date(2026, 11, 27), 5)) == "nobody reads it from 2026-11-23 to 2026-11-27 (5 school days)"
    weekly = [schedule(staff(hours={"monday": ["08:00-12:00"]}))]
    told = gap_warning(weekly, school_week(school()), MONDAY)
    assert told == "nobody reads it from 2026-11-24 to 2026-11-27 (4 school days), and 3 more within 30 days"
    assert gap_warning([schedule(staff())], school_week(school()), MONDAY) == ""


def test_schedules_have_the_margin_of_the_settings() -> None:
    """And the free days of the calendar."""
    chosen = Settings.model_validate({"notifications": {"margin_minutes": 30}, "school": {"public_holidays": ""}})
    (els,) = schedules_of(chosen, (staff(),), CALENDAR)
    assert els.tellable(MONDAY)[-1].end == at(MONDAY, 16)
    assert els.tellable(date(2026, 11, 25)) == []
