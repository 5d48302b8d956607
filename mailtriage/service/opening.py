"""From settings to what works on an account: connections, offices, judges, and the rules of scope."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mailtriage.act.digest import DigestWriter
from mailtriage.act.imap import Connection, connect
from mailtriage.act.mailbox import Mailbox
from mailtriage.decide import Office, Replier
from mailtriage.judge import Judge, ModelJudge
from mailtriage.modelfiles import CURRENT, Mark, find, load, mark, own_folder
from mailtriage.read import ScopeRules
from mailtriage.records import Address, Message
from mailtriage.settings import Account, FreeDays, Settings
from mailtriage.settings.calendars import free_days
from mailtriage.settings.parents import parents_of
from mailtriage.settings.secrets import fetch_secret
from mailtriage.triage import Clock, Desk

Connector = Callable[[Account], Mailbox]
"""Opens a connection to an account; tests and the demo bring their own."""


def connection_of(account: Account) -> Connection:
    """How to reach a configured account; the secret is fetched anew at each login."""
    return Connection(
        host=account.host,
        port=account.effective_port,
        security=account.security,
        username=account.username,
        secret=lambda: fetch_secret(account.secret),
        mechanism=account.mechanism,
        ca_file=account.ca_file,
        timeout=account.timeout_seconds,
    )


def connector(account: Account) -> Mailbox:
    """Open an IMAP connection to a configured account.

    Raises:
        LoginRefusedError, ConnectionLostError, MailboxError, SecretError: see ``mailtriage.act.imap.connect``.
    """
    return connect(connection_of(account))


def judge_for(settings: Settings) -> Judge:
    """The judge that the configuration names.

    Raises:
        ModelError: the model is missing or cannot be trusted.
    """
    model, _ = load(find(settings.classifier.model, settings.classifier.models))
    judge = ModelJudge(model).with_unsure_below(settings.classifier.unsure_below)
    # The first verdict loads the language model (0.6 s): better now than when the first mail comes.
    judge.judge(Message("", Address("", ""), "", "Een eerste bericht om warm te draaien."))
    return judge


def model_mark(settings: Settings) -> Mark:
    """Changes when another model is taken into use; stays None where the configuration names the model."""
    if settings.classifier.model != CURRENT:
        return None
    return mark(own_folder(settings.classifier.models))


def scope_rules(settings: Settings, account: Account | None, base: Path) -> ScopeRules:
    """Whose mail counts as a parent's in an account; ``account`` is None in a dry-run on files."""
    staff = {person.address for person in settings.staff}
    accounts = {one.effective_address for one in settings.accounts}
    return ScopeRules(
        own_domains=frozenset(settings.school.domains),
        own_addresses=frozenset(staff | accounts) - {""},
        parents=parents_of(settings, base),
        trusted_authserv=frozenset(account.trusted_authserv if account else ()),
        other_addresses=frozenset(one.lower() for one in settings.school.suppliers if "@" in one),
        other_domains=frozenset(one.lower() for one in settings.school.suppliers if "@" not in one),
    )


@dataclass(frozen=True)
class Opening:
    """One reading of the configuration, ready for use: everything that a reload replaces."""

    settings: Settings
    judge: Judge
    replier: Replier
    writer: DigestWriter
    base: Path
    calendar: tuple[FreeDays, ...] = ()

    @classmethod
    def of(cls, settings: Settings, base: Path) -> Opening:
        """Load the model, the templates and the calendar files.

        Raises:
            ModelError, ConfigurationError: something that the configuration names cannot be used.
        """
        school = settings.school
        return cls(
            settings=settings,
            judge=judge_for(settings),
            replier=Replier(settings.replies, school),
            writer=DigestWriter(school),
            base=base,
            calendar=free_days(school, datetime.now(school.zone).date()),
        )

    def desk(self, account: Account, clock: Clock) -> Desk:
        """What an account is worked on with."""
        return Desk(
            account=account,
            office=Office.of(self.settings, account, self.replier, self.calendar),
            judge=self.judge,
            scope=scope_rules(self.settings, account, self.base),
            writer=self.writer,
            clock=clock,
        )
