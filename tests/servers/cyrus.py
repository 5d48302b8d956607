"""A real Cyrus 3.6 from a private folder (to be written)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from imapclient import IMAPClient

from mailtriage.act.imap import Connection
from tests.servers import unavailable


class Cyrus:
    def add_user(self, user: str) -> None: ...
    def connection(self, user: str) -> Connection: ...
    def client(self, user: str) -> contextlib.AbstractContextManager[IMAPClient]: ...


@contextlib.contextmanager
def running(base: Path) -> Iterator[Cyrus]:
    unavailable("Cyrus", "...")
    yield Cyrus()
