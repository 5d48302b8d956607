"""Sending, ended at every step there is: the SMTP server takes a mail at most once, and nothing is lost or untold."""

from __future__ import annotations

import contextlib
import random
import smtplib
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest

from mailtriage.act.memory import MemoryMailbox
from mailtriage.store import outgoing
from mailtriage.store.outgoing import State
from mailtriage.store.transactions import writing
from tests.act.test_sending import OUTBOX, Desk
from tests.school import AT_WORK
from tests.servers.smtp import PASSWORD, running

UNCERTAIN = "Niet zeker verstuurd: Re: a"


class KilledError(BaseException):
    """The process ends here."""


class Steps:
    """Counts the steps of the program, and ends it after one of them."""

    def __init__(self) -> None:
        self.kills: list[int] = []
        self.names: list[str] = []
        self.ended: list[str] = []
        self.dead = False
        self._clients: list[smtplib.SMTP] = []

    def end_process(self) -> None:
        """What is left when a process ends: its connections are closed. Another may begin."""
        self.dead = False
        for client in self._clients:
            client.close()
        self._clients.clear()

    def alive(self) -> None:
        """What is ended does nothing more."""
        if self.dead:
            raise KilledError

    def point(self, name: str) -> None:
        """The program has come so far; that nothing is done between two points makes one for each step enough."""
        self.alive()
        self.names.append(name)
        if self.kills and len(self.names) == self.kills[0]:
            self.kills.pop(0)
            self.ended.append(name)
            self.dead = True
            raise KilledError

    def around(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """A call with a point after it."""

        def counted(*arguments: Any, **named: Any) -> Any:
            if isinstance(arguments[0], smtplib.SMTP) and arguments[0] not in self._clients:
                self._clients.append(arguments[0])
            self.alive()
            result = call(*arguments, **named)
            self.point(name)
            return result

        return counted

    def within(self, name: str, manager: Callable[..., Any]) -> Callable[..., Any]:
        """A context manager with a point after it, named by its last argument too."""

        @contextlib.contextmanager
        def counted(*arguments: Any) -> Iterator[Any]:
            what = f"{name} {arguments[-1]}" if isinstance(arguments[-1], str) else name
            self.alive()
            with manager(*arguments) as made:
                yield made
            self.point(what)

        return counted


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Steps:
    """Every step of the store, of IMAP and of SMTP."""
    made = Steps()
    monkeypatch.setattr(outgoing, "writing", made.within("store", writing))
    monkeypatch.setattr(MemoryMailbox, "_talking", made.within("imap", MemoryMailbox._talking))
    monkeypatch.setattr(smtplib.SMTP, "send", made.around("smtp send", smtplib.SMTP.send))
    monkeypatch.setattr(smtplib.SMTP, "getreply", made.around("smtp reply", smtplib.SMTP.getreply))
    return made


@pytest.fixture
def desk(steps: Steps, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """An account whose folders are there, for many lives."""
    monkeypatch.setenv("SMTP_PASSWORD", PASSWORD)
    with running() as server:
        made = Desk(server)
        made.run()
        steps.names.clear()
        yield made


def live(steps: Steps, desk: Desk, kills: list[int], fault: tuple[str, str] = ("", "")) -> list[str]:
    """A mail is moved into the folder, and the program is ended and started again until all is at rest.

    Returns the points at which it ended.
    """
    store = outgoing.Submissions(desk.memory.journal.engine)
    store.forget(row.id for row in store.of("alice").values())
    for folder in ("INBOX", "Sent", OUTBOX):
        desk.server.folder("alice", folder).messages.clear()
    desk.clock.moment = AT_WORK
    desk.smtp.accepted.clear()
    desk.smtp.faults = dict([fault]) if fault[0] else {}
    desk.restart()
    desk.write()
    steps.kills, steps.names, steps.ended = list(kills), [], []
    for _ in range(len(kills) + 1):
        with contextlib.suppress(KilledError):
            work(desk)
        steps.end_process()
        desk.restart()
    steps.kills = []
    work(desk)
    return steps.ended


def work(desk: Desk) -> None:
    """What a few passes do for this, on one connection."""
    triage = desk.triage
    for _ in range(3):
        triage._submitter.run()
        desk.clock.advance(minutes=5)


def judge(desk: Desk, ended: list[str]) -> bool:
    """Check what must hold at rest; True where the outcome is uncertain."""
    taken, notices, counts = desk.taken, desk.notices, desk.counts()
    assert taken in ([], ["a"]), f"sent twice, ended at {ended}"
    uncertain = counts == {State.UNCERTAIN: 1}
    if uncertain:
        assert (notices, desk.lying(), desk.lying("Sent")) == ([UNCERTAIN], ["a"], []), ended
    else:
        assert (taken, notices, counts) == (["a"], [], {State.SENT: 1}), ended
        assert (desk.lying(), desk.lying("Sent")) == ([], ["a"]), ended
    return uncertain


FAULTS = [("", ""), ("RCPT", "451 later"), ("DATA", "drop"), ("dot", "451 later"), ("dot", "drop"), ("answer", "drop")]


@pytest.mark.parametrize("fault", FAULTS, ids=" ".join)
def test_ended_at_every_step(steps: Steps, desk: Desk, fault: tuple[str, str]) -> None:
    """Uncertain only where it ended from the first byte to the answer, or where the server hung up after the dot."""
    for number in count(1):
        ended = live(steps, desk, [number], fault)
        uncertain = judge(desk, ended)
        if not ended:
            break
        lost = fault in (("dot", "drop"), ("answer", "drop"))
        assert not uncertain or lost or "smtp" in ended[0] or "store" in ended[0], ended
    assert number > 25


def test_ended_again_and_again(steps: Steps, desk: Desk) -> None:
    """Three times, at any steps."""
    chance = random.Random(11)  # noqa: S311 - steps of a test
    for _ in range(60):
        kills = sorted(chance.sample(range(1, 60), 3))
        judge(desk, live(steps, desk, kills, chance.choice(FAULTS)))
