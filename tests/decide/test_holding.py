"""Whether mail is held, and until when."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from mailtriage.decide import Office, Replier, decide
from mailtriage.records import ActionKind, Address, Flag, Message, Plan
from mailtriage.settings import Settings
from tests.decide.test_hours import local
from tests.decide.test_policy import PARENT
from tests.decide.test_policy import planned as planned_for
from tests.school import AT_WORK, EVENING, WordJudge, settings

MORNING = local(2026, 9, 16, 8, 15)


def office_of(chosen: Settings) -> Office:
    """The office of the one account."""
    return Office.of(chosen, chosen.accounts[0], Replier(chosen.replies, chosen.school))


def planned(text: str, now: datetime = EVENING, hold: str = "move", **sections: Any) -> Plan:
    """The plan for a mail that comes now."""
    return planned_for(text, now, settings(accounts=[{"hold": hold}], **sections))


def test_mail_out_of_hours_is_held_until_somebody_is_told() -> None:
    """It comes back with the digest that tells of it, not after it."""
    plan = planned("substantive")
    assert plan.hold_until == plan.notify_at == MORNING
    assert plan.actions == (ActionKind.MARK, ActionKind.DRAFT, ActionKind.HOLD, ActionKind.NOTIFY)


@pytest.mark.parametrize("text", ["urgent notice", "personal notice", "urgent personal substantive"])
def test_urgent_and_private_mail_is_not_held(text: str) -> None:
    """Whatever the school says of bells."""
    for passes in (True, False):
        plan = planned(text, notifications={"urgent_passes": passes})
        assert plan.hold_until is None
        assert ActionKind.HOLD not in plan.actions


@pytest.mark.parametrize("hold", ["off", "delivery"])
def test_the_program_moves_nothing_where_it_is_not_asked_to(hold: str) -> None:
    """With ``delivery`` the server files; what it left in the inbox stays there."""
    assert planned("notice", hold=hold).hold_until is None


def test_within_hours_nothing_is_held() -> None:
    """Neither where it comes then, nor where it came then and is looked at later; set moments change nothing."""
    chosen = settings(accounts=[{"hold": "move"}], notifications={"when": ["15:20"]})
    assert planned("notice", AT_WORK, notifications={"when": ["15:20"]}).hold_until is None
    assert office_of(chosen).held_until(AT_WORK, EVENING + timedelta(days=1), frozenset()) is None


def test_mail_whose_moment_is_past_is_not_held() -> None:
    """The service stood still: the phone rang long ago."""
    office = office_of(settings(accounts=[{"hold": "move"}]))
    next_evening = EVENING + timedelta(days=1)
    assert office.held_until(EVENING, next_evening, frozenset()) is None
    plan = decide_at(office, next_evening, arrived=EVENING)
    assert plan.hold_until is None


def decide_at(office: Office, now: datetime, arrived: datetime) -> Plan:
    """The plan for a notice that came earlier."""
    mail = Message("<a@x>", Address("Kim", "kim@thuis.example"), "s", "notice")
    return decide(mail, PARENT, WordJudge().judge(mail), now, office, arrived=arrived)


def test_a_clock_that_is_ahead_holds_no_longer_than_ours() -> None:
    """INTERNALDATE of a server whose clock is wrong."""
    office = office_of(settings(accounts=[{"hold": "move"}]))
    assert decide_at(office, EVENING, arrived=EVENING + timedelta(days=9)).hold_until == MORNING


def test_nothing_is_held_where_nobody_works_within_a_year() -> None:
    """Nothing would bring it back."""
    assert planned("notice", staff={"hours": {}}).hold_until is None


def test_two_teachers_of_one_mailbox() -> None:
    """Mail is held where neither works, until the first of them does."""
    friday = {"hours": {"friday": ["08:15-12:00"]}}
    monday = {"name": "Jan", "address": "jan@school.example", "hours": {"monday": ["10:00-12:00"]}}
    one = settings(accounts=[{"hold": "move"}], staff=friday)
    both = one.model_copy(update={"staff": (*one.staff, one.staff[0].model_validate(monday))})
    account = both.accounts[0].model_copy(update={"staff": ("Els Vermeer", "Jan")})
    office = office_of(both.model_copy(update={"accounts": (account,)}))
    friday_night, monday_night = local(2026, 9, 18, 21, 0), local(2026, 9, 21, 21, 0)
    assert office.held_until(friday_night, friday_night, frozenset()) == local(2026, 9, 21, 10, 0)
    assert office.held_until(monday_night, monday_night, frozenset({Flag.CONDUCT})) == local(2026, 9, 25, 8, 15)
