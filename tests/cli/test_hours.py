"""``mailtriage hours``, and what ``check`` and ``status`` say of gaps and of lists that end."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result

from mailtriage.cli import main
from mailtriage.cli.week_picture import ASCII, BLOCKS, picture, scale_for, signs_for
from mailtriage.decide.week import days_of
from tests.decide.test_schedules import local, somebody
from tests.school import memory

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MONDAY = date(2026, 11, 23)

STAFF = """
[[staff]]
name = "Els Vermeer"
address = "els@school.example"
hours = { monday = ["08:15-12:00", "12:45-16:30"], tuesday = ["08:15-16:30"] }
lessons = { monday = ["08:30-12:00", "12:45-14:30"] }

[[staff]]
name = "Daniël Bakker"
address = "daniel@school.example"
even_weeks = { thursday = ["08:00-12:00"] }
odd_weeks = { thursday = ["08:00-12:00"], friday = ["08:00-24:00"] }
swaps = [{ off = 2026-11-26, on = 2026-11-27 }]
"""
ACCOUNT = """
[[accounts]]
name = "{name}"
host = "localhost"
username = "{name}@school.example"
secret = {{ env = "UNSET" }}
staff = {staff}
"""
DUO = STAFF + ACCOUNT.format(name="groep5", staff='["Els Vermeer", "Daniël Bakker"]')


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own, without a configuration elsewhere."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MAILTRIAGE_CONFIG", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def configured(folder: Path, text: str) -> None:
    """Write a configuration, with a store beside it."""
    (folder / "config.toml").write_text(text + '\n[store]\nurl = "store.sqlite"\n', "utf-8")


def call(*arguments: str, charset: str = "utf-8") -> Result:
    """Call the command line in this process."""
    return CliRunner(charset=charset).invoke(main, ["hours", *arguments])


def rows(*arguments: str) -> list[dict[str, Any]]:
    """What the command says as JSON."""
    result = call(*arguments, "--format", "json")
    assert result.exit_code == 0, result.output
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


def test_each_day_and_person_is_an_object(folder: Path) -> None:
    """With moments as ISO 8601 in the school's time zone."""
    configured(folder, DUO + "[notifications]\nwhen = ['08:20', '15:00']")
    found = rows("--from", "2026-11-23", "--days", "5")
    assert [(one["date"][-2:], one["person"]) for one in found[:3]] == [
        ("23", "Els Vermeer"),
        ("23", "Daniël Bakker"),
        ("24", "Els Vermeer"),
    ]
    assert found[0] == {
        "account": "groep5",
        "person": "Els Vermeer",
        "date": "2026-11-23",
        "weekday": "monday",
        "week": 48,
        "parity": "even",
        "pattern": "hours",
        "working": [
            {"start": "2026-11-23T08:15:00+01:00", "end": "2026-11-23T12:00:00+01:00"},
            {"start": "2026-11-23T12:45:00+01:00", "end": "2026-11-23T16:30:00+01:00"},
        ],
        "lessons": [
            {"start": "2026-11-23T08:30:00+01:00", "end": "2026-11-23T12:00:00+01:00"},
            {"start": "2026-11-23T12:45:00+01:00", "end": "2026-11-23T14:30:00+01:00"},
        ],
        "told": [
            {"start": "2026-11-23T08:15:00+01:00", "end": "2026-11-23T08:30:00+01:00"},
            {"start": "2026-11-23T14:30:00+01:00", "end": "2026-11-23T16:15:00+01:00"},
        ],
        "moments": ["2026-11-23T08:20:00+01:00", "2026-11-23T15:00:00+01:00"],
        "why_free": None,
        "instead_of": None,
        "gap": None,
        "next_told": "2026-11-23T08:20:00+01:00",
        "next_told_to": ["Els Vermeer"],
        "warnings": [],
    }
    daniel = {one["date"]: one for one in found if one["person"] == "Daniël Bakker"}
    assert daniel["2026-11-26"]["why_free"] == "exchanged"
    assert daniel["2026-11-27"]["instead_of"] == "2026-11-26"
    assert daniel["2026-11-27"]["pattern"] == "even_weeks"


