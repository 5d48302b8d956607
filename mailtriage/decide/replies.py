"""The reply that offers a conversation: from a message and templates to a draft.

It answers nothing of the substance and repeats nothing of it: the templates are given the parent's name, the
proposals, the school's telephone number and who signs, and no text of the message but its subject.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from mailtriage.decide.proposals import spoken
from mailtriage.records import Address, Draft, Message
from mailtriage.settings import Replies, School

LANGUAGES = ("nl", "en")

_ASIDE = re.compile(r"\s*[(\[{<].*$", re.DOTALL)
_QUOTES = " \t\"'`“”‘’,;:."
_REPLY_PREFIX = re.compile(r"^\s*(re|antw|betr|aw|sv|odp|ynt|rép|r)\s*(\[\d+\])?\s*:", re.IGNORECASE)
_NOT_A_NAME = re.compile(r"[@\d+&/|=_]|https?:|\bvia\b|\b(info|administratie|familie|fam|gezin)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Offer:
    """What a reply says: ``moments`` are the proposals, ``signs_as`` the name under it."""

    moments: tuple[datetime, ...]
    signs_as: str
    minutes: int


class Replier:
    """Writes drafts from the templates of the school, else from those in the package.

    The order in which a template is looked for: ``FOLDER/nl-u.txt`` of the school, then ours. A template of the
    school is rendered in a sandbox; an unknown name in it is an error when the replier is made, not at night.
    """

    def __init__(self, rules: Replies, school: School) -> None:
        """Read the templates.

        Raises:
            jinja2.TemplateError: a template of the school cannot be used.
        """
        folder: list[str | Path] = [rules.templates] if rules.templates else []
        self._rules = rules
        self._school = school
        environment = SandboxedEnvironment(
            loader=ChoiceLoader([FileSystemLoader(folder), PackageLoader("mailtriage.decide", "templates")]),
            undefined=StrictUndefined,
            autoescape=False,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=False,
        )
        names = {"nl": f"nl-{rules.form}.txt", "en": "en.txt"}
        self._templates = {language: environment.get_template(name) for language, name in names.items()}

    def language_for(self, language: str) -> str:
        """The language of a reply to a mail in ``language`` (ISO 639-1)."""
        if self._rules.language != "parent":
            return self._rules.language
        return language if language in LANGUAGES else self._school.language

    def draft(self, message: Message, language: str, offer: Offer, sender: Address, now: datetime) -> Draft:
        """The reply to a message, from ``sender``; the same arguments give the same draft, Message-ID included."""
        chosen = self.language_for(language)
        text = self._templates[chosen].render(
            name=salutation(message.sender.name),
            proposals=[spoken(moment, chosen) for moment in offer.moments],
            phone=self._school.phone,
            school=self._school.name,
            signs_as=offer.signs_as,
            minutes=offer.minutes,
        )
        return Draft(
            message_id=draft_id(message, sender),
            sender=sender,
            to=message.reply_to or (message.sender,),
            subject=reply_subject(message.subject),
            in_reply_to=message.message_id,
            references=reply_references(message),
            text=text.strip() + "\n",
            date=now,
        )


def draft_id(message: Message, sender: Address) -> str:
    """The Message-ID of the one draft for a message in an account: the same whenever it is made."""
    key = "\n".join((sender.address, message.message_id, message.digest))
    return f"<mailtriage-draft-{hashlib.sha256(key.encode()).hexdigest()[:32]}@{sender.domain or 'mailtriage.invalid'}>"


def reply_subject(subject: str) -> str:
    """``Re: `` and the subject, once (RFC 5322 §3.6.5; mail programs of other languages write ``Antw:``, ``AW:``)."""
    return subject if _REPLY_PREFIX.match(subject) else f"Re: {subject}".strip()


def reply_references(message: Message) -> tuple[str, ...]:
    """The References of a reply by RFC 5322 §3.6.4: the parent's chain, then the parent itself."""
    chain = message.references or (message.in_reply_to if len(message.in_reply_to) == 1 else ())
    return (*chain, message.message_id) if message.message_id else chain


def salutation(name: str) -> str:
    """The parent's name as a reply may use it; empty where the display name is none.

    ``Jansen, Piet`` becomes ``Piet Jansen``; what stands in brackets (``Riet (oma van Jurre)``) goes. Anything that
    looks like an address, several people or a function is no name.
    """
    bare = _ASIDE.sub("", name).strip(_QUOTES)
    family, comma, given = bare.partition(",")
    if comma and given.strip():
        bare = f"{given.strip()} {family.strip()}"
    if _NOT_A_NAME.search(bare) or not any(character.isalpha() for character in bare) or len(bare) > 60:
        return ""
    return " ".join(bare.split())
