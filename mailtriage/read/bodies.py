"""Which of a message's texts a person reads, and that text as lines.

A tree of MIME parts becomes one text: of alternatives the best, of parts one after another all that are shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from mailtriage.read.html import html_lines
from mailtriage.read.lines import Line, plain_lines
from mailtriage.read.mime import RTF_KINDS, TEXT_KINDS, Text, decode_parts
from mailtriage.read.parts import Part, Structure
from mailtriage.read.rare import calendar_text, enriched_text, rtf_text

if TYPE_CHECKING:
    from mailtriage.read.limits import Limits

_TAG = re.compile(r"<[^<>]{0,2000}>")
_ENTITY = re.compile(r"&#?\w{1,20};")
_WORD = re.compile(r"\w+")
_STUB = re.compile(
    r"(?:html[- ]?(?:e-?)?(?:mail|bericht|message|format|view|compatible|capable|version)"
    r"|html[- ]?(?:versie|enabled|formaat|nachricht)"
    r"|(?:cannot|can't|not|unable to|does not|doesn't|niet|geen|kan)\b.{0,60}\bhtml"
    r"|\bview (?:this|it) in (?:your|a) browser|bekijk .{0,40}(?:browser|webversie)|in html)",
    re.IGNORECASE | re.DOTALL,
)
_STUB_WORDS = 40
_QUOTE_MARKUP = re.compile(
    r"<blockquote|divrplyfwdmsg|gmail_(?:quote|attr)|yahoo_quoted|moz-cite-prefix|appendonsend|protonmail_quote"
    r"|mail-editor-reference", re.IGNORECASE
)  # fmt: skip
_RICHER = 2.0
_LEAST_ELEMENTS = 200


@dataclass(slots=True)
class Body:
    """One text to read: its lines, and the same text as HTML gives it where there was HTML beside plain text."""

    lines: list[Line] = field(default_factory=list)
    other: list[Line] | None = None
    truncated: bool = False


def read_body(structure: Structure, body: bytes, limits: Limits) -> Body:
    """The text of a message.

    Args:
        structure: its MIME parts.
        body: the bytes in which they have their place.
        limits: bound what is decoded and laid out.
    """
    wanted = _wanted(structure.root, top=True) or _wanted(structure.root, top=True, attached=True)
    texts, truncated = decode_parts(wanted, body, limits)
    result = _Reader(texts, limits).read(structure.root)
    result.truncated = result.truncated or truncated or structure.truncated
    return result


def _wanted(root: Part, *, top: bool, attached: bool = False) -> list[Part]:
    """Text parts that are shown, in order. ``attached``: also nameless ones that are called attachments (some clients
    send the very text so)."""
    found: list[Part] = []
    waiting = [root]
    while waiting:
        part = waiting.pop()
        if part.kind.startswith("multipart/"):
            waiting.extend(reversed(part.children))
        elif part.kind in TEXT_KINDS or part.kind in RTF_KINDS:
            shown = part.disposition != "attachment" and (not part.filename or part.kind == "text/calendar")
            if shown or (part is root and top) or (attached and not part.filename) or _named_inline(part):
                found.append(part)
    return found


def _named_inline(part: Part) -> bool:
    """A text that has a name and is still shown: Apple Mail names some of its inline texts."""
    return part.disposition == "inline" and part.kind in {"text/plain", "text/html"}


class _Reader:
    """Puts the decoded texts together along the tree."""

    def __init__(self, texts: Mapping[int, Text], limits: Limits) -> None:
        self._texts = texts
        self._limits = limits
        self._elements = limits.elements
        self._bodies: dict[int, Body] = {}

    def read(self, part: Part) -> Body:
        """The text of a part and of what lies in it. The tree is no deeper than ``limits.depth``.

        Each part is read once: alternatives within alternatives, each tried twice, would double the work per level.
        """
        if id(part) not in self._bodies:
            self._bodies[id(part)] = self._read(part)
        return self._bodies[id(part)]

    def _read(self, part: Part) -> Body:
        if not part.children:
            return self._leaf(part)
        if part.kind == "multipart/alternative":
            return self._alternative(part.children)
        if part.kind in {"multipart/related", "multipart/appledouble"}:
            return next((body for body in map(self.read, part.children) if body.lines), Body())
        if self._same_text_twice(part.children):
            return self._alternative(part.children)
        return self._sequence(part.children)

    def _leaf(self, part: Part) -> Body:
        text = self._texts.get(id(part))
        if text is None:
            return Body()
        if part.kind == "text/html":
            lines, truncated = html_lines(text.text, replace(self._limits, elements=self._elements))
            # The budget is the message's, not the part's: twenty parts full of paragraphs took 4 s.
            self._elements = max(self._elements - text.text.count("<"), _LEAST_ELEMENTS)
            return Body(lines, truncated=truncated)
        plain = text.text
        if part.kind in {"text/enriched", "text/richtext"}:
            plain = enriched_text(plain)
        elif part.kind in RTF_KINDS:
            plain = rtf_text(plain)
        elif part.kind == "text/calendar":
            plain = calendar_text(plain)
        return Body(plain_lines(plain, flowed=part.flowed, delsp=part.delsp))

    def _sequence(self, parts: Sequence[Part]) -> Body:
        whole = Body()
        for part in parts:
            if part.kind == "text/calendar" and whole.lines:
                continue  # an invitation repeats what the text says
            body = self.read(part)
            if not body.lines:
                continue
            if whole.other is not None or (body.other is not None and not whole.lines):
                whole.other = [*(whole.other or []), *(body.other or body.lines)]
            whole.lines = [*whole.lines, Line(""), *body.lines] if whole.lines else body.lines
            whole.truncated = whole.truncated or body.truncated
        return whole

    def _alternative(self, parts: Sequence[Part]) -> Body:
        """RFC 2046 §5.1.4 puts the richest last; the plain one is read where it says as much, since nothing needs to
        be guessed about its layout, and it costs a tenth."""
        plain = next((part for part in parts if part.kind == "text/plain" and id(part) in self._texts), None)
        richer = [part for part in parts if part is not plain and part.kind != "text/calendar"]
        markup = self._markup(richer)
        if plain is not None:
            text = self._texts[id(plain)].text
            if not markup or not _html_is_better(text, markup):
                body = self._leaf(plain)
                if body.lines and markup and _QUOTE_MARKUP.search(markup):
                    body.other = next((other.lines for other in map(self.read, reversed(richer)) if other.lines), None)
                if _WORD.search(text) or not richer:
                    return body
        for part in [*reversed(richer), *parts]:
            body = self.read(part)
            if any(not line.blank for line in body.lines):
                return body
        return Body()

    def _markup(self, parts: Sequence[Part]) -> str:
        """The HTML among some parts, also where it lies in a multipart/related or multipart/mixed."""
        waiting = list(reversed(parts))
        while waiting:
            part = waiting.pop(0)
            if part.kind == "text/html" and id(part) in self._texts:
                return self._texts[id(part)].text
            waiting.extend(part.children)
        return ""

    def _same_text_twice(self, parts: Sequence[Part]) -> bool:
        """Some programs send plain text and HTML of the same mail as mixed parts instead of alternatives."""
        shown = [part for part in parts if id(part) in self._texts]
        if [part.kind for part in shown] != ["text/plain", "text/html"]:
            return False
        plain = _WORD.findall(self._texts[id(shown[0])].text[:2000])[:12]
        html = _WORD.findall(_seen_words(self._texts[id(shown[1])].text[:20_000]))
        return len(plain) >= 3 and plain == html[: len(plain)]


def _seen_words(html: str) -> str:
    _, found, body = html.partition("<body")
    return _ENTITY.sub(" ", _TAG.sub(" ", "<" + body if found else html))


def _html_is_better(plain: str, markup: str) -> bool:
    """Whether the plain text is empty, a stub ("your client cannot display HTML"), markup itself, or far shorter."""
    words = len(_WORD.findall(plain))
    if not words or len(_TAG.findall(plain[:5000])) >= 5:
        return True
    seen = len(_WORD.findall(_seen_words(markup)))
    if words <= _STUB_WORDS and _STUB.search(plain[:2000]) and seen > 1:
        return True
    return seen > _RICHER * words + 20
