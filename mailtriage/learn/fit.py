"""Fitting the classifier of ``mailtriage.judge.model``.

The second floor must see scores as the first floor gives them for strangers, so it is fitted on scores for voices
that the first floor was not trained on. Everything is seeded: the same data give the same model.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.neural_network import MLPClassifier

from mailtriage.judge.facts import FACTS
from mailtriage.judge.facts import facts_of as facts_from
from mailtriage.judge.features import Reading, read
from mailtriage.judge.language import FAMILIAR
from mailtriage.judge.model import (
    Joint,
    Linear,
    Model,
    Thresholds,
    document_rows,
    sentence_rows,
    standardised,
)
from mailtriage.judge.odds import Floats, tempered
from mailtriage.judge.words import tokens
from mailtriage.learn.corpus import Example, require_variety
from mailtriage.learn.thresholds import choose_temperature, choose_thresholds
from mailtriage.records import CATEGORIES, FLAGS

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Recipe:
    """What training can vary. The values are those that won; ``docs/experiments.md`` has the figures."""

    sentence_c: float = 40.0
    document_c: float = 150.0
    hidden: int = 24
    alpha: float = 3.0
    epochs: int = 60
    nets: int = 5
    min_documents: int = 2
    folds: int = 4


DEFAULT = Recipe()


@dataclass(frozen=True, slots=True)
class Prepared:
    """Examples turned into numbers once, for many fits.

    ``owner`` gives for each sentence row its example. Targets have a column for each head: True where the sentence
    (the document) decides that category or sets that flag. ``voices`` are the groups that validation keeps together.
    """

    readings: list[Reading]
    sentences: csr_matrix
    documents: csr_matrix
    owner: Ints
    sentence_targets: NDArray[np.bool_]
    document_targets: NDArray[np.bool_]
    voices: NDArray[np.str_]
    weights: Floats

    def part(self, chosen: Ints) -> tuple[NDArray[np.bool_], list[Reading]]:
        """Which sentence rows belong to the chosen examples (ascending), and their readings."""
        return np.isin(self.owner, chosen), [self.readings[at] for at in chosen]


def prepare(examples: Sequence[Example]) -> Prepared:
    """Read the examples as prediction reads messages, and find the sentences that decide."""
    readings = [read(example.message) for example in examples]
    owner = np.repeat(np.arange(len(readings)), [len(reading.words) for reading in readings])
    targets = [row for example, reading in zip(examples, readings, strict=True) for row in _decide(example, reading)]
    documents = [
        [example.category is category for category in CATEGORIES] + [flag in example.flags for flag in FLAGS]
        for example in examples
    ]
    return Prepared(
        readings=readings,
        sentences=sentence_rows(readings),
        documents=document_rows(readings),
        owner=owner.astype(np.int64),
        sentence_targets=np.array(targets, dtype=bool),
        document_targets=np.array(documents, dtype=bool),
        voices=np.array([example.writer for example in examples]),
        weights=np.array([example.weight for example in examples]),
    )


def _decide(example: Example, reading: Reading) -> Iterator[list[bool]]:
    """For each sentence: which heads it answers for."""
    deciding = _inside(example.span, example.message.newest, reading)
    flagged = {flag: _inside(example.flag_spans.get(flag, ""), example.message.newest, reading) for flag in FLAGS}
    for at in range(len(reading.words)):
        yield [deciding[at] and example.category is category for category in CATEGORIES] + [
            flagged[flag][at] and flag in example.flags for flag in FLAGS
        ]


def _inside(span: str, text: str, reading: Reading) -> list[bool]:
    """Which sentences the marked words cover for the most part; the nearest one where none is; none without marks."""
    if not span:
        return [False] * len(reading.words)
    pattern = r"\s+".join(re.escape(word) for word in span.split())
    match = re.search(pattern, text)
    start, end = match.span() if match else (0, 0)
    shares = []
    wanted = set(tokens(span))
    for sentence, words in zip(reading.sentences, reading.words, strict=True):
        if match:
            common = min(end, sentence.start + len(sentence.text)) - max(start, sentence.start)
            shares.append(max(common, 0) / max(len(sentence.text), 1))
        else:
            shares.append(len(wanted & set(words)) / max(len(set(words)), 1))
    best = int(np.argmax(shares))
    return [share > 0.5 or (at == best and share > 0) for at, share in enumerate(shares)]


def fit_linear(counts: csr_matrix, targets: NDArray[np.bool_], weights: Floats, c: float, *, rare: int) -> Linear:
    """One linear classifier for each column of ``targets``; features in fewer than ``rare`` rows are left out."""
    frequency = np.bincount(counts.indices, minlength=counts.shape[1])
    known = np.flatnonzero(frequency >= rare).astype(np.int32)
    idf = (np.log((1 + counts.shape[0]) / (1 + frequency[known])) + 1).astype(np.float32)
    weights_of = np.zeros((len(known), targets.shape[1]), dtype=np.float32)
    bias = np.full(targets.shape[1], -6.0)
    values = Linear(known, idf, weights_of, bias).weighted(counts)[0][:, : len(known)]
    for head in range(targets.shape[1]):
        if targets[:, head].any() and not targets[:, head].all():
            # The dual problem gives the same scores six times as fast: there are more features than sentences.
            classifier = LogisticRegression(
                C=c, solver="liblinear", dual=True, tol=0.01, max_iter=1000, class_weight="balanced", random_state=0
            )
            classifier.fit(values, targets[:, head], sample_weight=weights)
            weights_of[:, head] = classifier.coef_[0]
            bias[head] = classifier.intercept_[0]
    return Linear(known, idf, weights_of, bias)


def first_floor(data: Prepared, train: Ints, recipe: Recipe) -> tuple[Linear, Linear]:
    """Sentence and document classifiers for the examples ``train``."""
    rows, _ = data.part(train)
    weights = data.weights[data.owner[rows]]
    rare = recipe.min_documents
    sentence = fit_linear(data.sentences[rows], data.sentence_targets[rows], weights, recipe.sentence_c, rare=rare)
    document = fit_linear(
        data.documents[train], data.document_targets[train], data.weights[train], recipe.document_c, rare=rare
    )
    return sentence, document


def facts_of(data: Prepared, floor: tuple[Linear, Linear], chosen: Ints) -> Floats:
    """The second floor's facts for the examples ``chosen``."""
    rows, readings = data.part(chosen)
    return facts_from(readings, floor[0].scores(data.sentences[rows]), floor[1].scores(data.documents[chosen]))


