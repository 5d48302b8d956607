"""A small set of labelled mail: enough to train on in a second, with voices, writers, languages and flags."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

_SAID = {
    "yes_no": (
        "Mag {child} morgen trakteren op cake?",
        "Moeten de gymschoenen van {child} mee?",
        "Hoe laat begint de musical van {child}?",
    ),
    "appointment": (
        "Kan het tienminutengesprek over {child} ook op donderdag?",
        "Wanneer schikt een afspraak om over {child} te praten?",
        "Ik wil het gesprek over {child} graag verzetten naar vrijdag.",
    ),
    "notice": (
        "{child} is ziek en komt vandaag niet.",
        "Oma haalt {child} vandaag op.",
        "Het formulier van {child} zit in de bijlage.",
    ),
    "substantive": (
        "{child} wordt gepest en huilt elke avond, wat gaan jullie daaraan doen?",
        "Wij zijn het niet eens met het schooladvies van {child}.",
        "Waarom leert {child} nog steeds niet lezen? Wij maken ons zorgen.",
    ),
}
_VOICES = (
    ("kort", "{said}"),
    ("deftig", "Geachte juffrouw, {said} Met de meeste hoogachting."),
    ("vrolijk", "Hoi juf! {said} Groetjes en een fijne dag!"),
    ("druk", "even snel: {said} sorry voor de haast"),
    ("oma", "Dag meester, ik ben de oma. {said} Dank u wel hoor."),
    ("breed", "Beste meester, wij hopen dat het goed gaat met de klas en met u. {said} Alvast bedankt, tot gauw."),
)
VOICES = tuple(one[0] for one in _VOICES)
_CHILDREN = ("Noor", "Bram", "Aylin")


def mails(voices: Sequence[str] = VOICES, *, prefix: str = "") -> list[dict[str, Any]]:
    """Labelled mails as they stand in a file, one voice after the other; some are urgent, rude or on a border."""
    found = []
    for voice, frame in _VOICES:
        if voice not in voices:
            continue
        for label, texts in _SAID.items():
            for number, text in enumerate(texts):
                said = text.format(child=_CHILDREN[number])
                urgent = "haalt" in said
                found.append(
                    {
                        "id": f"{prefix}{voice}-{label}-{number}",
                        "subject": _CHILDREN[number],
                        "body": frame.format(said=said),
                        "label": label,
                        "flags": ["urgent"] if urgent else [],
                        "lang": "nl",
                        "voice": voice,
                        "writer": voice,
                        "span": said,
                        "flag_spans": {"urgent": said} if urgent else {},
                        "border": number == 2,
                    }
                )
    return found


def write(path: Path, lines: Iterable[Mapping[str, Any] | str]) -> Path:
    """A JSONL file of these lines; returns its path."""
    texts = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines]
    path.write_text("".join(f"{text}\n" for text in texts), "utf-8")
    return path
