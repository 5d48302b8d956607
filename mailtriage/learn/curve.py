"""What more data would bring: the recipe over voices on parts of the data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed
from sklearn.metrics import f1_score

from mailtriage.errors import TrainingDataError
from mailtriage.learn.corpus import Example
from mailtriage.learn.fit import DEFAULT, Ints, Prepared, Recipe, fit_prepared, folds, prepare
from mailtriage.learn.scoring import Figures
from mailtriage.learn.sums import truth_of
from mailtriage.learn.validate import FOLDS, predict, require_spread
from mailtriage.records import CATEGORIES

SHARES = (1 / 8, 1 / 4, 1 / 2)
_SEED = 5


@dataclass(frozen=True, slots=True)
class Point:
    """Trained on so many mails of so many voices (means over the parts), the recipe had this macro-F1."""

    mails: float
    voices: float
    macro_f1: float


@dataclass(frozen=True, slots=True)
class Curve:
    """Points from little to all of the data: ``by_size`` keeps every writer and takes part of the mails of each,
    ``by_voices`` keeps whole writers."""

    by_size: tuple[Point, ...]
    by_voices: tuple[Point, ...]


def steps() -> int:
    """How many models a curve trains."""
    return FOLDS * len(SHARES) * 2


def learning_curve(
    examples: Sequence[Example],
    whole: Figures,
    *,
    recipe: Recipe = DEFAULT,
    jobs: int = 1,
    done: Callable[[], None] = lambda: None,
) -> Curve:
    """Measure the recipe over the same voices, trained on an eighth, a quarter and half of the rest.

    Args:
        examples: all of the data.
        whole: the figures over voices on all of it: the last point.
        recipe: how to train.
        jobs: processes; -1 for one a core.
        done: called after each model.

    Returns:
        The points; a part that is too small to train on has none.
    """
    data, voices = prepare(examples), np.array([one.voice for one in examples])
    tasks = (
        delayed(_one)(data, chosen, test, recipe, kind, share)
        for kind, share, chosen, test in _parts(data, np.random.default_rng(_SEED))
    )
    out: dict[tuple[str, float], list[tuple[Ints, Ints, Ints]]] = {}
    for kind, share, chosen, test, best in Parallel(n_jobs=jobs, return_as="generator")(tasks):
        out.setdefault((kind, share), []).append((chosen, test, best))
        done()
    truth, rest = truth_of(examples), 1 - 1 / FOLDS
    last = Point(len(examples) * rest, len(set(voices.tolist())) * rest, whole.macro_f1)
    curves = {}
    for kind in ("size", "voices"):
        points = [_point(parts, truth, voices) for (which, _), parts in sorted(out.items()) if which == kind]
        curves[kind] = (*(point for point in points if point), last)
    return Curve(curves["size"], curves["voices"])


def _parts(data: Prepared, chance: np.random.Generator) -> Iterator[tuple[str, float, Ints, Ints]]:
    """What to train and test on: for each part that is left out, for each share of the rest, for each kind."""
    for train, test in folds(data.voices, FOLDS):
        for share in SHARES:
            by_writer = [train[data.voices[train] == writer] for writer in np.unique(data.voices[train])]
            some = [chance.permutation(mails)[: max(1, round(share * len(mails)))] for mails in by_writer]
            yield "size", share, np.sort(np.concatenate(some)), test
            few = chance.permutation(len(by_writer))[: max(2, round(share * len(by_writer)))]
            yield "voices", share, np.sort(np.concatenate([by_writer[at] for at in few])), test


def _one(
    data: Prepared, chosen: Ints, test: Ints, recipe: Recipe, kind: str, share: float
) -> tuple[str, float, Ints, Ints, Ints]:
    """The best categories for the mails of a part; none where too little remains to train on."""
    try:
        require_spread(data, chosen, recipe)
    except TrainingDataError:
        return kind, share, chosen, test, np.zeros(0, dtype=np.int64)
    model = fit_prepared(data, chosen, recipe, name="curve")
    return kind, share, chosen, test, predict(model, [data.readings[at] for at in test]).best


def _point(parts: Sequence[tuple[Ints, Ints, Ints]], truth: Ints, voices: np.ndarray) -> Point | None:
    known = [(chosen, test, best) for chosen, test, best in parts if len(best)]
    if not known:
        return None
    right = np.concatenate([truth[test] for _, test, _ in known])
    best = np.concatenate([best for _, _, best in known])
    labels = [at for at in range(len(CATEGORIES)) if at in right]
    return Point(
        mails=float(np.mean([len(chosen) for chosen, _, _ in known])),
        voices=float(np.mean([len(set(voices[chosen].tolist())) for chosen, _, _ in known])),
        macro_f1=float(f1_score(right, best, labels=labels, average="macro", zero_division=0)),
    )
