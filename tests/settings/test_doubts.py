"""Warnings about what is allowed but probably not meant."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mailtriage.errors import Problem
from mailtriage.settings.load import calendar_warnings_of, load_settings, settings_from, warnings_of
from mailtriage.settings.model import Settings

EXAMPLE = (Path(__file__).parents[2] / "config.example.toml").read_text(encoding="utf-8")
TODAY = date(2026, 9, 1)


def warnings_after(before: str, after: str, today: date = TODAY) -> tuple[Problem, ...]:
    """The warnings of the example after one change."""
    assert before in EXAMPLE
    return warnings_of(settings_from(tomllib.loads(EXAMPLE.replace(before, after)), Path("/")), today)


@pytest.mark.parametrize(
    ("before", "after", "where", "what"),
    [
        ('phone = "030 555 01 23"', "", "school.phone", "no number to call"),
        ('phone = "030 555 01 23"', 'phone = "06-12 34 56 78"', "school.phone", "mobile"),
        ('phone = "030 555 01 23"', 'phone = "+31 (0)6 12345678"', "school.phone", "mobile"),
        ("management =", "# management =", "school.management", "whom to turn to"),
        ('domains = ["dewegwijzer.example"]', "", "school.domains", "colleagues"),
        ('domains = ["dewegwijzer.example"]', 'domains = ["a.example"]', 'accounts[1] "groep5"', "not among"),
        ('public_holidays = "NL"', 'public_holidays = ""', "school.public_holidays", "is off"),
        ('urgent_to = "teacher"', 'urgent_to = "contact"', "notifications.urgent_to", "it has no apprise URL"),
        ('urgent_to = "teacher"', 'urgent_to = "both"', "notifications.urgent_to", "the teacher is told instead"),
        (
            "swaps = []",
            "swaps = [{ off = 2026-12-10, on = 2026-12-11 }]",
            'staff[1] "Els Visser".swaps[1]',
            "it stays free",
        ),
        ("digest = true", "digest = false", "notifications.digest", "nobody is told"),
        ('staff = ["Els Visser", "Karim Haddad"]', 'staff = ["Els Visser"]', 'staff[2] "Karim Haddad"', "no account"),
    ],
)
def test_each_doubt_is_told(before: str, after: str, where: str, what: str) -> None:
    """A doubt names its key, what follows from it, and what to do."""
    (warning,) = [found for found in warnings_after(before, after) if found.where == where]
    assert what in warning.what
    assert warning.advice


def test_no_phone_is_fine_where_nothing_asks_for_a_conversation() -> None:
    """A school that handles everything by mail makes no replies, so needs no number in them."""
    data = {"rules": {"by_mail": ["yes_no", "appointment", "notice", "substantive"], "conversation": []}}
    found = warnings_of(settings_from(data, Path("/")), TODAY)
    assert "school.phone" not in {warning.where for warning in found}


def test_a_landline_that_begins_like_a_mobile_is_no_mobile() -> None:
    """Only numbers of a mobile's length are doubted; 06 inside a number is not."""
    assert warnings_after("030 555 01 23", "030 612 34 56") == ()


def test_days_off_of_last_year_are_told() -> None:
    """The table has to be renewed each year; the day after its last is the first on which that is said."""
    settings = settings_from(tomllib.loads(EXAMPLE), Path("/"))
    assert warnings_of(settings, date(2027, 5, 9)) == ()
    (warning,) = warnings_of(settings, date(2027, 5, 10))
    assert (warning.where, warning.what) == ("school.days_off", "lies wholly in the past")


def test_a_person_without_hours_beside_one_with_hours_is_a_warning() -> None:
    """A shared mailbox still has a reader, so it loads; that the other is never told is said."""
    hours = EXAMPLE[EXAMPLE.index("[staff.hours]\nthursday") : EXAMPLE.index('[[staff]]\nname = "Sanne')]
    (warning,) = warnings_after(hours, "")
    assert warning.where == 'staff[2] "Karim Haddad".hours'


def test_the_defaults_are_doubted_where_they_cannot_work() -> None:
    """An empty configuration watches nothing, and says so."""
    where = {warning.where for warning in warnings_of(Settings(), TODAY)}
    assert where == {"school.phone", "school.management", "school.domains", "school.days_off", "accounts"}


def test_lines_of_the_parents_list_are_told(tmp_path: Path) -> None:
    """A line without address is a warning with its number; a list that went away since loading is one, too."""
    (tmp_path / "ouders.csv").write_text("email;naam\na@x.example;Jan\n;Piet\n")
    (tmp_path / "config.toml").write_text('[school]\nparents = "ouders.csv"\n')
    settings = load_settings(tmp_path / "config.toml")
    assert f"{tmp_path}/ouders.csv:3" in {warning.where for warning in warnings_of(settings, TODAY)}
    (tmp_path / "ouders.csv").unlink()
    assert any("cannot be read" in warning.what for warning in warnings_of(settings, TODAY))


@pytest.mark.parametrize(
    ("school", "today", "where", "what"),
    [
        ({"days_off": ["2027-01-20"]}, date(2026, 11, 22), "school.days_off", "the last of them is 2027-01-20, within"),
        ({"days_off": ["2027-01-21"]}, date(2026, 11, 22), "", ""),
        ({"days_off": ["2026-11-21"]}, date(2026, 11, 22), "school.days_off", "wholly in the past"),
        ({"school_holidays": "noord"}, date(2026, 11, 22), "", ""),
        ({"school_holidays": "noord", "days_off": ["2026-11-23"]}, date(2026, 11, 22), "", ""),
        (
            {"school_holidays": "zuid"},
            date(2030, 7, 1),
            "school.school_holidays",
            "region zuid is 2030-08-18, within 60",
        ),
        ({"school_holidays": "zuid"}, date(2030, 9, 1), "school.school_holidays", "region zuid was 2030-08-18"),
        ({"calendars": ["vrij.ics"]}, date(2026, 9, 1), "", ""),
        (
            {"calendars": ["vrij.ics"]},
            date(2026, 11, 22),
            "school.calendars[1]",
            "vrij.ics is 2026-12-07, within 60 days",
        ),
        ({"calendars": ["vrij.ics"]}, date(2026, 12, 8), "school.calendars[1]", "vrij.ics was 2026-12-07"),
        ({"calendars": ["vrij.ics"]}, date(2028, 11, 22), "school.calendars[1]", "has no free day"),
        ({"calendars": ["nope.ics"]}, date(2028, 11, 22), "school.calendars[1]", "No such file"),
        ({"days_off": ["2030-01-01"], "public_holidays": ""}, TODAY, "school.public_holidays", "is off"),
    ],
)
def test_a_list_of_free_days_that_ends_is_told(
    tmp_path: Path, school: dict[str, Any], today: date, where: str, what: str
) -> None:
    """Sixty days before its end, so that there is time to renew it, and after it; nothing before."""
    event = "BEGIN:VEVENT\nUID:1\nSUMMARY:Studiedag\nDTSTART;VALUE=DATE:20261207\nEND:VEVENT\n"
    (tmp_path / "vrij.ics").write_text(f"BEGIN:VCALENDAR\nVERSION:2.0\n{event}END:VCALENDAR\n")
    named = [str(tmp_path / name) for name in school.get("calendars", ())]
    settings = Settings.model_validate({"school": school | {"calendars": named}})
    found = calendar_warnings_of(settings, today)
    assert [problem.where for problem in found] == ([where] if where else [])
    assert all(what in problem.what and problem.advice for problem in found)
    assert set(found) <= set(warnings_of(settings, today))
