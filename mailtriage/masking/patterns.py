"""What is personal by its form: addresses, numbers, links."""

from __future__ import annotations

import re
from collections.abc import Callable

_STREET = (
    r"(?:straat|laan|weg|plein|gracht|kade|singel|dijk|hof|pad|dreef|park|markt|steeg|plantsoen|baan|burg|kamp|erf|wal"
    r"|ring|akker|veld|horst|hoek|donk|haag|meent|oever|werf|brink|dam|zoom|stee|gaarde|borch|poort|kwartier)"
)
_SURE_STREET = r"(?:straat|laan|plein|gracht|kade|singel|dreef|steeg|plantsoen)"
_MONTH = (
    r"(?:jan(?:uari)?|feb(?:ruari)?|mrt|maart|apr(?:il)?|mei|jun[ie]?|jul[iy]?|aug(?:ustus)?|sept?(?:ember)?|okt(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?|january|february|march|may|june|july|august|october)\.?"
)
_DATE = (
    rf"(?:\d{{1,2}}[-/. ]\d{{1,2}}[-/. ](?:\d{{4}}|\d{{2}})|\d{{1,2}}\s+{_MONTH}\s+\d{{2,4}}|\d{{4}}-\d{{2}}-\d{{2}})"
)
_UNITS = "kg|km|ml|cm|mm|mb|gb|st|de|en|is|in|op|of|om|te|nu|ik|dl|gr|eu|we|ze|je|na|ca|x"

_LAST_BIRTH_YEAR = 2023
"""A whole date of this year or earlier is somebody's birthday rather than school business."""


def eleven_proof(digits: str) -> bool:
    """Whether nine digits can be a burgerservicenummer (the elfproef, with the weight of the last digit negative)."""
    if len(digits) != 9 or digits == "000000000":
        return False
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=True)) % 11 == 0


def is_iban(text: str) -> bool:
    """Whether a text without spaces is an IBAN (ISO 13616: the remainder of 97 is 1)."""
    if not 15 <= len(text) <= 34:
        return False
    turned = text[4:] + text[:4]
    return int("".join(str(int(character, 36)) for character in turned)) % 97 == 1


def _iban(match: re.Match[str]) -> str:
    """The groups of an IBAN may run on into the next words: those are given back."""
    text, rest = match[0], ""
    while True:
        bare = re.sub(r"[\s.-]", "", text).upper()
        if re.fullmatch(r"NL\d\d[A-Z]{4}\d{10}", bare) or is_iban(bare):  # a Dutch one with a typing error is one too
            return f"[IBAN]{rest}"
        text, space, word = text.rpartition(" ")
        if not space:
            return match[0]
        rest = f" {word}{rest}"


_NO_NUMBER = re.compile(
    rf"{_DATE}|\d{{4}}\s?[-/]\s?\d{{2,4}}|\d{{1,2}}[.:]\d\d\s?[-–]\s?\d{{1,2}}[.:]\d\d", re.IGNORECASE
)
"""Dates, school years, and from when to when."""


def _number(match: re.Match[str]) -> str:
    if _NO_NUMBER.fullmatch(match[0].strip()):
        return match[0]
    digits = re.sub(r"\D", "", match[0])
    if eleven_proof(digits):
        return "[BSN]"
    if 9 <= len(digits) <= 15 and (match[0].startswith(("0", "+", "(")) or len(digits) > 11):
        return "[TELEFOON]"
    return "[NUMMER]" if len(digits) >= 7 else match[0]


def _date(match: re.Match[str]) -> str:
    year = re.search(r"\d{4}", match[0])
    return "[GEBOORTEDATUM]" if year and 1920 <= int(year[0]) <= _LAST_BIRTH_YEAR else match[0]


def _postcode(match: re.Match[str]) -> str:
    letters = match[2]
    unit = letters.lower() in _UNITS.split("|") or (match[1] and not letters.isupper())
    return match[0] if unit else "[POSTCODE]"


_Change = str | Callable[[re.Match[str]], str]

