"""What every ``Mailbox`` does with messages, on every server there is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes

import pytest

from mailtriage.act.mailbox import Marking
from mailtriage.errors import MailboxError
from tests.mailbox.mails import CASES, plain, texts_of, with_attachment
from tests.mailbox.places import Place, PymapPlace, delivered, opened


@pytest.mark.parametrize("case", CASES)
def test_envelope_part_holds_header_and_text_parts_and_nothing_else(place: Place, case: str) -> None:
    """A MIME parser reads the same text in the envelope part as in the mail, without attachments and attached mails."""
    raw, texts = CASES[case]
    mailbox, uid = delivered(place, raw)
    fetched = mailbox.fetch(uid)
    assert fetched is not None
    assert texts_of(fetched.raw) == texts
    assert not fetched.truncated
    assert b"From: Ouder <ouder@thuis.example>\r\n" in fetched.raw
    assert fetched.size == len(raw.replace(b"\n", b"\r\n"))


@pytest.mark.parametrize("case", ["mixed", "nested", "large"])
def test_a_whole_message_is_every_octet_of_it(place: Place, case: str) -> None:
    """With attachments, in however many slices it comes; and looking is not reading."""
    raw = with_attachment(5_000_000) if case == "large" else CASES[case][0]
    mailbox, uid = delivered(place, raw)
    assert mailbox.fetch_whole(uid) == raw.replace(b"\n", b"\r\n")
    assert mailbox.fetch_whole(uid + 1) is None
    assert "\\Seen" not in place.flags_elsewhere("INBOX", uid)


def test_envelope_part_keeps_the_original_content_type(place: Place) -> None:
    """Scope rules recognise a bounce though its envelope part has become a plain message."""
    mailbox, uid = delivered(place, CASES["report"][0])
    fetched = mailbox.fetch(uid)
    assert fetched is not None
    original = message_from_bytes(fetched.raw)["X-Mailtriage-Original-Content-Type"]
    assert original.startswith("multipart/report; report-type=delivery-status")


def test_fetch_never_sets_seen(place: Place) -> None:
    """After fetching, finding and reading marks another client still sees an unread mail."""
    mailbox, uid = delivered(place, CASES["alternative"][0])
    mailbox.fetch(uid)
    mailbox.flags([uid])
    mailbox.marks([uid])
    mailbox.find("INBOX", "<alternative@thuis.example>")
    assert "\\Seen" not in place.flags_elsewhere("INBOX", uid)


def test_a_message_that_is_gone_is_none(place: Place) -> None:
    """Asking for UIDs that do not exist is no error."""
    mailbox, uid = delivered(place, plain())
    assert mailbox.fetch(uid + 1) is None
    assert set(mailbox.flags([uid, uid + 1])) == {uid}
    assert set(mailbox.marks([uid, uid + 1])) == {uid}
    assert mailbox.change_marks(uid + 1, add=["mailtriage_inhoudelijk"]) == frozenset()


def test_uids_after_excludes_the_last_message(place: Place) -> None:
    """``n:*`` always holds the last message; it is not told again."""
    for number in range(3):
        place.deliver(plain(str(number)))
    mailbox = opened(place)
    first, second, third = mailbox.uids_after(0)
    assert first < second < third
    assert mailbox.uids_after(second) == [third]
    assert mailbox.uids_after(third) == []
    assert mailbox.uids_after(third + 1000) == []


def test_uids_of_an_empty_folder(place: Place) -> None:
    """An empty folder has no UIDs, whichever way one asks."""
    mailbox = opened(place, "Drafts")
    assert mailbox.uids_after(0) == []
    assert mailbox.uids_since(datetime(2020, 1, 1, tzinfo=UTC)) == []


def test_uids_since_goes_by_the_moment_not_the_day(place: Place) -> None:
    """INTERNALDATE decides to the second, also across zones and midnight."""
    moment = datetime(2026, 9, 14, 23, 30, tzinfo=timezone(timedelta(hours=2)))
    for number, offset in enumerate((-1, 0, 3600)):
        place.deliver(plain(str(number)), at=moment + timedelta(seconds=offset))
    mailbox = opened(place)
    assert mailbox.uids_since(moment) == mailbox.uids_after(0)[1:]


def test_append_keeps_flags_date_and_line_ends(place: Place) -> None:
    """A draft arrives as draft and read, at its moment, with CRLF, under the UID that was told."""
    mailbox = place.connect()
    moment = datetime(2026, 9, 14, 21, 40, 5, tzinfo=timezone(timedelta(hours=2)))
    uid = mailbox.append("Drafts", plain("draft", "een\ntwee"), flags=["\\Draft", "\\Seen"], at=moment)
    mailbox.open("Drafts")
    assert [uid] == list(mailbox.uids_after(0))
    assert uid is not None
    fetched = mailbox.fetch(uid)
    assert fetched is not None
    assert fetched.flags == {"\\Draft", "\\Seen"}
    assert fetched.internaldate == moment
    assert fetched.raw.endswith(b"een\r\ntwee\r\n")


def test_append_to_a_missing_folder_says_what_to_do(place: Place) -> None:
    """The error is for good and names the folder."""
    mailbox = place.connect()
    with pytest.raises(MailboxError, match="Nergens"):
        mailbox.append("Nergens", plain())


def test_opening_a_missing_folder_leaves_the_connection_usable(place: Place) -> None:
    """A refusal is no loss of the connection."""
    mailbox = place.connect()
    with pytest.raises(MailboxError):
        mailbox.open("Nergens")
    assert mailbox.open("INBOX").exists == 0


def test_marks_are_what_the_server_really_keeps(place: Place) -> None:
    """Setting a mark returns what stands there: the mark, or nothing where the server drops it."""
    mailbox, uid = delivered(place, plain())
    assert mailbox.capabilities.marking is place.marking
    expected = {"mailtriage_inhoudelijk", "$mailtriage"} if place.marking is Marking.KEYWORD else set()
    assert mailbox.change_marks(uid, add=["mailtriage_inhoudelijk", "$mailtriage"]) == expected
    assert mailbox.marks([uid]) == {uid: expected}
    assert mailbox.change_marks(uid, remove=["mailtriage_inhoudelijk"]) == expected - {"mailtriage_inhoudelijk"}
    assert "\\Seen" not in place.flags_elsewhere("INBOX", uid)


def test_a_read_only_folder_takes_no_marks(place: Place) -> None:
    """A dry run that tried to mark would change nothing."""
    place.deliver(plain())
    mailbox = place.connect()
    mailbox.open("INBOX", readonly=True)
    (uid,) = mailbox.uids_after(0)
    assert mailbox.change_marks(uid, add=["mailtriage_inhoudelijk"]) == frozenset()
    assert place.flags_elsewhere("INBOX", uid) == set()


def test_find_goes_by_the_exact_message_id(place: Place) -> None:
    """A Message-ID that is only part of another one does not count; several copies are all told."""
    mailbox = place.connect()
    for name in ("a", "xa", "a"):
        mailbox.append("Drafts", plain(name), flags=["\\Draft"])
    found = mailbox.find("Drafts", "<a@thuis.example>")
    mailbox.open("Drafts")
    first, _, third = mailbox.uids_after(0)
    assert found == [first, third]
    assert mailbox.find("Drafts", "a@thuis.example") == []
    assert mailbox.find("INBOX", "<a@thuis.example>") == []


@pytest.mark.parametrize("name", ["a{5}", "(a", "a b*%", "a\\\\b"])
def test_find_takes_any_message_id(place: Place, name: str) -> None:
    """Strangers write strange ones; no sign in them means anything to the server."""
    if "(" in name and isinstance(place, PymapPlace):
        pytest.skip("pymap 0.36 takes it for a regular expression and hangs up")
    mailbox = place.connect()
    uid = mailbox.append("Drafts", plain(name), flags=["\\Draft"])
    assert mailbox.find("Drafts", f"<{name}@thuis.example>") == [uid]
    assert mailbox.find("INBOX", "{5}") == []


def test_move_keeps_date_and_unread(place: Place) -> None:
    """A held mail comes back as it was: unread, with the date of its arrival."""
    moment = datetime(2026, 9, 14, 21, 40, tzinfo=UTC)
    place.deliver(plain(), at=moment)
    mailbox = opened(place)
    (uid,) = mailbox.uids_after(0)
    mailbox.create_folder("Triage/Later beoordelen")
    mailbox.move([uid], "Triage/Later beoordelen")
    assert mailbox.uids_after(0) == []
    mailbox.open("Triage/Later beoordelen")
    (moved,) = mailbox.uids_after(0)
    fetched = mailbox.fetch(moved)
    assert fetched is not None
    assert fetched.internaldate == moment
    assert fetched.flags == frozenset()


def test_move_of_what_is_gone_is_no_error(place: Place) -> None:
    """A mail that the teacher removed meanwhile needs no moving."""
    mailbox, uid = delivered(place, plain())
    mailbox.move([uid + 1], "Sent")
    assert mailbox.uids_after(0) == [uid]


def test_move_to_a_missing_folder_leaves_the_mail(place: Place) -> None:
    """Nothing is lost where the target does not exist."""
    mailbox, uid = delivered(place, plain())
    with pytest.raises(MailboxError):
        mailbox.move([uid], "Nergens")
    assert mailbox.uids_after(0) == [uid]


def test_remove_takes_only_what_it_is_told(place: Place) -> None:
    """A message that the teacher marked as deleted stays: only our own goes."""
    for name in ("ours", "theirs"):
        place.deliver(plain(name))
    mailbox = opened(place)
    ours, theirs = mailbox.uids_after(0)
    place.delete_elsewhere("INBOX", theirs)
    mailbox.remove([ours])
    assert mailbox.uids_after(0) == [theirs]
    mailbox.remove([ours])
    assert mailbox.uids_after(0) == [theirs]
