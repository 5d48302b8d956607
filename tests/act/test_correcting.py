"""Corrections on a server in memory: what a pass makes of them, and what is left when it is broken off anywhere."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import Any

import pytest

from mailtriage.act.correcting import folder_names
from mailtriage.act.mailbox import Folder, Marking
from mailtriage.act.memory import MemoryMailbox, MemoryMessage, MemoryServer
from mailtriage.errors import ConnectionLostError, MailboxError
from mailtriage.records import Category
from mailtriage.store import Correction, Corrections
from tests.act.rig import Rig
from tests.school import EVENING, digests_of, mail, settings

SUBSTANTIVE, NOTICE, APPOINTMENT = "Triage/Inhoudelijk", "Triage/Mededeling", "Triage/Afspraak"
FOLDERS = (SUBSTANTIVE, NOTICE, APPOINTMENT, "Triage/Ja-nee-misschien")


def corrections(rig: Rig) -> list[Correction]:
    """What was recorded, oldest first."""
    return Corrections(rig.memory.journal.engine).all()


def moved(rig: Rig, uid: int, target: str, source: str = "INBOX") -> None:
    """The teacher moves a mail, as a server does it: under a new UID, with its flags."""
    rig.server.folder("alice", target).add(rig.server.folder("alice", source).messages.pop(uid))


def copied(rig: Rig, uid: int, target: str, source: str = "INBOX") -> None:
    """The teacher copies a mail."""
    original = rig.message(uid, source)
    rig.server.folder("alice", target).add(replace(original, flags=set(original.flags), labels=set(original.labels)))


def lying(rig: Rig, folder: str = "INBOX") -> dict[int, MemoryMessage]:
    """The parents' and others' mails in a folder, without our digests."""
    messages = rig.server.folder("alice", folder).messages
    return {uid: one for uid, one in messages.items() if b"X-Mailtriage" not in one.raw}


def lying_in_corners(rig: Rig) -> int:
    """How many mails the correction folders hold that are not marked as deleted."""
    every = [one for name in FOLDERS for one in rig.server.folder("alice", name).messages.values()]
    return sum("\\Deleted" not in one.flags for one in every)


def test_the_folders_are_made_in_the_language_of_the_school() -> None:
    """Four of them, at the first pass; in English where the school is."""
    assert set(FOLDERS) <= set(Rig().started().server.folder_names("alice"))
    english = Rig(settings(school={"language": "en"})).started()
    assert "Triage/Substantive" in english.server.folder_names("alice")


def test_no_folders_where_the_school_wants_none_or_the_server_has_labels() -> None:
    """A label is a folder of that name: the mails that we mark would lie in it."""
    without = Rig(settings(corrections={"folders": False})).started()
    labels = Rig(server=MemoryServer(marking=Marking.LABEL)).started()
    assert not any("Triage" in name for name in without.server.folder_names("alice"))
    assert not any("Triage" in name for name in labels.server.folder_names("alice"))


@pytest.mark.parametrize(
    ("folders", "expected"),
    [
        ([Folder("INBOX", delimiter="/"), Folder("Drafts")], "Triage/Afspraak"),
        ([Folder("INBOX", delimiter=".")], "Triage.Afspraak"),
        ([Folder("INBOX", delimiter="."), Folder("INBOX.Drafts", delimiter=".")], "INBOX.Triage.Afspraak"),
        ([Folder("INBOX", delimiter=""), Folder("Drafts", delimiter="")], "Triage-Afspraak"),
    ],
)
def test_the_folders_are_named_as_the_server_names_folders(folders: list[Folder], expected: str) -> None:
    """With its delimiter, below INBOX where all others are, and flat where it knows no hierarchy."""
    assert folder_names(folders, "nl")[expected] is Category.APPOINTMENT


def test_a_server_that_takes_folders_below_inbox_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """It refuses the first names, so they are made below INBOX."""
    create = MemoryMailbox.create_folder

    def picky(mailbox: MemoryMailbox, name: str) -> None:
        if not name.startswith("INBOX/"):
            raise MailboxError("the server refused: [CANNOT] not here")
        create(mailbox, name)

    monkeypatch.setattr(MemoryMailbox, "create_folder", picky)
    rig = Rig().started()
    assert "INBOX/Triage/Afspraak" in rig.server.folder_names("alice")
    assert rig.triage.complaints == []


def test_a_server_that_takes_no_folders_is_told_in_status(monkeypatch: pytest.MonkeyPatch) -> None:
    """And everything else goes on."""

    def refuse(_mailbox: MemoryMailbox, _name: str) -> None:
        raise MailboxError("the server refused: [CANNOT] no")

    monkeypatch.setattr(MemoryMailbox, "create_folder", refuse)
    rig = Rig().started()
    rig.deliver("a")
    rig.run()
    assert "folders for corrections" in rig.triage.complaints[0]
    assert len(rig.drafts) == 1


@pytest.mark.parametrize("take", [moved, copied])
def test_a_corrected_mail_lies_where_it_was_with_its_flags(take: Any) -> None:
    """Once, with what the teacher set on it, a new mark, and the draft that is now due; the correction is masked."""
    rig = Rig().started()
    uid = rig.deliver("a", "notice: Sanne is ziek")
    rig.run()
    rig.message(uid).flags |= {"\\Flagged", "Belangrijk"}
    take(rig, uid, SUBSTANTIVE)
    rig.run()
    (message,) = lying(rig).values()
    assert message.flags == {"\\Flagged", "Belangrijk", "Triage-Inhoudelijk"}
    assert lying_in_corners(rig) == 0
    assert [draft["In-Reply-To"] for draft in rig.drafts] == ["<a@thuis.example>"]
    (correction,) = corrections(rig)
    assert (correction.old, correction.new, correction.source) == (Category.NOTICE, Category.SUBSTANTIVE, "folder")
    assert correction.wording.body == "notice: [NAAM] is ziek"
    assert correction.state == "done"


def test_a_draft_that_is_now_wrong_goes_and_comes_back_with_the_category() -> None:
    """Nobody touched it, so it is ours to take away; moved back to substantive, it is due again, once."""
    rig = Rig().started()
    uid = rig.deliver("a")
    rig.run()
    copied(rig, uid, NOTICE)
    rig.run()
    assert rig.drafts == []
    assert rig.message(uid).flags == {"Triage-Mededeling"}
    copied(rig, uid, SUBSTANTIVE)
    rig.run()
    rig.run()
    assert len(rig.drafts) == 1
    assert [(one.new, one.active) for one in corrections(rig)] == [
        (Category.NOTICE, False),
        (Category.SUBSTANTIVE, True),
    ]


def edited(message: MemoryMessage) -> None:
    """The teacher changes the text of a draft."""
    message.raw = message.raw.replace(b"gesprek", b"praatje")


def readdressed(message: MemoryMessage) -> None:
    """The teacher adds a recipient."""
    message.raw = message.raw.replace(b"\r\nSubject:", b"\r\nCc: ib@school.example\r\nSubject:", 1)


def flagged(message: MemoryMessage) -> None:
    """The teacher flags it."""
    message.flags.add("\\Flagged")


@pytest.mark.parametrize("touch", [edited, readdressed, flagged])
def test_a_draft_that_a_teacher_touched_stays(touch: Any) -> None:
    """Whatever the category becomes, it is hers; and no other one is made."""
    rig = Rig().started()
    uid = rig.deliver("a")
    rig.run()
    (draft,) = rig.server.folder("alice", "Drafts").messages.values()
    touch(draft)
    before = draft.raw
    for folder in (NOTICE, SUBSTANTIVE):
        copied(rig, uid, folder)
        rig.run()
    (draft,) = rig.server.folder("alice", "Drafts").messages.values()
    assert draft.raw == before


def test_a_draft_that_a_teacher_removed_is_never_made_again() -> None:
    """Not even when the mail is corrected away and back."""
    rig = Rig().started()
    uid = rig.deliver("a")
    rig.run()
    rig.server.folder("alice", "Drafts").messages.clear()
    for folder in (NOTICE, SUBSTANTIVE):
        copied(rig, uid, folder)
        rig.run()
    assert rig.drafts == []


def test_the_category_of_an_unsure_mail_is_confirmed() -> None:
    """It loses the mark of doubt and gets its draft."""
    rig = Rig().started()
    uid = rig.deliver("a", "unsure substantive")
    rig.run()
    assert rig.message(uid).flags == {"Triage-Onzeker"}
    copied(rig, uid, SUBSTANTIVE)
    rig.run()
    assert rig.message(uid).flags == {"Triage-Inhoudelijk"}
    assert len(rig.drafts) == 1


def test_a_mail_that_no_pass_has_seen_is_corrected_and_known() -> None:
    """The teacher was quicker than the service: it is judged, corrected, put into the inbox, and told of, if unread."""
    rig = Rig().started()
    rig.server.deliver("alice", mail("a", "notice", date=rig.clock()), folder=SUBSTANTIVE, at=rig.clock())
    rig.run()
    (message,) = lying(rig).values()
    assert message.flags == {"Triage-Inhoudelijk"}
    assert len(rig.drafts) == 1
    assert rig.memory.journal.counts("alice")["seen"] == 1
    assert len(rig.digests) == 1


def test_an_old_mail_copied_from_another_folder_stays_there_alone() -> None:
    """The copy goes; the mail is not put into the inbox beside its original."""
    rig = Rig().started()
    rig.server.create("alice", "Archief")
    uid = rig.deliver("a", "notice", folder="Archief")
    rig.clock.advance(days=20)
    copied(rig, uid, SUBSTANTIVE, "Archief")
    rig.run()
    assert set(lying(rig, "Archief")) == {uid}
    assert lying(rig) == {}
    assert lying_in_corners(rig) == 0
    assert rig.message(uid, "Archief").flags == {"Triage-Inhoudelijk"}


@pytest.mark.parametrize("take", [moved, copied])
def test_what_is_no_parents_mail_goes_back_without_a_correction(take: Any) -> None:
    """A colleague's mail, and a digest that was dropped there by accident: unchanged, in the inbox, once."""
    rig = Rig().started()
    colleague = rig.deliver("a", sender="Jan <jan@school.example>")
    rig.deliver("b", "notice")
    rig.run()
    (digest,) = [uid for uid, one in rig.server.folder("alice", "INBOX").messages.items() if b"X-Mailtriage" in one.raw]
    for uid in (colleague, digest):
        take(rig, uid, SUBSTANTIVE)
    rig.run()
    assert corrections(rig) == []
    assert lying_in_corners(rig) == 0
    assert sum(b"jan@school" in one.raw for one in lying(rig).values()) == 1
    assert all(one.flags == set() for one in lying(rig).values() if b"jan@school" in one.raw)
    assert len(digests_of(rig.server)) == 1


