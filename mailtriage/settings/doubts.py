"""Warnings: what a configuration allows but its writer probably did not mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

from mailtriage.errors import ConfigurationError, Problem
from mailtriage.settings.calendars import read_calendar
from mailtriage.settings.holidays import region_days
from mailtriage.settings.model import Frame, Settings, Staff
from mailtriage.settings.parents import read_parents
from mailtriage.settings.section import shown

_SOON = timedelta(days=60)
"""A list of free days that ends sooner is told of."""

_MOBILE = re.compile(r"(0031|0)6\d{8}")


def warnings_of(settings: Settings, today: date) -> tuple[Problem, ...]:
    """What deserves a second look.

    Args:
        settings: valid settings, as ``load_settings`` returns them (the list of parents is read again).
        today: the day in the school's time zone.

    Returns:
        One problem per doubt; none of them keeps the program from working. Raises nothing.
    """
    return tuple(problem for doubt in _DOUBTS for problem in doubt(settings, today))


def _phone(settings: Settings, _today: date) -> Iterator[Problem]:
    """Replies name the school's number, never a teacher's own (rule A.7)."""
    digits = re.sub(r"\D", "", settings.school.phone.replace("+", "00").replace("(0)", ""))
    if not settings.school.phone and settings.rules.conversation:
        yield Problem("school.phone", "is empty: replies offer a conversation but no number to call", "add it")
    elif _MOBILE.fullmatch(digits):
        what = "looks like a mobile number; parents see it in every reply"
        yield Problem("school.phone", what, "write the school's own number, never a teacher's")


def _management(settings: Settings, _today: date) -> Iterator[Problem]:
    if settings.school.management is None:
        what = "is missing: teachers are not told whom to turn to when communication derails"
        yield Problem("school.management", what, 'add management = { name = "...", address = "..." }')


def _domains(settings: Settings, _today: date) -> Iterator[Problem]:
    domains = settings.school.domains
    if not domains:
        what = "is empty: mail from colleagues is taken for a parent's"
        yield Problem("school.domains", what, 'add the school\'s own, like domains = ["school.example"]')
        return
    for at, account in enumerate(settings.accounts, start=1):
        domain = account.effective_address.rpartition("@")[2]
        if not any(domain == own or domain.endswith(f".{own}") for own in domains):
            what = f"{domain} is not among school.domains, so colleagues there are taken for parents"
            yield Problem(f"accounts[{at}] {shown(account.name)}", what, f"add {shown(domain)} to school.domains")


def calendar_warnings_of(settings: Settings, today: date) -> tuple[Problem, ...]:
    """Those of the warnings that come with time: lists of free days that are at their end, or soon will be."""
    return tuple(_free_days(settings, today))


def _free_days(settings: Settings, today: date) -> Iterator[Problem]:
    school = settings.school
    if not school.public_holidays:
        yield Problem("school.public_holidays", "is off: staff are told of mail on public holidays", 'write "NL"')
    listed = bool(school.school_holidays or school.calendars)
    advice = 'add the holidays of the next school year, like "2026-12-21/2027-01-01"'
    if school.days_off:
        last = max(free.last for free in school.days_off)
        if last < today:
            yield Problem("school.days_off", "lies wholly in the past", "add the holidays of this school year")
        elif not listed:
            yield from _ending("school.days_off", "the last of them", last, today, advice)
    elif not listed:
        what = "is empty: staff are told of mail in the school's holidays"
        yield Problem("school.days_off", what, 'set school_holidays, or add ranges like "2026-12-21/2027-01-01"')
    if school.school_holidays:
        last = max(free.last for free in region_days(school.school_holidays))
        what = f"the last known of region {school.school_holidays}"
        update = "install a newer mailtriage, or add the next to days_off"
        yield from _ending("school.school_holidays", what, last, today, update)
    for at, path in enumerate(school.calendars, start=1):
        yield from _calendar_ends(f"school.calendars[{at}]", path, school.timezone, today)


def _calendar_ends(where: str, path: Path, zone: str, today: date) -> Iterator[Problem]:
    """What is to be said of a calendar file that was readable when the settings were loaded."""
    try:
        free = read_calendar(path, zone, today)
    except ConfigurationError as error:
        yield Problem(where, f"{error.where}: {error.what}", error.advice)
        return
    advice = "export the calendar once more"
    if free:
        yield from _ending(where, f"the last free day of {path}", max(one.last for one in free), today, advice)
    else:
        yield Problem(where, f"{path} has no free day, a year back and two years ahead", advice)


def _ending(where: str, what: str, last: date, today: date, advice: str) -> Iterator[Problem]:
    if last < today:
        yield Problem(where, f"{what} was {last}: staff are told of mail in the holidays that follow", advice)
    elif last - today < _SOON:
        yield Problem(where, f"{what} is {last}, within {_SOON.days} days", advice)


def _idle_staff(settings: Settings, _today: date) -> Iterator[Problem]:
    reading = {person.name for account in settings.accounts for person in settings.staff_of(account)}
    for at, person in enumerate(settings.staff, start=1):
        where = f"staff[{at}] {shown(person.name)}"
        if person.never_works:
            yield Problem(f"{where}.hours", "are missing: this person is never told of mail", "add the working hours")
        if settings.accounts and person.name not in reading:
            yield Problem(
                where, "no account names this person", "add the name to an account's staff, or drop the table"
            )


def _exchanges(settings: Settings, today: date) -> Iterator[Problem]:
    """Days that are exchanged for one without hours, so that nobody knows when they are worked."""
    for at, person in enumerate(settings.staff, start=1):
        for number, swap in enumerate(person.swaps, start=1):
            if swap.on >= today and not (swap.hours or _weekly(person, swap.off) or _weekly(person, swap.on)):
                what = f"{swap.off} is no day of work, so that nobody knows the hours of {swap.on}: it stays free"
                yield Problem(f"staff[{at}] {shown(person.name)}.swaps[{number}]", what, 'add hours = ["08:00-12:00"]')


def _weekly(person: Staff, day: date) -> tuple[Frame, ...]:
    """Somebody's frames on the weekday of a day, in a week of that parity."""
    other = person.odd_weeks if day.isocalendar().week % 2 else person.even_weeks
    return (person.hours if other is None else other).on(day.weekday())


