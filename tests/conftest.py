"""Fixtures that several folders of tests use: the servers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from mailtriage.act.memory import MemoryServer
    from tests.servers.cyrus import Cyrus
    from tests.servers.dovecot import Dovecot


@pytest.fixture(scope="session")
def dovecot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dovecot]:
    """A running Dovecot, shared: take a user name of your own. For a server to stop and kill there is
    ``tests.servers.dovecot.running``."""
    from tests.servers.dovecot import running

    with running(tmp_path_factory.mktemp("dovecot")) as server:
        yield server


@pytest.fixture(scope="session")
def cyrus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cyrus]:
    """A running Cyrus, shared: take a user name of your own."""
    from tests.servers.cyrus import running

    with running(tmp_path_factory.mktemp("cyrus")) as server:
        yield server


@pytest.fixture
def memory_server() -> MemoryServer:
    """A server in memory with the account alice."""
    from mailtriage.act.memory import MemoryServer

    server = MemoryServer()
    server.add_account("alice")
    return server
