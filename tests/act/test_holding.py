"""Mail that is kept out of the inbox until somebody works, on a server in memory."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from mailtriage.act.mailbox import Marking
from mailtriage.act.memory import MemoryMailbox, MemoryMessage, MemoryServer
from mailtriage.errors import ConnectionLostError, MailboxError
from mailtriage.service.releasing import holder_of
from mailtriage.store import Hold, Holds, HoldState
from tests.act.rig import Rig, parsed
from tests.school import AT_WORK, EVENING, is_digest, mail, settings

LATER = "Triage/Later"
MORNING = datetime(2026, 9, 16, 6, 15, tzinfo=UTC)
"""08:15 in Amsterdam: the first moment after EVENING at which somebody works."""


def holding(hold: str = "move", server: MemoryServer | None = None, **sections: Any) -> Rig:
    """An account that holds mail, in the evening, after its first contact."""
    rig = Rig(settings(accounts=[{"hold": hold}], **sections), server)
    rig.clock.moment = EVENING
    return rig.started()


def names(rig: Rig, folder: str) -> list[str]:
    """The parents' and others' mails in a folder, by the names in their Message-IDs."""
    if folder not in rig.server.folder_names("alice"):
        return []
    messages = rig.server.folder("alice", folder).messages.values()
    return [str(parsed(one.raw)["Message-ID"])[1:].partition("@")[0] for one in messages if not is_digest(one.raw)]


def only(rig: Rig, folder: str) -> MemoryMessage:
    """The one mail in a folder that is no digest."""
    (found,) = [one for one in rig.server.folder("alice", folder).messages.values() if not is_digest(one.raw)]
    return found


def holds(rig: Rig, *states: HoldState) -> list[Hold]:
    """The holds in the store, in any state unless one is named."""
    return Holds(rig.memory.journal.engine).of("alice", *(states or HoldState))


def test_mail_that_comes_out_of_hours_waits_in_a_folder_of_its_own() -> None:
    """Unread, with its date, its mark and its draft; it is back at its moment, before the digest that tells of it."""
    rig = holding()
    uid = rig.deliver("a")
    before = rig.message(uid)
    raw, arrived = before.raw, before.internaldate
    rig.run()
    assert (names(rig, "INBOX"), names(rig, LATER)) == ([], ["a"])
    assert only(rig, LATER).flags == {"Triage-Inhoudelijk"}
    assert len(rig.drafts) == 1
    rig.clock.moment = MORNING
    rig.run()
    assert (names(rig, "INBOX"), names(rig, LATER)) == (["a"], [])
    back = only(rig, "INBOX")
    assert (back.raw, back.internaldate, back.flags) == (raw, arrived, {"Triage-Inhoudelijk"})
    assert "1 bericht" in rig.digest
    inbox = list(rig.server.folder("alice", "INBOX").messages.values())
    assert [is_digest(one.raw) for one in inbox] == [False, True]
    assert len(rig.drafts) == 1
    assert [one.state for one in holds(rig)] == [HoldState.DONE]


@pytest.mark.parametrize(
    ("text", "headers"),
    [
        ("urgent notice", {}),
        ("personal notice", {}),
        ("explode", {}),
        ("notice", {"sender": "Jan <jan@school.example>"}),
    ],
    ids=["urgent", "private", "cannot be judged", "a colleague's"],
)
def test_what_is_never_held(text: str, headers: dict[str, Any]) -> None:
    """It stays in the inbox; and where something else put it into the folder for later, it leaves at once."""
    rig = holding()
    rig.deliver("a", text, **headers)
    rig.deliver("b", text, folder=LATER, **headers)
    rig.run()
    assert (names(rig, "INBOX"), names(rig, LATER)) == (["a", "b"], [])
    assert not any(b"X-Mailtriage: draft" in one.raw for one in rig.server.folder("alice", "Drafts").messages.values())


def test_urgent_mail_is_never_held_even_where_it_is_not_told_at_once() -> None:
    """Whether a bell rings is the school's choice; keeping such mail away silently is not."""
    rig = holding(notifications={"urgent_passes": False})
    rig.deliver("a", "urgent notice")
    rig.run()
    assert names(rig, "INBOX") == ["a"]


