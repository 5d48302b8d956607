"""Rows as table, CSV and page: nothing that a mail holds is run, drawn or taken for markup."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from rich.cells import cell_len

from mailtriage.dryrun.judging import Outcome
from mailtriage.dryrun.page import Page
from mailtriage.dryrun.raw import Skipped
from mailtriage.dryrun.rows import row_of
from mailtriage.dryrun.summary import Summary
from mailtriage.dryrun.table import PeopleTable
from mailtriage.dryrun.writers import Csv
from mailtriage.plain import plain_line, plain_text
from mailtriage.read import read_message
from mailtriage.records import Plan, Scope, ScopeKind
from tests.dryrun.mails import mail
from tests.dryrun.test_rows import PARENT, plan, verdict

ZONE = ZoneInfo("Europe/Amsterdam")
EVENING = datetime(2026, 9, 14, 19, 40, tzinfo=UTC)
NASTY = "[red]=SUM(1)[/red] <script>alert(1)</script> &amp; \x1b[31m\u202eevil"


def outcome(subject: str = "Noor", *, other: bool = False, error: str | None = None) -> Outcome:
    """What became of a substantive mail of the evening, or of one that is no parent's."""
    message = read_message(mail()) if error is None else None
    scope = Scope(ScopeKind.OTHER, "mailing list (List-Id: x)") if other else PARENT
    judged = verdict() if not other and error is None else None
    row = row_of("a.mbox#1", message, scope, judged, Plan() if other else plan(), zone=ZONE, error=error)
    row["subject"] = subject
    return Outcome(row, EVENING, EVENING.astimezone(ZONE), held=not other)


def table(*found: Outcome, width: int, monkeypatch: pytest.MonkeyPatch, replies: bool = False) -> str:
    """The table for people, in a terminal of some width."""
    monkeypatch.setenv("COLUMNS", str(width))
    out = io.StringIO()
    writer = PeopleTable(out, ZONE, replies=replies)
    for one in found:
        writer.add(one)
    writer.finish(Summary())
    return out.getvalue()


