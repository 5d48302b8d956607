"""Transactions, with the database's errors as ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from mailtriage.errors import StoreError

_WRITES = "mailtriage_writes"


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one state of the database; nothing written on it stays.

    Raises:
        StoreError: the database cannot be read.
    """
    with _as_ours(engine), engine.connect() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction: all that is written in it stays, or nothing.

    Raises:
        StoreError: the database cannot be written.
    """
    with _as_ours(engine), engine.execution_options(**{_WRITES: True}).begin() as connection:
        yield connection


def begin(connection: Connection) -> None:
    """Begin a transaction in SQLite. A writer takes its lock at once, where SQLite waits for others; a reader that
    becomes a writer would be refused instead."""
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def shown(engine: Engine) -> str:
    """Which database it is, without its password."""
    return str(engine.url.render_as_string(hide_password=True))


def first_line(error: Any) -> str:
    """The first line of what the database said, without the statement and its values."""
    return str(getattr(error, "orig", None) or error).partition("\n")[0]


@contextmanager
def _as_ours(engine: Engine) -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        raise StoreError(
            f"the database refused ({first_line(error)})",
            where=shown(engine),
            advice="look at the free space and the rights of the store, and whether another program holds it; what was "
            "not recorded was not done",
        ) from error
