"""One program at a time: two that carry out the same intents would do everything twice."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.engine import URL

from mailtriage.errors import StoreError, StoreInUseError
from mailtriage.store.transactions import shown


class Lock:
    """Held by the one process that acts by a store. It goes with the process, however that ends.

    Only a SQLite file can be locked so. Whoever uses another database sees to it that one service runs.
    """

    def __init__(self, engine: Engine) -> None:
        """Name the store; nothing is locked yet."""
        self._engine = engine
        self._file: int | None = None

    def take(self) -> None:
        """Lock the store; nothing happens where this lock is held already.

        Raises:
            StoreInUseError: another process, or another service in this one, holds it.
        """
        path = sqlite_file(self._engine.url)
        if path is None or self._file is not None:
            return
        try:
            file = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StoreError(f"the store cannot be locked ({error.strerror})", shown(self._engine)) from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(file)
            raise StoreInUseError(
                "another mailtriage is at work with this store",
                shown(self._engine),
                "stop it first, or give this one a store of its own in [store] url; `mailtriage status` only looks",
            ) from error
        self._file = file

    def release(self) -> None:
        """Give it back."""
        file, self._file = self._file, None
        if file is not None:
            os.close(file)


def sqlite_file(url: URL) -> Path | None:
    """The file of a SQLite database; None for one in memory and for other databases."""
    name = url.database
    if url.get_backend_name() != "sqlite" or not name or name == ":memory:" or name.startswith("file:"):
        return None
    return Path(name)
