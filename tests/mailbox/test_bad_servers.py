"""What servers really do: each bad habit is one script, and none of them hangs, lies or takes the memory."""

from __future__ import annotations

import logging
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from mailtriage.act.imap import ImapMailbox, connect
from mailtriage.errors import ConnectionLostError, LoginRefusedError, MailboxError
from tests.servers.scripted import Conversation, Script, ScriptedServer

LONG = 60.0


@contextmanager
def opened(script: Script, timeout: float = 20.0) -> Iterator[tuple[ImapMailbox, ScriptedServer]]:
    """A connection to a scripted server, with its INBOX open."""
    with ScriptedServer(script) as server:
        mailbox = connect(server.connection(timeout))
        try:
            mailbox.open("INBOX")
            yield mailbox, server
        finally:
            mailbox.close()


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


def test_a_keyword_that_is_refused_is_no_error() -> None:
    """Exchange answers BAD to keywords; the mark is simply not there, and the connection goes on."""

    def script(talk: Conversation) -> None:
        talk.open()
        talk.command("UID STORE 5 +FLAGS (mailtriage_inhoudelijk)")
        talk.send("{tag} BAD Command Argument Error. 11")
        talk.answer("UID FETCH", "* 1 FETCH (UID 5 FLAGS (\\Seen))")

    with opened(script) as (mailbox, _):
        assert mailbox.change_marks(5, add=["mailtriage_inhoudelijk"]) == frozenset()


def test_a_keyword_that_is_no_atom_is_never_sent() -> None:
    """Nothing that stands in a name becomes a command."""

    def script(talk: Conversation) -> None:
        talk.open()

    with opened(script) as (mailbox, _), pytest.raises(MailboxError, match="keyword"):
        mailbox.change_marks(5, add=["x)\r\nA1 DELETE INBOX"])


def test_where_no_keywords_are_taken_none_is_sent() -> None:
    """Without ``\\*`` in PERMANENTFLAGS the message is only looked at."""

    def script(talk: Conversation) -> None:
        talk.open(keywords=False)
        talk.answer("UID FETCH", "* 1 FETCH (UID 5 FLAGS ($Junk))")

    with opened(script) as (mailbox, _):
        assert mailbox.change_marks(5, add=["mailtriage_inhoudelijk"]) == frozenset()


def test_gmail_is_marked_by_label() -> None:
    """Labels may be nested and beyond ASCII; Gmail's own labels are no marks of ours."""

    def script(talk: Conversation) -> None:
        talk.open("X-GM-EXT-1")
        talk.answer('UID STORE 5 +X-GM-LABELS ("Triage/Inhoudelijk" "Triage/Priv&AOk-")')
        talk.answer('UID STORE 5 -X-GM-LABELS ("2024")')
        talk.answer(
            "UID FETCH 5 (UID X-GM-LABELS)",
            '* 1 FETCH (X-GM-LABELS ("\\\\Inbox" "Triage/Inhoudelijk" Triage/Priv&AOk- 2025) UID 5)',
        )

    with opened(script) as (mailbox, _):
        marks = mailbox.change_marks(5, add=["Triage/Inhoudelijk", "Triage/Privé"], remove=["2024"])
    assert marks == {"Triage/Inhoudelijk", "Triage/Privé", "2025"}


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


def test_find_does_not_trust_a_search_that_finds_nothing() -> None:
    """The headers of the latest messages decide."""

    def script(talk: Conversation) -> None:
        talk.log_in()
        talk.answer("SELECT", *talk.folder())
        talk.answer("EXAMINE", *talk.folder())
        talk.answer('UID SEARCH HEADER Message-ID "<1@x>"', "* SEARCH")
        talk.answer("UID SEARCH 1:*", "* SEARCH 5")
        talk.command("HEADER.FIELDS (MESSAGE-ID)")
        header = b"Message-ID:\r\n <1@x>\r\n\r\n"
        talk.send_raw(b"* 1 FETCH (UID 5 BODY[HEADER.FIELDS (MESSAGE-ID)] {%d}\r\n%s)\r\n" % (len(header), header))
        talk.send("{tag} OK done")

    with opened(script) as (mailbox, _):
        assert mailbox.find("Drafts", "<1@x>") == [5]


