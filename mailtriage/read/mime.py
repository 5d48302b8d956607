"""The text parts of a message, decoded: the only place that calls mail-parser.

mail-parser gets a small message of one level that holds the chosen parts alone; it undoes the transfer encodings
(base64, quoted-printable, uuencode, broken ones of each). The charset is then decided here, from the bytes, since the
declared one may be a lie (``mailtriage.read.charsets``).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import Message as MimeMessage
from typing import TYPE_CHECKING, cast

import mailparser

from mailtriage.read.charsets import clean, decode_bytes
from mailtriage.read.html import without_baggage

if TYPE_CHECKING:
    from mailtriage.read.limits import Limits
    from mailtriage.read.parts import Part

# mail-parser logs header values of messages when it cannot decode them. No text of a message may reach a log.
logging.getLogger("mailparser").setLevel(logging.CRITICAL + 1)

TEXT_KINDS = frozenset({"text/plain", "text/html", "text/enriched", "text/richtext", "text/markdown", "text/calendar"})
RTF_KINDS = frozenset({"text/rtf", "application/rtf"})

_BOUNDARY = b"=_mailtriage_d1c2e8_="
_AS_FILE = b"Content-Type: application/octet-stream\nContent-Disposition: attachment; filename=text\n"
_HTML_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Text:
    """A decoded text part, line ends as ``\\n``."""

    part: Part
    text: str


def decode_parts(parts: Sequence[Part], body: bytes, limits: Limits) -> tuple[dict[int, Text], bool]:
    """Decode text parts.

    Args:
        parts: text parts, in the order of the message.
        body: body of the message, in which the parts have their place.
        limits: ``texts``, ``part_bytes``, ``text_bytes`` and ``text_chars`` bound what is decoded.

    Returns:
        the texts by ``id`` of their part, and whether anything was cut or left out.
    """
    truncated = len(parts) > limits.texts
    room = limits.text_bytes
    slices: list[tuple[Part, bytes]] = []
    for part in parts[: limits.texts]:
        size = min(part.end - part.start, limits.part_bytes, max(room, 0))
        truncated = truncated or size < part.end - part.start
        room -= size
        slices.append((part, body[part.start : part.start + size]))
    texts: dict[int, Text] = {}
    for (part, raw), leaf in zip(slices, _leaves(slices), strict=True):
        text = _text(part, _payload(leaf, raw))
        most = limits.text_chars
        if part.kind == "text/html":
            text, most = without_baggage(text), limits.html_chars
        if len(text) > most:
            truncated = True
            text = text[:most]
        texts[id(part)] = Text(part, text)
    return texts, truncated


def _leaves(slices: Sequence[tuple[Part, bytes]]) -> list[MimeMessage | None]:
    """The parts as mail-parser sees them; None for one that it lost."""
    if not slices:
        return []
    # As attachments: mail-parser would compose the accents of a text (NFC), which took 53 s for 130,000 accents on one
    # letter, and would guess at the charset, which is done better here.
    begin = b"--" + _BOUNDARY + b"\n" + _AS_FILE
    pieces = [begin + part.encoding + b"\n" + _harmless(raw) + b"\n" for part, raw in slices]
    top = b'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="' + _BOUNDARY + b'"\n\n'
    parsed = mailparser.parse_from_bytes(top + b"".join(pieces) + b"--" + _BOUNDARY + b"--\n")
    payload = parsed.message.get_payload()
    leaves = cast("list[MimeMessage | None]", payload if isinstance(payload, list) else [])
    return (leaves + [None] * len(slices))[: len(slices)]


def _harmless(raw: bytes) -> bytes:
    # A message may not be able to end its own part early, whatever it contains.
    return raw.replace(_BOUNDARY, b"=_boundary_=")


def _payload(leaf: MimeMessage | None, raw: bytes) -> bytes:
    if leaf is None or leaf.is_multipart():
        return raw
    try:
        payload = leaf.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        return raw
    payload = payload if isinstance(payload, bytes) else raw
    if str(leaf.get("content-transfer-encoding", "")).strip().lower() == "base64" and _not_base64(raw):
        return raw
    return payload


def _not_base64(raw: bytes) -> bool:
    """Whether a part said to be base64 is plain text after all: base64 has no blanks within its lines."""
    sample = raw[:2000]
    return sample.isascii() and len(sample.split(b" ")) > len(sample) // 40 + 2


def _text(part: Part, payload: bytes) -> str:
    declared = part.charset
    if not declared and part.kind == "text/html":
        found = _HTML_CHARSET.search(payload[:4096])
        declared = found[1].decode("ascii") if found else ""
    text = decode_bytes(payload, declared)
    return clean(text.replace("\r\n", "\n").replace("\r", "\n"))
