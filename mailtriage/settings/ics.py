"""Free days out of one calendar file (RFC 5545), read in a process of its own.

A calendar comes from outside, and neither library has an answer to every recurrence: ``INTERVAL=0`` never ends, and a
30th of February is looked for until the year 9999. What is known to go wrong is refused here; for the rest,
``settings.calendars`` starts this module as a process, and ends it when it takes too long.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from mailtriage.settings.section import WrongValueError, shown

if TYPE_CHECKING:
    from icalendar import Calendar, Event

MOST_EVENTS = 10_000
MOST_SERIES = 300
MOST_DAYS = 1_000
"""Stretches of free days within the window; a school has fifty."""

_YEARS = range(1900, 2200)
_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_SAYING_WHEN = frozenset(("DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXRULE", "EXDATE", "RECURRENCE-ID"))
_NEARLY_A_DAY = timedelta(hours=22)
"""The shortest day is one on which the clock goes forward; no zone goes forward by more than two hours."""

_ONE_DAY = timedelta(days=1)
_TOO_MANY = "is it the right file? It is to hold the school's free days alone"
_ONCE_MORE = "export it once more"


@dataclass(frozen=True)
class Window:
    """The days that are of interest, both included, in the school's time zone."""

    first: date
    last: date
    zone: ZoneInfo


Stretch = tuple[date, date, str]
"""The first and the last of some free days, and what they are called; the name may be empty."""


def stretches_in(content: bytes, window: Window) -> list[Stretch]:
    """The free days in a calendar file, in order, each stretch once.

    A free day is one that an event covers wholly: an all-day event (its ``DTEND`` is exclusive, RFC 5545 §3.6.1), or
    one with times that begins at midnight, or before, and ends at midnight, or later, in the school's time zone.
    Recurring events are expanded. A cancelled event counts for nothing; whether it shows as busy or free
    (``TRANSP``) does not matter, since calendar programs export all-day events as free.

    Args:
        content: the file.
        window: what lies outside is left out or cut off. Times without a zone, or with an unknown one, are in its zone.

    Raises:
        WrongValueError: it is no calendar, it is damaged, or holds more than a school's calendar would.
    """
    found_in = _parsed(_text(content))
    events = _of_days([event for calendar in found_in for event in calendar.events])
    for event in events:
        _check(event)
    if sum("RRULE" in event or "RDATE" in event for event in events) > MOST_SERIES:
        raise WrongValueError(f"it holds more than {MOST_SERIES} recurring events of a day", _TOO_MANY)
    found = set()
    for occurrence in _occurrences(_joined(found_in, events), window):
        stretch = _stretch(occurrence, window)
        if stretch is not None:
            found.add(stretch)
        if len(found) > MOST_DAYS:
            raise WrongValueError(f"it holds more than {MOST_DAYS} free days within three years", _TOO_MANY)
    return sorted(found)