def test_clock_changes_and_midnight_keep_their_offsets(folder: Path) -> None:
    """A day of 25 hours, and a frame until 24:00, whose end is the next day's midnight."""
    configured(folder, STAFF.replace("friday", "sunday"))
    (_, odd) = rows("--from", "2027-10-31", "--days", "1")
    assert odd["parity"] == "odd"
    assert odd["working"] == [{"start": "2027-10-31T08:00:00+01:00", "end": "2027-11-01T00:00:00+01:00"}]
    (_, even) = rows("--from", "2027-10-24", "--days", "1")
    assert (even["parity"], even["working"]) == ("even", [])
    configured(folder, '[[staff]]\nname="A"\naddress="a@b.example"\nhours={sunday=["00:00-24:00"]}\n')
    (whole,) = rows("--from", "2027-10-31", "--days", "1")
    assert whole["working"] == [{"start": "2027-10-31T00:00:00+02:00", "end": "2027-11-01T00:00:00+01:00"}]
    assert whole["account"] is None


def test_without_a_configuration_ordinary_hours_count() -> None:
    """As in a dry-run; from today, for two weeks."""
    found = rows()
    assert len(found) == 14
    assert found[0]["date"] == datetime.now(AMSTERDAM).date().isoformat()
    assert {one["person"] for one in found} == {"Leerkracht"}


def test_the_page_for_people(folder: Path) -> None:
    """A picture and a table for each week, 80 signs wide, with a legend at the end."""
    configured(folder, DUO)
    said = call("--from", "2026-11-23", "--days", "8").stdout
    assert max(map(len, said.splitlines())) <= 80
    assert "told next: Mon 2026-11-23 08:15, Els Vermeer" in said
    assert "Week 48 of 2026, even: the hours of even weeks count for Daniël Bakker" in said
    assert "Week 49 of 2026, odd" in said
    assert "Mon 23-11 Els    ·····█▒▒▒▒▒▒▒▒▒▒▒▒▒▒···▒▒▒▒▒▒▒███████─······" in said
    assert "          Daniël ············································" in said
    assert "Thu 26-11  Els                                            no working day" in said
    assert "instead of 2026-11-26" in said
    assert said.endswith("█ may be told   ▒ lesson   ─ at work, not told any more   · free\n")
    assert "\x1b" not in said


def test_a_terminal_without_blocks_gets_letters(folder: Path) -> None:
    """And a question mark for what it cannot show; nothing fails."""
    configured(folder, DUO)
    result = call("--from", "2026-11-23", "--days", "1", charset="ascii")
    assert result.exit_code == 0
    assert "Mon 23-11 Els    .....#==============...=======#######-......" in result.stdout
    assert "Dani?l Bakker" in result.stdout
    assert json.loads(call("--format", "json", charset="ascii").stdout)[1]["person"] == "Daniël Bakker"
    assert [signs_for(name) for name in ("utf-8", "cp1252", "ascii", None, "nonsense")] == [BLOCKS, *[ASCII] * 4]


def test_a_picture_of_long_days_grows() -> None:
    """Hours outside 07:00 to 18:00 are shown; where that is too wide, a sign is half an hour. ◆ is a set moment."""
    early = somebody(hours={"monday": ["06:00-09:00"]})
    days = days_of(early, MONDAY, 1, (local(2026, 11, 23, 8).time(),))
    header, line = picture(days, AMSTERDAM, scale_for(days, AMSTERDAM), BLOCKS, {})
    assert header.split() == [f"{hour:02}" for hour in range(6, 18)]
    assert line == "Mon 23-11 ████████◆██─" + "·" * 36
    late = days_of(somebody(hours={"monday": ["00:00-24:00"]}), MONDAY, 1, ())
    header, line = picture(late, AMSTERDAM, scale_for(late, AMSTERDAM), ASCII, {})
    assert header.split()[:3] == ["00", "02", "04"]
    assert line == "Mon 23-11 " + "#" * 48


