"""Figures as text for a person, and as JSON for a program."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from mailtriage.figures.counting import SHARES, Cell, Figures
from mailtriage.figures.discretion import FEWEST, STEP, Shown
from mailtriage.figures.words import Words
from mailtriage.records import Flag
from mailtriage.settings import WEEKDAYS

SECTIONS: dict[str, tuple[str, ...]] = {
    "kinds": ("simple", "yes_no", "appointment", "notice", "substantive", "unsure", "not_judged"),
    "offers": ("offered", "not_offered"),
    "waits": ("questions", "next_day", "later", "unanswered"),
    "arrival": ("at_work", "out_of_hours", "daytime", "evening", "night", "weekend", "free"),
    "flags": tuple(flag.value for flag in Flag),
}
"""What stands together, in order."""

BELOW = frozenset(("yes_no", "appointment", "notice", "daytime", "evening", "night", "weekend", "free"))
"""What is a part of a number above it."""

WAITS = ("median", "most", "nearly_all")


@dataclass(frozen=True, slots=True)
class About:
    """What a reader must know beside the figures.

    ``watched_since`` is the first day on which the program looked, ``kept_from`` the first whose traces are not erased
    yet (after ``keep_days``); None where the period lies behind it. ``unfinished``: the period's last day is not over.
    """

    school: str
    made_on: date
    version: str
    keep_days: int
    watched_since: date | None = None
    kept_from: date | None = None
    unfinished: bool = False

    def warnings(self, words: Words) -> list[str]:
        """What is special about this period."""
        out = []
        if self.watched_since:
            out.append(words["watched_since"].format(day=words.day(self.watched_since)))
        if self.kept_from:
            out.append(words["kept_from"].format(day=words.day(self.kept_from), days=self.keep_days))
        return [*out, words["unfinished"]] if self.unfinished else out


METHOD = ("whole_school", "discretion", "quantiles", "corrected", "schedules")
UNKNOWN = ("by_phone", "deleted")


def share(figures: Figures, name: str) -> Shown | None:
    """The share of a number in what it is a part of, in whole percent, worked out from what is shown alone."""
    part, whole = figures.numbers[name], figures.numbers[SHARES[name]] if name in SHARES else None
    if part is None or whole is None or whole.kind != "about":
        return None
    hundredths = 100 * part.number
    percent = {
        "about": (2 * hundredths + whole.number) // (2 * whole.number),
        "at_least": hundredths // whole.number,
        "fewer": min(100, -(-hundredths // whole.number)),
    }
    return Shown(part.kind, percent[part.kind])


def heading(figures: Figures, about: About, words: Words) -> str:
    """The school and the period."""
    first, last = words.day(figures.period.first), words.day(figures.period.last)
    return f"{about.school}, {words['period'].format(first=first, last=last)}"


def lines(figures: Figures, about: About, words: Words) -> Iterator[str]:
    """Figures as lines of text."""
    yield words["title"]
    yield heading(figures, about, words)
    yield from (_wrapped("! ", warning) for warning in about.warnings(words))
    yield ""
    if figures.too_little:
        yield _wrapped("", words["too_little"])
        return
    yield _line(figures, "mails", words)
    for section, names in SECTIONS.items():
        yield ""
        yield words[section]
        yield from (_line(figures, name, words, "    " if name in BELOW else "  ") for name in names)
        if section == "waits":
            for name in WAITS:
                yield f"  {words[name]:45}{words.minutes(getattr(figures.waiting, name)):>14}"
    yield ""
    yield words["weeks"]
    yield from (f"  {words.days(one.first, one.last):45}{words.number(one.mails):>10}" for one in figures.weeks)
    for title, notes in (("method", METHOD), ("unknown", UNKNOWN)):
        yield ""
        yield words[title]
        yield from (_wrapped("- ", words[note]) for note in notes)


def _line(figures: Figures, name: str, words: Words, indent: str = "") -> str:
    number, percent = words.number(figures.numbers[name]), words.percent(share(figures, name))
    return f"{indent + words[name]:47}{number:>10}{percent:>8}".rstrip()


def _wrapped(mark: str, text: str) -> str:
    return textwrap.fill(text, 88, initial_indent=mark, subsequent_indent=" " * len(mark))


def as_json(figures: Figures, about: About) -> dict[str, Any]:
    """Figures as an object for JSON; ``docs/report.md`` says what its names mean."""
    period = figures.period
    out: dict[str, Any] = {
        "school": about.school,
        "from": period.first.isoformat(),
        "to": period.last.isoformat(),
        "timezone": period.zone.key,
        "fewest": FEWEST,
        "rounded_to": STEP,
        "watched_since": about.watched_since.isoformat() if about.watched_since else None,
        "kept_from": about.kept_from.isoformat() if about.kept_from else None,
        "too_little": figures.too_little,
    }
    if figures.too_little:
        return out
    return out | {
        "mails": _number(figures, "mails"),
        **{section: {name: _number(figures, name) for name in names} for section, names in SECTIONS.items()},
        "waiting_minutes": asdict(figures.waiting),
        "weeks": [
            {"from": one.first.isoformat(), "to": one.last.isoformat(), "mails": _shown(one.mails)}
            for one in figures.weeks
        ],
        "weekdays": [{"days": _days(one), "mails": _shown(one.mails)} for one in figures.days],
        "hours": [
            {"days": _days(one), "from": one.since, "to": one.until, "mails": _shown(one.mails)}
            for one in figures.cells
        ],
    }


def _days(cell: Cell) -> list[str]:
    return list(WEEKDAYS[cell.first_day : cell.last_day + 1])


def _number(figures: Figures, name: str) -> dict[str, int] | None:
    out, part = _shown(figures.numbers[name]), share(figures, name)
    return out if out is None or part is None else out | {_PERCENT[part.kind]: part.number}


def _shown(shown: Shown | None) -> dict[str, int] | None:
    return None if shown is None else {_COUNT[shown.kind]: shown.number}


_COUNT = {"about": "about", "at_least": "at_least", "fewer": "fewer_than"}
_PERCENT = {"about": "percent", "at_least": "percent_at_least", "fewer": "percent_below"}
