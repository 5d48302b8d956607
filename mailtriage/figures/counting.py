"""From rows of the store and schedules to figures: counted, and told as far as that singles nobody out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mailtriage.decide.clock import instant
from mailtriage.figures.discretion import FEWEST, STEP, Ledger, Shown, Sum, joined
from mailtriage.figures.hours import Arrival, Hours
from mailtriage.records import Category, Flag
from mailtriage.store.figures import Handled

OUT_OF_HOURS = tuple(one.value for one in Arrival if one is not Arrival.AT_WORK)

TREE = (
    Sum("mails", ("simple", "substantive", "unsure")),
    Sum("simple", ("questions", "notice")),
    Sum("questions", ("yes_no", "appointment")),
    Sum("questions", ("answered", "unanswered")),
    Sum("answered", ("next_day", "later")),
    Sum("substantive", ("offered", "not_offered")),
    Sum("mails", ("at_work", "out_of_hours")),
    Sum("out_of_hours", OUT_OF_HOURS),
    *(Sum("mails", (flag.value, f"not {flag.value}")) for flag in Flag),
)
"""How the numbers add up. ``questions`` are those of which the program is sure that they ask something simple."""

IMPORTANCE = (
    *("mails", "substantive", "simple", "out_of_hours", "offered", "questions", "answered", "next_day", "unsure"),
    *("evening", "weekend", "free", "at_work", "night", "daytime", "yes_no", "appointment", "notice", "not_offered"),
    *("unanswered", "later", *(flag.value for flag in Flag), "not_judged"),
)
"""Which number is shown rather than another, where not all of them can be."""

SHARES = {
    **dict.fromkeys(("simple", "substantive", "unsure", "yes_no", "appointment", "notice"), "mails"),
    **dict.fromkeys(("at_work", "out_of_hours", *OUT_OF_HOURS), "mails"),
    **dict.fromkeys((flag.value for flag in Flag), "mails"),
    **dict.fromkeys(("offered", "not_offered"), "substantive"),
    **dict.fromkeys(("answered", "next_day", "later", "unanswered"), "questions"),
}
"""Of what a number is a share."""


@dataclass(frozen=True, slots=True)
class Period:
    """Local days from ``first`` to ``last``, both included."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def start(self) -> datetime:
        """The first instant, in UTC."""
        return instant(self.first, time(0), self.zone)

    @property
    def end(self) -> datetime:
        """The first instant after it, in UTC."""
        return instant(self.last + timedelta(1), time(0), self.zone)

    @property
    def weeks(self) -> list[tuple[date, date]]:
        """The weeks from Monday to Sunday, as far as they lie in the period."""
        monday = self.first - timedelta(self.first.weekday())
        mondays = (monday + timedelta(days) for days in range(0, (self.last - monday).days + 1, 7))
        return [(max(day, self.first), min(day + timedelta(6), self.last)) for day in mondays]


@dataclass(frozen=True, slots=True)
class Weeks:
    """Mail in one week, or in several that were put together; ``first`` and ``last`` day."""

    first: date
    last: date
    mails: Shown | None


