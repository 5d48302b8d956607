"""The classifier: from features to probabilities.

Two floors (Wolpert 1992, stacked generalisation). On the first, linear classifiers over hashed n-grams: one set reads
each sentence (which category does it decide, if any; which flag does it set), one the newest text as a whole. On the
second, small networks join their scores, those of the best sentences, and simple facts of form into a category and
flags; they are fitted on scores for voices that the first floor did not see. The probabilities of the category are
sharpened or softened by one temperature (Guo et al. 2017).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from mailtriage.judge.facts import facts_of, starts_of
from mailtriage.judge.features import WIDTH, Reading, document_columns, rows, sentence_columns
from mailtriage.judge.odds import Floats, sigmoid, softmax, tempered
from mailtriage.records import CATEGORIES, FLAGS, Category, Flag


@dataclass(frozen=True, slots=True)
class Linear:
    """Linear classifiers on hashed features.

    ``columns`` (known, ascending) are those that say something; ``idf`` (known) and ``weights`` (known, heads) belong
    to them; ``bias`` (heads). Only these are held: the weights of all columns are too many for a processor's cache,
    which took a third of the time of a verdict.
    """

    columns: NDArray[np.int32]
    idf: NDArray[np.float32]
    weights: NDArray[np.float32]
    bias: Floats
    _place: NDArray[np.int32] = field(init=False, repr=False, compare=False)
    _idf: NDArray[np.float32] = field(init=False, repr=False, compare=False)
    _weights: NDArray[np.float32] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        place = np.full(WIDTH, len(self.columns), dtype=np.int32)
        place[self.columns] = np.arange(len(self.columns), dtype=np.int32)
        object.__setattr__(self, "_place", place)
        # A column that is not known has the last place, where nothing is said.
        object.__setattr__(self, "_idf", np.append(self.idf, np.float32(0)))
        object.__setattr__(self, "_weights", np.pad(self.weights, ((0, 1), (0, 0))))

    def weighted(self, counts: csr_matrix) -> tuple[csr_matrix, Floats]:
        """Counts times inverse document frequency, each row brought to length 1 (Euclid), and the lengths (rows).

        The columns are those that are known, in their order, and a last one for all others.
        """
        at = self._place[counts.indices]
        data = counts.data * self._idf[at]
        owner = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
        lengths = np.sqrt(np.bincount(owner, weights=data**2, minlength=counts.shape[0]))
        lengths[lengths == 0] = 1.0
        shape = (counts.shape[0], len(self._idf))
        return csr_matrix((data / lengths[owner], at, counts.indptr), shape=shape), lengths

    def parts(self, columns: NDArray[np.int32], head: int) -> NDArray[np.float32]:
        """What one occurrence of each column adds to the score of a head, before its row is brought to length 1."""
        at = self._place[columns]
        found: NDArray[np.float32] = self._idf[at] * self._weights[at, head]
        return found

    def scores(self, counts: csr_matrix) -> Floats:
        """Log-odds (rows, heads) for rows of damped counts."""
        return self.scores_and_lengths(counts)[0]

    def scores_and_lengths(self, counts: csr_matrix) -> tuple[Floats, Floats]:
        """Log-odds (rows, heads), and the length (rows) by which each row was divided."""
        values, lengths = self.weighted(counts)
        return np.asarray(values @ self._weights, dtype=np.float64) + self.bias, lengths


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
    best simple category has ``category_at_least`` and the probability of being substantive is ``simple_at_most``. In a
    language that is not ``FAMILIAR`` the best category must have ``elsewhere_at_least`` besides.
    """

    category_at_least: float
    simple_at_most: float
    substantive_at_least: float
    elsewhere_at_least: float
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
    """What the model makes of one reading: probabilities, the scores of each sentence (sentences, heads), and how long
    the row of weighted counts of each sentence was before it was brought to length 1."""

    probabilities: Mapping[Category, float]
    flags: Mapping[Flag, float]
    by_sentence: Floats
    lengths: Floats


def score(model: Model, readings: Sequence[Reading]) -> list[Scored]:
    """Scores for readings, in their order."""
    if not readings:
        return []
    by_sentence, lengths = model.sentence.scores_and_lengths(sentence_rows(readings))
    by_document = model.document.scores(document_rows(readings))
    facts = facts_of(readings, by_sentence, by_document)
    starts = starts_of(readings)
    spans = zip(starts, [*starts[1:], len(by_sentence)], strict=True)
    categories = tempered(model.category.probabilities(facts), model.temperature)
    flags = model.flag.probabilities(facts)
    return [
        Scored(
            probabilities={name: float(value) for name, value in zip(CATEGORIES, categories[at], strict=True)},
            flags={name: float(value) for name, value in zip(FLAGS, flags[at], strict=True)},
            by_sentence=by_sentence[start:end],
            lengths=lengths[start:end],
        )
        for at, (start, end) in enumerate(spans)
    ]


def sentence_rows(readings: Sequence[Reading]) -> csr_matrix:
    """One row for each sentence of each reading."""
    return rows(sentence_columns(reading, at) for reading in readings for at in range(len(reading.words)))


def document_rows(readings: Sequence[Reading]) -> csr_matrix:
    """One row for each reading."""
    return rows(document_columns(reading) for reading in readings)
