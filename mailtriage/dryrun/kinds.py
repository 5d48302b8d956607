"""What a file is, told from its first bytes: names lie, and most mail files have none that helps."""

from __future__ import annotations

import re
from enum import Enum
from pathlib import PurePath

from mailtriage.dryrun.mbox import HEAD, first_envelope

__all__ = ["EXPECTED", "HEAD", "Kind", "kind_of", "why_not"]

EXPECTED = "give an mbox, a Maildir, a folder of .eml files, one .eml file, a .zip of those, or - for standard input"

_FIELD = re.compile(rb"[!-9;-~]+[ \t]*:")
_TELLING = re.compile(
    rb"^(from|to|cc|subject|date|received|message-id|return-path|mime-version|delivered-to|content-type|reply-to"
    rb"|sender)[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)
_HEADER_END = re.compile(rb"\r?\n\r?\n")
_FOREIGN = (
    (b"\xd0\xcf\x11\xe0", "this is an Outlook message (.msg)", "save it as .eml"),
    (b"!BDN", "this is an Outlook data file (.pst or .ost)", "export the mail as mbox or .eml first"),
    (b"7z\xbc\xaf", "this is a 7z archive", "unpack it, or make a .zip"),
    (b"Rar!", "this is a RAR archive", "unpack it, or make a .zip"),
    (b"%PDF", "this is a PDF", EXPECTED),
)


class Kind(Enum):
    """What a file can be."""

    MBOX = "mbox"
    MESSAGE = "message"
    ZIP = "zip"
    GZIP = "gzip"
    EMPTY = "empty"
    OTHER = "other"


def kind_of(head: bytes, name: str) -> Kind:
    """What a file is.

    Args:
        head: its first ``HEAD`` bytes.
        name: its name; ``.eml`` is believed, everything else is looked at.
    """
    suffix = PurePath(name).suffix.lower()
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return Kind.ZIP
    if head.startswith(b"\x1f\x8b\x08"):
        return Kind.GZIP
    if not head.strip(b"\r\n\t \xef\xbb\xbf"):
        return Kind.MESSAGE if suffix == ".eml" else Kind.EMPTY
    start = first_envelope(head)
    if start >= 0 and (suffix in {".mbox", ".mbx"} or not _FIELD.match(head) or head[:5] == b"From "):
        return Kind.MBOX
    return Kind.MESSAGE if suffix == ".eml" or _is_message(head) else Kind.OTHER


def _is_message(head: bytes) -> bool:
    """A header that has two fields that mail has, and begins with a field. Notes with ``Date:`` on top are none."""
    bare = head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    if not (_FIELD.match(bare) or bare.startswith(b">From ")):
        return False
    end = _HEADER_END.search(bare)
    names = {name.lower() for name in _TELLING.findall(bare, 0, end.start() if end else len(bare))}
    return len(names) >= 2


def why_not(head: bytes) -> tuple[str, str]:
    """What is wrong with a file of no known kind, and what to do."""
    for magic, what, advice in _FOREIGN:
        if head.startswith(magic):
            return what, advice
    return "this is no mail: no message, mbox, Maildir or .zip", EXPECTED
