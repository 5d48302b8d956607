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
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from mailtriage.act.marks import word
from mailtriage.records import FLAGS, Category, Flag, Message, Verdict
from mailtriage.settings import School
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


_ADVICE: dict[str, dict[str, str]] = {
    "nl": {
        "urgent": "Vraagt nu om aandacht.",
        "conduct": "Let op: dit bericht lijkt de omgangsregels te overschrijden.",
        "personal": "Persoonlijk bericht: dat hoort op een privé-adres.",
        "drafted": "Er staat een antwoord klaar bij uw concepten.",
        "unread": "Dit bericht kon niet worden gelezen; het staat ongewijzigd in uw postvak.",
        "unsure": "Kijk zelf wat dit bericht vraagt; er is geen antwoord klaargezet.",
        "yes_no": "Een korte vraag: een antwoord van een regel volstaat.",
        "appointment": "Gaat over een afspraak.",
        "notice": "Ter kennisgeving.",
        "substantive": "Vraagt om een gesprek.",
    },
    "en": {
        "urgent": "Asks for attention now.",
        "conduct": "Please note: this message seems to break the rules of decency.",
        "personal": "A personal message: a private address is the better place for it.",
        "drafted": "A reply is ready in your drafts.",
        "unread": "This message could not be read; it is in your mailbox, unchanged.",
        "unsure": "Please see for yourself what this message asks; no reply was prepared.",
        "yes_no": "A short question: one line will do.",
        "appointment": "About an appointment.",
        "notice": "For your information.",
        "substantive": "Asks for a conversation.",
    },
}
_ARRIVED = {"nl": ("EEE d MMM H.mm", "nl_NL"), "en": ("EEE d MMM HH:mm", "en_GB")}


def advice(item: Item, language: str) -> str:
    """What a teacher can do with a message: what its flags say goes before what its category says."""
    said = [flag.value for flag in FLAGS if flag in item.flags]
    if item.drafted:
        said.append("drafted")
    if item.category is None:
        said.append("unread")
    elif not said:
        said.append("unsure" if item.unsure else item.category.value)
    return " ".join(_ADVICE[language][one] for one in said)


def arrival(moment: datetime | None, language: str, zone: ZoneInfo) -> str:
    """When a message arrived, in the time of the school: ``di 15 sep 20.58``; empty where nobody knows."""
    form, locale = _ARRIVED[language]
    return format_datetime(moment, form, tzinfo=zone, locale=locale) if moment else ""


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

    def __init__(self, school: School) -> None:
        """Read the templates. The school's contacts are named where a mail calls for them."""
        language, zone = school.language, school.zone
        environment = Environment(
            loader=PackageLoader("mailtriage.act", "templates"),
            autoescape=select_autoescape(enabled_extensions=("html",)),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.filters["word"] = lambda mark: word(str(mark), language)
        environment.filters["advice"] = lambda item: advice(item, language)
        environment.filters["arrival"] = lambda item: arrival(item.arrived, language, zone)
        self._subject = environment.get_template(f"digest-{language}.subject.txt")
        self._text = environment.get_template(f"digest-{language}.txt")
        self._html = environment.get_template(f"digest-{language}.html")
        self._school = school

    def write(
        self, items: Sequence[Item], *, more: int = 0, urgent: int | None = None, alarm: bool | None = None
    ) -> Digest:
        """A digest of at least one item, the most pressing first.

        Args:
            items: what is told one by one.
            more: how many messages are only counted.
            urgent: how many of all are urgent; counted among the items where None.
            alarm: whether one of these was not told before; where None, whether there is one.
        """
        ordered = tuple(sorted(items, key=lambda item: item.rank))
        flags = frozenset(flag for item in ordered for flag in item.flags)
        pressed = sum(Flag.URGENT in item.flags for item in ordered) if urgent is None else urgent
        values = {
            "items": ordered,
            "count": len(ordered) + more,
            "more": more,
            "urgent": pressed,
            "alarm": bool(pressed) if alarm is None else alarm,
            "management": self._school.management if Flag.CONDUCT in flags else None,
            "emergency": self._school.emergency if pressed else None,
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
