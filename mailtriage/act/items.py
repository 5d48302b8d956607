"""One message as a digest tells it, and which comes before which."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from mailtriage.plain import plain_line
from mailtriage.records import Category, Flag, Message, Verdict
from mailtriage.store import Known

LONGEST = 200
"""Signs of a name, a subject or a sentence; the mail itself is a tap away."""

_LINK = re.compile(r"(?:\b[a-z][a-z0-9+.-]{1,20}://|\bwww\.)\S+", re.IGNORECASE)
_SIMPLE = (Category.APPOINTMENT, Category.YES_NO, Category.NOTICE)


@dataclass(frozen=True, slots=True)
class Item:
    """One message as the digest tells it. ``category`` is None where the message could not be read or judged.

    ``drafted`` says that a reply lies in Drafts, ``draft_gone`` that one lay there and does not any more;
    ``contact_told_at`` is when the emergency contact was told of it, out of hours.
    """

    sender: str
    subject: str
    category: Category | None
    unsure: bool
    flags: frozenset[Flag]
    sentence: str = ""
    drafted: bool = False
    draft_gone: bool = False
    arrived: datetime | None = None
    contact_told_at: datetime | None = None

    @property
    def rank(self) -> tuple[int, int, float]:
        """The more pressing first; of equals the one that has waited longest."""
        return *pressing(self), self.arrived.timestamp() if self.arrived else 0.0

    @property
    def tone(self) -> str:
        """What its colour stands for."""
        if self.pressing_flag:
            return self.pressing_flag.value
        return "unsure" if self.unsure or self.category is None else self.category.value

    @property
    def pressing_flag(self) -> Flag | None:
        """The flag that puts it before the others."""
        return next((flag for flag in (Flag.URGENT, Flag.CONDUCT) if flag in self.flags), None)


def pressing(one: Item) -> tuple[int, int]:
    """Sorts flags first, then what asks for a conversation, what is unclear, and what is simple."""
    flag = {Flag.URGENT: 0, Flag.CONDUCT: 1, None: 2}[one.pressing_flag]
    if one.unsure or one.category is None:
        return flag, 1
    return flag, 0 if one.category is Category.SUBSTANTIVE else 2 + _SIMPLE.index(one.category)


@dataclass(frozen=True, slots=True)
class Tally:
    """Messages counted: all, urgent ones, those with a reply in Drafts, and those that ask for nothing."""

    count: int
    urgent: int
    drafted: int
    quiet: int

    @classmethod
    def of(cls, items: Iterable[Item]) -> Self:
        """Count these."""
        every = list(items)
        return cls(
            count=len(every),
            urgent=sum(Flag.URGENT in one.flags for one in every),
            drafted=sum(one.drafted for one in every),
            quiet=sum(one.tone == Category.NOTICE for one in every),
        )


def item_of(
    known: Known, message: Message | None, verdict: Verdict | None, *, drafted: bool, draft_gone: bool = False
) -> Item:
    """What the digest tells of a known message; ``message`` is None where it cannot be read."""
    sentence = verdict.sentence if verdict else ""
    for flag in (Flag.URGENT, Flag.CONDUCT):
        if verdict and flag in known.flags and verdict.flag_sentences.get(flag):
            sentence = verdict.flag_sentences[flag]
            break
    return Item(
        sender=_inert(message.sender.name or message.sender.address) if message else "",
        subject=_inert(message.subject) if message else "",
        category=known.category,
        unsure=known.unsure,
        flags=known.flags,
        sentence=_inert(sentence),
        drafted=drafted,
        draft_gone=draft_gone,
        arrived=message.arrived if message else None,
    )


def _inert(text: str) -> str:
    """One line without what changes how a text reads, and without links: mail programs make those out of bare text, and
    a digest comes from the teacher's own address."""
    return plain_line(_LINK.sub("[link]", text[: 20 * LONGEST]), LONGEST)
