"""A mail that a teacher wants sent: who it is for, whether it may go out, and the bytes that do.

Only the header is touched, field by field; the body goes out octet for octet as the teacher's mail program wrote it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.errors import InvalidHeaderDefect
from email.header import decode_header, make_header
from email.headerregistry import AddressHeader
from email.message import Message
from email.policy import SMTP, compat32
from email.utils import format_datetime
from enum import StrEnum

from mailtriage.act.compose import OWN_HEADER
from mailtriage.act.imap.whole import crlf

HEADER_CAP = 256 * 1024
"""Octets of a header that are looked at; nobody writes to so many."""

_FIELD = re.compile(rb"([\x21-\x39\x3b-\x7e]+)[ \t]*:", re.ASCII)
_ATOM = r'[^\s\x00-\x1f\x7f-\x9f<>()\[\],;:\\"@]+'
_ADDR_SPEC = re.compile(rf'(?:{_ATOM}|"[^"\\\x00-\x1f\x7f-\x9f]*")@{_ATOM}')
_ID = re.compile(r"<[^\s<>]{1,250}>")
"""A Message-ID; one that is longer counts as none and gets another (RFC 5322 §2.1.1: a line has 998 octets at most)."""
_DRAFT_ONLY = re.compile(
    rb"x-mailtriage|x-mozilla-.*|x-account-key|x-identity-key|fcc|x-enigmail-draft.*|x-draft-info|x-unsent"
    rb"|x-uniform-type-identifier|x-universally-unique-identifier|x-apple-(?:auto-saved|base-url|mail-.*|windows-.*)"
    rb"|x-(?:kmail|evolution|claws|sylpheed)-.*|status|x-status|x-keywords|x-uid|return-path|resent-bcc"
)
"""Header fields by which mail programs keep a draft: they are nobody else's business."""

_SAME = ("from", "sender", "reply-to", "to", "cc", "bcc", "subject", "message-id", "in-reply-to", "references")


class Unfit(StrEnum):
    """Why a mail is left where it is, in the words of the store and the log."""

    RECEIVED = "a mail that was received"
    OURS = "a notice of this program"
    FOREIGN = "not from the address of this account"
    NOBODY = "no recipient"
    UNCLEAR = "an address that cannot be understood"


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail in the folder for sending.

    ``message_id`` is empty where it has none. ``digest`` is the SHA-256 of what it says, in hexadecimal: the header
    fields that a person fills in, and the content of every part. It is not that of the bytes, since some servers
    (Exchange) write a message anew each time it is fetched.
    """

    sender: str
    recipients: tuple[str, ...]
    subject: str
    message_id: str
    digest: str
    unfit: Unfit | None


def read_letter(raw: bytes, own: str) -> Letter:
    """Look at a mail that is to be sent from the address ``own``; raises nothing, whatever the bytes are."""
    header = _Header(
        message_from_bytes(crlf(raw)[:HEADER_CAP].partition(b"\r\n\r\n")[0] + b"\r\n\r\n", policy=compat32)
    )
    senders, sound = _addresses(header, ("From", "Sender"))
    recipients, known = _addresses(header, ("To", "Cc", "Bcc"))
    ids = _ID.findall(header.text("Message-ID"))
    return Letter(
        sender=own,
        recipients=recipients,
        subject=header.text("Subject"),
        message_id=ids[0] if len(ids) == 1 and ids[0].isascii() else "",
        digest=_digest(raw),
        unfit=_unfit(header, [one.lower() for one in senders], own, recipients, clear=sound and known),
    )


def _unfit(
    header: _Header, senders: Iterable[str], own: str, recipients: tuple[str, ...], *, clear: bool
) -> Unfit | None:
    if header.values("Received"):
        return Unfit.RECEIVED
    if header.values(OWN_HEADER) and not header.text(OWN_HEADER).startswith("draft"):
        return Unfit.OURS
    if set(senders) != {own.lower()}:
        return Unfit.FOREIGN
    if not clear:
        return Unfit.UNCLEAR
    return None if recipients else Unfit.NOBODY


def own_id(what: str, of: str, domain: str) -> str:
    """A Message-ID of ours for something, always the same one."""
    digest = hashlib.sha256(of.encode()).hexdigest()[:32]
    return f"<mailtriage-{what}-{digest}@{domain or 'mailtriage.invalid'}>"


def outgoing(raw: bytes, message_id: str, at: datetime) -> bytes:
    """What is sent: dated ``at`` (RFC 5322 §3.6.1, when it is handed over), without Bcc and what keeps a draft."""
    return _made(raw, message_id, at, blind=False)


def copy_kept(raw: bytes, message_id: str, at: datetime) -> bytes:
    """What lies in Sent: the same with its Bcc, as mail programs keep it (RFC 5322 §3.6.3)."""
    return _made(raw, message_id, at, blind=True)


def _made(raw: bytes, message_id: str, at: datetime, *, blind: bool) -> bytes:
    header, _, body = crlf(raw).partition(b"\r\n\r\n")
    dropped = {b"date", b"message-id"} | (set() if blind else {b"bcc"})
    kept = [field for name, field in _fields(header) if name not in dropped and not _DRAFT_ONLY.fullmatch(name)]
    ours = f"Date: {format_datetime(at)}\r\nMessage-ID: {message_id}\r\n".encode("ascii")
    return ours + b"".join(kept) + b"\r\n" + (body if not body or body.endswith(b"\r\n") else body + b"\r\n")


def _fields(header: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name (in small letters) and whole text of each field; a line that is no field falls out, and what folds it."""
    name, lines = b"", b""
    for line in header.split(b"\r\n"):
        if line[:1] in (b" ", b"\t"):
            lines += line + b"\r\n"
            continue
        if name:
            yield name, lines
        found = _FIELD.match(line)
        name, lines = (found[1].lower(), line + b"\r\n") if found else (b"", b"")
    if name:
        yield name, lines


