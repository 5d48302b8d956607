"""News around IDLE, as servers really tell it: each habit is one script, and no news is slept through."""

from __future__ import annotations

import pytest

from mailtriage.errors import ConnectionLostError
from tests.servers.scripted import Conversation, opened

LONG = 60.0
"""Seconds that no wait of these tests really takes: an event ends it."""


def test_exists_in_the_packet_of_the_continuation_is_news() -> None:
    """imapclient would leave it in its buffer (#321)."""

    def script(talk: Conversation) -> None:
        talk.open("IDLE")
        talk.command("IDLE")
        talk.send("+ idling", "* 2 EXISTS")
        assert talk.line() == "DONE"
        talk.send("{tag} OK done")
        talk.until_closed()

    with opened(script) as (mailbox, _):
        assert mailbox.wait(LONG)


def test_exists_before_the_continuation_is_news() -> None:
    """imapclient would raise; Exchange has been seen to do it."""

    def script(talk: Conversation) -> None:
        talk.open("IDLE")
        talk.command("IDLE")
        talk.send("* 2 EXISTS", "+ idling")
        assert talk.line() == "DONE"
        talk.send("{tag} OK done")
        talk.until_closed()

    with opened(script) as (mailbox, _):
        assert mailbox.wait(LONG)


def test_a_line_that_comes_in_two_packets_is_one_line() -> None:
    """Half a report is waited for, not read as a broken one (#519)."""

    def script(talk: Conversation) -> None:
        talk.open("IDLE")
        talk.command("IDLE")
        talk.send("+ idling")
        talk.send_raw(b"* 2 EXI")
        talk.send_raw(b"STS\r\n")
        assert talk.line() == "DONE"
        talk.send("{tag} OK done")
        talk.until_closed()

    with opened(script) as (mailbox, _):
        assert mailbox.wait(LONG)


def test_a_server_that_ends_idle_by_itself() -> None:
    """The wait ends without a DONE that would confuse the server."""

    def script(talk: Conversation) -> None:
        talk.open("IDLE")
        talk.command("IDLE")
        talk.send("+ idling", "* OK Still here", "{tag} OK enough")
        talk.answer("UID SEARCH", "* SEARCH 5")

    with opened(script) as (mailbox, _):
        mailbox.wait(LONG)
        assert mailbox.uids_after(4) == [5]


def test_a_server_that_refuses_idle() -> None:
    """The caller looks for itself."""

    def script(talk: Conversation) -> None:
        talk.open("IDLE")
        talk.command("IDLE")
        talk.send("{tag} NO not now")
        talk.answer("UID SEARCH", "* SEARCH 5")

    with opened(script) as (mailbox, _):
        assert mailbox.wait(0.01)
        assert mailbox.uids_after(4) == [5]


def test_without_idle_the_server_is_asked() -> None:
    """NOOP at the end of the wait tells what came."""

    def script(talk: Conversation) -> None:
        talk.open()
        talk.answer("NOOP", "* 2 EXISTS")
        talk.answer("NOOP")

    with opened(script) as (mailbox, _):
        assert mailbox.wait(0.01)
        assert not mailbox.wait(0.01)


def test_news_between_two_commands_is_not_slept_through() -> None:
    """EXISTS in the answer to another command is told by the next wait; IDLE would not repeat it."""

    def script(talk: Conversation) -> None:
        talk.open("IDLE")
        talk.answer("UID SEARCH", "* SEARCH 5")
        talk.answer("UID FETCH", "* 1 FETCH (UID 5 FLAGS ())", "* 2 EXISTS")

    with opened(script) as (mailbox, _):
        assert mailbox.uids_after(0) == [5]
        mailbox.flags([5])
        assert mailbox.wait(LONG)


def test_bye_while_waiting_is_a_loss_with_its_reason() -> None:
    """What the server said is told."""

    def script(talk: Conversation) -> None:
        talk.open("IDLE")
        talk.command("IDLE")
        talk.send("+ idling", "* BYE maintenance at noon")

    with opened(script) as (mailbox, _), pytest.raises(ConnectionLostError, match="maintenance at noon"):
        mailbox.wait(LONG)
