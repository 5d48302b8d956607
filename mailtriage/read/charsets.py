"""Bytes to text, when the declared charset may be a lie.

What was seen in real mail: ``us-ascii`` over UTF-8 or Windows-1252; ``utf-8`` over Latin-1; ``iso-8859-1`` over
Windows-1252 (WHATWG treats them as one); ``gb2312`` over GB18030; nothing at all; names nobody knows.
"""

from __future__ import annotations

import codecs
import re
import unicodedata

_WIDER = {
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "iso8859-1": "cp1252",  # WHATWG Encoding §4.2: these labels mean the Windows code page
    "latin-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
}
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_UNWANTED = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff\ufeff\ufffe\uffff]")
_DECOMPOSED = re.compile("[^\\W\\d_][\u0300-\u036f]{1,4}")
_SHY = "\xad"
_INVISIBLE = re.compile("[\u200b\u2060\u180e\u034f\u2800]|\u200c(?![\u0600-\u06ff])")
"""Zero-width space, word joiner and such: mail marketing pads preheaders with them, and they split words for a
judge. Zero-width joiners stay (emoji families), and so does the non-joiner inside Persian and Arabic words."""


def decode_bytes(data: bytes, declared: str = "") -> str:
    """Text of bytes that claim to be in ``declared``.

    Valid UTF-8 with bytes above 127 wins over any 8-bit claim: text in another charset is almost never valid UTF-8 by
    chance. Never raises; what cannot be decoded becomes U+FFFD.
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            return data.decode(name, "replace")
    name = _codec(declared)
    if name.startswith(("utf-16", "utf-32", "utf-7", "iso2022", "hz")):
        return _wide(data, name)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    name = _WIDER.get(name, name)
    if name and name != "utf-8":
        try:
            return data.decode(name)
        except (UnicodeError, LookupError):
            pass
        if name != "cp1252":
            return _replaced(data, name)
    return _unknown(data)


def _codec(declared: str) -> str:
    """Python's name of a text codec; empty where the name is unknown or is no charset (``base64``, ``idna``...)."""
    label = declared.strip().strip("'\"").lower()[:60]
    try:
        info = codecs.lookup(label) if label and label.isascii() and "\0" not in label else None
    except (LookupError, ValueError):
        return ""
    if info is None or not getattr(info, "_is_text_encoding", True):
        return ""
    if info.name in {"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "mbcs", "oem"}:
        return ""
    return info.name


def _wide(data: bytes, name: str) -> str:
    # "utf-16" over plain ASCII is a known lie: then every second byte is not zero.
    ascii_only = data.isascii() and b"\0" not in data
    if ascii_only and name.startswith(("utf-16", "utf-32")):
        return data.decode("ascii")
    if name == "utf-16":
        name = "utf-16-be" if data[:200:2].count(0) > data[1:200:2].count(0) else "utf-16-le"
    return _replaced(data, name)


def _replaced(data: bytes, name: str) -> str:
    try:
        return data.decode(name, "replace")
    except (UnicodeError, LookupError):
        return data.decode("cp1252", "replace")


def _unknown(data: bytes) -> str:
    """Nearly UTF-8 (a character cut in half) stays UTF-8; the rest is read as Windows-1252, then Latin-1."""
    text = data.decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    high = sum(1 for char in text if char > "\x7f") - wrong
    if high > wrong:
        return text
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def clean(text: str) -> str:
    """Text without NUL, other controls, lone surrogates, byte order marks, soft hyphens and zero-width padding.

    Line ends are left alone. A letter and its accents become one character (NFC), so that one word has one spelling;
    a few at a time, since NFC takes minutes for 100,000 accents on one letter.
    """
    text = text.replace("\v", "\n").replace("\f", "\n")
    if text.isascii():
        return _UNWANTED.sub("", text)
    text = _INVISIBLE.sub("", _UNWANTED.sub("", text)).replace(_SHY, "")
    return _DECOMPOSED.sub(lambda found: unicodedata.normalize("NFC", found[0]), text)
