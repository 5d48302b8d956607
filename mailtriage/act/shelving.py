"""Mail that is held, as it lies on the server: what a person did to it, finding it again, and taking it back."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Hashable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from mailtriage.act.correcting import DELETED, Lying, Returner
from mailtriage.act.mailbox import Fetched, Mailbox
from mailtriage.errors import ConnectionLostError, MailboxError, UnreadableMessageError
from mailtriage.read import read_message
from mailtriage.store import Journal, Known, Place

__all__ = ["DELETED", "TAKEN_UP", "Shelf"]

TAKEN_UP = frozenset({"\\Seen", "\\Answered", DELETED})
"""A held message with one of these has been dealt with by a person."""

_SKEW = timedelta(days=2)
"""How far back a message is looked for that may have been moved: it keeps its INTERNALDATE."""


class Shelf:
    """Looks at and touches single messages of one account on one connection."""

    def __init__(
        self, mailbox: Mailbox, journal: Journal, account: str, *, losses: Counter[Hashable], tries: int
    ) -> None:
        """Take an open mailbox; a message over which the connection was lost ``tries`` times by ``losses``, which
        counts them by place, is not fetched again."""
        self._mailbox = mailbox
        self._journal = journal
        self._account = account
        self._losses = losses
        self._tries = tries

    def flags_at(self, place: Place) -> frozenset[str] | None:
        """Open the folder of a message; its flags, None where it is not in its place."""
        if not place.folder:
            return None
        try:
            state = self._mailbox.open(place.folder)
        except MailboxError:  # the folder was deleted or renamed
            return None
        return self._mailbox.flags([place.uid]).get(place.uid) if state.uidvalidity == place.uidvalidity else None

    def fetched(self, place: Place) -> Fetched | None:
        """Open the folder of a message and fetch it; None where it is gone or not handed out."""
        with suppress(MailboxError):
            self._mailbox.open(place.folder)
            return self._handed_out(place)
        return None

    def recognised(self, fetched: Fetched) -> Known | None:
        """The same message, at whatever place it was seen before."""
        return self._journal.recognise(self._account, digest_of(fetched.raw))

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
            place = Place(self._account, folder, state.uidvalidity, uid)
            fetched = self._handed_out(place)
            known = self.recognised(fetched) if fetched else None
            if known is not None and known.id == message.id:
                return place
        return None

    def alike(self, one: Place, other: Place) -> bool:
        """Whether two messages are the same to the last octet that is fetched, so that one of them can be spared.
        A fingerprint does not say so: it leaves attachments out."""
        first, second = self.fetched(one), self.fetched(other)
        return bool(first and second and (first.size, first.raw) == (second.size, second.raw))

    def remove(self, place: Place) -> None:
        """Remove one of two copies of a message."""
        self._mailbox.open(place.folder)
        self._mailbox.remove([place.uid])

    def bring_back(self, place: Place, watched: Sequence[str]) -> Place | None:
        """Move a message of which no hold is known into the first watched folder; where the very same lies in one of
        them, a move was broken off once, and only this copy is removed.

        Returns:
            Where it lies now, with UID 0 where nobody can tell; None where it is gone.

        Raises:
            MailboxError: the server refuses; the message stays where it is.
        """
        fetched = self.fetched(place)
        if fetched is not None:
            returner = Returner(self._mailbox, self._account, watched, (place.folder,))
            return returner.bring_back(Lying(place, fetched), None, _message_id(fetched.raw), search=False)
        before = self._mailbox.status(watched[0])
        if self.flags_at(place) is None:
            return None
        told = self._mailbox.move([place.uid], watched[0])
        return Place(self._account, watched[0], before.uidvalidity, told.get(place.uid, 0))

    def _handed_out(self, place: Place) -> Fetched | None:
        """A message of the open folder. One that the server does not hand out can still be moved."""
        if self._losses[place] >= self._tries:
            return None
        try:
            return self._mailbox.fetch(place.uid)
        except ConnectionLostError:
            self._losses[place] += 1
            raise
        except MailboxError:
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
