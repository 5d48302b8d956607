"""The school's calendar files: which days are free, and what is refused."""

from __future__ import annotations

import os
import time
from datetime import date
from pathlib import Path

import pytest

from mailtriage.errors import ConfigurationError
from mailtriage.settings import School, calendars
from mailtriage.settings.calendars import free_days, read_calendar
from mailtriage.settings.load import settings_from

TODAY = date(2026, 11, 22)
ZONE = "Europe/Amsterdam"


def event(*lines: str, name: str = "Vrij", uid: str = "1") -> str:
    """One event of a calendar, from what says when it takes place."""
    return "\r\n".join(("BEGIN:VEVENT", f"UID:{uid}", f"SUMMARY:{name}", *lines, "END:VEVENT", ""))


def calendar(*events: str, about: str = "") -> bytes:
    """A calendar file of these events."""
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{about}{''.join(events)}END:VCALENDAR\r\n".encode()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the calendar is."""
    return tmp_path / "vrij.ics"


def read(file: Path, content: bytes, zone: str = ZONE) -> list[tuple[str, str, str]]:
    """What is free by a calendar file of this content."""
    file.write_bytes(content)
    return [(str(free.first), str(free.last), free.name) for free in read_calendar(file, zone, TODAY)]


def refusal(file: Path, content: bytes) -> ConfigurationError:
    """Why a calendar file of this content is refused."""
    with pytest.raises(ConfigurationError) as caught:
        read(file, content)
    assert caught.value.where == str(file)
    assert caught.value.advice
    return caught.value


@pytest.mark.parametrize(
    ("lines", "first", "last"),
    [
        (("DTSTART;VALUE=DATE:20261219", "DTEND;VALUE=DATE:20270104"), "2026-12-19", "2027-01-03"),
        (("DTSTART;VALUE=DATE:20261219", "DTEND;VALUE=DATE:20261219"), "2026-12-19", "2026-12-19"),
        (("DTSTART;VALUE=DATE:20261219",), "2026-12-19", "2026-12-19"),
        (("DTSTART;VALUE=DATE:20261219", "DURATION:P3D"), "2026-12-19", "2026-12-21"),
        (("DTSTART;VALUE=DATE:20261219", "TRANSP:TRANSPARENT"), "2026-12-19", "2026-12-19"),
        (("DTSTART:20261219T000000", "DTEND:20261220T000000"), "2026-12-19", "2026-12-19"),
        (("DTSTART:20261218T230000Z", "DTEND:20261219T230000Z"), "2026-12-19", "2026-12-19"),
        (("DTSTART:20261218T150000", "DTEND:20261220T080000"), "2026-12-19", "2026-12-19"),
        (("DTSTART;TZID=America/New_York:20261218T180000", "DURATION:P2D"), "2026-12-19", "2026-12-20"),
        (("DTSTART;TZID=Mars/Base:20261219T000000", "DURATION:P1D"), "2026-12-19", "2026-12-19"),
        (("DTSTART:20270328T000000", "DTEND:20270329T000000"), "2027-03-28", "2027-03-28"),
        (("DTSTART:20271030T220000Z", "DTEND:20271031T230000Z"), "2027-10-31", "2027-10-31"),
        (("DTSTART;VALUE=DATE:20250101", "DTEND;VALUE=DATE:20300101"), "2025-11-21", "2028-11-23"),
    ],
)
def test_a_day_that_an_event_covers_is_free(file: Path, lines: tuple[str, ...], first: str, last: str) -> None:
    """The end is exclusive; times count in the school's zone, also on days of 23 and 25 hours; the window bounds."""
    assert read(file, calendar(event(*lines))) == [(first, last, "Vrij")]


@pytest.mark.parametrize(
    "lines",
    [
        ("DTSTART;VALUE=DATE:20261219", "STATUS:CANCELLED"),
        ("DTSTART:20261219T090000", "DTEND:20261219T170000"),
        ("DTSTART:20261219T090000", "DTEND:20261220T090000"),
        ("DTSTART:20261219T000000Z", "DTEND:20261220T000000Z"),
        ("DTSTART:20270328T010000", "DTEND:20270329T000000"),
        ("DTSTART;VALUE=DATE:20200101",),
        ("DTSTART:20260907T090000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY"),
    ],
)
def test_what_covers_no_day_frees_none(file: Path, lines: tuple[str, ...]) -> None:
    """Cancelled, a part of the day, another zone's day, or long ago."""
    assert read(file, calendar(event(*lines))) == []


