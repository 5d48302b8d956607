"""One account on a server in memory: what a pass does, and what it leaves alone."""

from __future__ import annotations

import pytest

from mailtriage.act.mailbox import Marking
from mailtriage.act.memory import MemoryServer
from tests.act.rig import Rig
from tests.school import digests_of, settings


def test_a_substantive_mail_gets_a_draft_a_mark_and_a_place_in_the_digest() -> None:
    """The draft lies read in Drafts, in the thread, to the parent; the mail itself stays unread."""
    rig = Rig().started()
    uid = rig.deliver("a", References="<first@thuis.example>")
    rig.run()
    (draft,) = rig.drafts
    assert draft["In-Reply-To"] == "<a@thuis.example>"
    assert draft["References"] == "<first@thuis.example> <a@thuis.example>"
    assert (draft["To"], draft["Subject"]) == ("Kim Bakker <kim@thuis.example>", "Re: Een vraag")
    assert draft["From"] == "Els Vermeer <groep5@school.example>"
    (lying,) = rig.server.folder("alice", "Drafts").messages.values()
    assert lying.flags == {"\\Draft", "\\Seen"}
    assert rig.message(uid).flags == {"Triage-Inhoudelijk"}
    assert "Kim Bakker" in rig.digest
    assert "Er staat een antwoord klaar" in rig.digest


def test_mail_out_of_scope_is_left_exactly_as_it_was() -> None:
    """A colleague's mail and an automatic one get no mark, no draft and no mention."""
    rig = Rig().started()
    ours = rig.deliver("a", sender="Jan <jan@school.example>")
    robot = rig.deliver("b", Auto_Submitted="auto-replied")
    rig.run()
    assert (rig.message(ours).flags, rig.message(robot).flags) == (set(), set())
    assert rig.drafts == []
    assert rig.digests == []


def test_a_second_pass_does_nothing_again() -> None:
    """Neither on the same connection nor after a crash."""
    rig = Rig().started()
    rig.deliver("a")
    rig.run()
    rig.run()
    rig.drop()
    rig.run()
    assert len(rig.drafts) == 1
    assert len(digests_of(rig.server, unread=False)) == 1


def test_mail_from_before_the_first_contact_is_left_alone() -> None:
    """Unless the account reaches back."""
    rig = Rig()
    rig.deliver("old")
    rig.clock.advance(days=2)
    rig.run()
    rig.deliver("new")
    rig.run()
    assert [draft["In-Reply-To"] for draft in rig.drafts] == ["<new@thuis.example>"]


def test_an_account_reaches_back_as_far_as_it_is_told() -> None:
    """Mail of the last days is judged at the first contact, older mail is not."""
    rig = Rig(settings(accounts=[{"reach_back_days": 7}]))
    rig.deliver("old")
    rig.clock.advance(days=10)
    rig.deliver("recent")
    rig.clock.advance(days=2)
    rig.run()
    assert [draft["In-Reply-To"] for draft in rig.drafts] == ["<recent@thuis.example>"]


@pytest.mark.parametrize("marking", list(Marking))
def test_marks_are_what_the_server_can_do(marking: Marking) -> None:
    """Label, keyword or nothing; without marks the intent is closed all the same."""
    rig = Rig(server=MemoryServer(marking=marking)).started()
    uid = rig.deliver("a", "unsure conduct")
    rig.run()
    message = rig.message(uid)
    assert message.labels == ({"Triage/Onzeker", "Triage/Omgangsvormen"} if marking is Marking.LABEL else set())
    assert message.flags == ({"Triage-Onzeker", "Triage-Omgangsvormen"} if marking is Marking.KEYWORD else set())
    assert rig.memory.journal.open_intents("alice") == []
