"""Finding what is new in a folder, and taking each message through the first three rooms."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from mailtriage.act.handing import NOT_HANDED_OUT
from mailtriage.act.mailbox import Fetched, FolderState, Mailbox, Marking
from mailtriage.act.marks import every_name
from mailtriage.errors import ConnectionLostError, MailboxError, UnreadableMessageError
from mailtriage.read import read_message
from mailtriage.records import Message, Plan
from mailtriage.store import Journal, Place, Watermark
from mailtriage.triage.desk import Considered, Desk

_SKEW = timedelta(days=1)
"""How far a server's clock and ours may be apart."""


class Looker:
    """Looks into the folders of one account on one connection."""

    def __init__(self, desk: Desk, mailbox: Mailbox, journal: Journal, *, since: datetime) -> None:
        """Take a connection; ``since`` as for ``Triage``."""
        self._desk = desk
        self._mailbox = mailbox
        self._journal = journal
        self._since = since
        self._log = structlog.get_logger("mailtriage").bind(account=desk.account.name)

    def pending(self, folder: str) -> bool:
        """Open a folder, and say whether it holds mail that no pass has seen."""
        state = self._mailbox.open(folder)
        mark = self._journal.watermark(self._desk.account.name, folder)
        if mark is None or mark.uidvalidity != state.uidvalidity:
            return True
        return bool(self._mailbox.uids_after(mark.last_uid))

    def look(self, folder: str, *, readonly: bool = False, whole: bool = False) -> Iterator[Considered]:
        """Everything new in a folder, each read, judged and decided on. The watermark follows what the caller takes.

        Where ``readonly``, the folder is opened with EXAMINE and nothing is remembered. Where ``whole``, all that lies
        there unread counts as new, also what came before the first contact.

        Raises:
            MailboxError: the folder cannot be opened.
        """
        state = self._mailbox.open(folder, readonly=readonly)
        uids = self._mailbox.uids_since(self._since) if readonly else self._new_uids(state, whole=whole)
        oldest = self._since if readonly else self._oldest(whole=whole)
        for uid in uids:
            place = Place(self._desk.account.name, folder, state.uidvalidity, uid)
            found = self._consider(place, oldest, unread=whole)
            if found is not None:
                yield found
            if not readonly:
                self._journal.set_watermark(place.account, folder, Watermark(state.uidvalidity, uid))
                if found is not None:
                    self._mailbox.open(folder)

    def _new_uids(self, state: FolderState, *, whole: bool) -> list[int]:
        """UIDs that the watermark has not passed."""
        account = self._desk.account
        mark = self._journal.watermark(account.name, state.name)
        if mark is None or mark.uidvalidity != state.uidvalidity:
            mark = self._entered(state, first=mark is None, whole=whole)
        return list(self._mailbox.uids_after(mark.last_uid))

    def _entered(self, state: FolderState, *, first: bool, whole: bool) -> Watermark:
        """Set the watermark of a folder that is seen for the first time, or whose UIDs were given anew.

        On first contact it starts with mail from then on; a setting reaches back. With new UIDs it starts at the first
        message that the store may know: each is recognised by its fingerprint.
        """
        account = self._desk.account
        since = self._oldest(whole=whole)
        if first:
            since = max(since, self._desk.clock() - timedelta(days=account.reach_back_days))
        else:
            self._log.warning("folder has new UIDs", folder=state.name, reason="UIDVALIDITY changed")
            self._journal.renumbered(account.name, state.name, state.uidvalidity)
        if whole:
            last = 0
        elif first and not account.reach_back_days and state.uidnext:
            last = state.uidnext - 1
        else:
            found = self._mailbox.uids_since(since) or [max(self._mailbox.uids_after(0), default=0) + 1]
            last = min(found) - 1
        mark = Watermark(state.uidvalidity, last)
        self._journal.set_watermark(account.name, state.name, mark)
        return mark

    def _oldest(self, *, whole: bool) -> datetime:
        """Mail that arrived earlier is left alone: it was there before us, or is so old that the store has forgotten
        whether it was dealt with. It may come back under a new UID when somebody moves it."""
        kept = timedelta(days=self._desk.office.settings.privacy.keep_days)
        forgotten = self._desk.clock() - kept + _SKEW
        return forgotten if whole else max(self._since - _SKEW, forgotten)

    def _consider(self, place: Place, oldest: datetime, *, unread: bool) -> Considered | None:
        """One message through the three rooms; None where it is gone, too old, or was dealt with before."""
        if self._journal.find(place) is not None:
            return None
        now = self._desk.clock()
        raw = b""
        try:
            fetched = self._fetch(place)
            if fetched is None or fetched.internaldate < oldest or (unread and "\\Seen" in fetched.flags):
                return None
            raw = fetched.raw
            message = read_message(raw)
        except MailboxError as error:
            return self._failed(place, f"{NOT_HANDED_OUT} ({error.what})", now)
        except UnreadableMessageError as error:
            digest = hashlib.sha256(raw).hexdigest()
            return None if self._recognised(digest, place) else self._failed(place, error.what, now, digest=digest)
        return None if self._recognised(message.digest, place) else self._weighed(place, fetched, message, now)

    def _weighed(self, place: Place, fetched: Fetched, message: Message, now: datetime) -> Considered:
        try:
            scope, verdict, plan = self._desk.weigh(message, now, fetched.internaldate)
        except Exception as error:
            self._log.exception("message could not be judged", uid=place.uid, folder=place.folder)
            reason = f"could not be judged ({type(error).__name__})"
            return self._failed(place, reason, now, message, digest=message.digest)
        if plan.marks and self._marked_before(fetched):
            plan = replace(plan, reply=None, marks=())
        return Considered(place, message, scope, verdict, plan, digest=message.digest, arrived_at=fetched.internaldate)

    def _fetch(self, place: Place) -> Fetched | None:
        if self._desk.exhausted(place):
            raise MailboxError("the connection was lost over it each time")
        try:
            return self._mailbox.fetch(place.uid)
        except ConnectionLostError:
            self._desk.losses[place] += 1
            raise

    def _recognised(self, digest: str, place: Place) -> bool:
        """Whether a message that was dealt with before came back under another UID: nothing is done for it again."""
        known = self._journal.recognise(place.account, digest)
        if known is None:
            return False
        self._log.info("known message", uid=place.uid, folder=place.folder)
        self._journal.relocate(known.id, place)
        return True

    def _marked_before(self, fetched: Fetched) -> bool:
        """Whether a message that the store does not know has a mark of ours: the store was lost, and the draft, which
        is made before the mark, was made in its time. The mark may be what a person corrected it to: it stays alone."""
        marking = self._mailbox.capabilities.marking
        there = fetched.flags
        if marking is Marking.LABEL:
            there = self._mailbox.marks([fetched.uid]).get(fetched.uid, frozenset())
        ours = {name.lower() for name in every_name(marking)}
        return any(name.lower() in ours for name in there)

    def _failed(
        self, place: Place, reason: str, now: datetime, message: Message | None = None, *, digest: str = ""
    ) -> Considered:
        moment, people = self._desk.office.told_next(now)
        plan = Plan(notify_at=moment, notify=people)
        return Considered(place, message, None, None, plan, reason, digest)
