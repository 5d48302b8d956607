"""One account on a server in memory: what a pass does, and what it leaves alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailtriage.act.mailbox import Fetched, Marking
from mailtriage.act.memory import MemoryMailbox, MemoryServer
from mailtriage.errors import ConnectionLostError, MailboxError, StoreError
from mailtriage.store import Journal
from tests.act.rig import Rig, parsed, text_of
from tests.school import AT_WORK, EVENING, WEEK, digests_of, settings


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


def test_nobody_is_told_out_of_hours() -> None:
    """The digest comes when somebody works, and not before."""
    rig = Rig().started()
    rig.clock.moment = EVENING
    rig.deliver("a")
    rig.run()
    assert rig.digests == []
    assert len(rig.drafts) == 1
    rig.clock.moment = datetime(2026, 9, 16, 6, 15, tzinfo=UTC)  # 08:15 in Amsterdam
    rig.run()
    assert "1 bericht van ouders" in rig.digest


def test_an_urgent_mail_is_told_at_once() -> None:
    """Out of hours too, and first in the subject."""
    rig = Rig().started()
    rig.clock.moment = EVENING
    rig.deliver("a", "urgent notice")
    rig.deliver("b", "notice")
    rig.run()
    (raw,) = digests_of(rig.server)
    assert parsed(raw)["Subject"] == "DRINGEND: 1 bericht van ouders"


def test_an_urgent_mail_waits_where_the_school_wants_it_so() -> None:
    """Also where it was due while nothing ran, and by now everybody is at home."""
    rig = Rig(settings(notifications={"urgent_passes": False})).started()
    rig.clock.moment = EVENING
    rig.deliver("a", "urgent notice")
    rig.run()
    rig.clock.advance(hours=22)  # 19:40: due since 08:15, and nobody works
    rig.run()
    assert rig.digests == []
    rig.clock.advance(hours=13)
    rig.run()
    assert len(rig.digests) == 1


def test_mail_that_was_read_or_answered_meanwhile_is_not_told() -> None:
    """The digest tells only what still waits."""
    rig = Rig().started()
    rig.clock.moment = EVENING
    seen, answered, deleted, waiting = (rig.deliver(name, "notice", subject=f"Mail {name}") for name in "abcd")
    rig.run()
    for uid, flag in ((seen, "\\Seen"), (answered, "\\Answered"), (deleted, "\\Deleted")):
        rig.message(uid).flags.add(flag)
    rig.clock.moment = AT_WORK
    rig.run()
    assert "Mail d" in rig.digest
    assert not any(f"Mail {name}" in rig.digest for name in "abc")
    assert waiting in rig.server.folder("alice", "INBOX").messages


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


def test_an_unread_digest_is_replaced_and_a_read_one_left() -> None:
    """At most one unread digest; it holds what the replaced one told, as far as that still waits."""
    rig = Rig().started()
    first = rig.deliver("a", "notice", subject="Eerste")
    rig.run()
    rig.deliver("b", "notice", subject="Tweede")
    rig.run()
    assert "Eerste" in rig.digest
    assert "Tweede" in rig.digest
    for message in rig.server.folder("alice", "INBOX").messages.values():
        message.flags.add("\\Seen")
    rig.deliver("c", "notice", subject="Derde")
    rig.run()
    assert "Derde" in rig.digest
    assert "Eerste" not in rig.digest
    assert len(digests_of(rig.server, unread=False)) == 2
    assert first in rig.server.folder("alice", "INBOX").messages


@pytest.mark.parametrize("touch", ["flag", "move"])
def test_a_digest_that_the_teacher_flags_or_moves_is_hers(touch: str) -> None:
    """It is not taken away, and the next one tells only what is new."""
    rig = Rig().started()
    rig.deliver("a", "notice", subject="Eerste")
    rig.run()
    inbox = rig.server.folder("alice", "INBOX")
    (uid,) = [uid for uid, message in inbox.messages.items() if b"X-Mailtriage" in message.raw]
    if touch == "flag":
        inbox.messages[uid].flags.add("\\Flagged")
    else:
        rig.server.folder("alice", "Sent").add(inbox.messages.pop(uid))
    rig.deliver("b", "notice", subject="Tweede")
    rig.run()
    assert "Tweede" in rig.digests[-1]
    assert "Eerste" not in rig.digests[-1]
    everywhere = [*inbox.messages.values(), *rig.server.folder("alice", "Sent").messages.values()]
    assert sum(b"X-Mailtriage" in message.raw for message in everywhere) == 2


def test_a_digest_whose_confirmation_was_lost_is_found() -> None:
    """It arrived, so nothing is told twice; what it replaced is taken away."""
    rig = Rig().started()
    rig.deliver("a", "notice", subject="Eerste")
    rig.run()
    rig.deliver("b", "notice", subject="Tweede")
    rig.server.lose("after", "append")
    with pytest.raises(ConnectionLostError):
        rig.run()
    rig.run()
    assert "Tweede" in rig.digest
    assert "Eerste" in rig.digest


def test_what_an_earlier_digest_told_is_not_lost_with_the_one_that_failed() -> None:
    """The connection went before the APPEND: the next digest holds both."""
    rig = Rig().started()
    rig.deliver("a", "notice", subject="Eerste")
    rig.run()
    rig.deliver("b", "notice", subject="Tweede")
    rig.server.lose("before", "append")
    with pytest.raises(ConnectionLostError):
        rig.run()
    rig.run()
    assert "Eerste" in rig.digest
    assert "Tweede" in rig.digest


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


def test_a_server_that_drops_marks_is_not_asked_again() -> None:
    """It answers OK and forgets: the intent ends, and the mail is as it was."""
    rig = Rig().started()
    rig.server.drop_marks = True
    uid = rig.deliver("a")
    rig.run()
    assert rig.message(uid).flags == set()
    assert rig.memory.journal.open_intents("alice") == []


def test_a_message_that_breaks_the_judge_is_set_aside_and_told() -> None:
    """Named in ``status``, told in the digest as not judged, unchanged; the others go on."""
    rig = Rig().started()
    uid = rig.deliver("a", "explode")
    rig.deliver("b")
    rig.run()
    assert rig.memory.journal.failures("alice") == [f"INBOX UID {uid}: could not be judged (RuntimeError)"]
    assert rig.message(uid).flags == set()
    assert "NIET TE BEOORDELEN" in rig.digest
    assert len(rig.drafts) == 1


def test_a_message_that_cannot_be_read_is_set_aside_and_told_once() -> None:
    """Also when UIDs are given anew."""
    rig = Rig().started()
    uid = rig.server.deliver("alice", b"this is no mail at all", at=rig.clock())
    rig.run()
    assert "this is not a mail message" in rig.memory.journal.failures("alice")[0]
    assert "NIET TE BEOORDELEN" in rig.digest
    rig.message(uid)
    for message in rig.server.folder("alice", "INBOX").messages.values():
        if b"X-Mailtriage" in message.raw:
            message.flags.add("\\Seen")
    rig.server.renumber("alice")
    rig.run()
    assert rig.digests == []


def test_a_message_that_the_server_does_not_hand_out_keeps_nothing_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is set aside with the server's reason, without addresses; the one behind it is dealt with."""
    rig = Rig().started()
    poison = rig.deliver("a")
    rig.deliver("b")
    fetch = MemoryMailbox.fetch

    def refused(mailbox: MemoryMailbox, uid: int) -> Fetched | None:
        if uid == poison:
            raise MailboxError("the server refused: [CANNOT] mail of kim@thuis.example")
        return fetch(mailbox, uid)

    monkeypatch.setattr(MemoryMailbox, "fetch", refused)
    rig.run()
    (failure,) = rig.memory.journal.failures("alice")
    assert "does not hand it out" in failure
    assert "kim@" not in failure
    assert [draft["In-Reply-To"] for draft in rig.drafts] == ["<b@thuis.example>"]
    assert "2 berichten" in rig.digest


