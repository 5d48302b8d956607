"""HTML to lines, as a person sees it, with quoted text marked by the markup that mail clients put around it.

lxml parses, ``mailtriage.read.markup`` knows the clients' markup, and inscriptis lays out lists and tables. Between the
two the tree is rebuilt: without what is hidden, without layout tables, and never deeper than inscriptis can go (it
calls itself for each level). Where a quote begins or ends, a line with a private-use character is laid out with the
rest, and taken out again afterwards.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import lxml.etree
import lxml.html
from inscriptis.html_engine import Inscriptis
from inscriptis.model.config import ParserConfig
from lxml.html import HtmlElement

from mailtriage.read.charsets import clean
from mailtriage.read.lines import Hint, Line
from mailtriage.read.markup import Role, hidden, is_data_table, keeps_line_breaks, role_of, tight

if TYPE_CHECKING:
    from mailtriage.read.limits import Limits

_BAGGAGE = (("<!--", "-->"), ("<style", "</style>"), ("<script", "</script>"))
_DATA_URI = re.compile(r"data:[a-z/+.-]{0,60};base64,[A-Za-z0-9+/=\s%]{0,100000}")
_SKIPPED = frozenset({
    "head", "style", "script", "title", "meta", "link", "template", "noscript", "object", "svg", "math", "select",
    "textarea", "iframe", "audio", "video", "canvas", "map",
})  # fmt: skip
_BLOCKS = frozenset({
    "p", "div", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "address", "article",
    "aside", "section", "header", "footer", "main", "nav", "center", "dl", "dt", "dd", "form", "fieldset", "table",
    "tr", "td", "th", "caption", "figure", "figcaption", "hr", "body", "html",
})  # fmt: skip
_KEPT = frozenset({"p", "ul", "ol", "li"})
_CELLS = frozenset({"table", "tr", "td", "th"})
_MARK = "\ue000"
_MARKS = {Role.QUOTE: "qQ", Role.ATTRIBUTION: "aA", Role.SIGNATURE: "sS", Role.CUT: "c"}
_BLANKS = re.compile(r"[ \t\xa0\u2000-\u200a\u202f\u3000]+")
_CONFIG = ParserConfig()


def without_baggage(html: str) -> str:
    """HTML without comments, styles, scripts and embedded pictures.

    Outlook writes up to 100 KB of styles before the first word, and a picture may be megabytes of ``data:``; what is
    cut off at a limit must not be the text. By searching forward, since a regular expression for this is quadratic.
    """
    lower = html.lower()
    if len(lower) != len(html):  # a few capitals grow when lowered ("İ"); then offsets would not fit
        lower = html
    kept: list[str] = []
    position = 0
    missing: set[str] = set()
    while True:
        found: list[tuple[int, str]] = []
        for begin, end_mark in _BAGGAGE:
            at = -1 if begin in missing else lower.find(begin, position)
            if at < 0:
                missing.add(begin)
            else:
                found.append((at, end_mark))
        if not found:
            break
        start, end_mark = min(found)
        end = lower.find(end_mark, start)
        if end < 0:
            missing.update(begin for begin, end in _BAGGAGE if end == end_mark)
            continue
        kept.append(html[position:start])
        position = end + len(end_mark)
    kept.append(html[position:])
    return _DATA_URI.sub("", "".join(kept))


def html_lines(html: str, limits: Limits) -> tuple[list[Line], bool]:
    """Lines of an HTML text.

    Args:
        html: the decoded text, already cut to ``limits.html_chars``.
        limits: ``elements`` and ``html_depth`` bound the work.

    Returns:
        the lines, and whether elements were left out.
    """
    parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    html = html.replace(_MARK, "")
    data = html.encode("utf-8", "ignore")
    if not data.strip():
        return [], False
    try:
        tree = lxml.html.document_fromstring(data, parser=parser)
    except (lxml.etree.LxmlError, ValueError, AssertionError):
        return [Line(line) for line in html.split("\n")], False
    rebuilt = _Rebuilt(limits)
    truncated = rebuilt.walk(tree)
    laid_out = Inscriptis(rebuilt.root, _CONFIG).get_text()
    return _marked_lines(laid_out), truncated


class _Rebuilt:
    """A new tree of paragraphs, lists and data tables, made in one walk without recursion."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.root = HtmlElement()
        self.root.tag = "div"
        self._open: list[HtmlElement] = [self.root]
        # The last child of each open element: lxml counts the children anew for every len().
        self._last: list[HtmlElement | None] = [None]
        self._breaks = 0
        self._text: list[str] = []
        self._pre = 0
        self._data_table: HtmlElement | None = None

    def walk(self, tree: HtmlElement) -> bool:
        """Take over what is visible of ``tree``; True where elements were left out."""
        walker = lxml.etree.iterwalk(tree, events=("start", "end"))
        seen = 0
        skipped: object = None
        closing: list[tuple[HtmlElement, str]] = []
        for event, element in walker:
            if event == "start":
                seen += 1
                if seen > self._limits.elements:
                    self._flush()
                    return True
                if not isinstance(element.tag, str) or element.tag in _SKIPPED or hidden(element):
                    skipped = element
                    walker.skip_subtree()
                    continue
                self._start(element, closing)
            elif element is skipped:
                skipped = None
                self._write(element.tail)
            else:
                self._end(element, closing)
        self._flush()
        return False

    def _start(self, element: HtmlElement, closing: list[tuple[HtmlElement, str]]) -> None:
        role = role_of(element) if self._data_table is None else Role.NONE
        if role is not Role.NONE:
            marks = _MARKS[role]
            self._mark(marks[0])
            if len(marks) > 1:
                closing.append((element, marks[1]))
        tag = element.tag
        if tag == "br":
            self._break()
        elif tag == "img":
            alt = element.get("alt") or ""
            self._write(alt if len(alt) <= 4 and not alt.isascii() else "")  # emoji that were sent as pictures
        elif tag in _BLOCKS:
            if tag == "table" and self._data_table is None and is_data_table(element):
                self._data_table = element
            self._enter(element)
        self._pre += keeps_line_breaks(element)
        self._write(element.text)

    def _end(self, element: HtmlElement, closing: list[tuple[HtmlElement, str]]) -> None:
        self._pre -= keeps_line_breaks(element)
        if element.tag in _BLOCKS:
            self._flush()
            self._leave()
        if element is self._data_table:
            self._data_table = None
        if closing and closing[-1][0] is element:
            self._mark(closing.pop()[1])
        self._write(element.tail)

    def _enter(self, element: HtmlElement) -> None:
        self._flush()
        parent = self._open[-1]
        if len(self._open) >= self._limits.html_depth:
            self._child("br")
            self._open.append(parent)
            self._last.append(self._last[-1])
            return
        tag = element.tag
        if self._data_table is not None:
            kept = tag if tag in _CELLS else "div"
        else:
            kept = tag if tag in _KEPT and not (tag == "p" and tight(element)) else "div"
        if kept == "li" and parent.tag not in {"ul", "ol"}:
            kept = "div"
        self._open.append(self._child(kept))
        self._last.append(None)

    def _leave(self) -> None:
        closed, last = self._open.pop(), self._last.pop()
        if closed is self._open[-1]:  # too deep for an element of its own
            self._last[-1] = last

    def _child(self, tag: str) -> HtmlElement:
        child = lxml.etree.SubElement(self._open[-1], tag)
        self._last[-1] = child
        return child

    def _mark(self, code: str) -> None:
        self._flush()
        self._child("div").text = _MARK + code

    def _break(self) -> None:
        self._breaks += 1
        if self._breaks > self._limits.elements:
            self._text.append(" ")
            return
        self._flush()
        self._child("br")

    def _write(self, text: str | None) -> None:
        if not text:
            return
        if self._pre and "\n" in text:
            first, *rest = text.split("\n")
            self._text.append(first)
            for line in rest:
                self._break()
                self._text.append(line)
        else:
            self._text.append(text)

    def _flush(self) -> None:
        if not self._text:
            return
        # Entities such as &#11; give characters that the new tree refuses, and that nobody sees.
        text = clean("".join(self._text)).replace(_MARK, "")
        self._text.clear()
        last = self._last[-1]
        if last is None and "\xa0" in text and not text.strip():
            self._child("br")  # Outlook's empty line: a paragraph with nothing but a hard blank
        elif last is not None:
            last.tail = (last.tail or "") + text
        else:
            self._open[-1].text = (self._open[-1].text or "") + text


def _marked_lines(text: str) -> list[Line]:
    """Take the marks out again, and say of every line what they said."""
    lines: list[Line] = []
    depth = attribution = signature = 0
    for raw in text.split("\n"):
        line = _BLANKS.sub(" ", raw).strip()
        before, mark, code = line.partition(_MARK)
        if not mark:
            hint = Hint.ATTRIBUTION if attribution else Hint.SIGNATURE if signature else Hint.NONE
            lines.append(Line(line, depth, hint))
            continue
        if before.strip(" *0123456789."):
            lines.append(Line(before.strip(), depth))
        match code[:1]:
            case "q" | "Q":
                depth = max(depth + (1 if code[0] == "q" else -1), 0)
            case "a" | "A":
                attribution = max(attribution + (1 if code[0] == "a" else -1), 0)
            case "s" | "S":
                signature = max(signature + (1 if code[0] == "s" else -1), 0)
            case "c":
                lines.append(Line("", depth, Hint.CUT))
    return lines
