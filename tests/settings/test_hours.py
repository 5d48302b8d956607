"""Frames of a day and ranges of days."""

from __future__ import annotations

from datetime import date, time, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from mailtriage.settings.hours import WEEKDAYS, DateRange, Frame, WeeklyHours
from mailtriage.settings.section import WrongValueError

DAY = 24 * 60


def text_of(start: int, end: int) -> str:
    """A frame as the file writes it, from minutes since midnight."""
    return f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"


def minutes_of(frame: Frame) -> tuple[int, int]:
    """A frame in minutes since midnight."""
    end = frame.end.hour * 60 + frame.end.minute if frame.end else DAY
    return frame.start.hour * 60 + frame.start.minute, end


spans = st.tuples(st.integers(0, DAY - 1), st.integers(1, DAY)).filter(lambda span: span[0] < span[1])


@given(span=spans)
def test_a_frame_survives_being_written_and_read(span: tuple[int, int]) -> None:
    """Reading what a frame writes gives the same frame, up to and including 24:00."""
    frame = Frame.parse(text_of(*span))
    assert minutes_of(frame) == span
    assert str(frame) == text_of(*span)
    assert Frame.parse(str(frame)) == frame
    assert Frame.parse(frame) is frame


@given(span=spans)
def test_a_frame_that_runs_backwards_is_refused(span: tuple[int, int]) -> None:
    """The end lies behind the start; an empty frame is none either."""
    start, end = span
    for wrong in (text_of(end, start), text_of(start, start)):
        with pytest.raises(WrongValueError):
            Frame.parse(wrong)


@given(text=st.text() | st.integers() | st.none())
def test_anything_else_is_no_frame(text: object) -> None:
    """Text that is no frame, and what is no text, is refused with advice."""
    try:
        frame = Frame.parse(text)
    except WrongValueError:
        return
    assert Frame.parse(str(frame)) == frame


@given(frames=st.lists(spans, max_size=4), order=st.randoms(use_true_random=False))
def test_overlap_is_found_in_any_order(frames: list[tuple[int, int]], order: Random) -> None:
    """Frames of a day are refused exactly where two share a minute, however they are ordered; else they are sorted."""
    shuffled = list(frames)
    order.shuffle(shuffled)
    ordered = sorted(frames)
    shared = any(before[1] > after[0] for before, after in pairwise(ordered))
    if shared:
        with pytest.raises(ValidationError, match="overlap"):
            WeeklyHours.model_validate({"monday": [text_of(*frame) for frame in shuffled]})
    else:
        hours = WeeklyHours.model_validate({"monday": [text_of(*frame) for frame in shuffled]})
        assert [minutes_of(frame) for frame in hours.monday] == ordered
        assert hours.empty is (not frames)


@given(edges=st.lists(st.integers(0, DAY), min_size=2, max_size=6, unique=True).map(sorted))
def test_touching_frames_are_fine(edges: list[int]) -> None:
    """A frame may begin where another ends; they stay two."""
    frames = [text_of(start, end) for start, end in pairwise(edges)]
    assert [str(frame) for frame in WeeklyHours.model_validate({"friday": frames}).on(4)] == frames


def test_nothing_follows_a_frame_until_midnight() -> None:
    """24:00 is the end of the day: a frame that reaches it overlaps any later one."""
    assert Frame.parse("23:00-24:00") == Frame(start=time(23), end=None)
    with pytest.raises(ValidationError, match="overlap"):
        WeeklyHours.model_validate({"monday": ["22:00-24:00", "23:00-23:30"]})
    with pytest.raises(WrongValueError, match="no time of the day"):
        Frame.parse("24:00-24:00")


@pytest.mark.parametrize("text", ["8:00-9:00", " 08:00 - 09:00 ", "08:00-9:00"])
def test_frames_may_be_written_loosely(text: str) -> None:
    """One digit for the hour and spaces are fine."""
    assert str(Frame.parse(text)) == "08:00-09:00"


def test_one_frame_needs_no_list() -> None:
    """A day with one frame may name it alone."""
    assert WeeklyHours.model_validate({"monday": "08:00-09:00"}).monday == (Frame.parse("08:00-09:00"),)


def test_days_are_found_by_weekday() -> None:
    """``on`` counts as ``date.weekday()`` does; a day that is not named has no frames."""
    hours = WeeklyHours.model_validate({"sunday": ["10:00-11:00"]})
    assert [bool(hours.on(day)) for day in range(7)] == [False] * 6 + [True]
    assert len(WEEKDAYS) == 7


@given(first=st.dates(), length=st.integers(0, 400))
def test_a_range_of_days_holds_both_ends(first: date, length: int) -> None:
    """A range holds its first and last day and none beside them."""
    assume(date(1, 1, 2) < first and first.toordinal() + length + 1 < date.max.toordinal())
    last = first + timedelta(length)
    days = DateRange.model_validate(f"{first}/{last}")
    assert first in days
    assert last in days
    assert first - timedelta(1) not in days
    assert last + timedelta(1) not in days


def test_a_range_of_days_may_be_written_in_four_ways() -> None:
    """A day, a TOML date, a range and a table mean what they say."""
    day = DateRange(first=date(2026, 12, 21), last=date(2026, 12, 21))
    for written in ("2026-12-21", date(2026, 12, 21), "2026-12-21 / 2026-12-21", day, day.model_dump()):
        assert DateRange.model_validate(written) == day
