"""Whom urgent mail goes to, by the moment: staff at school are told; out of hours it is what the school chose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from mailtriage.decide.clock import intervals
from mailtriage.decide.hours import Schedule
from mailtriage.settings import Contact, Settings, WeeklyHours

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class Route:
    """Who is told of urgent mail at a moment: the staff of the account (``teacher``), the emergency contact (None where
    it is not rung), or both. ``in_hours`` where somebody whose mailbox it is is at school."""

    teacher: bool
    contact: Contact | None = None
    in_hours: bool = False


def at_school(schedules: Sequence[Schedule], moment: datetime) -> bool:
    """True where somebody is at school at this moment (aware), lessons and the last minutes of the day included: urgent
    mail is told then too."""
    return any(moment in one for each in schedules for one in each.at_school(moment.astimezone(each.zone).date()))


def route_at(settings: Settings, schedules: Sequence[Schedule], moment: datetime) -> Route:
    """Who is told of urgent mail at a moment (aware), where the school lets it pass at all.

    The teacher stands in for a contact that is missing, has no Apprise URL, or is not there now by its hours.
    """
    if at_school(schedules, moment):
        return Route(teacher=True, in_hours=True)
    to, contact = settings.notifications.urgent_to, settings.school.emergency
    if to == "teacher" or contact is None or not contact.apprise:
        return Route(teacher=True)
    if not reachable(contact, settings.school.zone, moment):
        return Route(teacher=True)
    return Route(teacher=to == "both", contact=contact)


def reachable(contact: Contact, zone: ZoneInfo, moment: datetime) -> bool:
    """True where a contact may be rung at this moment (aware), by its own hours in the school's time zone; always where
    it has none. Holidays do not count: somebody must be reachable then, too."""
    day = moment.astimezone(zone).date()
    return contact.hours.empty or any(
        moment in frame for frame in intervals(day, contact.hours.on(day.weekday()), zone)
    )


def in_words(settings: Settings) -> str:
    """What happens to urgent mail out of hours, in a sentence for the school's admin."""
    wanted, contact = settings.notifications, settings.school.emergency
    if not wanted.urgent_passes:
        return "urgent mail out of hours: waits, and comes first in the next digest"
    ways = [*(["digest"] if wanted.digest else []), *(["Apprise"] if wanted.apprise else [])]
    teacher = f"the teacher ({' and '.join(ways) or 'by no road: digest is off, and there is no Apprise URL'})"
    if wanted.urgent_to == "teacher":
        return f"urgent mail out of hours: told at once to {teacher}"
    if contact is None or not contact.apprise:
        lacking = "is missing" if contact is None else "has no Apprise URL"
        return f"urgent mail out of hours: told at once to {teacher}, since school.emergency {lacking}"
    who = f"{contact.name} ({hours_in_words(contact.hours)})"
    if wanted.urgent_to == "both":
        return f"urgent mail out of hours: rings {who}, and is told at once to {teacher}"
    return f"urgent mail out of hours: rings {who}, else {teacher}"


def hours_in_words(hours: WeeklyHours) -> str:
    """The hours of a week in a few words: ``Mon-Fri 07:00-22:00, Sat 09:00-12:00``."""
    if hours.empty:
        return "at any time"
    found = []
    for frames, run in groupby(range(7), key=hours.on):
        days = list(run)
        if frames:
            named = _DAYS[days[0]] if len(days) == 1 else f"{_DAYS[days[0]]}-{_DAYS[days[-1]]}"
            found.append(f"{named} {' '.join(str(frame) for frame in frames)}")
    return ", ".join(found)
