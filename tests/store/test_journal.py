"""The journal and the bells: what is remembered, found again, and forgotten."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from mailtriage.records import ActionKind, Address, Draft, Flag, Message, Plan
from mailtriage.service import Memory
from mailtriage.store import Known, Place, Watermark, discreet
from tests.act.rig import ELS, Rig
from tests.school import AT_WORK, WordJudge, memory

HERE = Place("alice", "INBOX", 7, 1)
MAIL = Message("<a@x>", Address("Kim", "kim@thuis.example"), "Een vraag", "urgent substantive", digest="d1")
DRAFT = Draft("<draft@x>", ELS, (MAIL.sender,), "Re: Een vraag", "<a@x>", ("<a@x>",), "Beste Kim", AT_WORK)
PLAN = Plan(marks=("substantive",), reply=DRAFT, notify_at=AT_WORK, notify=("Els",))


@pytest.fixture
def store(tmp_path: Path) -> Memory:
    """A store with an account."""
    made = memory(tmp_path / "store.sqlite")
    made.journal.contact("alice", AT_WORK)
    return made


def intended(store: Memory, place: Place = HERE, message: Message = MAIL, now: datetime = AT_WORK) -> Known:
    """A message with a draft, a mark and a notification."""
    return store.journal.intend(place, message, WordJudge().judge(message), PLAN, now)


def test_an_intent_is_there_before_the_act(store: Memory) -> None:
    """Draft before mark, each open, with what is needed to find it on the server."""
    known = intended(store)
    draft, mark = store.journal.open_intents("alice")
    assert (draft.kind, draft.header_id, draft.message) == (ActionKind.DRAFT, "<draft@x>", known)
    assert (mark.kind, mark.begun_at) == (ActionKind.MARK, None)
    assert known.flags == {Flag.URGENT}
    (bell,) = store.bells.waiting("alice")
    assert (bell.urgent, bell.due_at, bell.drafted) == (True, AT_WORK, False)


def test_a_settled_intent_is_not_open(store: Memory) -> None:
    """Whichever way it ended; a note keeps it open and says why."""
    intended(store)
    draft, mark = store.journal.open_intents("alice")
    store.journal.settle(draft.id, "done", AT_WORK)
    store.journal.note(mark.id, "refused for kim@thuis.example")
    assert store.journal.open_reasons("alice") == ["mark for INBOX UID 1: refused for <address>"]
    assert store.bells.waiting("alice")[0].drafted
    store.journal.settle(mark.id, "not kept", AT_WORK, state="dropped")
    assert store.journal.open_intents("alice") == []
    assert store.journal.counts("alice") == {"seen": 1, "failed": 0, "open": 0}


def test_the_state_before_an_append_is_kept_until_it_is_refused(store: Memory) -> None:
    """After a crash it tells what can have happened."""
    intended(store)
    draft = store.journal.open_intents("alice")[0]
    store.journal.begin_append(draft.id, "Drafts", 4_000_000_000, 17, AT_WORK)
    begun = store.journal.open_intents("alice")[0]
    assert (begun.folder, begun.uidvalidity, begun.uidnext, begun.begun_at) == ("Drafts", 4_000_000_000, 17, AT_WORK)
    store.journal.append_refused(draft.id)
    assert store.journal.open_intents("alice")[0] == draft


def test_a_message_is_found_by_place_and_recognised_by_its_fingerprint(store: Memory) -> None:
    """In its own account alone."""
    known = intended(store)
    assert store.journal.find(HERE) == known
    assert store.journal.find(replace(HERE, uidvalidity=8)) is None
    assert store.journal.recognise("alice", "d1") == known
    assert store.journal.recognise("bob", "d1") is None
    assert store.journal.recognise("alice", "d2") is None


def test_a_message_moves_onto_a_place_that_another_one_had(store: Memory) -> None:
    """What the store had there is nowhere now, and both are still known."""
    first = intended(store)
    second = intended(store, replace(HERE, uid=2), replace(MAIL, digest="d2"))
    store.journal.relocate(second.id, HERE)
    moved = store.journal.find(HERE)
    assert moved is not None
    assert moved.id == second.id
    gone = store.journal.recognise("alice", "d1")
    assert gone is not None
    assert (gone.id, gone.place.folder) == (first.id, "")
    store.journal.relocate(first.id, replace(HERE, uid=2))
    assert store.journal.find(replace(HERE, uid=2)) == replace(first, place=replace(HERE, uid=2))


def test_what_was_given_up_as_gone_is_due_again_when_it_is_found(store: Memory) -> None:
    """Intents and notifications; what was dropped for good stays so."""
    known = intended(store)
    draft, mark = store.journal.open_intents("alice")
    store.journal.settle(draft.id, "gone", AT_WORK, state="gone")
    store.journal.settle(mark.id, "handled", AT_WORK, state="dropped")
    store.bells.lose(bell.id for bell in store.bells.waiting("alice"))
    assert store.bells.waiting("alice") == []
    store.journal.relocate(known.id, replace(HERE, folder="Elsewhere"))
    assert [intent.kind for intent in store.journal.open_intents("alice")] == [ActionKind.DRAFT]
    assert len(store.bells.waiting("alice")) == 1


def test_old_places_of_a_uidvalidity_that_comes_back_mean_nothing(store: Memory) -> None:
    """Another folder's stay."""
    intended(store)
    intended(store, replace(HERE, folder="Other"), replace(MAIL, digest="d2"))
    store.journal.renumbered("alice", "INBOX", 7)
    assert store.journal.find(HERE) is None
    assert store.journal.find(replace(HERE, folder="Other")) is not None


