"""Held mail over which a server breaks down or refuses keeps no other mail in the hold, and no account down."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pytest

from mailtriage.act.mailbox import Fetched
from mailtriage.act.memory import MemoryMailbox
from mailtriage.errors import ConnectionLostError, MailboxError, MailtriageError
from mailtriage.store import Asked, Holds
from tests.act.rig import Rig
from tests.act.test_holding import LATER, MORNING, holding, names
from tests.school import is_digest, settings

LOST = ConnectionLostError("the server cannot do it now: [SERVERBUG]")
REFUSED = MailboxError("the server refused: [CANNOT] no")


def until_it_holds(rig: Rig, *, most: int) -> None:
    """Passes until the connection survives one."""
    for _ in range(most):
        try:
            rig.run()
        except ConnectionLostError:
            continue
        return
    pytest.fail(f"the connection was lost in each of {most} passes")


def breaking_fetch(monkeypatch: pytest.MonkeyPatch, word: bytes) -> None:
    """The server hangs up whenever it is asked for a message with this word in it."""
    fetch = MemoryMailbox.fetch

    def broken(mailbox: MemoryMailbox, uid: int) -> Fetched | None:
        fetched = fetch(mailbox, uid)
        if fetched is not None and word in fetched.raw:
            raise LOST
        return fetched

    monkeypatch.setattr(MemoryMailbox, "fetch", broken)


def failing_move(monkeypatch: pytest.MonkeyPatch, wrong: Callable[[bytes], bool], error: MailtriageError) -> None:
    """The server moves nothing where one of the messages is such a one."""
    move = MemoryMailbox.move

    def failing(mailbox: MemoryMailbox, uids: Sequence[int], folder: str) -> Mapping[int, int]:
        for uid in uids:
            fetched = mailbox.fetch(uid)
            if fetched is not None and wrong(fetched.raw):
                raise error
        return move(mailbox, uids, folder)

    monkeypatch.setattr(MemoryMailbox, "move", failing)


def test_a_message_in_the_hold_that_the_server_breaks_down_over_keeps_the_account_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It was filed there at delivery. It is set aside and comes back like the others, and the account goes on."""
    rig = holding("delivery")
    rig.deliver("poison", folder=LATER)
    rig.deliver("b", folder=LATER)
    with monkeypatch.context() as server:
        breaking_fetch(server, b"<poison@")
        until_it_holds(rig, most=6)
        rig.clock.moment = MORNING
        until_it_holds(rig, most=6)
    assert (sorted(names(rig, "INBOX")), names(rig, LATER)) == (["b", "poison"], [])


@pytest.mark.parametrize("folders", [["INBOX"], ["INBOX", "Ouders"]], ids=["one folder", "two folders"])
def test_a_message_that_breaks_each_move_keeps_no_other_in_the_hold(
    monkeypatch: pytest.MonkeyPatch, folders: list[str]
) -> None:
    """The others come back at their moment; that one stays, and ``status`` says so."""
    rig = holding()
    if len(folders) > 1:
        rig.server.create("alice", "Ouders")
        rig.use(settings(accounts=[{"hold": "move", "folders": folders}]))
        rig.run()
    for name in ("a", "poison", "c"):
        rig.deliver(name, folder=folders[-1] if name == "c" else "INBOX")
    rig.run()
    assert sorted(names(rig, LATER)) == ["a", "c", "poison"]
    rig.clock.moment = MORNING
    failing_move(monkeypatch, lambda raw: b"<poison@" in raw, LOST)
    until_it_holds(rig, most=12)
    assert (names(rig, LATER), names(rig, "INBOX"), names(rig, folders[-1])[-1]) == (
        ["poison"],
        ["a", "c"] if len(folders) == 1 else ["a"],
        "c",
    )
    assert "held mail stays where it is" in " ".join(rig.triage.complaints)


@pytest.mark.parametrize("error", [LOST, REFUSED], ids=["breaks down", "refuses"])
def test_a_stranger_in_the_hold_that_cannot_be_moved_keeps_no_other_there(
    monkeypatch: pytest.MonkeyPatch, error: MailtriageError
) -> None:
    """A colleague's mail, which is nobody's to hold, cannot be brought back: the parents' mail is all the same."""
    rig = holding()
    rig.deliver("a")
    rig.run()
    failing_move(monkeypatch, lambda raw: b"jan@school" in raw, error)
    rig.deliver("stranger", sender="Jan <jan@school.example>", folder=LATER)
    rig.clock.moment = MORNING
    until_it_holds(rig, most=6)
    assert (names(rig, "INBOX"), names(rig, LATER)) == (["a"], ["stranger"])
    assert rig.triage.complaints


@pytest.mark.parametrize("way", ["away", "back"])
def test_another_mail_with_the_same_words_is_no_copy(way: str) -> None:
    """Two photographs, sent one after the other without a word, by a program that gives no Message-ID: a move that is
    broken off removes neither, although their fingerprints are the same."""
    rig = holding()
    begun, target = (MORNING, "INBOX") if way == "back" else (rig.clock.moment, LATER)
    raw = b"From: kim@thuis.example\r\nSubject: Foto\r\nDate: Tue, 15 Sep 2026 20:00:00 +0200\r\n\r\nnotice\r\n-- \r\n"
    rig.server.deliver("alice", raw + b"one", at=rig.clock())
    if way == "back":
        rig.run()
    rig.clock.moment = begun
    rig.server.lose("before", "move")
    with pytest.raises(ConnectionLostError):
        rig.run()
    rig.server.deliver("alice", raw + b"another", folder=target, at=rig.clock())
    for _ in range(2):
        rig.run()
    rig.clock.moment = MORNING
    for _ in range(2):
        rig.run()
    lying = [one.raw for one in rig.server.folder("alice", "INBOX").messages.values() if not is_digest(one.raw)]
    assert sorted(lying) == [raw + b"another", raw + b"one"]


def test_a_mail_that_was_delivered_twice_is_held_twice() -> None:
    """To the teacher and to the class, which are one mailbox: neither copy rings a phone at night, both come back."""
    rig = holding("delivery")
    rig.deliver("a", folder=LATER)
    rig.server.deliver("alice", b"Received: by another road\r\n" + rig.message(1, LATER).raw, folder=LATER,
                       at=rig.clock())  # fmt: skip
    for _ in range(3):
        rig.run()
    assert (names(rig, "INBOX"), names(rig, LATER)) == ([], ["a", "a"])
    rig.clock.moment = MORNING
    rig.run()
    rig.run()
    assert (names(rig, "INBOX"), names(rig, LATER)) == (["a", "a"], [])
    assert len(rig.drafts) == 1


def test_what_is_asked_while_something_less_is_done_still_stands() -> None:
    """``release --all`` just when the service has done what is due."""
    store = Holds(holding().memory.journal.engine)
    store.ask("alice", Asked.DUE)
    store.ask("alice", Asked.ALL)
    store.answered("alice", Asked.DUE)
    assert store.asked("alice") is Asked.ALL
    store.answered("alice", Asked.ALL)
    assert store.asked("alice") is None
