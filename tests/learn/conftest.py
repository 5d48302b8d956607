"""Fixtures for tests that train: a recipe that takes a second, and models made by it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailtriage.learn import fit as fitting
from mailtriage.learn.corpus import Example, load
from tests.learn.mails import mails, write

QUICK = fitting.Recipe(hidden=6, epochs=15, nets=1, min_documents=1, folds=2)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> fitting.Recipe:
    """Have everything train by a small recipe."""
    monkeypatch.setattr(fitting, "DEFAULT", QUICK)
    return QUICK


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> list[Example]:
    """The small set, loaded."""
    return load([write(tmp_path_factory.mktemp("mails") / "tiny.jsonl", mails())])


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the small set, which the program then takes for the mail that comes with it."""
    folder = tmp_path / "shipped_training_data"
    folder.mkdir()
    write(folder / "tiny.jsonl", mails())
    monkeypatch.setattr("mailtriage.learn.sources.shipped_data_folder", lambda: folder)
    return folder
