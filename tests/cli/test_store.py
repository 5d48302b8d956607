"""``mailtriage status`` and ``mailtriage forget``: commands that look into the store."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from mailtriage.records import Address, Message, Plan
from mailtriage.store import Place
from tests.cli.conftest import Command
from tests.school import AT_WORK, WordJudge, memory


@pytest.fixture
def store(place: Path) -> Path:
    """Where the configuration says that the store is."""
    file = place / "store.sqlite"
    with (place / "config.toml").open("a", encoding="utf-8") as config:
        config.write('[store]\nurl = "store.sqlite"\n')
    return file


@pytest.mark.parametrize("command", [["status"], ["forget", "kim@thuis.example"]])
def test_a_store_that_is_not_there_is_not_made(store: Path, run: Command, command: list[str]) -> None:
    """Status 2, with its place: an empty one would say that nothing ever came in."""
    result = run(*command)
    assert result.exit_code == 2
    assert str(store) in result.stderr
    assert not store.exists()


def test_status_of_a_store_that_is_there(store: Path, run: Command) -> None:
    """It is looked into."""
    memory(store)
    assert run("status").exit_code == 0


@pytest.mark.parametrize("wrong", ["onzin", "", "@thuis.example", "kim@", "kim thuis.example"])
def test_what_is_no_address_is_not_forgotten(store: Path, run: Command, wrong: str) -> None:
    """It is refused, not answered with "0 messages"."""
    memory(store)
    result = run("forget", wrong)
    assert result.exit_code == 2
    assert "no e-mail address" in result.stderr


@pytest.mark.parametrize("written", ["p.devries@x.example", "Peter <P.DeVries@x.example>", "P.DEVRIES@X.EXAMPLE"])
def test_an_address_is_forgotten_however_it_is_written(store: Path, run: Command, written: str) -> None:
    """With a name, and in any case of letters."""
    kept = memory(store)
    mail = Message("<a@x>", Address("Peter", "p.devries@x.example"), "Een vraag", "notice", digest="d")
    kept.journal.contact("alice", AT_WORK)
    kept.journal.intend(Place("alice", "INBOX", 7, 1), mail, WordJudge().judge(mail), Plan(), AT_WORK)
    assert run("forget", written).stdout == "removed what was stored about 1 message\n"


def test_nobody_is_forgotten_while_mail_of_theirs_is_held(store: Path, run: Command) -> None:
    """It says what to do first, and nothing is removed."""
    kept = memory(store)
    mail = Message("<a@x>", Address("Peter", "p.devries@x.example"), "Een vraag", "notice", digest="d")
    kept.journal.contact("alice", AT_WORK)
    plan = Plan(hold_until=AT_WORK + timedelta(hours=12))
    kept.journal.intend(Place("alice", "INBOX", 7, 1), mail, WordJudge().judge(mail), plan, AT_WORK)
    result = run("forget", "p.devries@x.example")
    assert result.exit_code == 1
    assert "1 of the messages from this address is held" in result.stderr
    assert "release --all" in result.stderr
    assert kept.journal.counts("alice")["seen"] == 1