def test_gaps_are_warned_of(folder: Path) -> None:
    """On standard error and in each object of the account; the work is done all the same."""
    sick = DUO.replace("lessons =", 'sick = ["2026-11-16/2026-12-01"]\nlessons =')
    configured(folder, sick)
    result = call("--from", "2026-11-16", "--days", "10", "--gap", "2")
    assert result.exit_code == 0
    assert result.stderr == (
        "warning: groep5: nobody reads it from 2026-11-16 to 2026-11-18 (3 school days)\n"
        "warning: groep5: nobody reads it from 2026-11-23 to 2026-11-26 (4 school days)\n"
    )
    found = rows("--from", "2026-11-16", "--days", "10", "--gap", "2")
    assert [one["gap"] for one in found[::2]][:4] == [
        *[{"first": "2026-11-16", "last": "2026-11-18", "school_days": 3}] * 3,
        None,
    ]
    assert all(len(one["warnings"]) == 2 for one in found)
    assert call("--from", "2026-11-16", "--days", "10", "--gap", "4").stderr == ""


def test_one_account_alone(folder: Path) -> None:
    """By its name; a wrong name gets a suggestion, and the others are named."""
    configured(folder, DUO + ACCOUNT.format(name="ib", staff='["Els Vermeer"]'))
    assert {one["account"] for one in rows("--account", "ib")} == {"ib"}
    assert {one["account"] for one in rows()} == {"groep5", "ib"}
    result = call("--account", "groep")
    assert result.exit_code == 2
    assert "did you mean groep5? Else choose one of groep5, ib" in result.stderr
    configured(folder, STAFF)
    assert "leave it out" in call("--account", "groep5").stderr


@pytest.mark.parametrize("wrong", [("--from", "morgen"), ("--from", "9999-12-31"), ("--days", "0"), ("--gap", "-1")])
def test_wrong_use_is_told(wrong: tuple[str, str]) -> None:
    """Status 2, and what to write."""
    result = call(*wrong)
    assert result.exit_code == 2
    assert wrong[0] in result.stderr


def test_a_schedule_for_nobody_is_an_error_with_a_name(folder: Path) -> None:
    """The calendar is shown all the same, since it says why."""
    configured(folder, DUO.replace("address =", "last_day = 2020-01-01\naddress ="))
    result = call("--from", "2026-11-23")
    assert result.exit_code == 2
    assert "schedules of Els Vermeer, Daniël Bakker: no working moment within a year" in result.stderr
    assert "not here any more" in result.stdout
    found = json.loads(call("--from", "2026-11-23", "--format", "json").stdout)
    assert (found[0]["next_told"], found[0]["next_told_to"]) == (None, [])


def test_free_days_of_a_calendar_file_are_in_it(folder: Path) -> None:
    """Those around the days that are asked for, however far away."""
    event = "BEGIN:VEVENT\nUID:1\nSUMMARY:Studiedag\nDTSTART;VALUE=DATE:20350305\nEND:VEVENT\n"
    (folder / "vrij.ics").write_text(f"BEGIN:VCALENDAR\nVERSION:2.0\n{event}END:VCALENDAR\n")
    configured(folder, f'[school]\ncalendars = ["vrij.ics"]\n{DUO}')
    assert [one["why_free"] for one in rows("--from", "2035-03-05", "--days", "1")] == ["Studiedag", "no working day"]
    (folder / "vrij.ics").write_text("hallo")
    result = call()
    assert result.exit_code == 2
    assert "school.calendars[1]" in result.stderr
    assert "no calendar file" in result.stderr


@pytest.mark.parametrize("command", ["check", "status"])
def test_check_and_status_warn(folder: Path, command: str) -> None:
    """Of a mailbox without a reader, and of a list of free days that has ended."""
    text = DUO.replace("lessons =", 'sick = ["2026-01-01/"]\nlessons =').replace(
        "swaps =", "last_day = 2020-01-01\nswaps ="
    )
    configured(folder, f'[school]\ndays_off = ["2020-01-01"]\n{text}')
    memory(folder / "store.sqlite")
    said = CliRunner().invoke(main, [command]).output
    assert "school.days_off: lies wholly in the past" in said
    assert "warning: " in said
    assert "nobody reads it from" in said or "schedules of Els Vermeer, Daniël Bakker: does not work" in said


def test_check_goes_on_where_one_of_two_has_left(folder: Path) -> None:
    """That is said, and is no failure of the mailbox."""
    configured(folder, DUO.replace("even_weeks", "last_day = 2020-01-01\neven_weeks"))
    said = CliRunner().invoke(main, ["check"]).output
    assert "Els Vermeer works next: " in said
    assert "Daniël Bakker does not work within a year" in said
