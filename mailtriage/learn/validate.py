"""Validation by voice: whole voices are left out, and that is the only number called quality."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from mailtriage.errors import Problem, TrainingDataError
from mailtriage.judge.features import Reading
from mailtriage.judge.judge import ModelJudge
from mailtriage.judge.model import Model, score
from mailtriage.judge.odds import Floats
from mailtriage.learn.corpus import Example
from mailtriage.learn.fit import DEFAULT, Ints, Prepared, Recipe, fit_prepared, folds, prepare
from mailtriage.records import CATEGORIES, FLAGS, Message, Verdict

FOLDS = 5
_BATCH = 256


@dataclass(frozen=True, slots=True)
class Predictions:
    """What a model (or several, each for voices it did not see) makes of examples, in their order.

    ``probabilities`` is (examples, categories), ``flag_probabilities`` and ``flags`` (examples, flags), ``unsure``
    (examples). ``evidence`` has the verdicts with their clues for some examples, by their place; see ``explained``.
    """

    probabilities: Floats
    flag_probabilities: Floats
    flags: NDArray[np.bool_]
    unsure: NDArray[np.bool_]
    evidence: Mapping[int, Verdict] = field(default_factory=dict)

    @property
    def best(self) -> Ints:
        """The best category of each example, as an index into ``CATEGORIES``."""
        best: Ints = self.probabilities.argmax(1)
        return best

    def part(self, chosen: Ints | NDArray[np.bool_]) -> Predictions:
        """The predictions for some of the examples, without evidence."""
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
        unsure=np.array(
            [not judge.is_sure(one, each.language) for one, each in zip(scored, readings, strict=True)], dtype=bool
        ),
    )


def worst(found: Predictions, truth: Ints, most: int) -> Ints:
    """Where a wrong category was given, the most confident first, sure ones before unsure ones; at most ``most``."""
    wrong = np.flatnonzero(found.best != truth)
    confidence = found.probabilities.max(1)[wrong]
    return np.asarray(wrong[np.lexsort((-confidence, found.unsure[wrong]))][:most], dtype=np.int64)


def explained(model: Model, messages: Sequence[Message], at: Ints) -> dict[int, Verdict]:
    """The verdicts on some of the messages with their evidence, by their place."""
    verdicts = ModelJudge(model).judge_many([messages[one] for one in at])
    return dict(zip(at.tolist(), verdicts, strict=True))


def over_voices(
    examples: Sequence[Example],
    *,
    recipe: Recipe = DEFAULT,
    jobs: int = 1,
    count: int = FOLDS,
    explain: int = 0,
    done: Callable[[], None] = lambda: None,
) -> Predictions:
    """Predictions for each example by a model that did not see its voice.

    Args:
        examples: with their voices; voices of one writer are kept together.
        recipe: how to train.
        jobs: processes; -1 for one a core.
        count: parts, of which each is left out once.
        explain: for how many of the worst errors of each part evidence is kept.
        done: called after each part.

    Raises:
        TrainingDataError: with a part left out, what remains lacks a category.
    """
    messages = [example.message for example in examples] if explain else None
    return over_voices_prepared(
        prepare(examples), recipe=recipe, jobs=jobs, count=count, messages=messages, explain=explain, done=done
    )


def over_voices_prepared(
    data: Prepared,
    *,
    recipe: Recipe,
    jobs: int,
    count: int = FOLDS,
    learn_from: NDArray[np.bool_] | None = None,
    messages: Sequence[Message] | None = None,
    explain: int = 0,
    done: Callable[[], None] = lambda: None,
) -> Predictions:
    """``over_voices`` for examples that are turned into numbers already.

    With ``learn_from``, only these examples are trained on; the parts are the same, and all examples are predicted.
    """
    out, evidence = _empty(len(data.readings)), dict[int, Verdict]()
    parts = []
    for train, test in folds(data.voices, count):
        chosen = train if learn_from is None else train[learn_from[train]]
        require_spread(data, chosen, recipe)
        parts.append((chosen, test))
    tasks = (
        delayed(_one_fold)(data, train, test, recipe, [messages[at] for at in test] if messages else (), explain)
        for train, test in parts
    )
    for test, found in Parallel(n_jobs=jobs, return_as="generator")(tasks):
        out.probabilities[test] = found.probabilities
        out.flag_probabilities[test] = found.flag_probabilities
        out.flags[test] = found.flags
        out.unsure[test] = found.unsure
        evidence |= {int(test[at]): verdict for at, verdict in found.evidence.items()}
        done()
    return Predictions(out.probabilities, out.flag_probabilities, out.flags, out.unsure, evidence)


def require_spread(data: Prepared, train: Ints, recipe: Recipe) -> None:
    """Check that a model can be fitted: it leaves voices out itself, and must know every category without them.

    Raises:
        TrainingDataError: some category comes from too few voices, or there are too few voices.
    """
    labels, voices = data.document_targets[train][:, : len(CATEGORIES)].argmax(1), data.voices[train]
    if len(set(voices.tolist())) < 2:
        raise TrainingDataError(
            "there are too few voices",
            advice="give mail of at least three voices (or of three writers, where writers are named)",
        )
    missing = {
        name.value
        for inner, _ in folds(voices, recipe.folds)
        for at, name in enumerate(CATEGORIES)
        if at not in labels[inner]
    }
    if missing:
        problems = tuple(
            Problem("label", f"too few voices write {name}", "have every category written by at least six voices")
            for name in sorted(missing)
        )
        raise TrainingDataError("the training data lack something", problems=problems)


def _empty(total: int) -> Predictions:
    return Predictions(
        np.zeros((total, len(CATEGORIES))),
        np.zeros((total, len(FLAGS))),
        np.zeros((total, len(FLAGS)), dtype=bool),
        np.zeros(total, dtype=bool),
    )


def _one_fold(
    data: Prepared, train: Ints, test: Ints, recipe: Recipe, messages: Sequence[Message], explain: int
) -> tuple[Ints, Predictions]:
    model = fit_prepared(data, train, recipe, name="fold")
    found = predict(model, [data.readings[at] for at in test])
    if not explain:
        return test, found
    truth = data.document_targets[test][:, : len(CATEGORIES)].argmax(1)
    evidence = explained(model, messages, worst(found, truth, explain))
    return test, Predictions(found.probabilities, found.flag_probabilities, found.flags, found.unsure, evidence)
