"""Instants and intervals.

All arithmetic and every comparison is done on instants (UTC): Python compares moments of one zone by their clock
times, which is wrong in the hour that occurs twice. A local time that a clock change leaves out stands for the instant
of the change; one that occurs twice stands for its first occurrence (RFC 5545 §3.3.5 has the same rule for the second
case, and for the first an equivalent that can turn short frames backwards).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mailtriage.settings import Frame


@dataclass(frozen=True, slots=True)
class Interval:
    """From ``start`` (included) to ``end`` (not included), both in UTC."""

    start: datetime
    end: datetime

    def __contains__(self, moment: object) -> bool:
        return isinstance(moment, datetime) and self.start <= moment.astimezone(UTC) < self.end


def instant(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The instant of a local time of ``zone``, in UTC; see the module's text for clock changes."""
    local = datetime.combine(day, clock, zone)
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return moment
    # The time is left out tonight. PEP 495: fold=1 gives an instant before the change, fold=0 one after it.
    early, late = local.replace(fold=1).astimezone(UTC), moment
    offset = early.astimezone(zone).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) / 2
        early, late = (middle, late) if middle.astimezone(zone).utcoffset() == offset else (early, middle)
    return late.replace(microsecond=0)


def intervals(day: date, frames: Iterable[Frame], zone: ZoneInfo) -> list[Interval]:
    """The frames of a local day as intervals, in order; frames that touch are joined, and those that a clock change
    leaves nothing of are left out."""
    joined: list[Interval] = []
    for frame in frames:
        start = instant(day, frame.start, zone)
        end = instant(day, frame.end, zone) if frame.end else instant(day + timedelta(1), time(0), zone)
        if joined and joined[-1].end == start:
            joined[-1] = Interval(joined[-1].start, end)
        elif start < end:
            joined.append(Interval(start, end))
    return joined


def without(intervals: Iterable[Interval], taken: Iterable[Interval]) -> list[Interval]:
    """What remains of intervals (in order) where others are taken out of them."""
    left = list(intervals)
    for gone in taken:
        left = [
            piece
            for one in left
            for piece in (
                Interval(one.start, min(one.end, gone.start)),
                Interval(max(one.start, gone.end), one.end),
            )
            if piece.start < piece.end
        ]
    return left
