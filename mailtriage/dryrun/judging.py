"""Messages through the first three rooms: read, judged and decided on. Nothing is carried out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jinja2 import TemplateError

from mailtriage.decide import Office, Replier, decide, next_to_be_told
from mailtriage.dryrun.raw import Raw
from mailtriage.dryrun.rows import Row, row_of
from mailtriage.errors import ConfigurationError, MailtriageError, NoWorkingMomentError, UsageError
from mailtriage.judge import Judge
from mailtriage.read import ScopeRules, read_message, scope_of
from mailtriage.records import Message, Plan, Scope, ScopeKind, Verdict
from mailtriage.service.opening import judge_for, scope_rules
from mailtriage.settings import Account, Settings, default_staff
from mailtriage.settings.calendars import free_days

_MOST_HEADER = 64 << 10
_HEADER_END = re.compile(rb"\r?\n\r?\n")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one message.

    ``moment`` is the one as of which it was decided on; ``arrived`` when it came, None where that is not known.
    ``held``: somebody is told later, since nobody works at that moment.
    """

    row: Row
    moment: datetime
    arrived: datetime | None = None
    held: bool = False
    size: int = 0


@dataclass(frozen=True, slots=True)
class Task:
    """What a dry-run is to do, in a form that other processes can be handed.

    ``account`` names the mailbox in whose place mail is judged; None for the first, or for an imagined one.
    ``at`` is the moment for every message; None for each one's arrival. ``now`` stands in where that is not known.
    """

    settings: Settings
    base: Path
    now: datetime
    account: str | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class _Reading:
    raw: Raw
    moment: datetime
    message: Message | None = None
    scope: Scope | None = None
    failure: str = ""


class Rooms:
    """The first three rooms, ready for use."""

    def __init__(self, task: Task) -> None:
        """Load the model, the templates and the list of parents.

        Raises:
            UsageError: there is no account of that name.
            ConfigurationError, ModelError: something that the configuration names cannot be used.
        """
        account = _account(task)
        self.judge: Judge = judge_for(task.settings)
        self.office = _office(task, account)
        self.scope: ScopeRules = scope_rules(task.settings, account, task.base)
        self.zone = task.settings.school.zone
        self._at = task.at
        self._now = task.now

    def consider(self, raws: Sequence[Raw]) -> list[Outcome]:
        """What would be done for each message, in their order. One that cannot be judged is told, and stops nobody."""
        readings = [self._read(raw) for raw in raws]
        asked = [
            one.message
            for one in readings
            if one.message and one.scope and one.scope.kind is ScopeKind.PARENT and not one.failure
        ]
        verdicts = self._judged(asked)
        return [self._outcome(reading, verdicts.get(id(reading.message))) for reading in readings]

    def _read(self, raw: Raw) -> _Reading:
        fallback = self._at or self._now
        if raw.content is None:
            return _Reading(raw, fallback, failure=raw.failure)
        try:
            message = read_message(raw.content)
        except Exception as error:  # whatever one message does, the others go on
            head = _head_of(raw.content)
            moment = self._at or (head and head.arrived) or self._now
            return _Reading(raw, moment, head, failure=told(error, "read"))
        moment = self._at or message.arrived or self._now
        try:
            return _Reading(raw, moment, message, scope_of(message, self.scope))
        except Exception as error:  # as above
            return _Reading(raw, moment, message, failure=told(error, "read"))

    def _judged(self, messages: Sequence[Message]) -> dict[int, Verdict | str]:
        """Verdicts by the identity of the message, or why there is none."""
        if not messages:
            return {}
        try:
            return {id(one): verdict for one, verdict in zip(messages, self.judge.judge_many(messages), strict=True)}
        except Exception as error:  # one of them is the cause: each is asked about alone
            if len(messages) == 1:
                return {id(messages[0]): told(error, "judged")}
        return {key: value for one in messages for key, value in self._judged([one]).items()}

    def _outcome(self, reading: _Reading, verdict: Verdict | str | None) -> Outcome:
        message, scope = reading.message, reading.scope
        failure = verdict if isinstance(verdict, str) else reading.failure
        verdict = None if isinstance(verdict, str) else verdict
        plan = Plan()
        try:
            if reading.raw.content is not None and failure:
                plan = self._only_told(reading.moment)
            elif message and scope:
                plan = decide(message, scope, verdict, reading.moment, self.office)
            if self._at and plan.notify and plan.notify_at is None:
                self._refuse(self._at)
        except NoWorkingMomentError:
            # The same for every message: a matter of the configuration.
            raise
        except Exception as error:  # as above
            verdict, failure = None, told(error, "decided on")
        row = row_of(reading.raw.source, message, scope, verdict, plan, zone=self.zone, error=failure or None)
        arrived = message.arrived.astimezone(self.zone) if message and message.arrived else None
        return Outcome(row, reading.moment, arrived, self._held(plan, reading.moment), reading.raw.size)

    def _only_told(self, moment: datetime) -> Plan:
        """What the service does about mail that it cannot judge: the teacher is told of it."""
        told_at, people = self.office.told_next(moment)
        return Plan(notify_at=told_at, notify=people)

    def _refuse(self, at: datetime) -> None:
        """Say whose schedules have no moment within a year. (An old message may well lie before somebody's first day;
        a moment that was asked for is another matter.)

        Raises:
            NoWorkingMomentError: always.
        """
        next_to_be_told(at, self.office.schedules, self.office.settings.notifications.when)

    def _held(self, plan: Plan, moment: datetime) -> bool:
        if plan.notify_at is None or plan.notify_at <= moment:
            return False
        return not any(schedule.open_at(moment) for schedule in self.office.schedules)


def _head_of(content: bytes) -> Message | None:
    """What the header of an unreadable message says, as a message without text; None where it cannot be read."""
    header = _HEADER_END.split(content[:_MOST_HEADER].lstrip(b"\r\n"), maxsplit=1)[0]
    try:
        return read_message(header)
    except Exception:  # the reason why the message is unreadable may lie here
        return None


def told(error: Exception, done: str) -> str:
    """Why a message failed, and what to do, in one line; of an error that nobody foresaw only its kind."""
    if isinstance(error, MailtriageError):
        return f"{error.what}; {error.advice}" if error.advice else error.what
    return f"it could not be {done} ({type(error).__name__}); look at it in a mail program, and report it as a bug"


def _account(task: Task) -> Account | None:
    accounts = task.settings.accounts
    if task.account is None:
        return accounts[0] if accounts else None
    found = next((one for one in accounts if one.name == task.account), None)
    if found is None:
        names = ", ".join(one.name for one in accounts)
        advice = f"choose one of {names}" if names else "give a configuration with accounts, or leave --account out"
        raise UsageError("there is no such account", where=f"--account {task.account}", advice=advice)
    return found


def _office(task: Task, account: Account | None) -> Office:
    """The account's office; without one, that of everybody in the configuration, or of an ordinary teacher."""
    settings = task.settings
    calendar = free_days(settings.school, (task.at or task.now).astimezone(settings.school.zone).date())
    try:
        replier = Replier(settings.replies, settings.school)
    except TemplateError as error:
        raise ConfigurationError(
            f"a template for replies cannot be used ({error})", where="replies.templates", advice="correct it"
        ) from error
    if account:
        return Office.of(settings, account, replier, calendar)
    staff = settings.staff or (default_staff(),)
    return Office.for_staff(settings, staff, staff[0].address, replier, calendar)