def test_a_message_over_which_the_connection_breaks_each_time_is_set_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    """After three losses the others get their turn."""
    rig = Rig().started()
    poison = rig.deliver("a")
    rig.deliver("b")
    fetch = MemoryMailbox.fetch

    def breaking(mailbox: MemoryMailbox, uid: int) -> Fetched | None:
        if uid == poison:
            raise ConnectionLostError("the connection is gone")
        return fetch(mailbox, uid)

    with monkeypatch.context() as broken:
        broken.setattr(MemoryMailbox, "fetch", breaking)
        for _ in range(3):
            with pytest.raises(ConnectionLostError):
                rig.run()
        with pytest.raises(ConnectionLostError):
            rig.run()  # the digest asks for it once more
    rig.run()
    assert "each time" in rig.memory.journal.failures("alice")[0]
    assert [draft["In-Reply-To"] for draft in rig.drafts] == ["<b@thuis.example>"]


def test_an_intent_that_cannot_be_carried_out_keeps_nothing_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug or a broken template in one reply ends that intent; the account goes on."""
    rig = Rig().started()
    rig.server.lose("before", "find")
    rig.deliver("a")
    with pytest.raises(ConnectionLostError):
        rig.run()
    with monkeypatch.context() as broken:
        broken.setattr(type(rig.desk.judge), "judge", lambda *_: 1 / 0)
        rig.run()
    rig.deliver("b")
    rig.run()
    assert [draft["In-Reply-To"] for draft in rig.drafts] == ["<b@thuis.example>"]
    assert rig.memory.journal.open_intents("alice") == []


@pytest.mark.parametrize("address", ["jörg@thuis.example", "o@münchen.example", '"a b"@thuis.example'])
def test_an_address_that_headers_cannot_hold_does_not_stop_the_pass(address: str) -> None:
    """There is a draft for each, whoever it is to."""
    rig = Rig().started()
    raw = f"From: {address}\nSubject: Vraag\nMessage-ID: <a@b.example>\nDate: 14 Sep 2026 21:40 +0200\n\nsubstantive\n"
    rig.server.deliver("alice", raw.encode(), at=rig.clock())
    rig.run()
    assert len(rig.drafts) <= 1
    assert rig.memory.journal.open_intents("alice") == []


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


def test_a_store_that_refuses_loses_no_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is done that is not recorded, and the watermark waits: the next pass finds the mail."""
    rig = Rig().started()
    rig.deliver("a")

    def full(*_: object) -> None:
        raise StoreError("the database refused (database or disk is full)")

    with monkeypatch.context() as broken:
        broken.setattr(Journal, "intend", full)
        with pytest.raises(StoreError):
            rig.run()
    assert rig.drafts == []
    rig.run()
    assert len(rig.drafts) == 1


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


