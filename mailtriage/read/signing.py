"""Signatures, phone footers and disclaimers cut from a text that is the sender's own.

Cut with reluctance: a signature that is kept does no harm, a question after "Groetjes" that is lost does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailtriage.read import closings
from mailtriage.read.lines import Hint, Line

_FOOTER = re.compile("|".join(f"(?:{pattern})" for pattern in closings.FOOTERS))
_TARGET = re.compile(r"[<(\[]\s*(?:https?://|www\.|mailto:)[^>)\]\s]{0,500}[>)\]]")
_WORDS = re.compile(r"[\w'’.&/+-]+")
_CONTACT = re.compile(
    r"(?:\+|00)?\(?\d[\d\s()./-]{6,20}\d|[^\s@]@[\w-]{1,63}\.\w|(?:https?://|www\.)\S|\b\d{4}\s?[A-Z]{2}\b|\[cid:|\[image|\[logo",
    re.IGNORECASE,
)
_POSTSCRIPT = re.compile(r"\W{0,3}(?:p\.?\s?s\.?|n\.?\s?b\.?|naschrift|oh ja|o ja)(?:\W|$)", re.IGNORECASE)
_CLOSING_STARTS = tuple(sorted((*closings.CLOSINGS,), key=len, reverse=True))
_CLOSING_SET = frozenset(closings.CLOSINGS)
_THANKS_SET = frozenset(closings.THANKS)
_TRIM = " \t,.;:!-–—*_~☺️❤️😊🙏👍🌻😀🙂😃🍀🌸💕"
_LONGEST_LINE = 100
_MOST_FOOTER_WORDS = 9
_MOST_AFTER_SEPARATOR = 20
_MOST_AFTER_DASHES = 8
_MOST_HINTED = 15
_MOST_SIGNATURE = 15
_MOST_CLOSINGS = 8
_SPOKEN = frozenset((
    "ik", "wij", "we", "u", "je", "jij", "hij", "zij", "ze", "het", "dat", "dit", "kan", "kunt", "is", "was",
    "heeft", "heb", "wil", "niet", "wel", "geen", "morgen", "vandaag", "gisteren", "uur", "om", "graag", "maar",
    "want", "omdat", "als", "ook", "i", "you", "he", "she", "it", "can", "could", "please", "not", "today",
    "tomorrow", "ja", "nee", "yes", "no", "ok", "oke", "oké", "ps", "p.s", "p.s.", "maandag", "dinsdag", "woensdag",
    "donderdag", "vrijdag", "zaterdag", "zondag", "monday", "tuesday", "wednesday", "thursday", "friday",
    "saturday", "sunday", "januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september",
    "oktober", "november", "december", "ziek", "thuis", "bel", "komt", "mag", "moet", "zal", "nog", "even", "wat",
    "wie", "waar", "wanneer", "hoe", "waarom", "welke", "prima", "akkoord", "goed", "sorry", "help",
))  # fmt: skip
"""Words that make a line a sentence rather than a name or a title."""


def cut_signature(lines: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """Cut what closes a text.

    Args:
        lines: a run of unquoted lines.

    Returns:
        the text and the signature, each in order; together they hold every line.
    """
    gone = [False] * len(lines)
    for cut in (_cut_footers, _cut_hinted, _cut_separated, _cut_disclaimers, _cut_closing):
        cut(lines, gone)
    kept = [line for line, away in zip(lines, gone, strict=True) if not away]
    signature = [line for line, away in zip(lines, gone, strict=True) if away]
    return kept, signature


def is_footer(text: str) -> bool:
    """Whether a line is what a phone or a mail program adds ("Verstuurd vanaf mijn iPhone"), and nothing else."""
    if len(text) > 400:
        return False
    bare = _TARGET.sub(" ", text)
    folded = " ".join(bare.casefold().replace("[", " ").replace("]", " ").split()).strip(_TRIM + "<>()|")
    if not folded:
        return bool(_TARGET.search(text)) and bool(re.search(r"aka\.ms|avast|overview\.mail|outlook|apple\.com", text))
    words = len(folded.split())
    if words > _MOST_FOOTER_WORDS or re.search(r"[.!?]\s+\w", folded):
        return False
    return bool(_FOOTER.fullmatch(folded)) and bool(closings.DEVICES.search(folded))


def _cut_footers(lines: Sequence[Line], gone: list[bool]) -> None:
    for index, line in enumerate(lines):
        if not line.blank and is_footer(line.text):
            gone[index] = True
        elif not line.blank and index + 1 < len(lines) and not gone[index] and not lines[index + 1].blank:
            # Wrapped over two lines by the client.
            first = line.text.strip()
            if (
                len(first) < 60
                and first[:1].isalpha()
                and _half_footer(first)
                and is_footer(f"{first} {lines[index + 1].text.strip()}")
            ):
                gone[index] = gone[index + 1] = True


def _half_footer(text: str) -> bool:
    return text.casefold().startswith(
        ("verzonden", "verstuurd", "sent ", "envoyé", "enviado", "gesendet", "wysłan", "outlook")
    )


def _cut_hinted(lines: Sequence[Line], gone: list[bool]) -> None:
    """What the client's markup calls a signature, unless it reads like a text that somebody wrote into it."""
    hinted = [index for index, line in enumerate(lines) if line.hint is Hint.SIGNATURE]
    written = [index for index in hinted if not lines[index].blank]
    if not written or len(written) > _MOST_HINTED:
        return
    if any("?" in lines[index].text and not _CONTACT.search(lines[index].text) for index in written):
        return
    if any(_POSTSCRIPT.match(lines[index].text) for index in written):
        return
    for index in hinted:
        gone[index] = True


