"""Warnings about what is allowed but probably not meant."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest

from mailtriage.errors import Problem
from mailtriage.settings.load import load_settings, settings_from, warnings_of
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
