"""Ordered, named steps from an empty database to the schema.

Each step runs in one transaction together with the record that it ran. A step is never changed after a release; a new
one is added. ``schema.py`` is what the last one leaves; a test compares the two.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, select

from mailtriage.errors import StoreError
from mailtriage.store import corrections_table, first_tables, hours_tables, schema
from mailtriage.store.transactions import shown, writing

Step = Callable[[Connection], None]


def _first_tables(connection: Connection) -> None:
    first_tables.metadata.create_all(connection, checkfirst=False)


def _salt(connection: Connection) -> None:
    connection.execute(schema.facts.insert().values(key="salt", value=secrets.token_hex(32)))


def _corrections(connection: Connection) -> None:
    corrections_table.corrections.create(connection, checkfirst=False)


STEPS: tuple[tuple[str, Step], ...] = (
    ("0001-first-tables", _first_tables),
    ("0002-salt", _salt),
    ("0003-corrections", _corrections),
    ("0004-hours", hours_tables.add),
)


def migrate(engine: Engine, steps: tuple[tuple[str, Step], ...] = STEPS) -> list[str]:
    """Bring a database up to date; returns the names of the steps that ran.

    Raises:
        StoreError: the database was made by a newer version of this program, or a step failed; the steps before it
            stay.
    """
    with writing(engine) as connection:
        schema.applied.create(connection, checkfirst=True)
        unknown = _names(connection) - {name for name, _ in steps}
    if unknown:
        raise StoreError(
            f"the database knows steps that this version does not ({', '.join(sorted(unknown))})",
            where=shown(engine),
            advice="use the newer version of mailtriage that made it, or name another database in [store] url",
        )
    ran: list[str] = []
    for name, step in steps:
        with writing(engine) as connection:
            if name in _names(connection):
                continue
            step(connection)
            connection.execute(schema.applied.insert().values(name=name, applied_at=datetime.now(UTC)))
            ran.append(name)
    return ran


def _names(connection: Connection) -> set[str]:
    return set(connection.execute(select(schema.applied.c.name)).scalars())
