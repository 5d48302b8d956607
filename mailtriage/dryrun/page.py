"""Rows as one page of HTML that needs nothing else, with the summary on top. Everything in it is escaped."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from datetime import datetime
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined

from mailtriage.dryrun.judging import Outcome
from mailtriage.dryrun.summary import Summary
from mailtriage.plain import plain_line, plain_text

_IN_MEMORY = 8 << 20


class Page:
    """Keeps rows aside until the summary is known; beyond 8 MB in a file without a name, which goes with us."""

    def __init__(self, out: TextIO, zone: ZoneInfo) -> None:
        """Take an open text file."""
        self._out = out
        self._zone = zone
        self._aside = tempfile.SpooledTemporaryFile(_IN_MEMORY, "w+", encoding="utf-8")  # noqa: SIM115 - see finish

    def add(self, outcome: Outcome) -> None:
        """Keep one row."""
        arrived = outcome.arrived.isoformat() if outcome.arrived else None
        kept = {"row": outcome.row, "held": outcome.held, "arrived": arrived}
        self._aside.write(json.dumps(kept) + "\n")

    def finish(self, summary: Summary) -> None:
        """Write the page."""
        environment = Environment(
            loader=PackageLoader("mailtriage.dryrun", "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.filters.update(line=plain_line, text=plain_text, local=_local)
        template = environment.get_template("page.html")
        with self._aside:
            self._aside.seek(0)
            pieces = template.generate(summary=summary, rows=self._kept(), zone=self._zone.key)
            self._out.writelines(pieces)

    def _kept(self) -> Iterator[dict[str, Any]]:
        for line in self._aside:
            yield json.loads(line)


def _local(moment: str | None) -> str:
    return f"{datetime.fromisoformat(moment):%a %d %b %Y %H:%M}" if moment else ""
