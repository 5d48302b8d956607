"""The places of the contract, as fixtures."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import pytest

from tests.mailbox.places import CyrusPlace, DovecotPlace, MemoryPlace, Place, PymapPlace

_PLACES: dict[str, Callable[[pytest.FixtureRequest], Place]] = {
    "memory": lambda _request: MemoryPlace(),
    "pymap": lambda _request: PymapPlace(),
    "dovecot": lambda request: DovecotPlace(request.getfixturevalue("dovecot")),
    "cyrus": lambda request: CyrusPlace(request.getfixturevalue("cyrus")),
}


@pytest.fixture(
    params=[
        "memory",
        "pymap",
        pytest.param("dovecot", marks=pytest.mark.dovecot),
        pytest.param("cyrus", marks=pytest.mark.cyrus),
    ]
)
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    """A new, empty account on each kind of server in turn."""
    with contextlib.closing(_PLACES[request.param](request)) as made:
        yield made
