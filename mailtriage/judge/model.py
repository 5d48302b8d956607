"""The classifier: from features to probabilities.

Two floors (Wolpert 1992, stacked generalisation). On the first, linear classifiers over hashed n-grams: one set reads
each sentence (which category does it decide, if any; which flag does it set), one the newest text as a whole. On the
second, logistic regressions join their scores, the best sentence and simple facts of form into a category and flags;
they are fitted on scores for voices that the first floor did not see. The probabilities of the category are
sharpened or softened by one temperature (Guo et al. 2017).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from mailtriage.judge.features import Reading, document_columns, rows, sentence_columns
from mailtriage.records import CATEGORIES, FLAGS, Category, Flag

Floats = NDArray[np.float64]

HEADS = len(CATEGORIES) + len(FLAGS)
"""Linear classifiers on each part of the first floor: a category each, a flag each."""

_FORM_FACTS = 4
FACTS = HEADS * 6 + _FORM_FACTS
"""What the second floor is told of a message; see ``_facts``."""


@dataclass(frozen=True, slots=True)
class Linear:
    """Linear classifiers on hashed features: ``weights`` (columns, heads), ``bias`` (heads), ``idf`` (columns)."""

    idf: NDArray[np.float32]
    weights: NDArray[np.float32]
    bias: Floats

    def scores(self, counts: csr_matrix) -> Floats:
        """Log-odds (rows, heads) for rows of damped counts."""
        return np.asarray(weighted(counts, self.idf) @ self.weights, dtype=np.float64) + self.bias


@dataclass(frozen=True, slots=True)
class Joint:
    """A logistic regression on standardised facts: ``weights`` (outputs, facts), ``bias`` (outputs)."""

    mean: Floats
    scale: Floats
    weights: Floats
    bias: Floats

    def scores(self, facts: Floats) -> Floats:
        """Log-odds (rows, outputs)."""
        return ((facts - self.mean) / self.scale) @ self.weights.T + self.bias


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When the judge is sure, and when a flag is set. All are probabilities.

    A mail is substantive with confidence from ``substantive_at_least`` on. It is simple with confidence where the
    best simple category has ``category_at_least`` and the probability of being substantive is ``simple_at_most``.
    """

    category_at_least: float
    simple_at_most: float
    substantive_at_least: float
    flags: Mapping[Flag, float]


@dataclass(frozen=True, slots=True)
class Model:
    """A trained classifier: plain arrays and numbers."""

    name: str
    sentence: Linear
    document: Linear
    category: Joint
    flag: Joint
    temperature: float
    thresholds: Thresholds


@dataclass(frozen=True, slots=True)
class Scored:
    """What the model makes of one reading: probabilities, and the scores of each sentence (sentences, heads)."""

    probabilities: Mapping[Category, float]
    flags: Mapping[Flag, float]
    by_sentence: Floats


def weighted(counts: csr_matrix, idf: NDArray[np.float32]) -> csr_matrix:
    """Counts times inverse document frequency, each row of length 1 (Euclid)."""
    data = counts.data * idf[counts.indices]
    owner = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    norms = np.sqrt(np.bincount(owner, weights=data**2, minlength=counts.shape[0]))
    norms[norms == 0] = 1.0
    return csr_matrix((data / norms[owner], counts.indices, counts.indptr), shape=counts.shape)


def score(model: Model, readings: Sequence[Reading]) -> list[Scored]:
    """Scores for readings, in their order."""
    if not readings:
        return []
    by_sentence = model.sentence.scores(sentence_rows(readings))
    by_document = model.document.scores(document_rows(readings))
    facts, spans = join(readings, by_sentence, by_document)
    categories = softmax(model.category.scores(facts) / model.temperature)
    flags = sigmoid(model.flag.scores(facts))
    return [
        Scored(
            probabilities={name: float(value) for name, value in zip(CATEGORIES, categories[at], strict=True)},
            flags={name: float(value) for name, value in zip(FLAGS, flags[at], strict=True)},
            by_sentence=by_sentence[start:end],
        )
        for at, (start, end) in enumerate(spans)
    ]


def sentence_rows(readings: Sequence[Reading]) -> csr_matrix:
    """One row for each sentence of each reading."""
    return rows(sentence_columns(reading, at) for reading in readings for at in range(len(reading.words)))


def document_rows(readings: Sequence[Reading]) -> csr_matrix:
    """One row for each reading."""
    return rows(document_columns(reading) for reading in readings)


def join(readings: Sequence[Reading], by_sentence: Floats, by_document: Floats) -> tuple[Floats, list[tuple[int, int]]]:
    """The facts of the second floor (readings, facts), and which rows of ``by_sentence`` belong to each reading."""
    spans: list[tuple[int, int]] = []
    facts: list[Floats] = []
    start = 0
    for at, reading in enumerate(readings):
        end = start + len(reading.words)
        spans.append((start, end))
        facts.append(_facts(reading, by_sentence[start:end], by_document[at]))
        start = end
    return np.array(facts), spans


def _facts(reading: Reading, sentence: Floats, document: Floats) -> Floats:
    """What is known of one reading: document scores; the best, first, last, mean and sum over its sentences; form."""
    certain = sigmoid(sentence)
    questions = sum("?" in one.text or "؟" in one.text for one in reading.sentences)
    form = [np.log(len(reading.words)), questions, np.log1p(reading.length), float(reading.reply)]
    return np.concatenate(
        [document, sentence.max(0), certain.sum(0), sentence[-1], sentence[0], sentence.mean(0), np.array(form)]
    )


def sigmoid(scores: Floats) -> Floats:
    """Log-odds to probabilities."""
    out: Floats = 0.5 * (1.0 + np.tanh(0.5 * scores))
    return out


def softmax(scores: Floats) -> Floats:
    """Rows of scores to rows of probabilities."""
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    out: Floats = shifted / shifted.sum(axis=1, keepdims=True)
    return out
