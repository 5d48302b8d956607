"""The embedded server, and the folders it has."""

from __future__ import annotations

import threading

import pytest

from mailtriage.act.embedded import EmbeddedServer
from mailtriage.act.imap import connect
from mailtriage.errors import ConnectionLostError


def test_it_leaves_nothing_behind() -> None:
    """After the end its thread is gone, its connections are cut and its port is free; stopping again is no error."""
    with EmbeddedServer({"juf": "een", "meester": "twee"}) as server:
        mailboxes = [connect(server.connection(name)) for name in ("juf", "meester")]
        for mailbox in mailboxes:
            mailbox.open("INBOX")
    for mailbox in mailboxes:
        with pytest.raises(ConnectionLostError):
            mailbox.wait(60)
        mailbox.close()
    with pytest.raises(ConnectionLostError):
        connect(server.connection("juf"))
    server.stop()
    assert "embedded-imap" not in [thread.name for thread in threading.enumerate()]


def test_two_servers_live_side_by_side() -> None:
    """Each has its own port, accounts and mail."""
    with EmbeddedServer({"juf": "een"}) as one, EmbeddedServer({"juf": "twee"}) as other:
        first, second = connect(one.connection("juf")), connect(other.connection("juf"))
        first.append("INBOX", b"Subject: x\n\nx\n")
        assert (first.status("INBOX").exists, second.status("INBOX").exists) == (1, 0)
        first.close()
        second.close()


def test_it_has_the_folders_that_were_asked_for() -> None:
    """INBOX is always there."""
    with EmbeddedServer({"juf": "een"}, folders=["Concepten"]) as server:
        mailbox = connect(server.connection("juf"))
        assert [folder.name for folder in mailbox.folders()] == ["INBOX", "Concepten"]
        mailbox.close()
