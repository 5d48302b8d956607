"""The program as a real process: signals, kills, one pass, a look without acting, and what it logs."""

from __future__ import annotations

import json
import random
import signal
import threading
from functools import partial
from pathlib import Path

import pytest

from tests.servers.dovecot import Dovecot
from tests.service.bench import Program, Teacher, end, reached, teacher, until

pytestmark = pytest.mark.dovecot

WORRY = (
    "Beste juf,\n\nik maak me grote zorgen over Noah. Hij wordt al weken gepest op het plein, slaapt slecht en wil "
    "niet meer naar school. Wij vinden dat er veel te weinig aan gedaan wordt en willen weten hoe u dit gaat oplossen."
    "\n\nGroet, Kim"
)
"""A substantive mail, to the model that comes with the program."""


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """A folder for a configuration, a store and a log."""
    return Program(tmp_path)


def started(program: Program, *users: str) -> None:
    """Wait until the process has reached its accounts."""
    until(lambda: (program.folder / "store.sqlite").exists() and program.events("started"))
    reached(program.store, *users)


def _started_more_than(program: Program, times: int) -> bool:
    return len(program.events("started")) > times


def worry(her: Teacher, name: str, **headers: str) -> None:
    """A substantive mail arrives."""
    her.get(name, WORRY, subject=f"Zorgen {name}", **headers)


def test_from_mail_to_draft_and_digest_with_the_shipped_model(dovecot: Dovecot, program: Program) -> None:
    """End to end: a draft in the thread, marks, a digest; the mail stays unread; SIGTERM ends it with status 0."""
    program.configure(dovecot, "real")
    with teacher(dovecot, "real") as her, program.running() as process:
        started(program, "real")
        worry(her, "a")
        her.get("b", "Mag Noah morgen zijn gitaar meenemen naar school? Ja of nee is genoeg.", subject="Gitaar")
        assert until(her.drafts) == ["a"]
        until(lambda: any("Zorgen a" in str(one) and "Gitaar" in str(one) for one in her.digests()))
        assert "Triage-Inhoudelijk" in her.flags()["a"]
        assert all("\\Seen" not in flags for flags in her.flags().values())
        assert end(process) == 0
    assert program.events("stopped")[0]["clean"] is True


def test_the_log_holds_nothing_of_a_mail(dovecot: Dovecot, program: Program) -> None:
    """No subject, no text, no name and no address of a mail; only ids and reasons, one JSON object a line."""
    program.configure(dovecot, "logged")
    with teacher(dovecot, "logged") as her, program.running() as process:
        started(program, "logged")
        her.get("kenmerk", WORRY, subject="Zwemgeheim", sender="Wil Nachtegaal <mina@nachtegaal.example>")
        her.get("colleague", "Vergadering", sender="Jan Collega <jan@school.example>", subject="Rapportvergadering")
        her.client.append("INBOX", b"this is no mail of mina@nachtegaal.example at all")
        until(lambda: len(program.events("told")) and program.events("message set aside"))
        until(lambda: program.events("out of scope"))
        assert end(process) == 0
    for line in program.log.splitlines():
        assert isinstance(json.loads(line), dict)
    secret = "zwemgeheim nachtegaal gepest kenmerk collega vergadering thuis.example geheim-123"
    for word in secret.split():
        assert word not in program.log.lower()