def test_a_mail_that_cannot_be_read_goes_back() -> None:
    """Nothing is learned from it, and nothing is lost."""
    rig = Rig().started()
    rig.server.deliver("alice", b"this is no mail at all", folder=NOTICE, at=rig.clock())
    rig.run()
    assert lying_in_corners(rig) == 0
    assert len(lying(rig)) == 1
    assert corrections(rig) == []


def test_a_mail_that_could_not_be_judged_can_be_corrected() -> None:
    """A person knows what the judge does not; ``status`` names it no more."""
    rig = Rig().started()
    uid = rig.deliver("a", "explode")
    rig.run()
    copied(rig, uid, NOTICE)
    rig.run()
    (correction,) = corrections(rig)
    assert (correction.old, correction.new) == (None, Category.NOTICE)
    assert rig.memory.journal.failures("alice") == []
    assert rig.message(uid).flags == {"Triage-Mededeling"}


def test_a_mail_removed_from_a_correction_folder_is_let_go() -> None:
    """What is marked as deleted there is no correction: the teacher changed her mind."""
    rig = Rig().started()
    uid = rig.deliver("a", "notice")
    rig.run()
    copied(rig, uid, SUBSTANTIVE)
    for message in rig.server.folder("alice", SUBSTANTIVE).messages.values():
        message.flags.add("\\Deleted")
    rig.run()
    assert corrections(rig) == []
    assert rig.message(uid).flags == {"Triage-Mededeling"}


