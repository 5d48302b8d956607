"""From predictions and truth to figures. All pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import precision_recall_fscore_support

from mailtriage.learn.corpus import Example
from mailtriage.learn.fit import Ints
from mailtriage.learn.validate import Predictions
from mailtriage.records import CATEGORIES, FLAGS, Category

_SUBSTANTIVE = CATEGORIES.index(Category.SUBSTANTIVE)
_BINS = 10


@dataclass(frozen=True, slots=True)
class Rates:
    """Precision, recall, F1, and how many there really are."""

    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True, slots=True)
class Figures:
    """How well mail was judged.

    ``missed``: share of substantive mail that is called simple with confidence. ``needless``: share of simple mail
    that is called substantive with confidence. ``calibration_error``: expected calibration error over ten bins (Guo
    et al. 2017).
    """

    count: int
    macro_f1: float
    accuracy: float
    accuracy_when_sure: float
    unsure: float
    missed: float
    needless: float
    calibration_error: float
    categories: dict[str, Rates]
    flags: dict[str, Rates]


def truth_of(examples: Sequence[Example]) -> Ints:
    """The right categories, as indexes into ``CATEGORIES``."""
    return np.array([CATEGORIES.index(example.category) for example in examples], dtype=np.int64)


def figures(examples: Sequence[Example], found: Predictions) -> Figures:
    """The figures for examples and what was predicted for them."""
    truth, best, sure = truth_of(examples), found.best, ~found.unsure
    right = best == truth
    substantive = truth == _SUBSTANTIVE
    rates = precision_recall_fscore_support(truth, best, labels=range(len(CATEGORIES)), zero_division=0)
    present = rates[3] > 0
    return Figures(
        count=len(truth),
        macro_f1=float(rates[2][present].mean()),
        accuracy=float(right.mean()),
        accuracy_when_sure=_share(right, sure),
        unsure=float(found.unsure.mean()),
        missed=_share(sure & (best != _SUBSTANTIVE), substantive),
        needless=_share(sure & (best == _SUBSTANTIVE), ~substantive),
        calibration_error=calibration_error(found.probabilities.max(1), right),
        categories={name.value: _rates(rates, at) for at, name in enumerate(CATEGORIES)},
        flags={flag.value: _flag_rates(examples, found, at) for at, flag in enumerate(FLAGS)},
    )


def calibration_error(confidence: np.ndarray, right: np.ndarray) -> float:
    """The mean distance between confidence and accuracy over bins of confidence, weighted by their size."""
    bins = np.clip((confidence * _BINS).astype(int), 0, _BINS - 1)
    total = 0.0
    for one in range(_BINS):
        inside = bins == one
        if inside.any():
            total += abs(float(right[inside].mean()) - float(confidence[inside].mean())) * float(inside.mean())
    return total


def _share(what: np.ndarray, among: np.ndarray) -> float:
    """The part of ``among`` for which ``what`` holds; 0 where there is none."""
    return float(what[among].mean()) if among.any() else 0.0


def _rates(rates: Sequence[np.ndarray], at: int) -> Rates:
    return Rates(float(rates[0][at]), float(rates[1][at]), float(rates[2][at]), int(rates[3][at]))


def _flag_rates(examples: Sequence[Example], found: Predictions, at: int) -> Rates:
    truth = np.array([FLAGS[at] in example.flags for example in examples])
    precision, recall, f1, _ = precision_recall_fscore_support(
        truth, found.flags[:, at], average="binary", zero_division=0
    )
    return Rates(float(precision), float(recall), float(f1), int(truth.sum()))