def folds(voices: NDArray[np.str_], count: int) -> Iterator[tuple[Ints, Ints]]:
    """Splits that leave whole voices out."""
    splits = min(count, len(set(voices.tolist())))
    for train, test in GroupKFold(n_splits=splits).split(voices, groups=voices):
        yield np.sort(train), np.sort(test)


def strangers_facts(data: Prepared, train: Ints, recipe: Recipe, jobs: int) -> Floats:
    """Facts for the examples ``train``, each from a first floor that did not see its voice."""

    def one(inner: Ints, outer: Ints) -> tuple[Ints, Floats]:
        floor = first_floor(data, train[inner], recipe)
        return outer, facts_of(data, floor, train[outer])

    facts = np.zeros((len(train), FACTS))
    tasks = (delayed(one)(inner, outer) for inner, outer in folds(data.voices[train], recipe.folds))
    for outer, found in Parallel(n_jobs=jobs)(tasks):
        facts[outer] = found
    return facts


def fit_joint(facts: Floats, targets: NDArray[Any], recipe: Recipe) -> Joint:
    """Networks on standardised facts: for classes (a number each), or for flags (a column each)."""
    mean, scale = facts.mean(0), facts.std(0) + 1e-6
    known = standardised(facts, mean, scale)
    nets = [
        MLPClassifier(
            (recipe.hidden,), alpha=recipe.alpha, max_iter=recipe.epochs, learning_rate_init=3e-3, random_state=seed
        )
        for seed in range(recipe.nets)
    ]
    with warnings.catch_warnings():
        # The number of epochs is chosen; that the loss could fall further is known.
        warnings.simplefilter("ignore", ConvergenceWarning)
        for net in nets:
            net.fit(known, targets)
    return Joint(
        mean=mean,
        scale=scale,
        inner=np.array([net.coefs_[0] for net in nets]),
        inner_bias=np.array([net.intercepts_[0] for net in nets]),
        outer=np.array([net.coefs_[1] for net in nets]),
        outer_bias=np.array([net.intercepts_[1] for net in nets]),
        exclusive=targets.ndim == 1,
    )


def fit_prepared(data: Prepared, train: Ints, recipe: Recipe, *, name: str, jobs: int = 1) -> Model:
    """A whole model on the examples ``train``."""
    facts = strangers_facts(data, train, recipe, jobs)
    labels = data.document_targets[train][:, : len(CATEGORIES)].argmax(1)
    flags = data.document_targets[train][:, len(CATEGORIES) :]
    voices = data.voices[train]
    likely = np.zeros((len(train), len(CATEGORIES)))
    flag_likely = np.zeros((len(train), len(FLAGS)))
    for inner, outer in folds(voices, recipe.folds):
        likely[outer] = fit_joint(facts[inner], labels[inner], recipe).probabilities(facts[outer])
        flag_likely[outer] = fit_joint(facts[inner], flags[inner], recipe).probabilities(facts[outer])
    temperature = choose_temperature(likely, labels)
    sentence, document = first_floor(data, train, recipe)
    return Model(
        name=name,
        sentence=sentence,
        document=document,
        category=fit_joint(facts, labels, recipe),
        flag=fit_joint(facts, flags, recipe),
        temperature=temperature,
        thresholds=choose_thresholds(
            tempered(likely, temperature),
            labels,
            flag_likely,
            flags,
            np.array([data.readings[at].language in FAMILIAR for at in train]),
        ),
    )


def fit(examples: Sequence[Example], *, name: str, recipe: Recipe = DEFAULT, jobs: int = 1) -> Model:
    """Train a model on all examples.

    Raises:
        TrainingDataError: a category is missing, or there are fewer than two voices.
    """
    require_variety(examples)
    data = prepare(examples)
    return fit_prepared(data, np.arange(len(examples)), recipe, name=name, jobs=jobs)


__all__ = ["Prepared", "Recipe", "Thresholds", "fit", "fit_prepared", "folds", "prepare"]
