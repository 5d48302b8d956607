"""A small model, made without training, and folders to put it in."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mailtriage.judge.facts import FACTS, HEADS
from mailtriage.judge.features import WIDTH
from mailtriage.judge.model import Joint, Linear, Model, Thresholds
from mailtriage.modelfiles import Manifest, save
from mailtriage.records import CATEGORIES, FLAGS


def made(name: str = "small", seed: int = 1) -> Model:
    """A model of random numbers: it judges, though not well."""
    chance = np.random.default_rng(seed)

    def linear() -> Linear:
        known = np.flatnonzero(chance.random(WIDTH) < 0.02).astype(np.int32)
        weights = chance.normal(size=(len(known), HEADS)).astype(np.float32)
        return Linear(known, np.ones(len(known), dtype=np.float32), weights, chance.normal(size=HEADS))

    def joint(outputs: int, *, exclusive: bool) -> Joint:
        return Joint(
            mean=np.zeros(FACTS),
            scale=np.ones(FACTS),
            inner=chance.normal(size=(2, FACTS, 3)),
            inner_bias=chance.normal(size=(2, 3)),
            outer=chance.normal(size=(2, 3, outputs)),
            outer_bias=chance.normal(size=(2, outputs)),
            exclusive=exclusive,
        )

    return Model(
        name=name,
        sentence=linear(),
        document=linear(),
        category=joint(len(CATEGORIES), exclusive=True),
        flag=joint(len(FLAGS), exclusive=False),
        temperature=1.5,
        thresholds=Thresholds(0.5, 0.1, 0.7, 0.8, dict.fromkeys(FLAGS, 0.4)),
    )


def put(folder: Path, name: str, *, verdict: str = "", seed: int = 1) -> Path:
    """Save a small model by name in a folder of models; returns its own folder."""
    comparison = {"verdict": verdict, "against": "shipped"} if verdict else {}
    save(made(name, seed), Manifest(name, "2026-09-14T20:00:00+00:00", comparison=comparison), folder / name)
    return folder / name


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The school's own folder of models, empty; what comes with the program stands in another one."""
    shipped = tmp_path / "shipped"
    put(shipped, "shipped", seed=9)
    monkeypatch.setattr("mailtriage.modelfiles.catalogue.shipped_folder", lambda: shipped)
    return tmp_path / "own"