@pytest.mark.parametrize("when", ["at_once", ["12:30"]])
def test_mail_that_comes_within_hours_is_never_held(when: Any) -> None:
    """Not when it is told at set moments only, and not when it is looked at after hours."""
    rig = holding(notifications={"when": when})
    rig.clock.moment = AT_WORK
    rig.deliver("a")
    rig.run()
    assert names(rig, "INBOX") == ["a"]
    rig.deliver("b")
    rig.clock.moment = EVENING.replace(day=16)
    rig.run()
    assert names(rig, "INBOX") == ["a", "b"]


def test_mail_is_kept_from_a_teacher_in_class_until_the_lesson_is_over() -> None:
    """Lessons are no hours in which anybody may be told."""
    lessons = {day: ["08:30-12:00"] for day in ("tuesday", "wednesday")}
    rig = holding(staff={"lessons": lessons})
    rig.clock.moment = AT_WORK
    rig.deliver("a")
    rig.run()
    assert names(rig, LATER) == ["a"]
    rig.clock.advance(hours=3, minutes=45)
    rig.run()
    assert names(rig, "INBOX") == ["a"]


def test_no_folder_and_no_hold_where_the_school_wants_none() -> None:
    """By default mail stays where it is, and no folder is made."""
    rig = holding("off")
    rig.deliver("a")
    rig.run()
    assert names(rig, "INBOX") == ["a"]
    assert LATER not in rig.server.folder_names("alice")


def test_mail_filed_at_delivery_is_judged_and_comes_back_at_its_moment() -> None:
    """As any other: a mark, a draft, a notification; nothing that lies in the inbox is touched."""
    rig = holding("delivery")
    rig.deliver("a", folder=LATER)
    rig.deliver("b", "notice")
    rig.run()
    assert (names(rig, "INBOX"), names(rig, LATER)) == (["b"], ["a"])
    assert only(rig, LATER).flags == {"Triage-Inhoudelijk"}
    assert len(rig.drafts) == 1
    rig.clock.moment = MORNING
    rig.run()
    assert names(rig, LATER) == []
    assert "2 berichten" in rig.digest


def test_mail_filed_while_somebody_works_comes_back_at_once() -> None:
    """The filing script knows an older schedule than we do."""
    rig = holding("delivery")
    rig.clock.moment = AT_WORK
    rig.deliver("a", folder=LATER)
    rig.run()
    assert names(rig, "INBOX") == ["a"]


@pytest.mark.parametrize("flag", ["\\Seen", "\\Answered", "\\Deleted"])
def test_what_a_person_dealt_with_in_the_hold_stays_there(flag: str) -> None:
    """It is hers; nothing is told of it. ``\\Flagged`` alone says only that it matters."""
    rig = holding()
    for name in ("a", "b"):
        rig.deliver(name)
    rig.run()
    first, second = rig.server.folder("alice", LATER).messages.values()
    first.flags.add(flag)
    second.flags.add("\\Flagged")
    rig.clock.moment = MORNING
    rig.run()
    rig.run()
    assert (names(rig, "INBOX"), names(rig, LATER)) == (["b"], ["a"])
    assert "1 bericht " in rig.digest
    assert {one.state for one in holds(rig)} == {HoldState.DONE, HoldState.DROPPED}


@pytest.mark.parametrize("flag", ["\\Seen", "\\Flagged"])
def test_mail_that_a_person_has_in_hand_is_not_put_away(flag: str) -> None:
    """She reads it in the evening, before we come to it."""
    rig = holding()
    rig.message(rig.deliver("a")).flags.add(flag)
    rig.run()
    assert names(rig, "INBOX") == ["a"]
    assert [one.state for one in holds(rig)] == [HoldState.DROPPED]


@pytest.mark.parametrize("target", ["INBOX", "Archief"])
def test_what_a_person_takes_out_of_the_hold_is_hers(target: str) -> None:
    """It is not put away again, and not brought back from where she put it."""
    rig = holding()
    rig.server.create("alice", "Archief")
    rig.deliver("a")
    rig.run()
    (uid,) = rig.server.folder("alice", LATER).messages
    rig.server.folder("alice", target).add(rig.server.folder("alice", LATER).messages.pop(uid))
    rig.run()
    rig.clock.moment = MORNING
    rig.run()
    assert names(rig, target) == ["a"]
    assert [one.state for one in holds(rig)] == [HoldState.DROPPED]


