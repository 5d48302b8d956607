"""From the store to figures: what is counted as what, and what is shown of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import settings as rules
from hypothesis import strategies as st

from mailtriage.decide import Schedule
from mailtriage.figures.counting import TREE, Figures, Period, figures, school_year
from mailtriage.figures.discretion import Shown, Sum
from mailtriage.figures.hours import Arrival, Hours
from mailtriage.records import Category, Flag
from mailtriage.settings import WeeklyHours
from mailtriage.store import Corrections, Place, Wording
from mailtriage.store.figures import Handled, handled, watched_since
from tests.figures.made_up import Archive, fill
from tests.figures.test_discretion import assert_dark, assert_true
from tests.school import WEEK, memory

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
PERIOD = Period(date(2026, 9, 1), date(2026, 11, 30), AMSTERDAM)
TUESDAY = datetime(2026, 9, 15, 9, tzinfo=AMSTERDAM)
HOURS = Hours([Schedule("Els", WeeklyHours.model_validate(WEEK), AMSTERDAM)], AMSTERDAM)
MAIL = Handled("a", Category.YES_NO, False, frozenset(), TUESDAY, None, False)


def counted(rows: Iterable[Handled], period: Period = PERIOD) -> Figures:
    """The figures of rows at a mailbox with ordinary hours."""
    return figures(rows, lambda _account: HOURS, period)


def about(number: int) -> Shown:
    """A number that is shown, rounded."""
    return Shown("about", number)


def test_each_kind_is_counted() -> None:
    """Simple are the three that may be handled by mail; of what is unsure the category does not count."""
    kinds = {Category.YES_NO: 40, Category.APPOINTMENT: 30, Category.NOTICE: 20, Category.SUBSTANTIVE: 50}
    rows = [replace(MAIL, category=category) for category, count in kinds.items() for _ in range(count)]
    rows += [replace(MAIL, unsure=True)] * 15 + [replace(MAIL, category=None)] * 25
    found = counted(rows).numbers
    expected = {
        "mails": 155,
        "simple": 90,
        "yes_no": 40,
        "appointment": 30,
        "notice": 20,
        "substantive": 50,
        "unsure": 15,
        "not_judged": 25,
        "questions": 70,
    }
    assert {name: found[name] for name in expected} == {name: about(count) for name, count in expected.items()}


def test_answers_are_counted_by_when_they_came() -> None:
    """On the next working day, later, or not by mail; waiting times are in working hours."""
    rows = [replace(MAIL, answered_at=TUESDAY + timedelta(minutes=20))] * 30
    rows += [replace(MAIL, answered_at=TUESDAY + timedelta(days=1))] * 20  # 7.5 working hours
    rows += [replace(MAIL, answered_at=TUESDAY + timedelta(days=6))] * 10  # 4 days of 7.5 hours
    rows += [MAIL] * 40
    # Notices and what is substantive need no answer by mail.
    rows += [replace(MAIL, category=Category.NOTICE, answered_at=TUESDAY)] * 50
    found = counted(rows)
    expected = {"questions": 100, "answered": 60, "next_day": 50, "later": 10, "unanswered": 40}
    assert {name: found.numbers[name] for name in expected} == {name: about(n) for name, n in expected.items()}
    assert (found.waiting.median, found.waiting.most, found.waiting.nearly_all) == (20, 450, None)


@pytest.mark.parametrize(("answers", "shown"), [(20, 0), (25, 1), (40, 1), (45, 2), (100, 2), (105, 3)])
def test_a_waiting_time_needs_ten_that_waited_longer(answers: int, shown: int) -> None:
    """20 answers for the median, 40 and 100 for the others; a reader must be sure of them, rounded as they are."""
    others = [{"category": Category.NOTICE}, {"category": Category.SUBSTANTIVE}, {"unsure": True}, {}]
    rows = [replace(MAIL, **other) for other in others for _ in range(40)]  # type: ignore[arg-type]
    rows += [replace(MAIL, answered_at=TUESDAY + timedelta(hours=n % 7)) for n in range(answers)]
    found = counted(rows)
    waiting = (found.waiting.median, found.waiting.most, found.waiting.nearly_all)
    assert [value is not None for value in waiting] == [n < shown for n in range(3)]


def test_offers_are_a_part_of_what_is_substantive() -> None:
    """A draft for mail that is not substantive any more does not count."""
    rows = [replace(MAIL, category=Category.SUBSTANTIVE, offered=True)] * 60
    rows += [replace(MAIL, category=Category.SUBSTANTIVE)] * 20 + [replace(MAIL, offered=True)] * 30
    found = counted(rows).numbers
    assert (found["offered"], found["not_offered"]) == (about(60), about(20))


def test_each_flag_is_counted() -> None:
    """A message may have several."""
    rows = [replace(MAIL, flags=frozenset({Flag.URGENT, Flag.CONDUCT}))] * 20 + [MAIL] * 40
    found = counted(rows).numbers
    assert (found["urgent"], found["conduct"], found["personal"]) == (about(20), about(20), Shown("fewer", 10))


def test_fewer_than_ten_messages_are_too_few() -> None:
    """Nothing is said of nine, nor of none; ten are told."""
    for count in (0, 9):
        found = counted([MAIL] * count)
        assert found.too_little
        assert found == Figures(PERIOD, {})
    assert counted([MAIL] * 10).numbers["mails"] == about(10)
    # What could not be judged is no message of which a kind is known.
    assert counted([replace(MAIL, category=None)] * 50).too_little


def test_weeks_are_whole_and_cut_at_the_period() -> None:
    """From Monday to Sunday; quiet ones go with the next, what is left over with the last."""
    rows = [replace(MAIL, at=TUESDAY + timedelta(days=7 * week)) for week in (0, 1, 3) for _ in range(20)]
    rows += [replace(MAIL, at=TUESDAY + timedelta(days=7 * 8))] * 3
    weeks = counted(rows).weeks
    days = [(one.first, one.last) for one in weeks]
    assert days == [
        (date(2026, 9, 1), date(2026, 9, 20)),
        (date(2026, 9, 21), date(2026, 9, 27)),
        (date(2026, 9, 28), date(2026, 11, 30)),
    ]
    assert [one.mails for one in weeks] == [about(20), about(20), about(25)]


def test_days_and_hours_are_those_of_the_school() -> None:
    """In local time, also in the hour that occurs twice."""
    twice = [datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1)]
    cells = counted([replace(MAIL, at=at) for at in twice for _ in range(10)]).cells
    assert [(one.first_day, one.last_day, one.since, one.until) for one in cells] == [(0, 6, 0, 24)]
    cells = counted([replace(MAIL, at=TUESDAY + timedelta(hours=n)) for n in (0, 5) for _ in range(20)]).cells
    assert [(one.since, one.until, one.mails) for one in cells] == [(0, 10, about(20)), (10, 24, about(20))]


def test_a_period_begins_and_ends_at_midnight_of_the_school() -> None:
    """Its last day belongs to it; a day of a clock change has 25 hours."""
    period = Period(date(2026, 10, 25), date(2026, 10, 25), AMSTERDAM)
    assert period.start == datetime(2026, 10, 24, 22, tzinfo=UTC)
    assert period.end - period.start == timedelta(hours=25)
    assert period.weeks == [(date(2026, 10, 25), date(2026, 10, 25))]


@pytest.mark.parametrize(("day", "first"), [((2026, 8, 1), 2026), ((2026, 7, 31), 2025), ((2027, 1, 1), 2026)])
def test_a_school_year_begins_in_august(day: tuple[int, int, int], first: int) -> None:
    """On the first."""
    assert school_year(date(*day)) == date(first, 8, 1)


kinds = st.sampled_from(Category)
waits = st.one_of(st.none(), st.integers(0, 9000).map(lambda minutes: timedelta(minutes=minutes)))


@st.composite
def schools(draw: st.DrawFn) -> list[Handled]:
    """The mail of a school: batches of messages that are alike, some of one, so that small numbers abound."""
    rows: list[Handled] = []
    for _ in range(draw(st.integers(1, 14))):
        at = TUESDAY + timedelta(minutes=draw(st.integers(0, 60 * 24 * 60)))
        wait = draw(waits)
        row = Handled(
            "a",
            draw(kinds),
            draw(st.integers(0, 9)) == 0,
            draw(st.frozensets(st.sampled_from(Flag), max_size=2)),
            at,
            None if wait is None else at + wait,
            draw(st.booleans()),
        )
        rows += [row] * draw(st.one_of(st.integers(1, 12), st.integers(1, 80)))
    return rows


def by_hand(rows: list[Handled]) -> Counter[str]:
    """The numbers of a school, counted once more."""
    names: Counter[str] = Counter({name: 0 for one in TREE for name in (one.whole, *one.parts)} | {"not_judged": 0})
    for row in rows:
        sure, category = not row.unsure, row.category
        assert category is not None
        asks = sure and category in (Category.YES_NO, Category.APPOINTMENT)
        soon = asks and row.answered_at is not None and HOURS.by_next_day(row.at, row.answered_at)
        arrival = HOURS.arrival(row.at)
        true = {
            "mails": True,
            "unsure": row.unsure,
            "simple": sure and category is not Category.SUBSTANTIVE,
            category.value: sure,
            "questions": asks,
            "answered": asks and row.answered_at is not None,
            "unanswered": asks and row.answered_at is None,
            "next_day": soon,
            "later": asks and row.answered_at is not None and not soon,
            "offered": sure and category is Category.SUBSTANTIVE and row.offered,
            "not_offered": sure and category is Category.SUBSTANTIVE and not row.offered,
            "out_of_hours": arrival is not Arrival.AT_WORK,
            arrival.value: True,
            **{flag.value: flag in row.flags for flag in Flag},
            **{f"not {flag.value}": flag not in row.flags for flag in Flag},
        }
        names.update(name for name, holds in true.items() if holds)
    return names


@given(rows=schools())
@rules(max_examples=40, deadline=None)
def test_nothing_small_follows_from_all_that_is_shown(rows: list[Handled]) -> None:
    """With weeks, weekdays and hours, which add up to the same total."""
    found = counted(rows)
    counts: dict[str, int] = dict(by_hand(rows))
    if found.too_little:
        assert counts["mails"] < 10
        return
    shown = dict(found.numbers)
    sums = list(TREE)
    days = [row.at.astimezone(AMSTERDAM) for row in rows]
    for week in found.weeks:
        shown[f"{week.first}"] = week.mails
        counts[f"{week.first}"] = sum(week.first <= day.date() <= week.last for day in days)
    sums.append(Sum("mails", tuple(f"{week.first}" for week in found.weeks)))
    for cell in (*found.days, *found.cells):
        name = f"{cell.first_day} {cell.since} {cell.until}"
        shown[name] = cell.mails
        inside = (
            cell.first_day <= day.weekday() <= cell.last_day and cell.since <= day.hour < cell.until for day in days
        )
        counts[name] = sum(inside)
    sums.append(Sum("mails", tuple(f"{one.first_day} 0 24" for one in found.days)))
    for row in found.days:
        parts = tuple(
            f"{one.first_day} {one.since} {one.until}" for one in found.cells if one.first_day == row.first_day
        )
        if parts != (f"{row.first_day} 0 24",):
            sums.append(Sum(f"{row.first_day} 0 24", parts))
    assert all(counts[one.whole] == sum(counts[part] for part in one.parts) for one in sums)
    assert_true(shown, counts)
    assert_dark(shown, counts, sums)


# -- from the store


def read(archive: Archive, period: Period = PERIOD) -> list[Handled]:
    """What the store says of a period."""
    with handled(archive.store.journal.engine, period.start, period.end) as rows:
        return list(rows)


def test_the_store_tells_what_the_journal_wrote() -> None:
    """Category, doubt, flags, the moments of arrival and answer, and whether a draft is in place."""
    archive = Archive(memory())
    answered = TUESDAY + timedelta(hours=3)
    archive.add(TUESDAY, Category.APPOINTMENT, answered=answered, flags=frozenset({Flag.URGENT}))
    archive.add(TUESDAY, Category.SUBSTANTIVE, offered=True)
    archive.add(TUESDAY, Category.SUBSTANTIVE, unsure=True)
    one, two, three = read(archive)
    assert one == Handled("groep5", Category.APPOINTMENT, False, frozenset({Flag.URGENT}), TUESDAY, answered, False)
    assert (two.offered, two.unsure, three.offered, three.unsure) == (True, False, False, True)


def test_a_draft_that_is_not_in_place_is_no_offer() -> None:
    """Intended, dropped or gone: nobody was offered anything."""
    archive = Archive(memory())
    archive.add(TUESDAY, Category.SUBSTANTIVE, offered=True)
    with archive.store.journal.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE intents SET state = 'dropped'")
    assert [row.offered for row in read(archive)] == [False]


def test_mail_counts_when_it_arrived_not_when_it_was_seen() -> None:
    """The first instant of a period belongs to it, the first after it does not; unknown arrivals count when seen."""
    archive = Archive(memory())
    for at in (PERIOD.start, PERIOD.end - timedelta(seconds=1), PERIOD.start - timedelta(seconds=1), PERIOD.end):
        archive.add(at)
    assert [row.at for row in read(archive)] == [PERIOD.start, PERIOD.end - timedelta(seconds=1)]
    with archive.store.journal.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE messages SET arrived_at = NULL")
    assert [row.at for row in read(archive)] == [
        PERIOD.start + timedelta(seconds=40),
        PERIOD.start + timedelta(seconds=39),
    ]


def test_the_corrected_category_counts() -> None:
    """What a teacher said, without doubt, also of mail that could not be judged."""
    archive = Archive(memory())
    journal = archive.store.journal
    archive.add(TUESDAY, Category.YES_NO, unsure=True)
    journal.set_aside(Place("groep5", "INBOX", 7, 99), "broken", None, TUESDAY, digest="d")
    assert [row.category for row in read(archive)] == [Category.YES_NO, None]
    for uid in (1, 99):
        known = journal.find(Place("groep5", "INBOX", 7, uid))
        assert known is not None
        Corrections(journal.engine).record(known, Category.SUBSTANTIVE, Wording("", "x"), TUESDAY, source="folder")
    assert [(row.category, row.unsure) for row in read(archive)] == [(Category.SUBSTANTIVE, False)] * 2


def test_an_empty_store_has_nothing_to_tell() -> None:
    """Neither figures nor since when."""
    store = memory()
    with handled(store.journal.engine, PERIOD.start, PERIOD.end) as rows:
        assert counted(rows).too_little
    assert watched_since(store.journal.engine) is None
    assert watched_since(Archive(store).store.journal.engine) == datetime(2026, 1, 5, 8, tzinfo=UTC)


def test_a_school_of_several_mailboxes_is_counted_as_one() -> None:
    """Each by its own hours, and nothing tells which is which."""
    store = memory()
    for account in ("groep5", "directie"):
        archive = Archive(store, account)
        for _ in range(20):
            archive.add(TUESDAY)
    closed = Hours([], AMSTERDAM)
    with handled(store.journal.engine, PERIOD.start, PERIOD.end) as rows:
        found = figures(rows, lambda account: HOURS if account == "groep5" else closed, PERIOD)
    assert (found.numbers["mails"], found.numbers["at_work"]) == (about(40), about(20))
    assert "groep5" not in repr(found)
    assert "directie" not in repr(found)


def test_the_made_up_school_is_counted_whole() -> None:
    """Each message of a store that was recorded like the service records it, once."""
    archive = Archive(memory())
    fill(archive, date(2026, 9, 1), date(2026, 10, 4))
    found = figures(read(archive), lambda _account: HOURS, PERIOD)
    assert found.numbers["mails"] == about((archive.count + 2) // 5 * 5)
