"""Connections that are lost, servers that refuse, stores that fail: nothing is lost, nothing is done twice."""

from __future__ import annotations

import pytest

from mailtriage.act.mailbox import Marking
from mailtriage.act.memory import MemoryServer
from mailtriage.errors import ConnectionLostError, StoreError
from mailtriage.store import Journal
from tests.act.rig import Rig
from tests.school import settings


def test_a_mail_that_was_answered_before_the_draft_gets_none() -> None:
    """The teacher was quicker."""
    rig = Rig().started()
    uid = rig.deliver("a")
    rig.server.lose("before", "find")
    with pytest.raises(ConnectionLostError):
        rig.run()
    rig.message(uid).flags |= {"\\Seen", "\\Answered"}
    rig.run()
    assert rig.drafts == []
    assert rig.memory.journal.open_intents("alice") == []


def test_a_full_mailbox_stops_nothing_else() -> None:
    """Draft and digest wait, with the reason for ``status``; marks and further mail go on; later both come."""
    rig = Rig().started()
    rig.server.refuse_appends = True
    first, second = rig.deliver("a"), rig.deliver("b", "notice")
    rig.run()
    assert rig.message(first).flags == {"Triage-Inhoudelijk"}
    assert rig.message(second).flags == {"Triage-Mededeling"}
    assert "OVERQUOTA" in rig.memory.journal.open_reasons("alice")[0]
    assert "OVERQUOTA" in rig.triage.complaints[0]
    rig.server.refuse_appends = False
    rig.run()
    assert len(rig.drafts) == 1
    assert "2 berichten" in rig.digest


def test_a_refused_draft_is_not_given_up_because_another_was_made() -> None:
    """The server refused one and took the next: the first was certainly not made, so it is made later."""
    rig = Rig().started()
    rig.server.refuse_appends = True
    rig.deliver("a")
    rig.run()
    rig.server.refuse_appends = False
    rig.server.deliver("alice", b"Subject: hers\r\n\r\nA draft of the teacher's own\r\n", folder="Drafts")
    rig.run()
    assert [draft["In-Reply-To"] for draft in rig.drafts if draft["In-Reply-To"]] == ["<a@thuis.example>"]


def test_a_draft_is_not_tried_again_while_the_first_try_may_still_arrive() -> None:
    """A slow server: we gave up waiting, it did not. The draft that appears late is found, and stays the only one."""
    rig = Rig().started()
    rig.deliver("a")
    rig.server.lose("before", "append")
    with pytest.raises(ConnectionLostError):
        rig.run()
    rig.run()
    assert rig.drafts == []
    rig.clock.advance(minutes=2)
    rig.run()
    assert len(rig.drafts) == 1


def test_while_one_draft_may_still_arrive_no_other_is_made() -> None:
    """It would hide whether the first arrived. Afterwards every mail has its one draft."""
    rig = Rig().started()
    for name in "abc":
        rig.deliver(name)
    rig.server.lose("before", "append")
    with pytest.raises(ConnectionLostError):
        rig.run()
    rig.run()
    assert rig.drafts == []
    assert rig.triage.unsettled
    rig.clock.advance(minutes=2)
    rig.run()
    assert [draft["In-Reply-To"][1] for draft in rig.drafts] == ["a", "b", "c"]
    assert not rig.triage.unsettled


def test_a_draft_that_may_have_been_removed_is_not_made_again() -> None:
    """It was appended, we never heard so, and the teacher threw it away before we looked."""
    rig = Rig().started()
    rig.deliver("a")
    rig.server.lose("after", "append")
    with pytest.raises(ConnectionLostError):
        rig.run()
    rig.server.folder("alice", "Drafts").messages.clear()
    rig.clock.advance(hours=1)
    rig.run()
    assert rig.drafts == []


def test_without_a_drafts_folder_the_draft_waits_for_one() -> None:
    """Nothing is created; the reason stands in ``status``; once there is a folder the draft is made."""
    rig = Rig().started()
    rig.server.delete("alice", "Drafts")
    rig.deliver("a")
    rig.run()
    assert "Drafts folder" in rig.memory.journal.open_reasons("alice")[0]
    assert "Drafts" not in rig.server.folder_names("alice")
    rig.server.create("alice", "Concepten")
    rig.run()
    assert len(rig.server.folder("alice", "Concepten").messages) == 1


def test_a_store_that_refuses_loses_no_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is done that is not recorded, and the watermark waits: the next pass finds the mail."""
    rig = Rig().started()
    rig.deliver("a")

    def full(*_: object, **__: object) -> None:
        raise StoreError("the database refused (database or disk is full)")

    with monkeypatch.context() as broken:
        broken.setattr(Journal, "intend", full)
        with pytest.raises(StoreError):
            rig.run()
    assert rig.drafts == []
    rig.run()
    assert len(rig.drafts) == 1


def test_a_lost_store_makes_no_second_draft() -> None:
    """Neither where the draft still lies there, nor where it was removed and the mail has our mark."""
    rig = Rig(settings(accounts=[{"reach_back_days": 7}])).started()
    rig.deliver("a")
    removed = rig.deliver("b")
    rig.run()
    drafts = rig.server.folder("alice", "Drafts")
    for uid in [uid for uid, message in drafts.messages.items() if b"In-Reply-To: <b@" in message.raw]:
        del drafts.messages[uid]
    rig.lose_store()
    rig.run()
    assert [draft["In-Reply-To"] for draft in rig.drafts] == ["<a@thuis.example>"]
    assert "\\Seen" not in rig.message(removed).flags


def test_a_lost_store_finds_its_draft_where_the_server_keeps_no_marks() -> None:
    """By the Message-ID, which is always the same."""
    rig = Rig(settings(accounts=[{"reach_back_days": 7}]), MemoryServer(marking=Marking.NOTHING)).started()
    rig.deliver("a")
    rig.run()
    rig.lose_store()
    rig.run()
    assert len(rig.drafts) == 1
    assert rig.memory.bells.told_in("alice", 1)[0].drafted


def test_a_halted_pass_goes_on_where_it_ended() -> None:
    """A service that is told to stop does not finish a thousand mails first, and loses none."""
    rig = Rig().started()
    for number in range(5):
        rig.deliver(f"m{number}")
    triage = rig.triage
    triage._halted = lambda: len(rig.drafts) >= 2
    assert triage.run() is None
    assert len(rig.drafts) == 2
    rig.run()
    assert len(rig.drafts) == 5
