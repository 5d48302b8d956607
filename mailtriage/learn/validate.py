"""Validation by voice: whole voices are left out, and that is the only number called quality."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from mailtriage.judge.features import Reading
from mailtriage.judge.judge import ModelJudge
from mailtriage.judge.model import Floats, Model, score
from mailtriage.learn.corpus import Example
from mailtriage.learn.fit import DEFAULT, Ints, Prepared, Recipe, fit_prepared, folds, prepare
from mailtriage.records import CATEGORIES, FLAGS

FOLDS = 5
_BATCH = 256


@dataclass(frozen=True, slots=True)
class Predictions:
    """What a model (or several, each for voices it did not see) makes of examples, in their order.

    ``probabilities`` is (examples, categories), ``flag_probabilities`` and ``flags`` (examples, flags), ``unsure``
    (examples).
    """

    probabilities: Floats
    flag_probabilities: Floats
    flags: NDArray[np.bool_]
    unsure: NDArray[np.bool_]

    @property
    def best(self) -> Ints:
        """The best category of each example, as an index into ``CATEGORIES``."""
        best: Ints = self.probabilities.argmax(1)
        return best

    def part(self, chosen: Ints | NDArray[np.bool_]) -> Predictions:
        """The predictions for some of the examples."""
        return Predictions(
            self.probabilities[chosen], self.flag_probabilities[chosen], self.flags[chosen], self.unsure[chosen]
        )


def predict(model: Model, readings: Sequence[Reading]) -> Predictions:
    """What a model makes of readings."""
    judge = ModelJudge(model)
    scored = [one for at in range(0, len(readings), _BATCH) for one in score(model, readings[at : at + _BATCH])]
    return Predictions(
        probabilities=np.array([[one.probabilities[category] for category in CATEGORIES] for one in scored]),
        flag_probabilities=np.array([[one.flags[flag] for flag in FLAGS] for one in scored]),
        flags=np.array([[flag in judge.flags_of(one) for flag in FLAGS] for one in scored]),
        unsure=np.array([not judge.is_sure(one) for one in scored]),
    )


def over_voices(
    examples: Sequence[Example],
    *,
    recipe: Recipe = DEFAULT,
    jobs: int = 1,
    count: int = FOLDS,
    done: Callable[[], None] = lambda: None,
) -> Predictions:
    """Predictions for each example by a model that did not see its voice; ``done`` is called after each fold."""
    return over_voices_prepared(prepare(examples), recipe=recipe, jobs=jobs, count=count, done=done)


def over_voices_prepared(
    data: Prepared, *, recipe: Recipe, jobs: int, count: int = FOLDS, done: Callable[[], None] = lambda: None
) -> Predictions:
    """``over_voices`` for examples that are turned into numbers already."""
    total = len(data.readings)
    out = Predictions(
        np.zeros((total, len(CATEGORIES))),
        np.zeros((total, len(FLAGS))),
        np.zeros((total, len(FLAGS)), dtype=bool),
        np.zeros(total, dtype=bool),
    )
    tasks = (delayed(_one_fold)(data, train, test, recipe) for train, test in folds(data.voices, count))
    for test, found in Parallel(n_jobs=jobs, return_as="generator")(tasks):
        out.probabilities[test] = found.probabilities
        out.flag_probabilities[test] = found.flag_probabilities
        out.flags[test] = found.flags
        out.unsure[test] = found.unsure
        done()
    return out


def _one_fold(data: Prepared, train: Ints, test: Ints, recipe: Recipe) -> tuple[Ints, Predictions]:
    model = fit_prepared(data, train, recipe, name="fold")
    return test, predict(model, [data.readings[at] for at in test])