def _no_account(settings: Settings, _today: date) -> Iterator[Problem]:
    if not settings.accounts:
        yield Problem("accounts", "there is none: no mailbox is watched", "add an [[accounts]] table")


def _parents(settings: Settings, _today: date) -> Iterator[Problem]:
    """Lines of the list of parents that gave no address. Their places hold no address either."""
    if settings.school.parents is None:
        return
    try:
        yield from read_parents(settings.school.parents).problems
    except ConfigurationError as error:
        yield Problem(error.where, error.what, error.advice)


def _bells(settings: Settings, _today: date) -> Iterator[Problem]:
    """Urgent mail that would take another road than the school chose, or none."""
    wanted, contact = settings.notifications, settings.school.emergency
    if wanted.urgent_passes and wanted.urgent_to != "teacher" and (contact is None or not contact.apprise):
        lacking = "there is none" if contact is None else "it has no apprise URL"
        what = f"{shown(wanted.urgent_to)} needs school.emergency, but {lacking}: the teacher is told instead"
        advice = 'write emergency = { name = "...", apprise = [{ file = "..." }] }, or urgent_to = "teacher"'
        yield Problem("notifications.urgent_to", what, advice)
    if not wanted.digest and not wanted.apprise:
        yield Problem("notifications.digest", "is off, and there is no apprise URL: nobody is told", "set one of them")


_DOUBTS: tuple[Callable[[Settings, date], Iterator[Problem]], ...] = (
    _phone,
    _management,
    _domains,
    _free_days,
    _idle_staff,
    _exchanges,
    _no_account,
    _parents,
    _bells,
)
