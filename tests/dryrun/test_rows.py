"""The JSON of a dry-run keeps its promise to the programs that read it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtriage.dryrun.rows import KEYS, line_of, moment_in, rounded, row_of
from mailtriage.read import read_message
from mailtriage.records import (
    CATEGORIES,
    Address,
    Category,
    Clue,
    Draft,
    Flag,
    Plan,
    Scope,
    ScopeKind,
    Verdict,
)
from tests.dryrun.mails import mail

ZONE = ZoneInfo("Europe/Amsterdam")
MORNING = datetime(2026, 9, 15, 6, 15, tzinfo=UTC)
PARENT = Scope(ScopeKind.PARENT, "not automatic, not from an own domain")


def verdict(category: Category = Category.SUBSTANTIVE) -> Verdict:
    """A sure verdict with a flag and a clue."""
    rest = {one: 0.02 for one in CATEGORIES if one is not category}
    return Verdict(
        category=category,
        probabilities={**rest, category: 0.94},
        flags=frozenset({Flag.CONDUCT}),
        flag_probabilities=dict.fromkeys(Flag, 0.5),
        language="nl",
        unsure=False,
        why=(Clue("maak me zorgen", 1.80001, "substantive"),),
    )


def plan() -> Plan:
    """A draft, marks and a notification."""
    reply = Draft("<d@x>", Address("", "a@b.example"), (), "Re: x", "<1@x>", (), "Beste ...\n", MORNING)
    return Plan(marks=("substantive", "conduct"), reply=reply, notify_at=MORNING, notify=("Juf",))


def test_the_row_of_the_contract() -> None:
    """A judged message has every key in the order of the contract, its moments in the school's zone."""
    row = row_of("export.mbox#17", read_message(mail()), PARENT, verdict(), plan(), zone=ZONE)
    assert tuple(row) == KEYS
    assert json.loads(line_of(row)) == {
        "source": "export.mbox#17",
        "message_id": "<1@thuis.example>",
        "date": "2026-09-14T21:40:00+02:00",
        "from": "sanne@thuis.example",
        "subject": "Noor",
        "scope": "parent",
        "scope_reason": "not automatic, not from an own domain",
        "category": "substantive",
        "group": "substantive",
        "confidence": 0.94,
        "unsure": False,
        "probabilities": {"yes_no": 0.02, "appointment": 0.02, "notice": 0.02, "substantive": 0.94},
        "flags": ["conduct"],
        "language": "nl",
        "why": [{"clue": "maak me zorgen", "weight": 1.8}],
        "actions": ["mark", "draft", "notify"],
        "notify_at": "2026-09-15T08:15:00+02:00",
        "reply": "Beste ...\n",
        "error": None,
    }


def test_out_of_scope_has_no_category_and_no_actions() -> None:
    """A message that is no parent's keeps its header and reason; the rest is null or empty."""
    row = row_of("a.eml", read_message(mail()), Scope(ScopeKind.OTHER, "bulk mail"), None, Plan(), zone=ZONE)
    assert tuple(row) == KEYS
    assert (row["scope"], row["scope_reason"], row["from"]) == ("other", "bulk mail", "sanne@thuis.example")
    absent = ("category", "group", "confidence", "probabilities", "language", "notify_at", "reply", "error")
    assert [row[key] for key in absent] == [None] * len(absent)  # type: ignore[literal-required]  # keys of a tuple
    assert (row["unsure"], row["flags"], row["why"], row["actions"]) == (False, [], [], [])


def test_an_unreadable_message_has_only_source_and_error() -> None:
    """Where nothing could be read, every key is there all the same."""
    row = row_of("a.mbox#3", None, None, None, Plan(), zone=ZONE, error="this is not a mail message")
    assert tuple(row) == KEYS
    told = {key: value for key, value in row.items() if value not in (None, [], False)}
    assert told == {"source": "a.mbox#3", "error": "this is not a mail message"}


def test_a_clue_is_told_once() -> None:
    """A text that spoke for the category and for a flag has one entry, with the larger weight, in the first place."""
    clues = (Clue("gepest", 0.5, "substantive"), Clue("zorgen", 0.9, "substantive"), Clue("gepest", 1.5, "conduct"))
    row = row_of("a", read_message(mail()), PARENT, replace(verdict(), why=clues), Plan(), zone=ZONE)
    assert row["why"] == [{"clue": "gepest", "weight": 1.5}, {"clue": "zorgen", "weight": 0.9}]


@pytest.mark.parametrize("category", list(Category))
def test_the_group_follows_from_the_category(category: Category) -> None:
    """``simple`` is yes_no, appointment and notice."""
    row = row_of("a", read_message(mail()), PARENT, verdict(category), Plan(), zone=ZONE)
    assert row["group"] == ("substantive" if category is Category.SUBSTANTIVE else "simple")


def test_a_message_without_date_and_id() -> None:
    """What a message does not have is null; an empty subject is an empty text."""
    row = row_of("a", read_message(mail(subject="", Date="", Message_ID="")), PARENT, None, Plan(), zone=ZONE)
    assert (row["date"], row["message_id"], row["subject"]) == (None, None, "")


def test_the_date_is_the_senders_unless_there_is_none() -> None:
    """``date`` is the Date field; without one the last Received stands in."""
    received = "from a by b; Tue, 15 Sep 2026 09:00:00 +0200"
    with_both = row_of("a", read_message(mail(Received=received)), PARENT, None, Plan(), zone=ZONE)
    without = row_of("a", read_message(mail(Received=received, Date="")), PARENT, None, Plan(), zone=ZONE)
    assert with_both["date"] == "2026-09-14T21:40:00+02:00"
    assert without["date"] == "2026-09-15T09:00:00+02:00"


@given(st.lists(st.floats(min_value=1e-9, max_value=1), min_size=4, max_size=4))
def test_rounded_probabilities_still_sum_to_one(weights: list[float]) -> None:
    """Four digits, a sum of exactly 1, and none more than a digit from what it was."""
    total = sum(weights)
    exact = {category: weight / total for category, weight in zip(CATEGORIES, weights, strict=True)}
    found = rounded(exact)
    assert sum(round(value * 10_000) for value in found.values()) == 10_000
    assert all(abs(found[category.value] - exact[category]) <= 1e-4 for category in CATEGORIES)
    assert all(round(value, 4) == value for value in found.values())


def test_moments_follow_the_clock_of_the_school() -> None:
    """Winter and summer have their own offsets."""
    assert moment_in(ZONE, datetime(2026, 1, 1, 12, tzinfo=UTC)) == "2026-01-01T13:00:00+01:00"
    assert moment_in(ZONE, datetime(2026, 7, 1, 12, tzinfo=UTC)) == "2026-07-01T14:00:00+02:00"
    assert moment_in(ZONE, None) is None
