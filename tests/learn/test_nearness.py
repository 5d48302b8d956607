"""Mails that are nearly the same are found, and others are not."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

from mailtriage.learn.corpus import Example, load
from mailtriage.learn.nearness import near_pairs
from tests.learn.mails import write

_LONG = (
    "Beste juf Els, sinds de herfstvakantie komt onze dochter elke middag met buikpijn uit school. Zij vertelt dat de "
    "groep haar bij het buitenspelen buitensluit en dat niemand ingrijpt. Wij willen weten wat u daarvan heeft gezien."
)
_OTHER = (
    "Hoi meester, mogen de kinderen van de plusklas volgende week woensdag hun eigen laptop meenemen voor het project "
    "over de planeten, of zijn er genoeg chromebooks voor iedereen in het lokaal beneden?"
)


def of(tmp_path: Path, texts: Sequence[str]) -> list[Example]:
    """Mails with these texts, named by their place."""
    lines = [{"id": str(at), "label": "notice", "body": text} for at, text in enumerate(texts)]
    return load([write(tmp_path / "x.jsonl", lines)])


def test_copies_and_reworded_copies_are_found(tmp_path: Path) -> None:
    """Other capitals, digits, punctuation and a few other words leave a pair a pair; the nearest comes first."""
    reworded = _LONG.replace("dochter", "zoon").replace("Zij", "Hij").replace("herfstvakantie", "kerstvakantie")
    pairs = near_pairs(of(tmp_path, [_LONG, _OTHER, _LONG.upper() + " 12!!", reworded]))
    assert [(pair.first.id, pair.second.id) for pair in pairs] == [("0", "2"), ("0", "3"), ("2", "3")]
    assert pairs[0].resemblance == 1
    assert all(0.5 < pair.resemblance < 1 for pair in pairs[1:])


def test_mails_on_one_subject_are_no_pair(tmp_path: Path) -> None:
    """The same matter in other words is what the data are for."""
    same_matter = (
        "Dag juf, mag ik u iets vragen? Lotte wil al weken niet naar school, ze zegt dat ze in de pauze alleen staat "
        "en dat de andere meisjes haar wegsturen. Is dat u opgevallen?"
    )
    assert near_pairs(of(tmp_path, [_LONG, _OTHER, same_matter])) == []


def test_common_words_make_no_pair_among_many(tmp_path: Path) -> None:
    """A closing that everybody writes says nothing: among many mails it does not count, in a few it does."""
    chance = random.Random(3)  # noqa: S311 - the same texts each time
    closing = " Met vriendelijke groet en alvast hartelijk bedankt voor de moeite, namens ons allebei."
    texts = ["".join(chance.choices("abcdefghijkl ", k=50)) + closing for _ in range(60)]
    assert near_pairs(of(tmp_path, texts)) == []
    assert near_pairs(of(tmp_path, texts[:10])) != []


def test_short_answers_are_no_pair(tmp_path: Path) -> None:
    """`Ja hoor!` twice is no copy."""
    assert near_pairs(of(tmp_path, ["Ja hoor!", "Ja, hoor", _LONG])) == []


def test_few_or_empty_texts_are_no_crash(tmp_path: Path) -> None:
    """One mail has no pair; mails without a letter have no runs."""
    assert near_pairs(of(tmp_path, [_LONG])) == []
    assert near_pairs(of(tmp_path, ["12 34", "!!"])) == []
