"""The digest: one mail from the account to itself that tells what came in.

Dutch or English, text and HTML, by one template for each. Every value from a message is escaped in HTML and stripped of
control and direction-changing characters in both, so that no mail can change how the digest reads. There are no
pictures and no links in it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from mailtriage.act.items import Item, Tally
from mailtriage.act.mailbox import Marking
from mailtriage.act.phrases import Phrases
from mailtriage.decide import Occasion
from mailtriage.records import Flag
from mailtriage.settings import School

MOST = 50
"""How many messages a digest tells one by one; the rest are counted. Nobody reads on, and each is fetched and judged
again for its words."""


@dataclass(frozen=True, slots=True)
class Handed:
    """What is handed over from others: the most pressing one by one, and how many more there are."""

    items: tuple[Item, ...] = ()
    more: int = 0

    @property
    def count(self) -> int:
        """All of it."""
        return len(self.items) + self.more


@dataclass(frozen=True, slots=True)
class Ways:
    """How a teacher can correct a category here: by the folders of ``Triage``, by marks of this kind."""

    folders: bool = False
    marking: Marking = Marking.NOTHING


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
        environment = Environment(
            loader=PackageLoader("mailtriage.act", "templates"),
            autoescape=select_autoescape(enabled_extensions=("html",)),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._text = environment.get_template("digest.txt")
        self._html = environment.get_template("digest.html")
        self._phrases = Phrases(school.language, school.zone)
        self._school = school

    def write(
        self,
        items: Sequence[Item],
        *,
        rest: Sequence[Item] = (),
        alarm: bool | None = None,
        occasion: Occasion | None = None,
        handed: Handed = Handed(),
        ways: Ways = Ways(),
    ) -> Digest:
        """A digest, the most pressing first.

        Args:
            items: what is told one by one.
            rest: what is only counted; words are not needed.
            alarm: whether an urgent one was not told before; where None, whether there is an urgent one.
            occasion: whom it is to, and what they come back to.
            handed: what is still open from others; there are items or this.
            ways: how to correct a category.
        """
        ordered = tuple(sorted(items, key=lambda item: item.rank))
        every = (*ordered, *rest)
        tally, phrases = Tally.of(every), self._phrases
        flags = frozenset(flag for item in (*every, *handed.items) for flag in item.flags)
        values = {
            "p": phrases,
            "greeting": phrases.greeting(occasion) if occasion else "",
            "headline": phrases.headline(tally, occasion.absence if occasion else None),
            "work": phrases.work(tally),
            "asides": self._asides((*ordered, *handed.items)),
            "items": ordered,
            "rest": phrases.rest(rest),
            "handed": handed,
            "handed_by": phrases.handed_by(occasion) if occasion and handed.count else "",
            "correcting": phrases.correcting(folders=ways.folders, marking=ways.marking),
        }
        raised = bool(tally.urgent) if alarm is None else alarm
        return Digest(
            items=ordered,
            subject=phrases.subject(tally, occasion, handed.count, alarm=raised),
            text=self._text.render(values),
            html=self._html.render(values),
            flags=flags,
            more=len(rest),
        )

    def _asides(self, items: Sequence[Item]) -> dict[int, str]:
        """Whom to turn to, below the first message that calls for it; by the place of the message."""
        asides: dict[int, str] = {}
        for flag, kind, contact in (
            (Flag.CONDUCT, "management", self._school.management),
            (Flag.URGENT, "emergency", self._school.emergency),
        ):
            first = next((place for place, item in enumerate(items) if flag in item.flags), None)
            if contact and first is not None:
                said = (self._phrases.contact(kind, contact), asides.get(first, ""))
                asides[first] = " ".join(one for one in said if one)
        return asides


def digest_id(account: str, domain: str, bells: Sequence[int], at: datetime) -> str:
    """The Message-ID of a digest: of the account, what it tells, and when."""
    key = f"{account}\n{at.isoformat()}\n{','.join(str(bell) for bell in sorted(bells))}"
    return f"<mailtriage-digest-{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain or 'mailtriage.invalid'}>"
