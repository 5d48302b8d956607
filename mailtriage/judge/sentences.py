"""From the newest text to its sentences, with their places in it.

Parents write without capitals, without full stops, with emoji for punctuation; mail programs wrap lines at 72 signs.
So a sentence ends at punctuation, at an empty line, or at a line that was broken by hand; one that never ends is cut
at a comma.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_END = re.compile(
    r"(?<=[.!?…؟])(?<!\b[a-z]\.)(?<!\b(?:dr|mr|gr|bv)\.)[\"'”’)\]]*\s+(?=[^\s.,;:!?])"  # punctuation, then something
    r"|\s*\n\s*\n\s*",  # an empty line
    re.IGNORECASE,
)
_WRAPPED_AT = 60
"""A line at least this long was broken by a mail program; RFC 3676 §4.2 advises 66 to 72."""
_LONGEST = 240
"""Signs after which a sentence without an end is cut at the next comma."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence: ``text`` is verbatim, from ``start`` in the text it was taken from."""

    text: str
    start: int


def sentences(text: str) -> list[Sentence]:
    """The sentences of a text, in order, without empty ones."""
    found: list[Sentence] = []
    for start, end in _pieces(text):
        piece = text[start:end]
        bare = piece.strip()
        if bare:
            found.append(Sentence(bare, start + piece.index(bare)))
    return found


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Spans of sentences, perhaps with blanks around them."""
    for start, end in _lines(text):
        last = start
        for match in _END.finditer(text, start, end):
            yield from _cut(text, last, match.start())
            last = match.end()
        yield from _cut(text, last, end)


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """Spans of lines, where lines that a mail program wrapped count as one."""
    start = 0
    position = 0
    for line in text.splitlines(keepends=True):
        position += len(line)
        if len(line.rstrip()) < _WRAPPED_AT:
            yield start, position
            start = position
    if start < len(text):
        yield start, len(text)


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut an endless sentence at commas."""
    while end - start > _LONGEST:
        comma = text.find(",", start + _LONGEST // 2, end)
        if comma < 0 or end - comma < 20:
            break
        yield start, comma + 1
        start = comma + 1
    yield start, end
