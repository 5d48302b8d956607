"""Waiting, trying again, logging in: without a server."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from mailtriage.act.mailbox import Mailbox
from mailtriage.act.memory import MemoryServer
from mailtriage.errors import ConnectionLostError, LoginRefusedError, MailboxError, SecretError
from mailtriage.service.worker import JITTER, OVERDUE_WAIT, LoginGate, Worker, delay
from mailtriage.settings import Account
from tests.act.rig import Rig
from tests.school import opening, settings


@given(st.integers(1, 10_000))
def test_tries_come_later_and_later(tries: int) -> None:
    """Doubling up to a limit, a little different each time."""
    lost = ConnectionLostError("gone")
    assert min(300.0, 2.0 ** min(tries - 1, 9)) <= delay(lost, tries) <= 300.0 + JITTER
    assert delay(lost, tries + 1) >= delay(lost, tries) - JITTER


def test_a_refused_login_is_not_tried_again_for_minutes() -> None:
    """A server may lock the account; nor is any other refusal, for a minute."""
    assert delay(LoginRefusedError("refused"), 1) >= 300
    assert delay(LoginRefusedError("refused"), 9) >= 3600
    assert delay(MailboxError("no such folder"), 1) >= 60
    assert delay(SecretError("no such file"), 1) >= 60
    assert delay(ZeroDivisionError(), 1) <= 1 + JITTER


def test_a_pause_that_the_server_asks_for_is_kept() -> None:
    """Exchange says how long."""
    error = ConnectionLostError("back off")
    error.retry_after = 900.0
    assert delay(error, 1) >= 900


def test_a_server_that_does_not_answer_keeps_nobody_else_from_logging_in() -> None:
    """A few at a time, for each server."""
    rig = Rig()
    gate, release, inside = LoginGate(at_once=1), threading.Event(), threading.Event()

    def hang(_: Account) -> Mailbox:
        inside.set()
        release.wait(20)
        return rig.server.connect("alice")

    other = opening(settings(accounts=[{"host": "elsewhere.example"}]))
    hanging = threading.Thread(target=gate.open, args=(hang, rig.desk), daemon=True)
    hanging.start()
    assert inside.wait(10)
    gate.open(lambda one: rig.server.connect(one.name), other.desk(other.settings.accounts[0], rig.clock))
    release.set()
    hanging.join()


def test_what_is_overdue_does_not_make_it_spin() -> None:
    """A digest that the server refuses is tried again now and then, not all the time."""
    rig = Rig().started()
    rig.server.refuse_appends = True
    rig.deliver("a")
    rig.run()
    worker = Worker(rig.desk, lambda one: rig.server.connect(one.name), rig.memory, LoginGate())
    assert rig.memory.bells.next_due("alice") == rig.clock()
    assert worker._patience(rig.triage) == OVERDUE_WAIT


def test_it_waits_for_the_next_moment_or_the_poll() -> None:
    """Whichever comes first."""
    rig = Rig().started()
    worker = Worker(rig.desk, lambda one: rig.server.connect(one.name), rig.memory, LoginGate())
    assert worker._patience(rig.triage) == rig.desk.account.poll_seconds
    rig.clock.advance(hours=2.9)  # 11:54; the morning ends at 12:00
    rig.clock.advance(minutes=10)
    rig.deliver("a")
    rig.run()
    rig.clock.advance(minutes=40)
    assert worker._patience(rig.triage) == pytest.approx(60.0)


def test_a_server_without_the_inbox_is_not_stormed() -> None:
    """The folder is gone: that is a refusal, and waits as one, with one login."""
    server = MemoryServer()
    rig = Rig(settings(accounts=[{"folders": ["Nergens"]}]), server)
    worker = Worker(rig.desk, lambda one: server.connect(one.name), rig.memory, LoginGate())
    with pytest.raises(MailboxError):
        worker._live()
    assert server.logins == 1
    assert "Nergens" in (rig.memory.journal.account("alice").trouble or "")


@pytest.mark.parametrize(("days", "said"), [(0, "from now on"), (3, "of the last 3 days")])
def test_the_first_contact_is_told_once(days: int, said: str) -> None:
    """Whoever tries it out learns why older mail is not looked at."""
    rig = Rig(settings(accounts=[{"reach_back_days": days}]))
    with capture_logs() as told:
        rig.run()
        rig.clock.advance(minutes=1)
        rig.run()
    events = [(one["event"], one["account"], one["log_level"]) for one in told if "first contact" in one["event"]]
    assert events == [(f"first contact: begins with mail {said}", "alice", "info")]
