"""A Dovecot with ManageSieve, each user's own scripts, and a clock at delivery that tests set (libfaketime)."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from mailtriage.act.imap import Connection, Mechanism, Security
from tests.servers import free_port, hand_over, own_folder, runs_as, unavailable
from tests.servers.dovecot import PASSWORD, Dovecot

_LOGIN = Path("/usr/lib/dovecot/managesieve-login")
_LIBRARY = "faketime/libfaketime.so.1"

_MORE = """
protocols = imap lmtp sieve
service managesieve-login {{
  chroot =
  inet_listener sieve {{
    address = 127.0.0.1
    port = {sieve_port}
  }}
  inet_listener sieves {{
    address = 127.0.0.1
    port = {sieves_port}
    ssl = yes
  }}
}}
# Delivery alone sees the clock of the test, and reads it anew for each connection.
import_environment = $import_environment LD_PRELOAD FAKETIME
service lmtp {{
  executable = {base}/lmtp
  service_count = 1
}}
plugin {{
  sieve = file:{base}/home/%u/sieve;active={base}/home/%u/active.sieve
  {plugin}
}}
"""

_LMTP = """#!/bin/sh
# A wrapper for the server of the tests.
export TZ=UTC LD_PRELOAD={library} FAKETIME="$(cat {base}/clock)"
exec /usr/lib/dovecot/lmtp "$@"
"""

_TEST = """
import_environment = $import_environment LD_PRELOAD FAKETIME
log_path = /dev/stderr
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 1
mail_home = {base}/home/tried
mail_location = maildir:{base}/mail/tried
plugin {{
  sieve_extensions = {extensions}
}}
"""


@dataclass
class SievingDovecot(Dovecot):
    """See the module; ``set_clock`` moves the clock at delivery. ``plugin`` are more lines of Pigeonhole's settings."""

    plugin: str = ""
    sieve_port: int = field(default_factory=free_port)
    sieves_port: int = field(default_factory=free_port)

    def sieve_connection(
        self,
        user: str,
        *,
        security: Security = "starttls",
        password: str = PASSWORD,
        mechanism: Mechanism = "password",
    ) -> Connection:
        """How mailtriage reaches ManageSieve here."""
        port = self.sieves_port if security == "tls" else self.sieve_port
        return Connection("localhost", port, security, user, lambda: password, mechanism, ca_file=self.ca_file)

    def set_clock(self, moment: datetime) -> None:
        """Let it be an aware moment at delivery; the clock goes on from there."""
        (self.base / "clock").write_text(f"@{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}")

    def lying(self, user: str, folder: str) -> list[bytes]:
        """The mails in a folder; none where it does not exist."""
        with self.client(user) as client:
            if not client.folder_exists(folder):
                return []
            client.select_folder(folder, readonly=True)
            found = client.fetch(client.search(), ["BODY.PEEK[]"])
            return [row[b"BODY[]"] for row in found.values()]

    def write_configuration(self) -> None:
        """What every Dovecot of the tests has, and the rest."""
        super().write_configuration()
        wrapper = self.base / "lmtp"
        wrapper.write_text(_LMTP.format(base=self.base, library=faketime()))
        wrapper.chmod(0o755)
        self.set_clock(datetime.now(UTC))
        with (self.base / "dovecot.conf").open("a") as file:
            file.write(
                _MORE.format(
                    base=self.base,
                    sieve_port=self.sieve_port,
                    sieves_port=self.sieves_port,
                    plugin=self.plugin.format(base=self.base),
                )
            )


@contextlib.contextmanager
def sieving(plugin: str = "") -> Iterator[SievingDovecot]:
    """Such a server in a folder of its own, started; stopped at the end."""
    if not _LOGIN.exists():
        unavailable("Dovecot's ManageSieve", "apt-get install dovecot-managesieved dovecot-sieve dovecot-lmtpd")
    with own_folder("sieving") as base:
        dovecot = SievingDovecot(base, plugin=plugin)
        dovecot.write_configuration()
        dovecot.start()
        try:
            yield dovecot
        finally:
            dovecot.stop()


@dataclass(frozen=True)
class Tried:
    """Pigeonhole's own way of trying a script: ``sieve-test``, at any moment. Some 10 ms a try."""

    base: Path

    @classmethod
    def at(cls, base: Path, extensions: Sequence[str] = ("+date", "+mailbox")) -> Tried:
        """Prepare a folder for it."""
        if shutil.which("sieve-test") is None:
            unavailable("sieve-test", "apt-get install dovecot-sieve")
        user, group = runs_as()
        (base / "home/tried").mkdir(parents=True)
        (base / "mail").mkdir()
        conf = _TEST.format(base=base, user=user, group=group, extensions=" ".join(extensions))
        (base / "test.conf").write_text(conf)
        hand_over(base / "home")
        hand_over(base / "mail")
        return cls(base)

    def compile(self, script: str) -> str:
        """Give it a script; returns what the compiler complains of."""
        (self.base / "tried.sieve").write_text(script, encoding="utf-8")
        command = ["sievec", "-c", str(self.base / "test.conf"), str(self.base / "tried.sieve")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.stderr if done.returncode or "error" in done.stderr or "warning" in done.stderr else ""

    def folder(self, raw: bytes, moment: datetime) -> str:
        """Where a mail that arrives at an aware moment would go."""
        (self.base / "tried.eml").write_bytes(raw)
        done = subprocess.run(
            [
                "sieve-test",
                "-c",
                "test.conf",
                "-f",
                "kim@thuis.example",
                "-a",
                "groep5@school.example",
                "tried.sieve",
                "tried.eml",
            ],
            cwd=self.base,
            env={
                "PATH": "/usr/bin:/bin",
                "TZ": "UTC",
                "LD_PRELOAD": faketime(),
                "FAKETIME": f"@{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        stored = [line.partition(": ")[2] for line in done.stdout.splitlines() if "store message in folder" in line]
        assert len(stored) == 1, done.stdout + done.stderr
        return stored[0]


def faketime() -> str:
    """The library that gives a process another clock."""
    found = next(Path("/usr/lib").glob(f"*/{_LIBRARY}"), None)
    if found is None:
        unavailable("libfaketime", "apt-get install libfaketime")
    return str(found)
