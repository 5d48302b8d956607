"""Keeping mail out of the inbox until somebody works: what is held, what is due, and what a person took over.

Mail that lies in the folder for later is released whoever put it there, also where the store knows nothing of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import structlog

from mailtriage.act.later import found_later, made_later
from mailtriage.act.mailbox import Fetched, FolderState, Mailbox
from mailtriage.act.shelving import DELETED, TAKEN_UP
from mailtriage.decide import Office
from mailtriage.errors import ConnectionLostError, MailboxError
from mailtriage.settings import Account
from mailtriage.store import Asked, Hold, HoldState, Journal, Known, Place
from mailtriage.triage.desk import TRIES
from mailtriage.triage.passage import GONE, Passage

TAKEN = "a person read, answered or deleted the message"
OVER = "somebody works before it was moved"
NOWHERE = "there is no folder for later"
LOST = "the connection was lost over it each time"

_FOLDER = "folder for later"
_MINE = TAKEN_UP | {"\\Flagged"}
"""New mail with one of these is somebody's already, and is not put away."""


class Holder:
    """Holds and releases the mail of one account on one connection."""

    def __init__(
        self,
        account: Account,
        office: Office,
        mailbox: Mailbox,
        journal: Journal,
        *,
        clock: Callable[[], datetime],
        complain: Callable[[str, str], None],
        losses: Counter[Hashable],
    ) -> None:
        """Take a connection.

        Args:
            account: whose mail it is; ``hold`` says how it is held.
            office: when somebody works.
            mailbox: connected.
            journal: the store.
            clock: tells the time, aware.
            complain: takes what is wrong, and why.
            losses: counts lost connections by what they were lost over.
        """
        self._account = account
        self._office = office
        self._mailbox = mailbox
        self._journal = journal
        self._clock = clock
        self._complain = complain
        self._losses = losses
        self._passage = Passage(account.name, account.folders[0], mailbox, journal, clock=clock, losses=losses)
        self._store = self._passage.store
        self._shelf = self._passage.shelf
        self._looked = False
        self._log = structlog.get_logger("mailtriage").bind(account=account.name)
        self.folder: str | None = None
        """The folder for later; None where there is none, or ``ready`` was not called yet."""

    def ready(self, *, make: bool = True) -> str | None:
        """Find the folder for later, and make it where this account holds mail, unless it is not to be made. Returns
        None where there is none."""
        wanted = make and self._account.hold != "off"
        if self.folder is None and (wanted or not self._looked) and self._losses[_FOLDER] < TRIES:
            try:
                self.folder = made_later(self._mailbox) if wanted else found_later(self._mailbox)
            except ConnectionLostError:
                self._losses[_FOLDER] += 1
                raise
            except MailboxError as error:
                self._complain("mail is not held", error.what)
            del self._losses[_FOLDER]
            self._looked = True
        if self.folder in self._account.folders:
            self.folder = None  # a folder that is watched for new mail is no place to keep mail away
        return self.folder

    def next_due(self) -> datetime | None:
        """When held mail is next to be brought back; None where none is held."""
        return self._store.waiting(self._account.name)[1]

    def lying(self) -> int:
        """How many messages lie in the folder for later that are not marked as deleted, whoever put them there."""
        if self.folder is None or not self._mailbox.open(self.folder, readonly=True).exists:
            return 0
        every = self._mailbox.flags(self._mailbox.uids_after(0)).values()
        return sum(DELETED not in flags for flags in every)

    def hold(self, message: int) -> None:
        """Move a message that is to be held out of the inbox, if that is still right."""
        for hold in self._store.of(self._account.name, HoldState.OPEN, message=message):
            with self._guarded("a mail is not held"):
                self._put_away(hold)

    def settle(self, *, put_away: bool = True) -> None:
        """Bring to an end what an earlier pass began and did not confirm; mail that is not out of the inbox yet is put
        away now, if that is still right and wanted."""
        for hold in self._store.of(self._account.name, HoldState.OPEN, HoldState.LEAVING):
            with self._guarded("a held mail cannot be looked for"):
                if self._passage.settle(hold, self.folder) and put_away:
                    self._put_away(hold)

    def release(self, *, everything: bool = False, judged: bool = True) -> int:
        """Bring back what is due, and drop what a person took out of our hands.

        Args:
            everything: bring back all that lies there, but for what is marked as deleted.
            judged: what lies there unknown was looked at before; where False, its arrival alone decides.

        Returns:
            How many messages were brought back.
        """
        count, asked = 0, self._store.asked(self._account.name)
        with self._guarded("held mail stays where it is"):
            count = self._release(everything or asked is Asked.ALL, judged)
            if asked is not None:
                self._store.answered(self._account.name, asked)
        if count:
            self._log.info("released", messages=count)
        return count

    def _put_away(self, hold: Hold) -> None:
        now, flags = self._clock(), self._shelf.flags_at(hold.message.place)
        until = self._office.held_until(hold.made_at, now, hold.message.flags) if self._office.holds else None
        if flags is None or flags & _MINE:
            self._passage.drop(hold, GONE if flags is None else TAKEN)
        elif until is None or self._office.open_at(now):
            self._passage.drop(hold, OVER)
        elif hold.outcome or self.folder is None:
            self._passage.drop(hold, hold.outcome or NOWHERE)
        elif self._passage.exhausted([hold]):
            self._passage.drop(hold, LOST)
        else:
            place = self._passage.put(hold, self.folder)
            if place is not None:
                self._log.info("held", uid=place.uid, folder=place.folder, until=until.isoformat())

    def _release(self, everything: bool, judged: bool) -> int:
        held = self._store.of(self._account.name, HoldState.HELD)
        if self.folder is None:
            for hold in held:
                self._passage.drop(hold, GONE)
            return 0
        try:
            state = self._mailbox.open(self.folder)
        except MailboxError:
            self.folder, self._looked = None, False  # somebody renamed or deleted it; it is looked for again
            raise
        lying = self._mailbox.flags(self._mailbox.uids_after(0)) if state.exists else {}
        theirs = frozenset({DELETED}) if everything else TAKEN_UP
        ours = {uid for uid, flags in lying.items() if not flags & theirs}
        known = self._still_held(held, state, ours, set(lying))
        strays = [Place(self._account.name, state.name, state.uidvalidity, uid) for uid in sorted(ours - known)]
        count = 0
        for place in strays:
            with self._guarded("a message stays in the folder for later"):
                count += self._patiently_taken_over(place, everything, judged)
        due = self._due(everything)
        stuck = [hold for hold in due if self._passage.exhausted([hold])]
        if stuck:
            self._complain("held mail stays where it is", f"{LOST}; restart the service, or move it by hand")
        return count + self._passage.take([hold for hold in due if hold not in stuck], self.folder)

    def _still_held(self, held: Sequence[Hold], state: FolderState, ours: set[int], lying: set[int]) -> set[int]:
        """The UIDs of what is held and lies there untouched; the other holds are dropped."""
        found = set()
        for hold in held:
            place = hold.message.place
            here = (place.folder, place.uidvalidity) == (state.name, state.uidvalidity)
            if here and place.uid in ours:
                found.add(place.uid)
            else:
                self._passage.drop(hold, TAKEN if here and place.uid in lying else GONE)
        return found

    def _patiently_taken_over(self, place: Place, everything: bool, judged: bool) -> bool:
        key = ("stray", place)
        if self._losses[key] >= TRIES:
            raise MailboxError(f"{LOST}; restart the service, or move it by hand")
        try:
            return self._take_over(place, everything, judged)
        except ConnectionLostError:
            self._losses[key] += 1
            raise

    def _take_over(self, place: Place, everything: bool, judged: bool) -> bool:
        """What lies there without a hold: known mail is held like any other, other mail is brought back; True where
        that was done. What no pass has seen yet waits for the next one, and a second copy of known mail for its
        moment."""
        now, known, fetched = self._clock(), self._journal.find(place), self._shelf.fetched(place)
        same = known or (self._shelf.recognised(fetched) if fetched else None)
        until = self._kept_until(fetched, same, now)
        if known is not None and until is not None:
            self._store.adopt(known.id, self._account.folders[0], until, now)
            return False
        mark = self._journal.watermark(place.account, place.folder)
        fresh = mark is None or mark.uidvalidity != place.uidvalidity or place.uid > mark.last_uid
        waits = (fresh and judged) or ((fresh or same is not None) and until is not None)
        if known is None and waits and not everything:
            return False
        back = self._shelf.bring_back(place, self._account.folders)
        if known is not None and back is not None and back.uid:
            self._journal.relocate(known.id, back)
        return back is not None

    def _kept_until(self, fetched: Fetched | None, known: Known | None, now: datetime) -> datetime | None:
        """Until when a message that lies there without a hold may stay; None where it may not."""
        if self._office.open_at(now) or (known is not None and known.failure):
            return None
        arrived = min(fetched.internaldate, now) if fetched else now
        return self._office.held_until(arrived, now, known.flags if known else frozenset())

    def _due(self, everything: bool) -> list[Hold]:
        """What is to be brought back now. The moments of the rest are put right where the hours have changed."""
        now, due = self._clock(), []
        since = until = None
        for hold in self._store.of(self._account.name, HoldState.HELD):
            # All that came between one message and its moment has that moment too.
            if not (since and until and since <= hold.made_at <= now):
                since, until = hold.made_at, self._office.held_until(hold.made_at, now, hold.message.flags)
            if everything or until is None:
                due.append(hold)
            elif until != hold.due_at:
                self._store.postpone([hold.id], until)
        return due

    @contextmanager
    def _guarded(self, what: str) -> Iterator[None]:
        """A refusal of the server is told, and keeps nothing else back."""
        try:
            yield
        except MailboxError as error:
            self._complain(what, error.what)
