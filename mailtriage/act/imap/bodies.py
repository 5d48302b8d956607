"""Fetching the envelope part: first the structure, then only the text (RFC 3501 §6.4.5, BODY.PEEK throughout)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mailtriage.act.imap import envelope
from mailtriage.act.imap.envelope import HEADER_CAP, MIME_CAP, TEXT_CAP, Piece
from mailtriage.act.imap.faults import MALFORMED
from mailtriage.act.imap.structure import Group, TextPart, choose_parts, parts_of
from mailtriage.act.imap.wire import Client, Row
from mailtriage.errors import MailboxError

_ITEMS = ("UID", "FLAGS", "INTERNALDATE", "RFC822.SIZE", f"BODY.PEEK[HEADER]<0.{HEADER_CAP}>")


WHOLE_CAP = 64 * 1024 * 1024
"""Octets of a whole message that are fetched at most."""

_SLICE = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class EnvelopePart:
    """The small message, whether a cap cut anything of it, and the FETCH answer with its flags and date."""

    raw: bytes
    truncated: bool
    row: Row


def fetch_envelope_part(client: Client, uid: int) -> EnvelopePart | None:
    """The envelope part of a message of the open folder; None where it is gone.

    Where BODYSTRUCTURE is missing or odd, the first ``TEXT_CAP`` octets of the raw text stand for the parts.
    """
    try:
        row = client.rows([uid], (*_ITEMS, "BODYSTRUCTURE")).get(uid)
    except MALFORMED:  # the structure cannot be parsed; the connection is in step
        row = client.rows([uid], _ITEMS).get(uid)
    if row is None:
        return None
    header = _body(row, "HEADER")
    structure: Any = row.get(b"BODYSTRUCTURE")
    chosen = choose_parts(structure)
    if chosen is None or (isinstance(chosen, TextPart) and isinstance(structure[0], bytes)):
        made = _as_it_is(client, uid, header, chosen)
    else:
        made = _reduced(client, uid, header, chosen)
    if made is None:
        return None
    raw, cut = made
    return EnvelopePart(raw, cut or len(header) >= HEADER_CAP, row)


def fetch_whole(client: Client, uid: int) -> bytes | None:
    """All of a message of the open folder, slice by slice, since one literal must not be large; None where it is gone.

    Raises:
        MailboxError: it is larger than ``WHOLE_CAP``, or the server does not hand out a slice of it.
    """
    whole = bytearray()
    while len(whole) <= WHOLE_CAP:
        row = client.rows([uid], ("UID", f"BODY.PEEK[]<{len(whole)}.{_SLICE}>")).get(uid)
        if row is None:
            return None
        if all(value is None for name, value in row.items() if name.startswith(b"BODY[")):  # NIL, or nothing
            raise MailboxError("the server does not hand out all of the message", advice="look at it in a mail program")
        piece = _body(row, "", len(whole))
        whole += piece
        if len(piece) < _SLICE:
            return bytes(whole)
    raise MailboxError("the message is larger than any that is sent", advice="put large files elsewhere, and link them")


def _as_it_is(client: Client, uid: int, header: bytes, part: TextPart | None) -> tuple[bytes, bool] | None:
    """A message of one part, or one whose structure is odd: its header and the beginning of its text."""
    row = client.rows([uid], ("UID", f"BODY.PEEK[TEXT]<0.{TEXT_CAP}>")).get(uid)
    if row is None:
        return None
    text = _body(row, "TEXT")
    cut = envelope.is_cut(text, part.size if part else None, TEXT_CAP)
    return envelope.whole(header, text, cut=cut), cut


def _reduced(client: Client, uid: int, header: bytes, chosen: TextPart | Group) -> tuple[bytes, bool] | None:
    """A message of several parts: its header and its text parts."""
    pieces: Mapping[str, Piece] = {}
    if parts := list(parts_of(chosen)):
        items = ["UID"]
        for part in parts:
            items += [f"BODY.PEEK[{part.section}.MIME]<0.{MIME_CAP}>", f"BODY.PEEK[{part.section}]<0.{TEXT_CAP}>"]
        row = client.rows([uid], items).get(uid)
        if row is None:
            return None
        pieces = {part.section: _piece(row, part) for part in parts}
    return envelope.rebuilt(header, chosen, pieces), any(piece.cut for piece in pieces.values())


def _piece(row: Row, part: TextPart) -> Piece:
    body = _body(row, part.section)
    cut = envelope.is_cut(body, part.size, TEXT_CAP)
    return Piece(_body(row, f"{part.section}.MIME"), body, cut)


def _body(row: Row, section: str, origin: int = 0) -> bytes:
    """The octets of a section; the origin in the answer's name (``<0>``) is not everywhere sent."""
    name = f"BODY[{section}]".upper().encode()
    value: Any = row.get(name + f"<{origin}>".encode(), row.get(name))
    if isinstance(value, int):
        return str(value).encode()
    return value if isinstance(value, bytes) else b""
