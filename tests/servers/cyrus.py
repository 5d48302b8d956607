"""A real Cyrus 3.6 from a private folder, with TLS.

apt refuses Cyrus beside Dovecot, so its packages are unpacked instead of installed (``INSTALL``); ``MAILTRIAGE_CYRUS``
names the folder. Passwords are checked by a stand-in for saslauthd, so that every user name exists.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import socketserver
import ssl
import struct
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from imapclient import IMAPClient

from mailtriage.act.imap import Connection
from tests.servers import certified, end_process, free_port, hand_over, own_folder, runs_as, unavailable

PASSWORD = "geheim-123"
PREFIX = Path(os.environ.get("MAILTRIAGE_CYRUS", "/opt/mailtriage-cyrus"))
INSTALL = (
    "cd $(mktemp -d) && apt-get download cyrus-common cyrus-imapd libical3 libpcre3 libxapian30 libclamav12 "
    f"libmspack0 libzephyr4 && for p in *.deb; do dpkg -x $p {PREFIX}; done"
)
_START = 30.0

_CONFIG = """
configdirectory: {base}/conf
partition-default: {base}/spool
defaultpartition: default
servername: localhost
cyrus_user: {user}
cyrus_group: {group}
idlesocket: {base}/conf/socket/idle
imapidlepoll: 1
altnamespace: yes
unixhierarchysep: yes
autocreate_quota: 0
autocreate_inbox_folders: Drafts|Sent
autocreate_subscribe_folders: Drafts|Sent
xlist-drafts: Drafts
xlist-sent: Sent
allowplaintext: no
sasl_mech_list: PLAIN
sasl_pwcheck_method: saslauthd
sasl_saslauthd_path: {base}/mux
tls_server_cert: {base}/server.pem
tls_server_key: {base}/server.key
tls_session_timeout: 0
failedloginpause: 0
"""

_SERVICES = """
START {{
  recover cmd="{bin}/ctl_cyrusdb -C {base}/imapd.conf -r"
  idled cmd="{bin}/idled -C {base}/imapd.conf"
}}
SERVICES {{
  imaps cmd="{bin}/imapd -C {base}/imapd.conf -s -U 30" listen="127.0.0.1:{port}" prefork=1 maxchild=50
}}
"""


class _Checker(socketserver.StreamRequestHandler):
    """One question of saslauthd's protocol: four counted strings in, a counted ``OK`` or ``NO`` out."""

    def handle(self) -> None:
        words = []
        for _ in range(4):
            (length,) = struct.unpack("!H", self.rfile.read(2))
            words.append(self.rfile.read(length))
        answer = b"OK" if words[1] == PASSWORD.encode() else b"NO"
        self.wfile.write(struct.pack("!H", len(answer)) + answer)


class _Saslauthd(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


@dataclass
class Cyrus:
    """A Cyrus of one's own; make it with ``running``. Every user name exists, with the password ``PASSWORD``: a new
    name is a new account with INBOX, Drafts and Sent."""

    base: Path
    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None

    def connection(self, user: str, *, timeout: float = 20.0) -> Connection:
        """How mailtriage connects to this server."""
        return Connection(
            "localhost", self.port, "tls", user, lambda: PASSWORD, ca_file=self.base / "ca.pem", timeout=timeout
        )

    @contextlib.contextmanager
    def client(self, user: str) -> Iterator[IMAPClient]:
        """A second client, logged in, nothing selected: the teacher's own mail program."""
        context = ssl.create_default_context(cafile=self.base / "ca.pem")
        with IMAPClient("localhost", self.port, ssl_context=context, timeout=20) as client:
            client.login(user, PASSWORD)
            yield client

    def start(self) -> None:
        """Start it, and wait for its greeting."""
        binaries = PREFIX / "usr/lib/cyrus/bin"
        files = {"-C": "imapd.conf", "-M": "cyrus.conf", "-p": "master.pid"}
        options = [word for option, name in files.items() for word in (option, str(self.base / name))]
        self._process = subprocess.Popen(
            [str(binaries / "master"), *options, "-D"],
            env={**os.environ, "LD_LIBRARY_PATH": _libraries()},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._greeted()

    def stop(self) -> None:
        """Stop it in the orderly way; every connection ends."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Kill all its processes at once (SIGKILL), as a power cut would."""
        self._end(signal.SIGKILL)

    def write_configuration(self) -> None:
        """Write certificates, ``imapd.conf`` and ``cyrus.conf`` into ``base``."""
        for name in ("db", "lock", "log", "msg", "proc", "ptclient", "quota", "sieve", "socket", "user"):
            (self.base / "conf" / name).mkdir(parents=True, exist_ok=True)
        (self.base / "spool").mkdir(exist_ok=True)
        certified(self.base)
        user, group = runs_as()
        (self.base / "imapd.conf").write_text(_CONFIG.format(base=self.base, user=user, group=group))
        binaries = PREFIX / "usr/lib/cyrus/bin"
        (self.base / "cyrus.conf").write_text(_SERVICES.format(base=self.base, bin=binaries, port=self.port))
        for path in ("conf", "spool", "server.key"):
            hand_over(self.base / path)

    def _greeted(self) -> None:
        context = ssl.create_default_context(cafile=self.base / "ca.pem")
        waiting = threading.Event()
        for _ in range(int(_START * 10)):
            with (
                contextlib.suppress(OSError),
                socket.create_connection(("127.0.0.1", self.port), _START) as plain,
                context.wrap_socket(plain, server_hostname="localhost") as wrapped,
            ):
                if wrapped.recv(64).startswith(b"* OK"):
                    return
            if self._process is None or self._process.poll() is not None:
                break
            waiting.wait(0.1)
        self.kill()
        raise RuntimeError("Cyrus did not start; it logs to syslog")

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is not None:
            end_process(process, how, within=_START)


@contextlib.contextmanager
def running() -> Iterator[Cyrus]:
    """A Cyrus in a folder of its own, started; stopped at the end."""
    if not (PREFIX / "usr/lib/cyrus/bin/master").exists():
        unavailable("Cyrus", INSTALL)
    with own_folder("cyrus") as base, _Saslauthd(str(base / "mux"), _Checker) as checker:
        cyrus = Cyrus(base)
        cyrus.write_configuration()
        (base / "mux").chmod(0o777)
        threading.Thread(target=checker.serve_forever, daemon=True).start()
        cyrus.start()
        try:
            yield cyrus
        finally:
            cyrus.stop()
            checker.shutdown()


def _libraries() -> str:
    return ":".join(str(PREFIX / folder / "x86_64-linux-gnu") for folder in ("usr/lib", "lib"))