def test_sighup_refuses_a_wrong_file_and_takes_a_right_one(dovecot: Dovecot, program: Program) -> None:
    """The problem is named with its place, and the service goes on as it was; a valid file is taken without a stop."""
    program.configure(dovecot, "hup")
    with teacher(dovecot, "hup") as her, teacher(dovecot, "second") as other, program.running() as process:
        started(program, "hup")
        program.configure(dovecot, "hup", extra='[replies]\nfrom = "u"\n')
        process.send_signal(signal.SIGHUP)
        (refused,) = until(lambda: program.events("configuration refused"))
        assert "replies" in f"{refused['where']} {refused['reason']}"
        templates = program.folder / "templates"
        templates.mkdir()
        (templates / "nl-u.txt").write_text("Dag {{ naam }}")
        program.configure(dovecot, "hup", extra='[replies]\ntemplates = "templates"\n')
        process.send_signal(signal.SIGHUP)
        until(lambda: len(program.events("configuration refused")) == 2)
        worry(her, "a")
        assert until(her.drafts) == ["a"]
        program.configure(dovecot, "hup", "second")
        process.send_signal(signal.SIGHUP)
        until(lambda: program.events("configuration reloaded"))
        reached(program.store, "second")
        worry(other, "b")
        assert until(other.drafts) == ["b"]
        assert end(process) == 0


def test_a_process_that_is_killed_makes_no_draft_twice_and_forgets_none(dovecot: Dovecot, program: Program) -> None:
    """Killed at any moment of a burst of twenty mails, and started again, until all is done."""
    chance = random.Random(7)  # noqa: S311 - moments of a test
    pause = threading.Event()
    names = sorted(f"m{number:02}" for number in range(20))
    program.configure(dovecot, "burst")
    with teacher(dovecot, "burst") as her:
        with program.running():
            started(program, "burst")
            for name in names:
                worry(her, name)
        for _ in range(4):
            before = len(program.events("started"))
            with program.running():
                until(partial(_started_more_than, program, before))
                pause.wait(chance.random() * 0.5)
        with program.running():
            until(lambda: her.drafts() == names and not program.store.journal.open_intents("burst"))
            assert her.drafts() == names
            until(lambda: len(her.digests()) == 1)
            assert all("\\Seen" not in flags for flags in her.flags().values())


def test_one_pass_twice(dovecot: Dovecot, program: Program) -> None:
    """``run --once`` ends with status 0; a second time it finds nothing to do, and a new mail gets its draft."""
    program.configure(dovecot, "once")
    with teacher(dovecot, "once") as her:
        assert program.once("--once").returncode == 0
        worry(her, "a")
        assert program.once("--once").returncode == 0
        assert program.once("--once").returncode == 0
        assert her.drafts() == ["a"]
        assert len(her.digests(unread=False)) == 1


def test_one_pass_beside_the_service_is_refused(dovecot: Dovecot, program: Program) -> None:
    """Two that work on one store would do everything twice."""
    program.configure(dovecot, "both")
    with program.running() as process:
        started(program, "both")
        assert program.once("--once").returncode == 1
        assert "another mailtriage is at work" in program.log
        assert end(process) == 0


def test_one_pass_says_that_an_account_failed(dovecot: Dovecot, program: Program) -> None:
    """Status 1, and which account it is."""
    program.configure(dovecot, "fails")
    (program.folder / "password").write_text("fout")
    assert program.once("--once").returncode == 1
    assert [line["account"] for line in program.events("account in trouble")] == ["fails"]


def test_a_look_without_acting_leaves_no_trace(dovecot: Dovecot, program: Program) -> None:
    r"""``run --dry-run`` prints the plan; ``\Recent``, ``\Seen``, flags, Drafts and the store are as they were."""
    program.configure(dovecot, "looked")
    dovecot.deliver_lmtp("looked", b"From: Kim <kim@thuis.example>\r\nSubject: Zorgen\r\n\r\n" + WORRY.encode())
    done = program.once("--dry-run")
    assert done.returncode == 0, program.log
    (row,) = [json.loads(line) for line in done.stdout.splitlines()]
    assert (row["category"], row["actions"]) == ("substantive", ["mark", "draft", "notify"])
    assert not (program.folder / "store.sqlite").exists()
    with teacher(dovecot, "looked") as her:
        ((_, flags, _),) = her.messages()
        assert flags == {"\\Recent"}
        assert her.messages("Drafts") == []
