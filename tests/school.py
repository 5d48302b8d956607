"""A school for tests: its settings, a judge that goes by words, parents' mails, and a clock that is set by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from mailtriage.act.digest import DigestWriter
from mailtriage.act.memory import MemoryServer
from mailtriage.decide import Replier
from mailtriage.records import CATEGORIES, FLAGS, Category, Message, Verdict
from mailtriage.service import Memory, Opening
from mailtriage.settings import Settings
from mailtriage.store import Bells, Journal, open_database

WEEK = {day: ["08:15-12:00", "12:45-16:30"] for day in ("monday", "tuesday", "wednesday", "thursday", "friday")}
EVENING = datetime(2026, 9, 15, 19, 40, tzinfo=UTC)
"""A Tuesday, 21:40 in Amsterdam: nobody works."""

AT_WORK = datetime(2026, 9, 16, 7, 0, tzinfo=UTC)
"""The next morning, 09:00 in Amsterdam: somebody works."""


class HandClock:
    """Shows what it was set to."""

    def __init__(self, moment: datetime = AT_WORK) -> None:
        """Set it to an aware moment."""
        self.moment = moment

    def __call__(self) -> datetime:
        """What it shows."""
        return self.moment

    def advance(self, **time: float) -> None:
        """Set it forward, by what ``timedelta`` takes."""
        self.moment += timedelta(**time)


class WordJudge:
    """Judges by words in the mail: a category's or a flag's own name, ``unsure``, or ``explode``; else it is yes_no."""

    name = "words"

    def judge(self, message: Message) -> Verdict:
        """See ``Judge``."""
        text = f"{message.subject}\n{message.newest}"
        if "explode" in text:
            raise RuntimeError(f"no verdict on: {text}")
        category = next((one for one in CATEGORIES if one.value in text), Category.YES_NO)
        flags = frozenset(flag for flag in FLAGS if flag.value in text)
        return Verdict(
            category=category,
            probabilities={one: 0.91 if one is category else 0.03 for one in CATEGORIES},
            flags=flags,
            flag_probabilities={flag: float(flag in flags) for flag in FLAGS},
            language="en" if "Dear" in text else "nl",
            unsure="unsure" in text,
            sentence=message.newest.strip().partition("\n")[0],
            flag_sentences={flag: f"{flag.value}!" for flag in flags},
            model=self.name,
        )

    def judge_many(self, messages: Sequence[Message]) -> list[Verdict]:
        """See ``Judge``."""
        return [self.judge(message) for message in messages]


def mail(
    name: str,
    text: str = "substantive",
    *,
    subject: str = "Een vraag",
    sender: str = "Kim Bakker <kim@thuis.example>",
    date: datetime = EVENING,
    **headers: str,
) -> bytes:
    """A parent's mail with the Message-ID ``<name@thuis.example>``; ``_`` in the name of a header stands for ``-``."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = "groep5@school.example"
    message["Subject"] = subject
    message["Date"] = format_datetime(date)
    message["Message-ID"] = f"<{name}@thuis.example>"
    for key, value in headers.items():
        message[key.replace("_", "-")] = value
    message.set_content(text + "\n")
    return message.as_bytes()


def settings(*, accounts: Sequence[Mapping[str, Any]] = ({},), **sections: Mapping[str, Any]) -> Settings:
    """The school's settings; each section is what is changed in it, ``accounts`` what is changed in each account."""
    account = {
        "name": "alice",
        "host": "localhost",
        "username": "alice",
        "address": "groep5@school.example",
        "secret": {"env": "UNUSED"},
        "staff": ["Els Vermeer"],
    }
    staff = {"name": "Els Vermeer", "called": "juf Els", "address": "els@school.example", "hours": WEEK}
    school = {
        "name": "De Regenboog",
        "phone": "010 555 01 23",
        "domains": ["school.example"],
        "management": {"name": "Wil Verbeek", "phone": "010 555 01 24"},
    }
    changed = {key: value for key, value in sections.items() if key not in ("school", "staff")}
    return Settings.model_validate(
        {
            "school": school | dict(sections.get("school", {})),
            "staff": [staff | dict(sections.get("staff", {}))],
            "accounts": [account | dict(one) for one in accounts],
            **changed,
        }
    )


def opening(chosen: Settings | None = None) -> Opening:
    """What a service works with, with the judge that goes by words."""
    chosen = chosen or settings()
    return Opening(
        settings=chosen,
        judge=WordJudge(),
        replier=Replier(chosen.replies, chosen.school),
        writer=DigestWriter(chosen.school),
        base=Path(),
    )


def memory(file: Path | None = None) -> Memory:
    """A store in a file, or one that is gone with the test."""
    engine = open_database(str(file) if file else "sqlite://")
    return Memory(Journal(engine), Bells(engine))


def drafts_of(server: MemoryServer, account: str = "alice") -> list[bytes]:
    """What lies in Drafts."""
    return [message.raw for message in server.folder(account, "Drafts").messages.values()]


def is_digest(raw: bytes) -> bool:
    """Whether a mail is a digest."""
    return b"X-Mailtriage: digest" in raw


def digests_of(server: MemoryServer, account: str = "alice", *, unread: bool = True) -> list[bytes]:
    """The digests in the inbox, unread ones or all."""
    messages = server.folder(account, "INBOX").messages.values()
    return [one.raw for one in messages if is_digest(one.raw) and not (unread and "\\Seen" in one.flags)]
