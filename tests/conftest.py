"""Fixtures that several folders of tests use: the servers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

from mailtriage.act.memory import MemoryServer
from tests.servers.cyrus import Cyrus
from tests.servers.cyrus import running as cyrus_running
from tests.servers.dovecot import Dovecot
from tests.servers.dovecot import running as dovecot_running
from tests.servers.sieving import SievingDovecot, sieving

# No test depends on how quick the machine is: the first example of a property may load a model, or share its core.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """A running Dovecot, shared: take a user name of your own. For a server to stop and kill there is
    ``tests.servers.dovecot.running``."""
    with dovecot_running() as server:
        yield server


@pytest.fixture(scope="session")
def sieving_dovecot() -> Iterator[SievingDovecot]:
    """A running Dovecot with ManageSieve, shared: take a user name of your own, and set the clock of delivery."""
    with sieving() as server:
        yield server


@pytest.fixture(scope="session")
def cyrus() -> Iterator[Cyrus]:
    """A running Cyrus, shared: take a user name of your own."""
    with cyrus_running() as server:
        yield server


@pytest.fixture
def memory_server() -> MemoryServer:
    """A server in memory with the account alice."""
    server = MemoryServer()
    server.add_account("alice")
    return server
