"""Whom urgent mail goes to by the moment, as a pure decision."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtriage.decide import Office, Replier, decide
from mailtriage.decide.urgent import at_school, hours_in_words
from mailtriage.read import ScopeRules, read_message, scope_of
from mailtriage.settings import Settings, WeeklyHours
from tests.school import AT_WORK, EVENING, WordJudge, mail, settings

CONTACT = {"emergency": {"name": "Conciërge", "apprise": [{"env": "X"}]}}


def office(whom: str) -> Office:
    """That of a school that has urgent mail told to ``whom``."""
    chosen: Settings = settings(school=CONTACT, notifications={"urgent_to": whom})
    return Office.of(chosen, chosen.accounts[0], Replier(chosen.replies, chosen.school))


@pytest.mark.parametrize(
    ("whom", "moment", "told"),
    [
        ("teacher", EVENING, ("Els Vermeer",)),
        ("contact", EVENING, ("Conciërge",)),
        ("both", EVENING, ("Els Vermeer", "Conciërge")),
        ("contact", AT_WORK, ("Els Vermeer",)),
        ("both", AT_WORK, ("Els Vermeer",)),
    ],
)
def test_the_plan_names_who_is_told_at_once(whom: str, moment: datetime, told: tuple[str, ...]) -> None:
    """The draft is in the teacher's name all the same."""
    message = read_message(mail("a", "urgent substantive"))
    scope = scope_of(message, ScopeRules(own_domains=frozenset({"school.example"})))
    plan = decide(message, scope, WordJudge().judge(message), moment, office(whom))
    assert (plan.notify, plan.notify_at) == (told, moment)
    assert plan.reply is not None
    assert "juf Els" in plan.reply.text


@given(minutes=st.integers(0, 60 * 24 * 366), whom=st.sampled_from(["teacher", "contact", "both"]))
def test_somebody_is_always_told(minutes: int, whom: str) -> None:
    """At every moment of a year; staff at school are always among them, the contact never while they are there."""
    moment = EVENING + timedelta(minutes=minutes)
    place = office(whom)
    route = place.urgent_route(moment)
    assert route.teacher or route.contact
    assert route.in_hours == at_school(place.schedules, moment)
    assert not route.in_hours or (route.teacher and route.contact is None)
    assert not any(schedule.open_at(moment) for schedule in place.schedules) or route.in_hours


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        ({}, "at any time"),
        ({"monday": ["07:00-24:00"]}, "Mon 07:00-24:00"),
        (
            {day: ["07:00-12:00", "13:00-22:00"] for day in ("monday", "tuesday", "wednesday")}
            | {"saturday": "09:00-10:00"},
            "Mon-Wed 07:00-12:00 13:00-22:00, Sat 09:00-10:00",
        ),
        ({"monday": "07:00-22:00", "wednesday": "07:00-22:00"}, "Mon 07:00-22:00, Wed 07:00-22:00"),
    ],
)
def test_hours_in_a_few_words(hours: dict[str, object], said: str) -> None:
    """Days in a row with the same hours are said together."""
    assert hours_in_words(WeeklyHours.model_validate(hours)) == said