_TLD = "nl|com|be|org|net|eu|de|info|app|io|school|me|gl|ly|tr|pl|example"
_PATH = r"(?:/[^\s<>\"]*[^\s<>\".,;:!?)])?"
_BORN = (
    r"\bgeb(?:oren|\.)?\s*(?:op|d\.?d\.?|datum)?:?\s*|\bgeboortedatum\s*(?:is|van \w+ is)?:?\s*|\bborn (?:on )?"
    r"|\bdate of birth:?\s*"
)
_BEFORE_STREET = r"(?:[A-Z][\w'’.-]*\s+(?:(?:van|de|den|der|het|ten|ter)\s+){0,3}){0,3}"
_HOUSE = r"\d{1,4}(?:\s?[a-zA-Z]\b)?(?:\s?[-/]\s?\w{1,4}\b)?"
_ENGLISH_STREET = "Street|Road|Lane|Avenue|Drive|Close|Square"
_PLATE = (
    r"[A-Z]{1,3}-\d{2,3}-[A-Z]{1,3}|\d{1,2}-[A-Z]{2,3}-\d{1,2}|[A-Z]{2}-[A-Z]{2}-\d{2}|\d{2}-[A-Z]{2}-[A-Z]{2}"
    r"|[A-Z]{2}-\d{2}-\d{2}|\d{2}-\d{2}-[A-Z]{2}"
)


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_PATTERNS: tuple[tuple[re.Pattern[str], _Change], ...] = (
    (_words(r"[^\s<>()\[\]\"',;:]+\s?@\s?[\w-]+(?:\.[\w-]+)+"), "[MAIL]"),
    (_words(r"\b[\w.+-]+ (?:at|apenstaartje|\(at\)|\[at\]) [\w-]+(?: (?:punt|dot) |\.)\w{2,}\b"), "[MAIL]"),
    (_words(r"\b(?:https?://|www\.)[^\s<>\"]+[^\s<>\".,;:!?)]"), "[LINK]"),
    (_words(rf"\b(?:[\w-]+\.)+(?:{_TLD})(?!\w){_PATH}"), "[LINK]"),
    (_words(r"\b[a-z]{2}\s?\d{2}[\s.-]?(?:[a-z0-9]{2,4}[\s.-]?){2,7}[a-z0-9]{1,4}\b"), _iban),
    (_words(rf"({_BORN})(?:\w+dag\s+)?{_DATE}"), r"\1[GEBOORTEDATUM]"),
    (_words(rf"\b{_DATE}(?!\d)"), _date),
    (_words(r"(\b(?:bsn|burgerservicenummer|sofinummer)\b\D{0,15})\d[\d .-]{6,11}\d"), r"\1[BSN]"),
    (
        re.compile(
            r"(?<![\w.,])(?:\(?\+?\d{1,4}\)?[\s./-]{0,3})?(?:\(0\)\s?)?\(?\d{2,4}\)?"
            r"(?:[\s./-]{0,3}\d{1,4}){2,6}(?![\w%€])"
        ),
        _number,
    ),
    (re.compile(rf"\b{_BEFORE_STREET}[A-Z][\w'’-]*{_STREET}\s+{_HOUSE}"), "[ADRES]"),
    (re.compile(rf"\b[a-z]{{3,}}{_SURE_STREET}\s+{_HOUSE}"), "[ADRES]"),
    (re.compile(rf"\b\d{{1,4}}[a-z]?,? (?:[A-Z][\w'’-]+ ){{1,3}}(?:{_ENGLISH_STREET})\b"), "[ADRES]"),
    (re.compile(rf"(?<=[\w,;] )[A-Z][\w'’-]*{_SURE_STREET}\b"), "[ADRES]"),
    (re.compile(r"\b[1-9]\d{3}(\s)?([A-Za-z]{2})\b"), _postcode),
    (re.compile(rf"\b(?:{_PLATE})\b"), "[KENTEKEN]"),
)


_LONG_WORD = re.compile(r"\S{101,}")
_PIECE = re.compile(r"[^\n]{1,600}(?:[ \t]|$)|[^\n]{1,600}|\n", re.MULTILINE)


def mask_forms(text: str) -> str:
    """A text with ``[MAIL]``, ``[LINK]``, ``[IBAN]``, ``[BSN]``, ``[TELEFOON]``, ``[NUMMER]``, ``[GEBOORTEDATUM]``,
    ``[ADRES]``, ``[POSTCODE]`` and ``[KENTEKEN]`` in the place of each. A word of more than 100 characters is none: it
    becomes ``[LINK]``. Lines are taken in pieces, so that no text takes longer than its length deserves."""
    return "".join(_masked_piece(piece[0]) for piece in _PIECE.finditer(_LONG_WORD.sub("[LINK]", text)))


def _masked_piece(text: str) -> str:
    for pattern, change in _PATTERNS:
        text = pattern.sub(change, text)
    return text
