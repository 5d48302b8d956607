"""Why: the deciding sentence, and the words in it that weighed most."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain, pairwise

import numpy as np

from mailtriage.judge.features import Reading, pair_column, word_columns
from mailtriage.judge.model import Linear, Scored
from mailtriage.judge.odds import Floats
from mailtriage.judge.words import tokens
from mailtriage.records import Clue

MOST = 5
_LEAST = 0.05
"""Log-odds below which a word is noise."""


def clues(linear: Linear, reading: Reading, scored: Scored, at: int, head: int, about: str) -> tuple[Clue, ...]:
    """The words of sentence ``at`` that spoke most for ``head``, as they are written there, heaviest first."""
    weights = _weights(linear, reading.words[at], float(scored.lengths[at]), head)
    ranked = sorted((-value, text) for text, value in weights.items() if value > _LEAST)
    written = _Written(reading.sentences[at].text)
    chosen: list[Clue] = []
    for value, text in ranked:
        if len(chosen) == MOST:
            break
        if not any(text in clue.clue or clue.clue in text for clue in chosen):
            chosen.append(Clue(written.of(text), round(-value, 3), about))
    return tuple(chosen)


def _weights(linear: Linear, words: Sequence[str], length: float, head: int) -> dict[str, float]:
    """What each word of a sentence added to the score of ``head``, and each pair of words that says more together."""
    telling = {word: None for word in words if any(map(str.isalnum, word))}
    pairs = [(one, two) for one, two in pairwise(words) if one in telling and two in telling]
    if not telling:
        return {}
    parts = [word_columns(word) for word in telling]
    columns = np.concatenate([*parts, np.array([pair_column(*pair) for pair in pairs], dtype=np.int32)])
    lengths = [*map(len, parts), *(1 for _ in pairs)]
    starts = np.cumsum([0, *lengths[:-1]])
    sums = np.add.reduceat(linear.parts(columns, head), starts) / length
    found = dict(zip(telling, sums.tolist(), strict=False))
    joint = zip(pairs, sums[len(telling) :].tolist(), strict=True)
    together = {f"{one} {two}": value + found[one] + found[two] for (one, two), value in joint if value > _LEAST}
    return found | together


def deciding(by_sentence: Floats, head: int) -> int:
    """Which sentence speaks most for ``head``; the first of equals."""
    return int(by_sentence[:, head].argmax())


class _Written:
    """The words of a sentence with their capitals and diacritics."""

    def __init__(self, sentence: str) -> None:
        self._written = sentence.split()
        parts = [_parts(word) for word in self._written]
        self._tokens = list(chain.from_iterable(parts))
        self._owner = [at for at, part in enumerate(parts) for _ in part]

    def of(self, clue: str) -> str:
        """A clue as it is written in the sentence."""
        wanted = clue.split(" ")
        for start, token in enumerate(self._tokens):
            if token == wanted[0] and self._tokens[start : start + len(wanted)] == wanted:
                first, last = self._owner[start], self._owner[start + len(wanted) - 1]
                return " ".join(self._written[first : last + 1]).strip(".,;:!?()\"'")
        return clue


@lru_cache(maxsize=100_000)
def _parts(word: str) -> tuple[str, ...]:
    """The tokens of what stands between blanks."""
    return tuple(tokens(word))