class _Header:
    """The fields of a header as text, one line each; letters beyond ASCII are read as UTF-8 (RFC 6532)."""

    def __init__(self, message: Message) -> None:
        self._fields = [(name.lower(), _line(value)) for name, value in message.raw_items()]

    def values(self, name: str) -> list[str]:
        """Every field of this name, as it stands there."""
        return [value for field, value in self._fields if field == name.lower()]

    def text(self, name: str) -> str:
        """The first field of this name, decoded (RFC 2047); empty where there is none."""
        return next((_decoded(value) for value in self.values(name)), "")


def _addresses(header: _Header, names: Iterable[str]) -> tuple[tuple[str, ...], bool]:
    """Every addr-spec in these fields, once each, and whether all of them could be understood."""
    found: dict[str, None] = {}
    clear = True
    for name in names:
        for value in header.values(name):
            try:
                parsed = SMTP.header_factory(name, value)
                addresses = parsed.addresses if isinstance(parsed, AddressHeader) else ()
                clear = clear and not any(isinstance(one, InvalidHeaderDefect) for one in parsed.defects)
            except Exception:  # the email library raises many kinds over addresses that are broken
                addresses, clear = (), False
            for one in addresses:
                found[one.addr_spec] = None
                clear = clear and _ADDR_SPEC.fullmatch(one.addr_spec) is not None
    return tuple(found), clear


def _line(value: object) -> str:
    return re.sub(r"\r?\n", "", str(value).encode("utf-8", "surrogateescape").decode("utf-8", "replace"))


def _decoded(value: str) -> str:
    try:
        text = str(make_header(decode_header(value)))
    except (ValueError, LookupError):
        text = value
    return " ".join(text.split())


def _digest(raw: bytes) -> str:
    whole = crlf(raw)
    try:
        message = message_from_bytes(whole, policy=compat32)
        header = _Header(message)
        said = [f"{name}: {_decoded(value)}" for name in _SAME for value in header.values(name)]
        pieces = [piece for part in message.walk() for piece in _content(part)]
    except Exception:  # whatever the email library cannot read is taken as it is
        return hashlib.sha256(whole).hexdigest()
    sums = [hashlib.sha256(piece).digest() for piece in (*(one.encode("utf-8", "replace") for one in said), *pieces)]
    return hashlib.sha256(b"".join(sums)).hexdigest()


def _content(part: Message) -> Iterator[bytes]:
    if part.is_multipart():
        yield part.get_content_type().encode("utf-8", "replace")
        return
    payload = part.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else b""
    text = part.get_content_maintype() == "text"
    yield f"{part.get_content_type()} {part.get_filename() or ''}".encode("utf-8", "replace")
    yield b"\n".join(line.rstrip() for line in content.splitlines()).strip() if text else content
