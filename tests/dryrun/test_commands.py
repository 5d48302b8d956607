"""``mailtriage dry-run`` and ``mailtriage explain`` as they are called."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from mailtriage.cli import main
from tests.dryrun.mails import QUESTION, WORRY, archive, mail, maildir, mbox

CONFIGURATION = """
[school]
name = "De Hazelaar"
timezone = "Europe/London"
domains = ["school.example"]

[[staff]]
name = "Juf Anna"
address = "anna@school.example"
[staff.hours]
tuesday = ["10:00-12:00"]

[[staff]]
name = "Meester Bram"
address = "bram@school.example"
[staff.hours]
friday = ["13:00-15:00"]

[[accounts]]
name = "anna"
host = "imap.school.example"
username = "anna@school.example"
secret = { env = "X" }
staff = ["Juf Anna"]

[[accounts]]
name = "bram"
host = "imap.school.example"
username = "bram@school.example"
secret = { env = "X" }
staff = ["Meester Bram"]
"""


@pytest.fixture(autouse=True)
def _no_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MAILTRIAGE_CONFIG", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "none"))


def call(*arguments: str, stdin: bytes = b"") -> Result:
    """Call the command line in this process."""
    return CliRunner().invoke(main, arguments, input=stdin)


def rows(result: Result) -> list[dict[str, Any]]:
    """The objects on standard output."""
    return [json.loads(line) for line in result.stdout.splitlines()]


def process(*arguments: str, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Call the command line in a process of its own."""
    command = [sys.executable, "-m", "mailtriage", *arguments]
    return subprocess.run(
        command, input=stdin, capture_output=True, check=False, env={**os.environ, **environment}, timeout=120
    )


def test_any_mix_gives_one_object_a_message_in_order() -> None:
    """Each message is one line on standard output, nothing else; the summary goes to standard error."""
    Path("a.mbox").write_bytes(mbox(mail(number=1), mail(WORRY, number=2)))
    maildir(Path("Mail"), "new/1.a.host")
    archive(Path("b.zip"), {"x.eml": mail(number=9)})
    result = call("dry-run", "b.zip", "a.mbox", "Mail", "-", "--format", "jsonl", stdin=mail(number=7))
    assert result.exit_code == 0
    assert [row["source"] for row in rows(result)] == [
        "b.zip!x.eml",
        "a.mbox#1",
        "a.mbox#2",
        "Mail/new/1.a.host",
        "-#1",
    ]
    assert "messages" in result.stderr
    assert "messages/s" in result.stderr


def test_an_unreadable_message_ends_with_three_and_is_named() -> None:
    """The run goes on, the row has the error, standard error names it without a traceback, also with --quiet."""
    Path("a.mbox").write_bytes(mbox(mail(number=1), b"\x00\x01\n", mail(number=2)))
    result = call("dry-run", "a.mbox", "--format", "jsonl", "--quiet")
    assert result.exit_code == 3
    assert [bool(row["error"]) for row in rows(result)] == [False, True, False]
    assert "a.mbox#2" in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    "arguments", [["nothing.mbox"], ["notes.txt"], ["a.eml", "--at", "tomorrow"], [], ["a.eml", "--account", "x"]]
)
def test_wrong_use_ends_with_two_and_no_rows(arguments: list[str]) -> None:
    """Nothing is judged where the command line cannot be used; what would be right is told."""
    Path("notes.txt").write_text("hello\n")
    Path("a.eml").write_bytes(mail())
    result = call("dry-run", *arguments, "--format", "jsonl")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr


@pytest.mark.parametrize("form", ["table", "jsonl", "csv", "html"])
def test_nothing_to_judge_is_done(form: str) -> None:
    """An empty mbox and an empty folder are no error in any format."""
    Path("a.mbox").touch()
    Path("map").mkdir()
    result = call("dry-run", "a.mbox", "map", "--format", form)
    assert result.exit_code == 0
    assert "messages" in result.stderr


@pytest.mark.parametrize(
    ("at", "told"),
    [
        ("2026-09-14", "2026-09-14T08:00:00+02:00"),
        ("2026-09-14T17:00", "2026-09-15T08:00:00+02:00"),
        ("2026-09-14T09:00:00Z", "2026-09-14T11:00:00+02:00"),
        ("2026-12-25T12:00", "2026-12-28T08:00:00+01:00"),
    ],
)
def test_at_is_a_date_or_a_moment_in_the_schools_zone(at: str, told: str) -> None:
    """A date is its first instant, a naive time is the school's, an offset is kept; holidays count."""
    result = call("dry-run", "-", "--format", "jsonl", "--at", at, stdin=mail())
    assert [row["notify_at"] for row in rows(result)] == [told]


