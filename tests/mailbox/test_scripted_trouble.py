"""Servers that flood, stall, throttle or break off: nothing hangs, lies or takes the memory."""

from __future__ import annotations

import logging
import tracemalloc

import pytest

from mailtriage.act.imap import connect
from mailtriage.errors import ConnectionLostError, LoginRefusedError, MailboxError
from tests.servers.scripted import Conversation, Script, ScriptedServer, opened


def refused_login(answer: str) -> Script:
    """A server that answers LOGIN so."""

    def script(talk: Conversation) -> None:
        talk.send("* OK ready")
        talk.answer("CAPABILITY", "* CAPABILITY IMAP4rev1")
        talk.command("LOGIN")
        if answer:
            talk.send(answer)

    return script


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "{tag} NO [UNAVAILABLE] try later",
        "{tag} NO [ALERT] Too many simultaneous connections. (Failure)",
        "* BYE shutting down",
    ],
)
def test_a_login_that_fails_for_another_reason_is_not_called_a_wrong_password(answer: str) -> None:
    """A lost connection and a busy server during LOGIN may be tried again."""
    with ScriptedServer(refused_login(answer)) as server, pytest.raises(ConnectionLostError):
        connect(server.connection())


def test_a_wrong_password_is_called_so() -> None:
    """Also without a response code."""
    with ScriptedServer(refused_login("{tag} NO wrong")) as server, pytest.raises(LoginRefusedError):
        connect(server.connection())


@pytest.mark.parametrize(
    ("answer", "pause"),
    [
        ("{tag} BAD User is authenticated but not connected.", 60.0),
        ("{tag} BAD Request is throttled. Suggested Backoff Time: 4500 milliseconds", 4.5),
        ("{tag} NO [UNAVAILABLE] disk is away", None),
        ("* BYE Connection closed. Suggested Backoff Time: 90000", 90.0),
    ],
)
def test_a_server_that_wants_a_pause_gets_it(answer: str, pause: float | None) -> None:
    """Exchange's sentences become the seconds to wait before the next connection."""

    def script(talk: Conversation) -> None:
        talk.open()
        talk.command("UID SEARCH")
        talk.send(answer)

    with opened(script) as (mailbox, _), pytest.raises(ConnectionLostError) as caught:
        mailbox.uids_after(0)
    assert caught.value.retry_after == pause


def test_a_server_that_never_answers() -> None:
    """The timeout of the connection ends the call, and the connection with it."""

    def script(talk: Conversation) -> None:
        talk.open()
        talk.until_closed()

    with opened(script, timeout=0.2) as (mailbox, _):
        with pytest.raises(ConnectionLostError, match="in time"):
            mailbox.uids_after(0)
        with pytest.raises(ConnectionLostError, match="gone"):
            mailbox.uids_after(0)


def test_a_connection_that_ends_within_a_literal() -> None:
    """Half a message is no message."""

    def script(talk: Conversation) -> None:
        talk.open()
        talk.command("UID FETCH")
        talk.send_raw(b"* 1 FETCH (UID 5 BODY[HEADER] {1000}\r\nSubject: half")

    with opened(script) as (mailbox, _), pytest.raises(ConnectionLostError):
        mailbox.fetch(5)


def test_a_literal_of_ten_gigabytes_is_not_believed() -> None:
    """It is neither allocated nor waited for."""

    def script(talk: Conversation) -> None:
        talk.open()
        talk.command("UID FETCH")
        talk.send("* 1 FETCH (UID 5 BODY[HEADER] {10737418240}")
        talk.until_closed()

    with opened(script) as (mailbox, _):
        tracemalloc.start()
        with pytest.raises(ConnectionLostError):
            mailbox.fetch(5)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 4_000_000


def test_a_server_that_never_stops_talking() -> None:
    """What may come in answer to one command is bounded."""

    def script(talk: Conversation) -> None:
        talk.open()
        talk.command("UID SEARCH")
        while True:
            talk.send_raw(b"* OK bla\r\n" * 100_000)

    with opened(script) as (mailbox, _), pytest.raises(ConnectionLostError):
        mailbox.uids_after(0)


def test_a_line_without_end_is_bounded() -> None:
    """The line is not gathered for ever."""

    def script(talk: Conversation) -> None:
        talk.open()
        talk.command("UID SEARCH")
        while True:
            talk.send_raw(b"* SEARCH " + b"1 " * 500_000)

    with opened(script) as (mailbox, _), pytest.raises(ConnectionLostError):
        mailbox.uids_after(0)


def test_what_is_not_imap_is_a_loss_without_its_text() -> None:
    """Such a line may be a piece of a mail, so it stands in no error."""

    def script(talk: Conversation) -> None:
        talk.open()
        talk.command("UID SEARCH")
        talk.send("Lieve juf, dit is geheim")

    with opened(script) as (mailbox, _), pytest.raises(ConnectionLostError) as caught:
        mailbox.uids_after(0)
    assert "geheim" not in f"{caught.value} {caught.value.advice}"
    assert caught.value.__suppress_context__