def _cut_separated(lines: Sequence[Line], gone: list[bool]) -> None:
    """RFC 3676 §4.3: "-- " on a line of its own. Without the blank, dashes may be a person's; then what follows
    must be short and hold no question."""
    written = 0
    for index in range(len(lines) - 1, -1, -1):
        line = lines[index]
        if written > _MOST_AFTER_SEPARATOR:
            return
        written += not line.blank and not gone[index]
        if gone[index] or line.text.rstrip() not in {"--", "---", "—", "__", "___"}:
            continue
        after = [other for other in range(index + 1, len(lines)) if not lines[other].blank and not gone[other]]
        exact = line.text == "-- "
        if len(after) > (_MOST_AFTER_SEPARATOR if exact else _MOST_AFTER_DASHES):
            continue
        texts = [lines[other].text for other in after]
        if not exact and any("?" in text or len(text) > _LONGEST_LINE or _sentence(text) for text in texts):
            continue
        end = next((other for other in after if _POSTSCRIPT.match(lines[other].text)), len(lines))
        gone[index:end] = [True] * (end - index)


def _sentence(text: str) -> bool:
    words = {word.strip(".,!").casefold() for word in text.split()}
    return len(words) > 3 and bool(words & _SPOKEN)


def _cut_disclaimers(lines: Sequence[Line], gone: list[bool]) -> None:
    start_of_paragraph = True
    cutting = False
    for index, line in enumerate(lines):
        if line.blank:
            start_of_paragraph, cutting = True, False
            continue
        if start_of_paragraph and index:
            opening = line.text[:120].casefold().strip(_TRIM + "#=|>\"'")
            cutting = opening.startswith(closings.DISCLAIMERS)
        gone[index] = gone[index] or cutting
        start_of_paragraph = False


def _cut_closing(lines: Sequence[Line], gone: list[bool]) -> None:
    """A greeting with nothing but names, numbers and addresses behind it.

    What follows behind an empty line and is not such a line (a P.S.) stays, and so does everything where such a line
    follows at once: then the greeting was no greeting.
    """
    tried = 0
    for index in range(len(lines) - 1, -1, -1):
        line = lines[index]
        if gone[index] or len(line.text) > _LONGEST_LINE or tried >= _MOST_CLOSINGS:
            continue
        thanks = _bare(line.text) in _THANKS_SET
        if not thanks and not _is_closing(line.text):
            continue
        tried += 1
        end = _end_of_signature(lines, gone, index, strict=thanks)
        if end < 0 or (thanks and all(lines[other].blank or gone[other] for other in range(index + 1, end))):
            continue
        start = index + 1 if thanks else index
        gone[start:end] = [True] * (end - start)


def _bare(text: str) -> str:
    return " ".join(text.casefold().split()).strip(_TRIM)


def _is_closing(text: str) -> bool:
    bare = _bare(text)
    if bare in _CLOSING_SET:
        return True
    for closing in _CLOSING_STARTS:
        if bare.startswith(closing) and bare[len(closing) : len(closing) + 1] in {" ", ","}:
            position = text.casefold().find(closing) + len(closing)
            rest = text[position:].strip(_TRIM)
            return 0 < len(rest) <= 50 and _name_like(rest)
    return False


def _end_of_signature(lines: Sequence[Line], gone: Sequence[bool], index: int, *, strict: bool) -> int:
    """Index behind the signature that begins at ``index``, or -1 where what follows is text."""
    end = index + 1
    count = 0
    blank_before = False
    for other in range(index + 1, len(lines)):
        line = lines[other]
        if gone[other]:
            continue
        if line.blank:
            blank_before = True
            continue
        first = count == 0
        like = _signature_like(line.text, first=first and not strict, follows=not blank_before and not first)
        if not like:
            return end if blank_before else -1
        count += 1
        if count > _MOST_SIGNATURE:
            return -1
        end, blank_before = other + 1, False
    return end


def _signature_like(text: str, *, first: bool, follows: bool) -> bool:
    stripped = text.strip()
    if _POSTSCRIPT.match(stripped) or "?" in stripped or len(stripped) > _LONGEST_LINE:
        return False
    words = [word.casefold().strip(".,()") for word in stripped.split()]
    if _CONTACT.search(stripped) and len(words) <= 12:
        return not (set(words) & _SPOKEN and len(words) > 5)
    if _name_like(stripped) or not any(char.isalnum() for char in stripped):
        return True
    if set(words) & _SPOKEN or stripped.endswith((".", "!", ":", ";")):
        return False
    if first and len(words) <= 2:
        return True  # "groetjes" / "karin": not everybody writes capitals
    return follows and len(words) <= 5 and len(stripped) <= 45 and not stripped[:1].islower()


def _name_like(text: str) -> bool:
    """Whether words are a name: capitals and particles, no verb ("Karin de Boer, moeder van Sem (groep 5)")."""
    words = [word.strip(".,()'’\"*_&+-/|") for word in text.split()]
    words = [word for word in words if word]
    if not words or len(words) > 10 or text.rstrip().endswith(("!", ":")):
        return False
    if any(word.casefold() in _SPOKEN for word in words):
        return False
    named = [word for word in words if word[0].isupper() or not word[0].isalpha() or not _cased(word)]
    others = [word for word in words if word not in named and word.casefold() not in closings.PARTICLES]
    caseless = sum(1 for word in words if word[0].isalpha() and not _cased(word))
    return not others and bool(named) and caseless <= 3


def _cased(word: str) -> bool:
    return word.lower() != word.upper()