def test_nobody_works_for_a_year_and_the_account_lives() -> None:
    """Marks and drafts go on, urgent mail is told, ``status`` says so; when hours are set, the rest is told at once."""
    free = {"days_off": ["2026-09-01/2027-12-31"]}
    rig = Rig(settings(school=free)).started()
    rig.deliver("a", subject="Wacht")
    rig.run()
    assert rig.digests == []
    assert len(rig.drafts) == 1
    assert "nobody" in rig.triage.complaints[0]
    rig.deliver("b", "urgent notice", subject="Nu")
    rig.run()
    assert "Nu" in rig.digest
    rig.use(settings())
    rig.run()
    assert "Wacht" in rig.digest


def test_other_hours_move_what_waits() -> None:
    """Whoever begins earlier tomorrow is told earlier; nobody waits for the hours of yesterday's configuration."""
    rig = Rig().started()
    rig.clock.moment = EVENING
    rig.deliver("a")
    rig.run()
    rig.use(settings(staff={"hours": WEEK | {"tuesday": ["20:00-22:30"]}}))
    rig.run()
    assert len(rig.digests) == 1


def test_without_a_digest_the_count_is_told() -> None:
    """A school that wants only the bell: nothing is appended, and nothing waits for ever."""
    rig = Rig(settings(notifications={"digest": False})).started()
    rig.deliver("a", "urgent notice")
    told = rig.run()
    assert told is not None
    assert (len(told.told), told.urgent, told.digest) == (1, 1, None)
    assert rig.digests == []
    assert rig.memory.bells.waiting("alice") == []


def test_two_thousand_unread_mails_make_one_digest_of_bounded_size() -> None:
    """Fifty are told one by one, flags first; the rest are counted, and all of them count as told."""
    rig = Rig(settings(accounts=[{"reach_back_days": 365}]))
    for number in range(2000):
        rig.deliver(f"m{number}", "notice", subject=f"Mail {number}")
    rig.deliver("last", "conduct notice", subject="Achteraan bezorgd")
    rig.clock.advance(minutes=1)
    told = rig.run()
    assert told is not None
    assert len(told.told) == 2001
    assert rig.digest.count("Onderwerp:") == 50
    assert rig.digest.index("Achteraan bezorgd") < rig.digest.index("Mail 0")
    assert "En nog 1951 andere berichten" in rig.digest
    assert len(rig.digest) < 20_000


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


def test_the_html_of_a_digest_is_inert() -> None:
    """A subject with markup is shown as text, and signs that turn the direction of writing are taken out."""
    rig = Rig().started()
    rig.deliver("a", "notice", subject="<script>alert(1)</script>\u202eevil\u2066")
    rig.run()
    (raw,) = digests_of(rig.server)
    html = text_of(parsed(raw), "html")
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert not set(html + rig.digest) & set("\u202e\u2066")