def test_a_fetch_answer_without_uid_is_not_believed() -> None:
    """Its number is a sequence number, which may equal the UID of quite another message."""

    def script(talk: Conversation) -> None:
        talk.open()
        talk.answer("UID FETCH", "* 5 FETCH (FLAGS (\\Seen \\Deleted))", "* 1 FETCH (UID 5 FLAGS (\\Flagged))")

    with opened(script) as (mailbox, _):
        assert mailbox.flags([5]) == {5: {"\\Flagged"}}


def test_an_odd_body_structure_falls_back_to_the_raw_text() -> None:
    """The beginning of the text is read as it is, under the original header."""

    def script(talk: Conversation) -> None:
        talk.open()
        talk.answer("BODYSTRUCTURE", '* 1 FETCH (UID 5 BODYSTRUCTURE (((("text" "plain" FLAGS ())')
        talk.command("UID FETCH 5 (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER]")
        talk.send_raw(b"* 1 FETCH (UID 5 FLAGS () BODY[HEADER]<0> {14}\r\nSubject: x\r\n\r\n RFC822.SIZE 18)\r\n")
        talk.send("{tag} OK done")
        talk.answer("BODY.PEEK[TEXT]<0.", '* 1 FETCH (UID 5 BODY[TEXT]<0> "Dag juf")')

    with opened(script) as (mailbox, _):
        fetched = mailbox.fetch(5)
    assert fetched is not None
    assert (fetched.raw, fetched.size) == (b"Subject: x\r\n\r\nDag juf", 18)


def test_a_message_without_body_structure_is_read_all_the_same() -> None:
    """NIL is as odd as anything."""

    def script(talk: Conversation) -> None:
        talk.open()
        talk.answer("BODYSTRUCTURE", '* 1 FETCH (UID 5 BODYSTRUCTURE NIL BODY[HEADER]<0> NIL INTERNALDATE "gisteren")')
        talk.answer("BODY.PEEK[TEXT]<0.", '* 1 FETCH (UID 5 BODY[TEXT]<0> "Dag juf")')

    with opened(script) as (mailbox, _):
        fetched = mailbox.fetch(5)
    assert fetched is not None
    assert fetched.raw == b"\r\nDag juf"
    assert fetched.internaldate.tzinfo is not None


def test_bytes_before_the_tls_handshake_are_an_attack() -> None:
    """What a man in the middle puts behind the answer to STARTTLS is never read as the server's word."""

    def script(talk: Conversation) -> None:
        talk.send("* OK ready")
        talk.answer("CAPABILITY", "* CAPABILITY IMAP4rev1 STARTTLS")
        talk.command("STARTTLS")
        talk.send("{tag} OK begin", "* CAPABILITY IMAP4rev1 AUTH=PLAIN")

    with ScriptedServer(script) as server:
        connection = server.connection()
        object.__setattr__(connection, "security", "starttls")
        with pytest.raises(ConnectionLostError):
            connect(connection)


def test_a_server_without_starttls_gets_no_password() -> None:
    """Nothing is sent unprotected where protection was asked for."""

    def script(talk: Conversation) -> None:
        talk.send("* OK ready")
        talk.answer("CAPABILITY", "* CAPABILITY IMAP4rev1")
        talk.until_closed()

    with ScriptedServer(script) as server:
        connection = server.connection()
        object.__setattr__(connection, "security", "starttls")
        with pytest.raises(MailboxError):
            connect(connection)
        assert not [said for said in server.commands if "LOGIN" in said]


def test_no_uidvalidity_no_work() -> None:
    """UIDs that mean nothing are not worked with."""

    def script(talk: Conversation) -> None:
        talk.log_in()
        talk.answer("SELECT", "* 1 EXISTS", "* FLAGS ()")

    with ScriptedServer(script) as server:
        mailbox = connect(server.connection())
        with pytest.raises(MailboxError, match="UIDVALIDITY"):
            mailbox.open("INBOX")
        mailbox.close()


def test_texts_and_passwords_are_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    """Not even where everything logs on DEBUG."""

    def script(talk: Conversation) -> None:
        talk.open()
        talk.answer("BODYSTRUCTURE", '* 1 FETCH (UID 5 BODYSTRUCTURE NIL BODY[HEADER]<0> "Subject: stilletjes")')
        talk.answer("BODY.PEEK[TEXT]", '* 1 FETCH (UID 5 BODY[TEXT]<0> "Dag juf")')

    caplog.set_level(logging.DEBUG)
    with opened(script) as (mailbox, _):
        mailbox.fetch(5)
    assert not [word for word in ("Dag juf", "stilletjes", "geheim") if word in caplog.text]
