"""The script that files at delivery, kept up to date on the servers: for accounts with ``hold = "delivery"``."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog

from mailtriage.act.imap import Connection
from mailtriage.act.later import later_name, made_later
from mailtriage.act.mailbox import Mailbox
from mailtriage.act.managesieve import Scripts, Standing, install, opened, possible, standing_of
from mailtriage.decide.filing import Coverage, Filing, coverage_of, provider_of
from mailtriage.decide.hours import schedules_of
from mailtriage.errors import ConfigurationError, MailtriageError
from mailtriage.service.opening import Connector, scope_rules
from mailtriage.settings import Account, Server, Settings
from mailtriage.settings.calendars import free_days
from mailtriage.settings.secrets import fetch_secret
from mailtriage.store import discreet
from mailtriage.triage import Clock

EVERY = timedelta(hours=6)
"""Between two looks at the servers."""

SOONER = timedelta(hours=1)
"""Until the next look where the latest one failed."""

_log = structlog.get_logger("mailtriage")


class State(StrEnum):
    """How the script on a server stands; the values are for people."""

    MISSING = "no script of ours is installed"
    ASLEEP = "our script is there, but another one is active"
    CHANGED = "somebody changed our script by hand"
    OUTDATED = "the configuration has changed since it was made"
    WANING = "less than half of its days remain"
    CURRENT = "up to date"


RENEWED = (State.OUTDATED, State.WANING)
"""The states in which the service renews. It does not begin of itself, nor against somebody's own choice."""


@dataclass(frozen=True, slots=True)
class Placed:
    """What lies on a server: how it stands, and the days it covers (None where there is nothing that can be read)."""

    state: State
    coverage: Coverage | None

    def sentence(self, zone: ZoneInfo) -> str:
        """For people, with moments in their time zone."""
        until = f", files until {self.coverage.end.astimezone(zone):%Y-%m-%d %H:%M}" if self.coverage else ""
        todo = "" if self.state in (*RENEWED, State.CURRENT) else "; run mailtriage sieve --install"
        return f"filing at delivery: {self.state.value}{until}{todo}"


def sieve_server(account: Account) -> Connection | None:
    """How to reach an account's ManageSieve server; what ``[accounts.sieve]`` leaves out is as for IMAP.

    None where the provider is known to have none and no other server is named.
    """
    server = account.sieve or Server()
    if not server.host and provider_of(account.host):
        return None
    secret = server.secret or account.secret
    return Connection(
        host=server.host or account.host,
        port=server.port or 4190,
        security=server.security,
        username=server.username or account.username,
        secret=lambda: fetch_secret(secret),
        mechanism=account.mechanism,
        ca_file=account.ca_file,
        timeout=account.timeout_seconds,
    )


def filing_for(
    settings: Settings, account: Account, base: Path, folder: str, now: datetime, *, create: bool = True
) -> Filing:
    """What the script of an account is made from.

    Args:
        settings: the whole configuration; the list of parents and the calendars are read anew.
        account: one of its accounts.
        base: where relative paths in it start.
        folder: the folder for later, as the server names it.
        now: aware; the calendars are read around this day.
        create: whether the server can make the folder at delivery.

    Raises:
        ConfigurationError: the list of parents or a calendar cannot be read.
    """
    school = settings.school
    calendar = free_days(school, now.astimezone(school.zone).date())
    schedules = schedules_of(settings, settings.staff_of(account), calendar)
    return Filing(account.name, schedules, scope_rules(settings, account, base), folder, create)


@contextmanager
def scripts_of(account: Account) -> Iterator[Scripts]:
    """The scripts of an account on its ManageSieve server.

    Raises:
        ConfigurationError: the account's provider has none.
        MailtriageError: as ``mailtriage.act.managesieve.opened`` does.
    """
    connection = sieve_server(account)
    if connection is None:
        raise ConfigurationError(
            f"{account.host} has no ManageSieve", account.name, f"see mailtriage sieve --account {account.name}"
        )
    with opened(connection) as scripts:
        yield scripts


def placed(standing: Standing, filing: Filing, now: datetime) -> Placed:
    """How what lies on a server stands to what ought to lie there; ``now`` is aware."""
    if standing.ours is None:
        return Placed(State.MISSING, None)
    coverage = coverage_of(standing.ours)
    if standing.changed:
        return Placed(State.CHANGED, coverage)
    if not standing.runs:
        return Placed(State.ASLEEP, coverage)
    if coverage is None or standing.ours.rstrip() != filing.script(coverage.first, coverage.days).rstrip():
        return Placed(State.OUTDATED, coverage)
    return Placed(State.WANING if coverage.wanes(now) else State.CURRENT, coverage)


