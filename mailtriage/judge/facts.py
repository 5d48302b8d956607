"""What the second floor of the classifier is told of a message: scores of the first floor, and the form of the text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mailtriage.judge.features import Reading, asks
from mailtriage.judge.odds import Floats, sigmoid
from mailtriage.records import CATEGORIES, FLAGS

HEADS = len(CATEGORIES) + len(FLAGS)
"""Linear classifiers on each part of the first floor: a category each, a flag each."""

_BLOCKS = 11
_FORM_FACTS = 10
FACTS = HEADS * _BLOCKS + _FORM_FACTS
"""Columns of ``facts_of``."""

_NONE = -6.0
"""The score of the best sentence of a kind where there is none of that kind: a low one."""
_SECOND = 3.0
"""How far below the only sentence a second one counts."""

Ints = NDArray[np.int64]


def starts_of(readings: Sequence[Reading]) -> Ints:
    """The first sentence row of each reading, where rows are those of all readings in their order."""
    counts = np.fromiter((len(reading.words) for reading in readings), dtype=np.int64, count=len(readings))
    starts: Ints = np.cumsum(counts) - counts
    return starts


def facts_of(readings: Sequence[Reading], by_sentence: Floats, by_document: Floats) -> Floats:
    """The facts (readings, ``FACTS``).

    In blocks of a column a head: scores of the document; of the best sentence, the sum of the sentences' probabilities,
    the last, the first, the mean, the second best, the best question, the best statement, the sentence that is
    strongest in any category, and the logarithm of the summed odds. Then the form of the text.

    Args:
        readings: what was read.
        by_sentence: scores (sentences, heads) of the sentences of all readings, in their order.
        by_document: scores (readings, heads).
    """
    starts = starts_of(readings)
    ends = np.append(starts[1:], len(by_sentence))
    counts = (ends - starts)[:, None]
    asking = np.fromiter((asks(one.text) for each in readings for one in each.sentences), bool, len(by_sentence))
    best = np.maximum.reduceat(by_sentence, starts)
    strongest = _first_best(by_sentence[:, : len(CATEGORIES)].max(1), starts, counts[:, 0])
    blocks = [
        by_document,
        best,
        np.add.reduceat(sigmoid(by_sentence), starts),
        by_sentence[ends - 1],
        by_sentence[starts],
        np.add.reduceat(by_sentence, starts) / counts,
        np.where(counts > 1, _second_best(by_sentence, best, starts, counts[:, 0]), best - _SECOND),
        _best_of(by_sentence, asking, starts),
        _best_of(by_sentence, ~asking, starts),
        by_sentence[strongest],
        np.log(np.add.reduceat(np.exp(np.clip(by_sentence, -30, 30)), starts)),
    ]
    place = (strongest - starts) / np.maximum(counts[:, 0] - 1, 1)
    return np.hstack([*blocks, _form(readings, asking, starts, ends, place)])


def _form(readings: Sequence[Reading], asking: NDArray[np.bool_], starts: Ints, ends: Ints, place: Floats) -> Floats:
    """What the texts look like: how long, how many questions, a reply or not."""
    words = np.fromiter((len(one) for each in readings for one in each.words), np.float64, len(asking))
    total, questions = np.add.reduceat(words, starts), np.add.reduceat(asking.astype(np.float64), starts)
    count = (ends - starts).astype(np.float64)
    return np.column_stack(
        [
            np.log(count),
            questions,
            np.log1p([reading.length for reading in readings]),
            [float(reading.reply) for reading in readings],
            place,
            total,
            np.maximum.reduceat(words, starts),
            np.log1p(total),
            questions / count,
            asking[ends - 1],
        ]
    )


def _first_best(values: Floats, starts: Ints, counts: Ints) -> Ints:
    """The row with the greatest value of each reading; the first of equals."""
    at = np.flatnonzero(values == np.repeat(np.maximum.reduceat(values, starts), counts))
    found: Ints = at[np.searchsorted(at, starts)]
    return found


def _second_best(scores: Floats, best: Floats, starts: Ints, counts: Ints) -> Floats:
    """The second score of each head in each reading; equal to the best where two share it."""
    owner = np.repeat(np.arange(len(starts)), counts)
    is_best = scores == best[owner]
    below = np.maximum.reduceat(np.where(is_best, -np.inf, scores), starts)
    shared = np.add.reduceat(is_best.astype(np.int64), starts) > 1
    found: Floats = np.where(shared, best, below)
    return found


def _best_of(scores: Floats, chosen: NDArray[np.bool_], starts: Ints) -> Floats:
    """The best score of each head over the chosen sentences of each reading."""
    best = np.maximum.reduceat(np.where(chosen[:, None], scores, -np.inf), starts)
    found: Floats = np.where(np.isneginf(best), _NONE, best)
    return found
