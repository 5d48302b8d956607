"""A challenger beside the model in use: on the same mails, over voices, and on corrections that are newer than both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mailtriage.judge.model import Model
from mailtriage.learn.corpus import Example
from mailtriage.learn.fit import DEFAULT, Ints, Prepared, Recipe, fit_prepared
from mailtriage.learn.scoring import measures
from mailtriage.learn.sums import resampled, sums_of
from mailtriage.learn.validate import Predictions, predict, require_spread

HELD_OUT = 0.2
"""The newest part of the corrections, on which a challenger is tried that was trained on the older ones."""

FEWEST_HELD_OUT = 4
"""With fewer corrections held out than this, nothing is said about them."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Macro-F1 of the model in use and of the challenger on the same mails, with a 95% bootstrap interval."""

    mails: int
    before: float
    after: float
    low: float
    high: float

    @property
    def difference(self) -> float:
        """How much better the challenger is."""
        return self.after - self.before

    @property
    def verdict(self) -> str:
        """``won`` or ``lost`` where the whole interval lies on one side of 0, else ``tied``."""
        return "won" if self.low > 0 else "lost" if self.high < 0 else "tied"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A challenger beside the model ``against``.

    ``over_voices`` is about all mails. There the truth of new mails is what they say of themselves, right or wrong; so
    ``shipped`` looks at those alone that come with the program: None where none does. ``corrections`` is about the
    newest corrections: None where too few are known by their moment.
    """

    against: str
    over_voices: Difference
    shipped: Difference | None = None
    corrections: Difference | None = None

    @property
    def parts(self) -> dict[str, Difference]:
        """Every difference that was measured, by its name."""
        named = (("over_voices", self.over_voices), ("shipped", self.shipped), ("corrections", self.corrections))
        return {name: one for name, one in named if one is not None}

    @property
    def verdict(self) -> str:
        """``lost`` where it lost on any; else ``won`` where it won on any; else ``tied``."""
        verdicts = {one.verdict for one in self.parts.values()}
        return next((word for word in ("lost", "won") if word in verdicts), "tied")


def difference(examples: Sequence[Example], before: Predictions, after: Predictions) -> Difference:
    """Compare two sets of predictions for the same examples; both are resampled alike."""
    units = [one.voice for one in examples]
    sums = [sums_of(examples, found) for found in (before, after)]
    old, new = (float(measures(one.sum(0))["macro_f1"]) for one in sums)
    drawn = [measures(resampled(one, units))["macro_f1"] for one in sums]
    low, high = np.percentile(drawn[1] - drawn[0], (2.5, 97.5))
    return Difference(len(examples), old, new, float(low), float(high))


def held_out(examples: Sequence[Example]) -> Ints:
    """The newest fifth of the corrections whose moment is known, as places, the oldest of them first; none where that
    is too few to tell."""
    dated = sorted((moment, at) for at, one in enumerate(examples) if one.correction and (moment := one.at) is not None)
    newest = [at for _, at in dated[len(dated) - int(len(dated) * HELD_OUT) :]]
    return np.array(newest if len(newest) >= FEWEST_HELD_OUT else [], dtype=np.int64)


def in_time(
    examples: Sequence[Example],
    data: Prepared,
    newest: Ints,
    in_use: Model | None,
    known: NDArray[np.bool_],
    *,
    jobs: int,
    recipe: Recipe = DEFAULT,
) -> Difference:
    """Compare on the newest corrections: the model in use, and the recipe on everything but them.

    Args:
        examples: all of them; ``data`` is what ``prepare`` made of them.
        data: see above.
        newest: the places of the newest corrections.
        in_use: the model in use; None where it has learned from these corrections already: the recipe on the ``known``
            examples then stands in for it.
        known: which examples the model in use was trained on.
        jobs: processes; -1 for one a core.
        recipe: how to train.
    """
    rest = np.setdiff1d(np.arange(len(examples)), newest)
    readings = [data.readings[at] for at in newest]

    def trained(on: Ints) -> Predictions:
        require_spread(data, on, recipe)
        return predict(fit_prepared(data, on, recipe, name="trial", jobs=jobs), readings)

    before = predict(in_use, readings) if in_use else trained(rest[known[rest]])
    return difference([examples[at] for at in newest], before, trained(rest))
