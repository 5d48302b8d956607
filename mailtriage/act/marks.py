"""The names under which a teacher sees a category or flag in the own mail program."""

from __future__ import annotations

from collections.abc import Iterable

from mailtriage.act.mailbox import Marking
from mailtriage.records import CATEGORIES, Category

_WORDS: dict[str, dict[str, str]] = {
    "nl": {
        "yes_no": "Ja-nee-misschien",
        "appointment": "Afspraak",
        "notice": "Mededeling",
        "substantive": "Inhoudelijk",
        "unsure": "Onzeker",
        "urgent": "Dringend",
        "conduct": "Omgangsvormen",
        "personal": "Persoonlijk",
    },
    "en": {
        "yes_no": "Yes-no-maybe",
        "appointment": "Appointment",
        "notice": "Notice",
        "substantive": "Substantive",
        "unsure": "Unsure",
        "urgent": "Urgent",
        "conduct": "Conduct",
        "personal": "Personal",
    },
}


def word(mark: str, language: str) -> str:
    """A category, flag or ``unsure`` in the language of the school (``nl`` or ``en``)."""
    return _WORDS[language][mark]


def names(marks: Iterable[str], marking: Marking, language: str) -> frozenset[str]:
    """How marks are called on a server: labels under one parent, or keywords that are atoms (RFC 3501 §9).

    Returns nothing where the server cannot mark.
    """
    forms = {Marking.LABEL: "Triage/{}", Marking.KEYWORD: "Triage-{}"}
    form = forms.get(marking)
    return frozenset(form.format(word(mark, language)) for mark in marks) if form else frozenset()


def every_name(marking: Marking) -> frozenset[str]:
    """All the names that this program gives to marks on a server, in every language."""
    return frozenset().union(*(names(words, marking, language) for language, words in _WORDS.items()))


def category_names(marking: Marking) -> dict[str, Category | None]:
    """The marks of categories on a server, in every language and in small letters; that of ``unsure`` has None."""
    found: dict[str, Category | None] = {}
    for language in _WORDS:
        found |= {name.lower(): None for name in names(["unsure"], marking, language)}
        for category in CATEGORIES:
            found |= {name.lower(): category for name in names([category.value], marking, language)}
    return found
