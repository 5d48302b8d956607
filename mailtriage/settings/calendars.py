"""The school's calendar files (``school.calendars``): free days as its own system exports them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from mailtriage.errors import ConfigurationError, Problem
from mailtriage.settings.hours import FreeDays
from mailtriage.settings.people import School

LARGEST_FILE = 5_000_000
"""Bytes; a school's calendar has some thousands."""

SECONDS = 20.0
"""How long reading one file may take; it takes half a second."""

_BACK = timedelta(days=366)
_AHEAD = timedelta(days=2 * 366)


def free_days(school: School, today: date) -> tuple[FreeDays, ...]:
    """The free days in the school's calendar files, from a year back to two years ahead, in order of the files.

    Args:
        school: names the files; their paths are absolute.
        today: the day in the school's time zone around which recurring events are expanded.

    Raises:
        ConfigurationError: some files cannot be read, with a problem for each.
    """
    found: list[FreeDays] = []
    problems = []
    for path in school.calendars:
        try:
            found += read_calendar(path, school.timezone, today)
        except ConfigurationError as error:
            problems.append(Problem("school.calendars", f"{error.where}: {error.what}", error.advice))
    if problems:
        raise ConfigurationError(
            f"{problems[0].what}", "school.calendars", problems[0].advice, problems=tuple(problems)
        )
    return tuple(found)


def read_calendar(path: Path, zone: str, today: date) -> tuple[FreeDays, ...]:
    """The free days in one calendar file; see ``settings.ics`` for what is one.

    A file is read once for a day and a zone, as long as it stays the same.

    Args:
        path: the file.
        zone: the name of the school's time zone.
        today: the day around which recurring events are expanded.

    Raises:
        ConfigurationError: it is not there, no calendar, too large, damaged, or takes too long.
    """
    try:
        about = path.stat()
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error
    if not path.is_file():
        # A pipe or a device would keep whoever opens it waiting.
        raise _refused(path, "it is no file", "name a calendar file (.ics)")
    return _read(path, zone, today, (about.st_mtime_ns, about.st_size, about.st_ino))


@lru_cache(maxsize=32)
def _read(path: Path, zone: str, today: date, _version: tuple[int, int, int]) -> tuple[FreeDays, ...]:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise _unreadable(path, error) from error
    if len(content) > LARGEST_FILE:
        what = f"it is larger than {LARGEST_FILE // 1_000_000} MB"
        raise _refused(path, what, "is it the right file? Export the school's free days alone")
    try:
        answer = json.loads(_in_own_process(content, today - _BACK, today + _AHEAD, zone))
    except subprocess.TimeoutExpired as error:
        what = f"reading it takes more than {SECONDS:g} s"
        raise _refused(path, what, "look for an event that recurs without end or reason") from error
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        what = f"it could not be read ({type(error).__name__})"
        raise _refused(path, what, "export it once more; if that does not help, report it as a bug") from error
    if "problem" in answer:
        raise _refused(path, *answer["problem"])
    return tuple(
        FreeDays(first=date.fromisoformat(first), last=date.fromisoformat(last), name=name)
        for first, last, name in answer["days"]
    )


def _in_own_process(content: bytes, first: date, last: date, zone: str) -> bytes:
    """What ``settings.ics`` prints about a file. The process finds our modules where we found them."""
    command = [sys.executable, "-P", "-m", "mailtriage.settings.ics", first.isoformat(), last.isoformat(), zone]
    surroundings = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run(  # noqa: S603 - our own module, with dates and a zone that was checked
        command, input=content, env=surroundings, capture_output=True, timeout=SECONDS, check=True
    )
    return done.stdout


def _unreadable(path: Path, error: Exception) -> ConfigurationError:
    reason = getattr(error, "strerror", None) or "the path is impossible"
    return _refused(path, f"it cannot be read: {reason}", "correct the path or the file's permissions")


def _refused(path: Path, what: str, advice: str) -> ConfigurationError:
    return ConfigurationError(what, str(path), advice)
