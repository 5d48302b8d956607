"""Mail that is held, as it lies on the server: what a person did to it, finding it again, and taking it back."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from mailtriage.act.correcting import DELETED, Lying, Returner
from mailtriage.act.mailbox import Fetched, Mailbox
from mailtriage.errors import MailboxError, UnreadableMessageError
from mailtriage.read import read_message
from mailtriage.store import Journal, Known, Place

__all__ = ["DELETED", "TAKEN_UP", "Shelf"]

TAKEN_UP = frozenset({"\\Seen", "\\Answered", DELETED})
"""A held message with one of these has been dealt with by a person."""

_SKEW = timedelta(days=2)
"""How far back a message is looked for that may have been moved: it keeps its INTERNALDATE."""


class Shelf:
    """Looks at and touches single messages of one account on one connection."""

    def __init__(self, mailbox: Mailbox, journal: Journal, account: str) -> None:
        """Take an open mailbox."""
        self._mailbox = mailbox
        self._journal = journal
        self._account = account

    def flags_at(self, place: Place) -> frozenset[str] | None:
        """Open the folder of a message; its flags, None where it is not in its place."""
        if not place.folder:
            return None
        try:
            state = self._mailbox.open(place.folder)
        except MailboxError:  # the folder was deleted or renamed
            return None
        return self._mailbox.flags([place.uid]).get(place.uid) if state.uidvalidity == place.uidvalidity else None

    def arrival(self, place: Place) -> datetime | None:
        """The INTERNALDATE of a message; None where it is gone or not handed out."""
        fetched = self._fetched(place)
        return fetched.internaldate if fetched else None

    def find(self, folder: str, message: Known, since: datetime, *, after: int = -1) -> Place | None:
        """Where a known message lies in a folder in which no pass has seen it.

        Args:
            folder: in which to look.
            message: recognised by its fingerprint.
            since: aware; about when it came.
            after: only UIDs above this; where it is below 0, those that the watermark has not passed.
        """
        state = self._mailbox.open(folder, readonly=True)
        mark = self._journal.watermark(self._account, folder)
        if after < 0 and mark is not None and mark.uidvalidity == state.uidvalidity:
            after = mark.last_uid
        uids = self._mailbox.uids_after(after) if after >= 0 else self._mailbox.uids_since(since - _SKEW)
        for uid in uids:
            fetched = self._mailbox.fetch(uid)
            known = self._journal.recognise(self._account, digest_of(fetched.raw)) if fetched else None
            if known is not None and known.id == message.id:
                return Place(self._account, folder, state.uidvalidity, uid)
        return None

    def remove(self, place: Place) -> None:
        """Remove one of two copies of a message."""
        self._mailbox.open(place.folder)
        self._mailbox.remove([place.uid])

    def bring_back(self, place: Place, watched: Sequence[str]) -> bool:
        """Move a message that the store does not know into the first watched folder; where its original lies in one of
        them, only the copy is removed. Returns False where it is gone.

        Raises:
            MailboxError: the server refuses; the message stays where it is.
        """
        fetched = self._fetched(place)
        if fetched is not None:
            returner = Returner(self._mailbox, self._account, watched, (place.folder,))
            returner.bring_back(Lying(place, fetched), None, _message_id(fetched.raw), search=False)
            return True
        if self.flags_at(place) is None:
            return False
        self._mailbox.move([place.uid], watched[0])
        return True

    def _fetched(self, place: Place) -> Fetched | None:
        with suppress(MailboxError):  # a message that the server does not hand out can still be moved
            self._mailbox.open(place.folder)
            return self._mailbox.fetch(place.uid)
        return None


def digest_of(raw: bytes) -> str:
    """By what the store recognises a message, whether it can be read or not."""
    try:
        return read_message(raw).digest
    except UnreadableMessageError:
        return hashlib.sha256(raw).hexdigest()


def _message_id(raw: bytes) -> str:
    try:
        return read_message(raw).message_id
    except UnreadableMessageError:
        return ""
