"""The classifier: from features to probabilities.

Two floors (Wolpert 1992, stacked generalisation). On the first, linear classifiers over hashed n-grams: one set reads
each sentence (which category does it decide, if any; which flag does it set), one the newest text as a whole. On the
second, small networks join their scores, those of the best sentences, and simple facts of form into a category and
flags; they are fitted on scores for voices that the first floor did not see. The probabilities of the category are
sharpened or softened by one temperature (Guo et al. 2017).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from mailtriage.judge.features import Reading, asks, document_columns, rows, sentence_columns
from mailtriage.records import CATEGORIES, FLAGS, Category, Flag

Floats = NDArray[np.float64]

HEADS = len(CATEGORIES) + len(FLAGS)
"""Linear classifiers on each part of the first floor: a category each, a flag each."""

_FORM_FACTS = 10
FACTS = HEADS * 11 + _FORM_FACTS
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
    """Several small networks with one hidden layer, whose probabilities are averaged.

    ``mean`` and ``scale`` (facts) standardise. ``inner`` (nets, facts, hidden), ``inner_bias`` (nets, hidden),
    ``outer`` (nets, hidden, outputs) and ``outer_bias`` (nets, outputs) are the layers. Where ``exclusive``, the
    outputs are classes of which one holds; else each holds or not by itself.
    """

    mean: Floats
    scale: Floats
    inner: Floats
    inner_bias: Floats
    outer: Floats
    outer_bias: Floats
    exclusive: bool

    def probabilities(self, facts: Floats) -> Floats:
        """Probabilities (rows, outputs)."""
        known = standardised(facts, self.mean, self.scale)
        hidden = np.maximum(np.einsum("rf,nfh->nrh", known, self.inner) + self.inner_bias[:, None, :], 0.0)
        scores = np.einsum("nrh,nho->nro", hidden, self.outer) + self.outer_bias[:, None, :]
        found: Floats = (softmax(scores) if self.exclusive else sigmoid(scores)).mean(0)
        return found


def standardised(facts: Floats, mean: Floats, scale: Floats) -> Floats:
    """Facts around 0 with deviation 1; what lies far outside what training saw counts as its edge."""
    out: Floats = np.clip((facts - mean) / scale, -5.0, 5.0)
    return out


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
    categories = tempered(model.category.probabilities(facts), model.temperature)
    flags = model.flag.probabilities(facts)
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
    """What is known of one reading: scores of the document; of the best, second, first, last and strongest sentence,
    of the best question and the best statement; their mean and sums; and the form of the text."""
    questions = np.array([asks(one.text) for one in reading.sentences])
    ordered = np.sort(sentence, axis=0)[::-1]
    strongest = int(sentence[:, : len(CATEGORIES)].max(1).argmax())
    words = np.array([len(one) for one in reading.words])
    form = [
        np.log(len(words)),
        questions.sum(),
        np.log1p(reading.length),
        float(reading.reply),
        strongest / max(len(words) - 1, 1),
        words.sum(),
        words.max(),
        np.log1p(words.sum()),
        questions.mean(),
        float(questions[-1]),
    ]
    scores = [
        document,
        ordered[0],
        sigmoid(sentence).sum(0),
        sentence[-1],
        sentence[0],
        sentence.mean(0),
        ordered[1] if len(ordered) > 1 else ordered[0] - 3.0,
        _best(sentence[questions]),
        _best(sentence[~questions]),
        sentence[strongest],
        np.log(np.exp(np.clip(sentence, -30, 30)).sum(0)),
    ]
    return np.concatenate([*scores, np.array(form, dtype=np.float64)])


def _best(sentences: Floats) -> Floats:
    """The best score of each head over some sentences; a low one where there are none."""
    return sentences.max(0) if len(sentences) else np.full(HEADS, -6.0)


def tempered(probabilities: Floats, temperature: float) -> Floats:
    """Probabilities made sharper (below 1) or softer (above 1)."""
    return softmax(np.log(np.clip(probabilities, 1e-9, 1.0)) / temperature)


def sigmoid(scores: Floats) -> Floats:
    """Log-odds to probabilities."""
    out: Floats = 0.5 * (1.0 + np.tanh(0.5 * scores))
    return out


def softmax(scores: Floats) -> Floats:
    """Scores to probabilities along the last axis."""
    shifted = np.exp(scores - scores.max(axis=-1, keepdims=True))
    out: Floats = shifted / shifted.sum(axis=-1, keepdims=True)
    return out
