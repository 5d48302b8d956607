"""Writing Sieve (RFC 5228): strings, lists and tests, so that no value can be read as anything but a value."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from textwrap import indent

WIDTH = 110
"""Lists run on to the next line here; the line is for people, Sieve has no limit."""

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def quoted(text: str) -> str:
    """A quoted string (RFC 5228 §2.4.2.1). Control characters, which no address and no name has, are left out.

    The scripts require neither ``variables`` nor ``encoded-character``, so ``${...}`` stands for itself.
    """
    clean = _CONTROL.sub("", text)
    return '"' + clean.replace("\\", "\\\\").replace('"', '\\"') + '"'


def literally(text: str) -> str:
    """A text as a pattern of ``:matches`` that fits nothing but itself (RFC 5228 §2.7.1)."""
    return re.sub(r"([\\*?])", r"\\\1", text)


def strings(values: Iterable[str]) -> str:
    """A string list; a single value stands alone."""
    found = [quoted(value) for value in values]
    if len(found) == 1:
        return found[0]
    lines, line = [], ""
    for one in found:
        if line and len(line) + len(one) + 2 > WIDTH:
            lines.append(line)
            line = ""
        line += f", {one}" if line else one
    lines.append(line)
    return "[" + ",\n  ".join(lines) + "]"


def every(tests: Sequence[str]) -> str:
    """True where each of the tests is; at least one is needed."""
    return tests[0] if len(tests) == 1 else f"allof (\n{_inside(tests)}\n)"


def some(tests: Sequence[str]) -> str:
    """True where one of the tests is; at least one is needed."""
    return tests[0] if len(tests) == 1 else f"anyof (\n{_inside(tests)}\n)"


def comment(text: str) -> str:
    """A comment, each line of the text in a line of its own."""
    return "\n".join(f"# {line}".rstrip() for line in text.splitlines())


def noted(value: str) -> str:
    """A value as it can stand in a comment and be read again by ``json.loads``: without line ends, in ASCII."""
    return json.dumps(value)


def _inside(tests: Sequence[str]) -> str:
    return indent(",\n".join(tests), "  ")
