"""One submission of one message to the account's SMTP server (RFC 6409, RFC 5321), and what is certain about it.

A message is accepted by the answer to the dot that ends it. Until that dot begins to go out, whatever fails is certain:
the server does not have the message (RFC 5321 §4.1.1.4). From then on until a whole answer is read nobody can know
(RFC 1047), and that is what the receipt says.
"""

from __future__ import annotations

import base64
import re
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import SMTP
from enum import StrEnum

from mailtriage.act.imap import Connection
from mailtriage.act.imap.connection import protection
from mailtriage.errors import MailtriageError
from mailtriage.settings import Account
from mailtriage.settings.secrets import fetch_secret

DOT_SECONDS = 600.0
"""How long the answer to the final dot is waited for: servers look through a message there (RFC 5321 §4.5.3.2.6)."""

_CHUNK = 256 * 1024
_OWN_NAME = "[127.0.0.1]"
"""What we call ourselves in EHLO (RFC 5321 §4.1.3): the name of the school's machine is nobody's business."""

_SEVEN_BIT = SMTP.clone(cte_type="7bit")
_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b")
_NOT_PRINTED = re.compile("[^\x20-\x7e\xa0-\uffff]+")
_LONGEST_WORDS = 300


class Fate(StrEnum):
    """What became of a message that was given to a server. All but ``UNCERTAIN`` are certain."""

    SENT = "sent"
    REFUSED = "refused"
    LATER = "later"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True)
class Receipt:
    """How a submission ended.

    ``LATER`` says that the server does not have the message and may take it at another time. ``reason`` holds no word
    of the server's, so that it can be stored; ``words`` are the server's own, which may name people: for the teacher
    alone. ``everything`` is true where no message would have fared better (no connection, no login).
    """

    fate: Fate
    reason: str = ""
    words: str = ""
    everything: bool = False


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is submitted: addr-specs (RFC 5321 §4.1.2) and the message, with CRLF at each line's end."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes


class _FailedError(Exception):
    """A submission that ended before the final dot."""

    def __init__(self, receipt: Receipt) -> None:
        super().__init__(receipt.reason)
        self.receipt = receipt


def submission_server(account: Account) -> Connection | None:
    """Where an account's mail is submitted: as ``[accounts.smtp]`` says, the rest as for IMAP; None without one.

    The port is 587, or 465 for TLS from the first byte (RFC 6409 §3.1, RFC 8314 §3.3).
    """
    smtp = account.smtp
    if smtp is None:
        return None
    return Connection(
        host=smtp.host or account.host,
        port=smtp.port or (465 if smtp.security == "tls" else 587),
        security=smtp.security,
        username=smtp.username or account.username,
        secret=lambda: fetch_secret(smtp.secret or account.secret),
        mechanism=account.mechanism,
        ca_file=account.ca_file,
        timeout=account.timeout_seconds,
    )


def submit(server: Connection, envelope: Envelope) -> Receipt:
    """Submit a message to all of its recipients, or to none.

    A server that refuses one recipient gets no message at all: after a part of them was served, nobody could try again
    without writing to those a second time.
    """
    try:
        client = _opened(server)
    except _FailedError as failed:
        return failed.receipt
    try:
        return _transaction(client, envelope)
    except _FailedError as failed:
        return failed.receipt
    finally:
        _leave(client)


def tried(server: Connection) -> Receipt:
    """Connect, log in, and leave without a message; ``SENT`` where all of it works."""
    try:
        _leave(_opened(server))
    except _FailedError as failed:
        return failed.receipt
    return Receipt(Fate.SENT)


def _opened(server: Connection) -> smtplib.SMTP:
    """A connection that is protected and logged in. ``_FailedError`` says that no message would pass now."""
    with _step("connection", everything=True):
        context = protection(server)
        secret = server.secret()
        client = _connected(server, context)
    try:
        with _step("connection", everything=True):
            _expect(client.ehlo(), 250)
            if server.security == "starttls" and context is not None:
                client.starttls(context=context)
                _expect(client.ehlo(), 250)
        with _step("login", everything=True):
            _log_in(client, server, secret)
    except BaseException:
        client.close()
        raise
    return client