@pytest.mark.parametrize(
    ("at", "as_of"),
    [
        ("2026-10-25T02:30", "2026-10-25T02:30:00+02:00"),
        ("2026-10-25T02:30+01:00", "2026-10-25T02:30:00+01:00"),
        ("2027-03-28T02:30", "2027-03-28T03:30:00+02:00"),
    ],
)
def test_at_in_the_night_of_a_clock_change(at: str, as_of: str) -> None:
    """The hour that occurs twice is meant for the first time, and no moment is told that no clock shows."""
    result = call("explain", "-", "--format", "json", "--at", at, stdin=mail())
    assert json.loads(result.stdout)["explained"]["moment"] == as_of


def test_at_a_moment_after_which_nobody_works_is_an_error_with_a_name() -> None:
    """Of a message by its arrival it is none: an archive may be older than somebody's service."""
    Path("config.toml").write_text(CONFIGURATION.replace("[staff.hours]", "first_day = 2035-09-01\n[staff.hours]"))
    result = call("dry-run", "-", "--format", "jsonl", "--at", "2026-09-14", stdin=mail())
    assert (result.exit_code, result.stdout) == (2, "")
    assert "no working moment within a year" in result.stderr
    assert "schedule of " in result.stderr
    told = rows(call("dry-run", "-", "--format", "jsonl", stdin=mbox(mail(number=1), b"\x00\x01\n")))
    assert [row["notify_at"] for row in told] == [None, None]


def test_a_configuration_brings_hours_zone_and_scope() -> None:
    """The first account's staff and zone count, or those of ``--account``; own domains are out of scope."""
    Path("config.toml").write_text(CONFIGURATION)
    box = mbox(mail(number=1), mail(number=2, From="bram@school.example"))
    parent, colleague = rows(call("dry-run", "-", "--format", "jsonl", stdin=box))
    assert (parent["date"], parent["notify_at"]) == ("2026-09-14T20:40:00+01:00", "2026-09-15T10:00:00+01:00")
    assert colleague["scope"] == "other"
    [other] = rows(call("dry-run", "-", "--format", "jsonl", "--account", "bram", stdin=mail()))
    assert other["notify_at"] == "2026-09-18T13:00:00+01:00"


def test_a_named_configuration_that_is_not_there_is_wrong_use() -> None:
    """Defaults stand in only where no configuration was named."""
    result = call("--config", "nothing.toml", "dry-run", "-", stdin=mail())
    assert result.exit_code == 2
    assert "nothing.toml" in result.stderr


def test_output_goes_to_a_file_that_is_whole() -> None:
    """``--output`` replaces an earlier file and leaves nothing beside it; its folder may be the one that is read."""
    Path("a.eml").write_bytes(mail())
    Path("report.csv").write_text("old")
    result = call("dry-run", ".", "--format", "csv", "--output", "report.csv")
    assert result.exit_code == 0
    assert result.stdout == ""
    with Path("report.csv").open(newline="") as file:
        assert [row["source"] for row in csv.DictReader(file)] == ["a.eml"]
    assert sorted(path.name for path in Path().iterdir()) == ["a.eml", "report.csv"]


@pytest.mark.parametrize("output", ["a.eml", "link.eml", "map/b.eml", "map", "gone/x.csv"])
def test_output_never_overwrites_what_is_read(output: str) -> None:
    """A file that is read, by any name, is no place for output, nor is a folder or what lies in none."""
    Path("map").mkdir()
    for name in ("a.eml", "map/b.eml"):
        Path(name).write_bytes(mail())
    Path("link.eml").symlink_to("a.eml")
    result = call("dry-run", "a.eml", "map", "--output", output)
    assert result.exit_code == 2
    assert Path("a.eml").read_bytes() == Path("map/b.eml").read_bytes() == mail()


