"""Rows as text for programs: a JSON object a line, and CSV for spreadsheets."""

from __future__ import annotations

import csv
from typing import Protocol, TextIO

from mailtriage.dryrun.judging import Outcome
from mailtriage.dryrun.rows import Row, line_of
from mailtriage.dryrun.summary import Summary
from mailtriage.records import CATEGORIES


class Writer(Protocol):
    """Shows outcomes as they come."""

    def add(self, outcome: Outcome) -> None:
        """Show one."""

    def finish(self, summary: Summary) -> None:
        """Show what can be shown only at the end."""


class JsonLines:
    """One object a line, nothing else."""

    def __init__(self, out: TextIO) -> None:
        """Take an open text file."""
        self._out = out

    def add(self, outcome: Outcome) -> None:
        """Write one line."""
        self._out.write(line_of(outcome.row) + "\n")

    def finish(self, summary: Summary) -> None:
        """Nothing: programs read the lines."""


_COLUMNS = (
    "source", "message_id", "date", "from", "subject", "scope", "scope_reason", "category", "group", "confidence",
    "unsure", *(f"probability_{category.value}" for category in CATEGORIES), "flags", "language", "why", "actions",
    "notify_at", "reply", "error",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Csv:
    """RFC 4180, with a heading. Lists are joined by ``; ``.

    A spreadsheet takes a cell that begins like a formula for one, and whoever sends a mail could then run it: such
    cells get an apostrophe in front (OWASP, CSV injection).
    """

    def __init__(self, out: TextIO) -> None:
        """Take an open text file; write the heading."""
        self._writer = csv.writer(out)
        self._writer.writerow(_COLUMNS)

    def add(self, outcome: Outcome) -> None:
        """Write one line."""
        self._writer.writerow([_cell(value) for value in _values(outcome.row)])

    def finish(self, summary: Summary) -> None:
        """Nothing: a table ends with its last line."""


def _values(row: Row) -> list[object]:
    probabilities = row["probabilities"] or {}
    flat: dict[str, object] = {
        **row,
        **{f"probability_{category.value}": probabilities.get(category.value) for category in CATEGORIES},
        "unsure": "true" if row["unsure"] else "false",
        "flags": "; ".join(row["flags"]),
        "why": "; ".join(f"{one['clue']} {one['weight']:.2f}" for one in row["why"]),
        "actions": "; ".join(row["actions"]),
    }
    return [flat[column] for column in _COLUMNS]


def _cell(value: object) -> object:
    if isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA):
        return f"'{value}"
    return "" if value is None else value
