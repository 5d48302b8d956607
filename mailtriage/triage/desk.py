"""What it takes to work on one account, besides a connection: the first three rooms, for one message."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from mailtriage.act.digest import DigestWriter
from mailtriage.decide import Office, decide
from mailtriage.errors import ConnectionLostError, MailboxError, UnreadableMessageError
from mailtriage.judge.verdicts import Judge
from mailtriage.read import ScopeRules, read_message, scope_of
from mailtriage.records import Message, Plan, Scope, ScopeKind, Verdict
from mailtriage.settings import Account
from mailtriage.store import Place

log = structlog.get_logger("mailtriage")

Clock = Callable[[], datetime]

TRIES = 3
"""How often the connection may be lost over one message or one act before that is set aside: a server that breaks down
over one message is not to keep the others waiting."""


@dataclass(frozen=True, slots=True)
class Considered:
    """One message as the first three rooms left it. ``failure`` says why it could not be read or judged.

    ``digest`` is by what the message is recognised at another place; empty where nothing of it could be had.
    ``arrived_at`` is the server's INTERNALDATE, None where it was not told.
    """

    place: Place
    message: Message | None
    scope: Scope | None
    verdict: Verdict | None
    plan: Plan
    failure: str = ""
    digest: str = ""
    arrived_at: datetime | None = None


@dataclass(frozen=True)
class Desk:
    """What an account is worked on with. ``losses`` counts lost connections by what they were lost over; ``looked_at``
    is when what need not be looked at in each pass was last looked at."""

    account: Account
    office: Office
    judge: Judge
    scope: ScopeRules
    writer: DigestWriter
    clock: Clock
    losses: Counter[Hashable] = field(default_factory=Counter)
    looked_at: dict[str, datetime] = field(default_factory=dict)

    def consider(self, raw: bytes, now: datetime) -> tuple[Message, Scope, Verdict | None, Plan]:
        """Read, judge and decide on one message.

        Raises:
            UnreadableMessageError: it cannot be read.
        """
        message = read_message(raw)
        return message, *self.weigh(message, now)

    def weigh(
        self, message: Message, now: datetime, arrived: datetime | None = None
    ) -> tuple[Scope, Verdict | None, Plan]:
        """Judge and decide on one message; ``arrived`` as for ``decide``."""
        scope = scope_of(message, self.scope)
        verdict = self.judge.judge(message) if scope.kind is ScopeKind.PARENT else None
        return scope, verdict, decide(message, scope, verdict, now, self.office, arrived=arrived)

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

    def exhausted(self, what: Hashable) -> bool:
        """True where the connection was lost over this too often."""
        return self.losses[what] >= TRIES

    @contextmanager
    def patiently(self, what: Hashable) -> Iterator[None]:
        """Count the connections that are lost over something: a server that breaks down there each time (SERVERBUG) is
        not to keep the account down.

        Raises:
            MailboxError: the connection was lost over it too often.
        """
        if self.exhausted(what):
            raise MailboxError("the connection was lost over it each time; it is left alone until the next start")
        try:
            yield
        except ConnectionLostError:
            self.losses[what] += 1
            raise
        del self.losses[what]


def reach(first_contact: datetime, account: Account) -> datetime:
    """From when on mail is looked at: the first contact, or some days before it."""
    return first_contact - timedelta(days=account.reach_back_days)
