"""The school's calendar files in the service: read when it opens, and again with the configuration."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from structlog.testing import capture_logs

from mailtriage.dryrun.judging import Rooms, Task
from mailtriage.service import Opening, Service
from mailtriage.settings.load import load_settings
from tests.school import AT_WORK, WordJudge, memory

SCHOOL = """
[school]
calendars = ["vrij.ics"]
[[staff]]
name = "Els"
address = "els@school.example"
hours = { monday = ["08:15-12:00"], tuesday = ["08:15-12:00"], wednesday = ["08:15-12:00"], thursday = ["08:15-12:00"] }
"""
ACCOUNT = """
[[accounts]]
name = "els"
host = "localhost"
username = "els@school.example"
secret = { env = "UNSET" }
staff = ["Els"]
"""


@pytest.fixture(autouse=True)
def _quick_judge(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailtriage.service.opening.judge_for", lambda _: WordJudge())
    monkeypatch.setattr("mailtriage.dryrun.judging.judge_for", lambda _: WordJudge())


def free_on(folder: Path, day: date) -> None:
    """Write a calendar with one free day."""
    event = f"BEGIN:VEVENT\nUID:1\nSUMMARY:Studiedag\nDTSTART;VALUE=DATE:{day:%Y%m%d}\nEND:VEVENT\n"
    (folder / "vrij.ics").write_text(f"BEGIN:VCALENDAR\nVERSION:2.0\n{event}END:VCALENDAR\n")


def opened(folder: Path) -> Opening:
    """What the configuration of a folder gives."""
    return Opening.of(load_settings(folder / "config.toml"), folder)


def next_monday() -> date:
    """A Monday soon."""
    today = datetime.now(ZoneInfo("Europe/Amsterdam")).date()
    return today + timedelta(7 - today.weekday())


def test_free_days_reach_the_schedules(tmp_path: Path) -> None:
    """Those of the service, and those of a dry-run, around the moment that it is asked for."""
    monday = next_monday()
    free_on(tmp_path, monday)
    (tmp_path / "config.toml").write_text(SCHOOL + ACCOUNT)
    opening = opened(tmp_path)
    (schedule,) = opening.desk(opening.settings.accounts[0], lambda: AT_WORK).office.schedules
    assert schedule.why_free(monday) == "Studiedag"
    free_on(tmp_path, date(2031, 3, 3))
    task = Task(
        load_settings(tmp_path / "config.toml"), tmp_path, AT_WORK, at=datetime(2031, 3, 1, tzinfo=ZoneInfo("UTC"))
    )
    assert Rooms(task).office.schedules[0].why_free(date(2031, 3, 3)) == "Studiedag"


def test_a_calendar_that_turns_bad_is_refused_at_a_reload(tmp_path: Path) -> None:
    """It is told with its place, and the free days that were known stay; one that is right again is taken."""
    free_on(tmp_path, next_monday())
    (tmp_path / "config.toml").write_text(SCHOOL)
    service = Service(opened(tmp_path), memory())
    (tmp_path / "vrij.ics").write_text("<html>Meld u aan</html>")
    with capture_logs() as logs:
        assert not service.reload(lambda: opened(tmp_path))
    assert [(one["where"], "no calendar file" in one["reason"]) for one in logs] == [("school.calendars[1]", True)]
    assert [one.first for one in service._opening.calendar] == [next_monday()]
    free_on(tmp_path, next_monday() + timedelta(1))
    assert service.reload(lambda: opened(tmp_path))
    assert [one.first for one in service._opening.calendar] == [next_monday() + timedelta(1)]
