"""What a dry-run found, counted while it runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from mailtriage.dryrun.judging import Outcome
from mailtriage.dryrun.raw import Skipped
from mailtriage.plain import plain_line
from mailtriage.records import CATEGORIES, FLAGS

_NAMED = 20
"""Unreadable messages that are named; of more there is the number."""


@dataclass
class Summary:
    """Counts over the messages so far. ``skipped`` and ``seconds`` are set by whoever knows them."""

    messages: int = 0
    judged: int = 0
    unsure: int = 0
    drafts: int = 0
    told: int = 0
    held: int = 0
    categories: Counter[str] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)
    other: Counter[str] = field(default_factory=Counter)
    unreadable: int = 0
    unreadable_named: list[tuple[str, str]] = field(default_factory=list)
    skipped: Skipped = field(default_factory=Skipped)
    seconds: float = 0.0

    def add(self, outcome: Outcome) -> None:
        """Count one message."""
        row = outcome.row
        self.messages += 1
        self.drafts += "draft" in row["actions"]
        self.told += row["notify_at"] is not None
        self.held += outcome.held
        if row["error"] is not None:
            self.unreadable += 1
            if len(self.unreadable_named) < _NAMED:
                self.unreadable_named.append((row["source"], row["error"]))
        elif row["category"] is None:
            # What stands in brackets is this sender's alone (which list, which domain).
            self.other[(row["scope_reason"] or "").partition(" (")[0]] += 1
        else:
            self.judged += 1
            self.unsure += row["unsure"]
            self.categories[row["category"]] += 1
            self.flags.update(row["flags"])

    def lines(self) -> Iterator[tuple[str, str]]:
        """What was counted, as pairs of a heading and its figures."""
        yield "messages", str(self.messages)
        if self.judged:
            yield "judged", f"{self.judged}, of which unsure {self.unsure}"
            yield "categories", ", ".join(f"{one.value} {self.categories[one.value]}" for one in CATEGORIES)
            yield "flags", ", ".join(f"{flag.value} {self.flags[flag.value]}" for flag in FLAGS)
        if self.other:
            reasons = ", ".join(f"{reason} {count}" for reason, count in self.other.most_common())
            yield "out of scope", f"{self.other.total()}: {plain_line(reasons, 2000)}"
        yield "drafts", str(self.drafts)
        yield "notifications", f"{self.told}, of which {self.held} wait for working hours"
        if self.unreadable:
            yield "unreadable", str(self.unreadable)
        if self.skipped.count:
            names = ", ".join(plain_line(name, 80) for name in self.skipped.names)
            more = ", ..." if self.skipped.count > len(self.skipped.names) else ""
            yield "files without mail", f"{self.skipped.count}: {names}{more}"
        if self.seconds > 0:
            yield "time", f"{self.seconds:.1f} s, {self.messages / self.seconds:.0f} messages/s"

    def unreadable_lines(self) -> Iterator[str]:
        """Each unreadable message with the reason; of many the first, and how many more."""
        for source, error in self.unreadable_named:
            yield f"unreadable: {plain_line(source)}: {plain_line(error)}"
        if self.unreadable > len(self.unreadable_named):
            yield f"unreadable: {self.unreadable - len(self.unreadable_named)} more"

    def text(self) -> str:
        """For a person, a line each."""
        lines = list(self.lines())
        width = max(len(heading) for heading, _ in lines)
        return "\n".join(f"{heading:{width}}  {figures}" for heading, figures in lines)
