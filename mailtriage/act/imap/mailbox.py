"""``Mailbox`` over IMAP (RFC 3501), with what servers really do. See ``mailtriage.act.mailbox`` for the words."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from imapclient.datetime_util import parse_to_datetime

from mailtriage.act.imap import marks as marking
from mailtriage.act.imap.bodies import fetch_envelope_part, fetch_whole
from mailtriage.act.imap.envelope import message_ids
from mailtriage.act.imap.faults import CAUGHT, classified, lost
from mailtriage.act.imap.listing import create, listed
from mailtriage.act.imap.waiting import Waker, wait_for_news
from mailtriage.act.imap.whole import crlf
from mailtriage.act.imap.wire import Client
from mailtriage.act.mailbox import Capabilities, Fetched, Folder, FolderState, Marking
from mailtriage.errors import ConnectionLostError, MailboxError

BATCH = 500
"""Messages named in one command."""

LATEST = 50
"""How many of the latest messages ``find`` looks through where SEARCH finds nothing."""

_APPENDUID = re.compile(rb"\[APPENDUID \d+ (\d+)\]", re.IGNORECASE)
_LOGOUT_TIMEOUT = 2.0


class ImapMailbox:
    """One logged-in connection; made by ``mailtriage.act.imap.connect``.

    After a ``ConnectionLostError`` it is dead: every further call raises the same error without touching the network.

    Args:
        client: the logged-in connection.
        where: host and port, for errors.
    """

    def __init__(self, client: Client, where: str) -> None:
        self._client = client
        self._where = where
        self._waker = Waker()
        self._dead = False
        self._news = False
        self._keywords = False

    @property
    def capabilities(self) -> Capabilities:
        """See ``Mailbox.capabilities``."""
        with self._talking():
            names = tuple(name.decode("ascii", "replace") for name in self._client.capabilities())
        able = frozenset(names)
        return Capabilities(
            marking=marking.choose(able, keywords=self._keywords),
            move="MOVE" in able,
            uidplus="UIDPLUS" in able,
            idle="IDLE" in able,
            special_use="SPECIAL-USE" in able,
            condstore="CONDSTORE" in able,
            names=names,
        )

    def folders(self) -> Sequence[Folder]:
        """See ``Mailbox.folders``."""
        with self._talking():
            return listed(self._client)

    def create_folder(self, name: str) -> None:
        """See ``Mailbox.create_folder``."""
        with self._talking():
            create(self._client, name)

    def open(self, folder: str, *, readonly: bool = False) -> FolderState:
        """See ``Mailbox.open``. ``MailboxError`` where the server gives no UIDVALIDITY: its UIDs mean nothing."""
        with self._talking(folder):
            self._news = self._keywords = False
            said = self._client.select_folder(folder, readonly=readonly)
            self._keywords = b"\\*" in said.get(b"PERMANENTFLAGS", ())
            self._client.forget_reports()  # EXISTS in answer to SELECT is no news
            return _state(folder, said, b"EXISTS")

    def status(self, folder: str) -> FolderState:
        """See ``Mailbox.status``."""
        with self._talking(folder):
            said = self._client.folder_status(folder, ["MESSAGES", "UIDNEXT", "UIDVALIDITY"])
            return _state(folder, {key.upper(): value for key, value in said.items()}, b"MESSAGES")

    def uids_after(self, uid: int) -> Sequence[int]:
        """See ``Mailbox.uids_after``. ``n:*`` always holds the last message (RFC 3501 §6.4.8): it is dropped here."""
        self._news = False
        return [found for found in self._search(["UID", f"{uid + 1}:*"]) if found > uid]

    def uids_since(self, moment: datetime) -> Sequence[int]:
        """See ``Mailbox.uids_since``. SEARCH SINCE knows days without a zone (RFC 3501 §6.4.4), so it searches from a
        day earlier and INTERNALDATE decides, to the second."""
        earliest = moment.replace(microsecond=0)
        found = self._search(["SINCE", (earliest.astimezone(UTC) - timedelta(days=1)).date()])
        rows = self._rows(found, "INTERNALDATE")
        return sorted(uid for uid, row in rows.items() if _internaldate(row) >= earliest)

    def fetch(self, uid: int) -> Fetched | None:
        """See ``Mailbox.fetch``."""
        with self._talking():
            part = fetch_envelope_part(self._client, uid)
            if part is None:
                return None
            size = part.row.get(b"RFC822.SIZE")
            return Fetched(
                uid=uid,
                raw=part.raw,
                flags=marking.flags_of(part.row),
                internaldate=_internaldate(part.row),
                size=size if isinstance(size, int) else len(part.raw),
                truncated=part.truncated,
            )

    def fetch_whole(self, uid: int) -> bytes | None:
        """See ``Mailbox.fetch_whole``."""
        with self._talking():
            return fetch_whole(self._client, uid)

    def flags(self, uids: Iterable[int]) -> Mapping[int, frozenset[str]]:
        """See ``Mailbox.flags``."""
        return {uid: marking.flags_of(row) for uid, row in self._rows(uids, "FLAGS").items()}

    def marks(self, uids: Iterable[int]) -> Mapping[int, frozenset[str]]:
        """See ``Mailbox.marks``."""
        how = self.capabilities.marking
        rows = self._rows(uids, marking.ITEM[how])
        return {uid: marking.marks_of(row, how) for uid, row in rows.items()}

    def change_marks(self, uid: int, *, add: Iterable[str] = (), remove: Iterable[str] = ()) -> frozenset[str]:
        """See ``Mailbox.change_marks``. A server that refuses a mark (Exchange: ``BAD ... 11``) is no error: the
        answer tells what stands there."""
        how = self.capabilities.marking
        if how is not Marking.NOTHING:
            for sign, names in (("+", marking.quoted(add, how)), ("-", marking.quoted(remove, how))):
                if names:
                    with contextlib.suppress(MailboxError), self._talking():
                        self._client.store([uid], sign + marking.ITEM[how], names)
        return self.marks([uid]).get(uid, frozenset())

    def find(self, folder: str, message_id: str) -> Sequence[int]:
        """See ``Mailbox.find``."""
        wanted = message_id.strip()
        state = self.open(folder, readonly=True)
        found: Sequence[int] = []
        if wanted.isascii() and wanted.isprintable():  # a quoted string can carry it, and nothing of it is a command
            escaped = wanted.replace("\\", "\\\\").replace('"', '\\"')
            with contextlib.suppress(MailboxError):  # a server that cannot search headers; the look below decides
                found = self._with_message_id(self._search(f'HEADER Message-ID "{escaped}"'), wanted)
        if found or not state.exists:
            return found
        return self._with_message_id(self._search([f"{max(1, state.exists - LATEST + 1)}:*"]), wanted)

    def append(self, folder: str, raw: bytes, *, flags: Iterable[str] = (), at: datetime | None = None) -> int | None:
        """See ``Mailbox.append``. Line ends become CRLF (RFC 3501 §2.2)."""
        with self._talking(folder):
            said = self._client.append(folder, crlf(raw), flags=tuple(flags), msg_time=at)
        told = _APPENDUID.search(said or b"")
        return int(told[1]) if told else None

    def remove_folder(self, name: str) -> None:
        """See ``Mailbox.remove_folder``. The selected folder is left first: some servers refuse to delete that."""
        with self._talking(name):
            self._client.select_folder("INBOX", readonly=True)
            self._client.unsubscribe_folder(name)
            self._client.delete_folder(name)

    def move(self, uids: Sequence[int], folder: str) -> Mapping[int, int]:
        """See ``Mailbox.move`` (RFC 6851; RFC 4315 for the way without it)."""
        able = self.capabilities
        if not able.move and not able.uidplus:
            raise MailboxError(
                "this server has neither MOVE nor UIDPLUS, so nothing is moved",
                self._where,
                "moving there would delete what others marked as deleted; leave mail in the inbox on this server",
            )
        arrived: dict[int, int] = {}
        for batch in _batches(uids):
            with self._talking(folder):
                self._copied()  # an earlier answer that nobody asked for
                if able.move:
                    self._client.move(batch, folder)
                    arrived |= self._copied()
                else:
                    arrived |= self._copy_and_delete(batch, folder)
        return {uid: new for uid, new in arrived.items() if new}

    def remove(self, uids: Sequence[int]) -> None:
        """See ``Mailbox.remove``."""
        uidplus = self.capabilities.uidplus
        for batch in _batches(uids):
            with self._talking():
                self._client.store(batch, "+FLAGS.SILENT", ["\\Deleted"] if uidplus else ["\\Deleted", "\\Seen"])
                if uidplus:
                    self._client.uid_expunge(batch)

    def wait(self, timeout: float) -> bool:
        """See ``Mailbox.wait``."""
        idle = self.capabilities.idle
        if self._news:  # reported between two commands; IDLE would not repeat it
            self._news = False
            return True
        with self._talking():
            told = wait_for_news(self._client, self._waker, timeout, idle=idle)
            self._client.forget_reports()
            return told

    def wake(self) -> None:
        """See ``Mailbox.wake``."""
        self._waker.wake()

    def close(self) -> None:
        """See ``Mailbox.close``. Folders are not closed first: CLOSE would expunge (RFC 3501 §6.4.2)."""
        with contextlib.suppress(*CAUGHT):
            if not self._dead:
                self._client.socket().settimeout(_LOGOUT_TIMEOUT)
                self._client.logout()
        self._dead = True
        with contextlib.suppress(*CAUGHT):
            self._client.wire.shutdown()
        self._waker.close()

    def _search(self, criteria: str | Sequence[Any]) -> list[int]:
        with self._talking():
            return sorted(set(self._client.search(criteria)))

    def _rows(self, uids: Iterable[int], item: str) -> dict[int, Mapping[bytes, Any]]:
        rows: dict[int, Mapping[bytes, Any]] = {}
        for batch in _batches(sorted(set(uids))):
            with self._talking():
                rows |= self._client.rows(batch, ("UID", item))
        return rows

    def _with_message_id(self, uids: Iterable[int], wanted: str) -> list[int]:
        rows = self._rows(uids, "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]")
        return sorted(uid for uid, row in rows.items() if wanted in _message_ids(row))

    def _copied(self) -> dict[int, int]:
        """What the last COPYUID said (RFC 4315 §3): the new UID of each message, 0 where the lists do not match."""
        _, told = self._client.wire.response("COPYUID")
        words = told[-1].split() if told and told[-1] else []
        before, after = ([*marking.uid_list(word)] for word in words[1:3]) if len(words) >= 3 else ([], [])
        return dict(zip(before, after, strict=True)) if len(before) == len(after) else dict.fromkeys(before, 0)

    def _copy_and_delete(self, uids: Sequence[int], folder: str) -> dict[int, int]:
        self._client.copy(uids, folder)
        arrived = {uid: new for uid, new in self._copied().items() if uid in set(uids)}
        copied = sorted(arrived)
        if copied:
            self._client.store(copied, "+FLAGS.SILENT", ["\\Deleted"])
            self._client.uid_expunge(copied)
        elif self._client.rows(uids, ("UID",)):
            raise MailboxError(
                "the server does not confirm what it copied, so nothing was deleted",
                self._where,
                f"look into {folder} for copies",
            )
        return arrived

    @contextlib.contextmanager
    def _talking(self, folder: str = "") -> Iterator[None]:
        """One exchange with the server: its errors become ours, and what it reports meanwhile is not lost."""
        if self._dead:
            raise lost("the connection is gone", self._where)
        try:
            yield
        except CAUGHT as error:
            where = f"{self._where}, folder {folder}" if folder else self._where
            ours = classified(error, where, self._client.bye())
            if isinstance(ours, ConnectionLostError):
                self._drop()
            raise ours from (error if isinstance(error, OSError) else None)  # others may quote a mail
        finally:
            self._news = self._client.forget_reports() or self._news

    def _drop(self) -> None:
        self._dead = True
        with contextlib.suppress(*CAUGHT):
            self._client.wire.shutdown()


def _state(folder: str, said: Mapping[bytes, Any], exists: bytes) -> FolderState:
    if not isinstance(said.get(b"UIDVALIDITY"), int):
        raise MailboxError("the server gives no UIDVALIDITY", folder, "its messages cannot be told apart safely")
    return FolderState(folder, said[b"UIDVALIDITY"], int(said.get(b"UIDNEXT") or 0), int(said.get(exists) or 0))


def _internaldate(row: Mapping[bytes, Any]) -> datetime:
    """INTERNALDATE, aware; now where the server gives none that can be read."""
    try:
        date: datetime = parse_to_datetime(row[b"INTERNALDATE"], normalise=False)
    except (KeyError, ValueError, TypeError, AttributeError):
        return datetime.now(UTC)
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _message_ids(row: Mapping[bytes, Any]) -> frozenset[str]:
    headers = (value for key, value in row.items() if key.startswith(b"BODY[") and isinstance(value, bytes))
    return message_ids(b"".join(headers))


def _batches(uids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (uids[start : start + BATCH] for start in range(0, len(uids), BATCH))
