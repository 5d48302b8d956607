"""Releasing held mail by a command: by ourselves, or, where a service works with the store, by asking it."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from mailtriage.act.mailbox import Mailbox
from mailtriage.decide import Office, Replier
from mailtriage.service.opening import Connector, connector
from mailtriage.settings import Account, Settings
from mailtriage.settings.calendars import free_days
from mailtriage.store import Asked, Holds, Journal
from mailtriage.triage import Clock
from mailtriage.triage.holding import Holder

PATIENCE = 60.0
"""Seconds within which a running service is expected to have done what it was asked."""

_LOOK_EVERY = 0.25


@dataclass(frozen=True, slots=True)
class Released:
    """What became of the hold of one account.

    ``count`` messages were brought back; ``left`` stay, the next until ``next_at`` (None where nobody knows).
    ``complaints`` says what is wrong.
    """

    count: int
    left: int
    next_at: datetime | None
    complaints: tuple[str, ...] = ()


def holder_of(
    settings: Settings,
    account: Account,
    mailbox: Mailbox,
    journal: Journal,
    clock: Clock,
    complain: Callable[[str, str], None],
) -> Holder:
    """What holds and releases an account's mail, without anybody who judges it: no model is needed.

    Raises:
        ConfigurationError: a calendar that the configuration names cannot be read.
    """
    school = settings.school
    calendar = free_days(school, clock().astimezone(school.zone).date())
    office = Office.of(settings, account, Replier(settings.replies, school), calendar)
    return Holder(account, office, mailbox, journal, clock=clock, complain=complain, losses=Counter())


def release(
    settings: Settings,
    account: Account,
    journal: Journal,
    clock: Clock,
    *,
    everything: bool,
    connect: Connector = connector,
) -> Released:
    """Bring back what is due, or everything that lies in the hold, known or not. Nobody else may work on the account.

    Raises:
        ConnectionLostError, MailboxError, SecretError: the account cannot be reached.
    """
    complaints: list[str] = []
    mailbox = connect(account)
    try:
        holder = holder_of(
            settings, account, mailbox, journal, clock, lambda what, why: complaints.append(f"{what}: {why}")
        )
        holder.ready(make=False)
        holder.settle(put_away=False)
        count = holder.release(everything=everything, judged=False)
        lying = holder.lying()
    finally:
        mailbox.close()
    return Released(count, lying, Holds(journal.engine).waiting(account.name)[1], tuple(complaints))


def ask(account: Account, journal: Journal, *, everything: bool, patience: float = PATIENCE) -> Released | None:
    """Have the service that works with this store release; None where it did not within ``patience`` seconds. It does
    so at its next look all the same."""
    holds = Holds(journal.engine)
    before, _ = holds.waiting(account.name)
    holds.ask(account.name, Asked.ALL if everything else Asked.DUE)
    until, pause = time.monotonic() + patience, threading.Event()
    while holds.asked(account.name) is not None:
        if time.monotonic() > until:
            return None
        pause.wait(_LOOK_EVERY)
    left, next_at = holds.waiting(account.name)
    return Released(max(0, before - left), left, next_at)