def _text(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise WrongValueError(f"line {line}: the text is not UTF-8", "export it as UTF-8 (RFC 5545 §3.1.4)") from error
    lines = text.strip().splitlines()
    if not lines or lines[0].strip().upper() != "BEGIN:VCALENDAR" or "\0" in text:
        raise WrongValueError("it is no calendar file", "export it as .ics; it begins with BEGIN:VCALENDAR")
    if lines[-1].strip().upper() != "END:VCALENDAR":
        raise WrongValueError(f"it breaks off at line {len(lines)}, before END:VCALENDAR", _ONCE_MORE)
    _check_closed(lines)
    if sum(line.strip().upper() == "BEGIN:VEVENT" for line in lines) > MOST_EVENTS:
        raise WrongValueError(f"it holds more than {MOST_EVENTS} events", _TOO_MANY)
    return text


def _check_closed(lines: Sequence[str]) -> None:
    """Refuse a file in which a component has no end: icalendar would leave it out without a word.

    Raises:
        WrongValueError: names the line.
    """
    opened: list[tuple[int, str]] = []
    for number, line in enumerate(lines, start=1):
        # A line that begins with a space goes on with the one before (RFC 5545 §3.1).
        word, _, component = line.rstrip().upper().partition(":")
        if word == "BEGIN":
            opened.append((number, component))
        elif word == "END" and opened and opened[-1][1] == component:
            opened.pop()
        elif word == "END":
            what = f"line {number}: END:{component[:20]} ends nothing that was begun, or leaves an end out before it"
            raise WrongValueError(what, _ONCE_MORE)


def _parsed(text: str) -> list[Calendar]:
    """The calendars in a file: mostly one."""
    from icalendar import Calendar  # noqa: PLC0415 - takes 0.1 s to import

    try:
        return list(Calendar.from_ical(text, multiple=True))
    except (ValueError, KeyError, IndexError) as error:
        raise WrongValueError(f"it is damaged: {_short(error)}", _ONCE_MORE) from error


def _joined(calendars: Sequence[Calendar], events: Sequence[Event]) -> Calendar:
    """One calendar of these events. Of what the others say about themselves it has the zones alone: programs write
    the rest twice, or wrongly."""
    from icalendar import Calendar  # noqa: PLC0415 - as above

    whole = Calendar()
    for calendar in calendars:
        for zone in _many(calendar.get("X-WR-TIMEZONE"))[:1]:
            whole["X-WR-TIMEZONE"] = zone
        whole.subcomponents.extend(calendar.walk("VTIMEZONE"))
    whole.subcomponents.extend(events)
    return whole


def _of_days(events: Sequence[Event]) -> list[Event]:
    """The events that can cover a day, with every change made to one of their occurrences."""
    kept = {str(event.get("UID", "")) for event in events if _covers_days(event)}
    return [event for event in events if str(event.get("UID", "")) in kept or _covers_days(event)]


def _covers_days(event: Event) -> bool:
    try:
        start, end = event.start, event.end
    except Exception:  # whatever it is: the check that follows names it
        return True
    if not isinstance(start, datetime):
        return True
    return not isinstance(end, datetime) or _span(start, end) >= _NEARLY_A_DAY


def _span(start: datetime, end: datetime) -> timedelta:
    """From one moment to another; where only one has a zone, by the clock."""
    if (start.tzinfo is None) != (end.tzinfo is None):
        return end.replace(tzinfo=None) - start.replace(tzinfo=None)
    return end - start


def _check(event: Event) -> None:
    """Refuse what would never end, or make no sense.

    Raises:
        WrongValueError: names the event and what is wrong with it.
    """
    try:
        rules = _rules_of(event)
        start, end = event.start, event.end
    except Exception as error:
        raise WrongValueError(f"{_named(event)} is damaged: {_short(error)}", _ONCE_MORE) from error
    if start.year not in _YEARS or end.year not in _YEARS:
        year = start.year if start.year not in _YEARS else end.year
        raise WrongValueError(f"{_named(event)} lies in the year {year}", "correct it in the calendar")
    if _day(end) < _day(start):
        raise WrongValueError(f"{_named(event)} ends before it begins", "correct it in the calendar")
    for rule in rules:
        frequency = str(next(iter(rule.get("FREQ", [])), "")).upper()
        if frequency not in _FREQUENCIES:
            what = f"{_named(event)} recurs {frequency.lower() or 'without saying how often'}"
            raise WrongValueError(what, "days recur daily, weekly, monthly or yearly")
        if any(not isinstance(step, int) or step < 1 for step in rule.get("INTERVAL", [])):
            raise WrongValueError(f"{_named(event)} recurs at no interval", "correct it in the calendar")


def _rules_of(event: Event) -> list[Any]:
    """The recurrence rules of an event.

    Raises:
        ValueError: what says when it takes place cannot be read. (What else cannot be read does not matter here.)
    """
    for name, what in event.errors:
        if name in _SAYING_WHEN:
            raise ValueError(f"{name}: {what}")
    return [rule for name in ("RRULE", "EXRULE") for rule in _many(event.get(name))]


def _many(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _day(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _occurrences(calendar: Calendar, window: Window) -> Iterator[Event]:
    import recurring_ical_events  # noqa: PLC0415 - takes 0.1 s to import

    try:
        query = recurring_ical_events.of(calendar, components=["VEVENT"])
        # A day more at each side: the window is in the school's zone, an event perhaps in another.
        yield from query.between(window.first - _ONE_DAY, window.last + 2 * _ONE_DAY)
    except (ValueError, KeyError, TypeError, ArithmeticError) as error:
        raise WrongValueError(f"a recurring event is damaged: {_short(error)}", _ONCE_MORE) from error


def _stretch(event: Event, window: Window) -> Stretch | None:
    """The days that an occurrence covers wholly within the window; None where there are none."""
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return None
    start, end = event.start, event.end
    if isinstance(start, datetime):
        first = _first_midnight(_instant(start, window.zone), window.zone)
        last = _instant(end, window.zone).astimezone(window.zone).date() - _ONE_DAY
    else:
        # Some programs write the same day twice for an event of one day.
        first, last = start, max(_day(end) - _ONE_DAY, start)
    first, last = max(first, window.first), min(last, window.last)
    return (first, last, _name(event)) if first <= last else None


def _instant(moment: date, zone: ZoneInfo) -> datetime:
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time(0))
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _first_midnight(moment: datetime, zone: ZoneInfo) -> date:
    """The first local day that begins at a moment, or after it."""
    day = moment.astimezone(zone).date()
    return day if datetime.combine(day, time(0), zone).astimezone(UTC) >= moment else day + _ONE_DAY


def _name(event: Event) -> str:
    words = "".join(sign if sign.isprintable() else " " for sign in str(event.get("SUMMARY", ""))).split()
    return " ".join(words)[:60]


def _named(event: Event) -> str:
    """An event as a problem speaks of it: by its name, and its day where that can be read."""
    name = _name(event)
    start: Any = event.get("DTSTART")
    try:
        day = _day(start.dt).isoformat()
    except Exception:  # what is wrong with it is told beside
        day = ""
    return " ".join(filter(None, ("the event", shown(name) if name else "", f"of {day}" if day else "")))


def _short(error: BaseException) -> str:
    words = " ".join(str(error.args[0] if error.args else type(error).__name__).split())
    return words if len(words) <= 100 else words[:99] + "…"


def main() -> None:
    """Read a calendar from standard input; the arguments are the window's first and last day and its zone.

    Prints an object: ``days`` with a list of stretches, or ``problem`` with what is wrong and what to do.
    """
    first, last, zone = sys.argv[1:4]
    window = Window(date.fromisoformat(first), date.fromisoformat(last), ZoneInfo(zone))
    answer: dict[str, Any]
    try:
        stretches = stretches_in(sys.stdin.buffer.read(), window)
        answer = {"days": [(start.isoformat(), end.isoformat(), name) for start, end, name in stretches]}
    except WrongValueError as error:
        answer = {"problem": (error.what, error.advice)}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
