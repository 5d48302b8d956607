"""The places that the contract is tried on: a server, an account, and what a test can do to both."""

from __future__ import annotations

import contextlib
import itertools
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime

from imapclient import IMAPClient

from mailtriage.act.embedded import EmbeddedServer
from mailtriage.act.imap import Connection, connect
from mailtriage.act.mailbox import Mailbox, Marking
from mailtriage.act.memory import MemoryServer
from tests.servers.cyrus import Cyrus
from tests.servers.dovecot import Dovecot
from tests.servers.relay import Relay

_NUMBERS = itertools.count(1)


class Place(ABC):
    """One account on one server."""

    marking: Marking
    """How this server lets messages be marked."""

    def __init__(self) -> None:
        self._opened: list[Mailbox] = []

    def connect(self, password: str | None = None) -> Mailbox:
        """A new connection; with another password than the right one if given."""
        mailbox = self._connected(password)
        self._opened.append(mailbox)
        return mailbox

    def close(self) -> None:
        """Close every connection that was opened."""
        for mailbox in self._opened:
            mailbox.close()

    @abstractmethod
    def _connected(self, password: str | None) -> Mailbox: ...

    @abstractmethod
    def deliver(self, raw: bytes, folder: str = "INBOX", at: datetime | None = None) -> None:
        """Another client puts a message there, unseen."""

    @abstractmethod
    def flags_elsewhere(self, folder: str, uid: int) -> set[str]:
        """The flags as another client sees them, without ``\\Recent``."""

    @abstractmethod
    def delete_elsewhere(self, folder: str, uid: int) -> None:
        """Another client marks a message as deleted, without expunging."""

    @abstractmethod
    def recreate(self, folder: str) -> None:
        """Another client deletes a folder and makes it again, so that its UIDVALIDITY changes."""

    @abstractmethod
    def cut_at_next_call(self) -> None:
        """Lose the connections in the middle of the next fetch."""

    @abstractmethod
    def cut(self) -> None:
        """Cut every connection now."""

    @abstractmethod
    def go_down(self) -> None:
        """Cut every connection and take no more."""


class MemoryPlace(Place):
    """An account in memory."""

    marking = Marking.KEYWORD

    def __init__(self) -> None:
        super().__init__()
        self._server = MemoryServer()
        self._server.add_account("alice")

    def _connected(self, password: str | None) -> Mailbox:
        return self._server.connect("alice", password)

    def deliver(self, raw: bytes, folder: str = "INBOX", at: datetime | None = None) -> None:
        """See ``Place``."""
        self._server.deliver("alice", raw, folder=folder, at=at)

    def flags_elsewhere(self, folder: str, uid: int) -> set[str]:
        """See ``Place``."""
        return set(self._server.folder("alice", folder).messages[uid].flags)

    def delete_elsewhere(self, folder: str, uid: int) -> None:
        """See ``Place``."""
        self._server.folder("alice", folder).messages[uid].flags.add("\\Deleted")

    def recreate(self, folder: str) -> None:
        """See ``Place``."""
        self._server.delete("alice", folder)
        self._server.create("alice", folder)

    def cut_at_next_call(self) -> None:
        """See ``Place``."""
        self._server.lose("before", "fetch")

    def cut(self) -> None:
        """See ``Place``."""
        self._server.cut()

    def go_down(self) -> None:
        """See ``Place``."""
        self._server.stop()


class ImapPlace(Place):
    """An account on an IMAP server, with a relay in between."""

    def __init__(self, connection: Connection, client: AbstractContextManager[IMAPClient]) -> None:
        super().__init__()
        self.relay = Relay(connection.port)
        self.connection = replace(connection, port=self.relay.port)
        self._stack = contextlib.ExitStack()
        self._client = self._stack.enter_context(client)

    def _connected(self, password: str | None) -> Mailbox:
        if password is None:
            return connect(self.connection)
        return connect(replace(self.connection, secret=lambda: password))

    def close(self) -> None:
        """See ``Place``."""
        super().close()
        self._stack.close()
        self.relay.close()

    def deliver(self, raw: bytes, folder: str = "INBOX", at: datetime | None = None) -> None:
        """See ``Place``."""
        self._client.append(folder, raw.replace(b"\n", b"\r\n"), msg_time=at)

    def flags_elsewhere(self, folder: str, uid: int) -> set[str]:
        """See ``Place``."""
        self._client.select_folder(folder, readonly=True)
        flags = self._client.get_flags([uid])[uid]
        return {flag.decode() for flag in flags} - {"\\Recent"}

    def delete_elsewhere(self, folder: str, uid: int) -> None:
        """See ``Place``."""
        self._client.select_folder(folder)
        self._client.add_flags([uid], [b"\\Deleted"])

    def recreate(self, folder: str) -> None:
        """See ``Place``."""
        self._client.delete_folder(folder)
        self._client.create_folder(folder)

    def cut_at_next_call(self) -> None:
        """See ``Place``."""
        self.relay.cut_at_next_request()

    def cut(self) -> None:
        """See ``Place``."""
        self.relay.cut()

    def go_down(self) -> None:
        """See ``Place``."""
        self.relay.close()


class DovecotPlace(ImapPlace):
    """A new account on Dovecot, over TLS."""

    marking = Marking.KEYWORD

    def __init__(self, server: Dovecot) -> None:
        user = f"user{next(_NUMBERS)}"
        super().__init__(server.connection(user), server.client(user))


class CyrusPlace(ImapPlace):
    """A new account on Cyrus."""

    marking = Marking.KEYWORD

    def __init__(self, server: Cyrus) -> None:
        user = f"user{next(_NUMBERS)}"
        super().__init__(server.connection(user), server.client(user))


class PymapPlace(ImapPlace):
    """An account on an embedded server of its own: the poor server, which drops keywords."""

    marking = Marking.NOTHING

    def __init__(self) -> None:
        self.server = EmbeddedServer({"alice": "geheim"})
        self.server.__enter__()
        super().__init__(self.server.connection("alice"), _client(self.server))

    def close(self) -> None:
        """See ``Place``."""
        super().close()
        self.server.stop()


@contextlib.contextmanager
def _client(server: EmbeddedServer) -> Iterator[IMAPClient]:
    with IMAPClient(server.host, server.port, ssl=False, timeout=20) as client:
        client.login("alice", server.accounts["alice"])
        yield client


def opened(place: Place, folder: str = "INBOX") -> Mailbox:
    """A connection with an open folder."""
    mailbox = place.connect()
    mailbox.open(folder)
    return mailbox


def delivered(place: Place, raw: bytes) -> tuple[Mailbox, int]:
    """A connection, and the UID of the mail that was delivered to its inbox."""
    place.deliver(raw)
    mailbox = opened(place)
    (uid,) = mailbox.uids_after(0)
    return mailbox, uid
