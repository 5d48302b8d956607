"""The envelope part of a message whose bytes are at hand, chosen by the same rules as over IMAP."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.message import Message
from typing import Any

from mailtriage.act.imap import envelope
from mailtriage.act.imap.envelope import HEADER_CAP, MIME_CAP, TEXT_CAP, Piece
from mailtriage.act.imap.structure import TextPart, choose_parts, parts_of

_POLICY = policy.compat32.clone(linesep="\r\n", max_line_length=0)
_LINE_END = re.compile(rb"\r\n|\r|\n")


def crlf(raw: bytes) -> bytes:
    """``raw`` with every line end as CRLF, as messages travel (RFC 5322 §2.1)."""
    return _LINE_END.sub(b"\r\n", raw)


def envelope_part_of(raw: bytes) -> tuple[bytes, bool]:
    """The envelope part of ``raw`` and whether a cap cut it; what a server would give for the same message."""
    header, _, text = crlf(raw).partition(b"\r\n\r\n")
    header = (header + b"\r\n\r\n")[:HEADER_CAP]
    header_cut = len(header) >= HEADER_CAP
    parsed: Message = message_from_bytes(raw, policy=_POLICY)
    try:
        structure = bodystructure(parsed)
    except RecursionError:
        structure = None
    chosen = choose_parts(structure)
    if chosen is None or (isinstance(chosen, TextPart) and isinstance(structure[0], bytes)):
        cut = len(text) > TEXT_CAP
        return envelope.whole(header, text[:TEXT_CAP], cut=cut), header_cut or cut
    pieces = {part.section: _piece(parsed, part.section) for part in parts_of(chosen)}
    return envelope.rebuilt(header, chosen, pieces), header_cut or any(piece.cut for piece in pieces.values())


def bodystructure(part: Message) -> Any:
    """BODYSTRUCTURE of a parsed message, as far as ``choose_parts`` looks."""
    if part.get_content_maintype() == "multipart" and part.is_multipart():
        children = tuple(bodystructure(child) for child in part.get_payload() if isinstance(child, Message))
        return (*children, part.get_content_subtype().encode("ascii", "replace"))
    kind, subtype = (word.encode("ascii", "replace") for word in part.get_content_type().split("/", 1))
    disposition = part.get_content_disposition()
    disposed = (disposition.encode(), _parameters(part, "content-disposition")) if disposition else None
    return (kind, subtype, _parameters(part, "content-type"), None, None, None, None, None, None, disposed)


def _parameters(part: Message, header: str) -> tuple[bytes, ...]:
    try:
        names = [name for name, _ in (part.get_params(header=header) or [])[1:]]
    except (ValueError, IndexError, TypeError):
        return ()
    return tuple(word for name in names for word in (name.encode("ascii", "replace"), b""))


def _piece(message: Message, section: str) -> Piece:
    part = message
    for number in section.split("."):
        part = part.get_payload(int(number) - 1)  # type: ignore[assignment]  # a child of a multipart is a Message
    mime, _, body = part.as_bytes(policy=_POLICY).partition(b"\r\n\r\n")
    return Piece((mime + b"\r\n")[:MIME_CAP], body[:TEXT_CAP], len(body) > TEXT_CAP)
