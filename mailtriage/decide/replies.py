"""The reply that offers a conversation: from a message and templates to a draft.

It answers nothing of the substance and repeats nothing of it: the templates are given the parent's name, the
proposals, the school's telephone number and who signs, and no text of the message but its subject.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product

from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, StrictUndefined, Template, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from mailtriage.decide.proposals import spoken
from mailtriage.errors import ConfigurationError, Problem
from mailtriage.plain import plain_line
from mailtriage.records import Address, Draft, Message
from mailtriage.settings import Replies, School

LANGUAGES = ("nl", "en")

KNOWN_NAMES = ("name", "proposals", "phone", "school", "signs_as", "minutes")
"""What a template may use."""

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
    school is rendered in a sandbox, and tried when the replier is made: what is wrong with it is told then, not at
    night.
    """

    def __init__(self, rules: Replies, school: School) -> None:
        """Read the templates.

        Raises:
            ConfigurationError: templates of the school cannot be used; with every one of them in ``problems``.
        """
        self._rules = rules
        self._school = school
        environment = SandboxedEnvironment(
            loader=ChoiceLoader(
                [
                    FileSystemLoader([rules.templates] if rules.templates else []),
                    PackageLoader("mailtriage.decide", "templates"),
                ]
            ),
            undefined=StrictUndefined,
            autoescape=False,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=False,
        )
        self._templates: dict[str, Template] = {}
        problems = []
        for language, name in (("nl", f"nl-{rules.form}.txt"), ("en", "en.txt")):
            try:
                self._templates[language] = environment.get_template(name)
                self._try(language)
            except (TemplateError, OSError, ValueError, TypeError, ArithmeticError, LookupError) as error:
                problems.append(_problem(rules, name, error))
        if problems:
            what = "; ".join(f"{problem.where}: {problem.what}" for problem in problems)
            raise ConfigurationError(what, "replies.templates", problems[0].advice, tuple(problems))

    def _try(self, language: str) -> None:
        """Render a template with and without everything that may be missing."""
        moment = datetime(2026, 9, 14, 15, 30, tzinfo=UTC)
        for name, moments, phone in product(("Kim", ""), ((), (moment,), (moment, moment)), ("030", "")):
            self._text(language, name, Offer(moments, "Els", 20), phone)

    def _text(self, language: str, name: str, offer: Offer, phone: str) -> str:
        values = {
            "name": name,
            "proposals": [spoken(moment, language) for moment in offer.moments],
            "phone": phone,
            "school": self._school.name,
            "signs_as": offer.signs_as,
            "minutes": offer.minutes,
        }
        return self._templates[language].render(values).strip() + "\n"

    def language_for(self, language: str) -> str:
        """The language of a reply to a mail in ``language`` (ISO 639-1)."""
        if self._rules.language != "parent":
            return self._rules.language
        return language if language in LANGUAGES else self._school.language

    def draft(self, message: Message, language: str, offer: Offer, sender: Address, now: datetime) -> Draft:
        """The reply to a message, from ``sender``; the same arguments give the same draft, Message-ID included."""
        chosen = self.language_for(language)
        text = self._text(chosen, salutation(message.sender.name), offer, self._school.phone)
        return Draft(
            message_id=draft_id(message, sender),
            sender=sender,
            to=message.reply_to or (message.sender,),
            subject=reply_subject(message.subject),
            in_reply_to=message.message_id,
            references=reply_references(message),
            text=text,
            date=now,
        )


def _problem(rules: Replies, name: str, error: Exception) -> Problem:
    line = getattr(error, "lineno", None)
    where = f"{rules.templates}/{name}" if rules.templates else name
    return Problem(
        f"{where}:{line}" if line else where,
        f"the template cannot be used: {str(error) or type(error).__name__}",
        f"correct it, or take it away to use ours; a template may use {', '.join(KNOWN_NAMES)}",
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
    bare = _ASIDE.sub("", plain_line(name)).strip(_QUOTES)
    family, comma, given = bare.partition(",")
    if comma and given.strip():
        bare = f"{given.strip()} {family.strip()}"
    if "," in bare or _NOT_A_NAME.search(bare) or not any(character.isalpha() for character in bare) or len(bare) > 60:
        return ""
    return " ".join(bare.split())
