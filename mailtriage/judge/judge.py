"""From a message to a verdict, with its evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Self

from mailtriage.judge.evidence import clues, deciding
from mailtriage.judge.features import Reading, read
from mailtriage.judge.language import FAMILIAR
from mailtriage.judge.model import Model, Scored, score
from mailtriage.records import CATEGORIES, FLAGS, Category, Clue, Flag, Message, Verdict


class ModelJudge:
    """Judges by a trained model. Pure: nothing is remembered between messages."""

    def __init__(self, model: Model) -> None:
        """Take a model into use."""
        self._model = model

    @property
    def name(self) -> str:
        """The model's name."""
        return self._model.name

    @property
    def model(self) -> Model:
        """The model itself, for explaining and evaluating."""
        return self._model

    def with_unsure_below(self, probability: float | None) -> Self:
        """The same judge with another threshold for being sure; the model's own where None."""
        if probability is None:
            return self
        thresholds = replace(self._model.thresholds, category_at_least=probability, substantive_at_least=probability)
        return type(self)(replace(self._model, thresholds=thresholds))

    def judge(self, message: Message) -> Verdict:
        """The verdict on one message."""
        return self.judge_many([message])[0]

    def judge_many(self, messages: Sequence[Message]) -> list[Verdict]:
        """The verdicts on several messages, in their order; quicker than one by one."""
        readings = [read(message) for message in messages]
        scored = score(self._model, readings)
        return [self._verdict(*one) for one in zip(readings, scored, strict=True)]

    def is_sure(self, scored: Scored, language: str) -> bool:
        """Whether the costs allow to be confident of a mail in this language; see ``Thresholds``."""
        thresholds = self._model.thresholds
        best = max(scored.probabilities, key=lambda category: scored.probabilities[category])
        if language not in FAMILIAR and scored.probabilities[best] < thresholds.elsewhere_at_least:
            return False
        substantive = scored.probabilities[Category.SUBSTANTIVE]
        if best is Category.SUBSTANTIVE:
            return substantive >= thresholds.substantive_at_least
        return scored.probabilities[best] >= thresholds.category_at_least and substantive <= thresholds.simple_at_most

    def flags_of(self, scored: Scored) -> frozenset[Flag]:
        """The flags whose probability reaches their threshold."""
        return frozenset(flag for flag in FLAGS if scored.flags[flag] >= self._model.thresholds.flags[flag])

    def _verdict(self, reading: Reading, scored: Scored) -> Verdict:
        category = max(CATEGORIES, key=lambda one: scored.probabilities[one])
        flags = self.flags_of(scored)
        why: list[Clue] = []
        head = CATEGORIES.index(category)
        at = deciding(scored.by_sentence, head)
        why += clues(self._model.sentence, reading, scored, at, head, category.value)
        flag_sentences = {}
        for flag in FLAGS:
            if flag in flags:
                head = len(CATEGORIES) + FLAGS.index(flag)
                place = deciding(scored.by_sentence, head)
                flag_sentences[flag] = reading.sentences[place].text
                why += clues(self._model.sentence, reading, scored, place, head, flag.value)
        return Verdict(
            category=category,
            probabilities=scored.probabilities,
            flags=flags,
            flag_probabilities=scored.flags,
            language=reading.language,
            unsure=not self.is_sure(scored, reading.language),
            why=tuple(why),
            sentence=reading.sentences[at].text,
            flag_sentences=flag_sentences,
            model=self._model.name,
        )
