"""``mailtriage models``: list, show, use, rollback, card."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mailtriage.modelfiles import ARRAYS
from tests.cli.conftest import Command
from tests.modelfiles.conftest import put


def test_a_model_is_taken_into_use_and_back(place: Path, run: Command) -> None:
    """The star of the list goes along."""
    put(place / "models", "mine", verdict="won")
    assert run("models", "use", "mine").stdout == "mine is in use (before: shipped)\n"
    starred = [line for line in run("models", "list").stdout.splitlines() if line.startswith("*")]
    assert [line.split()[1] for line in starred] == ["mine"]
    assert run("models", "rollback").stdout == "shipped is in use\n"
    result = run("models", "rollback")
    assert result.exit_code == 1
    assert "no other model was in use" in result.stderr


def test_a_worse_model_needs_force(place: Path, run: Command) -> None:
    """Refused with what to do about it."""
    put(place / "models", "worse", verdict="lost")
    refused = run("models", "use", "worse")
    assert refused.exit_code == 1
    assert "--force" in refused.stderr
    assert run("models", "use", "worse", "--force").exit_code == 0


def test_a_broken_model_is_listed_with_its_reason_and_refused(place: Path, run: Command) -> None:
    """The list goes on; using it fails with advice and changes nothing."""
    folder = put(place / "models", "broken")
    (folder / "manifest.json").write_text('{"format": 9}')
    listed = run("models", "list")
    assert listed.exit_code == 0
    assert "has format 9" in listed.stdout
    refused = run("models", "use", "broken", "--force")
    assert refused.exit_code == 1
    assert "What to do" in refused.stderr
    assert not (place / "models" / "current").exists()


@pytest.mark.parametrize("command", ["use", "show", "card"])
def test_a_path_is_no_name(run: Command, command: str) -> None:
    """Wrong use, told as such."""
    result = run("models", command, "../shipped_models/shipped")
    assert result.exit_code == 2
    assert "is no name of a model" in result.stderr


@pytest.mark.parametrize("command", ["use", "show", "card"])
def test_a_name_that_no_model_has_is_wrong_use(place: Path, run: Command, command: str) -> None:
    """Told with the folder of the school's own models, where it was looked for first, and with how to see the names."""
    result = run("models", command, "none")
    assert result.exit_code == 2
    assert f"{place / 'models'}: there is no model none" in result.stderr
    assert "mailtriage models list" in result.stderr


def test_a_model_named_in_the_configuration_wins_and_use_says_so(place: Path, run: Command) -> None:
    """The choice is recorded, with a note that it has no effect yet."""
    put(place / "models", "mine")
    (place / "config.toml").write_text('[classifier]\nmodels = "models"\nmodel = "shipped"\n')
    result = run("models", "use", "mine")
    assert result.exit_code == 0
    assert 'classifier.model = "shipped", and that wins' in result.stderr
    assert "* shipped" in run("models", "list").stdout


def test_show_prints_the_card_and_the_manifest(place: Path, run: Command) -> None:
    """Text for a person, JSON for a program; an altered model is refused."""
    folder = put(place / "models", "mine", verdict="tied")
    assert "# Model card: mine" in run("models", "show", "mine").stdout
    assert json.loads(run("models", "show", "mine", "--format", "json").stdout)["comparison"]["verdict"] == "tied"
    (folder / ARRAYS).write_bytes(b"x")
    assert run("models", "show", "mine").exit_code == 1


def test_the_card_is_written_beside_the_model(place: Path, run: Command) -> None:
    """One command makes it again; the model still loads."""
    folder = put(place / "models", "mine")
    assert run("models", "card", "mine", "--write").exit_code == 0
    card = (folder / "README.md").read_text("utf-8")
    assert card == run("models", "card", "mine").stdout
    for heading in ("Intended use", "Who should not use it", "Data", "Figures", "Thresholds", "Limits"):
        assert f"\n## {heading}\n" in card
    assert run("models", "use", "mine").exit_code == 0
