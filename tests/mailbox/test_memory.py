"""The faults that a test can order of the server in memory."""

from __future__ import annotations

import pytest

from mailtriage.act.mailbox import Marking
from mailtriage.act.memory import MemoryServer
from mailtriage.errors import ConnectionLostError, MailboxError
from tests.mailbox.mails import plain


def test_a_loss_before_append_leaves_nothing(memory_server: MemoryServer) -> None:
    """The message never arrived; the connection is dead, the next one works."""
    memory_server.lose("before", "append")
    mailbox = memory_server.connect("alice")
    with pytest.raises(ConnectionLostError):
        mailbox.append("Drafts", plain())
    with pytest.raises(ConnectionLostError):
        mailbox.status("Drafts")
    assert memory_server.connect("alice").status("Drafts").exists == 0


def test_a_loss_after_append_leaves_the_message(memory_server: MemoryServer) -> None:
    """The caller cannot know, and finds it by its Message-ID."""
    memory_server.lose("after", "append")
    with pytest.raises(ConnectionLostError):
        memory_server.connect("alice").append("Drafts", plain("draft"))
    assert memory_server.connect("alice").find("Drafts", "<draft@thuis.example>") == [1]


def test_a_loss_of_one_account_is_not_anothers(memory_server: MemoryServer) -> None:
    """Losses are ordered for an account."""
    memory_server.add_account("bob")
    memory_server.lose("before", "status", account="bob")
    assert memory_server.connect("alice").status("INBOX").exists == 0
    with pytest.raises(ConnectionLostError):
        memory_server.connect("bob").status("INBOX")


def test_marks_that_are_dropped(memory_server: MemoryServer) -> None:
    """OK, and forgotten: reading back tells."""
    uid = memory_server.deliver("alice", plain())
    memory_server.drop_marks = True
    mailbox = memory_server.connect("alice")
    mailbox.open("INBOX")
    assert mailbox.change_marks(uid, add=["mailtriage_inhoudelijk"]) == frozenset()


def test_labels_instead_of_keywords() -> None:
    """A server like Gmail keeps labels apart from flags."""
    server = MemoryServer(marking=Marking.LABEL)
    server.add_account("alice")
    uid = server.deliver("alice", plain())
    mailbox = server.connect("alice")
    mailbox.open("INBOX")
    assert mailbox.change_marks(uid, add=["Triage/Inhoudelijk"]) == {"Triage/Inhoudelijk"}
    assert mailbox.flags([uid]) == {uid: frozenset()}


def test_a_full_mailbox(memory_server: MemoryServer) -> None:
    """OVERQUOTA is for good, until somebody makes room."""
    mailbox = memory_server.connect("alice")
    memory_server.refuse_appends = True
    with pytest.raises(MailboxError, match="OVERQUOTA"):
        mailbox.append("Drafts", plain())
    memory_server.refuse_appends = False
    assert mailbox.append("Drafts", plain()) == 1


def test_new_numbers_for_old_messages(memory_server: MemoryServer) -> None:
    """After a change of UIDVALIDITY the messages are there under other UIDs; connections are cut."""
    for name in ("a", "b"):
        memory_server.deliver("alice", plain(name))
    mailbox = memory_server.connect("alice")
    before = mailbox.open("INBOX")
    mailbox.remove([1])
    memory_server.renumber("alice")
    with pytest.raises(ConnectionLostError):
        mailbox.uids_after(0)
    mailbox = memory_server.connect("alice")
    assert mailbox.open("INBOX").uidvalidity != before.uidvalidity
    assert mailbox.uids_after(0) == [1]


def test_a_server_that_stops_and_starts(memory_server: MemoryServer) -> None:
    """Mail stays; connections do not."""
    mailbox = memory_server.connect("alice")
    memory_server.deliver("alice", plain())
    memory_server.stop()
    with pytest.raises(ConnectionLostError):
        mailbox.status("INBOX")
    with pytest.raises(ConnectionLostError):
        memory_server.connect("alice")
    memory_server.start()
    assert memory_server.connect("alice").status("INBOX").exists == 1


@pytest.mark.parametrize(("move", "uidplus"), [(True, False), (False, True), (False, False)])
def test_poor_servers(move: bool, uidplus: bool) -> None:
    """Without MOVE and UIDPLUS nothing is moved, and our own is only marked as deleted."""
    server = MemoryServer(move=move, uidplus=uidplus)
    server.add_account("alice")
    uid = server.deliver("alice", plain())
    mailbox = server.connect("alice")
    mailbox.open("INBOX")
    if move or uidplus:
        mailbox.move([uid], "Sent")
        assert mailbox.status("Sent").exists == 1
        return
    with pytest.raises(MailboxError, match="UIDPLUS"):
        mailbox.move([uid], "Sent")
    mailbox.remove([uid])
    assert mailbox.flags([uid]) == {uid: {"\\Deleted", "\\Seen"}}
    assert mailbox.append("Drafts", plain()) is None