@pytest.mark.parametrize("message_id", ["<1@x>\r\nA1 DELETE INBOX", "<é@x>", "<1\x00@x>"])
def test_a_message_id_that_no_command_can_carry_is_compared_only(message_id: str) -> None:
    """A stranger's Message-ID never becomes a command."""

    def script(talk: Conversation) -> None:
        talk.log_in()
        talk.answer("SELECT", *talk.folder())
        talk.answer("EXAMINE", *talk.folder())
        talk.answer("UID SEARCH 1:*", "* SEARCH 5")
        talk.answer("UID FETCH", '* 1 FETCH (UID 5 BODY[HEADER.FIELDS (MESSAGE-ID)] "Message-ID: <2@x>")')

    with opened(script) as (mailbox, _):
        assert mailbox.find("Drafts", message_id) == []


def test_find_does_not_trust_a_search_that_finds_too_much() -> None:
    """A hit counts only with exactly this Message-ID."""

    def script(talk: Conversation) -> None:
        talk.log_in()
        talk.answer("SELECT", *talk.folder())
        talk.answer("EXAMINE", *talk.folder())
        for search in ("UID SEARCH HEADER", "UID SEARCH 1:*"):
            talk.answer(search, "* SEARCH 5")
            talk.answer("UID FETCH", '* 1 FETCH (UID 5 BODY[HEADER.FIELDS (MESSAGE-ID)] "Message-ID: <11@x>")')

    with opened(script) as (mailbox, _):
        assert mailbox.find("Drafts", "<1@x>") == []


@pytest.mark.parametrize(
    ("answer", "advice"),
    [
        ("{tag} NO [OVERQUOTA] Quota exceeded", "make room"),
        ("{tag} NO [TRYCREATE] No such mailbox", "create it"),
    ],
)
def test_a_refused_append_says_what_to_do(answer: str, advice: str) -> None:
    """Trying again will not help; a person can."""

    def script(talk: Conversation) -> None:
        talk.open()
        talk.command("APPEND")
        talk.send(answer)

    with opened(script) as (mailbox, _), pytest.raises(MailboxError) as caught:
        mailbox.append("Drafts", b"Subject: x\n\nx\n")
    assert advice in caught.value.advice
    assert not isinstance(caught.value, ConnectionLostError)


def test_append_without_uidplus_tells_no_uid() -> None:
    """The caller looks for the message by its Message-ID."""

    def script(talk: Conversation) -> None:
        talk.open()
        talk.command('APPEND "Drafts" (\\Draft \\Seen)')
        talk.send("+ go on")
        for _ in range(4):
            talk.line()
        talk.send("{tag} OK done")

    with opened(script) as (mailbox, _):
        assert mailbox.append("Drafts", b"Subject: x\n\nx\n", flags=["\\Draft", "\\Seen"]) is None


def test_move_without_the_extension_deletes_only_what_was_copied() -> None:
    """COPY, and what COPYUID confirms is deleted by UID EXPUNGE."""

    def script(talk: Conversation) -> None:
        talk.open("UIDPLUS")
        talk.command('UID COPY 5,6 "Later"')
        talk.send("{tag} OK [COPYUID 9 5 31] done")
        talk.answer("UID STORE 5 +FLAGS.SILENT (\\Deleted)")
        talk.answer("UID EXPUNGE 5")

    with opened(script) as (mailbox, server):
        mailbox.move([5, 6], "Later")
    assert "UID EXPUNGE 5" in server.commands


def test_a_copy_that_is_not_confirmed_deletes_nothing() -> None:
    """Better twice than never."""

    def script(talk: Conversation) -> None:
        talk.open("UIDPLUS")
        talk.answer("UID COPY")
        talk.answer("UID FETCH", "* 1 FETCH (UID 5)")
        talk.until_closed()

    with opened(script) as (mailbox, server):
        with pytest.raises(MailboxError, match="nothing was deleted"):
            mailbox.move([5], "Later")
        assert not [said for said in server.commands if "STORE" in said or "EXPUNGE" in said]


def test_without_move_and_uidplus_nothing_is_moved() -> None:
    """A bare EXPUNGE would remove what the teacher marked; so not even a copy is made."""

    def script(talk: Conversation) -> None:
        talk.open()
        talk.until_closed()

    with opened(script) as (mailbox, server):
        with pytest.raises(MailboxError, match="UIDPLUS"):
            mailbox.move([5], "Later")
        assert not [said for said in server.commands if "COPY" in said]


def test_without_uidplus_our_own_is_only_marked() -> None:
    """Never EXPUNGE."""

    def script(talk: Conversation) -> None:
        talk.open()
        talk.answer("UID STORE 5 +FLAGS.SILENT (\\Deleted \\Seen)")
        talk.until_closed()

    with opened(script) as (mailbox, server):
        mailbox.remove([5])
        assert not [said for said in server.commands if "EXPUNGE" in said]


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
