"""``Mailbox`` on a server in memory."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from mailtriage.act.imap.envelope import message_ids
from mailtriage.act.imap.whole import envelope_part_of
from mailtriage.act.mailbox import Capabilities, Fetched, Folder, FolderState, Marking
from mailtriage.act.memory.state import WHERE, MemoryFolder, MemoryMessage, MemoryState
from mailtriage.errors import ConnectionLostError, MailboxError


class MemoryMailbox:
    """``Mailbox`` on a ``MemoryServer``; see ``mailtriage.act.mailbox`` for the calls."""

    def __init__(self, server: MemoryState, account: str) -> None:
        self.account = account
        self.dead = False
        self._server = server
        self._open: MemoryFolder | None = None
        self._readonly = False
        self._seen = 0
        self._woken = False

    @property
    def capabilities(self) -> Capabilities:
        """See ``Mailbox.capabilities``."""
        able = self._server.capabilities
        if able.marking is Marking.KEYWORD and (self._open is None or self._readonly):
            return replace(able, marking=Marking.NOTHING)
        return able

    def folders(self) -> Sequence[Folder]:
        """See ``Mailbox.folders``."""
        with self._talking("folders"):
            names = self._server.folder_names(self.account)
            return [Folder(name, self._server.folder(self.account, name).use) for name in names]

    def create_folder(self, name: str) -> None:
        """See ``Mailbox.create_folder``."""
        with self._talking("create_folder"):
            self._server.create(self.account, name)

    def open(self, folder: str, *, readonly: bool = False) -> FolderState:
        """See ``Mailbox.open``."""
        with self._talking("open"):
            self._open = self._server.folder(self.account, folder)
            self._readonly = readonly
            self._seen = self._open.version
            return replace(self._open.state(), name=folder)

    def status(self, folder: str) -> FolderState:
        """See ``Mailbox.status``."""
        with self._talking("status"):
            return replace(self._server.folder(self.account, folder).state(), name=folder)

    def uids_after(self, uid: int) -> Sequence[int]:
        """See ``Mailbox.uids_after``."""
        with self._talking("uids_after"):
            self._seen = self._selected.version
            return sorted(found for found in self._selected.messages if found > uid)

    def uids_since(self, moment: datetime) -> Sequence[int]:
        """See ``Mailbox.uids_since``."""
        with self._talking("uids_since"):
            earliest = moment.replace(microsecond=0)
            return sorted(uid for uid, message in self._selected.messages.items() if message.internaldate >= earliest)

    def fetch(self, uid: int) -> Fetched | None:
        """See ``Mailbox.fetch``."""
        with self._talking("fetch"):
            message = self._selected.messages.get(uid)
            if message is None:
                return None
            raw, truncated = envelope_part_of(message.raw)
            flags = frozenset(message.flags)
            return Fetched(uid, raw, flags, message.internaldate, len(message.raw), truncated)

    def fetch_whole(self, uid: int) -> bytes | None:
        """See ``Mailbox.fetch_whole``."""
        with self._talking("fetch_whole"):
            message = self._selected.messages.get(uid)
            return None if message is None else message.raw

    def flags(self, uids: Iterable[int]) -> Mapping[int, frozenset[str]]:
        """See ``Mailbox.flags``."""
        with self._talking("flags"):
            return {uid: frozenset(message.flags) for uid, message in self._existing(uids)}

    def marks(self, uids: Iterable[int]) -> Mapping[int, frozenset[str]]:
        """See ``Mailbox.marks``."""
        with self._talking("marks"):
            return {uid: self._marks_of(message) for uid, message in self._existing(uids)}

    def change_marks(self, uid: int, *, add: Iterable[str] = (), remove: Iterable[str] = ()) -> frozenset[str]:
        """See ``Mailbox.change_marks``."""
        with self._talking("change_marks"):
            message = self._selected.messages.get(uid)
            if message is None:
                return frozenset()
            how = self.capabilities.marking
            if how is not Marking.NOTHING and not self._readonly and not self._server.drop_marks:
                place = message.labels if how is Marking.LABEL else message.flags
                place |= set(add)
                place -= set(remove)
            return self._marks_of(message)

    def find(self, folder: str, message_id: str) -> Sequence[int]:
        """See ``Mailbox.find``."""
        self.open(folder, readonly=True)
        with self._talking("find"):
            messages = self._selected.messages.items()
            headers = ((uid, message.raw.partition(b"\r\n\r\n")[0] + b"\r\n") for uid, message in messages)
            return sorted(uid for uid, header in headers if message_id.strip() in message_ids(header))

    def append(self, folder: str, raw: bytes, *, flags: Iterable[str] = (), at: datetime | None = None) -> int | None:
        """See ``Mailbox.append``."""
        with self._talking("append"):
            if self._server.refuse_appends:
                raise MailboxError("the server refused: [OVERQUOTA] quota exceeded", f"{WHERE}, folder {folder}")
            self._server.folder(self.account, folder)
            uid = self._server.deliver(self.account, raw, folder=folder, at=at, flags=flags)
            return uid if self._server.capabilities.uidplus else None

    def remove_folder(self, name: str) -> None:
        """See ``Mailbox.remove_folder``."""
        with self._talking("remove_folder"):
            self._server.delete(self.account, name)

    def move(self, uids: Sequence[int], folder: str) -> Mapping[int, int]:
        """See ``Mailbox.move``."""
        with self._talking("move"):
            able = self._server.capabilities
            if not able.move and not able.uidplus:
                raise MailboxError("this server has neither MOVE nor UIDPLUS, so nothing is moved", WHERE)
            target = self._server.folder(self.account, folder)
            arrived = {}
            for uid, message in self._existing(uids):
                del self._selected.messages[uid]
                self._selected.version += 1
                arrived[uid] = target.add(message)
            return arrived if able.uidplus else {}

    def remove(self, uids: Sequence[int]) -> None:
        """See ``Mailbox.remove``."""
        with self._talking("remove"):
            for uid, message in self._existing(uids):
                if self._server.capabilities.uidplus:
                    del self._selected.messages[uid]
                    self._selected.version += 1
                else:
                    message.flags |= {"\\Deleted", "\\Seen"}

    def wait(self, timeout: float) -> bool:
        """See ``Mailbox.wait``."""
        with self._talking("wait"):
            folder = self._selected
            self._server.changed.wait_for(
                lambda: self.dead or self._woken or folder.version != self._seen, timeout=max(timeout, 0)
            )
            self._woken = False
            self._alive()
            told = folder.version != self._seen
            self._seen = folder.version
            return told

    def wake(self) -> None:
        """See ``Mailbox.wake``."""
        with self._server.changed:
            self._woken = True
            self._server.changed.notify_all()

    def close(self) -> None:
        """See ``Mailbox.close``."""
        self.dead = True

    @property
    def _selected(self) -> MemoryFolder:
        if self._open is None:
            raise MailboxError("no folder is open", WHERE)
        return self._open

    def _existing(self, uids: Iterable[int]) -> list[tuple[int, MemoryMessage]]:
        messages = self._selected.messages
        return [(uid, messages[uid]) for uid in sorted(set(uids)) if uid in messages]

    def _marks_of(self, message: MemoryMessage) -> frozenset[str]:
        if self._server.capabilities.marking is Marking.LABEL:
            return frozenset(message.labels)
        if self.capabilities.marking is Marking.NOTHING:
            return frozenset()
        return frozenset(flag for flag in message.flags if not flag.startswith("\\"))

    def _alive(self) -> None:
        if self.dead:
            raise ConnectionLostError("the connection is gone", WHERE, "it is tried again on a new connection")

    @contextlib.contextmanager
    def _talking(self, call: str) -> Iterator[None]:
        """One call: alone on the server, with the losses that were ordered."""
        with self._server.changed:
            self._alive()
            self.dead = self._server.lost("before", call, self.account)
            self._alive()
            yield
            self.dead = self._server.lost("after", call, self.account)
            self._server.changed.notify_all()
            self._alive()