def test_a_watermark_is_kept_for_each_folder(store: Memory) -> None:
    """None before the first look; UIDs and UIDVALIDITY are 32 bits without a sign."""
    assert store.journal.watermark("alice", "INBOX") is None
    for mark in (Watermark(1, 2), Watermark(2**32 - 1, 2**32 - 1)):
        store.journal.set_watermark("alice", "INBOX", mark)
        assert store.journal.watermark("alice", "INBOX") == mark
    assert store.journal.watermark("alice", "Other") is None


def test_trouble_stands_until_the_next_contact(store: Memory) -> None:
    """Since its beginning, without addresses; a contact may itself say what is wrong."""
    later = AT_WORK + timedelta(hours=1)
    store.journal.trouble("alice", "login of els@school.example refused", AT_WORK)
    store.journal.trouble("alice", "again", later)
    state = store.journal.account("alice")
    assert (state.trouble, state.trouble_since) == ("again", AT_WORK)
    store.journal.contact("alice", later, "mailbox of els@school.example is full")
    state = store.journal.account("alice")
    assert (state.trouble, state.trouble_since) == ("mailbox of <address> is full", AT_WORK)
    assert store.journal.contact("alice", later) == AT_WORK
    assert store.journal.account("alice").trouble is None
    store.journal.trouble("new", "never reached", later)
    assert store.journal.account("new").last_contact is None


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("no such user <Els.V+x@school.example>", "no such user <<address>>"),
        ("quota of 'els@school.example', full", "quota of '<address>', full"),
        ("[TRYCREATE] no such folder", "[TRYCREATE] no such folder"),
    ],
)
def test_reasons_hold_no_addresses(said: str, kept: str) -> None:
    """Whatever surrounds them."""
    assert discreet(said) == kept


def test_a_digest_that_failed_leaves_everything_waiting(store: Memory) -> None:
    """Also what the digest told that it would have replaced."""
    intended(store)
    (bell,) = store.bells.waiting("alice")
    first = store.bells.open_digest("alice", "<1@x>", [bell.id], AT_WORK)
    assert [one.id for one in store.bells.digests("alice", "open")] == [first]
    store.bells.digest_lies(first)
    assert store.bells.waiting("alice") == []
    assert len(store.bells.told_in("alice", first)) == 1
    second = store.bells.open_digest("alice", "<2@x>", [bell.id], AT_WORK)
    store.bells.digest_failed(second)
    assert [one.id for one in store.bells.waiting("alice")] == [bell.id]
    assert [one.id for one in store.bells.digests("alice", "lies")] == [first]


