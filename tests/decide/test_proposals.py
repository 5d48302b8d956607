"""Moments that a reply proposes, and how they are written."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtriage.decide import Schedule, proposals, spoken
from mailtriage.settings import Replies
from tests.decide.test_hours import AMSTERDAM, local, moments, schedule, weeks
from tests.school import WEEK


def inside(els: Schedule, start: datetime, minutes: int) -> bool:
    """Whether a talk fits into one frame."""
    begin, end = start.astimezone(UTC), start.astimezone(UTC) + timedelta(minutes=minutes)
    return any(frame.start <= begin and end <= frame.end for frame in els.frames(start.date()))


@given(
    week=weeks,
    moment=moments,
    count=st.integers(1, 6),
    minutes=st.sampled_from([5, 20, 30, 60, 120]),
    ahead=st.integers(0, 30),
    after=st.sampled_from([None, time(0), time(12)]),
    before=st.sampled_from([None, time(17), time(23, 59)]),
)
def test_proposals_fit(
    week: dict[str, list[str]],
    moment: datetime,
    count: int,
    minutes: int,
    ahead: int,
    after: time | None,
    before: time | None,
) -> None:
    """Each lies ahead, on a day of its own, within one frame for the whole talk, and between the times that are set."""
    els = schedule(week)
    settings = Replies(proposals=count, minutes=minutes, from_days_ahead=ahead, after=after, before=before)
    found = proposals(els, settings, moment)
    assert len(found) <= count
    assert len({start.date() for start in found}) == len(found)
    assert list(found) == sorted(found)
    today = moment.astimezone(AMSTERDAM).date()
    for start in found:
        assert start.astimezone(UTC) > moment
        assert (start.date() - today).days >= ahead
        assert inside(els, start, minutes)
        assert start.minute % 15 == 0
        assert after is None or start.time() >= after
        end = start.astimezone(UTC) + timedelta(minutes=minutes)
        assert before is None or end <= datetime.combine(start.date(), before, AMSTERDAM).astimezone(UTC)


def test_a_talk_is_proposed_soon_after_lessons() -> None:
    """Near 15:30 where the hours allow it, else as near as they do."""
    found = proposals(schedule(WEEK | {"wednesday": ["08:15-12:30"]}), Replies(), local(2026, 9, 14, 9))
    assert found == (local(2026, 9, 15, 15, 30), local(2026, 9, 16, 12, 0), local(2026, 9, 17, 15, 30))


def test_a_talk_that_would_end_at_midnight_is_not_before_five() -> None:
    """The end of the day is late, not early."""
    late = schedule({"monday": ["22:00-24:00"]})
    assert proposals(late, Replies(minutes=30, before=time(17)), local(2026, 9, 13, 9)) == ()
    assert len(proposals(late, Replies(minutes=30), local(2026, 9, 13, 9))) == 3


def test_holidays_and_days_off_are_not_proposed() -> None:
    """Nobody is asked to come on King's Day or in the holidays."""
    found = proposals(schedule(WEEK, "2027-04-28/2027-05-07"), Replies(proposals=2), local(2027, 4, 26, 9))
    assert [start.date().isoformat() for start in found] == ["2027-05-10", "2027-05-11"]


def test_whoever_never_works_proposes_nothing() -> None:
    """The reply then asks when it suits the parent."""
    assert proposals(schedule({}), Replies(), local(2026, 9, 14, 9)) == ()


@pytest.mark.parametrize(
    ("moment", "language", "expected"),
    [
        (local(2026, 9, 14, 15, 30), "nl", "maandag 14 september om 15.30 uur"),
        (local(2026, 9, 14, 9, 5), "nl", "maandag 14 september om 9.05 uur"),
        (local(2027, 3, 1, 12, 0), "nl", "maandag 1 maart om 12.00 uur"),
        (local(2026, 9, 14, 15, 30), "en", "Monday 14 September at 15:30"),
        (local(2026, 10, 30, 8, 15), "en", "Friday 30 October at 08:15"),
    ],
)
def test_a_moment_is_spoken_as_people_write_it(moment: datetime, language: str, expected: str) -> None:
    """In Dutch with a dot and ``uur``, in English with a colon; whatever the locale of the machine."""
    assert spoken(moment, language) == expected
