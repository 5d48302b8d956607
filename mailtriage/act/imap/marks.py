"""Marks and flags as IMAP writes them: keywords (RFC 3501 §2.3.2) and Gmail labels (X-GM-EXT-1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from imapclient.imap_utf7 import decode, encode

from mailtriage.act.mailbox import Marking
from mailtriage.errors import MailboxError

ITEM = {Marking.LABEL: "X-GM-LABELS", Marking.KEYWORD: "FLAGS", Marking.NOTHING: "FLAGS"}
"""The FETCH and STORE item by way of marking."""

_SYSTEM = ("\\Seen", "\\Answered", "\\Flagged", "\\Deleted", "\\Draft")
_CANONICAL = {flag.lower(): flag for flag in _SYSTEM}
_ATOM = re.compile(r"[!#$&'+,\-./0-9:;<=>?@A-Z^_`a-z|~]+")


def choose(able: frozenset[str], *, keywords: bool) -> Marking:
    """How to mark: by label where there is X-GM-EXT-1, by keyword where the folder takes new ones, else not."""
    if "X-GM-EXT-1" in able:
        return Marking.LABEL
    return Marking.KEYWORD if keywords else Marking.NOTHING


def flags_of(row: Mapping[bytes, Any]) -> frozenset[str]:
    """Flags of a FETCH answer: system flags in the spelling of RFC 3501, keywords as the server spells them, without
    ``\\Recent``, which belongs to a session and not to a message."""
    names = (_text(flag) for flag in row.get(b"FLAGS") or ())
    return frozenset(_CANONICAL.get(name.lower(), name) for name in names if name.lower() != "\\recent")


def marks_of(row: Mapping[bytes, Any], how: Marking) -> frozenset[str]:
    """Marks of a FETCH answer; system flags and Gmail's own labels (``\\Inbox``) are no marks."""
    if how is Marking.NOTHING:
        return frozenset()
    if how is Marking.KEYWORD:
        return frozenset(flag for flag in flags_of(row) if not flag.startswith("\\"))
    labels = (decode(label) if isinstance(label, bytes) else str(label) for label in row.get(b"X-GM-LABELS") or ())
    return frozenset(label for label in labels if not label.startswith("\\"))


def quoted(names: Iterable[str], how: Marking) -> list[str]:
    """Names of marks as STORE takes them. ``MailboxError`` for a keyword that is no atom."""
    if how is Marking.LABEL:
        encoded = (encode(name).decode("ascii") for name in names)
        return ['"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"' for name in encoded]
    keywords = list(names)
    for name in keywords:
        if not _ATOM.fullmatch(name):
            raise MailboxError(f"{name!r} cannot be an IMAP keyword", "", "use letters, digits, _ and $")
    return keywords


def uid_list(text: bytes) -> list[int]:
    """The numbers of a UID set (``3:5,9``) in its order, which is that of COPYUID (RFC 4315 §3); ranges ascend. A range
    of more than 100,000 is refused: nobody asked for it."""
    numbers: list[int] = []
    for piece in text.split(b","):
        first, _, last = piece.partition(b":")
        start, end = sorted((int(first), int(last or first)))
        if end - start > 100_000:
            raise ValueError("absurd UID range")
        numbers.extend(range(start, end + 1))
    return numbers


def _text(flag: Any) -> str:
    return flag.decode("ascii", "replace") if isinstance(flag, bytes) else str(flag)
