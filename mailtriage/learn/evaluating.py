"""What ``mailtriage evaluate`` does: measure a model, or the recipe over voices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from mailtriage.judge.judge import ModelJudge
from mailtriage.judge.model import Model
from mailtriage.learn import fit as fitting
from mailtriage.learn.corpus import Example, require_variety
from mailtriage.learn.curve import Curve
from mailtriage.learn.fit import prepare
from mailtriage.learn.groups import groups_of
from mailtriage.learn.scoring import Figures, figures
from mailtriage.learn.sums import truth_of
from mailtriage.learn.validate import FOLDS, Predictions, explained, over_voices, predict, worst

WORST = 30
"""Errors that are shown with their evidence."""


@dataclass(frozen=True)
class Evaluation:
    """Examples, what was predicted for them, and the figures.

    ``method`` says how in a few words. ``groups`` has figures by dimension (language, length, border, voice) and name.
    ``model`` is the model's name; empty where the recipe was measured over voices.
    """

    method: str
    model: str
    examples: Sequence[Example]
    found: Predictions
    figures: Figures
    groups: dict[str, dict[str, Figures]]
    curve: Curve | None = None

    def with_curve(self, curve: Curve) -> Evaluation:
        """The same with a learning curve."""
        return replace(self, curve=curve)


def by_model(examples: Sequence[Example], model: Model, *, unsure_below: float | None = None) -> Evaluation:
    """Measure a model on examples.

    Args:
        examples: with the right answers.
        model: what is measured.
        unsure_below: the school's own threshold for being sure; the model's where None.
    """
    model = ModelJudge(model).with_unsure_below(unsure_below).model
    messages = [example.message for example in examples]
    found = predict(model, prepare(examples).readings)
    evidence = explained(model, messages, worst(found, truth_of(examples), WORST))
    return measured(examples, replace(found, evidence=evidence), method=f"model {model.name}", model=model.name)


def by_voices(examples: Sequence[Example], *, jobs: int, done: Callable[[], None] = lambda: None) -> Evaluation:
    """Measure the recipe: each mail is judged by a model that was trained without its voice.

    Raises:
        TrainingDataError: a category is missing, or there are too few voices.
    """
    require_variety(examples)
    found = over_voices(examples, recipe=fitting.DEFAULT, jobs=jobs, explain=WORST, done=done)
    return measured(examples, found, method=f"over voices, in {FOLDS} parts with no writer in two", model="")


def measured(examples: Sequence[Example], found: Predictions, *, method: str, model: str) -> Evaluation:
    """The figures for predictions, of all examples and of each group."""
    groups = {
        dimension: {
            name: figures([one for one, inside in zip(examples, chosen, strict=True) if inside], found.part(chosen))
            for name, chosen in parts.items()
        }
        for dimension, parts in groups_of(examples).items()
    }
    return Evaluation(method, model, examples, found, figures(examples, found), groups)
