"""The mailbox as acting sees it: one Protocol, several adapters.

Words used here, and nowhere else defined:

UID, UIDVALIDITY, UIDNEXT
    RFC 3501 §2.3.1.1. A UID means nothing without its UIDVALIDITY.
mark
    What tells a teacher the category inside the own mail program: a Gmail label or an IMAP keyword.
envelope part
    The header and the text parts of a message, as a small RFC 5322 message of their own: attachments are left on
    the server. ``mailtriage.read`` reads it like any other message.

Errors: ``ConnectionLostError`` where a new connection may help (the adapter is dead after it), ``MailboxError`` where
it will not. No adapter ever sets ``\\Seen`` on a message that it did not write, and none sends mail.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Marking(StrEnum):
    """How this server lets a message be marked."""

    LABEL = "label"
    KEYWORD = "keyword"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a server can do, as far as it matters here."""

    marking: Marking
    move: bool
    uidplus: bool
    idle: bool
    special_use: bool
    condstore: bool
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FolderState:
    """What SELECT, EXAMINE or STATUS said of a folder. ``uidnext`` is 0 where the server did not say."""

    name: str
    uidvalidity: int
    uidnext: int
    exists: int


@dataclass(frozen=True, slots=True)
class Folder:
    """A line of LIST: name as text (decoded from modified UTF-7), RFC 6154 use (``drafts``, ``sent``...; or empty) and
    the hierarchy delimiter (empty where names are flat)."""

    name: str
    use: str = ""
    delimiter: str = "/"


@dataclass(frozen=True, slots=True)
class Fetched:
    """The envelope part of one message, in ``raw``; ``size`` is that of the whole message.

    ``internaldate`` is aware; ``flags`` holds system flags and keywords, without ``\\Recent``. ``truncated`` says that
    a cap cut the header or a text part. Where the envelope part has another Content-Type than the message, the
    original stands in the header ``X-Mailtriage-Original-Content-Type``.
    """

    uid: int
    raw: bytes
    flags: frozenset[str]
    internaldate: datetime
    size: int
    truncated: bool = False


class Mailbox(Protocol):
    """One connection to one account. Not safe for use by several threads at once."""

    @property
    def capabilities(self) -> Capabilities:
        """What the server can do. ``marking`` speaks of the open folder; a folder opened ``readonly`` takes no
        keywords, and neither does none."""

    def folders(self) -> Sequence[Folder]:
        """Every folder that can be selected."""

    def create_folder(self, name: str) -> None:
        """Create and subscribe a folder; nothing happens where it exists."""

    def open(self, folder: str, *, readonly: bool = False) -> FolderState:
        """SELECT (or EXAMINE, where ``readonly``). The calls below that take UIDs speak of this folder, until the next
        ``open`` or ``find``."""

    def status(self, folder: str) -> FolderState:
        """STATUS of a folder that need not be open; its state on the server now."""

    def uids_after(self, uid: int) -> Sequence[int]:
        """UIDs above ``uid`` in the open folder, ascending."""

    def uids_since(self, moment: datetime) -> Sequence[int]:
        """UIDs of messages whose INTERNALDATE is at or after ``moment``, ascending."""

    def fetch(self, uid: int) -> Fetched | None:
        """The envelope part of a message, without setting ``\\Seen``; None where it is gone."""

    def fetch_whole(self, uid: int) -> bytes | None:
        """Every octet of a message, attachments too, without setting ``\\Seen``; None where it is gone. For mail that
        a teacher wrote; ``MailboxError`` where it is larger than any server sends (64 MiB)."""

    def flags(self, uids: Iterable[int]) -> Mapping[int, frozenset[str]]:
        """Flags of the messages that still exist."""

    def marks(self, uids: Iterable[int]) -> Mapping[int, frozenset[str]]:
        """Marks (labels or keywords, by ``capabilities.marking``) of the messages that still exist."""

    def change_marks(self, uid: int, *, add: Iterable[str] = (), remove: Iterable[str] = ()) -> frozenset[str]:
        """Set and unset marks, read them back, and return every mark that really stands there. A server that refuses
        a mark, or takes and drops it, raises nothing: the answer tells. Empty where the message is gone."""

    def find(self, folder: str, message_id: str) -> Sequence[int]:
        """UIDs in ``folder`` whose Message-ID header is exactly this, ascending. Looks by SEARCH and, since SEARCH
        HEADER is unreliable on some servers, in the headers of the latest messages too.

        Opens ``folder`` read-only and leaves it open: afterwards the caller opens the folder that it works in again."""

    def append(self, folder: str, raw: bytes, *, flags: Iterable[str] = (), at: datetime | None = None) -> int | None:
        """APPEND a message that this program wrote; the open folder stays open. Returns its UID where the server tells
        it (RFC 4315), else None. After ``ConnectionLostError`` nobody knows whether it arrived: ``find`` it."""

    def remove_folder(self, name: str) -> None:
        """Unsubscribe and delete a folder. Whatever lies in it goes with it: look first."""

    def move(self, uids: Sequence[int], folder: str) -> Mapping[int, int]:
        """Move messages from the open folder: MOVE, else COPY, STORE ``\\Deleted`` and UID EXPUNGE; where the server
        has neither MOVE nor UIDPLUS, ``MailboxError``: a bare EXPUNGE would remove what others marked.

        Returns the new UID of each message of which the server told it (COPYUID, RFC 4315); the others may have been
        moved or may not have been there any more."""

    def remove(self, uids: Sequence[int]) -> None:
        """Delete messages *of our own* from the open folder: ``\\Deleted`` and UID EXPUNGE; without UIDPLUS they are
        only marked ``\\Deleted`` and ``\\Seen``."""

    def wait(self, timeout: float) -> bool:
        """Wait in the open folder until the server reports something or ``timeout`` seconds have passed; IDLE where
        there is IDLE. True on any report, also on one that came since ``uids_after`` was last called; it is a hint, so
        look whatever it says. Returns within a moment after ``wake`` was called."""

    def wake(self) -> None:
        """End the ``wait`` that goes on, else the next one. The only call that is safe from another thread."""

    def close(self) -> None:
        """Log out and close; never raises."""
