"""Text of strangers made harmless for a terminal or a digest: no control characters, nothing that changes the
direction of writing, nothing that cannot be seen, no lone surrogates."""

from __future__ import annotations

import re
import unicodedata

_HARMFUL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls, but for tabs and line ends
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # direction of writing (UAX #9)
    "\u200b\u2028\u2029\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb"  # unseen; U+200C and U+200D join letters and stay
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_MOST_MARKS = 4
"""Accents on one letter; more of them run over the lines above and below."""


def plain_line(text: str, most: int = 500) -> str:
    """One line of at most ``most`` signs."""
    line = " ".join(_HARMFUL.sub(" ", text[: 4 * most]).split())
    line = _few_marks(line)
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def plain_text(text: str) -> str:
    """The same for text of several lines, which stay."""
    return "\n".join(_few_marks(_HARMFUL.sub(" ", line.expandtabs(4))).rstrip() for line in text.split("\n"))


def _few_marks(line: str) -> str:
    if line.isascii():
        return line
    kept: list[str] = []
    marks = 0
    for sign in line:
        marks = marks + 1 if unicodedata.combining(sign) else 0
        if marks <= _MOST_MARKS:
            kept.append(sign)
    return "".join(kept)
