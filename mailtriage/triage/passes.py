"""One pass: settle what is open, look for what is new, act on it, tell what is due."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from mailtriage.act.handing import Handing
from mailtriage.act.hands import OPEN, Hands, Outcome
from mailtriage.act.mailbox import Mailbox
from mailtriage.act.teller import Teller, Told
from mailtriage.decide import Occasion, decide
from mailtriage.errors import ConnectionLostError, MailboxError, StoreError
from mailtriage.records import Draft, Plan, ScopeKind
from mailtriage.store import Bell, Bells, Corrections, Intent, Journal, Known, discreet
from mailtriage.triage.answering import Answering
from mailtriage.triage.correcting import Corrector
from mailtriage.triage.desk import Considered, Desk
from mailtriage.triage.holding import Holder
from mailtriage.triage.looking import Looker
from mailtriage.triage.sending import Submitter
from mailtriage.triage.urgent import Urgency

_NOBODY = timedelta(days=366)
"""Where nobody works within a year, a notification is due after that; it is looked at again when the hours change."""


class Triage:
    """Passes over one account on one connection."""

    def __init__(
        self,
        desk: Desk,
        mailbox: Mailbox,
        journal: Journal,
        bells: Bells,
        *,
        drafts: str | None,
        since: datetime,
        halted: Callable[[], bool] = lambda: False,
    ) -> None:
        """Take a connection.

        Args:
            desk: what the account is judged and answered with.
            mailbox: connected.
            journal: the store.
            bells: the store's notifications.
            drafts: the Drafts folder, None where there is none.
            since: aware; mail that arrived before it is not looked at when a folder is seen for the first time.
            halted: asked between two messages; a pass ends early where it says so.
        """
        self._desk = desk
        self._mailbox = mailbox
        self._journal = journal
        self._bells = bells
        self._halted = halted
        self._hands = Hands(
            mailbox,
            journal,
            drafts=drafts,
            language=desk.office.settings.school.language,
            mark=desk.account.mark == "auto",
            grace=timedelta(seconds=2 * desk.account.timeout_seconds),
        )
        self._teller = Teller(
            mailbox,
            bells,
            desk.writer,
            account=desk.account.name,
            address=desk.office.address,
            handing=Handing(mailbox, bells, account=desk.account.name, draft_of=Corrections(journal.engine).draft_of),
            folders=desk.office.settings.corrections.folders,
            marks=desk.office.settings.corrections.marks and desk.account.mark == "auto",
        )
        self._urgency = Urgency(desk, journal, bells, self._teller.still_waiting)
        self._answering = Answering(desk, mailbox, journal)
        self._looker = Looker(desk, mailbox, journal, since=since)
        self._corrector = Corrector(desk, mailbox, journal, drafts=drafts, complain=self._complain, halted=halted)
        self._holder = Holder(
            desk.account,
            desk.office,
            mailbox,
            journal,
            clock=desk.clock,
            complain=self._complain,
            losses=desk.losses,
        )
        self._submitter = Submitter(desk, mailbox, journal, complain=self._complain, halted=halted)
        self._log = structlog.get_logger("mailtriage").bind(account=desk.account.name)
        self.complaints: list[str] = []
        """What is wrong although the connection works, of the latest pass; for ``status``."""
        self.unsettled = False
        """Whether the latest pass left something that is worth another look soon."""

    @property
    def inbox(self) -> str:
        """The folder that is watched, and into which digests go."""
        return self._desk.account.folders[0]

    def run(self) -> Told | None:
        """One whole pass: hear what people corrected, settle what is open, look for new mail, tell what is due.

        Returns what was told, None where nothing was due.

        Raises:
            ConnectionLostError: the connection is gone; nothing is lost, the next pass goes on from here.
            StoreError: the store cannot be written; nothing was done that is not recorded.
        """
        self.complaints, self.unsettled = [], False
        self._corrector.run()
        later = self._holder.ready()
        self._holder.settle()
        self.settle()
        for folder in (later, *self._desk.account.folders):
            for found in self.look(folder) if folder else ():
                self.act(found)
                if self._halted():
                    return None
            if folder == later:
                self._holder.release()
        told = None if self._halted() else self.tell()
        self._answering.run(self._halted)
        self._submitter.run()
        return told

    def next_due(self) -> datetime | None:
        """When there is next something to do, beside new mail."""
        bell = self._bells.next_due(self._desk.account.name)
        found = (bell, self._holder.next_due(), self._submitter.next_due())
        return min((moment for moment in found if moment), default=None)

    def pending(self) -> bool:
        """Open the inbox, and say whether it holds mail that no pass has seen: it may have come while one was busy."""
        return self._looker.pending(self.inbox)

    def settle(self) -> None:
        """Bring to an end what an earlier pass intended and did not confirm."""
        try:
            self._teller.settle(self.inbox)
        except MailboxError as error:
            self._complain("the inbox cannot be looked into", error.what)
        self._carry_out(self._journal.open_intents(self._desk.account.name), None)

    def look(self, folder: str, *, readonly: bool = False) -> Iterator[Considered]:
        """Everything new in a folder, each read, judged and decided on. The watermark follows what the caller takes.

        Where ``readonly``, the folder is opened with EXAMINE and nothing is remembered.
        """
        try:
            yield from self._looker.look(folder, readonly=readonly, whole=folder == self._holder.folder)
        except MailboxError as error:
            self._complain(f"the folder {folder} cannot be opened", error.what)

    def act(self, found: Considered) -> None:
        """Record what is intended for a message, then do it."""
        now = self._desk.clock()
        place, plan = found.place, self._due(found.plan, now)
        if place.folder == self._holder.folder or self._holder.folder is None:
            plan = replace(plan, hold_until=None)  # it lies there already, or there is nowhere to put it
        where = self._log.bind(uid=place.uid, folder=place.folder)
        if found.failure:
            sender = found.message.sender.address if found.message else ""
            self._journal.set_aside(place, found.failure, plan.notify_at, now, digest=found.digest, sender=sender)
            where.error("message set aside", reason=discreet(found.failure))
            return
        if found.message is None or found.verdict is None or found.scope is None or found.scope.kind is ScopeKind.OTHER:
            reason = found.scope.reason.partition(" (")[0] if found.scope else ""
            where.info("out of scope", reason=reason)
            return
        known = self._journal.intend(place, found.message, found.verdict, plan, now, arrived_at=found.arrived_at)
        where.info(
            "judged",
            category=known.category.value if known.category else None,
            unsure=known.unsure,
            flags=sorted(flag.value for flag in known.flags),
            notify_at=plan.notify_at.isoformat() if plan.notify_at else None,
        )
        self._carry_out(self._journal.open_intents(place.account, known.id), plan.reply)
        self._holder.hold(known.id)

    def tell(self) -> Told | None:
        """Tell what is due, if somebody works now or it is urgent; put off the rest. Bells ring here."""
        now = self._desk.clock()
        due, wanted = self._due_bells(now), self._desk.office.settings.notifications.digest
        occasion = Occasion.of(self._desk.office, now) if wanted else None
        if not due and not (occasion and occasion.hands_over):
            return None
        try:
            if occasion:
                told = self._teller.tell(self.inbox, due, self._desk.recall, occasion)
            else:
                told = self._teller.count(due)
        except MailboxError as error:
            self._complain("the digest cannot be delivered", error.what)
            return None
        if not due and told.digest is None:
            return None
        self._log.info("told", messages=len(told.told), dropped=len(told.dropped))
        self._urgency.told(due, told, now)
        return told

    def _due(self, plan: Plan, now: datetime) -> Plan:
        """The plan with a moment to tell, also where nobody works within a year."""
        return plan if plan.notify_at or not plan.notify else replace(plan, notify_at=now + _NOBODY)

    def _due_bells(self, now: datetime) -> list[Bell]:
        """What is to be told now. The moments of the rest are put right where the hours have changed meanwhile."""
        office = self._desk.office
        waiting = self._bells.waiting(self._desk.account.name)
        pressing = self._urgency.due(waiting, now)
        due = set(pressing.now)
        others = [bell for bell in waiting if bell.id not in pressing.now | pressing.later]
        if others:
            moment, _ = office.told_next(now)
            working = any(schedule.open_at(now) for schedule in office.schedules)
            if moment is None:
                self._complain("nobody is told", "nobody whose mailbox this is works within a year")
                self._bells.postpone([bell.id for bell in others if bell.due_at <= now], now + _NOBODY)
            else:
                due |= {bell.id for bell in others if moment <= now or (working and bell.due_at <= now)}
                later = [bell.id for bell in others if bell.id not in due and bell.due_at != moment]
                self._bells.postpone(later, moment)
        return [bell for bell in waiting if bell.id in due]

    def _carry_out(self, intents: Sequence[Intent], reply: Draft | None) -> None:
        for intent in sorted(intents, key=lambda one: one.begun_at is None):
            if self._halted():
                return
            outcome = self._try(intent, reply)
            self.unsettled |= outcome is Outcome.WAITING
            if outcome in OPEN and intent.outcome.startswith(outcome):
                continue  # it was told at the first try
            self._log.info("acted", uid=intent.message.place.uid, action=intent.kind.value, outcome=outcome.value)

    def _try(self, intent: Intent, reply: Draft | None) -> Outcome:
        now = self._desk.clock()
        if self._desk.exhausted(intent.id):
            return self._hands.give_up(intent, "the connection was lost over it each time", now)
        try:
            return self._hands.carry_out(intent, lambda known: reply or self._redraft(known), now)
        except ConnectionLostError:
            self._desk.losses[intent.id] += 1
            raise
        except StoreError:
            raise
        except Exception as error:
            self._log.exception(
                "intent could not be carried out", uid=intent.message.place.uid, action=intent.kind.value
            )
            return self._hands.give_up(intent, type(error).__name__, now)

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

    def _complain(self, what: str, reason: str) -> None:
        self.complaints.append(f"{what}: {reason}")
        self._log.error(what, reason=discreet(reason))
