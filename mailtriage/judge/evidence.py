"""Why: the deciding sentence, and the words in it that weighed most."""

from __future__ import annotations

from itertools import pairwise

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
    columns = np.asarray(sorted(set(sentence_columns(reading, at))))
    length = float(np.sqrt((linear.idf[columns] ** 2).sum())) or 1.0

    def weight(of: tuple[int, ...]) -> float:
        at_columns = list(of)
        return float(linear.idf[at_columns] @ linear.weights[at_columns, head]) / length

    words = reading.words[at]
    found = {word: weight(word_columns(word)) for word in words if any(sign.isalnum() for sign in word)}
    for first, second in pairwise(words):
        joint = weight((pair_column(first, second),))
        if joint > _LEAST and first in found and second in found:
            found[f"{first} {second}"] = joint + found[first] + found[second]
    ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    chosen: list[Clue] = []
    for text, value in ranked:
        if value <= _LEAST or len(chosen) == most:
            break
        if not any(text in clue.clue or clue.clue in text for clue in chosen):
            chosen.append(Clue(_as_written(text, reading.sentences[at].text), round(value, 3), about))
    return tuple(chosen)


def deciding(by_sentence: Floats, head: int) -> int:
    """Which sentence speaks most for ``head``; the first of equals."""
    return int(by_sentence[:, head].argmax())


def _as_written(clue: str, sentence: str) -> str:
    """The words of a clue with their capitals and diacritics."""
    wanted = clue.split(" ")
    written = sentence.split()
    for start in range(len(written) - len(wanted) + 1):
        window = written[start : start + len(wanted)]
        if [token for word in window for token in tokens(word)][: len(wanted)] == wanted:
            return " ".join(window).strip(".,;:!?()\"'")
    return clue
