"""The calendar of an account, as a page for people and as rows for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import StringIO
from itertools import groupby
from textwrap import wrap
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from mailtriage.cli.week_picture import Signs, clock, picture, scale_for
from mailtriage.decide.clock import Interval
from mailtriage.decide.week import Gap, Pattern, PersonDay
from mailtriage.settings import WEEKDAYS

_WIDTH = 80
_LONGEST_NAME = 12


@dataclass(frozen=True, slots=True)
class Page:
    """What is known of one account's calendar.

    ``name`` is None where no account is configured. ``days`` are ordered by day, then by person. ``next_told`` is the
    first moment (in the school's time zone) at which somebody is told, and ``next_people`` who; None and nobody where
    there is none within a year.
    """

    name: str | None
    people: tuple[str, ...]
    days: tuple[PersonDay, ...]
    gaps: tuple[Gap, ...]
    next_told: datetime | None
    next_people: tuple[str, ...]

    @property
    def warnings(self) -> list[str]:
        """The gaps in words."""
        return [f"{self.name or 'staff'}: {gap}" for gap in self.gaps]


def rows(page: Page, zone: ZoneInfo) -> Iterator[dict[str, Any]]:
    """An object for each day and person; docs/hours.md describes it."""
    for one in page.days:
        week = one.day.isocalendar()
        yield {
            "account": page.name,
            "person": one.person,
            "date": one.day.isoformat(),
            "weekday": WEEKDAYS[one.day.weekday()],
            "week": week.week,
            "parity": "odd" if week.week % 2 else "even",
            "pattern": one.pattern.value,
            "working": [_spoken(interval, zone) for interval in one.working],
            "lessons": [_spoken(interval, zone) for interval in one.lessons],
            "told": [_spoken(interval, zone) for interval in one.told],
            "moments": [_iso(moment, zone) for moment in one.moments],
            "why_free": one.why_free or None,
            "instead_of": one.instead_of.isoformat() if one.instead_of else None,
            "gap": next((_gap(gap) for gap in page.gaps if one.day in gap), None),
            "next_told": _iso(page.next_told, zone) if page.next_told else None,
            "next_told_to": list(page.next_people),
            "warnings": page.warnings,
        }


def _iso(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).isoformat(timespec="seconds")


def _spoken(interval: Interval, zone: ZoneInfo) -> dict[str, str]:
    return {"start": _iso(interval.start, zone), "end": _iso(interval.end, zone)}


def _gap(gap: Gap) -> dict[str, Any]:
    return {"first": gap.first.isoformat(), "last": gap.last.isoformat(), "school_days": gap.days}


def text(page: Page, zone: ZoneInfo, signs: Signs) -> str:
    """The page for people: for each week a picture and a table, at most 80 signs wide."""
    names = _called(page.people)
    lines = wrap(f"{page.name or 'Staff'}: {', '.join(page.people)}", _WIDTH)
    if page.next_told:
        lines += wrap(f"told next: {page.next_told:%a %Y-%m-%d %H:%M}, {', '.join(page.next_people)}", _WIDTH)
    scale = scale_for(page.days, zone)
    for _, group in groupby(page.days, key=lambda one: one.day.isocalendar()[:2]):
        days = tuple(group)
        lines += ["", *wrap(_heading(days), _WIDTH), "", *picture(days, zone, scale, signs, names), ""]
        lines.append(_table(days, zone, names))
    return "\n".join(lines)


def _called(people: Sequence[str]) -> dict[str, str]:
    """What people are called in the lines, short: by first name where no two have the same; nothing for one alone."""
    if len(people) < 2:
        return {}
    first = [next(iter(name.split()), name) for name in people]
    return {
        name: (short if first.count(short) == 1 else name)[:_LONGEST_NAME]
        for name, short in zip(people, first, strict=True)
    }


def _heading(days: Sequence[PersonDay]) -> str:
    """The number of a week, and whose hours of even or odd weeks count in it."""
    week = days[0].day.isocalendar()
    parity = "odd" if week.week % 2 else "even"
    people = list(dict.fromkeys(one.person for one in days if one.pattern is not Pattern.EVERY))
    whose = f": the hours of {parity} weeks count for {', '.join(people)}" if people else ""
    return f"Week {week.week} of {week.year}, {parity}{whose}"


def _table(days: Sequence[PersonDay], zone: ZoneInfo, names: Mapping[str, str]) -> str:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, show_edge=False, header_style="")
    table.add_column("day", no_wrap=True)
    if names:
        table.add_column("who", no_wrap=True)
    for heading in ("at work", "lessons", "told"):
        table.add_column(heading, no_wrap=True)
    table.add_column("why free, or otherwise", overflow="fold")
    before: date | None = None
    for one in days:
        who = [names[one.person]] if names else []
        table.add_row(f"{one.day:%a %d-%m}" if one.day != before else "", *who, *_cells(one, zone), _note(one))
        before = one.day
    out = StringIO()
    console = Console(file=out, width=_WIDTH, color_system=None, markup=False, highlight=False, emoji=False)
    console.print(table)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


def _cells(one: PersonDay, zone: ZoneInfo) -> Iterator[str]:
    for spans in (one.working, one.lessons):
        yield _stacked(one, spans, zone)
    if one.moments:
        yield "\n".join(clock(moment, zone, one.day) for moment in one.moments)
    else:
        yield _stacked(one, one.told, zone) or ("never" if one.working else "")


def _stacked(one: PersonDay, spans: Sequence[Interval], zone: ZoneInfo) -> str:
    return "\n".join(f"{clock(span.start, zone, one.day)}-{clock(span.end, zone, one.day)}" for span in spans)


def _note(one: PersonDay) -> str:
    if one.instead_of:
        return f"instead of {one.instead_of}"
    return one.why_free
