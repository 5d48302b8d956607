"""From text to words, as every part of the judge sees them."""

from __future__ import annotations

import re
import unicodedata

_TOKEN = re.compile(r"\d+(?:[:.,/-]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*|[?!؟]+|[\U0001F300-\U0001FAFF☀-➿]|€|…|\.{2,}")
_DIGIT = re.compile(r"\d")


def plain(text: str) -> str:
    """Lower case, without diacritics."""
    low = text.lower()
    if low.isascii():
        return low
    return "".join(sign for sign in unicodedata.normalize("NFKD", low) if not unicodedata.combining(sign))


def tokens(text: str) -> list[str]:
    """The words and telling signs of a text: lower case, without diacritics, every digit a 0."""
    return _TOKEN.findall(_DIGIT.sub("0", plain(text)))
