"""From readings to facts, scores, evidence and verdicts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtriage.judge import ModelJudge
from mailtriage.judge.facts import FACTS, HEADS, facts_of
from mailtriage.judge.features import Reading, asks, read, rows
from mailtriage.judge.model import Linear, Model, Thresholds, score
from mailtriage.judge.odds import Floats, sigmoid, softmax, tempered
from mailtriage.records import CATEGORIES, FLAGS, Category, Flag
from tests.judge.test_reading import mail
from tests.modelfiles.conftest import made

MAILS = (
    "Mag Noor morgen trakteren? Groetjes!",
    "ok",
    "Sam huilt elke avond. Hij wil niet meer naar school. Wat gaan jullie doen? Ik hoor het graag.\n\nGroet",
    "",
    "Czy możemy porozmawiać w czwartek?",
)


def one_by_one(reading: Reading, sentence: Floats, document: Floats) -> Floats:
    """The facts of one reading, written out as their definition says."""
    asking = np.array([asks(one.text) for one in reading.sentences])
    ordered = np.sort(sentence, axis=0)[::-1]
    strongest = int(sentence[:, : len(CATEGORIES)].max(1).argmax())
    words = np.array([len(one) for one in reading.words])
    low = np.full(HEADS, -6.0)
    blocks = [
        document,
        ordered[0],
        sigmoid(sentence).sum(0),
        sentence[-1],
        sentence[0],
        sentence.mean(0),
        ordered[1] if len(ordered) > 1 else ordered[0] - 3.0,
        sentence[asking].max(0) if asking.any() else low,
        sentence[~asking].max(0) if (~asking).any() else low,
        sentence[strongest],
        np.log(np.exp(np.clip(sentence, -30, 30)).sum(0)),
    ]
    form = [
        np.log(len(words)),
        asking.sum(),
        np.log1p(reading.length),
        float(reading.reply),
        strongest / max(len(words) - 1, 1),
        words.sum(),
        words.max(),
        np.log1p(words.sum()),
        asking.mean(),
        float(asking[-1]),
    ]
    return np.concatenate([*blocks, form])


@given(
    bodies=st.lists(st.sampled_from(MAILS), min_size=1, max_size=5),
    seed=st.integers(0, 2**32 - 1),
    coarse=st.booleans(),
)
def test_facts_of_many_are_those_of_each(bodies: list[str], seed: int, *, coarse: bool) -> None:
    """All mails in one sweep give what each alone gives, also where scores are equal."""
    readings = [read(mail(body)) for body in bodies]
    chance = np.random.default_rng(seed)
    by_sentence = chance.normal(size=(sum(len(one.words) for one in readings), HEADS)) * 3
    by_document = chance.normal(size=(len(readings), HEADS))
    if coarse:
        by_sentence = by_sentence.round()
    found = facts_of(readings, by_sentence, by_document)
    assert found.shape == (len(readings), FACTS)
    start = 0
    for at, reading in enumerate(readings):
        end = start + len(reading.words)
        assert found[at] == pytest.approx(one_by_one(reading, by_sentence[start:end], by_document[at]))
        start = end


def test_scores_do_not_depend_on_the_company() -> None:
    """A mail alone and in a batch is judged the same."""
    judge = ModelJudge(made())
    together = judge.judge_many([mail(body) for body in MAILS])
    for body, verdict in zip(MAILS, together, strict=True):
        alone = judge.judge(mail(body))
        assert alone.category is verdict.category
        assert list(alone.probabilities.values()) == pytest.approx(list(verdict.probabilities.values()))
        assert alone.why == verdict.why


def test_columns_that_are_not_known_say_nothing() -> None:
    """A word that training did not see changes no score, and only the known ones set the length of a row."""
    known = np.array([3, 8], dtype=np.int32)
    linear = Linear(known, np.array([1.0, 2.0], np.float32), np.array([[1.0], [0.5]], np.float32), np.array([0.25]))
    counts = rows([np.array([3, 8, 99], np.int32), np.array([99], np.int32)])
    scores, lengths = linear.scores_and_lengths(counts)
    assert lengths[0] == pytest.approx(np.sqrt(5))
    assert scores[:, 0] == pytest.approx([(1 * 1 + 2 * 0.5) / np.sqrt(5) + 0.25, 0.25])
    assert linear.parts(np.array([8, 99], np.int32), 0).tolist() == [1.0, 0.0]


def test_clues_stand_in_the_deciding_sentence_heaviest_first() -> None:
    """Nothing is shown that the parent did not write, capitals and accents included."""
    for body in MAILS[:3]:
        verdict = ModelJudge(made()).judge(mail(body))
        assert verdict.sentence in body
        about = [clue for clue in verdict.why if clue.about == verdict.category.value]
        assert len(about) <= 5
        assert [clue.weight for clue in about] == sorted((clue.weight for clue in about), reverse=True)
        assert all(clue.clue in verdict.sentence for clue in about)


def sure(model: Model, probabilities: dict[Category, float], language: str) -> bool:
    """Whether a judge is sure of these probabilities."""
    scored = score(model, [read(mail("ok"))])[0]
    return ModelJudge(model).is_sure(replace(scored, probabilities=probabilities), language)


@pytest.mark.parametrize(
    ("simple", "substantive", "language", "expected"),
    [
        (0.70, 0.05, "nl", True),
        (0.70, 0.15, "nl", False),  # too likely to be substantive after all
        (0.45, 0.05, "nl", False),  # below the threshold of a category
        (0.70, 0.05, "tr", False),  # of other languages more is asked
        (0.85, 0.05, "tr", True),
        (0.20, 0.75, "en", True),
        (0.20, 0.65, "en", False),
        (0.20, 0.75, "pl", False),
    ],
)
def test_when_the_judge_is_sure(simple: float, substantive: float, language: str, *, expected: bool) -> None:
    """By the thresholds of the model: of a category, of not being substantive, and in other languages."""
    model = replace(made(), thresholds=Thresholds(0.5, 0.1, 0.7, 0.8, dict.fromkeys(FLAGS, 0.4)))
    rest = (1 - simple - substantive) / 2
    probabilities = {
        Category.YES_NO: simple,
        Category.APPOINTMENT: rest,
        Category.NOTICE: rest,
        Category.SUBSTANTIVE: substantive,
    }
    assert sure(model, probabilities, language) is expected


def test_a_flag_is_set_from_its_threshold_on() -> None:
    """Each by its own."""
    judge = ModelJudge(
        replace(made(), thresholds=Thresholds(0.5, 0.1, 0.7, 0.8, dict(zip(FLAGS, (0.4, 0.5, 0.6), strict=True))))
    )
    scored = score(judge.model, [read(mail("ok"))])[0]
    found = judge.flags_of(replace(scored, flags=dict(zip(FLAGS, (0.4, 0.49, 0.9), strict=True))))
    assert found == {Flag.URGENT, Flag.PERSONAL}


@given(scores=st.lists(st.floats(-50, 50), min_size=2, max_size=6), temperature=st.floats(0.3, 3))
def test_temperature_keeps_the_order_and_the_sum(scores: list[float], temperature: float) -> None:
    """It makes sharper or softer, never another winner."""
    probabilities = softmax(np.array([scores]))
    warmed = tempered(probabilities, temperature)
    assert warmed.sum() == pytest.approx(1)
    assert warmed[0, probabilities.argmax()] == pytest.approx(warmed.max())
