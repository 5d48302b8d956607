"""Where a quoted mail begins: the line "On <date>, X wrote:", a line of dashes, or a block of headers.

Each test looks at a few lines of bounded length with regular expressions that cannot backtrack far: a megabyte of "On
On On wrote:" costs as much as any megabyte.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from mailtriage.read.clients import LANGUAGES
from mailtriage.read.lines import Line

_LONGEST_ATTRIBUTION = 400
_MOST_LINES = 4
_WRAPPED_AT_LEAST = 30
"""A line that was wrapped is nearly full; a shorter one before an attribution is a sentence of its own."""
_LONGEST_LABELLED = 600


def _alternatives(words: Iterable[str]) -> str:
    return "|".join(re.escape(word).replace("\\ ", r"\s+") for word in sorted(set(words), key=len, reverse=True))


_EMAIL = re.compile(r"[^\s@]@[\w-]{1,63}\.\w")
_YEAR = re.compile(r"\d{4}")
_CLOCK = re.compile(r"(?<!\d)\d{1,2}\s?[:.h]\s?\d{2}(?!\d)")
_DATE = re.compile(
    r"(?<!\d)(?:\d{1,2}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?(?:\d{2}){1,2}|\d{4}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?\d{1,2}"
    r"|\d{1,2}(?:\.|er|º|-го|th|st|nd|rd)?\s(?:de\s|of\s)?[^\W\d_]{3,12}\.?,?(?:\s(?:de\s)?\d{4})?|[^\W\d_]{3,12}\.?\s\d{1,2},?\s\d{4})(?!\d)"
)
_WROTE = re.compile(
    r"(?<!\w)(?:"
    + _alternatives(word for row in LANGUAGES for word in row.wrote if "…" not in word)
    + r"|(?:heeft|hat)\b.{0,200}\b(?:geschreven|geschrieben))(?!\w)"
)
_NO_NAMES = frozenset(
    ("u", "je", "jij", "hij", "zij", "ze", "ik", "wij", "we", "dat", "volgende", "you", "he", "she", "i", "that")
)
"""Words that stand behind "schreef" where a person tells of it: "Op 3 november 2025 om 14.00 uur schreef u dat ..."."""
_LEAD = re.compile(
    r"(?:(?:" + _alternatives(word for row in LANGUAGES for word in row.leads) + r")(?!\w).{0,28}?\d"
    r"|[^\W\d_]{2,11}\.?,?\s.{0,12}?\d|\d)"
)
_ORIGINAL = frozenset(word for row in LANGUAGES for word in row.original)
_BEGIN = frozenset(word for row in LANGUAGES for word in row.begin)
_RULES = re.compile(r"[-_=*–—\s]{2,60}")
_LABELS: dict[str, str] = {}
for _row in LANGUAGES:
    for _kind in ("sender", "sent", "to", "cc", "subject"):
        for _word in getattr(_row, _kind):
            # The same word may mean two things ("a" is French and Italian "to"); sender and subject come first.
            _LABELS.setdefault(_word, _kind)
_LABEL = re.compile(
    r"\s{0,8}[*_]{0,2}\s{0,2}(?P<label>[^\W\d_][^:：*_\n]{0,28}?)\s{0,2}[*_]{0,2}\s{0,2}[:：][*_]{0,2}(?:\s|$)"
)
_LABEL_INSIDE = re.compile(r"(?<!\w)(" + _alternatives(_LABELS) + r")\s?:\*{0,2}\s")


def attribution_at(lines: Sequence[Line], index: int) -> int:
    """How many lines from ``index`` on form an attribution ("Op ma 3 nov 2025 om 14:02 schreef X:"); 0 for none.

    Clients wrap it over up to four lines. It must end in a colon, say that somebody wrote (or hold date, time and
    address together, as Gmail in Russian does), and name a date or an address.
    """
    first = lines[index]
    if first.blank:
        return 0
    joined = ""
    for count in range(1, min(_MOST_LINES, len(lines) - index) + 1):
        line = lines[index + count - 1]
        if line.blank or line.depth != first.depth or len(line.text) > _LONGEST_ATTRIBUTION:
            return 0
        joined = f"{joined} {line.text}".strip()
        if len(joined) > _LONGEST_ATTRIBUTION:
            return 0
        if _is_attribution(joined):
            return count
        if len(line.text.strip()) < _WRAPPED_AT_LEAST or line.text.rstrip().endswith(("!", "?")):
            return 0
    return 0


def _is_attribution(text: str) -> bool:
    folded = text.casefold().strip(" *_\u200e\u200f")
    if not folded.endswith((":", "：")):
        return False
    wrote = _WROTE.search(folded)
    email = _EMAIL.search(folded)
    dated = _DATE.search(folded)
    timed = _CLOCK.search(folded)
    if wrote:
        behind = set(re.findall(r"\w+", folded[wrote.end() :]))
        return bool(email or (dated and (timed or _LEAD.match(folded)) and not behind & _NO_NAMES))
    return bool(email and dated and timed and _LEAD.match(folded) and folded.rstrip(": ").endswith((">", ")", "]")))


def is_certain(text: str) -> bool:
    """Whether an attribution is surely a client's: with an address or a time. A person may write "Op 3 november
    2025 schreef u:" and go on in own words; nobody writes the minute."""
    folded = text.casefold()
    return bool(_EMAIL.search(folded) or _CLOCK.search(folded))


