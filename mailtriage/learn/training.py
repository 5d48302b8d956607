"""What ``mailtriage train`` does: train a challenger, measure it over voices, and compare it with the model in use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mailtriage.errors import ModelError, UsageError
from mailtriage.judge.model import Model
from mailtriage.learn import fit as fitting
from mailtriage.learn.card import write_card
from mailtriage.learn.compare import Comparison, Difference, difference, held_out, in_time
from mailtriage.learn.corpus import Example, load, require_variety
from mailtriage.learn.evaluating import Evaluation, measured
from mailtriage.learn.fit import Prepared, fit_prepared, prepare
from mailtriage.learn.groups import language
from mailtriage.learn.present import short_groups
from mailtriage.learn.progress import Stage
from mailtriage.learn.sources import data_paths, digest_of, shipped_ids, with_shipped
from mailtriage.learn.validate import FOLDS, Predictions, over_voices_prepared, predict, require_spread
from mailtriage.modelfiles import CURRENT, SHIPPED, Manifest, checked_name, current, find, save
from mailtriage.modelfiles import load as load_model

_LIBRARIES = ("scikit-learn", "numpy", "scipy")


@dataclass(frozen=True)
class Order:
    """What is to be trained.

    ``data`` and ``corrections`` are files of labelled mail beside what comes with the program; with ``alone``, that is
    left out. ``own`` is the school's folder of models, ``into`` another one to write to. ``in_use`` names the model
    that the school judges by.
    """

    name: str
    own: Path
    in_use: str = CURRENT
    data: tuple[Path, ...] = ()
    corrections: tuple[Path, ...] = ()
    alone: bool = False
    into: Path | None = None
    jobs: int = -1
    validate: bool = True

    def files(self) -> tuple[list[Path], list[Path]]:
        """The files of labelled mail, and those of corrections.

        Raises:
            UsageError: one is not there.
        """
        mails = data_paths(self.data) if self.alone and self.data else with_shipped(self.data)
        return mails, data_paths(self.corrections) if self.corrections else []


@dataclass(frozen=True)
class Trained:
    """A model that was written to ``folder``, how it did over voices, and how beside the model in use."""

    folder: Path
    examples: int
    evaluation: Evaluation | None
    comparison: Comparison | None


def train(order: Order, stage: Stage) -> Trained:
    """Train a model and write it.

    Args:
        order: what is to be trained.
        stage: is told how far it is.

    Raises:
        UsageError: the name cannot be used, or a file is not there.
        TrainingDataError: the data cannot be used; nothing was trained.
        ModelError: the model cannot be written; what was there before is untouched.
    """
    folder = _place(order)
    mails, corrections = order.files()
    examples = load(mails, corrections)
    require_variety(examples)
    data, every = prepare(examples), np.arange(len(examples))
    require_spread(data, every, fitting.DEFAULT)
    evaluation = comparison = None
    if order.validate:
        evaluation = _measure(examples, data, order.jobs, stage)
        comparison = _compare(order, examples, data, evaluation, stage)
    done = stage("training on everything", 1)
    model = fit_prepared(data, every, fitting.DEFAULT, name=order.name, jobs=order.jobs)
    done()
    save(model, _manifest(order, examples, digest_of([*mails, *corrections]), evaluation, comparison), folder)
    write_card(folder)
    return Trained(folder, len(examples), evaluation, comparison)


def _place(order: Order) -> Path:
    """Where the model is to stand; a model that is in use is never written over by one that nobody has looked at."""
    checked_name(order.name)
    if order.into is not None:
        return order.into / order.name
    in_use = current(order.own).model if order.in_use == CURRENT else order.in_use
    if order.name in (SHIPPED, CURRENT, in_use):
        raise UsageError(
            f"the name {order.name} is taken" + (" by the model in use" if order.name == in_use else ""),
            advice="choose another with --name; `mailtriage models use` takes the new model into use",
        )
    return order.own / order.name


def _measure(examples: Sequence[Example], data: Prepared, jobs: int, stage: Stage) -> Evaluation:
    done = stage("leaving voices out", FOLDS)
    found = over_voices_prepared(data, recipe=fitting.DEFAULT, jobs=jobs, done=done)
    return measured(examples, found, method=f"over voices, in {FOLDS} parts with no writer in two", model="")


def _compare(
    order: Order, examples: Sequence[Example], data: Prepared, after: Evaluation, stage: Stage
) -> Comparison | None:
    """The challenger beside the model in use; None where both learn from the same mails."""
    in_use, about = _in_use(order)
    known = _known(order, examples)
    if known.all() or (in_use is None and not known.any()):
        return None
    if known.any():
        done = stage("the same without what is new", FOLDS)
        before = over_voices_prepared(data, recipe=fitting.DEFAULT, jobs=order.jobs, learn_from=known, done=done)
    elif in_use is not None:
        before = predict(in_use, data.readings)
    newest = held_out(examples)
    if len(newest) and about and _learned_since(about, examples[newest[0]].at):
        in_use = None
    on_corrections: Difference | None = None
    if len(newest) and (in_use is not None or known.any()):
        done = stage("the newest corrections", 1)
        on_corrections = in_time(examples, data, newest, in_use, known, jobs=order.jobs, recipe=fitting.DEFAULT)
        done()
    against = about.name if about else "the data that come with the program"
    return Comparison(
        against,
        difference(examples, before, after.found),
        _on(known, examples, before, after.found) if known.any() else None,
        on_corrections,
    )


def _on(chosen: NDArray[np.bool_], examples: Sequence[Example], before: Predictions, after: Predictions) -> Difference:
    """The difference on some of the examples."""
    some = [one for one, inside in zip(examples, chosen, strict=True) if inside]
    return difference(some, before.part(chosen), after.part(chosen))


def _learned_since(about: Manifest, moment: datetime | None) -> bool:
    """Whether a model has learned from corrections of that moment or later: it must not be asked about these."""
    until = str(about.data.get("corrections_until", ""))
    return bool(until and moment and datetime.fromisoformat(until) >= moment)


def _in_use(order: Order) -> tuple[Model | None, Manifest | None]:
    try:
        return load_model(find(order.in_use, order.own))
    except ModelError:
        # The challenger is what will mend this; it is compared with the recipe on what comes with the program.
        return None, None


def _known(order: Order, examples: Sequence[Example]) -> NDArray[np.bool_]:
    """Which examples come with the program."""
    shipped = set() if order.alone and order.data else shipped_ids()
    return np.array([one.id in shipped and not one.correction for one in examples], dtype=bool)


def _manifest(
    order: Order,
    examples: Sequence[Example],
    digest: str,
    evaluation: Evaluation | None,
    comparison: Comparison | None,
) -> Manifest:
    return Manifest(
        name=order.name,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        data_digest=digest,
        data=_about(examples),
        versions={library: version(library) for library in _LIBRARIES},
        figures={"over voices": asdict(evaluation.figures)} if evaluation else {},
        groups=short_groups(evaluation) if evaluation else {},
        comparison=_as_dict(comparison) if comparison else {},
    )


def _about(examples: Sequence[Example]) -> dict[str, Any]:
    """What a model was trained on, in numbers."""
    corrections = [one for one in examples if one.correction]
    moments = [one.at.astimezone(UTC).isoformat() for one in corrections if one.at]
    return {
        "mails": len(examples),
        "voices": len({one.voice for one in examples}),
        "writers": len({one.writer for one in examples}),
        "languages": dict(Counter(language(one) for one in examples).most_common()),
        "categories": dict(Counter(one.category.value for one in examples).most_common()),
        "on_a_border": sum(one.border for one in examples),
        "corrections": len(corrections),
        "corrections_until": max(moments, default=""),
    }


def _as_dict(comparison: Comparison) -> dict[str, Any]:
    out: dict[str, Any] = {"verdict": comparison.verdict, "against": comparison.against}
    for key, one in comparison.parts.items():
        out[key] = {**asdict(one), "difference": one.difference, "verdict": one.verdict}
    return out
