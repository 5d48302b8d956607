"""Marking, moving, finding and appending on servers that refuse, lie or lack the extension."""

from __future__ import annotations

import pytest

from mailtriage.act.imap import bodies
from mailtriage.errors import ConnectionLostError, MailboxError
from tests.servers.scripted import Conversation, opened


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


@pytest.mark.parametrize(
    ("second", "whole"),
    [("BODY[]<10> {3}\r\nklm", b"abcdefghijklm"), ('BODY[]<10> ""', b"abcdefghij"), ("BODY[]<10> NIL", None)],
    ids=["in two slices", "nothing more", "not handed out"],
)
def test_a_message_is_fetched_whole_or_not_at_all(
    monkeypatch: pytest.MonkeyPatch, second: str, whole: bytes | None
) -> None:
    """What a teacher wants sent is not cut off where the server hands out no more of it."""
    monkeypatch.setattr(bodies, "_SLICE", 10)

    def script(talk: Conversation) -> None:
        talk.open()
        talk.answer("UID FETCH 5 (UID BODY.PEEK[]<0.10>)", "* 1 FETCH (UID 5 BODY[]<0> {10}\r\nabcdefghij)")
        talk.answer("UID FETCH 5 (UID BODY.PEEK[]<10.10>)", f"* 1 FETCH (UID 5 {second})")

    with opened(script) as (mailbox, _):
        if whole is not None:
            assert mailbox.fetch_whole(5) == whole
        else:
            with pytest.raises(MailboxError, match="does not hand out"):
                mailbox.fetch_whole(5)
