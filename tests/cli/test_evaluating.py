"""``mailtriage evaluate``: which model on which mail, as text, JSON and report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.learn.mails import mails, write
from tests.modelfiles.conftest import put


def own(place: Path) -> Path:
    """Labelled mail of another make: no voice, writer, span or language."""
    keep = ("body", "label", "subject")
    lines = [{"id": f"own-{at}", **{key: line[key] for key in keep}} for at, line in enumerate(mails())]
    return write(place / "own.jsonl", lines)


def test_with_data_the_model_in_use_is_measured(place: Path, run: Command) -> None:
    """The one that was taken into use, not the recipe; nothing is trained."""
    put(place / "models", "mine")
    run("models", "use", "mine")
    result = run("evaluate", "--data", own(place), "--format", "json")
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)
    assert found["model"] == "mine"
    assert found["mails"] == 72
    assert set(found["groups"]) == {"language", "length"}
    assert set(found["figures"]["flags"]) == {"urgent", "conduct", "personal"}
    assert found["figures"]["intervals"]["macro_f1"][0] <= found["figures"]["macro_f1"]
    assert "Note" not in result.stderr


def test_without_data_the_recipe_is_measured_over_voices(run: Command) -> None:
    """On the mail that comes with the program."""
    found = json.loads(run("evaluate", "--format", "json", "--jobs", 1).stdout)
    assert found["model"] is None
    assert found["method"].startswith("over voices")
    assert len(found["groups"]["voice"]) == 6


def test_a_model_on_mail_it_was_trained_on_is_noted(run: Command) -> None:
    """Such figures flatter; the note says so, and what to do instead."""
    result = run("evaluate", "--model", "shipped")
    assert result.exit_code == 0
    assert "72 of these 72 mails come with the program" in result.stderr
    assert "--over-voices" in result.stderr
    assert "model shipped" in result.stdout


def test_the_text_names_every_figure(place: Path, run: Command) -> None:
    """Headlines with intervals, categories, flags and groups."""
    text = run("evaluate", "--data", own(place), "--model", "shipped").stdout
    for words in (
        "macro-F1",
        "accuracy when sure",
        "unsure",
        "substantive missed",
        "needless conversations",
        "calibration error",
        "yes_no",
        "urgent",
        "under 30 words",
        "language",
    ):
        assert words in text
    assert " to " in text.splitlines()[3]


def test_over_voices_with_a_curve_and_a_report(place: Path, run: Command) -> None:
    """A file of one's own is validated over its voices; the curve ends with all of the data."""
    pytest.importorskip("matplotlib")
    data = write(place / "voices.jsonl", mails(prefix="z-"))
    report = place / "report.html"
    arguments = ("--data", data, "--over-voices", "--curve", "--jobs", 1, "--format", "json", "--report", report)
    result = run("evaluate", *arguments)
    assert result.exit_code == 0, result.stderr
    curve = json.loads(result.stdout)["curve"]
    assert curve["by_size"][-1]["macro_f1"] == json.loads(result.stdout)["figures"]["macro_f1"]
    assert len(curve["by_size"]) > 1
    assert len(curve["by_voices"]) > 1
    assert report.read_text("utf-8").count("<svg ") == 4


@pytest.mark.parametrize("arguments", [("--over-voices", "--model", "shipped"), ("--model", "shipped", "--curve")])
def test_what_contradicts_itself_is_wrong_use(run: Command, arguments: tuple[str, ...]) -> None:
    """A model cannot be measured over voices, and has no learning curve."""
    assert run("evaluate", *arguments).exit_code == 2


def test_a_model_that_is_not_there_is_told(place: Path, run: Command) -> None:
    """With its place and advice, as wrong use."""
    result = run("evaluate", "--data", own(place), "--model", "none")
    assert result.exit_code == 2
    assert "there is no model none" in result.stderr


def test_the_school_s_own_threshold_counts(place: Path, run: Command) -> None:
    """With unsure_below = 1 nothing is sure, in the figures too."""
    (place / "config.toml").write_text('[classifier]\nmodels = "models"\nunsure_below = 1.0\n')
    found = json.loads(run("evaluate", "--data", own(place), "--format", "json").stdout)
    assert found["figures"]["unsure"] == 1
    assert found["figures"]["missed"] == 0
