"""From a verdict to a plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from mailtriage.decide import Office, Replier, decide
from mailtriage.records import ActionKind, Address, Category, Flag, Message, Plan, Scope, ScopeKind
from mailtriage.settings import Settings
from tests.decide.test_hours import local
from tests.school import AT_WORK, EVENING, WordJudge, settings

PARENT = Scope(ScopeKind.PARENT, "not automatic")
OTHER = Scope(ScopeKind.OTHER, "own domain")
MORNING = local(2026, 9, 16, 8, 15)


def planned(text: str, now: datetime = EVENING, chosen: Settings | None = None, **message: Any) -> Plan:
    """The plan for a mail that ``WordJudge`` judges by its words."""
    chosen = chosen or settings()
    office = Office.of(chosen, chosen.accounts[0], Replier(chosen.replies, chosen.school))
    mail = replace(Message("<a@x>", Address("Kim", "kim@thuis.example"), "s", text), **message)
    return decide(mail, PARENT, WordJudge().judge(mail), now, office)


def test_out_of_scope_nothing_is_planned() -> None:
    """No mark, no reply, nobody told."""
    chosen = settings()
    office = Office.of(chosen, chosen.accounts[0], Replier(chosen.replies, chosen.school))
    mail = Message("<a@x>", Address("", "jan@school.example"), "s", "substantive")
    plan = decide(mail, OTHER, None, EVENING, office)
    assert plan == Plan()
    assert plan.actions == ()


def test_a_substantive_mail_is_marked_answered_and_told_when_somebody_works() -> None:
    """The proposals lie after the moment at which the teacher will read of it."""
    plan = planned("substantive")
    assert plan.actions == (ActionKind.MARK, ActionKind.DRAFT, ActionKind.NOTIFY)
    assert (plan.notify_at, plan.notify, plan.marks) == (MORNING, ("Els Vermeer",), ("substantive",))
    assert plan.reply is not None
    assert "donderdag 17 september om 15.30 uur" in plan.reply.text
    assert "woensdag 16" not in plan.reply.text


@pytest.mark.parametrize("text", ["yes_no", "appointment", "notice"])
def test_what_may_be_handled_by_mail_gets_no_reply(text: str) -> None:
    """The teacher is told, and writes one line."""
    plan = planned(text)
    assert plan.reply is None
    assert (plan.marks, plan.notify_at) == ((text,), MORNING)


def test_in_hours_the_teacher_is_told_now() -> None:
    """Or at the moments that are set."""
    assert planned("notice", AT_WORK).notify_at == AT_WORK
    at_noon = settings(notifications={"when": ["08:20", "11:30"]})
    assert planned("notice", AT_WORK, at_noon).notify_at == local(2026, 9, 16, 11, 30)


def test_an_unsure_verdict_drafts_nothing() -> None:
    """The mark says so instead of a category, and the teacher is told."""
    plan = planned("unsure substantive")
    assert plan.reply is None
    assert plan.marks == ("unsure",)
    assert plan.notify_at == MORNING


def test_a_personal_matter_is_not_the_schools() -> None:
    """No conversation is offered about it."""
    plan = planned("personal substantive")
    assert plan.reply is None
    assert plan.marks == ("substantive", "personal")


def test_urgent_mail_passes_where_the_school_lets_it() -> None:
    """At once in the evening; where the school does not want it, in the morning."""
    assert planned("urgent notice").notify_at == EVENING
    assert planned("urgent notice", chosen=settings(notifications={"urgent_passes": False})).notify_at == MORNING


def test_rules_the_other_way_round() -> None:
    """A school may handle substance by mail and want a conversation for appointments."""
    chosen = settings(rules={"by_mail": ["substantive", "yes_no", "notice"], "conversation": ["appointment"]})
    assert planned("substantive", chosen=chosen).reply is None
    assert planned("appointment", chosen=chosen).reply is not None


def test_whoever_cannot_be_answered_gets_no_draft() -> None:
    """A mail without a sender's address."""
    assert planned("substantive", sender=Address("Kim", "")).reply is None


def test_what_could_not_be_judged_is_told() -> None:
    """No mark and no draft: it is treated as mail without this program."""
    chosen = settings()
    office = Office.of(chosen, chosen.accounts[0], Replier(chosen.replies, chosen.school))
    plan = decide(Message("<a@x>", Address("", "k@x.example"), "s", "t"), PARENT, None, EVENING, office)
    assert plan.actions == (ActionKind.NOTIFY,)
    assert plan.notify_at == MORNING


def test_where_nobody_works_urgent_mail_is_told_all_the_same() -> None:
    """Other mail is marked and answered, without a moment for telling; the reply asks when it suits."""
    nobody = settings(school={"days_off": ["2026-01-01/2029-12-31"]})
    plan = planned("substantive", chosen=nobody)
    assert (plan.notify_at, plan.notify) == (None, ("Els Vermeer",))
    assert plan.reply is not None
    assert "wanneer het u schikt" in plan.reply.text
    assert planned("urgent notice", chosen=nobody).notify_at == EVENING


@pytest.mark.parametrize("flag", list(Flag))
def test_every_flag_is_a_mark(flag: Flag) -> None:
    """Behind the category, in a fixed order."""
    assert planned(f"{Category.NOTICE} {flag}").marks == ("notice", flag.value)
