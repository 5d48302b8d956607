"""An mbox (RFC 4155) cut into messages, as a stream: what it costs in memory is one message.

A line parts two messages where it stands at the start or behind an empty line, and reads like an envelope: ``From``,
somebody, a date. A body may hold ``From `` at the start of a line, since many writers do not escape it; and
``Content-Length`` is written wrongly too often to be believed (it is ignored). In a body ``>From `` loses one ``>``
(mboxrd).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from io import BytesIO
from itertools import chain

LARGEST = 64 << 20
"""Bytes of one message. Most servers refuse mail from 25 to 50 MB on."""

HEAD = 64 << 10
"""Bytes at the start of a file in which its first message must begin."""

_LONGEST_LINE = 400
_OVERLAP = _LONGEST_LINE + 8
_DAY = rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_MONTH = rb"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_DATED = re.compile(
    rb"From [^\r\n]{0,300}?(?:"
    + _DAY + rb",? +(?:" + _MONTH + rb" +\d{1,2}|\d{1,2}[ -]" + _MONTH + rb")\b[^\r\n]{0,60}?\b\d{1,2}:\d\d"
    + rb"|\d{4}-\d\d-\d\d[T ]\d\d:\d\d)[^\r\n]{0,60}\r?\n"
)  # fmt: skip
_UNDATED = re.compile(rb"From (?:[^\s@]+@\S+|-|MAILER-DAEMON)[ \t]*\r?\n")
_BEFORE_A_FIELD = re.compile(rb"From [^\r\n]*\r?\n[!-9;-~]+[ \t]*:")
_ESCAPED = re.compile(rb"^>(>*From )", re.MULTILINE)
_LINE_END = re.compile(rb"\r?\n")


def first_envelope(head: bytes) -> int:
    """Where the first ``From `` line begins in the first bytes of a file; -1 where there is none.

    At the very start an envelope without a date will do as well; behind something else it must carry one.
    """
    start = len(head) - len(head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n"))
    whole = head if head.endswith(b"\n") else head + b"\n"
    if any(form.match(whole, start) for form in (_DATED, _UNDATED, _BEFORE_A_FIELD)):
        return start
    return next((at for _, at, _ in _separators(whole, _DATED)), -1)


def messages(blocks: Iterable[bytes], largest: int = LARGEST) -> Iterator[tuple[bytes | None, int]]:
    """Cut an mbox into its messages.

    Args:
        blocks: the file from its start, in pieces of any size.
        largest: bytes of one message.

    Yields:
        each message without its envelope line, None for one that is larger; and how many bytes it took in the file.
        What stands before the first envelope is left out.
    """
    feed = iter(blocks)
    window = _filled(feed)
    start = first_envelope(window)
    if start < 0:
        return
    envelope = _UNDATED if _UNDATED.match(window + b"\n", start) else _DATED
    # A message's window begins with the end of its envelope line, so that an empty message is seen to be empty.
    window = window[_end_of_line(window, start) :]
    message = _Growing(largest)
    for block in chain([b""], feed):
        window += block
        begin = 0
        for end, _, after in _separators(window, envelope):
            message.add(window[begin:end])
            yield message.taken_out()
            begin = after
        kept = max(begin, len(window) - _OVERLAP)
        if kept - begin > len(b"\r\n"):
            message.add(window[begin:kept])
            begin = kept
        window = window[begin:]
    message.add(_without_last_empty_line(window))
    yield message.taken_out()


def _separators(window: bytes, envelope: re.Pattern[bytes]) -> Iterator[tuple[int, int, int]]:
    """Where messages part: the end of the one before, the start of the envelope, the end of its text."""
    at = window.find(b"\nFrom ")
    while at >= 0:
        found = None
        line = at - 1 if window[at - 1 : at] == b"\r" else at
        if line > 0 and window[line - 1 : line] == b"\n":
            found = envelope.match(window, at + 1, at + 1 + _LONGEST_LINE)
        if found:
            yield line, at + 1, _end_of_line(window, at + 1)
        at = window.find(b"\nFrom ", at + 1)


def _end_of_line(window: bytes, start: int) -> int:
    """Where the line end of the line at ``start`` begins."""
    found = _LINE_END.search(window, start)
    return found.start() if found else len(window)


def _filled(feed: Iterator[bytes]) -> bytes:
    """The first bytes, at least ``HEAD`` of them where there are as many."""
    window = b""
    for block in feed:
        window += block
        if len(window) >= HEAD:
            break
    return window


def _without_last_empty_line(text: bytes) -> bytes:
    for end in (b"\n\r\n", b"\n\n"):
        if text.endswith(end):
            return text[: 1 - len(end)]
    return text


class _Growing:
    """One message while it is being read."""

    def __init__(self, largest: int) -> None:
        self._largest = largest
        self._bytes = BytesIO()
        self._size = 0

    def add(self, piece: bytes) -> None:
        """Append; what goes beyond the largest size is counted and dropped."""
        if self._size == 0:
            line_end = _LINE_END.match(piece)
            self._size = line_end.end() if line_end else 0
            piece = piece[self._size :]
        self._size += len(piece)
        if self._size <= self._largest:
            self._bytes.write(piece)
        else:
            self._bytes = BytesIO()

    def taken_out(self) -> tuple[bytes | None, int]:
        """The message and its size; the next one begins empty."""
        raw: bytes | None = self._bytes.getvalue()
        size = self._size
        if size > self._largest:
            raw = None
        elif raw and b">From " in raw:
            raw = _ESCAPED.sub(rb"\1", raw)
        self._bytes, self._size = BytesIO(), 0
        return raw, size
