"""``mailtriage train``: a challenger, its verdict, and bad data."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mailtriage.modelfiles import load
from tests.cli.conftest import Command
from tests.learn.mails import mails, write
from tests.modelfiles.conftest import put


def manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a model as it stands in its file."""
    data: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))
    return data


def mended(place: Path) -> Path:
    """A file of corrections in three voices that the program does not know, one a day."""
    lines = mails(("kort", "deftig", "oma"), prefix="c-")
    for at, line in enumerate(lines):
        line["at"] = (datetime(2026, 9, 1, tzinfo=UTC) + timedelta(days=at)).isoformat()
        line["voice"] = line["writer"] = f"c-{line['voice']}"
        line["body"] = line["span"] = f"{line['span']} {at} sdraagt"
        line["flag_spans"], line["flags"] = {}, []
    return write(place / "corrections.jsonl", lines)


def test_training_writes_a_model_that_can_be_taken_into_use(place: Path, run: Command) -> None:
    """On what comes with the program alone there is nothing to compare; figures and card stand beside the model."""
    result = run("train", "--name", "mine", "--jobs", 1)
    assert result.exit_code == 0, result.stderr
    folder = place / "models" / "mine"
    about = manifest(folder)
    assert about["figures"]["over voices"]["count"] == 72
    assert about["data"]["mails"] == 72
    assert about["data"]["voices"] == 6
    assert about["comparison"] == {}
    assert set(about["groups"]) == {"language", "length", "border", "voice"}
    assert "| yes\\_no |" in (folder / "README.md").read_text("utf-8")
    assert run("models", "use", "mine").exit_code == 0


def test_a_challenger_is_compared_over_voices_and_in_time(place: Path, run: Command) -> None:
    """The verdict with its interval is told and stands in the manifest, with how far the corrections go."""
    result = run("train", "--name", "mine", "--corrections", mended(place), "--jobs", 1)
    assert result.exit_code == 0, result.stderr
    about = manifest(place / "models" / "mine")
    comparison = about["comparison"]
    assert comparison["against"] == "shipped"
    assert comparison["over_voices"]["mails"] == 72 + 36
    assert comparison["corrections"]["mails"] == 7
    for one in (comparison, comparison["over_voices"], comparison["corrections"]):
        assert one["verdict"] in {"won", "tied", "lost"}
    assert comparison["over_voices"]["low"] <= comparison["over_voices"]["difference"]
    assert f"beside shipped: {comparison['verdict']}" in result.stdout
    assert about["data"]["corrections"] == 36
    assert about["data"]["corrections_until"].startswith("2026-10-06")


def test_a_challenger_that_learned_nonsense_loses_and_is_refused(place: Path, run: Command) -> None:
    """Mails whose labels are all wrong make the recipe worse over voices: `models use` refuses the model."""
    wrong = {"yes_no": "notice", "notice": "substantive", "substantive": "appointment", "appointment": "yes_no"}
    lines = [
        {**line, "label": wrong[line["label"]], "voice": f"x{copy}", "writer": f"x{copy}", "weight": 5}
        for copy in range(2)
        for line in mails(("kort", "druk", "breed"), prefix=f"x{copy}-")
    ]
    result = run("train", "--name", "bad", "--data", write(place / "bad.jsonl", lines), "--jobs", 1)
    assert result.exit_code == 0, result.stderr
    comparison = manifest(place / "models" / "bad")["comparison"]
    assert comparison["shipped"]["verdict"] == "lost"
    assert comparison["verdict"] == "lost"
    assert run("models", "use", "bad").exit_code == 1


def test_the_same_data_give_the_same_model(place: Path, run: Command) -> None:
    """Trained twice, the arrays are the same."""
    for name in ("a", "b"):
        assert run("train", "--name", name, "--no-validate", "--jobs", 1).exit_code == 0
    assert manifest(place / "models" / "a")["arrays_sha256"] == manifest(place / "models" / "b")["arrays_sha256"]
    assert load(place / "models" / "a")[1].figures == {}


@pytest.mark.parametrize("name", ["shipped", "current", "../x", ""])
def test_a_name_that_is_taken_or_none_is_refused(place: Path, run: Command, name: str) -> None:
    """Wrong use; nothing was trained."""
    assert run("train", "--name", name).exit_code == 2
    assert not (place / "models").exists()


def test_the_model_in_use_is_not_written_over(place: Path, run: Command) -> None:
    """A challenger gets a name of its own, so that nothing untried judges mail."""
    before = manifest(put(place / "models", "mine"))
    run("models", "use", "mine")
    refused = run("train", "--name", "mine")
    assert refused.exit_code == 2
    assert "by the model in use" in refused.stderr
    assert manifest(place / "models" / "mine") == before


def test_bad_data_are_told_at_once_and_nothing_is_trained(place: Path, run: Command) -> None:
    """Each line that is wrong, by file and line, also in the corrections."""
    data = write(place / "bad.jsonl", ["nonsense", *mails(("kort",), prefix="y-"), "{}"])
    corrections = write(place / "said.jsonl", [{"id": "z", "body": "x", "label": "vraag"}])
    result = run("train", "--name", "mine", "--data", data, "--corrections", corrections)
    assert result.exit_code == 2
    assert all(place in result.stderr for place in ("bad.jsonl:1:", "bad.jsonl:14:", "said.jsonl:1:"))
    assert not (place / "models").exists()


def test_too_few_voices_are_told(place: Path, run: Command) -> None:
    """With --alone the file must do by itself; what is missing is named."""
    data = write(place / "one.jsonl", mails(("kort",)))
    result = run("train", "--name", "mine", "--data", data, "--alone")
    assert result.exit_code == 2
    assert "only 1 voice" in result.stderr
    narrow = write(place / "narrow.jsonl", [*mails(("kort",)), *mails(("oma", "breed"))[:3]])
    result = run("train", "--name", "mine", "--data", narrow, "--alone", "--jobs", 1)
    assert result.exit_code == 2
    assert "too few voices write" in result.stderr


def test_alone_without_data_and_a_missing_file_are_wrong_use(place: Path, run: Command) -> None:
    """Told with what to give."""
    assert run("train", "--alone").exit_code == 2
    result = run("train", "--data", place / "none.jsonl")
    assert result.exit_code == 2
    assert "none.jsonl" in result.stderr


def test_a_copy_of_what_comes_with_the_program_counts_once(place: Path, run: Command) -> None:
    """Naming it again is no doubled id."""
    copy = place / "copy.jsonl"
    copy.write_bytes((place / "shipped_training_data" / "tiny.jsonl").read_bytes())
    result = run("train", "--check-only", "--data", copy)
    assert "72 mails in 6 voices of 6 writers" in result.stdout


def test_a_check_lists_near_duplicates_and_trains_nothing(place: Path, run: Command) -> None:
    """Pairs within the data and between them and a file; status 1, so that a script can stop."""
    body = "Onze dochter Lotte blijft donderdagmiddag bij haar vriendin spelen en wordt daar door ons opgehaald."
    extra = [
        {"id": "near", "body": body, "label": "notice"},
        {"id": "twin", "body": body + " Dank!", "label": "notice"},
    ]
    result = run("train", "--check-only", "--data", write(place / "extra.jsonl", extra))
    assert result.exit_code == 1
    assert "near  twin" in result.stdout
    assert not (place / "models").exists()
