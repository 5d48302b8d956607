"""The script that was active before ours: does it say of some mail where it goes, and then let ours have a word too?

Ours runs after it, and cannot know what it did: Sieve has no test for that. Where it ends with ``stop`` what it files,
there is nothing to ask.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_TOKEN = re.compile(
    r"""(?P<comment>\#[^\n]*|/\*.*?\*/)
    |(?P<multi>text:[ \t]*(?:\#[^\n]*)?\r?\n.*?^\.\r?$)
    |(?P<string>"(?:[^"\\]|\\.)*")
    |(?P<word>:?[A-Za-z_][A-Za-z0-9_]*)
    |(?P<sign>[{};])""",
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)
_DECIDING = frozenset({"fileinto", "keep", "discard", "reject", "ereject", "redirect"})
"""Actions that say where a message goes (RFC 5228 §4, RFC 5429); with ``:copy`` (RFC 3894) they do not."""


def going_on(script: str) -> tuple[str, ...]:
    """The actions of a script that decide where a message goes and are not followed by ``stop``, sorted."""
    return tuple(sorted(set(_block(list(_statements(script)), 0)[0])))


def _statements(script: str) -> Iterator[str]:
    """Actions, ``stop`` and braces, in order; the name of a command is its first word."""
    first, action, copies = True, "", False
    for token in _TOKEN.finditer(script):
        if token["comment"] or token["string"] or token["multi"]:
            continue
        text = token[0].lower()
        if token["sign"]:
            if action and not (action in _DECIDING and copies):
                yield action
            if text != ";":
                yield text
            first, action, copies = True, "", False
        elif first:
            first, action = False, text if text in _DECIDING or text == "stop" else ""
        elif text == ":copy":
            copies = True


def _block(statements: Sequence[str], start: int) -> tuple[list[str], int]:
    """What goes on at the end of a block, and where the block ends."""
    pending: list[str] = []
    at = start
    while at < len(statements) and statements[at] != "}":
        if statements[at] == "{":
            inner, at = _block(statements, at + 1)
            pending += inner
        elif statements[at] == "stop":
            pending = []
        else:
            pending.append(statements[at])
        at += 1
    return pending, at
