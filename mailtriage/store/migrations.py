"""Ordered, named steps from an empty database to the schema.

Each step runs in one transaction together with the record that it ran. A step is never changed after a release; a new
one is added. ``schema.py`` is what the last one leaves; a test compares the two.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, inspect, select

from mailtriage.errors import StoreError
from mailtriage.store import schema

Step = Callable[[Connection], None]


def _first_tables(connection: Connection) -> None:
    schema.metadata.create_all(connection, checkfirst=True)


def _salt(connection: Connection) -> None:
    connection.execute(schema.facts.insert().values(key="salt", value=secrets.token_hex(32)))


STEPS: tuple[tuple[str, Step], ...] = (
    ("0001-first-tables", _first_tables),
    ("0002-salt", _salt),
)


def migrate(engine: Engine, steps: tuple[tuple[str, Step], ...] = STEPS) -> list[str]:
    """Bring a database up to date; returns the names of the steps that ran.

    Raises:
        StoreError: the database was made by a newer version of this program.
    """
    ran: list[str] = []
    with engine.begin() as connection:
        schema.applied.create(connection, checkfirst=True)
    for name, step in steps:
        with engine.begin() as connection:
            if name in _names(connection):
                continue
            step(connection)
            connection.execute(schema.applied.insert().values(name=name, applied_at=datetime.now(UTC)))
            ran.append(name)
    with engine.connect() as connection:
        unknown = _names(connection) - {name for name, _ in steps}
    if unknown:
        raise StoreError(
            f"the database knows steps that this version does not ({', '.join(sorted(unknown))})",
            where=str(engine.url.render_as_string(hide_password=True)),
            advice="use the newer version of mailtriage that made it, or name another database in [store] url",
        )
    return ran


def _names(connection: Connection) -> set[str]:
    if not inspect(connection).has_table(schema.applied.name):
        return set()
    return set(connection.execute(select(schema.applied.c.name)).scalars())