@dataclass(frozen=True, slots=True)
class Cell:
    """Mail by weekday (0 is Monday) and local hour of arrival, several put together where one had too few.

    ``last_day`` is included, ``until`` is not.
    """

    first_day: int
    last_day: int
    since: int
    until: int
    mails: Shown | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """How long answered questions waited, in minutes of the mailbox's working hours, rounded to five: half of them,
    three quarters and nine tenths no longer than this. None where fewer than ten answers would lie beyond."""

    median: int | None = None
    most: int | None = None
    nearly_all: int | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a period, as they may be shown. ``numbers`` is empty where there was too little mail.

    ``days`` are the weekdays, ``cells`` the hours in them.
    """

    period: Period
    numbers: dict[str, Shown | None]
    weeks: tuple[Weeks, ...] = ()
    days: tuple[Cell, ...] = ()
    cells: tuple[Cell, ...] = ()
    waiting: Waiting = Waiting()

    @property
    def too_little(self) -> bool:
        """True where fewer than ten messages came in."""
        return not self.numbers


@dataclass
class _Tally:
    """What is counted on the way; none of it leaves this module."""

    names: Counter[str]
    weeks: list[int]
    hours: list[list[int]]
    waits: list[timedelta]


def figures(rows: Iterable[Handled], hours_of: Callable[[str], Hours], period: Period) -> Figures:
    """The figures of a period.

    Args:
        rows: the messages that arrived in it.
        hours_of: the hours of an account.
        period: which.
    """
    tally = _Tally(Counter(), [0] * len(period.weeks), [[0] * 24 for _ in range(7)], [])
    for row in rows:
        if row.category is None:
            tally.names["not_judged"] += 1
        else:
            _count(tally, row, row.category, hours_of(row.account), period)
    if tally.names["mails"] < FEWEST:
        return Figures(period, {})
    return _told(tally, period)


def _count(tally: _Tally, row: Handled, category: Category, hours: Hours, period: Period) -> None:
    local = row.at.astimezone(period.zone)
    arrival = hours.arrival(row.at)
    names = ["mails", arrival.value]
    if arrival is not Arrival.AT_WORK:
        names.append("out_of_hours")
    names += [flag.value if flag in row.flags else f"not {flag.value}" for flag in Flag]
    if row.unsure:
        names.append("unsure")
    elif category is Category.SUBSTANTIVE:
        names += ["substantive", "offered" if row.offered else "not_offered"]
    else:
        names += ["simple", category.value]
    if not row.unsure and category in (Category.YES_NO, Category.APPOINTMENT):
        names += ["questions", *_answer(row, hours, tally.waits)]
    tally.names.update(names)
    tally.weeks[(local.date() - period.first + timedelta(period.first.weekday())).days // 7] += 1
    tally.hours[local.weekday()][local.hour] += 1


def _answer(row: Handled, hours: Hours, waits: list[timedelta]) -> list[str]:
    if row.answered_at is None:
        return ["unanswered"]
    waits.append(hours.worked(row.at, row.answered_at))
    return ["answered", "next_day" if hours.by_next_day(row.at, row.answered_at) else "later"]


def _told(tally: _Tally, period: Period) -> Figures:
    """What may be told of what was counted."""
    weeks = {f"week {group[0]}": group for group in joined(tally.weeks)}
    days, cells, inside = _grid(tally.hours)
    counts = {name: tally.names[name] for name in (*IMPORTANCE, *(part for one in TREE for part in one.parts))}
    counts |= {name: sum(tally.weeks[place] for place in group) for name, group in weeks.items()}
    counts |= {name: _in_cell(tally.hours, place) for name, place in (days | cells).items()}
    ledger = Ledger(counts, [*TREE, Sum("mails", tuple(weeks)), Sum("mails", tuple(days)), *inside])
    ledger.publish([*IMPORTANCE, *weeks, *days, *cells])
    return Figures(
        period,
        {name: ledger.shown(name) for name in IMPORTANCE},
        tuple(
            Weeks(period.weeks[group[0]][0], period.weeks[group[-1]][1], ledger.shown(name))
            for name, group in weeks.items()
        ),
        tuple(Cell(*place, ledger.shown(name)) for name, place in days.items()),
        tuple(Cell(*place, ledger.shown(name)) for name, place in cells.items()),
        _waiting(sorted(tally.waits), ledger.least("answered")),
    )


_Place = tuple[int, int, int, int]


def _grid(by_hour: Sequence[Sequence[int]]) -> tuple[dict[str, _Place], dict[str, _Place], list[Sum]]:
    """Weekdays and hours, put together until each group counts ten: days, hours within them, and how these add up."""
    days: dict[str, _Place] = {}
    cells: dict[str, _Place] = {}
    sums: list[Sum] = []
    for group in joined([sum(hours) for hours in by_hour]):
        day = f"day {group[0]}"
        days[day] = (group[0], group[-1], 0, 24)
        of_day = [sum(by_hour[one][hour] for one in group) for hour in range(24)]
        inside = {f"{day} hour {part[0]}": (group[0], group[-1], part.start, part.stop) for part in joined(of_day)}
        sums.append(Sum(day, tuple(inside)))
        cells |= inside
    return days, cells, sums


def _in_cell(by_hour: Sequence[Sequence[int]], place: _Place) -> int:
    first, last, since, until = place
    return sum(sum(hours[since:until]) for hours in by_hour[first : last + 1])


def _waiting(waits: Sequence[timedelta], known: int) -> Waiting:
    """How long questions waited, by waits in order.

    ``known`` is what a reader knows them to be at least, so that it tells nothing that a value is there.
    """
    return Waiting(*(_quantile(waits, tenths) if known * (100 - tenths) >= FEWEST * 100 else None for tenths in _PARTS))


_PARTS = (50, 75, 90)


def _quantile(waits: Sequence[timedelta], percent: int) -> int:
    """The shortest of these waits than which ``percent`` of them are no longer, in minutes, rounded to five."""
    wait = waits[-(-len(waits) * percent // 100) - 1]
    return round(wait.total_seconds() / 60 / STEP) * STEP


def school_year(day: date) -> date:
    """The first day of the school year in which a day lies: the first of August."""
    return date(day.year if day.month >= 8 else day.year - 1, 8, 1)