def look(settings: Settings, account: Account, base: Path, mailbox: Mailbox, now: datetime) -> Placed:
    """Look at the script of an account on its server; ``mailbox`` tells the name of the folder, and is not changed.

    Raises:
        MailtriageError: a server cannot be reached or refuses, or the configuration names what cannot be read.
    """
    with scripts_of(account) as scripts:
        filing = _filing(settings, account, base, later_name(mailbox.folders()), now, scripts)
        return placed(standing_of(scripts), filing, now)


def renew(settings: Settings, account: Account, base: Path, mailbox: Mailbox, now: datetime) -> Placed:
    """Renew the script of an account where that is due; returns how it stood before. Raises as ``look`` does."""
    with scripts_of(account) as scripts:
        filing = _filing(settings, account, base, later_name(mailbox.folders()), now, scripts)
        found = placed(standing_of(scripts), filing, now)
        if found.state in RENEWED and found.coverage is not None:
            made_later(mailbox)
            install(scripts, filing.script_at(now, found.coverage.days))
        return found


def place(settings: Settings, account: Account, base: Path, connect: Connector, now: datetime, days: int) -> list[str]:
    """Put the script of an account on its server, for so many days; returns what is worth knowing of it.

    The folder is made first, but only once the server has said that it would take the script. Raises as ``look`` does.
    """
    with scripts_of(account) as scripts:
        mailbox = connect(account)
        try:
            name = later_name(mailbox.folders())
            possible(scripts, _filing(settings, account, base, name, now, scripts).script_at(now, days))
            made = made_later(mailbox)
        finally:
            mailbox.close()
        return install(scripts, _filing(settings, account, base, made, now, scripts).script_at(now, days))


def _filing(settings: Settings, account: Account, base: Path, folder: str, now: datetime, scripts: Scripts) -> Filing:
    return filing_for(settings, account, base, folder, now, create="mailbox" in scripts.extensions)


class Renewer:
    """Looks after the scripts of a service's accounts, beside its main thread: a slow server holds up nobody."""

    def __init__(self, connect: Connector, clock: Clock) -> None:
        """Take what reaches a mailbox, and what tells the time."""
        self._connect = connect
        self._clock = clock
        self._seen: Settings | None = None
        self._due: datetime | None = None
        self._thread: threading.Thread | None = None
        self._told: dict[str, str] = {}

    def tick(self, settings: Settings, base: Path) -> None:
        """Begin a look where one is due: at first, after a change of the configuration, and every few hours."""
        if self._thread is not None and self._thread.is_alive():
            return
        now = self._clock()
        if self._seen is settings and self._due is not None and now < self._due:
            return
        self._seen, self._due = settings, now + EVERY
        self._thread = threading.Thread(target=self.run, args=(settings, base), name="sieve", daemon=True)
        self._thread.start()

    def run(self, settings: Settings, base: Path) -> bool:
        """Look at every account that holds at delivery; True where none failed."""
        accounts = [account for account in settings.accounts if account.hold == "delivery"]
        done = [self._one(settings, account, base) for account in accounts if sieve_server(account) is not None]
        if not all(done):
            self._due = self._clock() + SOONER
        return all(done)

    def _one(self, settings: Settings, account: Account, base: Path) -> bool:
        log = _log.bind(account=account.name)
        try:
            mailbox = self._connect(account)
            try:
                found = renew(settings, account, base, mailbox, self._clock())
            finally:
                mailbox.close()
        except MailtriageError as error:
            # The server's words may quote the script, and that holds addresses.
            self._tell(account, discreet(error.what), log.error, error.advice)
            return False
        except Exception as error:
            self._tell(account, type(error).__name__, log.error, "")
            return False
        if found.state in RENEWED:
            self._told.pop(account.name, None)
            log.info("filing at delivery renewed", reason=found.state.value)
        elif found.state is not State.CURRENT:
            self._tell(account, found.state.value, log.warning, "run mailtriage sieve --install")
        return True

    def _tell(self, account: Account, reason: str, say: Callable[..., object], advice: str) -> None:
        """Say once what is wrong, until something else is."""
        if self._told.get(account.name) != reason:
            self._told[account.name] = reason
            say("filing at delivery is not looked after", reason=reason, advice=advice)
