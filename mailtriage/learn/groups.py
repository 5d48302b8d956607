"""Into which groups mail falls: languages, voices, lengths, and on a border of the labels or not."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from mailtriage.judge.language import FAMILIAR, language_of
from mailtriage.learn.corpus import Example

Chosen = NDArray[np.bool_]
Groups = dict[str, dict[str, Chosen]]
"""By dimension and by name: which of the examples belong to it."""

LENGTHS = ("under 30 words", "30-80 words", "over 80 words")
UNKNOWN = "unknown"


def groups_of(examples: Sequence[Example]) -> Groups:
    """The groups of examples: lengths in their order, else the larger ones first.

    Where there are both, Dutch and English stand beside all other languages together.

    A dimension of which the data say nothing is left out: voices where nobody named them, borders where none is marked.
    Where no language is given it is judged from the text.
    """
    dimensions: dict[str, Callable[[Example], str]] = {"language": language, "length": length}
    if len({family(one) for one in examples} - {UNKNOWN}) > 1:
        dimensions["languages"] = family
    if any(one.border for one in examples):
        dimensions["border"] = lambda one: "on a border" if one.border else "clear"
    if any(one.voice != one.id for one in examples):
        dimensions["voice"] = lambda one: one.voice if one.voice != one.id else UNKNOWN
    return {dimension: _parts([name(one) for one in examples]) for dimension, name in dimensions.items()}


def language(example: Example) -> str:
    """The language of a mail: as its data say, else as it is judged."""
    if example.language:
        return example.language
    return language_of(example.message.newest) if any(map(str.isalpha, example.message.newest)) else UNKNOWN


def family(example: Example) -> str:
    """Whether a mail is in one of the languages that most of the training data are in."""
    found = language(example)
    return UNKNOWN if found == UNKNOWN else "Dutch and English" if found in FAMILIAR else "all others"


def length(example: Example) -> str:
    """How long the newest text is."""
    words = len(example.message.newest.split())
    return LENGTHS[0] if words < 30 else LENGTHS[1] if words <= 80 else LENGTHS[2]


def _parts(names: Sequence[str]) -> dict[str, Chosen]:
    every = np.asarray(names, dtype=np.str_)
    found, counts = np.unique(every, return_counts=True)
    pairs = zip(found.tolist(), counts.tolist(), strict=True)
    ranked = sorted(pairs, key=lambda one: (LENGTHS.index(one[0]) if one[0] in LENGTHS else 0, -one[1], one[0]))
    return {name: every == name for name, _ in ranked}
