"""Figures from predictions: against hand-made cases, and against scikit-learn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import f1_score, precision_score, recall_score

from mailtriage.learn.compare import difference, held_out
from mailtriage.learn.corpus import Example, load
from mailtriage.learn.groups import groups_of
from mailtriage.learn.scoring import calibration_error, figures
from mailtriage.learn.sums import flag_truth_of, resampled, truth_of
from mailtriage.learn.validate import Predictions, worst
from mailtriage.records import CATEGORIES, FLAGS
from tests.learn.mails import mails, write


def guessed(
    best: Sequence[int], *, confidence: float = 0.8, unsure: Sequence[int] = (), flagged: bool = False
) -> Predictions:
    """Predictions that give these categories, all with one probability."""
    rows = np.full((len(best), len(CATEGORIES)), (1 - confidence) / 3)
    rows[np.arange(len(best)), list(best)] = confidence
    flags = np.full((len(best), len(FLAGS)), flagged)
    return Predictions(rows, flags.astype(float), flags, np.isin(np.arange(len(best)), list(unsure)))


def noisy(examples: Sequence[Example], wrong: float, seed: int = 1) -> Predictions:
    """Predictions that are wrong in this part of the examples, and set flags by chance."""
    chance = np.random.default_rng(seed)
    best = np.where(chance.random(len(examples)) < wrong, chance.integers(0, 4, len(examples)), truth_of(examples))
    found = guessed(best.tolist())
    flags = chance.random((len(examples), len(FLAGS))) < 0.2
    return Predictions(found.probabilities, flags.astype(float), flags, chance.random(len(examples)) < 0.3)


def test_perfect_answers_have_perfect_figures(tiny: list[Example]) -> None:
    """All right and all sure: 1 and 0 everywhere, and no doubt about it."""
    found = figures(tiny, guessed(truth_of(tiny).tolist(), confidence=1.0))
    assert (found.macro_f1, found.accuracy, found.accuracy_when_sure) == (1, 1, 1)
    assert (found.unsure, found.missed, found.needless, found.calibration_error) == (0, 0, 0, 0)
    assert found.intervals["macro_f1"] == (1, 1)


def test_missed_and_needless_count_only_what_is_sure(tiny: list[Example]) -> None:
    """Of 18 substantive mails 2 are called simple, one of them unsure; of 54 simple ones 3 substantive, one unsure."""
    truth = truth_of(tiny)
    substantive, simple = np.flatnonzero(truth == 3), np.flatnonzero(truth != 3)
    best = truth.copy()
    best[substantive[:2]] = 0
    best[simple[:3]] = 3
    found = figures(tiny, guessed(best.tolist(), unsure=[substantive[0], simple[0]]))
    assert found.missed == pytest.approx(1 / len(substantive))
    assert found.needless == pytest.approx(2 / len(simple))
    assert found.unsure == pytest.approx(2 / len(tiny))
    assert found.accuracy_when_sure == pytest.approx(1 - 3 / (len(tiny) - 2))
    assert found.confusion[3][0] == 2


def test_rates_are_those_of_scikit_learn(tiny: list[Example]) -> None:
    """Precision, recall, F1 and macro-F1 of categories and flags agree with an independent count."""
    predictions = noisy(tiny, 0.4)
    found, truth, best = figures(tiny, predictions), truth_of(tiny), predictions.best
    assert found.macro_f1 == pytest.approx(f1_score(truth, best, average="macro"))
    for at, rates in enumerate(found.categories.values()):
        assert rates.precision == pytest.approx(precision_score(truth == at, best == at, zero_division=0))
        assert rates.recall == pytest.approx(recall_score(truth == at, best == at, zero_division=0))
        assert rates.support == (truth == at).sum()
    flags = flag_truth_of(tiny)
    for at, rates in enumerate(found.flags.values()):
        expected = f1_score(flags[:, at], predictions.flags[:, at], zero_division=0)
        assert rates.f1 == pytest.approx(expected)


def test_a_category_that_does_not_occur_does_not_lower_the_mean(tiny: list[Example]) -> None:
    """Data of another make may lack a category: macro-F1 is the mean over those that are there."""
    some = [one for one in tiny if one.category in CATEGORIES[:2]]
    assert figures(some, guessed(truth_of(some).tolist())).macro_f1 == 1


def test_calibration_error_is_the_distance_of_said_from_held() -> None:
    """Always 80% sure and right in half: 0.3 off."""
    assert calibration_error(np.full(10, 0.8), np.arange(10) < 5) == pytest.approx(0.3)


def test_calibration_of_all_is_that_of_the_figures(tiny: list[Example]) -> None:
    """The sums give the same calibration error as the definition."""
    predictions = noisy(tiny, 0.4)
    expected = calibration_error(predictions.probabilities.max(1), predictions.best == truth_of(tiny))
    assert figures(tiny, predictions).calibration_error == pytest.approx(expected)


def test_intervals_hold_the_figure_and_are_the_same_each_time(tiny: list[Example]) -> None:
    """Every interval is a proper one, holds the figure of all mails here, and does not change from run to run."""
    predictions = noisy(tiny, 0.3)
    first, second = figures(tiny, predictions), figures(tiny, predictions)
    assert first == second
    low, high = first.intervals["macro_f1"]
    assert low < first.macro_f1 < high
    assert all(0 <= low <= high <= 1 for low, high in first.intervals.values())
    assert {"missed", "needless", "unsure", "calibration_error", "urgent.recall", "yes_no.f1"} <= set(first.intervals)


def test_voices_are_resampled_whole(tiny: list[Example]) -> None:
    """Where one voice is all wrong and the others right, the interval is as wide as voices make it, not mails."""
    truth = truth_of(tiny)
    best = np.where([one.voice == "oma" for one in tiny], (truth + 1) % 4, truth)
    whole = figures(tiny, guessed(best.tolist())).intervals["accuracy"]
    shuffled = np.where(np.random.default_rng(3).permutation(len(tiny)) < 12, (truth + 1) % 4, truth)
    spread = figures(tiny, guessed(shuffled.tolist())).intervals["accuracy"]
    assert whole[1] - whole[0] > 1.5 * (spread[1] - spread[0])


def test_resampling_draws_as_many_units_as_there_are() -> None:
    """Each round of six equal voices has the same number of mails."""
    sums, units = np.ones((60, 1)), [str(at // 10) for at in range(60)]
    drawn = resampled(sums, units, rounds=50)
    assert drawn.shape == (50, 1)
    assert (drawn == 60).all()
    assert (resampled(np.arange(60.0)[:, None], units, rounds=50).std(0) > 0).all()


def test_a_single_mail_has_figures(tiny: list[Example]) -> None:
    """One mail is enough for figures, and too little for intervals."""
    found = figures(tiny[:1], guessed(truth_of(tiny[:1]).tolist()))
    assert found.macro_f1 == 1
    assert found.intervals == {}
    assert not math.isnan(found.calibration_error)


def test_groups_cover_every_mail_once(tiny: list[Example]) -> None:
    """In each dimension each mail belongs to one group."""
    groups = groups_of(tiny)
    assert set(groups) == {"language", "length", "border", "voice"}
    for parts in groups.values():
        assert (np.sum(list(parts.values()), axis=0) == 1).all()
    assert groups["border"]["on a border"].sum() == 24


def test_foreign_data_have_the_groups_they_allow(tmp_path: Path) -> None:
    """Without voices and borders those tables are left out; a language that is not given is judged, or unknown."""
    lines = [
        {"id": "1", "label": "notice", "body": "Beste juf, Noor is ziek en komt vandaag helaas niet naar school."},
        {"id": "2", "label": "notice", "body": "Dear teacher, Noor is ill and will not come to school today, sorry."},
        {"id": "3", "label": "notice", "body": "12345 !!"},
    ]
    groups = groups_of(load([write(tmp_path / "x.jsonl", lines)]))
    assert set(groups) == {"language", "length"}
    assert {name: int(part.sum()) for name, part in groups["language"].items()} == {"nl": 1, "en": 1, "unknown": 1}


def test_other_languages_stand_together_beside_dutch_and_english(tmp_path: Path) -> None:
    """So that their share of confident errors can be read; where there is one kind only, there is no such table."""
    lines = [
        {"id": "1", "label": "notice", "body": "Noor is ziek.", "lang": "nl"},
        {"id": "2", "label": "notice", "body": "Noor is ill.", "lang": "en"},
        {"id": "3", "label": "notice", "body": "Noor hasta.", "lang": "tr"},
        {"id": "4", "label": "notice", "body": "Noor jest chora.", "lang": "pl"},
    ]
    groups = groups_of(load([write(tmp_path / "x.jsonl", lines)]))
    assert {name: part.tolist() for name, part in groups["languages"].items()} == {
        "Dutch and English": [True, True, False, False],
        "all others": [False, False, True, True],
    }
    assert "languages" not in groups_of(load([write(tmp_path / "y.jsonl", lines[:2])]))


def test_lengths_are_cut_at_thirty_and_eighty_words(tmp_path: Path) -> None:
    """29, 30, 80 and 81 words fall where the names say."""
    lines = [{"id": str(n), "label": "notice", "body": "woord " * n} for n in (29, 30, 80, 81)]
    groups = groups_of(load([write(tmp_path / "x.jsonl", lines)]))["length"]
    assert {name: int(part.sum()) for name, part in groups.items()} == {
        "under 30 words": 1,
        "30-80 words": 2,
        "over 80 words": 1,
    }


def test_the_worst_errors_are_the_sure_and_confident_ones(tiny: list[Example]) -> None:
    """Right answers are no errors; sure ones come before unsure ones, then the more confident first."""
    best = truth_of(tiny)
    best[:4] = (best[:4] + 1) % 4
    found = guessed(best.tolist(), unsure=[0])
    found.probabilities[2] *= 0.9
    assert worst(found, truth_of(tiny), 10).tolist() == [1, 3, 2, 0]
    assert worst(found, truth_of(tiny), 2).tolist() == [1, 3]


def test_better_worse_and_alike_are_told_apart(tiny: list[Example]) -> None:
    """Many more right answers win, many fewer lose, the same ones tie."""
    good, bad = noisy(tiny, 0.02), noisy(tiny, 0.9)
    assert difference(tiny, bad, good).verdict == "won"
    assert difference(tiny, good, bad).verdict == "lost"
    same = difference(tiny, good, good)
    assert (same.verdict, same.low, same.high) == ("tied", 0, 0)


def test_the_newest_fifth_of_the_corrections_is_held_out(tmp_path: Path) -> None:
    """By their moment, not by their place; mails that are no corrections, or have no moment, are never held out."""
    data = write(tmp_path / "a.jsonl", mails(("kort",)))
    said = [
        {"id": f"c{n}", "label": "notice", "body": "Noor is ziek.", "at": f"2026-09-{28 - n:02}T08:00:00+02:00"}
        for n in range(25)
    ]
    examples = load([data], [write(tmp_path / "b.jsonl", [*said, {"id": "z", "label": "notice", "body": "Tot dan."}])])
    assert [examples[at].id for at in held_out(examples)] == ["c4", "c3", "c2", "c1", "c0"]
    assert held_out(examples[: 12 + 15]).tolist() == []
