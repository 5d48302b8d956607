"""What each mail adds to the figures, as rows of numbers that can be summed.

Every figure is a function of sums over mails. So a bootstrap needs no second look at the mails: it sums the rows with
other counts, all rounds in one product of matrices.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mailtriage.judge.odds import Floats
from mailtriage.learn.corpus import Example
from mailtriage.learn.fit import Ints
from mailtriage.learn.validate import Predictions
from mailtriage.records import CATEGORIES, FLAGS, Category

BINS = 10
SUBSTANTIVE = CATEGORIES.index(Category.SUBSTANTIVE)

_N, _F = len(CATEGORIES), len(FLAGS)
CONFUSION = slice(0, _N * _N)
"""Right category times guessed category."""
SURE = _N * _N
SURE_AND_RIGHT = SURE + 1
MISSED = SURE + 2
NEEDLESS = SURE + 3
IN_BIN = slice(SURE + 4, SURE + 4 + BINS)
CONFIDENCE = slice(IN_BIN.stop, IN_BIN.stop + BINS)
RIGHT = slice(CONFIDENCE.stop, CONFIDENCE.stop + BINS)
FLAG_COUNTS = slice(RIGHT.stop, RIGHT.stop + 3 * _F)
"""For each flag: rightly set, wrongly set, wrongly not set."""

ROUNDS = 500
_SEED = 20171001


def truth_of(examples: Sequence[Example]) -> Ints:
    """The right categories, as indexes into ``CATEGORIES``."""
    return np.array([CATEGORIES.index(example.category) for example in examples], dtype=np.int64)


def flag_truth_of(examples: Sequence[Example]) -> NDArray[np.bool_]:
    """The right flags (examples, flags)."""
    return np.array([[flag in example.flags for flag in FLAGS] for example in examples], dtype=bool).reshape(-1, _F)


def sums_of(examples: Sequence[Example], found: Predictions) -> Floats:
    """What each example adds: (examples, columns)."""
    truth, best, sure = truth_of(examples), found.best, ~found.unsure
    right, every = best == truth, np.arange(len(truth))
    out = np.zeros((len(truth), FLAG_COUNTS.stop))
    out[every, truth * _N + best] = 1
    out[:, SURE] = sure
    out[:, SURE_AND_RIGHT] = sure & right
    out[:, MISSED] = sure & (truth == SUBSTANTIVE) & (best != SUBSTANTIVE)
    out[:, NEEDLESS] = sure & (truth != SUBSTANTIVE) & (best == SUBSTANTIVE)
    confidence = found.probabilities.max(1)
    inside = np.clip((confidence * BINS).astype(int), 0, BINS - 1)
    out[every, IN_BIN.start + inside] = 1
    out[every, CONFIDENCE.start + inside] = confidence
    out[every, RIGHT.start + inside] = right
    flagged = flag_truth_of(examples)
    counts = [flagged & found.flags, ~flagged & found.flags, flagged & ~found.flags]
    out[:, FLAG_COUNTS] = np.stack(counts, axis=2).reshape(len(truth), 3 * _F)
    return out


def resampled(sums: Floats, units: Sequence[str], rounds: int = ROUNDS) -> Floats:
    """Sums over mails drawn anew with replacement, whole units at a time (Efron 1979).

    Args:
        sums: what each mail adds.
        units: to which unit (voice) each mail belongs. Where there are fewer than five, mails are drawn one by one.
        rounds: how often.

    Returns:
        (rounds, columns). The draws depend on the number of units only, so that two sets of predictions for the same
        mails are resampled alike.
    """
    _, owner = np.unique(np.asarray(units, dtype=np.str_), return_inverse=True)
    count = int(owner.max()) + 1
    if count < 5:
        owner, count = np.arange(len(sums)), len(sums)
    by_unit = np.zeros((count, sums.shape[1]))
    np.add.at(by_unit, owner, sums)
    drawn = np.random.default_rng(_SEED).multinomial(count, np.full(count, 1 / count), size=rounds)
    return np.asarray(drawn @ by_unit, dtype=np.float64)
