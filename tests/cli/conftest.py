"""Fixtures for tests of commands: the command line, with models and mail that come with the program in a folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mailtriage.cli import main
from mailtriage.learn import fit as fitting
from tests.learn.conftest import QUICK
from tests.learn.mails import mails, write
from tests.modelfiles.conftest import put

Command = Callable[..., Result]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with ``models`` (the school's own), what comes with the program, and a configuration."""
    monkeypatch.setattr("mailtriage.modelfiles.catalogue.shipped_folder", lambda: tmp_path / "shipped_models")
    monkeypatch.setattr("mailtriage.learn.sources.shipped_data_folder", lambda: tmp_path / "shipped_training_data")
    monkeypatch.setattr(fitting, "DEFAULT", QUICK)
    put(tmp_path / "shipped_models", "shipped", seed=9)
    (tmp_path / "shipped_training_data").mkdir()
    write(tmp_path / "shipped_training_data" / "tiny.jsonl", mails())
    (tmp_path / "config.toml").write_text('[classifier]\nmodels = "models"\n', "utf-8")
    return tmp_path


@pytest.fixture
def run(place: Path) -> Command:
    """Call a command with the configuration of ``place``; give the result with both streams apart."""

    def call(*arguments: object) -> Result:
        return CliRunner().invoke(main, ["--config", str(place / "config.toml"), *map(str, arguments)])

    return call
