"""The digest: one mail from the account to itself that tells what came in.

Dutch or English, text and HTML. Every value from a message is escaped in HTML and stripped of control and
direction-changing characters in both, so that no mail can change how the digest reads.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from mailtriage.act.marks import word
from mailtriage.records import Category, Flag, Message, Verdict
from mailtriage.settings import Contact
from mailtriage.store import Known

_STRIPPED = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
_LONGEST = 200
MOST = 50
"""How many messages a digest tells one by one; the rest are counted. Nobody reads on, and each is fetched and judged
again for its words."""


@dataclass(frozen=True, slots=True)
class Item:
    """One message as the digest tells it. ``category`` is None where the message could not be read or judged."""

    sender: str
    subject: str
    category: Category | None
    unsure: bool
    flags: frozenset[Flag]
    sentence: str = ""
    drafted: bool = False
    arrived: datetime | None = None

    @property
    def rank(self) -> tuple[int, int, float]:
        """The more pressing first, then the older."""
        return (
            *pressing(self.category, self.flags, unsure=self.unsure),
            self.arrived.timestamp() if self.arrived else 0.0,
        )


_FLAG_ORDER = (Flag.URGENT, Flag.CONDUCT)


def pressing(category: Category | None, flags: frozenset[Flag], *, unsure: bool) -> tuple[int, int]:
    """Sorts flags first, then what asks for a conversation, what is unclear, and what is simple."""
    flag = next((number for number, flag in enumerate(_FLAG_ORDER) if flag in flags), len(_FLAG_ORDER))
    return flag, 0 if category is Category.SUBSTANTIVE else 1 if unsure or category is None else 2


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest before it becomes a mail. ``more`` counts the messages that it does not tell one by one."""

    items: tuple[Item, ...]
    subject: str
    text: str
    html: str
    flags: frozenset[Flag] = field(default_factory=frozenset)
    more: int = 0


class DigestWriter:
    """Writes digests in the school's language."""

    def __init__(self, language: str, management: Contact | None) -> None:
        """Read the templates for ``nl`` or ``en``. ``management`` is named where a mail breaks the rules of decency."""
        environment = Environment(
            loader=PackageLoader("mailtriage.act", "templates"),
            autoescape=select_autoescape(enabled_extensions=("html",)),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.filters["word"] = lambda mark: word(str(mark), language)
        self._subject = environment.get_template(f"digest-{language}.subject.txt")
        self._text = environment.get_template(f"digest-{language}.txt")
        self._html = environment.get_template(f"digest-{language}.html")
        self._management = management

    def write(self, items: Sequence[Item], *, more: int = 0, urgent: int | None = None) -> Digest:
        """A digest of at least one item, the most pressing first.

        Args:
            items: what is told one by one.
            more: how many messages are only counted.
            urgent: how many of all are urgent; counted among the items where None.
        """
        ordered = tuple(sorted(items, key=lambda item: item.rank))
        flags = frozenset(flag for item in ordered for flag in item.flags)
        values = {
            "items": ordered,
            "count": len(ordered) + more,
            "more": more,
            "urgent": sum(Flag.URGENT in item.flags for item in ordered) if urgent is None else urgent,
            "management": self._management if Flag.CONDUCT in flags else None,
        }
        return Digest(
            items=ordered,
            subject=" ".join(self._subject.render(values).split()),
            text=self._text.render(values),
            html=self._html.render(values),
            flags=flags,
            more=more,
        )


def item_of(known: Known, message: Message | None, verdict: Verdict | None, *, drafted: bool) -> Item:
    """What the digest tells of a known message; ``message`` is None where it cannot be read."""
    sentence = verdict.sentence if verdict else ""
    for flag in (Flag.URGENT, Flag.CONDUCT):
        if verdict and flag in known.flags and verdict.flag_sentences.get(flag):
            sentence = verdict.flag_sentences[flag]
            break
    return Item(
        sender=_plain(message.sender.name or message.sender.address) if message else "",
        subject=_plain(message.subject) if message else "",
        category=known.category,
        unsure=known.unsure,
        flags=known.flags,
        sentence=_plain(sentence),
        drafted=drafted,
        arrived=message.arrived if message else None,
    )


def digest_id(account: str, domain: str, bells: Sequence[int], at: datetime) -> str:
    """The Message-ID of a digest: of the account, what it tells, and when."""
    key = f"{account}\n{at.isoformat()}\n{','.join(str(bell) for bell in sorted(bells))}"
    return f"<mailtriage-digest-{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain or 'mailtriage.invalid'}>"


def _plain(text: str) -> str:
    """One line without control or direction-changing characters, of bounded length."""
    line = " ".join(_STRIPPED.sub(" ", text).split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1].rstrip() + "…"
