"""How to reach an account, and reaching it."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from mailtriage.act.imap.faults import CAUGHT, classified, login_failed
from mailtriage.act.imap.mailbox import ImapMailbox
from mailtriage.act.imap.wire import Client, keep_bodies_out_of_logs
from mailtriage.errors import MailboxError

Security = Literal["tls", "starttls", "none"]
Mechanism = Literal["password", "xoauth2", "oauthbearer"]


@dataclass(frozen=True, slots=True)
class Connection:
    """Where an account is and how to log in.

    ``security`` ``none`` is for loopback addresses alone. ``secret`` is called at every login and returns the password
    or the OAuth access token. ``ca_file`` replaces the system's certificate authorities; nothing switches verification
    off. ``timeout`` (seconds) holds for connecting and for each read and write.
    """

    host: str
    port: int
    security: Security
    username: str
    secret: Callable[[], str] = field(repr=False)
    mechanism: Mechanism = "password"
    ca_file: Path | None = None
    timeout: float = 30.0

    @property
    def where(self) -> str:
        """Host and port, as errors name it."""
        return f"{self.host}:{self.port}"


def connect(connection: Connection) -> ImapMailbox:
    """Open a connection and log in.

    Raises:
        LoginRefusedError: the credentials are wrong.
        ConnectionLostError: the server cannot be reached, or takes no login now (``retry_after`` if it said when).
        MailboxError: the certificate is not trusted, STARTTLS is missing, or an unprotected connection was asked for
            to another machine.
        SecretError: whatever ``connection.secret`` raises.
    """
    keep_bodies_out_of_logs()
    context = protection(connection)
    secret = connection.secret()
    client = _reached(connection, context)
    try:
        _log_in(client, connection, secret)
        client.capabilities()
        client.forget_reports()
    except CAUGHT as error:
        client.wire.shutdown()
        raise login_failed(error, connection.where, client.bye()) from error
    except BaseException:
        client.wire.shutdown()
        raise
    return ImapMailbox(client, connection.where)


def protection(connection: Connection) -> ssl.SSLContext | None:
    """What TLS is spoken with; None where none is wanted, which is allowed to this machine alone.

    Raises:
        MailboxError: an unprotected connection was asked for to another machine, or ``ca_file`` cannot be read.
    """
    if connection.security == "none":
        if _is_loopback(connection.host):
            return None
        raise MailboxError(
            "an unprotected connection is allowed to this machine alone",
            connection.where,
            'set security to "tls" or "starttls"',
        )
    try:
        return ssl.create_default_context(cafile=connection.ca_file)
    except (OSError, ValueError) as error:
        raise MailboxError(
            f"the certificate authorities cannot be read from {connection.ca_file}",
            connection.where,
            "ca_file must be a readable PEM file",
        ) from error


def _reached(connection: Connection, context: ssl.SSLContext | None) -> Client:
    client = None
    try:
        client = Client(
            connection.host,
            connection.port,
            timeout=connection.timeout,
            context=context if connection.security == "tls" else None,
        )
        if connection.security == "starttls":
            client.starttls(context)
    except CAUGHT as error:
        if client is not None:
            client.wire.shutdown()
        raise classified(error, connection.where, client.bye() if client else "") from error
    return client


def _log_in(client: Client, connection: Connection, secret: str) -> None:
    user = connection.username
    if connection.mechanism == "xoauth2":
        client.sasl_login("XOAUTH2", _said_once(f"user={user}\1auth=Bearer {secret}\1\1", b""))
    elif connection.mechanism == "oauthbearer":
        identity = user.replace("=", "=3D").replace(",", "=2C")
        answer = f"n,a={identity},\1auth=Bearer {secret}\1\1"
        client.sasl_login("OAUTHBEARER", _said_once(answer, b"\1"))
    elif _fits_login(user + secret) and not client.has_capability("LOGINDISABLED"):
        client.login(user, secret)
    else:
        client.plain_login(user, secret)


def _said_once(answer: str, afterwards: bytes) -> Callable[[bytes], bytes]:
    """A SASL dialogue with one answer; to the error that may follow, ``afterwards`` (RFC 7628 §3.2.3)."""
    answers = iter((answer.encode(),))
    return lambda _challenge: next(answers, afterwards)


def _fits_login(text: str) -> bool:
    """Whether the LOGIN command can carry this: RFC 3501 quoted strings are printable ASCII here."""
    return text.isascii() and text.isprintable()


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
