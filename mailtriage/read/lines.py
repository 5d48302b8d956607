"""The lines of a text with what is known of each: how deep it is quoted, and what the client's markup said of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum


class Hint(Enum):
    """What the markup of an HTML mail says of a line; plain text has none."""

    NONE = ""
    ATTRIBUTION = "attribution"
    CUT = "cut"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its text without quote marks, and its quote depth (0: not quoted)."""

    text: str
    depth: int = 0
    hint: Hint = Hint.NONE

    @property
    def blank(self) -> bool:
        """Whether there is nothing on the line but blanks."""
        return not self.text.strip()


_MARKS = re.compile(r"(?:> ?)+")
_MOST_MARKS = 100
_UUENCODE_BEGIN = re.compile(r"begin [0-7]{3,4} \S")
_UUENCODE_LINE = re.compile(r"[ -`]{1,90}\Z")


def plain_lines(text: str, *, flowed: bool = False, delsp: bool = False) -> list[Line]:
    """Lines of a text/plain part.

    Args:
        text: the decoded text.
        flowed: ``format=flowed`` (RFC 3676): paragraphs are put together again, space-stuffing is undone.
        delsp: ``DelSp=yes`` (RFC 3676 §4.1): the space that marks a soft break is dropped as well.
    """
    lines = without_uuencoded(text.split("\n"))
    if flowed:
        return list(_unflow(lines, delsp=delsp))
    return [_unmark(line) for line in lines]


def _unmark(line: str) -> Line:
    """Take the quote marks off. ``>`` directly before a digit is a comparison (">38 graden"), not a mark."""
    if line[:1] == ">":
        found = _MARKS.match(line[: 2 * _MOST_MARKS])
        rest = line[found.end() :] if found else line
        if found and not (found[0] == ">" and rest[:1].isdigit()):
            return Line(rest.rstrip(), found[0].count(">"))
    return Line(line if line == "-- " else line.rstrip())


def _unflow(lines: Iterable[str], *, delsp: bool) -> Iterable[Line]:
    """RFC 3676 §4.4 and §4.5: quote marks first, then stuffing, then join what ends in a space at the same depth."""
    pending: list[str] = []
    pending_depth = 0
    for raw in lines:
        rest = raw.lstrip(">")
        depth = len(raw) - len(rest)
        rest = rest.removeprefix(" ")
        if pending and depth != pending_depth:
            yield Line("".join(pending).rstrip(), pending_depth)
            pending = []
        # "-- " is a signature separator, never a flowed line (§4.3).
        if rest.endswith(" ") and rest != "-- ":
            pending.append(rest[:-1] if delsp else rest)
            pending_depth = depth
            continue
        if rest == "-- " and pending:
            yield Line("".join(pending).rstrip(), pending_depth)
            pending = []
        joined = "".join((*pending, rest))
        pending = []
        yield Line(joined if joined == "-- " else joined.rstrip(), depth)
    if pending:
        yield Line("".join(pending).rstrip(), pending_depth)


def without_uuencoded(lines: list[str]) -> list[str]:
    """Lines without files that stand in the text in uuencode (the old way to attach them)."""
    if not any(line.startswith("begin ") for line in lines):
        return lines
    kept: list[str] = []
    inside = False
    for number, line in enumerate(lines):
        if (
            not inside
            and _UUENCODE_BEGIN.match(line)
            and _UUENCODE_LINE.match(" ".join(lines[number + 1 : number + 2]))
        ):
            inside = _full_lines(lines[number + 1 : number + 3])
            if inside:
                continue
        if not inside:
            kept.append(line)
        elif line.rstrip() == "end":
            inside = False
        elif not _UUENCODE_LINE.match(line):
            inside = False
            kept.append(line)
    return kept


def _full_lines(lines: Sequence[str]) -> bool:
    """Whether the first of these has the length that its first character announces (``M`` means 45 bytes)."""
    first = lines[0].rstrip() if lines else ""
    return bool(first) and abs(len(first) - 1 - ((ord(first[0]) - 32 & 63) + 2) // 3 * 4) <= 1


def text_of(lines: Iterable[Line], *, marked: bool = False) -> str:
    """Lines as one text, at most one empty line in a row; ``marked`` puts ``>`` before quoted ones."""
    out: list[str] = []
    for line in lines:
        text = ("> " * line.depth if marked else "") + line.text.rstrip()
        if text.strip() or (out and out[-1]):
            out.append(text if text.strip() else "")
    return "\n".join(out).strip()
