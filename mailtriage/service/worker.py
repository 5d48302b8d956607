"""One account's thread: connect, pass, wait, and again; whatever happens, never another account's trouble."""

from __future__ import annotations

import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import structlog

from mailtriage.act.imap import find_drafts_folder
from mailtriage.act.mailbox import Mailbox
from mailtriage.errors import ConnectionLostError, LoginRefusedError, MailboxError, MailtriageError, SecretError
from mailtriage.service.opening import Connector
from mailtriage.store import Bells, Journal, discreet
from mailtriage.triage import Desk, Triage, reach

DELAYS: tuple[tuple[type[BaseException], float, float], ...] = (
    # Servers lock accounts after a few wrong logins: somebody has to mend this one, and says so by SIGHUP.
    (LoginRefusedError, 300.0, 3600.0),
    (SecretError, 60.0, 3600.0),
    (MailboxError, 60.0, 900.0),
    (BaseException, 1.0, 300.0),
)
"""Seconds until the next try after an error: the first time, and at most; doubling in between."""

JITTER = 3.0
"""Up to so many seconds more, by chance: accounts of one server do not come back all at once."""

CALM = 60.0
"""A connection that lived so many seconds was a good one: the next trouble is a new one."""

LONGEST_WAIT = 600.0
"""Seconds between two looks, at most."""

HOLD_WAIT = 60.0
"""The same where mail is held: IDLE tells nothing of the folder for later, and urgent mail that a script filed there at
delivery is not to wait."""

OVERDUE_WAIT = 30.0
"""Seconds until what is due, and could not be told or made, is tried again."""


class LoginGate:
    """Lets a few accounts of one server log in at a time: a server that comes back is not to be stormed, and one that
    does not answer keeps nobody else waiting."""

    def __init__(self, at_once: int = 4) -> None:
        """Allow ``at_once`` logins at the same time."""
        self._lock = threading.Lock()
        self._slots: defaultdict[str, threading.Semaphore] = defaultdict(lambda: threading.Semaphore(at_once))

    def open(self, connector: Connector, desk: Desk) -> Mailbox:
        """Connect when there is a slot."""
        with self._lock:
            slots = self._slots[desk.account.host]
        with slots:
            return connector(desk.account)


@dataclass(frozen=True)
class Memory:
    """The store, as a worker uses it."""

    journal: Journal
    bells: Bells


def begin(desk: Desk, mailbox: Mailbox, memory: Memory, halted: Callable[[], bool] = lambda: False) -> Triage:
    """Note the contact and prepare passes on a new connection."""
    now, days = desk.clock(), desk.account.reach_back_days
    first = memory.journal.contact(desk.account.name, now)
    if first == now:
        begins = f"of the last {days} days" if days else "from now on"
        structlog.get_logger("mailtriage").info(f"first contact: begins with mail {begins}", account=desk.account.name)
    drafts = find_drafts_folder(mailbox, desk.account.drafts)
    since = reach(first, desk.account)
    return Triage(desk, mailbox, memory.journal, memory.bells, drafts=drafts, since=since, halted=halted)


class Worker(threading.Thread):
    """Watches one account until it is stopped. The desk can be replaced while it runs: the next pass uses it."""

    def __init__(
        self,
        desk: Desk,
        connector: Connector,
        memory: Memory,
        gate: LoginGate,
        *,
        after: threading.Thread | None = None,
    ) -> None:
        """Prepare a thread; ``start`` begins.

        Two threads never work on one account: it would get everything twice. So ``after``, an earlier one that was told
        to stop, must have ended first.
        """
        super().__init__(name=f"account {desk.account.name}", daemon=True)
        self._desk = desk
        self._connector = connector
        self._memory = memory
        self._gate = gate
        self._after = after
        self._stopping = threading.Event()
        self._nudged = threading.Event()
        self._mailbox: Mailbox | None = None
        self._troubled = False
        self._changed = False
        self._calm = False
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

    def wake(self) -> None:
        """Have the account looked at now, also where it waits for another try to reach it."""
        self._nudged.set()
        mailbox = self._mailbox
        if mailbox is not None:
            mailbox.wake()

    def run(self) -> None:
        """Until stopped: reach the account, then watch it; on any trouble, reach it again, later each time."""
        while self._after is not None and self._after.is_alive() and not self._stopping.is_set():
            self._after.join(0.5)
        tries = 0
        while not self._stopping.is_set():
            self._nudged.clear()
            began = time.monotonic()
            try:
                self._live()
            except Exception as error:
                calm = self._calm or time.monotonic() - began > CALM
                tries = 1 if calm else tries + 1
                self._note(error)
                self._hang_up()
                if not self._stopping.is_set():
                    self._nudged.wait(delay(error, tries))
            finally:
                self._hang_up()

    def _live(self) -> None:
        """One connection, from login until stopped."""
        self._calm = False
        self._mailbox = mailbox = self._gate.open(self._connector, self._desk)
        triage = self._begun(mailbox)
        self._pass(triage)
        while not self._stopping.is_set():
            if not triage.pending():
                mailbox.wait(self._patience(triage))
            if self._stopping.is_set():
                return
            if self._changed:
                triage = self._begun(mailbox)
            self._pass(triage)
            self._calm = True

    def _begun(self, mailbox: Mailbox) -> Triage:
        self._changed = False
        return begin(self._desk, mailbox, self._memory, self._stopping.is_set)

    def _pass(self, triage: Triage) -> None:
        triage.run()
        self._memory.journal.contact(self._desk.account.name, self._desk.clock(), "; ".join(triage.complaints))
        if self._troubled:
            self._log.info("account is back")
            self._troubled = False

    def _patience(self, triage: Triage) -> float:
        """Seconds until the next look: the poll, or the next notification if that is sooner."""
        due = triage.next_due()
        most = OVERDUE_WAIT if triage.unsettled else LONGEST_WAIT if self._desk.account.hold == "off" else HOLD_WAIT
        longest = min(self._desk.account.poll_seconds, most)
        if due is None:
            return longest
        left = (due - self._desk.clock()) / timedelta(seconds=1)
        return min(longest, max(0.05, left) if left > 0 else OVERDUE_WAIT)

    def _note(self, error: BaseException) -> None:
        """An outage is told once in the log, and stands in the store until it is over."""
        what = discreet(error.what) if isinstance(error, MailtriageError) else type(error).__name__
        with suppress(MailtriageError):
            self._memory.journal.trouble(self._desk.account.name, what, self._desk.clock())
        if not self._troubled:
            self._troubled = True
            expected = isinstance(error, MailtriageError)
            self._log.error("account in trouble", reason=what, exc_info=None if expected else error)

    def _hang_up(self) -> None:
        mailbox, self._mailbox = self._mailbox, None
        if mailbox is not None:
            mailbox.close()


def delay(error: BaseException, tries: int) -> float:
    """Seconds until the next try, after ``tries`` tries in a row went wrong, the last one with ``error``."""
    first, most = next((first, most) for kind, first, most in DELAYS if isinstance(error, kind))
    asked = (error.retry_after or 0.0) if isinstance(error, ConnectionLostError) else 0.0
    backoff = min(most, first * 2.0 ** min(tries - 1, 20))
    return max(backoff, asked) + random.uniform(0, JITTER)  # noqa: S311 - spreads logins, protects nothing
