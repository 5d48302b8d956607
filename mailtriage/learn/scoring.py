"""From predictions and truth to figures. All pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mailtriage.judge.odds import Floats
from mailtriage.learn import sums as at
from mailtriage.learn.corpus import Example
from mailtriage.learn.sums import ROUNDS, resampled, sums_of, truth_of
from mailtriage.learn.validate import Predictions
from mailtriage.records import CATEGORIES, FLAGS

_N = len(CATEGORIES)
_EDGES = (2.5, 97.5)
"""Percentiles of a 95% interval."""


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
    that is called substantive with confidence. ``wrong_and_sure``: share of all mail that gets a wrong category with
    confidence. ``calibration_error``: expected calibration error over ten bins (Guo et al. 2017). ``macro_f1`` counts
    the categories that occur. ``confusion`` has a row for each right category and a column for each guessed one.
    ``intervals`` holds 95% bootstrap intervals by the name of a figure (``macro_f1``, ``urgent.recall``); empty where
    there is too little to resample.
    """

    count: int
    macro_f1: float
    accuracy: float
    accuracy_when_sure: float
    unsure: float
    wrong_and_sure: float
    missed: float
    needless: float
    calibration_error: float
    categories: dict[str, Rates]
    flags: dict[str, Rates]
    confusion: list[list[int]] = field(default_factory=list)
    intervals: dict[str, tuple[float, float]] = field(default_factory=dict)


def figures(examples: Sequence[Example], found: Predictions, *, rounds: int = ROUNDS) -> Figures:
    """The figures for examples and what was predicted for them.

    Args:
        examples: with the right answers; at least one.
        found: the answers given, in the same order.
        rounds: of the bootstrap; 0 for no intervals. Voices are resampled where there are five or more, else mails.
    """
    rows = sums_of(examples, found)
    total = rows.sum(0)
    point = {name: float(value) for name, value in measures(total).items()}
    several = resampled(rows, [one.voice for one in examples], rounds) if rounds and len(examples) > 1 else None
    support = total[at.CONFUSION].reshape(_N, _N).sum(1)
    flagged = total[at.FLAG_COUNTS].reshape(-1, 3)
    return Figures(
        count=len(examples),
        macro_f1=point["macro_f1"],
        accuracy=point["accuracy"],
        accuracy_when_sure=point["accuracy_when_sure"],
        unsure=point["unsure"],
        wrong_and_sure=point["wrong_and_sure"],
        missed=point["missed"],
        needless=point["needless"],
        calibration_error=point["calibration_error"],
        categories={name.value: _rates(point, name, support[one]) for one, name in enumerate(CATEGORIES)},
        flags={name.value: _rates(point, name, flagged[one, 0] + flagged[one, 2]) for one, name in enumerate(FLAGS)},
        confusion=[[int(cell) for cell in row] for row in total[at.CONFUSION].reshape(_N, _N)],
        intervals={} if several is None else dict(_intervals(several)),
    )


def measures(sums: Floats) -> dict[str, Floats]:
    """Every figure from sums (..., columns), each with the leading shape of ``sums``."""
    confusion = sums[..., at.CONFUSION].reshape(*sums.shape[:-1], _N, _N)
    right = np.diagonal(confusion, axis1=-2, axis2=-1)
    really, guessed = confusion.sum(-1), confusion.sum(-2)
    count, f1 = really.sum(-1), _ratio(2 * right, really + guessed)
    substantive = really[..., at.SUBSTANTIVE]
    gaps = np.abs(sums[..., at.CONFIDENCE] - sums[..., at.RIGHT]).sum(-1)
    out = {
        "macro_f1": _ratio((f1 * (really > 0)).sum(-1), (really > 0).sum(-1)),
        "accuracy": _ratio(right.sum(-1), count),
        "accuracy_when_sure": _ratio(sums[..., at.SURE_AND_RIGHT], sums[..., at.SURE]),
        "unsure": 1 - _ratio(sums[..., at.SURE], count),
        "wrong_and_sure": _ratio(sums[..., at.SURE] - sums[..., at.SURE_AND_RIGHT], count),
        "missed": _ratio(sums[..., at.MISSED], substantive),
        "needless": _ratio(sums[..., at.NEEDLESS], count - substantive),
        "calibration_error": _ratio(gaps, count),
    }
    for one, name in enumerate(CATEGORIES):
        out |= _named(name.value, right[..., one], guessed[..., one], really[..., one])
    flags = sums[..., at.FLAG_COUNTS].reshape(*sums.shape[:-1], len(FLAGS), 3)
    for one, flag in enumerate(FLAGS):
        hit, wrong, lost = (flags[..., one, kind] for kind in range(3))
        out |= _named(flag.value, hit, hit + wrong, hit + lost)
    return out


def calibration_error(confidence: Floats, right: NDArray[np.bool_]) -> float:
    """The mean distance between confidence and accuracy over bins of confidence, weighted by their size."""
    inside = np.clip((confidence * at.BINS).astype(int), 0, at.BINS - 1)
    gaps = np.bincount(inside, weights=confidence - right, minlength=at.BINS)
    return float(np.abs(gaps).sum() / max(len(confidence), 1))


def _named(name: str, hit: Floats, guessed: Floats, really: Floats) -> dict[str, Floats]:
    return {
        f"{name}.precision": _ratio(hit, guessed),
        f"{name}.recall": _ratio(hit, really),
        f"{name}.f1": _ratio(2 * hit, guessed + really),
    }


def _ratio(part: Floats, whole: Floats) -> Floats:
    """A share; 0 where there is nothing to share."""
    some = np.asarray(whole, dtype=np.float64)
    return np.divide(part, some, out=np.zeros_like(some), where=some > 0)


def _rates(point: Mapping[str, float], name: str, support: float) -> Rates:
    return Rates(point[f"{name}.precision"], point[f"{name}.recall"], point[f"{name}.f1"], int(support))


def _intervals(several: Floats) -> Iterator[tuple[str, tuple[float, float]]]:
    for name, values in measures(several).items():
        low, high = np.percentile(values, _EDGES)
        yield name, (round(float(low), 4), round(float(high), 4))


__all__ = ["Figures", "Rates", "calibration_error", "figures", "measures", "truth_of"]
