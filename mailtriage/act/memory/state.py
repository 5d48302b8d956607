"""Folders and messages in memory, under one lock."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count

from mailtriage.act.imap.whole import crlf
from mailtriage.act.mailbox import Capabilities, FolderState, Marking
from mailtriage.errors import MailboxError

WHERE = "memory"


@dataclass
class MemoryMessage:
    """A message as the server keeps it; ``labels`` are used where the server marks by label."""

    raw: bytes
    flags: set[str]
    internaldate: datetime
    labels: set[str] = field(default_factory=set)


@dataclass
class MemoryFolder:
    """A folder: messages by UID. ``version`` grows with every change that a server would report."""

    name: str
    use: str
    uidvalidity: int
    uidnext: int = 1
    messages: dict[int, MemoryMessage] = field(default_factory=dict)
    version: int = 0

    def add(self, message: MemoryMessage) -> int:
        """Put a message in; returns its UID."""
        uid, self.uidnext = self.uidnext, self.uidnext + 1
        self.messages[uid] = message
        self.version += 1
        return uid

    def state(self) -> FolderState:
        """What SELECT would say."""
        return FolderState(self.name, self.uidvalidity, self.uidnext, len(self.messages))


class MemoryState:
    """What the server and its connections share: accounts, folders and ordered faults. See ``MemoryServer``."""

    def __init__(
        self,
        *,
        marking: Marking = Marking.KEYWORD,
        move: bool = True,
        uidplus: bool = True,
        idle: bool = True,
        special_use: bool = True,
    ) -> None:
        names = {"MOVE": move, "UIDPLUS": uidplus, "IDLE": idle, "SPECIAL-USE": special_use}
        self.capabilities = Capabilities(
            marking, move, uidplus, idle, special_use, False, tuple(name for name, has in names.items() if has)
        )
        self.changed = threading.Condition()
        self.drop_marks = False
        self.refuse_appends = False
        self.validities = count(1000)
        self.accounts: dict[str, dict[str, MemoryFolder]] = {}
        self.losses: list[tuple[str, str, str | None]] = []

    def deliver(
        self, account: str, raw: bytes, *, folder: str = "INBOX", at: datetime | None = None, flags: Iterable[str] = ()
    ) -> int:
        """Put a message into a folder, as delivery or another client does; returns its UID."""
        with self.changed:
            message = MemoryMessage(crlf(raw), set(flags), (at or datetime.now(UTC)).replace(microsecond=0))
            uid = self.folder(account, folder).add(message)
            self.changed.notify_all()
            return uid

    def folder(self, account: str, name: str) -> MemoryFolder:
        """A folder, to look into or to change as another client would. ``MailboxError`` where it does not exist."""
        found = self.accounts[account].get("INBOX" if name.upper() == "INBOX" else name)
        if found is None:
            raise MailboxError("the server refused: [TRYCREATE] no such folder", f"{WHERE}, folder {name}")
        return found

    def folder_names(self, account: str) -> Sequence[str]:
        """The names of an account's folders."""
        return tuple(self.accounts[account])

    def create(self, account: str, name: str) -> None:
        """Create a folder; nothing happens where it exists."""
        use = name.lower() if self.capabilities.special_use and name in ("Drafts", "Sent") else ""
        self.accounts[account].setdefault(name, MemoryFolder(name, use, next(self.validities)))

    def delete(self, account: str, name: str) -> None:
        """Delete a folder with its messages, as another client would."""
        with self.changed:
            del self.accounts[account][self.folder(account, name).name]

    def lost(self, when: str, call: str, account: str) -> bool:
        """Whether a loss was ordered here; it is used up by asking."""
        for loss in self.losses:
            if loss in ((when, call, None), (when, call, account)):
                self.losses.remove(loss)
                return True
        return False
