"""Corrections by a teacher's own mail program: a plain IMAP client, the very service, real servers."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from imapclient import IMAPClient

from mailtriage.act.embedded import EmbeddedServer
from mailtriage.act.imap import connect
from mailtriage.act.mailbox import Mailbox
from mailtriage.records import Category
from mailtriage.service import Memory, Service
from mailtriage.settings import Account
from mailtriage.store import Correction, Corrections
from tests.school import settings
from tests.service.bench import ALWAYS, Teacher, at_school, reached, serving, until
from tests.servers.dovecot import Dovecot

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
