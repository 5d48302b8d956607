"""``config.example.toml`` is complete, right, and says true defaults."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mailtriage.records import CATEGORIES
from mailtriage.settings.keys import every_key, section_at, section_in
from mailtriage.settings.load import load_settings, warnings_of
from mailtriage.settings.model import Contact, DateRange, FreeDays, Leave, SecretSource, Section, Server, Settings, Swap

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
TEXT = EXAMPLE.read_text(encoding="utf-8")
_HEADING = re.compile(r"^\[+([a-z.]+)\]+$")
_KEY = re.compile(r"^(?:# )?([a-z_]+) = ")
_DEFAULT = re.compile(r"^# default: (none|\S.*?)(?: \([^)]*\))?$")


def lines_by_section() -> Iterator[tuple[str, str]]:
    """Each line of the example with the section it stands in."""
    section = ""
    for line in TEXT.splitlines():
        if heading := _HEADING.match(line):
            section = heading.group(1)
        yield section, line


def told_defaults() -> dict[tuple[str, ...], str]:
    """The default that stands above each key, by section and key."""
    told: dict[tuple[str, ...], str] = {}
    waiting: str | None = None
    for section, line in lines_by_section():
        if default := _DEFAULT.match(line):
            waiting = default.group(1)
        elif waiting is not None and (key := _KEY.match(line)):
            told[(*section.split("."), key.group(1))] = waiting
            waiting = None
    assert waiting is None
    return told


def smallest(section: type[Section]) -> dict[str, Any]:
    """The least that a section must be given."""
    required: dict[str, Any] = {
        "name": "x",
        "address": "x@y.example",
        "host": "x",
        "username": "x@y.example",
        "secret": {"env": "X"},
        "staff": ["x"],
    }
    return {key: required[key] for key, field in section.model_fields.items() if field.is_required()}


def plain_keys() -> list[tuple[str, ...]]:
    """Keys with a default of their own: those of sections and tables, not of values written as small tables."""
    small = (SecretSource, Contact, DateRange, FreeDays, Leave, Swap, Server)
    tables = {"even_weeks", "odd_weeks", "lessons", "sieve", "smtp"}
    found = []
    for path in every_key():
        section, inner = (
            section_at(path[:-1]),
            section_in((section_at(path[:-1]) or Settings).model_fields[path[-1]].annotation),
        )
        if section is None or section is Settings or {section, section_at(path[:-2])} & set(small):
            continue
        if tables & set(path) or (inner and inner not in small):
            continue
        if not section.model_fields[path[-1]].is_required():
            found.append(path)
    return found


def test_the_example_loads_and_gives_no_warning() -> None:
    """Whoever copies the example starts without a problem and, in its school year, without a warning."""
    settings = load_settings(EXAMPLE)
    assert warnings_of(settings, date(2026, 9, 1)) == ()


def test_the_example_shows_a_shared_mailbox_and_a_second_account() -> None:
    """Two teachers with several frames a day share the first account; there is a second one."""
    settings = load_settings(EXAMPLE)
    first, _second = settings.accounts
    both = settings.staff_of(first)
    assert len(both) == 2
    assert all(any(len(person.hours.on(day)) > 1 for day in range(7)) for person in both)


@pytest.mark.parametrize("path", list(every_key()), ids=".".join)
def test_every_key_occurs_in_the_example(path: tuple[str, ...]) -> None:
    """Each key of the models stands in its section of the example, be it as a comment."""
    if len(path) == 1:
        assert re.search(rf"^\[+{path[0]}[.\]]", TEXT, re.MULTILINE)
        return
    within = [line for section, line in lines_by_section() if section.split(".")[0] == path[0]]
    assert any(re.search(rf"\b{path[-1]}\b( =|\])", line) for line in within)


@pytest.mark.parametrize("path", plain_keys(), ids=".".join)
def test_every_default_in_the_example_is_the_model_s(path: tuple[str, ...]) -> None:
    """The line ``# default: ...`` above a key says what the model takes when the key is left out."""
    section = section_at(path[:-1])
    assert section
    told = told_defaults()[path]
    given = {} if told == "none" else tomllib.loads(f"{path[-1]} = {told}")
    without = section.model_validate(smallest(section))
    assert section.model_validate({**smallest(section), **given}) == without
    if told == "none":
        assert getattr(without, path[-1]) is None


def test_no_default_is_told_of_a_key_that_has_none() -> None:
    """Every default line belongs to a key of the models that has one."""
    assert set(told_defaults()) == set(plain_keys())


def test_keys_in_comments_would_be_valid() -> None:
    """A commented key, once its ``#`` is taken away, is refused for nothing but a file that is not there."""
    for section, line in lines_by_section():
        if line.startswith("# ") and (key := _KEY.match(line)):
            model = section_at(tuple(section.split(".")))
            assert model
            given = tomllib.loads(line.removeprefix("# "))
            assert getattr(model.model_validate({**smallest(model), **given}), key.group(1)) is not None


def test_the_example_names_every_category() -> None:
    """The admin can read off the example how the categories are written."""
    assert all(f'"{category.value}"' in TEXT for category in CATEGORIES)


def test_the_example_holds_no_real_domain() -> None:
    """All addresses and servers are invented ones (RFC 2606)."""
    for domain in re.findall(r"@([a-z0-9.-]+)", TEXT) + re.findall(r'host = "([^"]+)"', TEXT):
        assert domain.endswith(".example")
