"""The MIME structure of a message (RFC 2046), found on the raw bytes without decoding anything.

mail-parser decodes every part there is: a 10 MB attachment costs it 389 ms, 2,000 levels raise, an attached message
is merged into the text. So the structure is found here first, by searching for boundaries, and only the text parts
that a person would read go on to mail-parser. The walk keeps a list of its own instead of calling itself, so depth
costs no stack.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email.message import Message as MimeHeader
from email.utils import collapse_rfc2231_value
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailtriage.read.limits import Limits

_MIME_FIELD = re.compile(
    rb"^(content-(?:type|transfer-encoding|disposition))[ \t]*:((?:[^\r\n]|\r?\n[ \t])*)", re.IGNORECASE | re.MULTILINE
)
_MIME_FIELD_BYTES = 1_000
_PART_HEADER_BYTES = 16_384
_LIKELY_BOUNDARY = re.compile(
    rb"^--([^\s-][^\r\n]{0,199}?|-[^\r\n]{0,199}?[^\s-])[ \t]*\r?\n(?=content-)", re.IGNORECASE | re.MULTILINE
)
_LONGEST_BOUNDARY_REST = 200
_SNIFFED_BYTES = 64 * 1024
_FALSE_BOUNDARIES = 20
"""Lines that begin like a boundary and are none; more of them for each allowed part than this end the search."""


@dataclass(slots=True)
class Part:
    """One MIME part.

    ``kind`` is its type/subtype, lower-cased; ``start`` and ``end`` bound its body in the bytes of the message body;
    ``encoding`` is its Content-Transfer-Encoding as a header line, empty where it has none.
    """

    kind: str
    start: int
    end: int
    encoding: bytes = b""
    charset: str = ""
    disposition: str = ""
    filename: str = ""
    boundary: bytes = b""
    flowed: bool = False
    delsp: bool = False
    children: list[Part] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Structure:
    """The tree of parts; ``truncated`` where a limit left some out."""

    root: Part
    truncated: bool


def find_parts(header: bytes, body: bytes, limits: Limits) -> Structure:
    """Find the MIME parts of a message.

    Args:
        header: header block of the message.
        body: everything behind it; not copied.
        limits: ``depth`` and ``parts`` bound what is looked at.
    """
    root = _part(header, "text/plain", 0, len(body))
    waiting = [(root, 1)]
    count, truncated = 1, False
    while waiting:
        parent, depth = waiting.pop()
        if not parent.kind.startswith("multipart/"):
            continue
        if depth > limits.depth:
            truncated = True
            continue
        spans, cut = _spans(parent, body, limits.parts - count)
        truncated = truncated or cut
        count += len(spans)
        default = "message/rfc822" if parent.kind == "multipart/digest" else "text/plain"
        for start, end in spans:
            parent.children.append(_child(body, start, end, default))
        if not spans:
            # A multipart without boundary, or whose boundary never comes, is read as the text that it then is
            # (RFC 2045 §5.2 gives text/plain as the type of what says nothing usable).
            parent.kind = "text/plain"
        waiting.extend((child, depth + 1) for child in parent.children)
    return Structure(root, truncated)


def _spans(part: Part, body: bytes, room: int) -> tuple[list[tuple[int, int]], bool]:
    """Where the parts of a multipart begin and end, and whether some were left out for want of room."""
    boundary = part.boundary
    if not boundary or body.find(b"--" + boundary, part.start, part.end) < 0:
        likely = _LIKELY_BOUNDARY.search(body, part.start, min(part.end, part.start + _SNIFFED_BYTES))
        if not likely:
            return [], False
        boundary = likely[1]
    mark = b"--" + boundary
    spans: list[tuple[int, int]] = []
    open_at, position, misses = -1, part.start, 0
    while True:
        found = body.find(mark, position, part.end)
        if found < 0 or misses > _FALSE_BOUNDARIES * max(room, 1):
            break
        line_end = body.find(b"\n", found, min(part.end, found + len(mark) + _LONGEST_BOUNDARY_REST))
        line_end = part.end if line_end < 0 else line_end + 1
        rest = body[found + len(mark) : min(line_end, found + len(mark) + 80)].strip()
        if (found > part.start and body[found - 1 : found] != b"\n") or rest not in {b"", b"--"}:
            misses += 1
            position = found + len(mark)
            continue
        if open_at >= 0:
            spans.append((open_at, found))
        if len(spans) > room:
            return spans[: max(room, 0)], True
        open_at, position = (-1, line_end) if rest else (line_end, line_end)
        if rest:
            break
    if open_at >= 0:
        spans.append((open_at, part.end))
    return spans, False


def _child(body: bytes, start: int, end: int, default: str) -> Part:
    """A part whose header begins at ``start``."""
    head = body[start : min(end, start + _PART_HEADER_BYTES)]
    if head[:2] == b"\r\n" or head[:1] == b"\n":
        return _part(b"", default, start + (2 if head[:1] == b"\r" else 1), end)
    found = re.search(rb"\r?\n\r?\n", head)
    if not found:
        return _part(head, default, end, end)
    return _part(head[: found.start()], default, start + found.end(), end)


def _part(header: bytes, default: str, start: int, end: int) -> Part:
    fields: dict[bytes, bytes] = {}
    for found in _MIME_FIELD.finditer(header[: 4 * _PART_HEADER_BYTES]):
        fields.setdefault(found[1].lower(), found[2][:_MIME_FIELD_BYTES].strip())
    view = MimeHeader()
    for name, value in fields.items():
        view[name.decode("ascii")] = re.sub(r"\s*\r?\n\s*", " ", value.decode("latin-1"))
    part = Part(default, start, end)
    encoding = b" ".join(fields.get(b"content-transfer-encoding", b"").split())
    part.encoding = b"Content-Transfer-Encoding: %s\n" % encoding if encoding else b""
    try:
        _describe(part, view)
    except (ValueError, LookupError, AttributeError, TypeError):
        # The standard library's parameter parser raises on some RFC 2231 nonsense; the part is then read as default.
        part.kind = default
    return part


def _describe(part: Part, view: MimeHeader) -> None:
    if view["content-type"]:
        part.kind = view.get_content_type()
    kind = _parameters(view, "content-type")
    disposition = _parameters(view, "content-disposition")
    part.disposition = next(iter(disposition), "")
    part.charset = kind.get("charset", "")
    part.filename = disposition.get("filename", "") or kind.get("name", "")
    part.boundary = kind.get("boundary", "").rstrip().encode("latin-1", "replace")
    part.flowed = kind.get("format", "").strip().lower() == "flowed"
    part.delsp = kind.get("delsp", "").strip().lower() == "yes"


def _parameters(view: MimeHeader, name: str) -> dict[str, str]:
    """Parameters of a MIME field, decoded (RFC 2231), by lower-case name; its own value comes first."""
    pairs = view.get_params([], name) if view[name] else []
    found: dict[str, str] = {}
    for key, value in pairs:
        found.setdefault(key.strip().lower(), collapse_rfc2231_value(value))
    return found
