"""What one person hands over to another: mail that was told, asks for something, and was not answered."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from mailtriage.act.digest import Handed
from mailtriage.act.hands import HANDLED
from mailtriage.act.items import Item, item_of, pressing
from mailtriage.act.mailbox import Mailbox
from mailtriage.decide import Handover
from mailtriage.errors import MailboxError
from mailtriage.records import Category, Flag, Message, Verdict
from mailtriage.store import Bell, Bells, Intent, Known

MOST_HANDED = 10
"""How many messages are handed over one by one; the rest are counted."""

NOT_HANDED_OUT = "the server does not hand it out"
"""What the failure of such a message begins with. It is not asked for again: the server may break down over it."""

Recall = Callable[[bytes], tuple[Message | None, Verdict | None]]
"""Reads and judges a message again, for the words that the store does not keep; a part is None where it fails."""

Draft = Callable[[Known], Intent | None]
"""The draft that was made or intended for a message (``Corrections.draft_of``)."""


class Handing:
    """Finds what is still open from an earlier stretch of others, on one account."""

    def __init__(self, mailbox: Mailbox, bells: Bells, *, account: str, draft_of: Draft) -> None:
        """Take an open mailbox."""
        self._mailbox = mailbox
        self._bells = bells
        self._account = account
        self._draft_of = draft_of

    def over(self, handover: Handover, recall: Recall, *, but: Collection[int] = ()) -> Handed:
        """What is handed over, the most pressing and then the oldest first.

        Args:
            handover: from when until when the others had the mailbox.
            recall: see ``Recall``.
            but: notifications whose messages the digest tells anyhow.

        Raises:
            ConnectionLostError: the connection is gone.
        """
        told = self._bells.told_between(self._account, handover.since, handover.until)
        asking = [bell for bell in told if bell.id not in but and _asks(bell.message)]
        still = sorted(self._open(asking), key=lambda bell: (pressing(light(bell)), bell.message.id))
        items = tuple(self._item(bell, recall) for bell in still[:MOST_HANDED])
        return Handed(items, len(still) - len(items))

    def _open(self, bells: Sequence[Bell]) -> list[Bell]:
        """Those whose message is where it was and was not answered; whoever moved one away has dealt with it."""
        found = []
        for folder in dict.fromkeys(bell.message.place.folder for bell in bells):
            here = [bell for bell in bells if bell.message.place.folder == folder]
            try:
                state = self._mailbox.open(folder, readonly=True) if folder else None
                flags = self._mailbox.flags([bell.message.place.uid for bell in here]) if state else {}
            except MailboxError:  # the folder was deleted or renamed
                continue
            found += [
                bell
                for bell in here
                if state
                and bell.message.place.uidvalidity == state.uidvalidity
                and not flags.get(bell.message.place.uid, HANDLED) & HANDLED
            ]
        return found

    def _item(self, bell: Bell, recall: Recall) -> Item:
        lies = bell.drafted and self._draft_lies(bell.message)
        return recalled(self._mailbox, bell, recall, drafted=lies, draft_gone=bell.drafted and not lies)

    def _draft_lies(self, known: Known) -> bool:
        draft = self._draft_of(known)
        try:
            return draft is not None and bool(self._mailbox.find(draft.folder, draft.header_id))
        except MailboxError:
            return False


def recalled(mailbox: Mailbox, bell: Bell, recall: Recall, *, drafted: bool, draft_gone: bool = False) -> Item:
    """What a digest tells of a message, with the words that are fetched from the server again.

    Raises:
        ConnectionLostError: the connection is gone.
    """
    place, fetched = bell.message.place, None
    try:
        if not bell.message.failure.startswith(NOT_HANDED_OUT):
            mailbox.open(place.folder, readonly=True)
            fetched = mailbox.fetch(place.uid)
    except MailboxError:
        pass  # told without its words
    message, verdict = recall(fetched.raw) if fetched else (None, None)
    item = item_of(bell.message, message, verdict, drafted=drafted, draft_gone=draft_gone)
    return replace(item, contact_told_at=bell.contact_told_at)


def light(bell: Bell) -> Item:
    """A message without its words, for counting and sorting."""
    return item_of(bell.message, None, None, drafted=bell.drafted)


def _asks(known: Known) -> bool:
    """Whether a message asks something of whoever has the mailbox now. Private mail was for one person."""
    if Flag.PERSONAL in known.flags:
        return False
    return known.unsure or known.category is not Category.NOTICE
