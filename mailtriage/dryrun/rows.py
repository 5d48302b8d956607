"""One message of a dry-run as other programs read it: the JSON object that product and documentation promise."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypedDict
from zoneinfo import ZoneInfo

from mailtriage.records import CATEGORIES, FLAGS, Category, Clue, Message, Plan, Scope, Verdict

_STEPS = 10_000


class ClueRow(TypedDict):
    """A word or phrase that spoke for the verdict, with its log-odds."""

    clue: str
    weight: float


Row = TypedDict(
    "Row",
    {
        "source": str,
        "message_id": str | None,
        "date": str | None,
        "from": str | None,
        "subject": str | None,
        "scope": str | None,
        "scope_reason": str | None,
        "category": str | None,
        "group": str | None,
        "confidence": float | None,
        "unsure": bool,
        "probabilities": dict[str, float] | None,
        "flags": list[str],
        "language": str | None,
        "why": list[ClueRow],
        "actions": list[str],
        "notify_at": str | None,
        "reply": str | None,
        "error": str | None,
    },
)
"""Every key is always there, in this order; null where it does not apply."""

KEYS: tuple[str, ...] = tuple(Row.__annotations__)


def row_of(
    source: str,
    message: Message | None,
    scope: Scope | None,
    verdict: Verdict | None,
    plan: Plan,
    *,
    zone: ZoneInfo,
    error: str | None = None,
) -> Row:
    """The row of one message from ``source`` (``export.mbox#17``, or ``account/folder#uid``).

    ``message`` is None where it could not be read, ``scope`` where it is not known whether it is a parent's,
    ``verdict`` out of scope and where it could not be judged. ``zone`` is the school's: every moment is told in it.
    ``error`` says why a message could not be read or judged, and what to do.
    """
    probabilities = rounded(verdict.probabilities) if verdict else None
    return {
        "source": source,
        "message_id": (message.message_id or None) if message else None,
        "date": moment_in(zone, message.date or message.received) if message else None,
        "from": (message.sender.address or None) if message else None,
        "subject": message.subject if message else None,
        "scope": scope.kind.value if scope else None,
        "scope_reason": scope.reason if scope else None,
        "category": verdict.category.value if verdict else None,
        "group": group_of(verdict.category) if verdict else None,
        "confidence": probabilities[verdict.category.value] if verdict and probabilities else None,
        "unsure": verdict.unsure if verdict else False,
        "probabilities": probabilities,
        "flags": [flag.value for flag in FLAGS if flag in verdict.flags] if verdict else [],
        "language": verdict.language if verdict else None,
        "why": _why(verdict.why) if verdict else [],
        "actions": [action.value for action in plan.actions],
        "notify_at": moment_in(zone, plan.notify_at),
        "reply": plan.reply.text if plan.reply else None,
        "error": error,
    }


def _why(clues: Sequence[Clue]) -> list[ClueRow]:
    """Each text once: where it spoke for the category and for a flag, with the larger weight."""
    weights: dict[str, float] = {}
    for one in clues:
        weights[one.clue] = max(one.weight, weights.get(one.clue, one.weight))
    return [{"clue": clue, "weight": round(weight, 3)} for clue, weight in weights.items()]


def group_of(category: Category) -> str:
    """``substantive``, or ``simple`` for everything that can be settled in one line."""
    return "substantive" if category is Category.SUBSTANTIVE else "simple"


def rounded(probabilities: Mapping[Category, float]) -> dict[str, float]:
    """Probabilities to four digits that sum to 1: what rounding down leaves goes to the largest remainders."""
    exact = {category: probabilities[category] * _STEPS for category in CATEGORIES}
    steps = {category: int(value) for category, value in exact.items()}
    by_remainder = sorted(CATEGORIES, key=lambda category: steps[category] - exact[category])
    for category in by_remainder[: max(_STEPS - sum(steps.values()), 0)]:
        steps[category] += 1
    return {category.value: steps[category] / _STEPS for category in CATEGORIES}


def moment_in(zone: ZoneInfo, moment: datetime | None) -> str | None:
    """ISO 8601 with the offset of the school's time zone, to the second."""
    return moment.astimezone(zone).isoformat(timespec="seconds") if moment else None


def line_of(row: Row) -> str:
    """The row as one line of JSON."""
    return json.dumps(row, ensure_ascii=False)
