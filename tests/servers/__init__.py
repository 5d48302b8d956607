"""Real IMAP servers, each started from a private folder on a port of its own."""

from __future__ import annotations

import os
import socket
from typing import NoReturn

import pytest


def free_port() -> int:
    """A port on the loopback that nobody listens on at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def unavailable(server: str, how: str) -> NoReturn:
    """A server is missing: skip the test with ``how`` to install it; in CI it is a failure."""
    text = f"{server} is missing: {how}"
    if os.environ.get("CI") == "true":
        pytest.fail(text)
    pytest.skip(text)
