"""The errors of this program: one base class, one exit status per class.

An error carries fields, not prose: what is wrong, where, and what to do next. ``mailtriage.cli`` turns them into
the lines a person reads; nothing else prints them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum


class ExitStatus(IntEnum):
    """What the process tells the shell."""

    DONE = 0
    FAILED = 1
    WRONG_USE = 2
    SOME_UNREADABLE = 3


@dataclass
class MailtriageError(Exception):
    """Base of everything that this program raises on purpose.

    Args:
        what: what is wrong, in one sentence without a full stop.
        where: file, section, key, account or message; empty where it has no place.
        advice: what the reader can do next.
    """

    what: str
    where: str = ""
    advice: str = ""

    exit_status = ExitStatus.FAILED

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" if self.where else self.what


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in a configuration or a data file.

    ``where`` is a section and key (``staff[2].hours.monday``) or a file and line (``a.jsonl:17``).
    """

    where: str
    what: str
    advice: str = ""


@dataclass
class ProblemsError(MailtriageError):
    """Several problems of one file, told all at once."""

    problems: tuple[Problem, ...] = field(default=())


class ConfigurationError(ProblemsError):
    """The configuration cannot be used."""

    exit_status = ExitStatus.WRONG_USE


class UsageError(MailtriageError):
    """The command was called with something it does not take."""

    exit_status = ExitStatus.WRONG_USE


class UnreadableMessageError(MailtriageError):
    """One message could not be read; the others can."""

    exit_status = ExitStatus.SOME_UNREADABLE


class NoWorkingMomentError(MailtriageError):
    """A schedule has no working moment within a year."""

    exit_status = ExitStatus.WRONG_USE


class TrainingDataError(ProblemsError):
    """Training data cannot be used; nothing was trained."""

    exit_status = ExitStatus.WRONG_USE


class ModelError(MailtriageError):
    """A model is missing, corrupt, altered, or of a kind that cannot be trusted."""


class NoSuchModelError(ModelError):
    """Nobody made a model of the name that was given."""

    exit_status = ExitStatus.WRONG_USE


class StoreError(MailtriageError):
    """The database cannot be used."""


class StoreInUseError(StoreError):
    """Another process works with this database: the service, most likely."""


class MailboxError(MailtriageError):
    """A mailbox refused something, for good: retrying will not help."""


class LoginRefusedError(MailboxError):
    """The server was reached and refused the credentials."""


class SecretError(MailtriageError):
    """A password or token could not be fetched from where the configuration says it is."""


class ConnectionLostError(MailtriageError):
    """The connection is gone; the work may be tried again on a new one.

    ``retry_after`` is what the server asked for, in seconds (Exchange: ``Suggested Backoff Time``).
    """

    retry_after: float | None = None
