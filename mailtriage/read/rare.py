"""Kinds of text that a mail seldom has instead of plain text or HTML, read well enough to be judged."""

from __future__ import annotations

import re

_ENRICHED_PARAM = re.compile(r"<param>[^<]{0,200}</param>", re.IGNORECASE)
_ENRICHED_TAG = re.compile(r"</?[a-z0-9-]{1,60}>", re.IGNORECASE)
_RTF_TOKEN = re.compile(
    r"\\'([0-9a-fA-F]{2})|\\u(-?\d{1,6}) ?\??|\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\(.)|([{}])|([^\\{}]+)",
    re.DOTALL,
)
_RTF_SILENT = frozenset(("fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "themedata", "generator",
                         "listtable", "rsidtbl", "xmlnstbl", "latentstyles", "header", "footer", "*"))  # fmt: skip
_RTF_BREAKS = {"par": "\n", "line": "\n", "tab": "\t", "cell": "\t", "row": "\n", "emdash": "—", "endash": "–",
               "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "bullet": "•"}  # fmt: skip
_CALENDAR_FIELD = re.compile(r"^(SUMMARY|DESCRIPTION|LOCATION|COMMENT)(?:;[^:\n]{0,500})?:([^\n]*)$", re.MULTILINE)


def enriched_text(text: str) -> str:
    """Text of text/enriched (RFC 1896): tags dropped, ``<<`` is ``<``, one line end is a blank, n are n - 1."""
    marked = _ENRICHED_TAG.sub("", _ENRICHED_PARAM.sub("", text.replace("<<", "\x01"))).replace("\x01", "<")
    return re.sub(r"\n+", lambda found: "\n" * (len(found[0]) - 1) or " ", marked)


def rtf_text(text: str) -> str:
    """Text of RTF 1.9 without fonts, pictures and other groups that are not shown. Bytes are Windows-1252."""
    out: list[str] = []
    silent: list[bool] = [False]
    for found in _RTF_TOKEN.finditer(text):
        _, _, word, _, sign, brace, _ = found.groups()
        if brace == "{":
            silent.append(silent[-1])
        elif brace == "}":
            silent[-1:] = [] if len(silent) > 1 else silent[-1:]
        elif word in _RTF_SILENT or sign == "*":
            silent[-1] = True
        elif not silent[-1]:
            out.append(_rtf_shown(found))
    return "".join(out)


def _rtf_shown(found: re.Match[str]) -> str:
    byte, code, word, _, sign, _, plain = found.groups()
    if byte:
        return bytes.fromhex(byte).decode("cp1252", "replace")
    if code:
        number = int(code) % 65536
        return "" if 0xD800 <= number <= 0xDFFF else chr(number)
    if word:
        return _RTF_BREAKS.get(word, "")
    if sign:
        return {"~": " ", "\n": "\n"}.get(sign, sign if sign in "\\{}" else "")
    return (plain or "").replace("\n", "")


def calendar_text(text: str) -> str:
    """What an invitation says in words (RFC 5545 §3.8.1): its summary, place, description and comment."""
    unfolded = re.sub(r"\n[ \t]", "", text)
    fields = (value for _, value in _CALENDAR_FIELD.findall(unfolded)[:20])
    return "\n".join(re.sub(r"\\([,;\\])", r"\1", value.replace("\\n", "\n").replace("\\N", "\n")) for value in fields)
