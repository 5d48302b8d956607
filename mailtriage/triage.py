"""One pass over one account: read, judge, decide, act.

The adapters, the judge and the moment are arguments; the service, ``run --once``, the demo and the tests all come
through here. ``look`` yields what it found, so that a dry-run differs only in that nothing is carried out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from mailtriage.act.digest import DigestWriter
from mailtriage.act.hands import Hands
from mailtriage.act.mailbox import Fetched, FolderState, Mailbox
from mailtriage.act.teller import Teller, Told
from mailtriage.decide import Office, decide, next_to_be_told
from mailtriage.errors import MailboxError, UnreadableMessageError
from mailtriage.judge.verdicts import Judge
from mailtriage.read import ScopeRules, read_message, scope_of
from mailtriage.records import Draft, Message, Plan, Scope, ScopeKind, Verdict
from mailtriage.settings import Account
from mailtriage.store import Bells, Intent, Journal, Known, Place, Watermark

log = structlog.get_logger("mailtriage")

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Considered:
    """One message as the first three rooms left it. ``failure`` says why it could not be read or judged."""

    place: Place
    message: Message | None
    scope: Scope | None
    verdict: Verdict | None
    plan: Plan
    failure: str = ""


@dataclass(frozen=True)
class Desk:
    """What it takes to work on one account, besides a connection."""

    account: Account
    office: Office
    judge: Judge
    scope: ScopeRules
    writer: DigestWriter
    clock: Clock

    def consider(self, raw: bytes, now: datetime) -> tuple[Message, Scope, Verdict | None, Plan]:
        """Read, judge and decide on one message.

        Raises:
            UnreadableMessageError: it cannot be read.
        """
        message = read_message(raw)
        scope = scope_of(message, self.scope)
        verdict = self.judge.judge(message) if scope.kind is ScopeKind.PARENT else None
        return message, scope, verdict, decide(message, scope, verdict, now, self.office)

    def recall(self, raw: bytes) -> tuple[Message | None, Verdict | None]:
        """Read and judge again, for the words of a digest."""
        try:
            message = read_message(raw)
        except UnreadableMessageError:
            return None, None
        try:
            return message, self.judge.judge(message)
        except Exception:
            log.exception("recall failed", account=self.account.name)
            return message, None


class Triage:
    """Passes over one account on one connection."""

    def __init__(
        self, desk: Desk, mailbox: Mailbox, journal: Journal, bells: Bells, *, drafts: str | None, since: datetime
    ) -> None:
        """Take a connection.

        Args:
            desk: what the account is judged and answered with.
            mailbox: connected.
            journal: the store.
            bells: the store's notifications.
            drafts: the Drafts folder, None where there is none.
            since: aware; mail that arrived before it is not looked at when a folder is seen for the first time.
        """
        self._desk = desk
        self._mailbox = mailbox
        self._journal = journal
        self._bells = bells
        self._since = since
        language = desk.office.settings.school.language
        wanted = desk.account.mark == "auto"
        self._hands = Hands(mailbox, journal, drafts=drafts, language=language, mark=wanted)
        self._teller = Teller(mailbox, bells, desk.writer, account=desk.account.name, address=desk.office.address)
        self._log = log.bind(account=desk.account.name)

    @property
    def inbox(self) -> str:
        """The folder that is watched, and into which digests go."""
        return self._desk.account.folders[0]

    def run(self) -> Told | None:
        """One whole pass: settle what is open, look for new mail, tell what is due.

        Returns what was told, None where nothing was due.

        Raises:
            ConnectionLostError: the connection is gone; nothing is lost, the next pass goes on from here.
            StoreError: the store cannot be written; nothing was done that is not recorded.
        """
        self.settle()
        for folder in self._desk.account.folders:
            for found in self.look(folder):
                self.act(found)
        return self.tell()

    def pending(self) -> bool:
        """Open the inbox, and say whether it holds mail that no pass has seen: it may have come while one was busy."""
        return bool(self._new_uids(self._mailbox.open(self.inbox)))

    def settle(self) -> None:
        """Bring to an end what an earlier pass intended and did not confirm."""
        self._teller.settle(self.inbox)
        self._carry_out(self._journal.open_intents(self._desk.account.name), None)

    def look(self, folder: str, *, readonly: bool = False) -> Iterator[Considered]:
        """Everything new in a folder, each read, judged and decided on. The watermark follows what the caller takes.

        Where ``readonly``, the folder is opened with EXAMINE and nothing is remembered.
        """
        try:
            state = self._mailbox.open(folder, readonly=readonly)
        except MailboxError as error:
            self._log.error("folder cannot be opened", folder=folder, reason=error.what)
            return
        if not readonly:
            self._first_look(state)
        for uid in self._new_uids(state):
            place = Place(self._desk.account.name, folder, state.uidvalidity, uid)
            found = self._consider(place)
            if found is not None:
                yield found
                if not readonly:
                    self._mailbox.open(folder)
            if not readonly:
                self._journal.set_watermark(place.account, folder, Watermark(state.uidvalidity, uid))

    def act(self, found: Considered) -> None:
        """Record what is intended for a message, then do it."""
        now = self._desk.clock()
        if found.message is None or found.failure:
            self._journal.set_aside(found.place, found.failure, found.plan.notify_at, now)
            self._log.error("message set aside", uid=found.place.uid, folder=found.place.folder, reason=found.failure)
            return
        if found.scope is None or found.scope.kind is ScopeKind.OTHER:
            reason = found.scope.reason.partition(" (")[0] if found.scope else ""
            self._log.info("out of scope", uid=found.place.uid, folder=found.place.folder, reason=reason)
            return
        known = self._journal.intend(found.place, found.message, found.verdict, found.plan, now)
        self._log.info(
            "judged",
            uid=found.place.uid,
            folder=found.place.folder,
            category=known.category,
            unsure=known.unsure,
            flags=sorted(known.flags),
            notify_at=found.plan.notify_at.isoformat() if found.plan.notify_at else None,
        )
        self._carry_out(self._journal.open_intents(found.place.account, known.id), found.plan.reply)

    def tell(self) -> Told | None:
        """Tell what is due, if somebody works now or it is urgent; put off the rest."""
        account, now = self._desk.account.name, self._desk.clock()
        due = [bell for bell in self._bells.waiting(account) if bell.due_at <= now]
        if due and not any(schedule.open_at(now) for schedule in self._desk.office.schedules):
            # It was due while nothing ran, and by now everybody is at home.
            later, _ = next_to_be_told(now, self._desk.office.schedules, self._desk.office.settings.notifications.when)
            put_off = [bell for bell in due if not bell.urgent]
            self._bells.postpone((bell.id for bell in put_off), later)
            due = [bell for bell in due if bell.urgent]
        if not due or not self._desk.office.settings.notifications.digest:
            return None
        told = self._teller.tell(self.inbox, due, self._desk.recall, now)
        self._log.info("told", messages=len(told.told), dropped=len(told.dropped))
        return told

    def _new_uids(self, state: FolderState) -> list[int]:
        """UIDs that the watermark has not passed; all since the first contact where UIDVALIDITY is another one."""
        account = self._desk.account.name
        mark = self._journal.watermark(account, state.name)
        if mark is not None and mark.uidvalidity == state.uidvalidity:
            return list(self._mailbox.uids_after(mark.last_uid))
        if mark is not None:
            self._log.warning("folder has new UIDs", folder=state.name, reason="UIDVALIDITY changed")
        return list(self._mailbox.uids_since(self._since))

    def _first_look(self, state: FolderState) -> None:
        """On first contact with a folder, start with mail from then on; a setting reaches back."""
        account = self._desk.account
        if self._journal.watermark(account.name, state.name) is None and not account.reach_back_days and state.uidnext:
            self._journal.set_watermark(account.name, state.name, Watermark(state.uidvalidity, state.uidnext - 1))

    def _consider(self, place: Place) -> Considered | None:
        """One message through the three rooms; None where it is gone or was dealt with before."""
        if self._journal.find(place) is not None:
            return None
        fetched = self._mailbox.fetch(place.uid)
        if fetched is None:
            return None
        now = self._desk.clock()
        try:
            message, scope, verdict, plan = self._desk.consider(fetched.raw, now)
        except UnreadableMessageError as error:
            return self._failed(place, error.what, now)
        except Exception as error:
            self._log.exception("message could not be judged", uid=place.uid, folder=place.folder)
            return self._failed(place, f"could not be judged ({type(error).__name__})", now)
        known = self._journal.recognise(place.account, message.digest)
        if known is not None:
            self._moved(known, place, fetched)
            return None
        return Considered(place, message, scope, verdict, plan)

    def _failed(self, place: Place, reason: str, now: datetime) -> Considered:
        moment, people = next_to_be_told(
            now, self._desk.office.schedules, self._desk.office.settings.notifications.when
        )
        return Considered(place, None, None, None, Plan(notify_at=moment, notify=people), reason)

    def _moved(self, known: Known, place: Place, fetched: Fetched) -> None:
        """A message that was dealt with before came back under another UID: nothing is done for it again."""
        self._log.info("known message", uid=fetched.uid, folder=place.folder)
        self._journal.relocate(known.id, place)

    def _carry_out(self, intents: list[Intent], reply: Draft | None) -> None:
        for intent in intents:
            now = self._desk.clock()
            outcome = self._hands.carry_out(intent, lambda known: reply or self._redraft(known), now)
            self._log.info("acted", uid=intent.message.place.uid, action=intent.kind, outcome=outcome.value)

    def _redraft(self, known: Known) -> Draft | None:
        """The reply for a message that was judged in an earlier pass, made again from the message on the server."""
        self._mailbox.open(known.place.folder)
        fetched = self._mailbox.fetch(known.place.uid)
        if fetched is None or known.category is None:
            return None
        now = self._desk.clock()
        message, scope, verdict, _ = self._desk.consider(fetched.raw, now)
        if verdict is None:
            return None
        # What was decided then stands, whatever a newer model would say.
        judged = replace(verdict, category=known.category, unsure=known.unsure, flags=known.flags)
        return decide(message, scope, judged, now, self._desk.office).reply


def reach(first_contact: datetime, account: Account) -> datetime:
    """From when on mail is looked at: the first contact, or some days before it."""
    return first_contact - timedelta(days=account.reach_back_days)
