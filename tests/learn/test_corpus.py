"""Bad training data: every problem is told at once, with file and line, and nothing is trained."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mailtriage.errors import ExitStatus, TrainingDataError
from mailtriage.learn.corpus import CORRECTION_WEIGHT, load, require_variety
from mailtriage.learn.sources import data_paths
from tests.learn.mails import mails, write


def good(**changes: Any) -> dict[str, Any]:
    """A line without a fault, but for the changes."""
    return {"id": "a", "subject": "s", "body": "Noor is ziek.", "label": "notice", "flags": [], **changes}


def told(path: Path, *lines: dict[str, Any] | str) -> list[str]:
    """What is wrong with a file of these lines: place and sentence."""
    with pytest.raises(TrainingDataError) as caught:
        load([write(path, lines)])
    assert caught.value.exit_status is ExitStatus.WRONG_USE
    return [f"{problem.where}: {problem.what}" for problem in caught.value.problems]


def test_every_problem_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    """Each kind of mistake in one file: one complaint each, in the order of the lines."""
    problems = told(
        tmp_path / "x.jsonl",
        "{broken",
        "[1, 2]",
        good(id="b", label="vraag"),
        good(id="c", body="  \n "),
        good(id="d", span="Noor is beter."),
        good(id="e"),
        good(id="e"),
        good(id="f", flags=["rood"]),
        good(id="", subject="x"),
        good(id="g", flag_spans={"urgent": "brand"}),
        good(id="h", weight="zwaar"),
        good(id="i", at="gisteren"),
        good(id="j", subject=3),
    )
    wanted = [
        "x.jsonl:1: is not JSON",
        "x.jsonl:2: is no JSON object",
        "x.jsonl:3: has the unknown label 'vraag'",
        "x.jsonl:4: has an empty body",
        "x.jsonl:5: has a span that is not in its body",
        "x.jsonl:7: has the id 'e' of x.jsonl:6",
        "x.jsonl:8: has unknown flags ['rood']",
        "x.jsonl:9: has no id",
        "x.jsonl:10: has a span that is not in its body",
        "x.jsonl:11: has the weight 'zwaar'",
        "x.jsonl:12: has the moment 'gisteren'",
        "x.jsonl:13: has a subject that is no text",
    ]
    assert len(problems) == len(wanted)
    assert all(found.startswith(start) for found, start in zip(problems, wanted, strict=True)), problems


@pytest.mark.parametrize("weight", [0, -1, 1000, True, None, [1], "NaN", "Infinity"])
def test_a_weight_that_is_none_is_told(tmp_path: Path, weight: Any) -> None:
    """Neither a weight of nothing nor one that drowns everything else gets in."""
    line = json.dumps(good(weight=weight)).replace('"NaN"', "NaN").replace('"Infinity"', "Infinity")
    (problem,) = told(tmp_path / "x.jsonl", line)
    assert "has the weight" in problem


@pytest.mark.parametrize("label", [None, 3, [], {}, "Notice"])
def test_a_label_of_any_kind_is_told(tmp_path: Path, label: Any) -> None:
    """Whatever stands where the label should, it is a complaint and no crash."""
    (problem,) = told(tmp_path / "x.jsonl", good(label=label))
    assert "unknown label" in problem


def test_a_number_of_thousands_of_digits_is_no_crash(tmp_path: Path) -> None:
    """Python refuses such numbers with an error of its own; it is told like any line that is not JSON."""
    (problem,) = told(tmp_path / "x.jsonl", '{"id": ' + "9" * 6000 + "}")
    assert "x.jsonl:1: is not JSON" in problem


def test_half_a_character_is_told(tmp_path: Path) -> None:
    r"""JSON can hold \ud83d alone; no text in UTF-8 can."""
    (problem,) = told(tmp_path / "x.jsonl", r'{"id": "a", "body": "hoi \ud83d", "label": "notice"}')
    assert "half a character" in problem


def test_many_problems_are_counted_and_the_first_ones_named(tmp_path: Path) -> None:
    """A file that is wrong all over does not fill the screen, but all are counted."""
    with pytest.raises(TrainingDataError) as caught:
        load([write(tmp_path / "x.jsonl", ["nonsense"] * 1000)])
    assert len(caught.value.problems) == 200
    assert caught.value.what.startswith("1000 problems")


def test_ids_are_doubled_across_files_too(tmp_path: Path) -> None:
    """Two files with the same id: the second place is named with the first."""
    first, second = write(tmp_path / "a.jsonl", [good()]), write(tmp_path / "b.jsonl", [good()])
    with pytest.raises(TrainingDataError) as caught:
        load([first], [second])
    assert caught.value.problems[0].what == "has the id 'a' of a.jsonl:1"


def test_a_mark_at_the_start_and_windows_line_ends_are_fine(tmp_path: Path) -> None:
    """What Windows editors write is read."""
    path = tmp_path / "x.jsonl"
    text = f"{json.dumps(good())}\r\n\r\n{json.dumps(good(id='b'))}\r\n"
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert [one.id for one in load([path])] == ["a", "b"]


def test_a_file_in_utf_16_is_told(tmp_path: Path) -> None:
    """Not as a thousand broken lines, but as a file in another encoding."""
    path = tmp_path / "x.jsonl"
    path.write_text(json.dumps(good()), "utf-16")
    with pytest.raises(TrainingDataError) as caught:
        load([path])
    (problem,) = caught.value.problems
    assert "is not UTF-8" in problem.what
    assert "UTF-8" in problem.advice


def test_a_folder_in_place_of_a_file_is_told(tmp_path: Path) -> None:
    """A folder that ends in .jsonl is named, with the reason."""
    (tmp_path / "x.jsonl").mkdir()
    with pytest.raises(TrainingDataError) as caught:
        load(data_paths([tmp_path]))
    assert "cannot be read" in caught.value.problems[0].what


def test_an_empty_file_is_told(tmp_path: Path) -> None:
    """Nothing to train on is an error, not a model of nothing."""
    with pytest.raises(TrainingDataError, match="no mail"):
        load([write(tmp_path / "x.jsonl", ["", "  "])])


def test_a_huge_line_is_read(tmp_path: Path) -> None:
    """A mail of five million signs is a long mail."""
    path = write(tmp_path / "x.jsonl", [good(body="Noor is ziek. " * 350_000)])
    (example,) = load([path])
    assert len(example.message.newest) > 4_000_000


def test_one_category_and_one_voice_are_told_together(tmp_path: Path) -> None:
    """What is missing is named: each category, and voices."""
    examples = load([write(tmp_path / "x.jsonl", [good(voice="v"), good(id="b", voice="v")])])
    with pytest.raises(TrainingDataError) as caught:
        require_variety(examples)
    told = [problem.what for problem in caught.value.problems]
    assert told == [
        "no mail is labelled yes_no",
        "no mail is labelled appointment",
        "no mail is labelled substantive",
        "only 1 voice",
    ]


def test_two_voices_of_one_writer_are_one(tmp_path: Path) -> None:
    """Validation keeps a writer together, so two voices of one writer leave nobody to validate on."""
    lines = [{**line, "writer": "same"} for line in mails(("kort", "oma"))]
    with pytest.raises(TrainingDataError):
        require_variety(load([write(tmp_path / "x.jsonl", lines)]))


def test_foreign_data_need_only_an_id_a_body_and_a_label(tmp_path: Path) -> None:
    """Without voice each mail is a voice of its own; language and the rest are empty."""
    (example,) = load([write(tmp_path / "x.jsonl", [{"id": 7, "body": "Noor is ziek.", "label": "notice"}])])
    assert (example.id, example.voice, example.language, example.span) == ("7", "7", "", "")


def test_corrections_weigh_more_and_come_last(tmp_path: Path) -> None:
    """A correction without a weight has the usual one of corrections; its own weight counts where it has one."""
    mail = write(tmp_path / "a.jsonl", [good()])
    said = write(tmp_path / "b.jsonl", [good(id="b", at="2026-09-14T21:40:00+02:00"), good(id="c", weight=2)])
    found = load([mail], [said])
    assert [(one.id, one.weight, one.correction) for one in found] == [
        ("a", 1.0, False),
        ("b", CORRECTION_WEIGHT, True),
        ("c", 2.0, True),
    ]
    assert found[1].at is not None
    assert found[1].at.isoformat() == "2026-09-14T21:40:00+02:00"
