"""Names of people: those that the mail itself tells, and those that look like names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest

from mailtriage.masking.lexicon import ADDRESSED, DOES, PARTICLES, capital_words, given_names, ordinary_words

NAME = "[NAAM]"

_TOKEN = re.compile(r"\[[A-Z]+\]|[^\W\d_]+(?:['’ʼ-][^\W\d_]+)*")
_SENTENCE_END = re.compile(r"[.!?:…>•*\n\r\"“”„«»()\[\]–—-]\s*$|^\s*$")
_CUE = re.compile(
    r"(?:\b(?:juf|juffrouw|meester|mevrouw|mevr\.?|mw\.?|meneer|dhr\.?|mr\.?|mrs\.?|ms\.?|miss|sir|dokter|dr\.?"
    r"|familie|fam\.?|zoon(?:tje)?|dochter(?:tje)?|broer(?:tje)?|zus(?:je)?|neef(?:je)?|nicht(?:je)?|tante|oom"
    r"|vriend(?:je)?|vriendin(?:netje)?|kind|kleinzoon|kleindochter|pleegzoon|pleegdochter|klasgenootje|tweeling"
    r"|(?:moeder|vader|mama|papa|mam|pap|ouders?|verzorgers?|oma|opa|voogd) van|oma|opa"
    r"|(?:mum|mom|mother|father|dad|parents?) of|mijn naam is|mijn man|mijn vrouw|my name is|my son|my daughter"
    r"|his brother|her brother|my husband|my wife|oğlum|kızım|mój syn|moja córka|mon fils|ma fille|mein sohn"
    r"|meine tochter|mi hijo|mi hija|мій син|моя донька))\s+$",
    re.IGNORECASE,
)
"""What stands before a name."""

_GREETING = re.compile(
    r"^\W*(?:beste|hoi|hallo|hai|hey|hi|dag|geachte|lieve|l\.s\.?|ha|goede?(?:morgen|middag|n?avond)|dear|hello"
    r"|good (?:morning|afternoon|evening)|merhaba|sayın|selam|dzień dobry|szanown\w+|bonjour|cher|chère|hola"
    r"|estimad[oa]|guten (?:tag|morgen|abend)|liebe[r]?|sehr geehrte[r]?|шановн\w+|добр\w+ \w+|вітаю|السلام عليكم"
    r"|مرحبا)\b(?P<names>[^,!.\n?]{0,60})",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"^\W*(?:(?:met )?(?:vriendelijke|hartelijke|lieve|veel|warme)? ?groet(?:en|jes)?\b|mvg\b|m\.v\.g\.?|vr\.? ?gr\.?"
    r"|gr\.?\b|grtjs|liefs|alvast (?:bedankt|dank)|bedankt|dank(?:jewel| u wel)?|hoogachtend"
    r"|(?:kind|best|warm)? ?regards|thanks?\b|thank you|cheers|love|yours|best wishes|sincerely|saygılar\w*"
    r"|teşekkür\w*|pozdrawiam|z poważaniem|cordialement|merci|saludos|gracias"
    r"|(?:viele|liebe|mit freundlichen) grüße?n?|з повагою|дякую|مع التحية|شكرا)(?P<names>.{0,60})$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Named:
    """Names that are known of a mail, in small letters. ``sure`` are masked however they are written; ``capital``,
    which are ordinary words as well, where they have a capital. ``whole`` holds names of several parts."""

    sure: frozenset[str]
    capital: frozenset[str]
    whole: tuple[str, ...] = ()


def parts(names: Iterable[str]) -> Iterator[str]:
    """The parts of names, in small letters, without particles and initials."""
    for name in names:
        for token in _TOKEN.findall(name):
            low = _bare(token)
            if len(low) > 1 and low not in PARTICLES and not token.startswith("["):
                yield low


def known_names(given: Iterable[str], texts: Iterable[str]) -> Named:
    """The names that a mail tells: ``given`` ones (its sender, the staff), those in the greeting of each of its texts,
    below its closing, and behind words like ``juf`` and ``moeder van``."""
    given = list(given)
    told = set(parts(given))
    for text in texts:
        told |= set(_greeted_and_signed(text.splitlines()))
        told |= {_bare(match[0]) for match in _TOKEN.finditer(text) if _cued(text, match)}
    told -= PARTICLES
    plain = frozenset(name for name in told if name in ordinary_words())
    whole = tuple(sorted({name for name in given if " " in name.strip()}, key=len, reverse=True))
    return Named(frozenset(told - plain), plain, whole)


def _greeted_and_signed(lines: list[str]) -> Iterator[str]:
    filled = [line for line in lines if line.strip()]
    for line in filled[:3]:
        if greeting := _GREETING.match(line):
            yield from (_bare(token) for token in _TOKEN.findall(greeting["names"]) if _greeted(token))
    for number, line in enumerate(filled):
        if closing := _CLOSING.match(line):
            below = [one for one in filled[number + 1 : number + 4] if len(one) <= 45]
            for text in (closing["names"], *below):
                yield from (_bare(token) for token in _TOKEN.findall(text) if _may_name(token))


def _greeted(token: str) -> bool:
    low = _bare(token)
    return low not in ADDRESSED and (_may_name(token) or (token.istitle() and low not in PARTICLES))


def _may_name(token: str) -> bool:
    """Whether a word where names are expected can be one."""
    low = _bare(token)
    if token.startswith("[") or len(low) < 2 or low in PARTICLES:
        return False
    return low not in ordinary_words() or (low in given_names() and token[0].isupper())


def _cued(text: str, match: re.Match[str]) -> bool:
    """Whether a word stands behind one like ``juf`` or ``moeder van``, and can be a name."""
    if not _CUE.search(text[max(0, match.start() - 30) : match.start()]):
        return False
    token, low = match[0], _bare(match[0])
    return _may_name(token) or (token.istitle() and low not in capital_words() and low not in PARTICLES)


def mask_names(text: str, named: Named, *, nouns_have_capitals: bool = False) -> str:
    """A text with ``[NAAM]`` in the place of each name; several parts of one name give one."""
    for name in named.whole:
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", NAME, text, flags=re.IGNORECASE)
    pieces: list[str] = []
    at = 0
    tokens = list(_TOKEN.finditer(text))
    for match, following in zip_longest(tokens, tokens[1:]):
        pieces.append(text[at : match.start()])
        token = match[0]
        first = bool(_SENTENCE_END.search(text[max(0, match.start() - 4) : match.start()]))
        acts = following is not None and following[0] in DOES
        is_name = not token.startswith("[") and (
            _cued(text, match) or _is_name(token, named, first=first and not acts, careful=nouns_have_capitals)
        )
        pieces.append(NAME + _ending(token) if is_name else token)
        at = match.end()
    return _joined("".join([*pieces, text[at:]]))


def _is_name(token: str, named: Named, *, first: bool, careful: bool) -> bool:
    low = _bare(token)
    base = _base(low)
    ordinary, given = low in ordinary_words(), low in given_names() or base in given_names()
    if low in named.sure or base in named.sure:
        return True
    if not token[0].isupper():
        return given and not ordinary and (len(low) > 3 or not token.isascii())
    if len(low) < 2 or low in capital_words():
        return False
    if low in named.capital or base in named.capital:
        return not first or given
    if token.isupper() or first:
        return not ordinary and (given or not (careful or token.isupper() or _ordinary_compound(low)))
    return given or not (ordinary or careful)


def _ordinary_compound(low: str) -> bool:
    """Whether a word that no list has is made of two ordinary ones: ``zwemkleding``."""
    words = ordinary_words()
    halves = ((low[:cut], low[cut:]) for cut in range(3, len(low) - 2))
    return any(max(len(one), len(two)) > 4 and {one.removesuffix("s"), two} <= words for one, two in halves)


def _bare(token: str) -> str:
    """A word in small letters, without a possessive."""
    return re.sub(r"['’ʼ]s?$", "", token.replace("’", "'").replace("ʼ", "'").lower())


def _base(low: str) -> str:
    """``tim`` of ``tims`` and ``timmetje``."""
    for ending in ("'s", "s", "je", "tje"):
        if low.endswith(ending) and len(low) - len(ending) >= 3:
            return low.removesuffix(ending)
    return low


def _ending(token: str) -> str:
    found = re.search(r"['’]s$", token)
    return found[0] if found else ""


_BETWEEN = "(?:(?:" + "|".join(re.escape(one) for one in sorted(PARTICLES)) + ") ){0,3}"
_INITIALS = re.compile(r"\b(?:[A-Z]\.\s?){1,4}(?:[A-Z] )?" + _BETWEEN + r"(?:\[NAAM\]|(?!\w+\.)[A-Z][\w'’-]+)")
_SURNAME = re.compile(
    r"\[NAAM\](?:[ -](?i:" + _BETWEEN + r")(?:\[NAAM\]|[A-Z]\.(?=\s|$)|[A-Z][^\W\d_]+(?:-[A-Z]\w+)*))+"
)
_BEFORE = re.compile(r"\b(?:(?:El|Al|Ben|Ait|Van|De|Den|Ten|Ter|Abu) (?:(?:den|der|de) )?){1,3}(?=\[NAAM\])")


def _joined(text: str) -> str:
    """Initials, particles and what follows a name with a capital belong to it."""
    text = _SURNAME.sub(_surname, _INITIALS.sub(NAME, text))
    return _SURNAME.sub(_surname, _BEFORE.sub("", text))


def _surname(match: re.Match[str]) -> str:
    """A name with all its parts as one; what is written with a capital anyway is no part."""
    kept = [word for word in re.findall(r"[^\W\d_]+", match[0].replace(NAME, "")) if word.lower() in capital_words()]
    return match[0] if kept else NAME
