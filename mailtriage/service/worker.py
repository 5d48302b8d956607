"""One account's thread: connect, pass, wait, and again; whatever happens, never another account's trouble."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import structlog
from tenacity import RetryCallState, Retrying, sleep_using_event, stop_when_event_set, wait_exponential_jitter

from mailtriage.act.imap import find_drafts_folder
from mailtriage.act.mailbox import Mailbox
from mailtriage.act.teller import Told
from mailtriage.errors import ConnectionLostError, MailtriageError
from mailtriage.service.bell import Ringer
from mailtriage.service.opening import Connector
from mailtriage.store import Bells, Journal
from mailtriage.triage import Desk, Triage, reach

FIRST_DELAY, LONGEST_DELAY, JITTER = 1.0, 300.0, 3.0
"""Seconds between tries to reach an account: doubling from the first to the longest, and a random part on top."""

LONGEST_WAIT = 600.0


class LoginGate:
    """Lets a few accounts log in at a time: a server that comes back is not to be stormed."""

    def __init__(self, at_once: int = 4) -> None:
        """Allow ``at_once`` logins at the same time."""
        self._slots = threading.Semaphore(at_once)

    def open(self, connector: Connector, desk: Desk) -> Mailbox:
        """Connect when there is a slot."""
        with self._slots:
            return connector(desk.account)


@dataclass(frozen=True)
class Memory:
    """The store, as a worker uses it."""

    journal: Journal
    bells: Bells


def begin(desk: Desk, mailbox: Mailbox, memory: Memory) -> Triage:
    """Note the contact and prepare passes on a new connection."""
    first = memory.journal.contact(desk.account.name, desk.clock())
    drafts = find_drafts_folder(mailbox, desk.account.drafts)
    since = reach(first, desk.account)
    return Triage(desk, mailbox, memory.journal, memory.bells, drafts=drafts, since=since)


class Worker(threading.Thread):
    """Watches one account until it is stopped. The desk can be replaced while it runs: the next pass uses it."""

    def __init__(self, desk: Desk, connector: Connector, memory: Memory, gate: LoginGate, ringer: Ringer) -> None:
        """Prepare a thread; ``start`` begins."""
        super().__init__(name=f"account {desk.account.name}", daemon=True)
        self._desk = desk
        self._connector = connector
        self._memory = memory
        self._gate = gate
        self._ringer = ringer
        self._stopping = threading.Event()
        self._mailbox: Mailbox | None = None
        self._troubled = False
        self._changed = False
        self._log = structlog.get_logger("mailtriage").bind(account=desk.account.name)

    @property
    def desk(self) -> Desk:
        """What the account is worked on with."""
        return self._desk

    def replace_desk(self, desk: Desk) -> None:
        """Take other settings or another model into use, from the next pass on."""
        self._desk = desk
        self._changed = True
        self.wake()

    def stop(self) -> None:
        """Ask the thread to end; ``join`` waits for it."""
        self._stopping.set()
        self.wake()

    def run(self) -> None:
        """Until stopped: reach the account, then watch it; on any trouble, reach it again."""
        while not self._stopping.is_set():
            try:
                triage = self._reach()
                if triage is not None:
                    self._watch(triage)
            except Exception as error:
                self._note(error)
                self._stopping.wait(FIRST_DELAY)
            finally:
                self._hang_up()

    def _reach(self) -> Triage | None:
        """Connect and make a first pass, as often as it takes; None where stopped meanwhile."""
        wait = wait_exponential_jitter(initial=FIRST_DELAY, max=LONGEST_DELAY, jitter=JITTER)

        def delay(state: RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome else None
            asked = error.retry_after if isinstance(error, ConnectionLostError) else None
            return max(wait(state), asked or 0.0)

        def note(state: RetryCallState) -> None:
            self._hang_up()
            if state.outcome is not None and (error := state.outcome.exception()) is not None:
                self._note(error)

        tries = Retrying(
            wait=delay,
            sleep=sleep_using_event(self._stopping),
            stop=stop_when_event_set(self._stopping),
            before_sleep=note,
        )
        with suppress(Exception):  # what is left when stopping; every earlier error was noted
            return tries(self._first_pass)
        return None

    def _first_pass(self) -> Triage:
        self._mailbox = self._gate.open(self._connector, self._desk)
        triage = begin(self._desk, self._mailbox, self._memory)
        self._pass(triage)
        if self._troubled:
            self._log.info("account is back")
            self._troubled = False
        return triage

    def _watch(self, triage: Triage) -> None:
        while not self._stopping.is_set() and self._mailbox is not None:
            if not triage.pending():
                self._mailbox.wait(self._patience())
            if self._stopping.is_set():
                return
            if self._changed:
                self._changed = False
                triage = begin(self._desk, self._mailbox, self._memory)
            self._pass(triage)

    def _pass(self, triage: Triage) -> Told | None:
        told = triage.run()
        self._memory.journal.contact(self._desk.account.name, self._desk.clock())
        if told is not None and told.digest is not None:
            self._ringer.ring(self._desk.office.settings, told.digest)
        return told

    def _patience(self) -> float:
        """Seconds until the next look: the poll, or the next notification if that is sooner."""
        due = self._memory.bells.next_due(self._desk.account.name)
        longest = min(self._desk.account.poll_seconds, LONGEST_WAIT)
        if due is None:
            return longest
        left = (due - self._desk.clock()) / timedelta(seconds=1)
        return max(0.05, min(longest, left))

    def _note(self, error: BaseException) -> None:
        """An outage is told once in the log, and stands in the store until it is over."""
        what = error.what if isinstance(error, MailtriageError) else type(error).__name__
        with suppress(MailtriageError):
            self._memory.journal.trouble(self._desk.account.name, what, self._desk.clock())
        if not self._troubled:
            self._troubled = True
            expected = isinstance(error, MailtriageError)
            self._log.error("account in trouble", reason=what, exc_info=None if expected else error)

    def wake(self) -> None:
        """Have the account looked at now."""
        mailbox = self._mailbox
        if mailbox is not None:
            mailbox.wake()

    def _hang_up(self) -> None:
        mailbox, self._mailbox = self._mailbox, None
        if mailbox is not None:
            mailbox.close()