def test_recurring_events_are_expanded(file: Path) -> None:
    """With what was taken out, moved and cancelled of them; a rule without an end stops at the window's."""
    series = event("DTSTART;VALUE=DATE:20261207", "RRULE:FREQ=WEEKLY;COUNT=4", "EXDATE;VALUE=DATE:20261214")
    moved = event("RECURRENCE-ID;VALUE=DATE:20261221", "DTSTART;VALUE=DATE:20261222", name="Verzet")
    gone = event("RECURRENCE-ID;VALUE=DATE:20261228", "DTSTART;VALUE=DATE:20261228", "STATUS:CANCELLED")
    found = read(file, calendar(series, moved, gone))
    assert found == [("2026-12-07", "2026-12-07", "Vrij"), ("2026-12-22", "2026-12-22", "Verzet")]
    endless = read(file, calendar(event("DTSTART;VALUE=DATE:20200427", "RRULE:FREQ=YEARLY")))
    assert [first for first, _, _ in endless] == ["2026-04-27", "2027-04-27", "2028-04-27"]


def test_a_zone_of_the_whole_calendar_counts_for_recurring_times(file: Path) -> None:
    """Google writes times in UTC and the calendar's zone beside: midnight in winter stays midnight in summer."""
    days = event("DTSTART:20270303T230000Z", "DTEND:20270304T230000Z", "RRULE:FREQ=MONTHLY;COUNT=2")
    assert [one[0] for one in read(file, calendar(days, about=f"X-WR-TIMEZONE:{ZONE}\r\n"))] == [
        "2027-03-04",
        "2027-04-04",
    ]


def test_calendars_as_programs_really_write_them(file: Path) -> None:
    """Properties twice, two calendars in a file, a byte order mark, a bad date beside what matters, folded lines."""
    twice = calendar(event("DTSTART;VALUE=DATE:20261219", "CREATED:gisteren"), about="CALSCALE:GREGORIAN\r\n" * 2)
    other = calendar(event("DTSTART;VALUE=DATE:20261222", name="Studie\r\n dag", uid="2"))
    assert [one[2] for one in read(file, b"\xef\xbb\xbf" + twice + other)] == ["Vrij", "Studiedag"]


def test_names_hold_no_control_characters(file: Path) -> None:
    """They are shown in terminals."""
    shown = read(file, calendar(event("DTSTART;VALUE=DATE:20261219", name="Vrij\x1b[31m\\n\tdag " + "x" * 99)))[0][2]
    assert shown.isprintable()
    assert shown.startswith("Vrij [31m dag xxx")
    assert len(shown) == 60


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "no calendar"),
        (b"<html>Log in</html>", "no calendar"),
        (b"\x00" * 500, "no calendar"),
        (calendar(event("DTSTART;VALUE=DATE:20261219"))[:-20], "breaks off at line 7"),
        (calendar(event("DTSTART;VALUE=DATE:20261219", name="Vrïj")).decode().encode("latin-1"), "line 5: the text is"),
        (calendar(event("DTSTART;VALUE=DATE:20261219")).decode().encode("utf-16"), "not UTF-8"),
        (b"x" * 5_000_001, "larger than 5 MB"),
        (calendar(event("DTSTART;VALUE=DATE:20261219")).replace(b"END:VEVENT\r\n", b""), "line 7: END:VCALENDAR"),
        (calendar(event("DTSTART;VALUE=DATE:20261219"), "END:VEVENT\r\n"), "line 8: END:VEVENT ends nothing"),
        (calendar(event("DTSTART:gisteren")), 'event "Vrij" is damaged: DTSTART'),
        (calendar(event("DTSTART;VALUE=DATE:20261399")), "is damaged: DTSTART"),
        (calendar(event("DESCRIPTION:when?")), 'event "Vrij" is damaged'),
        (calendar(event("DTSTART;VALUE=DATE:20261219", "DTEND:20261220T000000Z")), "of 2026-12-19 is damaged"),
        (calendar(event("DTSTART;VALUE=DATE:20261219", "DTEND;VALUE=DATE:20261218")), "ends before it begins"),
        (calendar(event("DTSTART;VALUE=DATE:00010101", "RRULE:FREQ=DAILY")), "lies in the year 1"),
        (calendar(event("DTSTART;VALUE=DATE:20261219", "DTEND;VALUE=DATE:99991231")), "lies in the year 9999"),
        (calendar(event("DTSTART;VALUE=DATE:99991231")), "damaged"),
        (calendar(event("DTSTART;VALUE=DATE:20261219", "DURATION:P9999999999D")), "damaged: DURATION"),
        (calendar(event("DTSTART;VALUE=DATE:20261219", "RRULE:FREQ=SOMETIMES")), "damaged: RRULE"),
        (calendar(event("DTSTART;VALUE=DATE:20261219", "RRULE:onzin")), "without saying how often"),
        (calendar(event("DTSTART;VALUE=DATE:20261219", "RRULE:FREQ=SECONDLY")), "recurs secondly"),
        (calendar(event("DTSTART;VALUE=DATE:20261219", "RRULE:FREQ=HOURLY;COUNT=9")), "recurs hourly"),
        (calendar(event("DTSTART;VALUE=DATE:20261219", "RRULE:FREQ=DAILY;INTERVAL=0")), "recurs at no interval"),
        (calendar(event("DTSTART;VALUE=DATE:20200101", "RRULE:FREQ=DAILY;COUNT=999999999")), "1000 free days"),
        (calendar(event("DTSTART;VALUE=DATE:20261219") * 10_001), "10000 events"),
        (
            calendar(*(event("DTSTART;VALUE=DATE:20261219", "RRULE:FREQ=WEEKLY", uid=str(at)) for at in range(301))),
            "300 recurring events",
        ),
    ],
)
def test_a_broken_or_endless_file_is_refused_soon(file: Path, content: bytes, what: str) -> None:
    """With its name and a reason, whatever it holds."""
    begun = time.monotonic()
    assert what in refusal(file, content).what
    assert time.monotonic() - begun < calendars.SECONDS


