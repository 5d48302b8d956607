"""Taking back what was done in a mailbox, on a server in memory."""

from __future__ import annotations

import pytest

from mailtriage.act.mailbox import Marking
from mailtriage.act.memory import MemoryMailbox, MemoryServer
from mailtriage.errors import MailboxError
from mailtriage.service.releasing import holder_of
from mailtriage.triage.undoing import Undoer, Undone
from tests.act.rig import Rig
from tests.act.test_holding import LATER, MORNING, holding, names, only
from tests.school import EVENING, is_digest


def undone(rig: Rig, *, really: bool = True, filed: bool = False) -> dict[str, Undone]:
    """What an undo says, by the first word of each kind."""
    account = rig.desk.account
    mailbox = rig.server.connect("alice")
    journal, bells = rig.memory.journal, rig.memory.bells
    holder = holder_of(rig.settings, account, mailbox, journal, rig.clock, lambda *_: None)
    undoer = Undoer("alice", mailbox, bells, holder, inbox="INBOX", drafts="Drafts", really=really, filed=filed)
    return {one.what.split()[0]: one for one in undoer.run()}


def a_day(server: MemoryServer | None = None) -> Rig:
    """An account with a mail of the day, marked, answered by a draft and told; and one that is held for the night."""
    rig = holding(server=server)
    rig.deliver("a")
    rig.run()
    rig.clock.moment = MORNING
    rig.run()
    rig.clock.moment = EVENING.replace(day=16)
    rig.deliver("b")
    rig.run()
    assert (names(rig, "INBOX"), names(rig, LATER), len(rig.drafts), len(rig.digests)) == (["a"], ["b"], 2, 1)
    return rig


def everything(rig: Rig) -> dict[str, list[tuple[bytes, frozenset[str]]]]:
    """All that lies on the server."""
    folders = rig.server.accounts["alice"]
    return {
        name: [(one.raw, frozenset(one.flags | one.labels)) for one in folder.messages.values()]
        for name, folder in folders.items()
    }


def test_the_folder_stays_while_the_server_may_still_file_mail_into_it() -> None:
    """Deleting it would take along what is filed at that moment."""
    rig = a_day()
    told = undone(rig, filed=True)["empty"]
    assert told.left == (f"{LATER}, into which the server may still file mail",)
    assert LATER in rig.server.folder_names("alice")
    assert names(rig, LATER) == []


@pytest.mark.parametrize("marking", [Marking.KEYWORD, Marking.LABEL])
def test_nothing_of_ours_is_left(marking: Marking) -> None:
    """Held mail is back, unread; digests, drafts, marks and folders are gone."""
    rig = a_day(MemoryServer(marking=marking))
    before = everything(rig)
    told = undone(rig, really=False)
    assert everything(rig) == before
    assert {what: (one.count, one.left) for what, one in undone(rig).items()} == {
        what: (one.count, one.left) for what, one in told.items()
    }
    assert set(rig.server.folder_names("alice")) == {"INBOX", "Drafts", "Sent"}
    assert names(rig, "INBOX") == ["a", "b"]
    assert all(not one.flags and not one.labels for one in rig.server.folder("alice", "INBOX").messages.values())
    assert (rig.drafts, rig.digests) == ([], [])
    assert all(one.count == 0 for one in undone(rig).values())


def test_what_a_person_touched_stays_and_is_told() -> None:
    """A draft with another recipient, a flagged digest, mail in a folder of ours, what was deleted in the hold."""
    rig = a_day()
    draft, _ = rig.server.folder("alice", "Drafts").messages.values()
    draft.raw = draft.raw.replace(b"\r\nSubject:", b"\r\nCc: ib@school.example\r\nSubject:", 1)
    (digest,) = [one for one in rig.server.folder("alice", "INBOX").messages.values() if is_digest(one.raw)]
    digest.flags.add("\\Flagged")
    only(rig, LATER).flags.add("\\Deleted")
    rig.deliver("c", "notice", folder="Triage/Afspraak")
    done = undone(rig)
    assert done["untouched"].left == ("1 that somebody edited or flagged",)
    assert done["unread"].left == ("1 that somebody read, flagged or deleted",)
    assert done["empty"].left == ("Triage/Afspraak holds 1 message", f"{LATER} holds 1 message")
    assert len(rig.drafts) == len(rig.digests) == 1
    assert names(rig, LATER) == ["b"]


def test_a_reply_of_a_teacher_to_a_thread_with_our_draft_is_hers() -> None:
    """It names our draft's Message-ID, and is none of ours."""
    rig = a_day()
    ours = rig.drafts[0]["Message-ID"]
    raw = f"From: els@school.example\r\nMessage-ID: <x@y>\r\nIn-Reply-To: {ours}\r\n\r\nBeste".encode()
    rig.server.deliver("alice", raw, folder="Drafts")
    done = undone(rig)["untouched"]
    assert (done.count, done.left) == (2, ())
    assert len(rig.drafts) == 1


def test_without_the_store_held_mail_drafts_and_marks_go_all_the_same() -> None:
    """Only digests stay: nobody could tell one from a mail that says it is one."""
    rig = a_day()
    rig.lose_store()
    done = undone(rig)
    assert (done["held"].count, done["untouched"].count, done["messages"].count) == (1, 2, 2)
    assert len(rig.digests) == 1


def test_a_server_that_refuses_is_told_and_keeps_nothing_else_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here it lets no folder go."""

    def refuse(_mailbox: MemoryMailbox, _name: str) -> None:
        raise MailboxError("no")

    monkeypatch.setattr(MemoryMailbox, "remove_folder", refuse)
    rig = a_day()
    done = undone(rig)
    assert done["empty"].left == ("the server refused (no)",)
    assert names(rig, "INBOX") == ["a", "b"]
