"""Holding and releasing, broken off before and after each call: later passes bring it to the same end."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest

from mailtriage.act.memory import MemoryMailbox, MemoryMessage, MemoryServer
from mailtriage.errors import ConnectionLostError
from mailtriage.store import Holds, HoldState, Journal
from tests.act.rig import Rig
from tests.act.test_correcting import TIMES, Breaking
from tests.act.test_holding import LATER, MORNING, holding, names, only
from tests.school import EVENING

CALLS = {"open": 6, "status": 4, "flags": 4, "move": 1, "fetch": 3, "uids_after": 4, "find": 2, "change_marks": 1,
         "append": 1, "folders": 1, "uids_since": 2}  # fmt: skip
"""The calls of the mailbox at which the connection is lost, and how often each is tried."""

WRITING = ("move", "change_marks", "append")

SERVERS: dict[str, dict[str, Any]] = {"MOVE and UIDPLUS": {}, "COPY": {"move": False}, "MOVE alone": {"uidplus": False}}


def places() -> Iterator[tuple[str, str, int]]:
    """Each call at which something is broken off."""
    for call, most in CALLS.items():
        for when in TIMES if call in WRITING else TIMES[:1]:  # after one look is before the next
            yield from ((when, call, nth) for nth in range(most))


def evening(server: str) -> Rig:
    """An account that holds mail, on a server that can do this."""
    return holding(server=MemoryServer(**SERVERS[server]))


def broken(rig: Rig, when: str, call: str, nth: int) -> bool:
    """Make a pass that is broken off there; False where it never came there."""
    breaking = Breaking(rig, when, call, nth)
    with contextlib.suppress(ConnectionLostError):
        rig.run()
    return breaking.broke


def check(rig: Rig, lying: str, told: object) -> None:
    """The mail lies there, once, as it came; one draft was made for it."""
    other = "INBOX" if lying == LATER else LATER
    assert (names(rig, lying), names(rig, other)) == (["a"], []), told
    assert only(rig, lying).flags == {"Triage-Inhoudelijk"}, told
    assert only(rig, lying).internaldate == EVENING, told
    assert len(rig.drafts) == 1, told


@pytest.mark.parametrize("server", SERVERS)
def test_putting_away_broken_off_anywhere(server: str) -> None:
    """In the end it lies in the folder for later, and in the morning in the inbox."""
    broke = 0
    for told in places():
        rig = evening(server)
        rig.deliver("a")
        if not broken(rig, *told):
            continue
        broke += 1
        rig.drop()
        rig.run()
        rig.clock.advance(minutes=5)  # a draft that may still arrive is waited for
        rig.run()
        check(rig, LATER, told)
        rig.clock.moment = MORNING
        rig.run()
        check(rig, "INBOX", told)
        assert len(rig.digests) == 1, told
    assert broke > 15


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("end", ["the next pass", "a lost store"])
def test_bringing_back_broken_off_anywhere(server: str, end: str) -> None:
    """In the end it lies in the inbox, once, also where the store is lost on top of it."""
    broke = 0
    for told in places():
        rig = evening(server)
        rig.deliver("a")
        rig.run()
        rig.clock.moment = MORNING
        if not broken(rig, *told):
            continue
        broke += 1
        if end == "a lost store":
            rig.lose_store()
        rig.run()
        rig.run()
        check(rig, "INBOX", told)
        assert Holds(rig.memory.journal.engine).of("alice", HoldState.LEAVING, HoldState.OPEN) == [], told
    assert broke > 8


class Copier(MemoryMailbox):
    """A server without MOVE that is cut off between the steps by which a message is moved."""

    steps = 1

    def move(self, uids: object, folder: str) -> dict[int, int]:
        """COPY, then perhaps STORE ``\\Deleted``, and no more."""
        assert isinstance(uids, list)
        for uid in uids:
            message = self._selected.messages[uid]
            copy = MemoryMessage(message.raw, set(message.flags), message.internaldate)
            self._server.folder(self.account, folder).add(copy)
            if self.steps > 1:
                message.flags.add("\\Deleted")
        self._server.cut()  # type: ignore[attr-defined]
        raise ConnectionLostError("cut")


@pytest.mark.parametrize("steps", [1, 2], ids=["after COPY", "after STORE"])
@pytest.mark.parametrize("way", ["away", "back"])
def test_a_copy_that_was_left_by_a_cut_is_cleared_away(steps: int, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message lies in both folders: one stays, in the right place, and none is lost."""
    rig = evening("COPY")
    rig.deliver("a")
    if way == "back":
        rig.run()
        rig.clock.moment = MORNING
    with monkeypatch.context() as patched:
        patched.setattr(MemoryMailbox, "move", Copier.move)
        patched.setattr(MemoryMailbox, "steps", steps, raising=False)
        with contextlib.suppress(ConnectionLostError):
            rig.run()
    assert names(rig, "INBOX") == names(rig, LATER) == ["a"]
    rig.run()
    check(rig, "INBOX" if way == "back" else LATER, (steps, way))
    rig.clock.moment = MORNING
    rig.run()
    check(rig, "INBOX", (steps, way))


def test_a_copy_that_was_left_is_cleared_away_without_the_store(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut off between COPY and STORE on the way back, and then the database is deleted."""
    rig = evening("COPY")
    rig.deliver("a")
    rig.run()
    rig.clock.moment = MORNING
    with monkeypatch.context() as patched, contextlib.suppress(ConnectionLostError):
        patched.setattr(MemoryMailbox, "move", Copier.move)
        patched.setattr(MemoryMailbox, "steps", 1, raising=False)
        rig.run()
    assert names(rig, "INBOX") == names(rig, LATER) == ["a"]
    rig.lose_store()
    rig.run()
    check(rig, "INBOX", "without the store")


@pytest.mark.parametrize("call", ["relocate", "settle", "enter"])
@pytest.mark.parametrize("way", ["away", "back"])
def test_a_kill_before_the_store_knows(call: str, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server has moved the message, and the process dies before it can note so."""
    rig = evening("MOVE and UIDPLUS")
    rig.deliver("a")
    if way == "back":
        rig.run()
        rig.clock.moment = MORNING

    class KilledError(BaseException):
        pass

    def die(*_: object, **__: object) -> None:
        raise KilledError

    with monkeypatch.context() as patched, contextlib.suppress(KilledError):
        patched.setattr(Journal if call == "relocate" else Holds, call, die)
        rig.run()
    rig.drop()
    rig.run()
    check(rig, "INBOX" if way == "back" else LATER, (call, way))
    rig.clock.moment = MORNING
    rig.run()
    check(rig, "INBOX", (call, way))
    assert len(rig.digests) == 1


def test_a_server_that_breaks_down_over_a_move_keeps_nothing_else_back() -> None:
    """After three times the mail stays in the inbox, and the rest goes on."""
    rig = evening("MOVE and UIDPLUS")
    desk = rig.desk
    rig.deliver("a")
    for _ in range(3):
        rig.server.lose("before", "move")
        with pytest.raises(ConnectionLostError):
            rig.run()
    assert rig.desk is desk
    rig.server.lose("before", "move")
    rig.run()
    assert names(rig, "INBOX") == ["a"]