def test_what_nobody_foresaw_comes_to_an_end(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A recurrence that is looked for until the year 9999, two hundred times: its process is ended."""
    monkeypatch.setattr(calendars, "SECONDS", 2.0)
    lines = ("DTSTART;VALUE=DATE:20200101", "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30")
    content = calendar(*(event(*lines, uid=str(at)) for at in range(200)))
    assert "takes more than 2 s" in refusal(file, content).what


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """Nor a folder, nor what is not there."""
    pipe = tmp_path / "pipe.ics"
    os.mkfifo(pipe)
    for path, what in ((pipe, "no file"), (tmp_path, "no file"), (tmp_path / "nope.ics", "No such file")):
        with pytest.raises(ConfigurationError, match=what):
            read_calendar(path, ZONE, TODAY)


def test_a_file_is_read_again_once_it_changed(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And not before: every command looks at it, and each reading starts a process."""
    assert read(file, calendar(event("DTSTART;VALUE=DATE:20261219"))) == [("2026-12-19", "2026-12-19", "Vrij")]
    assert read(file, calendar(event("DTSTART;VALUE=DATE:20261222"))) == [("2026-12-22", "2026-12-22", "Vrij")]
    monkeypatch.setattr(calendars, "_in_own_process", None)
    assert len(read_calendar(file, ZONE, TODAY)) == 1


def test_a_module_in_the_working_folder_is_not_run(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process that reads takes its modules from where ours are."""
    (tmp_path / "json.py").write_text("raise SystemExit(3)")
    monkeypatch.chdir(tmp_path)
    assert len(read(file, calendar(event("DTSTART;VALUE=DATE:20261219")))) == 1


def test_every_bad_file_is_told_at_once(tmp_path: Path) -> None:
    """Of the school's files, those that are in order are no excuse for the others."""
    (tmp_path / "good.ics").write_bytes(calendar(event("DTSTART;VALUE=DATE:20261219")))
    (tmp_path / "bad.ics").write_bytes(b"")
    names = ("good.ics", "bad.ics", "nope.ics")
    school = School(calendars=tuple(tmp_path / name for name in names))
    with pytest.raises(ConfigurationError) as caught:
        free_days(school, TODAY)
    assert [Path(one.what.partition(": ")[0]).name for one in caught.value.problems] == ["bad.ics", "nope.ics"]
    assert [one.first for one in free_days(School(calendars=(tmp_path / "good.ics",)), TODAY)] == [date(2026, 12, 19)]


def test_a_configuration_that_names_a_bad_file_is_refused(tmp_path: Path) -> None:
    """With the place in the list, and beside other problems, also where the time zone is wrong."""
    (tmp_path / "bad.ics").write_bytes(b"hallo")
    data = {"school": {"calendars": ["bad.ics", "nope.ics"], "fone": 1}}
    with pytest.raises(ConfigurationError) as caught:
        settings_from(data, tmp_path)
    assert {one.where for one in caught.value.problems} == {
        "school.calendars[1]",
        "school.calendars[2]",
        "school.fone",
    }
    with pytest.raises(ConfigurationError, match="no time zone"):
        settings_from({"school": {"calendars": ["bad.ics"], "timezone": "Mars/Base"}}, tmp_path)
