"""Moments that a reply may propose for a conversation, and how a person reads them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

from babel.dates import format_date, format_time

from mailtriage.decide.clock import Interval, instant
from mailtriage.decide.hours import Schedule
from mailtriage.settings import Replies

STEP = timedelta(minutes=15)
AFTER_LESSONS = time(15, 30)
"""Lessons of most Dutch primary schools end between 14:00 and 15:15; a conversation is easiest soon after."""

_FORMS = {"nl": ("EEEE d MMMM", "H.mm", "om", "uur"), "en": ("EEEE d MMMM", "HH:mm", "at", "")}


def proposals(schedule: Schedule, rules: Replies, moment: datetime) -> tuple[datetime, ...]:
    """Up to ``rules.proposals`` moments on different days, each inside the hours of ``schedule`` for the whole talk.

    Args:
        schedule: of the person who will talk.
        rules: how long a talk takes, from how many days ahead, between which times of the day.
        moment: aware; when the reply is likely to be read.

    Returns:
        Aware, ascending; fewer (or none) where the person works too little in the year ahead.
    """
    now = moment.astimezone(UTC)
    earliest = moment.astimezone(schedule.zone).date() + timedelta(rules.from_days_ahead)
    found: list[datetime] = []
    for day in schedule.days_from(moment):
        if day < earliest:
            continue
        wished = instant(day, AFTER_LESSONS, schedule.zone)
        starts = [start for frame in schedule.frames(day) for start in _starts(frame, rules, schedule) if start > now]
        if starts:
            found.append(min(starts, key=lambda start: abs(start - wished)).astimezone(schedule.zone))
        if len(found) == rules.proposals:
            break
    return tuple(found)


def _starts(frame: Interval, rules: Replies, schedule: Schedule) -> Iterator[datetime]:
    """Quarters of an hour at which a talk fits into a frame and between the times that are set."""
    first = frame.start.astimezone(schedule.zone)
    start = frame.start + (-timedelta(minutes=first.minute % 15, seconds=first.second)) % STEP
    day = first.date()
    earliest = instant(day, rules.after, schedule.zone) if rules.after else frame.start
    latest = instant(day, rules.before, schedule.zone) if rules.before else frame.end
    while start + timedelta(minutes=rules.minutes) <= min(frame.end, latest):
        if start >= earliest:
            yield start
        start += STEP


def spoken(moment: datetime, language: str) -> str:
    """A moment as a person writes it: ``maandag 14 september om 15.30 uur``, ``Monday 14 September at 15:30``.

    Args:
        moment: aware, in the time zone in which it is to be read.
        language: ``nl`` or ``en``.
    """
    day_form, time_form, joint, unit = _FORMS[language]
    locale = "en_GB" if language == "en" else "nl_NL"
    day = format_date(moment.date(), day_form, locale=locale)
    clock = format_time(moment, time_form, tzinfo=moment.tzinfo, locale=locale)
    return " ".join(part for part in (day, joint, clock, unit) if part)