def test_dropped_bells_stay_dropped(store: Memory) -> None:
    """A digest that lies does not bring them back."""
    intended(store)
    (bell,) = store.bells.waiting("alice")
    digest = store.bells.open_digest("alice", "<1@x>", [bell.id], AT_WORK)
    store.bells.drop([bell.id])
    store.bells.digest_lies(digest)
    assert store.bells.told_in("alice", digest) == []


def test_the_next_moment_is_that_of_the_account(store: Memory) -> None:
    """Of what waits; a postponed one counts at its new moment."""
    assert store.bells.next_due("alice") is None
    intended(store)
    assert store.bells.next_due("alice") == AT_WORK
    store.bells.postpone([1], AT_WORK + timedelta(days=1))
    assert store.bells.next_due("alice") == AT_WORK + timedelta(days=1)
    assert store.bells.next_due("bob") is None


def test_thousands_at_once(store: Memory) -> None:
    """More ids than a statement takes."""
    many = range(1, 40_000)
    store.bells.drop(many)
    store.bells.open_digest("alice", "<1@x>", many, AT_WORK)


def test_what_is_older_than_is_kept_goes_unless_it_waits(store: Memory) -> None:
    """An open intent or an untold notification keeps its message; settled, it goes with all that hangs on it."""
    known = intended(store)
    later = AT_WORK + timedelta(days=200)
    assert store.journal.forget_before(later) == 0
    for intent in store.journal.open_intents("alice"):
        store.journal.settle(intent.id, "done", AT_WORK)
    assert store.journal.forget_before(later) == 0
    (bell,) = store.bells.waiting("alice")
    digest = store.bells.open_digest("alice", "<1@x>", [bell.id], AT_WORK)
    store.bells.digest_lies(digest)
    store.bells.digest_gone(digest)
    assert store.journal.forget_before(AT_WORK) == 0
    assert store.journal.forget_before(later) == 1
    assert store.journal.find(known.place) is None
    with sqlite3.connect(str(store.journal.engine.url.database)) as database:
        for table in ("messages", "intents", "notifications", "digests"):
            assert database.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)  # noqa: S608 - our own names


def test_everything_about_an_address_goes_on_request(store: Memory) -> None:
    """However it is written; what failed to be judged goes too, and others stay."""
    intended(store)
    other = replace(MAIL, sender=Address("Jo", "jo@thuis.example"), digest="d2")
    intended(store, replace(HERE, uid=2), other)
    store.journal.set_aside(replace(HERE, uid=3), "broken", AT_WORK, AT_WORK, digest="d3", sender="kim@thuis.example")
    assert store.journal.forget_sender("KIM@thuis.example") == 2
    assert store.journal.find(replace(HERE, uid=2)) is not None
    assert store.journal.counts("alice")["seen"] == 1


def test_the_file_holds_nothing_of_a_mail(tmp_path: Path) -> None:
    """After real passes, with failures and a digest, no name, address, subject or word of a mail is in any of the
    store's files, and no mail's id."""
    rig = Rig()
    rig.memory = memory(tmp_path / "store.sqlite")
    rig.started()
    secret = {"subject": "Zwemgeheim", "sender": "Wilhelmina Nachtegaal <mina@nachtegaal.example>"}
    rig.deliver("kenmerk1", "substantive urgent rekentoets", **secret)
    rig.deliver("kenmerk2", "explode rekentoets", **secret)
    rig.server.refuse_appends = True
    rig.run()
    rig.server.refuse_appends = False
    rig.run()
    assert "Zwemgeheim" in rig.digest
    assert len(rig.drafts) == 1
    held = b"".join(one.read_bytes() for one in tmp_path.iterdir()).lower()
    for word in (
        b"zwemgeheim",
        b"nachtegaal",
        b"wilhelmina",
        b"rekentoets",
        b"kenmerk1",
        b"kenmerk2",
        b"thuis.example",
    ):
        assert word not in held
