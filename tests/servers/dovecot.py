"""A real Dovecot 2.3 from a private folder: IMAP over TLS, LMTP with Sieve, XOAUTH2 with a local key."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
import shutil
import signal
import smtplib
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from imapclient import IMAPClient

from mailtriage.act.imap import Connection, Mechanism, Security
from tests.servers import certified, end_process, free_port, hand_over, own_folder, runs_as, unavailable

PASSWORD = "geheim-123"
_KEY = b"a key for the tests, which signs nothing that matters"
_START = 20.0

_CONFIG = """
base_dir = {base}/run
state_dir = {base}/state
log_path = /dev/stderr
instance_name = {base}
listen = 127.0.0.1
protocols = imap lmtp
ssl = required
ssl_cert = <{base}/server.pem
ssl_key = <{base}/server.key
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
mail_location = maildir:{base}/mail/%u
mailbox_idle_check_interval = 1s
postmaster_address = postmaster@school.example
auth_mechanisms = plain login xoauth2 oauthbearer
auth_failure_delay = 0
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {starttls_port}
  }}
  inet_listener imaps {{
    port = {port}
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp_port}
  }}
}}
service stats {{
  chroot =
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {base}/oauth2.conf
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={base}/home/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Drafts {{
    special_use = \\Drafts
    auto = subscribe
  }}
  mailbox Sent {{
    special_use = \\Sent
    auto = subscribe
  }}
}}
protocol lmtp {{
  mail_plugins = $mail_plugins sieve
}}
plugin {{
  sieve = file:{base}/sieve/%u.sieve
  sieve_extensions = +date +mailbox
}}
"""

_OAUTH = """
introspection_mode = local
local_validation_key_dict = fs:posix:prefix={base}/jwt/
username_attribute = email
"""


@dataclass
class Dovecot:
    """A Dovecot of one's own. Make it with ``running``; ``stop`` and ``start`` keep ports and mail.

    ``base`` holds everything. Every user name exists, with the password ``PASSWORD``: a new name is a new account,
    empty but for INBOX, Drafts and Sent.
    """

    base: Path
    port: int = field(default_factory=free_port)
    starttls_port: int = field(default_factory=free_port)
    lmtp_port: int = field(default_factory=free_port)
    _process: subprocess.Popen[str] | None = None
    log: list[str] = field(default_factory=list)

    @property
    def ca_file(self) -> Path:
        """The certificate authority that signed this server's certificate."""
        return self.base / "ca.pem"

    def connection(
        self,
        user: str,
        *,
        password: str = PASSWORD,
        mechanism: Mechanism = "password",
        security: Security = "tls",
        timeout: float = 20.0,
    ) -> Connection:
        """How mailtriage connects to this server."""
        port = self.port if security == "tls" else self.starttls_port
        return Connection(
            "localhost", port, security, user, lambda: password, mechanism, ca_file=self.ca_file, timeout=timeout
        )

    @contextlib.contextmanager
    def client(self, user: str) -> Iterator[IMAPClient]:
        """A second client, logged in, nothing selected: the teacher's own mail program."""
        context = ssl.create_default_context(cafile=self.ca_file)
        with IMAPClient("localhost", self.port, ssl_context=context, timeout=20) as client:
            client.login(user, PASSWORD)
            yield client

    def deliver_lmtp(self, user: str, raw: bytes, sender: str = "ouder@thuis.example") -> None:
        """Deliver as a mail server does: over LMTP, through the user's Sieve script if ``write_sieve`` left one."""
        with smtplib.LMTP("127.0.0.1", self.lmtp_port) as lmtp:
            lmtp.sendmail(sender, [user], raw)

    def write_sieve(self, user: str, script: str) -> None:
        """Give a user a Sieve script for delivery."""
        path = self.base / "sieve" / f"{user}.sieve"
        path.write_text(script, encoding="utf-8")
        hand_over(self.base / "sieve")

    def token(self, user: str, *, valid_for: float = 600) -> str:
        """An OAuth access token (JWT, HS256) for a user; negative ``valid_for`` makes an expired one."""
        now = int(time.time())
        claims = {"sub": user, "email": user, "iat": now - 3600, "nbf": now - 3600, "exp": now + int(valid_for)}
        head = {"alg": "HS256", "typ": "JWT", "kid": "default"}
        signed = ".".join(_base64url(json.dumps(piece).encode()) for piece in (head, claims))
        return f"{signed}.{_base64url(hmac.digest(_KEY, signed.encode(), hashlib.sha256))}"

    def start(self) -> None:
        """Start it, and wait until it listens."""
        started = threading.Event()
        command = [_binary("dovecot"), "-F", "-c", str(self.base / "dovecot.conf")]
        self._process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
        threading.Thread(target=self._follow, args=(self._process, started), daemon=True).start()
        if not started.wait(_START) or self._process.poll() is not None:
            self.kill()
            raise RuntimeError("Dovecot did not start:\n" + "".join(self.log[-20:]))

    def stop(self) -> None:
        """Stop it in the orderly way; every connection ends."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Kill all its processes at once (SIGKILL), as a power cut would."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is not None:
            end_process(process, how, within=_START)

    def _follow(self, process: subprocess.Popen[str], started: threading.Event) -> None:
        if process.stderr is not None:
            with process.stderr:
                for line in process.stderr:
                    self.log.append(line)
                    if "starting up" in line:
                        started.set()
        started.set()

    def write_configuration(self) -> None:
        """Write certificates, keys and ``dovecot.conf`` into ``base``."""
        for name in ("run", "state", "mail", "home", "sieve", "jwt/default/HS256"):
            (self.base / name).mkdir(parents=True, exist_ok=True)
        certified(self.base)
        (self.base / "jwt/default/HS256/default").write_text(base64.b64encode(_KEY).decode())
        (self.base / "oauth2.conf").write_text(_OAUTH.format(base=self.base))
        user, group = runs_as()
        (self.base / "dovecot.conf").write_text(
            _CONFIG.format(
                base=self.base,
                user=user,
                group=group,
                password=PASSWORD,
                port=self.port,
                starttls_port=self.starttls_port,
                lmtp_port=self.lmtp_port,
            )
        )
        for name in ("mail", "home", "sieve"):
            hand_over(self.base / name)


@contextlib.contextmanager
def running() -> Iterator[Dovecot]:
    """A Dovecot in a folder of its own, started; stopped at the end."""
    _binary("dovecot")
    with own_folder("dovecot") as base:
        dovecot = Dovecot(base)
        dovecot.write_configuration()
        dovecot.start()
        try:
            yield dovecot
        finally:
            dovecot.stop()


def _binary(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if found is None:
        unavailable("Dovecot", "apt-get install dovecot-imapd dovecot-lmtpd dovecot-sieve")
    return found


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
