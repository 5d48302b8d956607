"""What ``check`` and ``status`` say about bells."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from mailtriage.store import Rings, Whom
from tests.cli.conftest import Command
from tests.school import EVENING, memory
from tests.servers import free_port

HOURS = "hours = { " + ", ".join(f'{day} = ["07:00-22:00"]' for day in ("monday", "tuesday", "wednesday")) + " }"


def configure(place: Path, *, school: str = "", notifications: str = "") -> None:
    """Add a school with one account, whose server is away."""
    (place / "config.toml").open("a", encoding="utf-8").write(
        f"""
[school]
{school}
[notifications]
{notifications}
[[staff]]
name = "Els"
address = "els@school.example"
hours = {{ monday = ["08:00-16:00"] }}
[[accounts]]
name = "groep5"
host = "localhost"
port = {free_port()}
username = "els@school.example"
secret = {{ env = "UNUSED" }}
staff = ["Els"]
[store]
url = "store.sqlite"
"""
    )


@pytest.mark.parametrize(
    ("school", "notifications", "said"),
    [
        ("", "", "told at once to the teacher (digest)"),
        ("", "urgent_passes = false", "waits, and comes first in the next digest"),
        ("", 'urgent_to = "contact"', "told at once to the teacher (digest), since school.emergency is missing"),
        (
            'emergency = { name = "Conciërge" }',
            'urgent_to = "both"',
            "told at once to the teacher (digest), since school.emergency has no Apprise URL",
        ),
        (
            f'emergency = {{ name = "Conciërge", apprise = [{{ env = "BELL" }}], {HOURS} }}',
            'urgent_to = "contact"',
            "rings Conciërge (Mon-Wed 07:00-22:00), else the teacher (digest)",
        ),
        (
            'emergency = { name = "Conciërge", apprise = [{ env = "BELL" }] }',
            'urgent_to = "both"\napprise = [{ env = "BELL" }]',
            "rings Conciërge (at any time), and is told at once to the teacher (digest and Apprise)",
        ),
    ],
)
def test_check_says_what_happens_to_urgent_mail(
    place: Path, run: Command, monkeypatch: pytest.MonkeyPatch, school: str, notifications: str, said: str
) -> None:
    """One sentence for each account, also where its server does not answer."""
    monkeypatch.setenv("BELL", "json://localhost")
    configure(place, school=school, notifications=notifications)
    output = run("check").stdout.splitlines()
    assert [line for line in output if "urgent mail" in line] == [f"  urgent mail out of hours: {said}"]
    assert not [line for line in output if line.startswith("bells:")]


def test_check_names_bells_that_cannot_ring(place: Path, run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without ringing, and without showing a URL: it is a secret."""
    monkeypatch.setenv("BELL_BROKEN", "hunter2 is no URL")
    monkeypatch.delenv("BELL_UNSET", raising=False)
    configure(
        place,
        school='emergency = { name = "Conciërge", apprise = [{ env = "BELL_BROKEN" }] }',
        notifications='apprise = [{ env = "BELL_UNSET" }]',
    )
    result = run("check")
    unset, broken = (line for line in result.stdout.splitlines() if line.startswith("bells:"))
    assert "notifications.apprise[1]" in unset
    assert "BELL_UNSET" in unset
    assert broken == "bells: will not work: school.emergency.apprise[1]: this is no URL that Apprise understands"
    assert "hunter2" not in result.output
    monkeypatch.setitem(sys.modules, "apprise", None)
    assert "pip install 'mailtriage[apprise]'" in run("check").stdout


def test_status_shows_the_last_bell(place: Path, run: Command) -> None:
    """When it rang, in the school's time, and for whom."""
    configure(place)
    kept = memory(place / "store.sqlite")
    kept.journal.contact("groep5", EVENING)
    assert "last urgent bell:      none" in run("status").stdout
    Rings(kept.journal.engine).rang("groep5", ["thread"], Whom.CONTACT, EVENING)
    assert "last urgent bell:      2026-09-15T21:40:00+02:00, for the contact" in run("status").stdout
    (account,) = json.loads(run("status", "--format", "json").stdout)
    assert account["last_bell"] == {"at": "2026-09-15T21:40:00+02:00", "whom": "contact"}
