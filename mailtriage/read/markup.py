"""What mail clients write around quotes, signatures and hidden text in HTML, as tables.

Seen in mail that the clients sent: Gmail, Outlook (desktop, web, mobile), Apple Mail, Thunderbird, Yahoo, Proton,
Open-Xchange (Ziggo and KPN webmail), Roundcube, Zimbra, Samsung, Tutanota, Fastmail.
"""

from __future__ import annotations

import re
from enum import Enum

from lxml.html import HtmlElement


class Role(Enum):
    """What an element holds."""

    NONE = 0
    QUOTE = 1
    ATTRIBUTION = 2
    SIGNATURE = 3
    CUT = 4
    """Everything from here to the end of the mail is quoted."""


_CLASSES = {
    "gmail_attr": Role.ATTRIBUTION,
    "moz-cite-prefix": Role.ATTRIBUTION,
    "moz-email-headers-table": Role.CUT,
    "yahoo_quoted": Role.QUOTE,
    "yahoo_quote": Role.QUOTE,
    "tutanota_quote": Role.QUOTE,
    "ox-mail-quote": Role.QUOTE,
    "gmail_signature": Role.SIGNATURE,
    "moz-signature": Role.SIGNATURE,
    "protonmail_signature_block": Role.SIGNATURE,
    "io-ox-signature": Role.SIGNATURE,
    "ms-outlook-mobile-signature": Role.SIGNATURE,
}
_IDS = {
    "divrplyfwdmsg": Role.CUT,
    "appendonsend": Role.CUT,
    "mail-editor-reference-message-container": Role.CUT,
    "ms-outlook-mobile-body-separator-line": Role.CUT,
    "olk_src_body_section": Role.CUT,
    "stopspelling": Role.CUT,
    "zwchr": Role.CUT,
    "replysplit": Role.CUT,
    "yahoo_quoted": Role.QUOTE,
    "reply-intro": Role.ATTRIBUTION,
    "signature": Role.SIGNATURE,
    "applemailsignature": Role.SIGNATURE,
    "ms-outlook-mobile-signature": Role.SIGNATURE,
    "composer_signature": Role.SIGNATURE,
    "protonmail_mobile_signature_block": Role.SIGNATURE,
}
_INDENT = re.compile(r"margin(?:-left)?:(?:0(?:px)?){0,3}40px")
_HIDDEN = re.compile(
    r"display:none|visibility:hidden|mso-hide:all|(?:^|;)(?:font-size|max-height|opacity):0(?:px|pt|em|%)?(?=;|!|$)"
)
_TIGHT = re.compile(r"margin(?:-bottom)?:0(?![.\d])")
_PRE = re.compile(r"white-space:(?:pre|break-spaces)")
_STYLE_CHARS = 1_000
_MOST_CELLS = 200
_MOST_CELL_CHARS = 80
_MOST_COLUMNS = 6
_SUNK_IN_TABLES = (".//table", ".//blockquote", ".//ul", ".//ol")


def _style(element: HtmlElement) -> str:
    style = element.get("style")
    return re.sub(r"\s+", "", style[:_STYLE_CHARS].lower()) if style else ""


def role_of(element: HtmlElement) -> Role:
    """What an element holds, by its tag, class and id."""
    identifier = (element.get("id") or "")[:100].lower()
    if identifier:
        # Outlook writes "x_" before the names of a mail that it quotes.
        by_id = _IDS.get(identifier.removeprefix("x_"))
        if by_id:
            return by_id
    classes = element.get("class")
    if classes:
        for name in classes[:300].lower().split():
            if name in _CLASSES:
                return _CLASSES[name]
    if element.tag == "blockquote":
        return Role.NONE if _only_indented(element) else Role.QUOTE
    return Role.NONE


def _only_indented(element: HtmlElement) -> bool:
    """Gmail and Apple Mail indent a paragraph of one's own by a blockquote too: with a margin and without a border."""
    if element.get("type") or element.get("cite") or "quote" in (element.get("class") or "").replace("blockquote", ""):
        return False
    if "webkit-indent-blockquote" in (element.get("class") or ""):
        return True
    style = _style(element)
    return bool(_INDENT.search(style)) and "border:none" in style


def hidden(element: HtmlElement) -> bool:
    """Whether a reader does not see the element: preheaders, tracking texts, alternatives for other clients."""
    if element.get("hidden") is not None and element.tag not in {"html", "body"}:
        return True
    style = _style(element)
    return bool(style) and element.tag not in {"html", "body"} and bool(_HIDDEN.search(style))


def tight(element: HtmlElement) -> bool:
    """Whether a paragraph has no empty line behind it (Outlook's ``MsoNormal``)."""
    return "msonormal" in (element.get("class") or "").lower() or bool(_TIGHT.search(_style(element)))


def keeps_line_breaks(element: HtmlElement) -> bool:
    """Whether line ends in the source are seen as line ends."""
    return element.tag == "pre" or bool(_PRE.search(_style(element)))


def is_data_table(table: HtmlElement) -> bool:
    """Whether a table is one for a reader (days and times), not the frame that holds a whole mail."""
    if any(table.find(path) is not None for path in _SUNK_IN_TABLES):
        return False
    rows = table.xpath("count(descendant::tr)")
    cells = table.xpath("descendant::td|descendant::th")
    if not rows or not cells or len(cells) > _MOST_CELLS or len(cells) > _MOST_COLUMNS * rows or len(cells) < 2 * rows:
        return False
    return all(len("".join(cell.itertext())) <= _MOST_CELL_CHARS and cell.find(".//br") is None for cell in cells)
