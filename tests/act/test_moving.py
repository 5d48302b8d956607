"""Messages that move, folders that go, UIDs that are given anew."""

from __future__ import annotations

import pytest

from mailtriage.errors import ConnectionLostError
from tests.act.rig import Rig
from tests.school import AT_WORK, EVENING, settings


def test_an_old_mail_that_somebody_moves_into_the_inbox_is_left_alone() -> None:
    """It has a new UID, but it arrived long before the first contact."""
    rig = Rig()
    old = rig.deliver("old", folder="Sent")
    rig.clock.advance(days=30)
    rig.started()
    mailbox = rig.server.connect("alice")
    mailbox.open("Sent")
    mailbox.move([old], "INBOX")
    rig.run()
    assert rig.drafts == []
    assert rig.digests == []


def test_what_the_store_has_forgotten_is_not_new_when_uids_are() -> None:
    """After ``keep_days`` a message may come back under a new UID, and is not answered a second time."""
    rig = Rig(settings(privacy={"keep_days": 30})).started()
    rig.deliver("a")
    rig.run()
    for uid in list(rig.server.folder("alice", "Drafts").messages):
        del rig.server.folder("alice", "Drafts").messages[uid]
    rig.clock.advance(days=40)
    assert rig.memory.journal.forget_before(rig.clock.moment.replace(day=1)) == 1
    rig.server.renumber("alice")
    rig.run()
    assert rig.drafts == []


def test_new_uids_bring_nothing_a_second_time() -> None:
    """Every message is recognised; what waits is told from its new place."""
    rig = Rig().started()
    rig.clock.moment = EVENING
    rig.deliver("a")
    rig.deliver("b", "notice")
    rig.run()
    rig.server.renumber("alice")
    rig.clock.moment = AT_WORK
    rig.run()
    assert len(rig.drafts) == 1
    assert "2 berichten" in rig.digest


def test_an_open_draft_survives_new_uids() -> None:
    """It was intended, the UIDs changed before it was made, and it is made all the same, once."""
    rig = Rig().started()
    rig.deliver("a")
    rig.server.lose("before", "find")
    with pytest.raises(ConnectionLostError):
        rig.run()
    rig.server.renumber("alice")
    rig.run()
    rig.run()
    assert len(rig.drafts) == 1


def test_a_folder_that_goes_back_to_old_uids_hides_no_mail() -> None:
    """A server restored from a backup gives a used UID to another message: it is looked at, and not taken for the one
    that had the UID then."""
    rig = Rig().started()
    first = rig.deliver("removed")
    rig.run()
    folder = rig.server.folder("alice", "INBOX")
    validity, then = folder.uidvalidity, folder.messages.pop(first)
    rig.server.renumber("alice")
    rig.run()
    renewed = rig.server.folder("alice", "INBOX")
    renewed.uidvalidity, renewed.uidnext, renewed.messages = validity, first, {}
    assert rig.deliver("other") == first
    rig.run()
    assert [draft["In-Reply-To"] for draft in rig.drafts] == ["<removed@thuis.example>", "<other@thuis.example>"]
    renewed.add(then)
    rig.run()
    assert len(rig.drafts) == 2


def test_a_mail_that_was_moved_away_and_back_is_told() -> None:
    """It was gone when it was due; when it is found again, unread, the teacher is told."""
    rig = Rig().started()
    rig.clock.moment = EVENING
    uid = rig.deliver("a", "notice", subject="Heen en weer")
    rig.run()
    mailbox = rig.server.connect("alice")
    mailbox.open("INBOX")
    mailbox.move([uid], "Sent")
    rig.clock.moment = AT_WORK
    rig.run()
    assert rig.digests == []
    mailbox.open("Sent")
    mailbox.move(mailbox.uids_after(0), "INBOX")
    rig.run()
    assert "Heen en weer" in rig.digest


def test_a_mail_that_a_filter_moves_to_another_watched_folder_is_told_from_there() -> None:
    """Each folder is watched, and the message is one."""
    rig = Rig(settings(accounts=[{"folders": ["INBOX", "Ouders"]}]))
    rig.server.create("alice", "Ouders")
    rig.started()
    rig.clock.moment = EVENING
    uid = rig.deliver("a", subject="Verplaatst")
    rig.deliver("b", "notice", folder="Ouders", subject="Daar")
    rig.run()
    mailbox = rig.server.connect("alice")
    mailbox.open("INBOX")
    mailbox.move([uid], "Ouders")
    rig.clock.moment = AT_WORK
    rig.run()
    assert len(rig.drafts) == 1
    assert "Verplaatst" in rig.digest
    assert "Daar" in rig.digest


def test_a_watched_folder_that_is_gone_stops_nothing_else() -> None:
    """The others are worked on, what waited there is given up, and ``status`` says what is wrong."""
    rig = Rig(settings(accounts=[{"folders": ["INBOX", "Ouders"]}]))
    rig.server.create("alice", "Ouders")
    rig.started()
    rig.clock.moment = EVENING
    rig.deliver("a", folder="Ouders")
    rig.run()
    rig.server.delete("alice", "Ouders")
    rig.clock.moment = AT_WORK
    rig.deliver("b", subject="Blijft")
    rig.run()
    assert "Blijft" in rig.digest
    assert "Ouders" in rig.triage.complaints[0]