def test_a_client_that_moves_by_copying_and_marking_as_deleted() -> None:
    """The original is as good as gone: the mail comes back to the inbox, and the deleted one stays deleted."""
    rig = Rig().started()
    uid = rig.deliver("a", "notice")
    rig.run()
    copied(rig, uid, SUBSTANTIVE)
    rig.message(uid).flags.add("\\Deleted")
    rig.run()
    rig.run()
    alive = [one for one in lying(rig).values() if "\\Deleted" not in one.flags]
    assert [one.flags for one in alive] == [{"Triage-Inhoudelijk"}]
    assert len(rig.drafts) == 1


def test_a_server_that_cannot_move_safely_keeps_the_mail_and_says_so() -> None:
    """Neither MOVE nor UIDPLUS: the correction counts, the mail stays in its folder, ``status`` tells."""
    rig = Rig(server=MemoryServer(move=False, uidplus=False)).started()
    uid = rig.deliver("a", "notice")
    rig.run()
    moved(rig, uid, SUBSTANTIVE)
    rig.run()
    assert "stays in Triage/Inhoudelijk" in rig.triage.complaints[0]
    rig.run()
    assert len(corrections(rig)) == 1
    assert len(rig.drafts) == 1
    (message,) = rig.server.folder("alice", SUBSTANTIVE).messages.values()
    assert message.flags == {"Triage-Inhoudelijk"}