def test_after_an_error_there_is_no_output(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where standard input turns out to be no mail, an earlier output stays and no half one is left."""
    del monkeypatch
    Path("report.csv").write_text("old")
    result = call("dry-run", "-", "--output", "report.csv", stdin=b"hello\n")
    assert result.exit_code == 2
    assert Path("report.csv").read_text() == "old"
    assert [path.name for path in Path().iterdir()] == ["report.csv"]


def test_output_to_a_pipe_is_written_and_the_pipe_stays() -> None:
    """What is no ordinary file is not replaced by one."""
    os.mkfifo("pipe")
    reader = os.open("pipe", os.O_RDONLY | os.O_NONBLOCK)
    try:
        result = call("dry-run", "-", "--format", "jsonl", "--output", "pipe", stdin=mail())
        assert result.exit_code == 0
        assert json.loads(os.read(reader, 1 << 16))["source"] == "-#1"
        assert Path("pipe").is_fifo()
    finally:
        os.close(reader)


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="needs a device that is always full")
def test_a_full_disk_is_told() -> None:
    """Output that cannot be written is a failure with advice, not a traceback and not success."""
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-m", "mailtriage", "dry-run", "-", "--format", "jsonl"]
        result = subprocess.run(command, input=mail(), stdout=full, stderr=subprocess.PIPE, check=False, timeout=120)
    assert result.returncode == 1
    assert b"could not be written" in result.stderr
    assert b"Traceback" not in result.stderr


def test_replies_are_shown_on_request() -> None:
    """``--replies`` prints what would be in Drafts under its row."""
    assert "Met vriendelijke groet" in call("dry-run", "-", "--replies", stdin=mail(WORRY)).stdout
    assert "Met vriendelijke groet" not in call("dry-run", "-", stdin=mail(WORRY)).stdout


def test_utf8_goes_out_whatever_the_locale() -> None:
    """In the C locale the same bytes are written."""
    result = process("dry-run", "-", "--format", "jsonl", stdin=mail(subject="één ✓"), LC_ALL="C", PYTHONUTF8="0")
    assert result.returncode == 0
    assert json.loads(result.stdout.decode("utf-8"))["subject"] == "één ✓"


def test_a_reader_that_leaves_early_ends_the_run_quietly() -> None:
    """``| head`` sees its line; there is no traceback and no complaint at the end."""
    Path("a.mbox").write_bytes(mbox(*(mail(number=at) for at in range(2000))))
    command = f"{sys.executable} -m mailtriage dry-run a.mbox --format jsonl | head -n 1"
    result = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, check=False, timeout=120)
    assert (result.returncode, result.stderr) == (0, b"")
    assert json.loads(result.stdout)["source"] == "a.mbox#1"


def test_jobs_in_real_processes_give_the_same() -> None:
    """``--jobs 2`` prints what ``--jobs 1`` prints."""
    Path("a.mbox").write_bytes(mbox(*(mail(QUESTION if at % 2 else WORRY, number=at) for at in range(100))))
    alone = process("dry-run", "a.mbox", "--format", "jsonl")
    together = process("dry-run", "a.mbox", "--format", "jsonl", "--jobs", "2")
    assert together.stdout == alone.stdout
    assert len(alone.stdout.splitlines()) == 100
    assert (alone.returncode, together.returncode) == (0, 0)


def test_explain_tells_what_was_read_judged_and_planned() -> None:
    """For people: the newest text, what was left out, each sentence, the probabilities, the flags and the plan."""
    text = f"{WORRY}\n\nGroet,\nSanne\n\nOp ma 14 sep 2026 om 12:00 schreef Juf Anna <anna@school.example>:\n> Hallo!\n"
    Path("a.mbox").write_bytes(mbox(mail(), mail(text)))
    result = call("explain", "a.mbox#2")
    assert result.exit_code == 0
    for part in (
        "newest text",
        "left out as quoted",
        "Hallo!",
        "Scope: parent",
        "slaapt slecht",
        "Category: ",
        "conduct",
        "told at",
    ):
        assert part in result.stdout


def test_explain_as_json_extends_the_row() -> None:
    """``--format json`` is the row of the dry-run with ``explained``: the sentences with a score for each head."""
    result = call("explain", "-", "--format", "json", stdin=mail(WORRY))
    explanation = json.loads(result.stdout)
    [row] = rows(call("dry-run", "-", "--format", "jsonl", stdin=mail(WORRY)))
    explained = explanation.pop("explained")
    assert explanation == row
    assert set(explained["flags"]) == {"urgent", "conduct", "personal"}
    assert set(explained["sentences"][0]["scores"]) == {*row["probabilities"], *explained["flags"]}
    assert explained["sentences"][0]["text"] in WORRY


def test_explain_out_of_scope_says_why() -> None:
    """A message that is no parent's is not judged, and the reason is told."""
    result = call("explain", "-", stdin=mail(List_Id="<ouders.lists.example>"))
    assert result.exit_code == 0
    assert "mailing list" in result.stdout
    assert "not judged" in result.stdout


def test_explain_refuses_several_and_reports_the_unreadable() -> None:
    """Several messages: wrong use, with a name that would do. One that cannot be read: status 3."""
    several = call("explain", "-", stdin=mbox(mail(), mail()))
    assert several.exit_code == 2
    assert "-#1" in several.stderr
    unreadable = call("explain", "-", stdin=b"From a@b.example Mon Sep 14 21:40:00 2026\n\x00\x01\n")
    assert unreadable.exit_code == 3
    assert io.StringIO(unreadable.stdout).read() == ""