def _connected(server: Connection, context: ssl.SSLContext | None) -> smtplib.SMTP:
    if server.security == "tls":
        return smtplib.SMTP_SSL(
            server.host, server.port, local_hostname=_OWN_NAME, timeout=server.timeout, context=context
        )
    return smtplib.SMTP(server.host, server.port, local_hostname=_OWN_NAME, timeout=server.timeout)


def _log_in(client: smtplib.SMTP, server: Connection, secret: str) -> None:
    """AUTH (RFC 4954). A relay that offers none knows its clients otherwise, or says so at MAIL."""
    offered = client.esmtp_features.get("auth", "").upper().split()
    user = server.username
    if not offered:
        return
    if server.mechanism == "xoauth2":
        _say_once(client, "XOAUTH2", f"user={user}\1auth=Bearer {secret}\1\1", "")
    elif server.mechanism == "oauthbearer":
        identity = user.replace("=", "=3D").replace(",", "=2C")
        _say_once(client, "OAUTHBEARER", f"n,a={identity},\1auth=Bearer {secret}\1\1", "\1")
    elif "PLAIN" in offered or "LOGIN" not in offered:
        _expect(client.docmd("AUTH", "PLAIN " + _base64(f"\0{user}\0{secret}")), 235)
    else:
        _expect(client.docmd("AUTH", "LOGIN"), 334)
        _expect(client.docmd(_base64(user)), 334)
        _expect(client.docmd(_base64(secret)), 235)


def _say_once(client: smtplib.SMTP, mechanism: str, answer: str, afterwards: str) -> None:
    """A dialogue of one answer; to the error that may follow, ``afterwards`` (RFC 7628 §3.2.3)."""
    reply = client.docmd("AUTH", f"{mechanism} {_base64(answer)}")
    _expect(client.docmd(_base64(afterwards)) if reply[0] == 334 else reply, 235)


def _transaction(client: smtplib.SMTP, envelope: Envelope) -> Receipt:
    raw, options = _fitted(client, envelope)
    with _step("sender"):
        client.command_encoding = "utf-8" if "SMTPUTF8" in options else "ascii"
        _expect(client.docmd("MAIL", " ".join((f"FROM:<{envelope.sender}>", *options))), 250)
    _name_recipients(client, envelope.recipients)
    with _step("message"):
        _expect(client.docmd("DATA"), 354)
        stuffed = re.sub(rb"(?m)^\.", b"..", raw)
        for start in range(0, len(stuffed), _CHUNK):
            client.send(stuffed[start : start + _CHUNK])
        if client.sock is not None:
            client.sock.settimeout(DOT_SECONDS)
            # Otherwise the dot waits 40 ms for the other side's ACK of what went before it.
            client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        client.send(b".\r\n")
        code, words = client.getreply()
    except (OSError, smtplib.SMTPException) as error:  # an answer that makes no sense comes here as well
        return Receipt(Fate.UNCERTAIN, f"at the end of the message: {_trouble(error)}")
    if 200 <= code <= 299:
        return Receipt(Fate.SENT)
    if 400 <= code <= 599:
        return _refusal("at the end of the message", code, words)
    return Receipt(Fate.UNCERTAIN, "at the end of the message: an answer that makes no sense")


def _name_recipients(client: smtplib.SMTP, recipients: tuple[str, ...]) -> None:
    refused: list[tuple[str, Receipt]] = []
    with _step("recipient"):
        for one in recipients:
            code, words = client.docmd("RCPT", f"TO:<{one}>")
            if code not in (250, 251):
                refused.append((one, _refusal("recipient", code, words)))
    if refused:
        final = next((receipt for _, receipt in refused if receipt.fate is Fate.REFUSED), refused[0][1])
        said = "\n".join(f"{one}: {receipt.words}" for one, receipt in refused)
        raise _FailedError(Receipt(final.fate, final.reason, said))


