"""The judge as the other rooms see it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from mailtriage.records import Message, Verdict


class Judge(Protocol):
    """Makes verdicts. Pure: the same message gives the same verdict, and nothing is remembered of it."""

    @property
    def name(self) -> str:
        """Which model judges; each verdict carries it."""

    def judge(self, message: Message) -> Verdict:
        """The verdict on one message."""

    def judge_many(self, messages: Sequence[Message]) -> list[Verdict]:
        """The verdicts on several messages, in their order; quicker than one by one."""
