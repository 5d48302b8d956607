"""The envelope part: header and text parts of a message as a small RFC 5322 message of their own.

Parts stay in the encoding in which they were sent; nothing is decoded here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from mailtriage.act.imap.structure import Group, TextPart

HEADER_CAP = 48 * 1024
"""Octets of a message's header that are fetched."""

MIME_CAP = 4 * 1024
"""Octets of the header of one part that are fetched."""

TEXT_CAP = 256 * 1024
"""Octets of one text part that are fetched."""

ORIGINAL_TYPE = "X-Mailtriage-Original-Content-Type"
"""The header that keeps the original Content-Type where the envelope part has another (multipart/report!)."""

_REPLACED = re.compile(rb"^(content-[^\s:]*|mime-version|x-mailtriage-original-content-type)\s*:", re.IGNORECASE)
_OWN = re.compile(rb"^x-mailtriage-original-content-type\s*:", re.IGNORECASE)
_CONTENT = re.compile(rb"^content-(?!disposition|length)[^\s:]*\s*:", re.IGNORECASE)
_ID = re.compile(rb"^message-id\s*:", re.IGNORECASE)
_TYPE = re.compile(rb"^content-type\s*:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Piece:
    """What came for one section: the part's own header and its body, capped; ``cut`` where the cap cut it."""

    mime: bytes
    body: bytes
    cut: bool


def whole(header: bytes, text: bytes, *, cut: bool) -> bytes:
    """The message as it is: header (a forged ``ORIGINAL_TYPE`` taken out) and text as they came."""
    fields = [line for line in _fields(header) if not _OWN.match(line)]
    return b"".join(fields) + b"\r\n" + (_whole_lines(text) if cut else text)


def rebuilt(header: bytes, chosen: TextPart | Group, pieces: Mapping[str, Piece]) -> bytes:
    """The message reduced to the chosen parts.

    Args:
        header: the original header; its Content-* and MIME-Version are replaced, the rest is kept octet by octet.
        chosen: what ``choose_parts`` chose.
        pieces: what was fetched, by section; a section that is missing counts as empty.
    """
    fields = _fields(header)
    kept = [field for field in fields if not _REPLACED.match(field)]
    original = [field.partition(b":")[2] for field in fields if _TYPE.match(field)][:1]
    kept += [ORIGINAL_TYPE.encode() + b":" + value for value in original]
    content, body = _rendered(chosen, pieces)
    return b"".join(kept) + b"MIME-Version: 1.0\r\n" + content + b"\r\n" + body


def is_cut(body: bytes, size: int | None, cap: int) -> bool:
    """Whether ``cap`` cut a body of ``size`` octets (None: not known)."""
    return len(body) >= cap and (size is None or size > cap)


def message_ids(header: bytes) -> frozenset[str]:
    """Every Message-ID in a header, unfolded and stripped; nothing else of it is touched."""
    values = (field.partition(b":")[2] for field in _fields(header) if _ID.match(field))
    texts = (re.sub(rb"\r\n[ \t]+", b" ", value).strip().decode("utf-8", "surrogateescape") for value in values)
    return frozenset(text for text in texts if text)


def _rendered(chosen: TextPart | Group, pieces: Mapping[str, Piece]) -> tuple[bytes, bytes]:
    """Content-* fields and body of a part or group."""
    if isinstance(chosen, TextPart):
        piece = pieces.get(chosen.section, Piece(b"", b"", cut=False))
        content = [field for field in _fields(piece.mime) if _CONTENT.match(field)]
        if not any(_TYPE.match(field) for field in content):
            content.append(f"Content-Type: text/{chosen.subtype}\r\n".encode())
        return b"".join(content), _whole_lines(piece.body) if piece.cut else piece.body
    if not chosen.members:
        return b"Content-Type: text/plain; charset=us-ascii\r\n", b""
    members = [b"\r\n".join(_rendered(member, pieces)) for member in chosen.members]
    boundary = _boundary(members)
    lines = b"".join(b"--" + boundary + b"\r\n" + member + b"\r\n" for member in members)
    kind = f"Content-Type: multipart/{chosen.subtype}; boundary=".encode()
    return kind + b'"' + boundary + b'"\r\n', lines + b"--" + boundary + b"--\r\n"


def _boundary(members: list[bytes]) -> bytes:
    """A boundary that stands in none of the members; the same for the same members."""
    everything = b"".join(members)
    seed = sha256(everything)
    while (boundary := b"=_mailtriage_" + seed.hexdigest()[:24].encode()) in everything:
        seed.update(b"+")
    return boundary


def _fields(header: bytes) -> list[bytes]:
    """Header fields with their folded lines, each ending in CRLF. A last line without an end was cut off and falls
    out, and so does a line that is no field: it would end the header for the next parser."""
    fields: list[bytes] = []
    for line in header.splitlines(keepends=True):
        if not line.endswith((b"\n", b"\r")) or not line.strip():
            break
        whole_line = line.rstrip(b"\r\n") + b"\r\n"
        if line[:1] in b" \t":
            if fields:
                fields[-1] += whole_line
        elif b":" in line:
            fields.append(whole_line)
    return fields


def _whole_lines(body: bytes) -> bytes:
    """A body that was cut, without its last, unfinished line: half a base64 group or half a letter helps nobody."""
    return body[: body.rfind(b"\n") + 1] or body
