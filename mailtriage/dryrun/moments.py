"""A moment as a person writes it on the command line."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from mailtriage.errors import UsageError


def moment_from(text: str, zone: ZoneInfo) -> datetime:
    """A moment in ISO 8601: a date (its first instant) or a date with a time; in ``zone`` where it names none.

    A local time that occurs twice is its first occurrence; one that a clock change leaves out is read with the offset
    before the change (RFC 5545 §3.3.5).

    Returns:
        The moment in UTC: in ``zone`` it might be a time that no clock shows.

    Raises:
        UsageError: it is none.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
        aware = moment if moment.tzinfo else moment.replace(tzinfo=zone)
        instant = aware.astimezone(UTC) if 1970 <= aware.year <= 2200 else None
    except (ValueError, OverflowError):
        instant = None
    if instant is None:
        advice = "write a date like 2026-09-14, or a moment like 2026-09-14T21:40 or 2026-09-14T21:40+02:00"
        raise UsageError("this is no moment", where=f"--at {text}", advice=advice)
    return instant
