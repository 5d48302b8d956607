"""The way of a held message out of the inbox and back: noted before each move, settled after it.

What was broken off is settled by looking at the server: the message lies where it was, where it was going, in both (a
copy was made), or nowhere (a person took it).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from datetime import datetime

import structlog

from mailtriage.act.mailbox import Mailbox
from mailtriage.act.shelving import DELETED, Shelf
from mailtriage.errors import ConnectionLostError, MailboxError
from mailtriage.store import Hold, Holds, HoldState, Journal, Place, discreet
from mailtriage.triage.desk import TRIES

GONE = "a person moved or removed the message"
UNMOVED = "the server did not move it"


class Passage:
    """Moves the held mail of one account on one connection."""

    def __init__(
        self,
        account: str,
        home: str,
        mailbox: Mailbox,
        journal: Journal,
        *,
        clock: Callable[[], datetime],
        losses: Counter[Hashable],
    ) -> None:
        """Take a connection; ``home`` is the folder for mail whose own folder is gone. The rest as for ``Holder``."""
        self._account = account
        self._home = home
        self._mailbox = mailbox
        self._journal = journal
        self._clock = clock
        self._losses = losses
        self._log = structlog.get_logger("mailtriage").bind(account=account)
        self.store = Holds(journal.engine)
        self.shelf = Shelf(mailbox, journal, account, losses=losses, tries=TRIES)

    def put(self, hold: Hold, later: str) -> Place | None:
        """Move an open hold's message away; returns where it lies now, None where the server did not move it.

        Raises:
            MailboxError: the server refused; the hold is still open, and says so.
        """
        try:
            place = self._move([hold], later).get(hold.id)
        except MailboxError as error:
            self.store.enter([hold.id], HoldState.OPEN, f"the server refused ({error.what})")
            raise
        if place is None:
            self.store.enter([hold.id], HoldState.OPEN, UNMOVED)
        else:
            self._reached(hold, place, later)
        return place

    def take(self, holds: Sequence[Hold], later: str) -> int:
        """Move messages back to where they came from; returns how many of them are there. The others are settled at the
        next pass.

        Raises:
            MailboxError: the server refused.
        """
        count = 0
        for origin, some in self._batches(holds):
            self.store.enter([hold.id for hold in some], HoldState.LEAVING)
            arrived = self._move(some, self.home(origin, later))
            for hold in some:
                if hold.id in arrived:
                    self._reached(hold, arrived[hold.id], later)
            count += len(arrived)
        return count

    def settle(self, hold: Hold, later: str | None) -> bool:
        """Bring to an end what an earlier pass began: see the module's text.

        Returns:
            True where the message lies in its folder, and is still to be put away.
        """
        leaving, place = hold.state is HoldState.LEAVING, hold.message.place
        if place.folder and (place.folder == later) is not leaving:
            self._reached(hold, place, later)  # it was moved and found; only the state was not noted yet
            return False
        target = self.home(hold.origin, later) if leaving else later
        copy = self.shelf.find(target, hold.message, hold.made_at) if target else None
        here = self.shelf.flags_at(place)
        if copy is not None and here is not None and not self.shelf.alike(copy, place):
            copy = None  # another message with the same words
        if copy is not None and (leaving or here is None or DELETED in here):
            if here is not None:  # the server copied it, and was cut off before the original was removed
                self.shelf.remove(place)
            self._reached(hold, copy, later)
            return False
        if copy is not None:
            self.shelf.remove(copy)
        if here is None:
            self.drop(hold, GONE)
        elif leaving:
            self.store.enter([hold.id], HoldState.HELD)
        return here is not None and not leaving

    def drop(self, hold: Hold, reason: str) -> None:
        """A message is in our hands no more."""
        self.store.settle(hold.id, HoldState.DROPPED, reason, self._clock())
        self._log.info("not held any more", uid=hold.message.place.uid, reason=discreet(reason))

    def home(self, origin: str, later: str | None) -> str:
        """The folder that a message goes back to: where it came from, if that still exists."""
        if origin == later:
            return self._home
        try:
            self._mailbox.status(origin)
        except MailboxError:
            return self._home
        return origin

    def exhausted(self, holds: Sequence[Hold]) -> bool:
        """Whether the connection was lost over moving these each time."""
        return self._losses[_all(holds)] >= TRIES

    def _batches(self, holds: Sequence[Hold]) -> Iterator[tuple[str, list[Hold]]]:
        """What is moved at once. Where the connection was lost over some, each of them goes by itself, and those over
        which it was lost alone go last: what the server breaks down over is not to keep the others there."""
        for origin in dict.fromkeys(hold.origin for hold in holds):
            some = sorted(
                (hold for hold in holds if hold.origin == origin), key=lambda hold: self._losses[_all([hold])]
            )
            if self._losses[_all(some)] or self._losses[_all(some[-1:])]:
                yield from ((origin, [hold]) for hold in some)
            else:
                yield origin, some

    def _move(self, holds: Sequence[Hold], target: str) -> dict[int, Place]:
        """Move messages of one folder; returns where each hold's message lies now, as far as it is there."""
        try:
            arrived = self._moved(holds, target)
        except ConnectionLostError:
            self._losses[_all(holds)] += 1
            raise
        del self._losses[_all(holds)]
        return arrived

    def _moved(self, holds: Sequence[Hold], target: str) -> dict[int, Place]:
        before = self._mailbox.status(target)
        self._mailbox.open(holds[0].message.place.folder)
        told = self._mailbox.move([hold.message.place.uid for hold in holds], target)
        arrived = {}
        for hold in holds:
            uid = told.get(hold.message.place.uid)
            place: Place | None = Place(self._account, target, before.uidvalidity, uid) if uid else None
            if place is None:
                place = self.shelf.find(target, hold.message, hold.made_at, after=before.uidnext - 1)
            if place is not None:
                arrived[hold.id] = place
        return arrived

    def _reached(self, hold: Hold, place: Place, later: str | None) -> None:
        """A message lies where it was to go."""
        self._journal.relocate(hold.message.id, place)
        if place.folder == later:
            self.store.enter([hold.id], HoldState.HELD)
        else:
            self.store.settle(hold.id, HoldState.DONE, "", self._clock())


def _all(holds: Sequence[Hold]) -> Hashable:
    """What losses of the connection over these are counted under."""
    return ("hold", *sorted(hold.id for hold in holds))
