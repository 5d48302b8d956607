"""A real Dovecot with its teacher, a service on it, and a real process of the program."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any, TypeVar

from imapclient import IMAPClient

from mailtriage.act.mailbox import Mailbox
from mailtriage.service import Memory, Service
from mailtriage.settings import WEEKDAYS, Account, Settings
from tests.act.rig import parsed
from tests.school import mail, memory, opening, settings
from tests.servers.dovecot import PASSWORD, Dovecot

PATIENCE = 40.0
"""Seconds after which something that should happen did not."""

ALWAYS = {"hours": {day: ["00:00-24:00"] for day in WEEKDAYS}}
"""Somebody who works whenever the tests run."""

Found = TypeVar("Found")


def until(look: Callable[[], Found], seconds: float = PATIENCE) -> Found:
    """What ``look`` finds as soon as that is true; asks again and again until then."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not (found := look()):
        assert time.monotonic() < deadline, f"not within {seconds:.0f} seconds"
        pause.wait(0.05)
    return found


class Teacher:
    """Another client of an account: what a teacher's own mail program sees and does."""

    def __init__(self, client: IMAPClient) -> None:
        """Take a connection that is logged in."""
        self.client = client

    def get(self, name: str, text: str = "substantive", **headers: Any) -> None:
        """A parent's mail arrives."""
        self.client.append("INBOX", mail(name, text, **headers))

    def messages(self, folder: str = "INBOX") -> list[tuple[int, set[str], EmailMessage]]:
        """UID, flags and content of all that lies in a folder; nothing is marked as seen by looking."""
        self.client.select_folder(folder, readonly=True)
        uids = self.client.search()
        rows = self.client.fetch(uids, ["FLAGS", "BODY.PEEK[]"]) if uids else {}
        return [
            (uid, {flag.decode() for flag in row[b"FLAGS"]}, parsed(row[b"BODY[]"]))
            for uid, row in sorted(rows.items())
        ]

    def drafts(self) -> list[str]:
        """The names of the mails that drafts answer."""
        return sorted(name_of(one["In-Reply-To"]) for _, _, one in self.messages("Drafts") if one["X-Mailtriage"])

    def digests(self, *, unread: bool = True) -> list[EmailMessage]:
        """The digests in the inbox."""
        return [
            one
            for _, flags, one in self.messages()
            if one["X-Mailtriage"] == "digest" and not (unread and "\\Seen" in flags)
        ]

    def flags(self) -> dict[str, set[str]]:
        """The flags of parents' mails, by name, without ``\\Recent``."""
        return {
            name_of(one["Message-ID"]): flags - {"\\Recent"}
            for _, flags, one in self.messages()
            if not one["X-Mailtriage"]
        }

    def flag(self, chosen: Callable[[EmailMessage], bool], flag: str) -> None:
        """Set a flag on mails in the inbox."""
        uids = [uid for uid, _, one in self.messages() if chosen(one)]
        self.client.select_folder("INBOX")
        self.client.add_flags(uids, [flag])


def name_of(message_id: str) -> str:
    """``a`` of ``<a@thuis.example>``."""
    return message_id.strip("<> ").partition("@")[0]


@contextlib.contextmanager
def teacher(server: Dovecot, user: str) -> Iterator[Teacher]:
    """The teacher of an account, logged in."""
    with server.client(user) as client:
        yield Teacher(client)


def account(server: Dovecot, user: str, **changed: Any) -> dict[str, Any]:
    """An account on Dovecot, named like its user, as the configuration has it."""
    return {
        "name": user,
        "host": "localhost",
        "port": server.port,
        "ca_file": str(server.ca_file),
        "username": user,
        "address": f"{user}@school.example",
        "secret": {"command": ["printf", PASSWORD]},
        "timeout_seconds": 2.0,
        "poll_seconds": 2.0,
    } | changed