def _fitted(client: smtplib.SMTP, envelope: Envelope) -> tuple[bytes, list[str]]:
    """The message as this server takes it, and the parameters of MAIL (RFC 1870, RFC 6152, RFC 6531)."""
    raw, options = envelope.raw, []
    foreign = not all(one.isascii() for one in (envelope.sender, *envelope.recipients))
    if foreign and not client.has_extn("smtputf8"):
        raise _FailedError(Receipt(Fate.REFUSED, "the server takes no address with such letters (SMTPUTF8)"))
    if foreign or not raw.partition(b"\r\n\r\n")[0].isascii():
        if client.has_extn("smtputf8"):
            options.append("SMTPUTF8")
        else:
            raw = _in_seven_bits(raw)
    if not raw.isascii():
        if client.has_extn("8bitmime"):
            options.append("BODY=8BITMIME")
        else:
            raw = _in_seven_bits(raw)
    raw = raw if raw.endswith(b"\r\n") else raw + b"\r\n"
    if client.has_extn("size"):
        options.append(f"SIZE={len(raw)}")
        most = client.esmtp_features["size"].strip()
        if most.isdecimal() and 0 < int(most) < len(raw):
            reason = f"it is too large: {_megabytes(len(raw))}, and the server takes {_megabytes(int(most))}"
            raise _FailedError(Receipt(Fate.REFUSED, reason))
    return raw, options


def _in_seven_bits(raw: bytes) -> bytes:
    """The same message in ASCII, encoded anew where it must be."""
    try:
        return message_from_bytes(raw, policy=SMTP).as_bytes(policy=_SEVEN_BIT)
    except Exception:  # the email library raises many kinds over mail that is broken
        reason = "the server takes only ASCII, and the message cannot be written so"
        raise _FailedError(Receipt(Fate.REFUSED, reason)) from None


def _leave(client: smtplib.SMTP) -> None:
    with suppress(OSError, smtplib.SMTPException, ValueError):
        if client.sock is not None:
            client.sock.settimeout(2.0)
            client.docmd("QUIT")
    client.close()


@contextmanager
def _step(name: str, *, everything: bool = False) -> Iterator[None]:
    """Before the final dot: whatever fails here, the server does not have the message."""
    try:
        yield
    except smtplib.SMTPResponseException as error:
        receipt = _refusal(name, error.smtp_code, error.smtp_error, everything=everything)
        raise _FailedError(receipt) from None
    except MailtriageError as error:
        raise _FailedError(Receipt(Fate.LATER, f"{name}: {error.what}", everything=everything)) from None
    except (OSError, smtplib.SMTPException, ValueError) as error:
        receipt = Receipt(Fate.LATER, f"{name}: {_trouble(error)}", everything=everything)
        raise _FailedError(receipt) from None


def _expect(reply: tuple[int, bytes], wanted: int) -> None:
    if reply[0] != wanted:
        raise smtplib.SMTPResponseException(*reply)


def _refusal(step: str, code: int, words: bytes | str, *, everything: bool = False) -> Receipt:
    """A refusal in words. What nothing would pass is the school's trouble, not the message's: it is tried again."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    enhanced = _ENHANCED.search(text)
    reason = f"{step}: the server answered {code}" + (f" {enhanced[0]}" if enhanced else "")
    fate = Fate.REFUSED if 500 <= code <= 599 and not everything else Fate.LATER
    said = " ".join(_NOT_PRINTED.sub(" ", text).split())[:_LONGEST_WORDS]
    return Receipt(fate, reason, said, everything)


_TROUBLES: tuple[tuple[type[BaseException], str], ...] = (
    (TimeoutError, "no answer in time"),
    (ssl.SSLCertVerificationError, "the certificate is not trusted"),
    (ssl.SSLError, "the connection cannot be protected (TLS)"),
    (socket.gaierror, "nobody knows a server of this name"),
    (ConnectionRefusedError, "nothing listens there"),
    (smtplib.SMTPNotSupportedError, "the server offers no STARTTLS"),
    (OSError, "the connection was lost"),
    (BaseException, "it makes no sense"),
)


def _trouble(error: BaseException) -> str:
    # smtplib says that the server hung up whenever it cannot read; what it met with is the context.
    cause = (error.__context__ or error) if isinstance(error, smtplib.SMTPServerDisconnected) else error
    return next(words for kind, words in _TROUBLES if isinstance(cause, kind))


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")


def _megabytes(octets: int) -> str:
    return f"{octets / 1_000_000:.1f} MB"
