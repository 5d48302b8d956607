"""A made-up store: the mail of some months at a school that does not exist, recorded as the service records it.

``python -m tests.figures.made_up FOLDER`` puts it there with a configuration, for the example of ``docs/report.md``.
"""

from __future__ import annotations

import random
import sys
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from mailtriage.records import ActionKind, Address, Category, Draft, Flag, Message, Plan, Verdict
from mailtriage.service import Memory
from mailtriage.store import Place
from mailtriage.store.answers import Answers
from tests.school import memory

ZONE = ZoneInfo("Europe/Amsterdam")
CONFIG = """
[school]
name = "De Regenboog"
domains = ["school.example"]
school_holidays = "midden"
language = "{language}"

[privacy]
keep_days = 400

[store]
url = "store.sqlite"

[[staff]]
name = "Els Vermeer"
address = "els@school.example"
[staff.hours]
monday = ["08:00-16:30"]
tuesday = ["08:00-16:30"]
wednesday = ["08:00-12:30"]

[[staff]]
name = "Tom Visser"
address = "tom@school.example"
[staff.hours]
wednesday = ["08:00-12:30"]
thursday = ["08:00-16:30"]
friday = ["08:00-16:30"]

[[accounts]]
name = "groep5"
host = "localhost"
username = "groep5@school.example"
secret = {{ env = "UNUSED" }}
staff = ["Els Vermeer", "Tom Visser"]
"""
PARENT = Address("Kim Bakker", "kim@thuis.example")


class Archive:
    """Records messages one after another, each as a pass would."""

    def __init__(self, store: Memory, account: str = "groep5") -> None:
        """Take a store, and the account whose mail it is."""
        self.store, self.account, self.count = store, account, 0
        store.journal.contact(account, datetime(2026, 1, 5, 8, tzinfo=UTC))

    def add(
        self,
        at: datetime,
        category: Category = Category.YES_NO,
        *,
        answered: datetime | None = None,
        offered: bool = False,
        unsure: bool = False,
        flags: frozenset[Flag] = frozenset(),
    ) -> int:
        """Record one message that arrived at a moment; returns its number in the store."""
        self.count += 1
        message = Message(f"<{self.count}@thuis.example>", PARENT, "Een vraag", "x", digest=str(self.count))
        verdict = Verdict(
            category,
            {one: 0.91 if one is category else 0.03 for one in Category},
            flags,
            {flag: float(flag in flags) for flag in Flag},
            "nl",
            unsure,
        )
        draft = Draft(f"<draft{self.count}@x>", PARENT, (PARENT,), "Re: Een vraag", "", (), "Beste Kim", at)
        place = Place(self.account, "INBOX", 7, self.count)
        plan = Plan(reply=draft if offered else None)
        known = self.store.journal.intend(place, message, verdict, plan, at + timedelta(seconds=40), arrived_at=at)
        for intent in self.store.journal.open_intents(self.account, known.id) if offered else ():
            assert intent.kind is ActionKind.DRAFT
            self.store.journal.settle(intent.id, "appended", at + timedelta(minutes=1))
        if answered is not None:
            Answers(self.store.journal.engine).note_answered(self.account, [known.id], answered)
        return known.id


def fill(archive: Archive, first: date, last: date, seed: int = 5) -> None:
    """Record the mail of some months: most of it on school days, much of it in the evening, little in holidays."""
    dice = random.Random(seed)  # noqa: S311 - not for secrets
    day = first
    while day <= last:
        quiet = day.weekday() >= 5 or date(2026, 10, 17) <= day <= date(2026, 10, 25) or day < date(2026, 8, 31)
        for _ in range(dice.randrange(0, 3) if quiet else dice.randrange(6, 18)):
            _one(archive, day, dice)
        day += timedelta(1)


def _one(archive: Archive, day: date, dice: random.Random) -> None:
    hour = dice.choices([7, 8, 10, 12, 14, 15, 17, 19, 20, 21, 22, 23], [6, 9, 4, 5, 4, 8, 5, 9, 12, 10, 5, 2])[0]
    at = datetime.combine(day, time(hour, dice.randrange(60)), ZONE)
    category = dice.choices(list(Category), [30, 22, 28, 20])[0]
    unsure = dice.random() < 0.06
    offered = category is Category.SUBSTANTIVE and not unsure and dice.random() < 0.9
    wait = timedelta(hours=dice.choice([1, 2, 5, 12, 14, 18, 20, 26, 44, 70]), minutes=dice.randrange(60))
    answered = at + wait if category in (Category.YES_NO, Category.APPOINTMENT) and dice.random() < 0.8 else None
    flags = frozenset(flag for flag, odds in zip(Flag, (0.02, 0.01, 0.03), strict=True) if dice.random() < odds)
    archive.add(at, category, answered=answered, offered=offered, unsure=unsure, flags=flags)


def write(folder: Path, language: str = "nl") -> Path:
    """Put a made-up store in a folder, with its configuration; returns the path of that."""
    folder.mkdir(parents=True, exist_ok=True)
    fill(Archive(memory(folder / "store.sqlite")), date(2026, 8, 1), date(2026, 11, 22))
    config = folder / "config.toml"
    config.write_text(CONFIG.format(language=language), "utf-8")
    return config


if __name__ == "__main__":
    write(Path(sys.argv[1]), *sys.argv[2:])
