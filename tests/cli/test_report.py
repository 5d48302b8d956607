"""``mailtriage report``: the school's figures from the command line."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result

from mailtriage import plotting
from mailtriage.cli import main
from mailtriage.figures.counting import school_year
from tests.figures.made_up import CONFIG, Archive, write
from tests.school import memory

AUTUMN = ("--from", "2026-08-01", "--to", "2026-11-22")


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The configuration of a made-up school with a store."""
    return write(tmp_path_factory.mktemp("school"))


@pytest.fixture
def quiet(tmp_path: Path) -> Path:
    """The configuration of a school without a store."""
    config = tmp_path / "config.toml"
    config.write_text(CONFIG.format(language="nl"), "utf-8")
    return config


def report(config: Path, *arguments: object) -> Result:
    """Call the command."""
    return CliRunner().invoke(main, ["report", "--config", str(config), *map(str, arguments)])


def test_text_is_what_a_person_gets(school: Path) -> None:
    """With school and period, in Dutch."""
    result = report(school, *AUTUMN)
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("Mail van ouders\nDe Regenboog, 1 augustus 2026 t/m 22 november 2026\n")
    assert "buiten werktijd" in result.stdout
    assert "Els" not in result.stdout
    assert "groep5" not in result.stdout


def test_json_is_what_a_program_gets(school: Path) -> None:
    """On standard output, and nothing else there."""
    tree = json.loads(report(school, *AUTUMN, "--format", "json").stdout)
    assert (tree["school"], tree["from"], tree["to"]) == ("De Regenboog", "2026-08-01", "2026-11-22")
    # The summer and the autumn holiday come from the list of the region.
    assert tree["arrival"]["free"]["about"] >= 10
    assert tree["mails"]["about"] > 500


def test_a_page_is_written_to_a_file(school: Path, tmp_path: Path) -> None:
    """Whole; what was there before is replaced."""
    pytest.importorskip("matplotlib")
    file = tmp_path / "cijfers.html"
    file.write_text("old")
    result = report(school, *AUTUMN, "--format", "html", "--output", file)
    assert (result.exit_code, result.stdout) == (0, "")
    html = file.read_text("utf-8")
    assert html.startswith("<!DOCTYPE html>")
    assert html.endswith("</html>\n")


def test_the_last_day_belongs_to_the_period(tmp_path: Path, quiet: Path) -> None:
    """From midnight to midnight at the school."""
    archive = Archive(memory(tmp_path / "store.sqlite"))
    for _ in range(20):
        archive.add(datetime(2026, 9, 15, 23, 59, tzinfo=ZoneInfo("Europe/Amsterdam")))
    for days, too_little in ((("2026-09-15", "2026-09-15"), False), (("2026-09-16", "2026-09-16"), True)):
        tree = json.loads(report(quiet, "--from", days[0], "--to", days[1], "--format", "json").stdout)
        assert tree["too_little"] is too_little


def test_by_default_it_is_the_school_year_until_today(tmp_path: Path, quiet: Path) -> None:
    """With --to alone, the school year in which that day lies."""
    memory(tmp_path / "store.sqlite")
    tree = json.loads(report(quiet, "--format", "json").stdout)
    first, last = date.fromisoformat(tree["from"]), date.fromisoformat(tree["to"])
    assert first == school_year(last)
    assert abs(last - datetime.now(ZoneInfo("Europe/Amsterdam")).date()) <= timedelta(days=1)
    assert json.loads(report(quiet, "--to", "2025-06-30", "--format", "json").stdout)["from"] == "2024-08-01"


def test_what_is_erased_or_was_never_seen_is_said(school: Path) -> None:
    """Where the period reaches further back than the store."""
    result = report(school, "--from", "2020-01-01", "--to", "2026-11-22")
    assert "! Het programma kijkt mee sinds 5 januari 2026." in result.stdout
    assert "! Wat het programma onthoudt gaat na 400 dagen weg." in result.stdout


def test_an_empty_store_has_too_little(tmp_path: Path, quiet: Path) -> None:
    """That is no failure."""
    memory(tmp_path / "store.sqlite")
    result = report(quiet)
    assert result.exit_code == 0
    assert "minder dan 10 berichten" in result.stdout


def test_a_store_that_is_not_there_is_not_made(tmp_path: Path, quiet: Path) -> None:
    """Status 2, with its place."""
    result = report(quiet)
    assert result.exit_code == 2
    assert "store.sqlite" in result.stderr
    assert not (tmp_path / "store.sqlite").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--from", "2026-09-02", "--to", "2026-09-01"), "--to 2026-09-01 lies before --from 2026-09-02"),
        (("--from", "2999-01-01"), "lies before --from 2999-01-01"),
        (("--from", "1 september"), "--from"),
        (("--to", "2026-02-30"), "--to"),
        (("--output", "/nowhere/at/all.html"), "the folder is not there"),
    ],
)
def test_wrong_use_is_told(school: Path, arguments: tuple[str, ...], told: str) -> None:
    """Status 2, and what is wrong."""
    result = report(school, *arguments)
    assert result.exit_code == 2
    assert told in result.stderr
    assert result.stdout == ""


def test_a_file_that_cannot_be_written_is_told(school: Path) -> None:
    """Status 1, with its place."""
    result = report(school, *AUTUMN, "--output", "/dev/full")
    assert result.exit_code == 1
    assert "/dev/full" in result.stderr


@pytest.mark.parametrize("option", ["--from", "--to"])
@pytest.mark.parametrize("written", ["gisteren", "2026-02-30", "1-8-2026", ""])
def test_what_is_no_date_is_wrong_use(school: Path, option: str, written: str) -> None:
    """Told with the option, and with how a date is written."""
    result = report(school, option, written)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{option} {written}: this is no date" in result.stderr
    assert "write it like 2026-11-23" in result.stderr


def test_without_matplotlib_the_advice_names_the_extra(school: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before any work; text needs none."""
    monkeypatch.setattr(plotting, "find_spec", lambda _name: None)
    result = report(school, *AUTUMN, "--format", "html")
    assert result.exit_code == 2
    assert "mailtriage[report]" in result.stderr
    assert report(school, *AUTUMN).exit_code == 0


def test_no_mailbox_is_opened(school: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not a single connection is made."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection")

    monkeypatch.setattr("socket.socket.connect", refuse)
    assert report(school, *AUTUMN).exit_code == 0


def test_the_example_in_the_documents_is_what_it_prints(tmp_path: Path) -> None:
    """To the letter, but for the weeks: how a month is abbreviated changes now and then."""
    example = (Path(__file__).parents[2] / "docs" / "report.md").read_text("utf-8").split("```\n")[3]
    example = example.partition("Week by week")[0]
    result = report(write(tmp_path, "en"), "--from", "2026-08-01", "--to", "2026-10-31")
    printed = [line for line in result.stdout.splitlines() if not line.startswith("!")]
    assert "\n".join(printed).startswith(example.rstrip())
    assert len(example.splitlines()) > 30
