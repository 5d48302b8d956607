"""Pydantic's findings in plain words: where in the file, what is wrong, and what to write instead."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from mailtriage.errors import Problem
from mailtriage.settings.keys import Place, every_key, nearest, section_at, section_in
from mailtriage.settings.section import WrongValueError, shown

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]{1,60}")
_SECRET_KEYS = re.compile(r"secret|apprise|pass|token|credential|key|url|wachtwoord", re.IGNORECASE)
_PASSWORD = re.compile(r"passw|wachtwoord|token", re.IGNORECASE)

EXAMPLES: Mapping[str, str] = {
    "name": 'name = "els"',
    "address": 'address = "juf.els@school.example"',
    "host": 'host = "imap.school.example"',
    "username": 'username = "juf.els@school.example"',
    "secret": 'secret = { file = "els.password" }',
    "staff": 'staff = ["Juf Els"]',
    "first": "first = 2026-12-21",
    "last": "last = 2027-01-01",
    "off": "off = 2026-12-07",
    "on": "on = 2026-12-10",
}
"""A line to write for each required key."""


def problems_of(error: ValidationError, data: Mapping[str, Any]) -> list[Problem]:
    """All that pydantic found wrong.

    Args:
        error: what validating ``data`` as ``Settings`` raised.
        data: the parsed file; entries of lists are named after it.

    Returns:
        One problem per finding, in the order of the models. None shows a value that could be a secret.
    """
    return [_problem(details, data) for details in error.errors(include_url=False)]


def where_is(place: Place, data: object) -> str:
    """A place as a person reads it: ``accounts[1] "groep5".port``, counting from 1, with the name of an entry."""
    text = ""
    for step in place:
        if isinstance(step, str):
            text += ("." if text else "") + _bare(step)
            data = data.get(step) if isinstance(data, Mapping) else None
            continue
        data = data[step] if isinstance(data, list) and step < len(data) else None
        name = data.get("name") if isinstance(data, Mapping) else None
        text += f"[{step + 1}]" + (f" {shown(name)}" if isinstance(name, str) and name else "")
    return text


def _bare(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) else shown(key)


def _problem(details: ErrorDetails, data: Mapping[str, Any]) -> Problem:
    place = details["loc"]
    cause = details.get("ctx", {}).get("error")
    if isinstance(cause, WrongValueError):
        what, advice = cause.what, cause.advice
    else:
        what, advice = _PHRASES.get(details["type"], _other)(details, _shown_unless_secret(details))
    return Problem(where=where_is(place, data), what=what, advice=advice)


def _shown_unless_secret(details: ErrorDetails) -> str:
    if any(isinstance(step, str) and _SECRET_KEYS.search(step) for step in details["loc"]):
        return "the value"
    return shown(details["input"])


def _missing(details: ErrorDetails, _value: str) -> tuple[str, str]:
    key = str(details["loc"][-1])
    return f"{key} is missing", f"add a line like {EXAMPLES.get(key, key)}"


def _unknown(details: ErrorDetails, _value: str) -> tuple[str, str]:
    key, above = str(details["loc"][-1]), details["loc"][:-1]
    section = section_at(above)
    known = tuple(section.model_fields) if section else ()
    what = "there is no such key" if above else "there is no such key or section"
    if "secret" in known and _PASSWORD.search(key):
        return what, 'no password stands in this file; write where it is, like secret = { file = "els.password" }'
    if near := nearest(key, known):
        return what, f"did you mean {near}?"
    homes = [".".join(path[:-1]) for path in every_key() if path[-1] == key and len(path) > 1]
    if homes:
        return f"{what} here", f"it belongs in [{'] or ['.join(homes)}]"
    return what, f"known here: {', '.join(known)}"


def _kind(noun: str, advice: str) -> Callable[[ErrorDetails, str], tuple[str, str]]:
    return lambda _details, value: (f"{value} is {noun}", advice)


def _no_list(details: ErrorDetails, value: str) -> tuple[str, str]:
    above, key = details["loc"][:-1], str(details["loc"][-1])
    field = section.model_fields.get(key) if (section := section_at(above)) else None
    if not above and field and section_in(field.annotation):
        return f"{value} is not a list of tables", f"write [[{key}]] above each entry"
    return f"{value} is no list", 'put it in square brackets, like ["..."]'


def _no_table(details: ErrorDetails, value: str) -> tuple[str, str]:
    place = details["loc"]
    section = section_at(place)
    keys = ", ".join(section.model_fields) if section else ""
    if len(place) == 1:
        return f"{value} is not a section", f"write [{place[0]}] on a line of its own, once, and its keys below it"
    if len(place) == 2 and isinstance(place[1], int) and place[0] in {"staff", "accounts"}:
        return f"{value} is not a table", f"write [[{place[0]}]] on a line of its own and its keys below it"
    return f"{value} is not a table", f"write {{ ... }} with the keys {keys}"


def _no_choice(details: ErrorDetails, value: str) -> tuple[str, str]:
    choices = re.findall(r"'([^']*)'", str(details["ctx"]["expected"]))
    given = details["input"]
    near = nearest(given, choices) if isinstance(given, str) else None
    listed = ", ".join(f'"{choice}"' for choice in choices)
    return f"{value} is not among {listed}", f'did you mean "{near}"?' if near else "write one of these"


def _out_of_range(details: ErrorDetails, value: str) -> tuple[str, str]:
    limit = details["ctx"]
    words = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
    asked = next(f"{words[name]} {limit[name]:g}" for name in words if name in limit)
    return f"{value} is out of range", f"write a number of {asked}"


def _empty(details: ErrorDetails, _value: str) -> tuple[str, str]:
    key = str(details["loc"][-1])
    return f"{key} is empty", f"write something like {EXAMPLES[key]}" if key in EXAMPLES else "write at least one"


def _no_name(_details: ErrorDetails, value: str) -> tuple[str, str]:
    return f"{value} cannot be a name here", 'use letters, digits and . _ - without spaces, like "groep5"'


def _other(details: ErrorDetails, value: str) -> tuple[str, str]:
    return f"{value} is not right ({details['type'].replace('_', ' ')})", "see config.example.toml"


_TEXT = _kind("no text", 'put it in quotes, like "..."')
_WHOLE = _kind("no whole number", "write digits without quotes, like 30")
_DAY = _kind("no day", "write it without quotes, like 2026-12-21")
_PHRASES: Mapping[str, Callable[[ErrorDetails, str], tuple[str, str]]] = {
    "missing": _missing,
    "extra_forbidden": _unknown,
    "string_type": _TEXT,
    "path_type": _TEXT,
    "int_type": _WHOLE,
    "int_parsing_size": _WHOLE,
    "float_type": _kind("no number", "write digits without quotes, like 30"),
    "bool_type": _kind("neither true nor false", "write true or false, without quotes"),
    "date_type": _DAY,
    "tuple_type": _no_list,
    "model_type": _no_table,
    "model_attributes_type": _no_table,
    "literal_error": _no_choice,
    "enum": _no_choice,
    "greater_than": _out_of_range,
    "greater_than_equal": _out_of_range,
    "less_than": _out_of_range,
    "less_than_equal": _out_of_range,
    "string_too_short": _empty,
    "too_short": _empty,
    "string_pattern_mismatch": _no_name,
}
