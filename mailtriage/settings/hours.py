"""When somebody works: frames of a day, hours of a week, and days off."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from itertools import pairwise
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Strict, model_validator

from mailtriage.settings.section import Section, WrongValueError, shown

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
"""Names of the days as the file writes them; the index is ``date.weekday()``."""

_FRAME = re.compile(r"\s*([0-9]{1,2}):([0-9]{2})\s*-\s*([0-9]{1,2}):([0-9]{2})\s*")


class Frame(Section):
    """A stretch of a day in local time, ``08:15-12:00``. ``end`` is exclusive; None is 24:00."""

    start: time
    end: time | None

    @classmethod
    def parse(cls, text: object) -> Frame:
        """Read ``HH:MM-HH:MM``; ``24:00`` is allowed as the end.

        Raises:
            WrongValueError: the text is no frame, or runs backwards.
        """
        if isinstance(text, Frame):
            return text
        match = _FRAME.fullmatch(text) if isinstance(text, str) else None
        if match is None:
            raise WrongValueError(f"{shown(text)} is no frame of time", 'write it like "08:15-12:00"')
        hour1, minute1, hour2, minute2 = (int(part) for part in match.groups())
        midnight = (hour2, minute2) == (24, 0)
        try:
            start, end = time(hour1, minute1), None if midnight else time(hour2, minute2)
        except ValueError as error:
            raise WrongValueError(f"{shown(text)} holds no time of the day", "hours run from 00:00 to 24:00") from error
        if end is not None and end <= start:
            raise WrongValueError(f"{shown(text)} runs backwards", "put the earlier time first; split a night at 24:00")
        return cls(start=start, end=end)

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end.strftime('%H:%M') if self.end else '24:00'}"


def _frames(value: object) -> object:
    """Frames of one day: parsed, in order of time, and none overlapping another. Touching frames are fine."""
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, (list, tuple)):
        raise WrongValueError("the value is no list of frames", 'write it like ["08:15-12:00", "12:45-16:30"]')
    frames = sorted((Frame.parse(item) for item in value), key=lambda frame: frame.start)
    for before, after in pairwise(frames):
        if before.end is None or after.start < before.end:
            raise WrongValueError(f"{before} and {after} overlap", "join them, or move one")
    return tuple(frames)


Frames = Annotated[tuple[Frame, ...], BeforeValidator(_frames)]


class WeeklyHours(Section):
    """Frames for each day of the week. A day without frames is a day without work."""

    monday: Frames = ()
    tuesday: Frames = ()
    wednesday: Frames = ()
    thursday: Frames = ()
    friday: Frames = ()
    saturday: Frames = ()
    sunday: Frames = ()

    def on(self, weekday: int) -> tuple[Frame, ...]:
        """The frames of a day; ``weekday`` as in ``date.weekday()`` (Monday is 0)."""
        frames: tuple[Frame, ...] = getattr(self, WEEKDAYS[weekday])
        return frames

    @property
    def empty(self) -> bool:
        """True where no day has a frame."""
        return not any(self.on(day) for day in range(7))


class DateRange(Section):
    """Days from ``first`` to ``last``, both included."""

    first: Annotated[date, Strict()]
    last: Annotated[date, Strict()]

    @model_validator(mode="before")
    @classmethod
    def _parse(cls, value: Any) -> Any:
        if isinstance(value, datetime):
            raise WrongValueError(f"{value} is a moment, not a day", "write the day alone, like 2026-12-21")
        if isinstance(value, date):
            return {"first": value, "last": value}
        if isinstance(value, str):
            first, slash, last = value.partition("/")
            try:
                start = date.fromisoformat(first.strip())
                return {"first": start, "last": date.fromisoformat(last.strip()) if slash else start}
            except ValueError as error:
                advice = 'write "2026-12-21" or "2026-12-21/2027-01-01"'
                raise WrongValueError(f"{shown(value)} is no day or range of days", advice) from error
        if not isinstance(value, (dict, DateRange)):
            raise WrongValueError(f"{shown(value)} is no day or range of days", 'write it like "2026-12-21/2027-01-01"')
        return value

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.last < self.first:
            raise WrongValueError(f"{self.first}/{self.last} runs backwards", "put the earlier day first")
        return self

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last


class FreeDays(DateRange):
    """Days off with what they are called: ``herfstvakantie``, ``study day``."""

    name: str = ""


class Leave(Section):
    """Sick leave from ``first`` on; ``last`` is None as long as nobody knows when it ends (``"2026-11-20/"``)."""

    first: Annotated[date, Strict()]
    last: Annotated[date | None, Strict()] = None

    @model_validator(mode="before")
    @classmethod
    def _parse(cls, value: Any) -> Any:
        if isinstance(value, str) and value.strip().endswith("/"):
            first = DateRange.model_validate(value.strip().removesuffix("/")).first
            return {"first": first}
        if isinstance(value, (str, date)):
            days = DateRange.model_validate(value)
            return {"first": days.first, "last": days.last}
        return value

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.last is not None and self.last < self.first:
            raise WrongValueError(f"{self.first}/{self.last} runs backwards", "put the earlier day first")
        return self


class Swap(Section):
    """An exchange of days: at work on ``on`` and not on ``off``; in its hours unless ``hours`` says others."""

    off: Annotated[date, Strict()]
    on: Annotated[date, Strict()]
    hours: Frames = ()

    @model_validator(mode="after")
    def _two_days(self) -> Self:
        if self.off == self.on:
            raise WrongValueError(f"{self.off} is exchanged for itself", "name two days")
        return self