def test_the_folders_are_looked_into_only_when_they_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    """STATUS is all that it costs otherwise, also where something lies there that stays."""
    rig = Rig().started()
    gone = rig.deliver("a", "notice", folder=NOTICE)
    rig.message(gone, NOTICE).flags.add("\\Deleted")
    rig.run()
    opened: list[str] = []
    look = MemoryMailbox.open

    def noted(mailbox: MemoryMailbox, folder: str, **how: Any) -> Any:
        opened.append(folder)
        return look(mailbox, folder, **how)

    monkeypatch.setattr(MemoryMailbox, "open", noted)
    rig.triage.run()
    rig.triage.run()
    assert not set(opened) & set(FOLDERS)


def test_two_corrections_of_one_mail_the_last_counts() -> None:
    """Two teachers, or one who changes her mind."""
    rig = Rig().started()
    uid = rig.deliver("a", "notice")
    rig.run()
    copied(rig, uid, SUBSTANTIVE)
    rig.run()
    copied(rig, uid, APPOINTMENT)
    rig.run()
    assert [one.new for one in corrections(rig) if one.active] == [Category.APPOINTMENT]
    assert rig.message(uid).flags == {"Triage-Afspraak"}
    assert rig.drafts == []


def test_the_same_mail_in_another_account_is_another_mail() -> None:
    """One teacher's correction says nothing of a colleague's mailbox, although both got the mail."""
    rig = Rig(settings(accounts=[{}, {"name": "bob", "username": "bob"}])).started()
    uid = rig.deliver("a", "notice")
    rig.run()
    copied(rig, uid, SUBSTANTIVE)
    rig.run()
    (correction,) = corrections(rig)
    assert correction.account == "alice"
    assert Corrections(rig.memory.journal.engine).marked("bob", EVENING) == []


# -- by mark


def test_another_mark_of_ours_is_a_correction() -> None:
    """The one that we did not set wins, and ours goes."""
    rig = Rig().started()
    uid = rig.deliver("a", "notice")
    rig.run()
    rig.message(uid).flags.add("Triage-Inhoudelijk")
    rig.run()
    assert rig.message(uid).flags == {"Triage-Inhoudelijk"}
    (correction,) = corrections(rig)
    assert (correction.new, correction.source) == (Category.SUBSTANTIVE, "mark")
    assert len(rig.drafts) == 1


@pytest.mark.parametrize(
    "marks",
    [set(), {"Belangrijk"}, {"Triage-Mededeling", "Triage-Notice"}, {"Triage-Afspraak", "Triage-Inhoudelijk"}],
    ids=["ours taken away", "a mark of another", "ours in another language", "two that contradict"],
)
def test_what_is_no_correction_by_mark(marks: set[str]) -> None:
    """It stays as the teacher left it."""
    rig = Rig().started()
    uid = rig.deliver("a", "notice")
    rig.run()
    rig.message(uid).flags = set(marks)
    rig.run()
    assert corrections(rig) == []
    assert rig.message(uid).flags == marks


def test_labels_are_heard_like_keywords() -> None:
    """On a server with labels."""
    rig = Rig(server=MemoryServer(marking=Marking.LABEL)).started()
    uid = rig.deliver("a", "notice")
    rig.run()
    rig.message(uid).labels = {"Triage/Afspraak"}
    rig.run()
    assert rig.message(uid).labels == {"Triage/Afspraak"}
    assert [one.new for one in corrections(rig)] == [Category.APPOINTMENT]


def test_marks_are_looked_at_every_few_minutes_on_one_connection() -> None:
    """Not at each pass, and not of mail that was judged long ago."""
    rig = Rig().started()
    uid = rig.deliver("a", "notice")
    rig.run()
    rig.message(uid).flags = {"Triage-Afspraak"}
    rig.triage.run()
    assert corrections(rig) == []
    rig.clock.advance(minutes=3)
    rig.triage.run()
    assert len(corrections(rig)) == 1
    rig.clock.advance(days=40)
    rig.message(uid).flags = {"Triage-Inhoudelijk"}
    rig.triage.run()
    assert len(corrections(rig)) == 1