def is_separator(text: str) -> bool:
    """Whether a line says "original message" or "forwarded message" as clients do: between dashes, or by the phrase
    of Apple Mail."""
    if len(text) > 120:
        return False
    folded = text.casefold().strip().strip(">").strip()
    core = folded.strip("-_=*–—· \t").rstrip(":").strip()
    if core in _BEGIN:
        return True
    if core not in _ORIGINAL and not any(core.startswith(f"{word} ") and len(core) < 60 for word in ("forwarded by",)):
        return False
    return folded.startswith(("--", "__", "==", "**", "- -", "—", "–", "-")) or folded.endswith(":")


def is_rule(text: str) -> bool:
    """Whether a line is nothing but dashes or underscores."""
    stripped = text.strip()
    return len(stripped) >= 5 and bool(_RULES.fullmatch(stripped[:80]))


def labels_of(lines: Sequence[Line]) -> list[str]:
    """For every line the kind of header label that it begins with (``sender``, ``sent``, ``to``...), or nothing."""
    return [_label(line.text) for line in lines]


def header_block_at(lines: Sequence[Line], labels: Sequence[str], index: int) -> int:
    """How many lines from ``index`` on form the header block of a quoted mail ("Van: / Verzonden: / Aan:"); 0 for none.

    At least three kinds of labels, with who it was from among the first three. Long address lists run on over
    unlabelled lines. With two kinds only, one line must hold an address or a date with time.
    """
    if labels[index] not in {"sender", "sent", "subject", "to"}:
        return 0
    kinds: list[str] = []
    evidence, end, gap = False, index, 0
    for position in range(index, min(index + 30, len(lines))):
        line, kind = lines[position], labels[position]
        if line.depth != lines[index].depth or (kind in kinds and kind in {"sender", "subject"}):
            break
        if kind:
            kinds.extend([kind, *(_labels_inside(line.text) if position == index else [])])
            end, gap = position + 1, 0
        else:
            gap += 1
            if gap > _gap_allowed(line):
                break
        evidence = evidence or _has_evidence(line.text)
    found = set(kinds)
    if "sender" not in kinds[:3] or not found & {"sent", "to"}:
        return 0
    return end - index if len(found) >= 3 or (len(found) == 2 and evidence) else 0


def _gap_allowed(line: Line) -> int:
    """Unlabelled lines that may stand between two labels: one empty line, or the rest of a long list of addresses."""
    if line.blank:
        return 1
    return 8 if "@" in line.text or ";" in line.text else 0


def _has_evidence(text: str) -> bool:
    start = text[:_LONGEST_LABELLED]
    return bool(_EMAIL.search(start) or (_CLOCK.search(start) and _YEAR.search(start)))


def _label(text: str) -> str:
    found = _LABEL.match(text[:80])
    return _LABELS.get(" ".join(found["label"].casefold().split()), "") if found else ""


def _labels_inside(text: str) -> list[str]:
    """Kinds of the labels on one line: some HTML mails put the whole block there."""
    if text.count(":", 0, _LONGEST_LABELLED) < 3:
        return []
    folded = text[:_LONGEST_LABELLED].casefold()
    found = [_LABELS[" ".join(word.split())] for word in _LABEL_INSIDE.findall(folded)[1:10]]
    return [kind for kind in found if kind != "sender"] if len(set(found)) >= 2 else []
