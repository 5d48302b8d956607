"""What a script that lies on a server says of itself, in the comments that ``script`` wrote."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from mailtriage.decide.filing.script import COVERS, EARLIER, SEAL, sealed
from mailtriage.decide.filing.syntax import quoted

MOST_DAYS = 366

_COVERS = re.compile(rf"^# {COVERS} (\d{{4}}-\d{{2}}-\d{{2}}) (\d{{1,3}})\r?$", re.MULTILINE)
_EARLIER = re.compile(rf'^# {EARLIER}: ("[\x20-\x7e]*")\r?$', re.MULTILINE)
_SEAL = re.compile(rf"^# {SEAL} [0-9a-f]{{64}}\n*\Z", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Coverage:
    """The days that a script of ours covers, counted in UTC."""

    first: date
    days: int

    @property
    def end(self) -> datetime:
        """From when on it files nothing; aware."""
        return datetime.combine(self.first + timedelta(self.days), time(0), UTC)

    def wanes(self, now: datetime) -> bool:
        """True where less than half of the days remain at ``now`` (aware)."""
        return self.end - now < timedelta(self.days) / 2


def coverage_of(script: str) -> Coverage | None:
    """What a script of ours covers; None where it is not ours, or says nothing that can be read."""
    found = _COVERS.search(script)
    if found is None or not 1 <= int(found[2]) <= MOST_DAYS:
        return None
    try:
        coverage = Coverage(date.fromisoformat(found[1]), int(found[2]))
        _ = coverage.end
    except (ValueError, OverflowError):
        return None
    return coverage


def earlier_of(script: str) -> str | None:
    """The name of the script that was active before this master; empty for none, None where it is no master of ours."""
    found = _EARLIER.search(script)
    if found is None:
        return None
    try:
        name = json.loads(found[1])
    except ValueError:
        return None
    return name if isinstance(name, str) else None


def is_ours(script: str) -> bool:
    """Whether this program wrote a script."""
    return coverage_of(script) is not None or earlier_of(script) is not None


def is_intact(script: str) -> bool:
    """Whether a script of ours is as this program wrote it."""
    text = script.replace("\r\n", "\n").rstrip("\n") + "\n"
    found = _SEAL.search(text)
    return found is not None and sealed(text[: found.start()]) == text


def check_of(name: str) -> str:
    """A script that does nothing but include one: a server that cannot, says so when it checks this."""
    return f'require "include";\ninclude :personal {quoted(name)};\n'