def test_mail_that_a_person_puts_back_into_the_hold_is_held_again() -> None:
    """Unread, it comes back at the next moment."""
    rig = holding()
    rig.deliver("a")
    rig.run()
    later, inbox = rig.server.folder("alice", LATER), rig.server.folder("alice", "INBOX")
    inbox.add(later.messages.popitem()[1])
    rig.run()
    later.add(inbox.messages.popitem()[1])
    rig.run()
    assert names(rig, LATER) == ["a"]
    rig.clock.moment = MORNING
    rig.run()
    assert names(rig, "INBOX") == ["a"]


def test_moments_are_computed_anew_when_the_schedule_changes() -> None:
    """On a day off nothing comes back; when the day off is taken back, it does."""
    rig = holding()
    rig.deliver("a")
    rig.run()
    before = rig.settings
    rig.use(settings(accounts=[{"hold": "move"}], staff={"days_off": ["2026-09-16"]}))
    rig.run()
    (hold,) = holds(rig, HoldState.HELD)
    assert hold.due_at == MORNING.replace(day=17)
    rig.clock.moment = MORNING
    rig.run()
    assert names(rig, LATER) == ["a"]
    rig.use(before)
    rig.run()
    assert names(rig, "INBOX") == ["a"]


def test_a_moment_that_passed_while_nothing_ran_is_made_up_for() -> None:
    """At the next start, whatever the hour: it was due."""
    rig = holding()
    rig.deliver("a")
    rig.run()
    rig.drop()
    rig.clock.moment = EVENING.replace(day=16)
    rig.run()
    assert names(rig, "INBOX") == ["a"]


def test_mail_for_which_there_is_no_moment_is_not_kept() -> None:
    """Nobody works within a year any more: what nothing would release must not lie there."""
    rig = holding()
    rig.deliver("a")
    rig.run()
    rig.use(settings(accounts=[{"hold": "move"}], staff={"last_day": date(2026, 9, 15)}))
    rig.deliver("b")
    rig.run()
    assert sorted(names(rig, "INBOX")) == ["a", "b"]


@pytest.mark.parametrize("hold", ["move", "off", "delivery"])
@pytest.mark.parametrize("wait", [0, 12])
def test_a_lost_store_strands_nothing_and_answers_nothing_twice(hold: str, wait: int) -> None:
    """Whether the store is lost in the night or found missing in the morning, and also where holding was turned off."""
    rig = holding()
    rig.deliver("a")
    rig.run()
    rig.lose_store()
    rig.use(settings(accounts=[{"hold": hold}]))
    rig.clock.advance(hours=wait)
    rig.run()
    assert names(rig, "INBOX" if wait else LATER) == ["a"]
    rig.clock.moment = MORNING.replace(hour=9)
    rig.run()
    assert (names(rig, "INBOX"), names(rig, LATER)) == (["a"], [])
    assert len(rig.drafts) == 1
    assert "1 bericht" in rig.digest


def test_turning_it_off_brings_back_what_is_held_at_its_moment() -> None:
    """With the store in order, too."""
    rig = holding()
    rig.deliver("a")
    rig.run()
    rig.use(settings())
    rig.deliver("b")
    rig.run()
    assert (names(rig, "INBOX"), names(rig, LATER)) == (["b"], ["a"])
    rig.clock.moment = MORNING
    rig.run()
    assert sorted(names(rig, "INBOX")) == ["a", "b"]


def test_read_mail_that_a_person_keeps_there_is_not_judged() -> None:
    """An archive that lands there by mistake is not answered."""
    rig = holding()
    rig.server.deliver("alice", mail("a"), folder=LATER, at=rig.clock(), flags=["\\Seen"])
    rig.run()
    assert rig.drafts == []
    assert names(rig, LATER) == ["a"]


def test_a_server_that_cannot_move_safely_keeps_mail_in_the_inbox() -> None:
    """Neither MOVE nor UIDPLUS: ``status`` says so, once for each mail, and nothing is tried again and again."""
    rig = holding(server=MemoryServer(move=False, uidplus=False))
    rig.deliver("a")
    rig.run()
    assert "a mail is not held" in rig.triage.complaints[0]
    rig.run()
    assert rig.triage.complaints == []
    assert names(rig, "INBOX") == ["a"]


def test_a_server_that_takes_no_folder_keeps_mail_in_the_inbox(monkeypatch: pytest.MonkeyPatch) -> None:
    """And everything else goes on."""

    def refuse(_mailbox: MemoryMailbox, _name: str) -> None:
        raise MailboxError("the server refused: [CANNOT] no")

    monkeypatch.setattr(MemoryMailbox, "create_folder", refuse)
    rig = holding()
    rig.deliver("a")
    rig.run()
    assert "mail is not held" in " ".join(rig.triage.complaints)
    assert names(rig, "INBOX") == ["a"]
    assert len(rig.drafts) == 1


