"""Sending for teachers, end to end: a plain IMAP client, Dovecot, the service, and an SMTP server over TLS."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from mailtriage.store.outgoing import State, Submissions
from tests.act.rig import text_of
from tests.act.test_sending import OUTBOX, name_of, reply
from tests.cli.test_sending import smtp_table
from tests.school import AT_WORK, EVENING, HandClock, settings
from tests.servers.dovecot import Dovecot
from tests.servers.smtp import PASSWORD, USER, SmtpServer
from tests.servers.smtp import running as smtp_running
from tests.service.bench import Program, Teacher, account, reached, serving, teacher, until

pytestmark = pytest.mark.dovecot


@pytest.fixture(params=["starttls", "tls"])
def protected(request: pytest.FixtureRequest, dovecot: Dovecot) -> Iterator[tuple[str, SmtpServer]]:
    """An SMTP server with the certificate of the IMAP server, and how it is protected."""
    with smtp_running(dovecot.base, security=request.param) as server:
        yield request.param, server


def moved(her: Teacher, name: str) -> None:
    """She moves a finished reply from Drafts into the folder for sending."""
    her.client.select_folder("Drafts")
    her.client.append("Drafts", reply(name, sender="juf Els <els@school.example>"), flags=["\\Draft", "\\Seen"])
    her.client.move(her.client.search(["HEADER", "Message-ID", f"<{name}@thuis.example>"]), OUTBOX)


def names(her: Teacher, folder: str) -> list[str]:
    """The names of the mails in a folder."""
    return sorted(name_of(bytes(one)) for _, _, one in her.messages(folder))


def test_from_the_folder_to_the_parent_within_hours(dovecot: Dovecot, protected: tuple[str, SmtpServer]) -> None:
    """In the evening it stays; when she is at work it goes out, and lies in Sent, read, with the date of sending."""
    security, server = protected
    user, clock = f"sends-{security}", HandClock(EVENING)
    to = {"port": server.port, "security": security, "username": USER, "secret": {"command": ["printf", PASSWORD]}}
    chosen = settings(accounts=[account(dovecot, user, smtp=to, address="els@school.example", poll_seconds=1.0)])
    with serving(chosen, clock=clock) as (service, store), teacher(dovecot, user) as her:
        reached(store, user)
        until(lambda: OUTBOX in [name for _, _, name in her.client.list_sub_folders()])
        moved(her, "a")
        until(lambda: Submissions(store.journal.engine).counts(user)[State.WAITING] == 1)
        assert (server.accepted, names(her, OUTBOX)) == ([], ["a"])
        clock.moment = AT_WORK
        service.wake()
        until(lambda: not names(her, OUTBOX))
        ((_, flags, copy),) = her.messages("Sent")
        (taken,) = server.accepted
        assert taken.recipients == ["kim@thuis.example"]
        assert name_of(taken.raw) == name_of(bytes(copy)) == "a"
        assert text_of(copy).strip() == "Prima, tot morgen!"
        assert flags - {"\\Recent"} == {"\\Seen"}
        assert abs(copy["Date"].datetime - AT_WORK) < timedelta(minutes=1)
        assert server.logins == ["PLAIN"]


def test_a_process_that_is_killed_sends_nothing_twice(dovecot: Dovecot, tmp_path: Path) -> None:
    """Killed at any moment of twelve replies: each was taken once, or nobody knows, and then she is told."""
    chance, pause = random.Random(5), threading.Event()  # noqa: S311 - moments of a test
    program, user = Program(tmp_path), "killed-sending"
    every = sorted(f"r{number:02}" for number in range(12))
    with smtp_running() as server, teacher(dovecot, user) as her:
        program.configure(dovecot, user, extra=smtp_table(server, tmp_path))
        text = program.file.read_text("utf-8")
        program.file.write_text(text.replace(f'"{user}@school.example"', '"els@school.example"'), "utf-8")
        her.client.create_folder(OUTBOX)
        for name in every:
            moved(her, name)
        for _ in range(5):
            before, started = len(server.accepted), len(program.events("started"))
            with program.running():
                until(partial(_started_more_than, program, started))
                until(partial(_took_more_than, server, before, program, user))
                pause.wait(chance.random() * 0.05)
        with program.running():
            until(lambda: _at_rest(program, user))
            taken = Counter(name_of(one.raw) for one in server.accepted)
            assert set(taken.values()) <= {1}
            left = names(her, OUTBOX)
            assert sorted(set(every) - set(left)) == names(her, "Sent")
            told = [str(one["Subject"]) for _, _, one in her.messages() if one["X-Mailtriage"] == "notice"]
            assert sorted(told) == [f"Niet zeker verstuurd: Re: {name}" for name in left]
            assert set(every) - set(taken) <= set(left)


def _started_more_than(program: Program, times: int) -> bool:
    return len(program.events("started")) > times


def _took_more_than(server: SmtpServer, number: int, program: Program, user: str) -> bool:
    return len(server.accepted) > number or _at_rest(program, user)


def _at_rest(program: Program, user: str) -> bool:
    rows = Submissions(program.store.journal.engine).of(user).values()
    return len(rows) == 12 and all(row.settled_at is not None for row in rows)
