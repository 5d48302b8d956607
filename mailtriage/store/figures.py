"""What the school's figures are made from: for each message what was made of it and when, and not a word of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, exists, func, select

from mailtriage.records import ActionKind, Category, Flag
from mailtriage.store import schema
from mailtriage.store.transactions import reading


@dataclass(frozen=True, slots=True)
class Handled:
    """One message in scope.

    ``account`` tells by whose hours it is counted, and is shown nowhere. ``category`` is the one that counts now (a
    person's, where it was corrected); None where the message could not be judged. ``at`` is when it arrived: the
    server's INTERNALDATE, or where that is not known when it was first seen. ``answered_at`` is when it was first seen
    to be answered. ``offered`` is true where a draft with an offer of a conversation was put in place.
    """

    account: str
    category: Category | None
    unsure: bool
    flags: frozenset[Flag]
    at: datetime
    answered_at: datetime | None
    offered: bool


@contextmanager
def handled(engine: Engine, start: datetime, end: datetime) -> Iterator[Iterator[Handled]]:
    """The messages of all accounts that arrived from ``start`` (included) to ``end`` (not included), both aware.

    Raises:
        StoreError: the database cannot be read.
    """
    table, intents = schema.messages, schema.intents
    at = func.coalesce(table.c.arrived_at, table.c.seen_at, type_=schema.UtcDateTime())
    drafted = (intents.c.message == table.c.id) & (intents.c.kind == ActionKind.DRAFT) & (intents.c.state == "done")
    query = select(
        table.c.account,
        table.c.category,
        table.c.unsure,
        table.c.flags,
        at.label("at"),
        table.c.answered_at,
        exists().where(drafted).label("offered"),
    ).where(at >= start, at < end)
    with reading(engine) as connection:
        yield (
            Handled(
                account=row.account,
                category=Category(row.category) if row.category else None,
                unsure=bool(row.unsure),
                flags=frozenset(Flag(flag) for flag in (row.flags or "").split(",") if flag),
                at=row.at,
                answered_at=row.answered_at,
                offered=bool(row.offered),
            )
            for row in connection.execute(query)
        )


def watched_since(engine: Engine) -> datetime | None:
    """The first contact with any account; None before it.

    Raises:
        StoreError: the database cannot be read.
    """
    first = func.min(schema.accounts.c.first_contact, type_=schema.UtcDateTime())
    with reading(engine) as connection:
        moment: datetime | None = connection.execute(select(first)).scalar_one()
    return moment
