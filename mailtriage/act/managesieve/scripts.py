"""The commands of ManageSieve (RFC 5804 §2) on one account's scripts."""

from __future__ import annotations

import base64
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from mailtriage.act.imap import Connection
from mailtriage.act.imap.connection import protection
from mailtriage.act.managesieve.wire import Answer, Wire, string
from mailtriage.errors import LoginRefusedError, MailboxError, MailtriageError

_ADVICE = {
    "QUOTA": "remove scripts that nobody needs, or ask the mail administrator for more room",
    "QUOTA/MAXSCRIPTS": "remove scripts that nobody needs, or ask the mail administrator for more room",
    "QUOTA/MAXSIZE": "let the script cover fewer days (--days), or ask the mail administrator for more room",
    "TRYLATER": "try again later",
    "NONEXISTENT": "somebody removed the script meanwhile: run the command again",
}
_NO_TLS = 'the server must offer it: ask the mail administrator, or set accounts.sieve.security to "tls"'
_LOGIN_ADVICE = "check the user name and the secret of accounts.sieve, or else those of the account"


@dataclass(frozen=True, slots=True)
class Listing:
    """The scripts of an account; ``active`` is empty where none is."""

    names: tuple[str, ...]
    active: str


class Scripts:
    """The scripts of one account, on a connection that is logged in. Make it with ``opened``.

    Every method raises ``MailboxError`` where the server refuses, and ``ConnectionLostError`` where it is gone.
    """

    def __init__(self, wire: Wire, capabilities: dict[str, str]) -> None:
        """Take a connection and what its server can do."""
        self._wire = wire
        self._capabilities = capabilities

    @property
    def extensions(self) -> frozenset[str]:
        """The Sieve extensions that the server knows."""
        return frozenset(self._capabilities.get("SIEVE", "").lower().split())

    @property
    def where(self) -> str:
        """Host and port, as errors name it."""
        return self._wire.where

    def listing(self) -> Listing:
        """All scripts."""
        rows = [row for row in self._said(b"LISTSCRIPTS").rows if row]
        active = next((row[0] for row in rows if len(row) > 1 and row[1].upper() == "ACTIVE"), "")
        return Listing(tuple(row[0] for row in rows), active)

    def get(self, name: str) -> str:
        """The text of a script, with LF at the ends of its lines."""
        rows = self._said(b"GETSCRIPT", string(name)).rows
        return "\n".join(text for row in rows for text in row).replace("\r\n", "\n")

    def check(self, text: str) -> str:
        """Have the server check a script without keeping it, and return its warnings; empty where it has none, and
        where it is so old that it checks only what it is given to keep."""
        return self._warned(self._said(b"CHECKSCRIPT", _script(text))) if "VERSION" in self._capabilities else ""

    def put(self, name: str, text: str) -> str:
        """Keep a script, in place of one of the same name; returns the server's warnings. One that the server cannot
        understand is refused, and the old one stays."""
        self._said(b"HAVESPACE", string(name), b"%d" % len(_octets(text)))
        return self._warned(self._said(b"PUTSCRIPT", string(name), _script(text)))

    def activate(self, name: str) -> None:
        """Make a script the active one; an empty name leaves none active."""
        self._said(b"SETACTIVE", string(name))

    def delete(self, name: str) -> None:
        """Delete a script that is not active."""
        self._said(b"DELETESCRIPT", string(name))

    def close(self) -> None:
        """Log out; never raises."""
        with suppress(MailtriageError):
            self._wire.send(b"LOGOUT")
        self._wire.close()

    def _said(self, *command: bytes) -> Answer:
        self._wire.send(*command)
        answer = self._wire.answer()
        if answer.status == "NO":
            what = f"the server refused {command[0].decode()}: {answer.text or answer.code or 'it does not say why'}"
            raise MailboxError(what, self._wire.where, _ADVICE.get(answer.code, ""))
        return answer

    @staticmethod
    def _warned(answer: Answer) -> str:
        return answer.text if answer.code == "WARNINGS" else ""