def test_a_folder_that_somebody_deletes_is_made_again() -> None:
    """What lay in it is gone with it, by a person's hand."""
    rig = holding()
    rig.deliver("a")
    rig.run()
    rig.server.delete("alice", LATER)
    rig.run()
    rig.deliver("b")
    rig.run()
    assert names(rig, LATER) == ["b"]
    rig.clock.moment = MORNING
    rig.run()
    assert names(rig, "INBOX") == ["b"]


@pytest.mark.parametrize("folder", ["INBOX", LATER])
def test_new_uids_bring_nothing_twice(folder: str) -> None:
    """UIDVALIDITY changes while mail is held."""
    rig = holding()
    rig.deliver("a")
    rig.run()
    rig.server.renumber("alice", folder)
    rig.run()
    assert names(rig, LATER) == ["a"]
    rig.clock.moment = MORNING
    rig.run()
    assert (names(rig, "INBOX"), names(rig, LATER)) == (["a"], [])
    assert len(rig.drafts) == 1
    assert "1 bericht" in rig.digest


def test_labels_and_servers_that_do_not_tell_new_uids() -> None:
    """Gmail's kind of folder; and a server with MOVE but without UIDPLUS, where mail is found again by what it is."""
    for server in (MemoryServer(marking=Marking.LABEL), MemoryServer(uidplus=False)):
        rig = holding(server=server)
        rig.deliver("a")
        rig.run()
        assert names(rig, LATER) == ["a"]
        assert [one.state for one in holds(rig)] == [HoldState.HELD]
        rig.clock.moment = MORNING
        rig.run()
        assert (names(rig, "INBOX"), names(rig, LATER)) == (["a"], [])
        assert "1 bericht" in rig.digest


def test_a_correction_out_of_the_hold_goes_back_into_it() -> None:
    """A teacher who corrects in the evening is not rung by her own correction."""
    rig = holding()
    rig.deliver("a", "notice")
    rig.run()
    later = rig.server.folder("alice", LATER)
    rig.server.folder("alice", "Triage/Inhoudelijk").add(later.messages.popitem()[1])
    rig.run()
    assert names(rig, LATER) == ["a"]
    assert only(rig, LATER).flags == {"Triage-Inhoudelijk"}
    rig.clock.moment = MORNING
    rig.run()
    assert names(rig, "INBOX") == ["a"]
    assert len(rig.drafts) == 1


def test_mail_that_could_not_be_put_away_in_time_stays() -> None:
    """The connection was lost; by now somebody works, although nobody is told before half past eight."""
    rig = holding(notifications={"when": ["08:30"]})
    rig.deliver("a")
    rig.server.lose("before", "move")
    with pytest.raises(ConnectionLostError):
        rig.run()
    rig.clock.moment = MORNING
    rig.run()
    assert names(rig, "INBOX") == ["a"]
    assert [one.state for one in holds(rig)] == [HoldState.DROPPED]


def test_what_nobody_has_looked_at_yet_is_released_by_its_arrival() -> None:
    """By the command, which judges nothing; a pass leaves it to the next pass, which judges it first."""
    rig = holding("delivery")
    mailbox = rig.server.connect("alice")
    holder = holder_of(rig.settings, rig.desk.account, mailbox, rig.memory.journal, rig.clock, lambda *_: None)
    holder.ready()
    rig.deliver("a", "urgent notice", folder=LATER)
    assert holder.release(judged=False) == 0
    rig.clock.moment = MORNING
    assert holder.release() == 0
    assert names(rig, LATER) == ["a"]
    assert holder.release(judged=False) == 1
    assert names(rig, "INBOX") == ["a"]


def test_it_is_known_whose_mail_is_held() -> None:
    """So that erasure can wait until it is back: forgotten in the hold it would be met as a stranger, stored anew."""
    rig = holding()
    rig.deliver("a")
    rig.run()
    journal = rig.memory.journal
    assert (journal.held_from("KIM@thuis.example"), journal.held_from("jo@thuis.example")) == (1, 0)
    rig.clock.moment = MORNING
    rig.run()
    assert journal.held_from("kim@thuis.example") == 0