def at_school(server: Dovecot, *users: str, changed: Mapping[str, Any] | None = None, **sections: Any) -> Settings:
    """Settings of a school with accounts on Dovecot, where somebody always works; ``changed`` is what is changed in the
    first account."""
    changes = [changed or {}, *[{}] * len(users)]
    return settings(
        accounts=[account(server, user, **change) for user, change in zip(users, changes, strict=False)],
        school={"public_holidays": ""},
        staff=ALWAYS,
        **sections,
    )


@contextlib.contextmanager
def serving(
    chosen: Settings, store: Memory | None = None, connect: Callable[[Account], Mailbox] | None = None, **clock: Any
) -> Iterator[tuple[Service, Memory]]:
    """A service with ``WordJudge``, started, and its store."""
    options = clock | ({"connect": connect} if connect else {})
    with tempfile.TemporaryDirectory() as folder:
        kept = store or memory(Path(folder) / "store.sqlite")
        service = Service(opening(chosen), kept, **options)
        service.start()
        try:
            yield service, kept
        finally:
            service.stop()
            kept.journal.engine.dispose()


def reached(store: Memory, *users: str) -> None:
    """Wait until each account has had its first pass: what arrives now is new."""
    until(lambda: all(store.journal.watermark(user, "INBOX") for user in users))


@dataclass
class Program:
    """The program with a configuration file of its own, in ``folder``."""

    folder: Path

    @property
    def file(self) -> Path:
        """The configuration."""
        return self.folder / "config.toml"

    @property
    def log(self) -> str:
        """All that it wrote to standard error."""
        path = self.folder / "log"
        return path.read_text("utf-8") if path.exists() else ""

    @property
    def store(self) -> Memory:
        """Its store, opened beside it."""
        return memory(self.folder / "store.sqlite")

    def configure(self, server: Dovecot, *users: str, extra: str = "") -> None:
        """Write a configuration with accounts on Dovecot."""
        (self.folder / "password").write_text(PASSWORD)
        (self.folder / "password").chmod(0o600)
        lines = ['[school]\nname = "De Regenboog"\npublic_holidays = ""\ndomains = ["school.example"]\n']
        hours = "\n".join(f'{day} = ["00:00-24:00"]' for day in WEEKDAYS)
        lines.append(f'[[staff]]\nname = "Els"\naddress = "els@school.example"\n[staff.hours]\n{hours}\n')
        for user in users:
            values = account(server, user, secret={"file": "password"}, staff=["Els"])
            written = [f"{key} = {_toml(value)}" for key, value in values.items()]
            lines.append("[[accounts]]\n" + "\n".join(written) + "\n")
        lines.append('[store]\nurl = "store.sqlite"\n[logging]\nformat = "json"\n')
        self.file.write_text("\n".join(lines) + extra, "utf-8")

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start ``mailtriage run``; what it logs is added to ``log``."""
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(self._command(*arguments), stderr=log, stdout=subprocess.PIPE)

    def once(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        """Run ``mailtriage run`` to its end."""
        with (self.folder / "log").open("ab") as log:
            return subprocess.run(
                self._command(*arguments), stderr=log, stdout=subprocess.PIPE, timeout=60, check=False
            )

    @contextlib.contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        """The service as a process; killed at the end, if it still lives."""
        process = self.start()
        try:
            yield process
        finally:
            process.kill()
            process.communicate()

    def events(self, name: str) -> Sequence[dict[str, Any]]:
        """The lines of the log with this event."""
        lines = [json.loads(line) for line in self.log.splitlines() if line.startswith("{")]
        return [line for line in lines if line["event"] == name]

    def _command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "mailtriage", "--config", str(self.file), "run", *arguments]


def end(process: subprocess.Popen[bytes]) -> int:
    """Ask a process to end (SIGTERM), and wait for it as long as systemd's patience with us; returns its status."""
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=5)
    return process.returncode


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(one)}" for key, one in value.items()) + " }"
    return json.dumps(value)