@contextmanager
def opened(connection: Connection) -> Iterator[Scripts]:
    """The scripts of an account, on a connection of their own.

    Raises:
        LoginRefusedError: the credentials are wrong.
        ConnectionLostError: the server cannot be reached.
        MailboxError: the certificate is not trusted, STARTTLS is missing, an unprotected connection was asked for to
            another machine, or the server is none for ManageSieve.
        SecretError: whatever ``connection.secret`` raises.
    """
    context = protection(connection)
    secret = connection.secret()
    wire = Wire(connection.host, connection.port, connection.timeout)
    try:
        capabilities = _greeted(wire, connection, context)
        _log_in(wire, connection, capabilities.get("SASL", "").upper().split(), secret)
        # A server may show more to those who are logged in (RFC 5804 §1.7), and what was said before may be forged.
        wire.send(b"CAPABILITY")
        scripts = Scripts(wire, _capabilities(wire.answer()))
    except BaseException:
        wire.close()
        raise
    try:
        yield scripts
    finally:
        scripts.close()


def _greeted(wire: Wire, connection: Connection, context: ssl.SSLContext | None) -> dict[str, str]:
    """What the server can do, once the connection is as safe as it is to be."""
    if context is not None and connection.security == "tls":
        wire.protect(context)
    capabilities = _capabilities(wire.answer())
    if context is None or connection.security == "tls":
        return capabilities
    if "STARTTLS" not in capabilities:
        raise MailboxError("the server offers no STARTTLS", connection.where, _NO_TLS)
    wire.send(b"STARTTLS")
    if wire.answer().status != "OK":
        raise MailboxError("the server refuses STARTTLS", connection.where, _NO_TLS)
    wire.protect(context)
    return _capabilities(wire.answer())


def _capabilities(answer: Answer) -> dict[str, str]:
    if answer.status != "OK":
        return {}
    return {row[0].upper(): row[1] if len(row) > 1 else "" for row in answer.rows if row}


def _log_in(wire: Wire, connection: Connection, offered: list[str], secret: str) -> None:
    mechanism, first, afterwards = _dialogue(connection, secret)
    if mechanism not in offered:
        what = f"the server offers no login by {mechanism}"
        raise MailboxError(what, connection.where, f"it offers {' '.join(offered) or 'none'}: change mechanism")
    wire.send(b"AUTHENTICATE", string(mechanism), string(_base64(first)))
    answer = wire.challenge()
    if answer is None:
        # With OAuth a challenge says what is wrong, and wants an answer before the server says NO.
        wire.send(string(_base64(afterwards)))
        answer = wire.challenge()
    if answer is None or answer.status != "OK":
        said = re.sub(r"\s+", " ", answer.text) if answer else "it asks on"
        raise LoginRefusedError(f"the server refused the login: {said}", connection.where, _LOGIN_ADVICE)


def _dialogue(connection: Connection, secret: str) -> tuple[str, str, str]:
    """A SASL mechanism, what is said first, and what is said to a challenge that should not come."""
    user = connection.username
    if connection.mechanism == "xoauth2":
        return "XOAUTH2", f"user={user}\1auth=Bearer {secret}\1\1", ""
    if connection.mechanism == "oauthbearer":
        identity = user.replace("=", "=3D").replace(",", "=2C")
        return "OAUTHBEARER", f"n,a={identity},\1auth=Bearer {secret}\1\1", "\1"
    return "PLAIN", f"\0{user}\0{secret}", ""


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _octets(text: str) -> bytes:
    """A script with CRLF at the ends of its lines (RFC 5228 §2.2)."""
    return text.replace("\r\n", "\n").replace("\n", "\r\n").encode()


def _script(text: str) -> bytes:
    """A script as a literal that waits for nobody."""
    return b"{%d+}\r\n%s" % (len(_octets(text)), _octets(text))
