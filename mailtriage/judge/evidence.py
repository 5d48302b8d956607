"""Why: the deciding sentence, and the words in it that weighed most."""

from __future__ import annotations

from functools import cached_property
from itertools import chain, pairwise

import numpy as np

from mailtriage.judge.features import Reading, pair_column, sentence_columns, word_columns
from mailtriage.judge.model import Floats, Linear
from mailtriage.judge.words import tokens
from mailtriage.records import Clue

MOST = 5
_LEAST = 0.05
"""Log-odds below which a word is noise."""


def clues(linear: Linear, reading: Reading, at: int, head: int, about: str, most: int = MOST) -> tuple[Clue, ...]:
    """The words of sentence ``at`` that spoke most for ``head``, as they are written there, heaviest first."""
    weights = _weights(linear, reading, at, head)
    ranked = sorted(weights.items(), key=lambda item: (-item[1], item[0]))
    written = _Written(reading.sentences[at].text)
    chosen: list[Clue] = []
    for text, value in ranked:
        if value <= _LEAST or len(chosen) == most:
            break
        if not any(text in clue.clue or clue.clue in text for clue in chosen):
            chosen.append(Clue(written.of(text), round(value, 3), about))
    return tuple(chosen)


def _weights(linear: Linear, reading: Reading, at: int, head: int) -> dict[str, float]:
    """What each word of a sentence added to the score of ``head``, and each pair of words that says more together."""
    every = np.unique(sentence_columns(reading, at))
    length = float(np.sqrt((linear.idf[every] ** 2).sum())) or 1.0
    words = list(reading.words[at])
    telling = [word for word in dict.fromkeys(words) if any(sign.isalnum() for sign in word)]
    pairs = [(one, two) for one, two in pairwise(words) if one in telling and two in telling]
    parts = [*(word_columns(word) for word in telling), *((pair_column(*pair),) for pair in pairs)]
    if not parts:
        return {}
    columns = np.fromiter(chain.from_iterable(parts), dtype=np.int64)
    starts = np.cumsum([0, *map(len, parts[:-1])])
    sums = np.add.reduceat(linear.idf[columns] * linear.weights[columns, head], starts) / length
    found = {word: float(value) for word, value in zip(telling, sums, strict=False)}
    joint = zip(pairs, sums[len(telling) :], strict=True)
    together = {f"{one} {two}": float(value) + found[one] + found[two] for (one, two), value in joint if value > _LEAST}
    return found | together


def deciding(by_sentence: Floats, head: int) -> int:
    """Which sentence speaks most for ``head``; the first of equals."""
    return int(by_sentence[:, head].argmax())


class _Written:
    """The words of a sentence with their capitals and diacritics."""

    def __init__(self, sentence: str) -> None:
        self._sentence = sentence

    def of(self, clue: str) -> str:
        """A clue as it is written in the sentence."""
        wanted = clue.split(" ")
        for start in range(len(self._words) - len(wanted) + 1):
            window = self._words[start : start + len(wanted)]
            if list(chain.from_iterable(found for _, found in window))[: len(wanted)] == wanted:
                return " ".join(word for word, _ in window).strip(".,;:!?()\"'")
        return clue

    @cached_property
    def _words(self) -> list[tuple[str, list[str]]]:
        return [(word, tokens(word)) for word in self._sentence.split()]
