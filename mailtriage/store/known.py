"""What the store says of messages and of what is intended for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mailtriage.records import ActionKind, Category, Flag
from mailtriage.store import schema


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message lies. A UID means nothing without its UIDVALIDITY (RFC 3501 §2.3.1.1). An empty ``folder`` is
    nowhere: another message has taken the place."""

    account: str
    folder: str
    uidvalidity: int
    uid: int


@dataclass(frozen=True, slots=True)
class Watermark:
    """Up to which UID a folder is finished."""

    uidvalidity: int
    last_uid: int


@dataclass(frozen=True, slots=True)
class AccountState:
    """When an account was last reached, and what is wrong with it since when."""

    last_contact: datetime | None
    trouble: str | None
    trouble_since: datetime | None


@dataclass(frozen=True, slots=True)
class Known:
    """A message that the store knows."""

    id: int
    place: Place
    category: Category | None
    unsure: bool
    flags: frozenset[Flag]
    language: str
    failure: str


@dataclass(frozen=True, slots=True)
class Intent:
    """One intended action; ``folder``, ``uidvalidity``, ``uidnext`` and ``begun_at`` as in ``schema.intents``."""

    id: int
    message: Known
    kind: ActionKind
    header_id: str
    outcome: str
    folder: str
    uidvalidity: int
    uidnext: int
    begun_at: datetime | None


def known_from(row: Any, prefix: str = "") -> Known:
    """A ``Known`` from a row of ``messages``; ``prefix`` where the columns carry the table's name."""
    value = {column.name: row[prefix + column.name] for column in schema.messages.columns}
    return Known(
        id=value["id"],
        place=Place(value["account"], value["folder"], value["uidvalidity"], value["uid"]),
        category=Category(value["category"]) if value["category"] else None,
        unsure=bool(value["unsure"]),
        flags=frozenset(Flag(flag) for flag in (value["flags"] or "").split(",") if flag),
        language=value["language"] or "",
        failure=value["failure"] or "",
    )


def intent_from(row: Any) -> Intent:
    """An ``Intent`` from a row of ``intents`` and ``messages``, whose columns carry the tables' names."""
    return Intent(
        id=row["intents_id"],
        message=known_from(row, "messages_"),
        kind=ActionKind(row["intents_kind"]),
        header_id=row["intents_header_id"],
        outcome=row["intents_outcome"],
        folder=row["intents_folder"],
        uidvalidity=row["intents_uidvalidity"],
        uidnext=row["intents_uidnext"],
        begun_at=row["intents_begun_at"],
    )