def test_no_marks_are_heard_where_the_school_wants_none() -> None:
    """By the setting."""
    rig = Rig(settings(corrections={"marks": False})).started()
    uid = rig.deliver("a", "notice")
    rig.run()
    rig.message(uid).flags = {"Triage-Afspraak"}
    rig.run()
    assert corrections(rig) == []


def test_a_lost_store_does_not_take_its_own_marks_for_a_persons() -> None:
    """Marks that stood there before the mail was judged anew say nothing, and stay."""
    rig = Rig(settings(accounts=[{"reach_back_days": 30}])).started()
    uid = rig.deliver("a", "notice")
    rig.run()
    rig.message(uid).flags = {"Triage-Afspraak"}
    rig.lose_store()
    rig.run()
    rig.run()
    assert corrections(rig) == []
    assert rig.message(uid).flags == {"Triage-Afspraak"}


def test_a_server_that_keeps_the_old_mark_makes_no_correction_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a correction by folder the old mark cannot be taken away: it does not count as a person's."""
    rig = Rig().started()
    uid = rig.deliver("a", "notice")
    rig.run()
    change = MemoryMailbox.change_marks

    def clinging(mailbox: MemoryMailbox, uid: int, *, add: Any = (), remove: Any = ()) -> Any:
        del remove
        return change(mailbox, uid, add=add)

    monkeypatch.setattr(MemoryMailbox, "change_marks", clinging)
    copied(rig, uid, SUBSTANTIVE)
    rig.run()
    rig.run()
    (correction,) = corrections(rig)
    assert correction.new is Category.SUBSTANTIVE
    assert correction.state == "marks"


# -- broken off anywhere

CALLS = {
    "status": 2, "open": 4, "uids_after": 2, "fetch": 3, "find": 3, "remove": 2, "move": 1, "flags": 2, "marks": 2,
    "change_marks": 1, "append": 1, "folders": 1,
}  # fmt: skip
"""The calls of the mailbox at which the connection is lost, and how often each is tried."""


class Breaking:
    """Loses the connection of a rig at the ``nth`` such call from now on."""

    def __init__(self, rig: Rig, when: str, call: str, nth: int) -> None:
        """Order the loss."""
        self.broke = False
        self._rest = rig.server.lost
        self._order = (when, call)
        self._left = nth
        rig.server.lost = self._lost  # type: ignore[method-assign]

    def _lost(self, when: str, call: str, account: str) -> bool:
        if (when, call) == self._order and not self.broke:
            self.broke, self._left = self._left == 0, self._left - 1
            return self.broke
        return self._rest(when, call, account)


@pytest.mark.parametrize(
    ("take", "move", "kind", "target", "mark"),
    [
        (moved, True, "notice", SUBSTANTIVE, "Triage-Inhoudelijk"),
        (moved, False, "substantive", NOTICE, "Triage-Mededeling"),
        (copied, True, "substantive", NOTICE, "Triage-Mededeling"),
    ],
    ids=["moved, draft due", "moved without MOVE, draft wrong", "copied, draft wrong"],
)
def test_broken_off_at_any_call_nothing_is_lost_doubled_or_recorded_twice(
    take: Any, move: bool, kind: str, target: str, mark: str
) -> None:
    """Killed before or after each call: later passes bring it to the same end."""
    broke = 0
    for when, call, nth in [(when, call, nth) for call, most in CALLS.items() for nth in range(most) for when in TIMES]:
        rig = Rig(server=MemoryServer(move=move)).started()
        uid = rig.deliver("a", kind)
        rig.run()
        take(rig, uid, target)
        breaking = Breaking(rig, when, call, nth)
        with contextlib.suppress(ConnectionLostError):
            rig.run()
        if not breaking.broke:
            continue
        broke += 1
        for _ in range(2):
            rig.clock.advance(minutes=5)
            rig.run()
        told = (when, call, nth)
        assert [one.flags for one in lying(rig).values()] == [{mark}], told
        assert lying_in_corners(rig) == 0, told
        assert [(one.new.value, one.state) for one in corrections(rig)] == [(said(target), "done")], told
        assert len(rig.drafts) == (kind == "notice"), told
        assert rig.memory.journal.open_intents("alice") == [], told
    assert broke > 20


TIMES = ("before", "after")


def said(folder: str) -> str:
    """The category of a correction folder."""
    return {SUBSTANTIVE: "substantive", NOTICE: "notice"}[folder]
