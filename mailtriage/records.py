"""The words of the program, each defined once.

account
    One IMAP login.
folder
    What RFC 3501 calls a mailbox.
message
    One mail, as far as it is needed to judge and answer it.
category, flag
    See ``docs/labels.md``.
verdict
    Category, probabilities, flags, language, evidence, and whether the judge is unsure.
plan
    The actions that follow from a verdict, the rules and the moment, before any is carried out.

All records are frozen. A ``datetime`` is always aware of its time zone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Category(StrEnum):
    """What a parent's mail asks for (rule A.8 of the protocol)."""

    YES_NO = "yes_no"
    APPOINTMENT = "appointment"
    NOTICE = "notice"
    SUBSTANTIVE = "substantive"


CATEGORIES: tuple[Category, ...] = tuple(Category)
"""The categories in the order of probability vectors."""


class Flag(StrEnum):
    """Independent of the category; any number may be set."""

    URGENT = "urgent"
    CONDUCT = "conduct"
    PERSONAL = "personal"


FLAGS: tuple[Flag, ...] = tuple(Flag)


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox of RFC 5322 §3.4: display name (may be empty) and addr-spec, lower-cased."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        """The part behind the last ``@``, lower-cased; empty where there is none."""
        return self.address.rpartition("@")[2] if "@" in self.address else ""


@dataclass(frozen=True, slots=True)
class Message:
    """One mail after reading.

    ``newest`` is what its sender wrote now; ``quoted`` what stands below it from earlier mails (forwarded text
    included); ``signature`` what closes it. ``headers`` holds, by lower-case name, every value of the headers that
    scope rules look at, unfolded and decoded. ``digest`` is the SHA-256 of what was read, in hexadecimal.
    ``received`` is the time in the topmost ``Received`` header (RFC 5321 §4.4: the last hop writes it first).
    """

    message_id: str
    sender: Address
    subject: str
    newest: str
    quoted: str = ""
    signature: str = ""
    date: datetime | None = None
    received: datetime | None = None
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    digest: str = ""
    truncated: bool = False

    @property
    def arrived(self) -> datetime | None:
        """When the mail arrived: its last ``Received``, else its ``Date``, else unknown."""
        return self.received or self.date

    @property
    def conversation(self) -> str:
        """The Message-ID of the conversation's first message, as far as this one names it (RFC 5322 §3.6.4): the first
        of References, else of In-Reply-To, else its own; empty where it has none of them."""
        return next(iter((*self.references, *self.in_reply_to, self.message_id)), "")


class ScopeKind(StrEnum):
    """Whether a message is classified at all."""

    PARENT = "parent"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Scope:
    """Whether a message is a parent's, and why that is thought."""

    kind: ScopeKind
    reason: str


@dataclass(frozen=True, slots=True)
class Clue:
    """A word or phrase that spoke for the verdict.

    ``weight`` is its contribution in log-odds (above 0 speaks for). ``about`` names the category or flag.
    """

    clue: str
    weight: float
    about: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the judge makes of one message.

    ``probabilities`` has every category and sums to 1. ``flag_probabilities`` are independent. ``sentence`` is the
    deciding sentence, verbatim; ``flag_sentences`` the same for each flag that is set. ``model`` names the model.
    """

    category: Category
    probabilities: Mapping[Category, float]
    flags: frozenset[Flag]
    flag_probabilities: Mapping[Flag, float]
    language: str
    unsure: bool
    why: tuple[Clue, ...] = ()
    sentence: str = ""
    flag_sentences: Mapping[Flag, str] = field(default_factory=dict)
    model: str = ""

    @property
    def confidence(self) -> float:
        """The calibrated probability of ``category``."""
        return self.probabilities[self.category]


@dataclass(frozen=True, slots=True)
class Draft:
    """A reply, ready for the Drafts folder. ``date`` is the moment at which it was made."""

    message_id: str
    sender: Address
    to: tuple[Address, ...]
    subject: str
    in_reply_to: str
    references: tuple[str, ...]
    text: str
    date: datetime


class ActionKind(StrEnum):
    """The kinds of action, by the names of the JSON contract."""

    MARK = "mark"
    DRAFT = "draft"
    HOLD = "hold"
    RELEASE = "release"
    NOTIFY = "notify"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done for one message.

    ``marks`` are the names of the marks to set. ``notify_at`` is when somebody is told, None where nobody is;
    ``notify`` names the staff who are told. ``reply`` is None where no draft is due. ``hold_until`` is when the message
    comes back into the inbox, None where it is not held. ``actions`` lists what there is to do; it is carried out in
    the order draft, mark, hold, notify.
    """

    marks: tuple[str, ...] = ()
    reply: Draft | None = None
    notify_at: datetime | None = None
    notify: tuple[str, ...] = ()
    hold_until: datetime | None = None

    @property
    def actions(self) -> tuple[ActionKind, ...]:
        """The kinds of action in this plan."""
        present = (
            (ActionKind.MARK, bool(self.marks)),
            (ActionKind.DRAFT, self.reply is not None),
            (ActionKind.HOLD, self.hold_until is not None),
            (ActionKind.NOTIFY, self.notify_at is not None),
        )
        return tuple(kind for kind, there in present if there)
