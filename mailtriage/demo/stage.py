"""The whole main job on an embedded server: a Tuesday evening, and the morning after.

The very service runs, with a clock that is set by hand. Everything lives on the loopback and in a temporary folder.
"""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

from mailtriage.act.embedded import EmbeddedServer
from mailtriage.act.imap import connect
from mailtriage.act.mailbox import Mailbox
from mailtriage.errors import MailtriageError
from mailtriage.read import read_message
from mailtriage.records import Message
from mailtriage.service import Memory, Opening, Service
from mailtriage.settings import Account, Settings
from mailtriage.store import Bell, Bells, Journal, Known, Place, open_database

ACCOUNT, PASSWORD, INBOX = "groep5", "demo", "INBOX"
PATIENCE = 25.0
"""Seconds after which something is wrong: the demo takes a few."""

EVENING = "2026-09-15T21:40:00+02:00"
MORNING = "2026-09-16T08:15:00+02:00"


class HandClock:
    """A clock that shows what it was set to."""

    def __init__(self, moment: str) -> None:
        """Set it to an ISO 8601 moment with its offset."""
        self.set(moment)

    def set(self, moment: str) -> None:
        """Set it to another moment."""
        self._moment = datetime.fromisoformat(moment).astimezone(UTC)

    def __call__(self) -> datetime:
        """What it shows, in UTC."""
        return self._moment


@dataclass(frozen=True)
class Seen:
    """A message of the demo, and what became of it. ``known`` is None where it is no parent's."""

    message: Message
    known: Known | None
    bell: Bell | None


class Stage:
    """The server, the service and the clock while the demo runs."""

    def __init__(self, server: EmbeddedServer, service: Service, memory: Memory, clock: HandClock) -> None:
        """Take what ``staged`` has put up."""
        self._server = server
        self._service = service
        self._memory = memory
        self.clock = clock

    @property
    def port(self) -> int:
        """Where the server listens, on the loopback, for whoever looks into the mailbox with another program."""
        return self._server.port

    def deliver(self, mails: Sequence[bytes] = ()) -> list[Seen]:
        """Deliver mail (the samples where none is given), wait until the service has dealt with it, and say what became
        of each."""
        mails = mails or sample_mails()
        with self._client() as mailbox:
            uids = [mailbox.append(INBOX, raw, at=self.clock()) or 0 for raw in mails]
            state = mailbox.status(INBOX)
        self.until(lambda: self._finished(max(uids)))
        bells = {bell.message.id: bell for bell in self._bells()}
        seen = []
        for raw, uid in zip(mails, uids, strict=True):
            known = self._memory.journal.find(Place(ACCOUNT, INBOX, state.uidvalidity, uid))
            seen.append(Seen(read_message(raw), known, bells.get(known.id) if known else None))
        return seen

    def morning(self, moment: str = MORNING) -> None:
        """Set the clock to the next morning, or another moment at work, and wait until the teacher was told."""
        self.clock.set(moment)
        self._service.wake()
        self.until(lambda: not self._memory.bells.waiting(ACCOUNT))

    def drafts(self) -> list[Message]:
        """What lies in the Drafts folder."""
        return self._read("Drafts")

    def digests(self) -> list[Message]:
        """The unread digests in the inbox."""
        return [message for message in self._read(INBOX) if "x-mailtriage" in message.headers]

    def _read(self, folder: str) -> list[Message]:
        with self._client() as mailbox:
            mailbox.open(folder, readonly=True)
            fetched = [mailbox.fetch(uid) for uid in mailbox.uids_after(0)]
        return [read_message(one.raw) for one in fetched if one is not None]

    def _bells(self) -> list[Bell]:
        told = [
            bell
            for digest in self._memory.bells.digests(ACCOUNT, "lies")
            for bell in self._memory.bells.told_in(ACCOUNT, digest.id)
        ]
        return [*self._memory.bells.waiting(ACCOUNT), *told]

    def _finished(self, uid: int) -> bool:
        """True where the service has dealt with everything up to ``uid``, and told what cannot wait."""
        mark = self._memory.journal.watermark(ACCOUNT, INBOX)
        urgent = any(bell.urgent for bell in self._memory.bells.waiting(ACCOUNT))
        return mark is not None and mark.last_uid >= uid and not urgent

    def until(self, reached: Callable[[], bool]) -> None:
        """Wait until something is so.

        Raises:
            MailtriageError: it does not happen.
        """
        until = time.monotonic() + PATIENCE
        pause = threading.Event()
        while not reached():
            if time.monotonic() > until:
                raise MailtriageError(
                    "the demo did not come to an end in time",
                    advice="run it again; report what `mailtriage --debug demo` prints",
                )
            pause.wait(0.05)

    @contextmanager
    def _client(self) -> Iterator[Mailbox]:
        mailbox = connect(self._server.connection(ACCOUNT))
        try:
            yield mailbox
        finally:
            mailbox.close()


@contextmanager
def staged(chosen: Settings | None = None, moment: str = EVENING) -> Iterator[Stage]:
    """Put up the server and start the service on a Tuesday evening; take everything down afterwards.

    Args:
        chosen: in place of ``settings()``.
        moment: in place of that evening; with its offset.
    """
    clock = HandClock(moment)
    with (
        tempfile.TemporaryDirectory(prefix="mailtriage-demo-") as folder,
        EmbeddedServer({ACCOUNT: PASSWORD}) as server,
    ):
        engine = open_database(str(Path(folder) / "store.sqlite"))
        memory = Memory(Journal(engine), Bells(engine))

        def reach(account: Account) -> Mailbox:
            return connect(server.connection(account.name))

        service = Service(Opening.of(chosen or settings(), Path(folder)), memory, connect=reach, clock=clock)
        service.start()
        stage = Stage(server, service, memory, clock)
        try:
            stage.until(lambda: memory.journal.watermark(ACCOUNT, INBOX) is not None)
            yield stage
        finally:
            service.stop()
            engine.dispose()


def sample_mails() -> list[bytes]:
    """The invented mails, as bytes of RFC 5322 messages, in order of arrival."""
    folder = files("mailtriage.demo") / "mails"
    return [one.read_bytes() for one in sorted(folder.iterdir(), key=lambda one: one.name) if one.name.endswith(".eml")]


def settings() -> Settings:
    """The configuration of the demo's school."""
    return Settings.model_validate(
        {
            "school": {
                "name": "Basisschool De Regenboog",
                "phone": "010 555 01 23",
                "domains": ["regenboog.example"],
                "management": {"name": "Wil Verbeek (directie)", "phone": "010 555 01 24"},
            },
            "staff": [
                {
                    "name": "Els Vermeer",
                    "called": "juf Els",
                    "address": "els@regenboog.example",
                    "hours": {
                        "monday": ["08:15-12:00", "12:45-16:30"],
                        "tuesday": ["08:15-12:00", "12:45-16:30"],
                        "wednesday": ["08:15-12:30"],
                        "thursday": ["08:15-12:00", "12:45-16:30"],
                    },
                }
            ],
            "accounts": [
                {
                    "name": ACCOUNT,
                    "host": EmbeddedServer.host,
                    "security": "none",
                    "username": ACCOUNT,
                    "address": "groep5@regenboog.example",
                    "secret": {"env": "UNUSED"},
                    "staff": ["Els Vermeer"],
                    "poll_seconds": 2,
                }
            ],
        }
    )
