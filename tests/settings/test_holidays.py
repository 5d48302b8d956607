"""The school holidays of the Dutch regions, as data that come with the program."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from mailtriage.settings.holidays import region_days

REGIONS = ("noord", "midden", "zuid")
YEARS = range(2025, 2030)
"""The years in which the school years begin that are known."""

WEEKS = {"herfstvakantie": 1, "kerstvakantie": 2, "voorjaarsvakantie": 1, "meivakantie": 1, "zomervakantie": 6}
MONTHS = {"herfstvakantie": {10}, "kerstvakantie": {12}, "voorjaarsvakantie": {2}, "meivakantie": {4, 5}}


@pytest.mark.parametrize("region", REGIONS)
def test_each_school_year_has_each_holiday_once(region: str) -> None:
    """In the order of the year, and no year more."""
    found = [(free.first.year - (free.first.month < 9), free.name) for free in region_days(region)]
    assert found == [(year, name) for year in YEARS for name in WEEKS]


@pytest.mark.parametrize("region", REGIONS)
def test_holidays_have_their_length_and_their_month(region: str) -> None:
    """From a Saturday to a Sunday, as many weeks as they have; a slip of the pen in a date shows."""
    for free in region_days(region):
        assert (free.first.weekday(), free.last.weekday()) == (5, 6)
        assert (free.last - free.first).days + 1 == 7 * WEEKS[free.name] + 2
        assert free.first.month in MONTHS.get(free.name, {7})
    assert all(before.last < after.first for before, after in pairwise(region_days(region)))


def test_what_holds_for_all_regions_and_what_does_not() -> None:
    """Christmas and May are the same everywhere; the summer begins in three different weeks."""
    for year in YEARS:
        begun: dict[str, set[date]] = {}
        for region in REGIONS:
            for free in region_days(region)[(year - 2025) * 5 : (year - 2024) * 5]:
                begun.setdefault(free.name, set()).add(free.first)
        assert {name: len(days) for name, days in begun.items() if name in ("kerstvakantie", "meivakantie")} == {
            "kerstvakantie": 1,
            "meivakantie": 1,
        }
        assert len(begun["zomervakantie"]) == 3
        assert max(begun["zomervakantie"]).toordinal() - min(begun["zomervakantie"]).toordinal() == 14


@pytest.mark.parametrize(
    ("region", "name", "first", "last"),
    [
        ("noord", "herfstvakantie", date(2026, 10, 10), date(2026, 10, 18)),
        ("midden", "herfstvakantie", date(2026, 10, 17), date(2026, 10, 25)),
        ("zuid", "kerstvakantie", date(2026, 12, 19), date(2027, 1, 3)),
        ("zuid", "voorjaarsvakantie", date(2027, 2, 13), date(2027, 2, 21)),
        ("midden", "meivakantie", date(2027, 4, 24), date(2027, 5, 2)),
        ("zuid", "zomervakantie", date(2027, 7, 24), date(2027, 9, 5)),
    ],
)
def test_days_of_this_school_year(region: str, name: str, first: date, last: date) -> None:
    """As the government published them."""
    assert (first, last, name) in {(free.first, free.last, free.name) for free in region_days(region)}


def test_no_region_has_no_holidays() -> None:
    """A school that names none has those that it writes down itself."""
    assert region_days("") == ()
