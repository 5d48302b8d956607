"""Which keys the configuration file knows, read off the models, so that no list of them is written twice."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from typing import Any, get_args

from mailtriage.settings.model import Frame, Settings
from mailtriage.settings.section import Section

Place = tuple[int | str, ...]
"""Where something stands in the parsed file: keys, and positions in lists from 0 (pydantic's ``loc``)."""

_LONGEST_KEY = 60


def section_in(annotation: Any) -> type[Section] | None:
    """The section that a field holds, be it one, an optional one or a list of them; None for a plain value.

    A frame of time counts as a value: the file writes it as one text.
    """
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return None if annotation is Frame else annotation
    return next((found for part in get_args(annotation) if (found := section_in(part))), None)


def section_at(place: Place) -> type[Section] | None:
    """The section that stands at a place of the file; None where a plain value or nothing known stands there."""
    section: type[Section] | None = Settings
    for step in place:
        if isinstance(step, int):
            continue
        field = section.model_fields.get(step) if section else None
        section = section_in(field.annotation) if field else None
    return section


def every_key(section: type[Section] = Settings, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every key of the file with the sections above it, like ``("staff", "hours", "monday")``, each once."""
    for name, field in section.model_fields.items():
        yield (*above, name)
        if inner := section_in(field.annotation):
            yield from every_key(inner, (*above, name))


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was most likely meant; None where none is near."""
    by_plain = {plain(candidate): candidate for candidate in known}
    found = difflib.get_close_matches(plain(word)[:_LONGEST_KEY], by_plain, n=1)
    return by_plain[found[0]] if found else None


def plain(word: str) -> str:
    """A word as far as it matters when two are compared: small letters, one kind of hyphen."""
    return word.strip().casefold().replace("-", "_").replace(" ", "_")
