"""An account on a server in memory, worked on pass by pass."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from mailtriage.act.memory import MemoryMessage, MemoryServer
from mailtriage.act.teller import Told
from mailtriage.records import Address
from mailtriage.service.worker import begin
from mailtriage.settings import Settings
from mailtriage.triage import Desk, Triage
from tests.school import HandClock, digests_of, drafts_of, mail, memory, opening, settings


class Rig:
    """One account, a store in memory, a clock, and a connection that is made anew after each ``drop``."""

    def __init__(self, chosen: Settings | None = None, server: MemoryServer | None = None) -> None:
        """Take settings of ``tests.school`` and an empty server."""
        self.server = server or MemoryServer()
        self.server.add_account("alice")
        self.clock = HandClock()
        self.memory = memory()
        self.use(chosen or settings())

    def use(self, chosen: Settings) -> None:
        """Take other settings into use."""
        self.settings = chosen
        self._triage: Triage | None = None
        self.desk: Desk = opening(chosen).desk(chosen.accounts[0], self.clock)

    def drop(self) -> None:
        """Crash: forget everything but the store and the server."""
        self.use(self.settings)

    def lose_store(self) -> None:
        """Start with an empty store."""
        self.memory = memory()
        self.drop()

    @property
    def triage(self) -> Triage:
        """Passes on the present connection."""
        if self._triage is None:
            self._triage = begin(self.desk, self.server.connect("alice"), self.memory)
        return self._triage

    def run(self) -> Told | None:
        """One pass, on a new connection."""
        self._triage = None
        return self.triage.run()

    def started(self) -> Rig:
        """Have had the first contact, so that what comes now is new."""
        self.run()
        return self

    def deliver(self, name: str, text: str = "substantive", **headers: Any) -> int:
        """A parent's mail arrives now, see ``tests.school.mail``; returns its UID."""
        folder = headers.pop("folder", "INBOX")
        raw = mail(name, text, date=self.clock(), **headers)
        return self.server.deliver("alice", raw, folder=folder, at=self.clock())

    def message(self, uid: int, folder: str = "INBOX") -> MemoryMessage:
        """A message as it lies on the server."""
        return self.server.folder("alice", folder).messages[uid]

    @property
    def drafts(self) -> list[EmailMessage]:
        """What lies in Drafts."""
        return [parsed(raw) for raw in drafts_of(self.server)]

    @property
    def digests(self) -> list[str]:
        """The text of the unread digests."""
        return [text_of(parsed(raw)) for raw in digests_of(self.server)]

    @property
    def digest(self) -> str:
        """The text of the one unread digest."""
        (digest,) = self.digests
        return digest


def parsed(raw: bytes) -> EmailMessage:
    """A mail as the standard library reads it."""
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    """The text of a mail."""
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content())


ELS = Address("Els Vermeer", "groep5@school.example")
