"""Rows for people, in a terminal of any width: nothing that a mail holds is taken for markup or control."""

from __future__ import annotations

import os
import shlex
from datetime import datetime
from typing import TextIO
from zoneinfo import ZoneInfo

from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from mailtriage.dryrun.judging import Outcome
from mailtriage.dryrun.rows import Row
from mailtriage.dryrun.summary import Summary
from mailtriage.plain import plain_line, plain_text

WIDE = 130
"""Signs from which every column has its own place; below, columns share one."""

NARROW = 64
"""Signs below which there is one column."""

_UNMEASURED = 160
_SOURCE = 14
"""Signs up to which a source stands in the first column; of a longer one its number does."""
_AT_ONCE = 25
"""Rows of the first part, so that something is seen soon; the columns of later parts have the same widths."""

_STYLES = {"substantive": "bold", "urgent": "bold red", "conduct": "bold magenta", "personal": "cyan"}


class PeopleTable:
    """A table, written in parts while the messages are judged."""

    def __init__(self, out: TextIO, zone: ZoneInfo, *, replies: bool = False) -> None:
        """Take a text file or terminal. ``replies`` puts each reply under its row."""
        width = None if out.isatty() or os.environ.get("COLUMNS") else _UNMEASURED
        self._console = Console(
            file=out, width=width, markup=False, highlight=False, emoji=False, soft_wrap=False, legacy_windows=False
        )
        self._zone = zone
        self._replies = replies
        self._wide = self._console.width >= WIDE
        self._waiting: list[Outcome] = []
        self._first = ""
        self._count = 0

    def add(self, outcome: Outcome) -> None:
        """Show one message, soon."""
        self._waiting.append(outcome)
        self._first = self._first or outcome.row["source"]
        below = self._named_below(outcome.row) or (self._replies and outcome.row["reply"])
        if len(self._waiting) >= _AT_ONCE or below:
            self._show()

    def finish(self, summary: Summary) -> None:
        """Show the rest, and how a row is explained; the summary goes elsewhere."""
        del summary
        self._show()
        if self._first:
            # Behind -- a name may begin with -, as that of standard input does.
            apart = "-- " if self._first.startswith("-") else ""
            command = f"mailtriage explain {apart}{shlex.quote(plain_line(self._first))}"
            self._console.print()
            self._console.print(Text(f"To see why, give the name of a message: {command}", style="dim"))

    def _show(self) -> None:
        if not self._waiting:
            return
        table = self._table(headed=not self._count)
        for outcome in self._waiting:
            self._count += 1
            cells = self._cells(outcome)
            if not self._wide:
                cells = _joined(cells, one=self._console.width < NARROW)
            table.add_row(*cells)
        self._console.print(table)
        if self._named_below(last := self._waiting[-1].row):
            # Never folded by us: what stands here can be copied.
            self._console.print(Text(f"  {plain_line(last['source'])}", style="dim"), soft_wrap=True)
        if self._replies and (reply := last["reply"]):
            self._console.print(Padding(Text(plain_text(reply)), (1, 0, 1, 8)))
        self._waiting.clear()

    def _table(self, *, headed: bool) -> Table:
        table = Table(box=None, show_header=headed, padding=(0, 2, 0, 0), pad_edge=False)
        # Fixed widths, so that all parts line up; what is left goes to sender and subject.
        if self._wide:
            left = self._console.width - (_SOURCE + 16 + 18 + 8 + 13 + 16) - 8 * 2
            widths = {"#": _SOURCE, "arrived": 16, "from": left * 2 // 5, "subject": left * 3 // 5}
            widths |= {"category": 18, "flags": 8, "actions": 13, "told": 16}
        elif self._console.width < NARROW:
            widths = {"#, arrived, told, from, subject, category, flags, actions": self._console.width - 1}
        else:
            left = self._console.width - 16 - 3 * 2
            widths = {"#, arrived, told": 16, "from, subject": left // 2, "category, flags, actions": left // 2}
        for name, width in widths.items():
            table.add_column(name, width=width, overflow="fold", header_style="bold underline")
        return table

    def _cells(self, outcome: Outcome) -> list[Text]:
        """Source or number, arrival, from, subject, category, flags, actions, told."""
        row = outcome.row
        return [
            Text(str(self._count) if self._named_below(row) else plain_line(row["source"])),
            Text(f"{outcome.arrived:%Y-%m-%d %H:%M}" if outcome.arrived else ""),
            Text(plain_line(row["from"] or "", 80)),
            Text(plain_line(row["subject"] or "", 200)),
            _category(row),
            Text(", ").join(Text(flag, style=_STYLES.get(flag, "")) for flag in row["flags"]),
            Text(", ".join(row["actions"])),
            Text(self._told(outcome)),
        ]

    def _named_below(self, row: Row) -> bool:
        """Whether the source has a line of its own under the row; the only column has room for any."""
        return self._console.width >= NARROW and cell_len(plain_line(row["source"])) > _SOURCE

    def _told(self, outcome: Outcome) -> str:
        notify_at = outcome.row["notify_at"]
        if notify_at is None:
            return ""
        at_once = datetime.fromisoformat(notify_at) <= outcome.moment
        return "at once" if at_once else f"{datetime.fromisoformat(notify_at):%a %d %b %H:%M}"


def _category(row: Row) -> Text:
    if row["error"] is not None:
        return Text(f"unreadable: {plain_line(row['error'], 200)}", style="red")
    if row["category"] is None:
        return Text(plain_line(row["scope_reason"] or "", 80), style="dim")
    mark = " ?" if row["unsure"] else ""
    return Text(f"{row['category']} {row['confidence'] or 0:.0%}{mark}", style=_STYLES.get(row["category"], ""))


def _joined(cells: list[Text], *, one: bool) -> list[Text]:
    """Eight cells in three, for a narrow terminal, or in ``one``, for a very narrow one."""
    source, arrived, sender, subject, category, flags, actions, told = cells
    groups = [(source, arrived, told), (sender, subject), (category, flags, actions)]
    line = Text("\n")
    joined = [line.join(cell for cell in group if cell) for group in groups]
    return [line.join([*(cell for cell in joined if cell), Text("")])] if one else joined
