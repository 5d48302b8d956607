"""Opening the database: SQLite by default, another by its SQLAlchemy URL."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from mailtriage.errors import StoreError, UsageError
from mailtriage.store.lock import sqlite_file
from mailtriage.store.migrations import migrate
from mailtriage.store.transactions import begin, first_line


def default_path(environ: Mapping[str, str] = os.environ) -> Path:
    """Where the store is without a setting: the service's state folder (systemd), else the user's (XDG)."""
    if state := environ.get("STATE_DIRECTORY"):
        return Path(state.split(":")[0]) / "mailtriage.sqlite"
    base = environ.get("XDG_STATE_HOME")
    return (Path(base) if base else Path.home() / ".local" / "state") / "mailtriage" / "mailtriage.sqlite"


def require_database(url: str, *, default: Path | None = None) -> None:
    """Refuse to go on without a store: a command that looks into one must not make an empty one elsewhere.

    Args:
        url: as for ``open_database``. Only a file of SQLite is looked for.
        default: the default place; ``default_path()`` where None.

    Raises:
        UsageError: the file does not exist, or this user may not see it.
    """
    try:
        file = sqlite_file(make_url(_whole(url, default)))
        if file is None or file.exists():
            return
    except ArgumentError:
        return  # ``open_database`` says what is wrong with it
    except OSError:
        pass  # hidden from this user
    raise UsageError(
        "there is no store here that this user can see",
        where=str(file),
        advice="run this as the user of the service and with its configuration, whose [store] url names the store; the "
        "service makes it at its first start",
    )


def open_database(url: str, *, default: Path | None = None) -> Engine:
    """Open and migrate the database.

    Args:
        url: a SQLAlchemy URL, the path of a SQLite file, or empty for the default place.
        default: the default place; ``default_path()`` where None.

    Raises:
        StoreError: it cannot be opened, is damaged, or is of a newer version.
    """
    url = _whole(url, default)
    engine = None
    try:
        engine = create_engine(url, pool_pre_ping=True)
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _set_up)
            event.listen(engine, "begin", begin)
        file = sqlite_file(engine.url)
        if file is not None:
            _prepare(file)
        migrate(engine)
    except (StoreError, SQLAlchemyError, ImportError) as error:
        if engine is not None:
            engine.dispose()
        raise _unusable(error, url) from error
    return engine


def _whole(url: str, default: Path | None) -> str:
    if "://" in url:
        return url
    path = Path(url) if url else (default or default_path())
    return URL.create("sqlite", database=str(path)).render_as_string()


def _unusable(error: Exception, url: str) -> StoreError:
    if isinstance(error, StoreError) and not isinstance(error.__cause__, SQLAlchemyError):
        return error
    reason = error.__cause__ if isinstance(error, StoreError) else error
    return StoreError(
        f"the database cannot be used ({first_line(reason)})",
        where=_without_password(url),
        advice="look at [store] url, the free space and the rights of that file; a damaged file can be put aside: "
        "the program then starts anew with mail from that moment on",
    )


def _without_password(url: str) -> str:
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return url.partition("://")[0] + "://"


def _prepare(path: Path) -> None:
    """Make the folder, and the file readable for this user alone."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"the database cannot be made ({error.strerror})",
            where=str(path),
            advice="name a place in [store] url that this user may write",
        ) from error


BUSY_MILLISECONDS = 10_000
"""How long one that writes waits for another."""


def _set_up(connection: Any, _record: object) -> None:
    # Transactions begin where we say (``transactions.begin``), also around CREATE TABLE: Python's sqlite3 begins them
    # late, and leaves a failed migration half done.
    connection.isolation_level = None
    cursor = connection.cursor()
    # WAL lets `status` read while the service writes; FULL keeps a confirmed intent through a power cut.
    for pragma in (
        f"busy_timeout={BUSY_MILLISECONDS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
