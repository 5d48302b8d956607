"""Corrections by a teacher's own mail program: a plain IMAP client, the very service, real servers."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from imapclient import IMAPClient
from sqlalchemy import select

from mailtriage.act.embedded import EmbeddedServer
from mailtriage.act.hands import Outcome
from mailtriage.act.imap import connect
from mailtriage.act.mailbox import Mailbox
from mailtriage.records import Category
from mailtriage.service import Memory, Service
from mailtriage.settings import Account
from mailtriage.store import Correction, Corrections, Intent, schema
from mailtriage.store.known import known_from
from tests.school import settings
from tests.servers.dovecot import Dovecot
from tests.service.bench import ALWAYS, Program, Teacher, at_school, reached, serving, teacher, until

SUBSTANTIVE, NOTICE, APPOINTMENT = "Triage/Inhoudelijk", "Triage/Mededeling", "Triage/Afspraak"


@dataclass
class School:
    """A teacher, the service on the same account, and its store."""

    teacher: Teacher
    service: Service
    store: Memory
    user: str

    @property
    def corrections(self) -> list[Correction]:
        """What the store recorded, oldest first."""
        return Corrections(self.store.journal.engine).all()

    def mended(self, count: int = 1) -> list[Correction]:
        """Wait until so many corrections are recorded, the mailbox shows each, and no folder holds mail."""
        self.service.wake()

        def look() -> list[Correction]:
            found = self.corrections
            done = len(found) == count and all(one.state != "open" for one in found)
            return found if done and not self.store.journal.open_intents(self.user) and not self.lying() else []

        return until(look)

    def lying(self) -> list[str]:
        """The correction folders that hold mail."""
        folders = [str(name) for _, _, name in self.teacher.client.list_folders("Triage/")]
        return [name for name in folders if self.teacher.client.folder_status(name, ["MESSAGES"])[b"MESSAGES"]]

    def judged(self, *names: str) -> None:
        """Wait until mails are in the store and all that was intended for them is done."""
        self.service.wake()
        until(lambda: self.store.journal.counts(self.user)["seen"] >= len(names))
        until(lambda: not self.store.journal.open_intents(self.user))

    def uid(self, name: str, folder: str = "INBOX") -> int:
        """The UID of a mail."""
        wanted = f"<{name}@thuis.example>"
        (uid,) = [uid for uid, _, one in self.teacher.messages(folder) if one["Message-ID"] == wanted]
        return uid

    def move(self, name: str, folder: str, source: str = "INBOX") -> None:
        """The teacher drags a mail into a folder."""
        uid = self.uid(name, source)
        self.teacher.client.select_folder(source)
        self.teacher.client.move([uid], folder)

    def copy(self, name: str, folder: str, source: str = "INBOX") -> None:
        """The teacher copies a mail into a folder."""
        uid = self.uid(name, source)
        self.teacher.client.select_folder(source)
        self.teacher.client.copy([uid], folder)


Opened = Callable[[str], contextlib.AbstractContextManager[School]]


@contextlib.contextmanager
def on_dovecot(server: Dovecot, user: str, **sections: Any) -> Iterator[School]:
    """A school on Dovecot, which has keywords."""
    chosen = at_school(server, user, **sections)
    with server.client(user) as client, serving(chosen) as (service, store):
        reached(store, user)
        yield School(Teacher(client), service, store, user)


@contextlib.contextmanager
def on_pymap(user: str) -> Iterator[School]:
    """A school on pymap, which has neither keywords nor SPECIAL-USE."""
    with EmbeddedServer({user: "geheim"}) as server:

        def reach(account: Account) -> Mailbox:
            return connect(server.connection(account.name))

        account = {"name": user, "username": user, "poll_seconds": 2.0}
        chosen = settings(accounts=[account], school={"public_holidays": ""}, staff=ALWAYS)
        with (
            IMAPClient(server.host, server.port, ssl=False, timeout=20) as client,
            serving(chosen, connect=reach) as (service, store),
        ):
            client.login(user, "geheim")
            reached(store, user)
            yield School(Teacher(client), service, store, user)


@pytest.fixture(params=[pytest.param("dovecot", marks=pytest.mark.dovecot), "pymap"])
def opened(request: pytest.FixtureRequest) -> Opened:
    """Opens a school on each kind of server in turn."""
    if request.param == "pymap":
        return on_pymap
    server: Dovecot = request.getfixturevalue("dovecot")
    return lambda user: on_dovecot(server, f"corr-{user}")


def test_a_mail_moved_into_a_folder_comes_back_and_gets_its_draft(opened: Opened) -> None:
    """Judged a notice, moved to substantive: it lies unread in the inbox again, once, with one draft."""
    with opened("moved") as school:
        school.teacher.get("a", "notice")
        school.judged("a")
        school.move("a", SUBSTANTIVE)
        (correction,) = school.mended()
        assert (correction.old, correction.new, correction.source) == (
            Category.NOTICE,
            Category.SUBSTANTIVE,
            "folder",
        )
        assert school.teacher.drafts() == ["a"]
        flags = school.teacher.flags()["a"]
        assert "\\Seen" not in flags
        assert flags <= {"Triage-Inhoudelijk"}


def test_a_copy_is_removed_and_the_original_stays(opened: Opened) -> None:
    """Judged substantive, copied to notice: the original keeps its UID, the copy goes, and so does the draft."""
    with opened("copied") as school:
        school.teacher.get("a", "substantive")
        school.judged("a")
        assert school.teacher.drafts() == ["a"]
        before = school.uid("a")
        school.copy("a", NOTICE)
        (correction,) = school.mended()
        assert correction.new is Category.NOTICE
        assert school.uid("a") == before
        assert school.teacher.drafts() == []
        assert school.teacher.flags()["a"] <= {"Triage-Mededeling"}


def test_undo_and_a_second_teacher(opened: Opened) -> None:
    """Substantive to notice, then back by another hand: the last one counts, with one draft and one mail."""
    with opened("undo") as school:
        school.teacher.get("a", "substantive")
        school.judged("a")
        school.move("a", NOTICE)
        school.mended(1)
        assert school.teacher.drafts() == []
        school.copy("a", SUBSTANTIVE)
        corrections = school.mended(2)
        assert [(one.new, one.active) for one in corrections] == [
            (Category.NOTICE, False),
            (Category.SUBSTANTIVE, True),
        ]
        assert school.teacher.drafts() == ["a"]
        assert list(school.teacher.flags()) == ["a"]


def test_several_mails_at_once(opened: Opened) -> None:
    """Moved and copied, of parents and of a colleague, and a digest: each is where it was, once."""
    with opened("several") as school:
        for name, kind in (("a", "notice"), ("b", "substantive"), ("c", "yes_no")):
            school.teacher.get(name, kind)
        school.teacher.get("d", sender="Jan <jan@school.example>")
        school.judged("a", "b", "c")
        until(school.teacher.digests)
        for name in "abd":
            school.move(name, APPOINTMENT)
        school.copy("c", APPOINTMENT)
        ((digest, _, _),) = [one for one in school.teacher.messages() if one[2]["X-Mailtriage"] == "digest"]
        school.teacher.client.select_folder("INBOX")
        school.teacher.client.move([digest], APPOINTMENT)
        assert {one.new for one in school.mended(3)} == {Category.APPOINTMENT}
        assert sorted(school.teacher.flags()) == ["a", "b", "c", "d"]
        assert len([one for one in school.teacher.messages() if not one[2]["X-Mailtriage"]]) == 4
        assert len([one for one in school.teacher.messages() if one[2]["X-Mailtriage"]]) >= 1
        assert school.teacher.drafts() == []


def test_a_draft_that_the_teacher_edited_stays(opened: Opened) -> None:
    """Her mail program saved it anew under the same Message-ID; the category changes, her words do not."""
    with opened("edited") as school:
        school.teacher.get("a", "substantive")
        school.judged("a")
        ((uid, _, _),) = school.teacher.messages("Drafts")
        school.teacher.client.select_folder("Drafts")
        raw = school.teacher.client.fetch([uid], ["BODY.PEEK[]"])[uid][b"BODY[]"]
        hers = raw.replace(b"Met vriendelijke groet", b"Tot morgen")
        assert hers != raw
        school.teacher.client.append("Drafts", hers, ["\\Draft", "\\Seen"])
        school.teacher.client.delete_messages([uid])
        school.teacher.client.expunge([uid])
        school.move("a", NOTICE)
        school.mended()
        ((_, _, draft),) = school.teacher.messages("Drafts")
        assert "Tot morgen" in draft.get_content()


@pytest.mark.dovecot
def test_a_keyword_is_a_correction(dovecot: Dovecot) -> None:
    """The teacher tags a mail in her mail program: ours goes, hers stays, the draft follows."""
    with on_dovecot(dovecot, "corr-keyword") as school:
        school.teacher.get("a", "notice")
        school.judged("a")
        assert school.teacher.flags()["a"] == {"Triage-Mededeling"}
        school.teacher.flag(lambda one: not one["X-Mailtriage"], "Triage-Inhoudelijk")
        school.service.stop()
        with serving(at_school(dovecot, "corr-keyword"), school.store) as (school.service, _):
            (correction,) = school.mended()
            assert correction.source == "mark"
            assert school.teacher.flags()["a"] == {"Triage-Inhoudelijk"}
            assert school.teacher.drafts() == ["a"]


@pytest.mark.dovecot
def test_a_mail_moved_while_the_service_was_killed(dovecot: Dovecot, tmp_path: Path) -> None:
    """SIGKILL as soon as a correction is recorded, mail after mail: each comes back, once, with a draft."""
    program = Program(tmp_path)
    program.configure(dovecot, "corr-killed")
    model = "\n[classifier]\nunsure_below = 0.0\n"
    program.file.write_text(program.file.read_text("utf-8") + model, "utf-8")
    names = [f"m{number}" for number in range(6)]
    with teacher(dovecot, "corr-killed") as her:
        with program.running():
            until(lambda: program.events("started"))
            reached(program.store, "corr-killed")
            for name in names:
                her.get(name, "Sanne is vandaag ziek en blijft thuis.", subject=name)
            until(lambda: program.store.journal.counts("corr-killed")["seen"] == len(names))
        for number, name in enumerate(names):
            uid = next(uid for uid, _, one in her.messages() if one["Subject"] == name)
            her.client.select_folder("INBOX")
            her.client.move([uid], SUBSTANTIVE)
            with program.running():
                corrected_more_than(program, number)
        for _ in range(2):  # the first finds what was moved back and not noted, the second mends it
            assert program.once("--once").returncode == 0
        store = Corrections(program.store.journal.engine)
        assert [one.new for one in store.all()] == [Category.SUBSTANTIVE] * len(names)
        assert sorted(str(one["Subject"]) for _, _, one in her.messages() if not one["X-Mailtriage"]) == names
        assert her.client.folder_status(SUBSTANTIVE, ["MESSAGES"])[b"MESSAGES"] == 0
        assert sorted(set(her.drafts())) == her.drafts()
        # Where the kill came within an APPEND nobody can know whether a person removed the draft: it is not made again.
        known = [one.message for one in store.all()]
        outcomes = [intent.outcome for intent in draft_intents(program, known)]
        made = sum(outcome in (Outcome.DONE, Outcome.FOUND) for outcome in outcomes)
        assert len(her.drafts()) == made
        assert set(outcomes) <= {Outcome.DONE, Outcome.FOUND, Outcome.UNCERTAIN, Outcome.WAITING}


def corrected_more_than(program: Program, count: int) -> None:
    """Wait until the log tells of more corrections."""
    until(lambda: len(program.events("corrected")) > count)


def draft_intents(program: Program, messages: Sequence[int | None]) -> list[Intent]:
    """The drafts that were intended for messages."""
    with program.store.journal.engine.connect() as connection:
        rows = connection.execute(select(schema.messages).where(schema.messages.c.id.in_(messages))).all()
    store = Corrections(program.store.journal.engine)
    found = [store.draft_of(known_from(row._mapping)) for row in rows]
    return [intent for intent in found if intent is not None]
