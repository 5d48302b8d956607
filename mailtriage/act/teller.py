"""Telling teachers: from waiting notifications to at most one unread digest in the inbox."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailtriage.act.compose import digest_bytes
from mailtriage.act.digest import Digest, DigestWriter, Item, digest_id, item_of
from mailtriage.act.hands import HANDLED
from mailtriage.act.mailbox import Mailbox
from mailtriage.records import Address, Message, Verdict
from mailtriage.store import Bell, Bells

SEEN = "\\Seen"

Recall = Callable[[bytes], tuple[Message | None, Verdict | None]]
"""Reads and judges a message again, for the words that the store does not keep; a part is None where it fails."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a round of telling did."""

    digest: Digest | None
    told: tuple[int, ...]
    dropped: tuple[int, ...]


class Teller:
    """Tells one account's staff what came in."""

    def __init__(self, mailbox: Mailbox, bells: Bells, writer: DigestWriter, *, account: str, address: Address) -> None:
        """Take an open mailbox; ``address`` is the account's, which the digest is from and to."""
        self._mailbox = mailbox
        self._bells = bells
        self._writer = writer
        self._account = account
        self._address = address

    def settle(self, inbox: str) -> None:
        """After a restart: find out what became of a digest whose APPEND was not confirmed."""
        for digest in self._bells.digests(self._account, "open"):
            if self._mailbox.find(inbox, digest.header_id):
                self._bells.digest_lies(digest.id)
            else:
                # Its notifications are still waiting: telling twice is better than never.
                self._bells.digest_gone(digest.id)

    def tell(self, inbox: str, due: Sequence[Bell], recall: Recall, now: datetime) -> Told:
        """Append one digest about what is due and still unread, taking the place of an unread one.

        Args:
            inbox: the folder for the digest.
            due: what is due now.
            recall: see ``Recall``.
            now: aware.

        Returns:
            The digest, and the ids of the notifications that it tells and of those dropped because their message has
            been read, answered or removed. No digest where nothing is left to tell.
        """
        earlier = self._unread_digests(inbox)
        carried = [bell for number in earlier for bell in self._bells.told_in(self._account, number)]
        open_bells, handled = self._still_open([*carried, *due])
        self._bells.drop(bell.id for bell in handled)
        fresh = {bell.id for bell in due}
        dropped = tuple(bell.id for bell in handled if bell.id in fresh)
        if not any(bell.id in fresh for bell in open_bells):
            return Told(None, (), dropped)
        ids = [bell.id for bell in open_bells]
        header_id = digest_id(self._account, self._address.domain, ids, now)
        digest = self._writer.write([self._item(bell, recall) for bell in open_bells])
        number = self._bells.open_digest(self._account, header_id, ids, now)
        raw = digest_bytes(self._address, digest.subject, header_id, digest.text, digest.html, now)
        self._mailbox.append(inbox, raw)
        self._bells.digest_lies(number)
        for old in earlier:
            self._take_away(inbox, old, earlier[old])
        return Told(digest, tuple(ids), dropped)

    def _unread_digests(self, inbox: str) -> dict[int, int]:
        """Our digests that lie unread in the inbox: number in the store to UID. The others are noted as gone."""
        unread: dict[int, int] = {}
        for digest in self._bells.digests(self._account, "lies"):
            uids = self._mailbox.find(inbox, digest.header_id)
            flags = self._mailbox.flags(uids)
            if uids and not flags.get(uids[-1], frozenset({SEEN})) & {SEEN, *HANDLED, "\\Flagged"}:
                unread[digest.id] = uids[-1]
            else:
                self._bells.digest_gone(digest.id)
        return unread

    def _take_away(self, inbox: str, number: int, uid: int) -> None:
        self._mailbox.open(inbox)
        self._mailbox.remove([uid])
        self._bells.digest_gone(number)

    def _still_open(self, bells: Sequence[Bell]) -> tuple[list[Bell], list[Bell]]:
        """Those whose message still waits unread where it was, and the others."""
        still: list[Bell] = []
        handled: list[Bell] = []
        for folder in dict.fromkeys(bell.message.place.folder for bell in bells):
            here = [bell for bell in bells if bell.message.place.folder == folder]
            state = self._mailbox.open(folder, readonly=True)
            flags = self._mailbox.flags([bell.message.place.uid for bell in here])
            for bell in here:
                place = bell.message.place
                now = flags.get(place.uid) if state.uidvalidity == place.uidvalidity else None
                waits = now is not None and not now & {SEEN, *HANDLED}
                (still if waits else handled).append(bell)
        return still, handled

    def _item(self, bell: Bell, recall: Recall) -> Item:
        place = bell.message.place
        self._mailbox.open(place.folder, readonly=True)
        fetched = self._mailbox.fetch(place.uid)
        message, verdict = recall(fetched.raw) if fetched else (None, None)
        return item_of(bell.message, message, verdict, drafted=bell.drafted)
