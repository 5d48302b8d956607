"""Messages, addresses and marks that cannot be dealt with keep nothing else back."""

from __future__ import annotations

import pytest

from mailtriage.act.mailbox import Fetched
from mailtriage.act.memory import MemoryMailbox
from mailtriage.errors import ConnectionLostError, MailboxError
from tests.act.rig import Rig


def test_a_server_that_drops_marks_is_not_asked_again() -> None:
    """It answers OK and forgets: the intent ends, and the mail is as it was."""
    rig = Rig().started()
    rig.server.drop_marks = True
    uid = rig.deliver("a")
    rig.run()
    assert rig.message(uid).flags == set()
    assert rig.memory.journal.open_intents("alice") == []


def test_a_message_that_breaks_the_judge_is_set_aside_and_told() -> None:
    """Named in ``status``, told in the digest as not judged, unchanged; the others go on."""
    rig = Rig().started()
    uid = rig.deliver("a", "explode")
    rig.deliver("b")
    rig.run()
    assert rig.memory.journal.failures("alice") == [f"INBOX UID {uid}: could not be judged (RuntimeError)"]
    assert rig.message(uid).flags == set()
    assert "Niet te beoordelen" in rig.digest
    assert len(rig.drafts) == 1


def test_a_message_that_cannot_be_read_is_set_aside_and_told_once() -> None:
    """Also when UIDs are given anew."""
    rig = Rig().started()
    uid = rig.server.deliver("alice", b"this is no mail at all", at=rig.clock())
    rig.run()
    assert "this is not a mail message" in rig.memory.journal.failures("alice")[0]
    assert "Niet te beoordelen" in rig.digest
    rig.message(uid)
    for message in rig.server.folder("alice", "INBOX").messages.values():
        if b"X-Mailtriage" in message.raw:
            message.flags.add("\\Seen")
    rig.server.renumber("alice")
    rig.run()
    assert rig.digests == []


def test_a_message_that_the_server_does_not_hand_out_keeps_nothing_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is set aside with the server's reason, without addresses; the one behind it is dealt with."""
    rig = Rig().started()
    poison = rig.deliver("a")
    rig.deliver("b")
    fetch = MemoryMailbox.fetch

    def refused(mailbox: MemoryMailbox, uid: int) -> Fetched | None:
        if uid == poison:
            raise MailboxError("the server refused: [CANNOT] mail of kim@thuis.example")
        return fetch(mailbox, uid)

    monkeypatch.setattr(MemoryMailbox, "fetch", refused)
    rig.run()
    (failure,) = rig.memory.journal.failures("alice")
    assert "does not hand it out" in failure
    assert "kim@" not in failure
    assert [draft["In-Reply-To"] for draft in rig.drafts] == ["<b@thuis.example>"]
    assert "2 berichten" in rig.digest


def test_a_message_over_which_the_connection_breaks_each_time_is_set_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    """After three losses the others get their turn."""
    rig = Rig().started()
    poison = rig.deliver("a")
    rig.deliver("b")
    fetch = MemoryMailbox.fetch

    def breaking(mailbox: MemoryMailbox, uid: int) -> Fetched | None:
        if uid == poison:
            raise ConnectionLostError("the connection is gone")
        return fetch(mailbox, uid)

    monkeypatch.setattr(MemoryMailbox, "fetch", breaking)
    for _ in range(3):
        with pytest.raises(ConnectionLostError):
            rig.run()
    rig.run()
    assert "2 berichten" in rig.digest  # without asking for it once more
    assert "each time" in rig.memory.journal.failures("alice")[0]
    assert [draft["In-Reply-To"] for draft in rig.drafts] == ["<b@thuis.example>"]


def test_an_intent_that_cannot_be_carried_out_keeps_nothing_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug or a broken template in one reply ends that intent; the account goes on."""
    rig = Rig().started()
    rig.server.lose("before", "find")
    rig.deliver("a")
    with pytest.raises(ConnectionLostError):
        rig.run()
    with monkeypatch.context() as broken:
        broken.setattr(type(rig.desk.judge), "judge", lambda *_: 1 / 0)
        rig.run()
    rig.deliver("b")
    rig.run()
    assert [draft["In-Reply-To"] for draft in rig.drafts] == ["<b@thuis.example>"]
    assert rig.memory.journal.open_intents("alice") == []


@pytest.mark.parametrize("address", ["jörg@thuis.example", "o@münchen.example", '"a b"@thuis.example'])
def test_an_address_that_headers_cannot_hold_does_not_stop_the_pass(address: str) -> None:
    """There is a draft for each, whoever it is to."""
    rig = Rig().started()
    raw = f"From: {address}\nSubject: Vraag\nMessage-ID: <a@b.example>\nDate: 14 Sep 2026 21:40 +0200\n\nsubstantive\n"
    rig.server.deliver("alice", raw.encode(), at=rig.clock())
    rig.run()
    assert len(rig.drafts) <= 1
    assert rig.memory.journal.open_intents("alice") == []


@pytest.mark.parametrize("call", ["create_folder", "status"])
def test_a_server_that_breaks_down_over_correction_folders_keeps_the_account_up(
    monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """SERVERBUG ends the connection; after three losses the pass goes on without them, and ``status`` says so."""

    def broken(_mailbox: MemoryMailbox, name: str) -> None:
        raise ConnectionLostError(f"the server cannot do it now: [SERVERBUG] {name}")

    rig = Rig() if call == "create_folder" else Rig().started()
    monkeypatch.setattr(MemoryMailbox, call, broken)
    passes = 0
    while True:
        passes += 1
        try:
            rig.run()
        except ConnectionLostError:
            assert passes < 20
        else:
            break
    monkeypatch.undo()
    uid = rig.deliver("a")
    rig.run()
    assert rig.message(uid).flags == {"Triage-Inhoudelijk"}
    assert "lost over it each time" in rig.triage.complaints[0]


def test_losses_over_correction_folders_that_are_overcome_do_not_add_up() -> None:
    """Only those in a row count: an outage now and then leaves the folders in use."""
    rig = Rig().started()
    for _ in range(5):
        rig.server.lose("before", "status")
        with pytest.raises(ConnectionLostError):
            rig.run()
        rig.run()
    assert rig.triage.complaints == []