@pytest.mark.parametrize("width", [40, 80, 110, 200])
def test_the_table_fits_and_tells_all(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """In every width: arrival, sender, subject, category with confidence, flags, actions and when somebody is told."""
    text = table(outcome(), outcome(other=True), width=width, monkeypatch=monkeypatch)
    assert max(cell_len(line) for line in text.splitlines()) <= width
    flat = "".join(text.split())
    for part in ("2026-09-14", "21:40", "Noor", "substantive", "94%", "conduct", "draft", "Tue15Sep"):
        assert part in flat


def test_the_table_takes_nothing_for_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    """Brackets stay as they are; control signs and turns of direction are gone."""
    text = table(outcome(NASTY), width=300, monkeypatch=monkeypatch)
    assert "[red]=SUM(1)[/red]" in text
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_replies_stand_under_their_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """``--replies`` shows what would be in Drafts."""
    assert "Beste ..." in table(outcome(), width=120, monkeypatch=monkeypatch, replies=True)
    assert "Beste ..." not in table(outcome(), width=120, monkeypatch=monkeypatch)


def test_an_unreadable_message_is_named_in_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its source stands in the first column."""
    text = table(outcome(error="nothing but zeros; look at it"), width=160, monkeypatch=monkeypatch)
    assert "a.mbox#1" in text
    assert "unreadable" in text


@pytest.mark.parametrize("width", [40, 80, 160])
def test_the_table_names_each_message_for_explain(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A short source stands in the first column, a long one whole below its number; a line tells how to explain one."""
    short, long = outcome(), outcome()
    long.row["source"] = "Mail/cur/1.a.host:2,S"
    text = table(short, long, width=width, monkeypatch=monkeypatch)
    lines = [line.strip() for line in text.splitlines()]
    assert lines[0].startswith("#")
    assert any(line.split()[:1] == ["a.mbox#1"] for line in lines)
    assert "Mail/cur/1.a.host:2,S" in lines
    assert (width == 40) != any(line.split()[:1] == ["2"] for line in lines)
    assert "mailtriage explain 'a.mbox#1'" in " ".join(lines)


def test_the_page_names_each_message_and_labels_its_cells() -> None:
    """The first column has number and source; on a narrow screen each cell stands behind the name of its column."""
    out = io.StringIO()
    page = Page(out, ZONE)
    page.add(outcome())
    page.finish(Summary())
    text = out.getvalue()
    assert '<td data-label="#">1<div class="source">a.mbox#1</div></td>' in text
    assert text.count("<td data-label=") == text.split("<thead>")[1].split("</thead>")[0].count("<th>") == 9
    assert "@media (max-width" in text
    assert "mailtriage explain" in text


@pytest.mark.parametrize("subject", ["=1+1", "+31 6", "-1", "@SUM(A1)", "\t=1", " =1+1"])
def test_csv_cells_are_no_formulas(subject: str) -> None:
    """What a spreadsheet would run gets an apostrophe; what is read back is otherwise the same."""
    out = io.StringIO()
    Csv(out).add(outcome(subject))
    [row] = csv.DictReader(io.StringIO(out.getvalue()))
    assert row["subject"] == f"'{subject}"
    assert (row["category"], row["probability_substantive"], row["flags"]) == ("substantive", "0.94", "conduct")
    assert row["actions"] == "mark; draft; notify"


def test_csv_keeps_lines_and_quotes() -> None:
    """A reply of several lines is one cell."""
    out = io.StringIO()
    Csv(out).add(outcome('a "b", c\nd'))
    [row] = csv.DictReader(io.StringIO(out.getvalue(), newline=""))
    assert row["subject"] == 'a "b", c\nd'
    assert row["reply"] == "Beste ...\n"


def test_the_page_escapes_everything_and_needs_nothing_else() -> None:
    """No tag of a mail gets into the page, which loads nothing; the summary comes before the rows."""
    out = io.StringIO()
    page, summary = Page(out, ZONE), Summary()
    for one in (outcome(NASTY), outcome(other=True), outcome(error="<b>broken</b>")):
        page.add(one)
        summary.add(one)
    page.finish(summary)
    text = out.getvalue()
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "<b>" not in text
    assert "http" not in text.replace("http-equiv", "")
    assert text.index("messages") < text.index("Mon 14 Sep 2026 21:40")
    assert "\x1b" not in text


def test_the_summary_counts_what_would_happen() -> None:
    """By category and flag; out of scope by reason without what is one sender's alone; unreadable ones are named."""
    summary = Summary(skipped=Skipped(2, [".DS_Store", "a.json"]), seconds=2.0)
    for one in (outcome(), outcome(), outcome(other=True), outcome(error="broken; look")):
        summary.add(one)
    told = dict(summary.lines())
    assert told["messages"] == "4"
    assert told["categories"] == "yes_no 0, appointment 0, notice 0, substantive 2"
    assert told["flags"] == "urgent 0, conduct 2, personal 0"
    assert told["out of scope"] == "1: mailing list 1"
    assert told["notifications"].endswith("3 wait for working hours")
    assert told["files without mail"] == "2: .DS_Store, a.json"
    assert told["time"] == "2.0 s, 2 messages/s"
    assert list(summary.unreadable_lines()) == ["unreadable: a.mbox#1: broken; look"]


def test_of_many_unreadable_messages_the_first_are_named() -> None:
    """The list is capped, with the number of the rest."""
    summary = Summary()
    for _ in range(25):
        summary.add(outcome(error="broken"))
    lines = list(summary.unreadable_lines())
    assert len(lines) == 21
    assert lines[-1] == "unreadable: 5 more"


def test_plain_text_is_harmless() -> None:
    """Controls go, lines stay where they may, towers of accents fall, long lines end in an ellipsis."""
    assert plain_line("a\x1b[2J\nb\x9b\u2066c") == "a [2J b c"
    assert plain_text("a\x07\tb\nc\r") == "a   b\nc"
    assert plain_line("e" + "\u0301" * 50) == "e" + "\u0301" * 4
    assert plain_line("x" * 600, 10) == "x" * 9 + "…"
