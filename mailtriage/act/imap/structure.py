"""Which parts of a message hold its text, told from BODYSTRUCTURE (RFC 3501 §7.4.2) alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

MAX_DEPTH = 20
MAX_PARTS = 6
MAX_SEEN = 500
_TEXT = ("plain", "html")


@dataclass(frozen=True, slots=True)
class TextPart:
    """A part to fetch: its section (``1.2``), ``plain`` or ``html``, and its size in octets where the server said."""

    section: str
    subtype: str
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Parts that belong together: ``alternative``, ``related`` or ``mixed`` (everything else). May be empty."""

    subtype: str
    members: tuple[TextPart | Group, ...] = ()


class _TooMuch(Exception):  # noqa: N818  # it ends a walk, nobody else sees it
    """The structure is deeper or larger than any mail of a person."""


def choose_parts(bodystructure: Any) -> TextPart | Group | None:
    """Choose the text parts of a message.

    Args:
        bodystructure: nested tuples of bytes, int and None, as imapclient's ``parse_response`` makes them; anything
            at all is borne.

    Returns:
        The parts to fetch, in their groups (groups of one are dissolved; at most ``MAX_PARTS``). A ``Group`` without
        members where the message has no text. None where the structure is odd, deeper than ``MAX_DEPTH`` or larger
        than ``MAX_SEEN`` parts: then fetch the raw text.

    A part counts if it is text/plain or text/html, has no file name, is not an attachment (RFC 2183) and does not
    stand inside a message/rfc822.
    """
    if not isinstance(bodystructure, tuple) or not bodystructure:
        return None
    if not isinstance(bodystructure[0], bytes | tuple):
        return None
    try:
        chosen = _Walk().node(bodystructure, (), 0)
    except _TooMuch:
        return None
    return chosen if chosen is not None else Group("mixed")


def parts_of(chosen: TextPart | Group) -> Iterator[TextPart]:
    """The text parts of a choice, in order."""
    if isinstance(chosen, TextPart):
        yield chosen
        return
    for member in chosen.members:
        yield from parts_of(member)


class _Walk:
    """One walk through a structure, with its bounds."""

    def __init__(self) -> None:
        self._seen = 0
        self._taken = 0

    def node(self, part: Any, path: tuple[int, ...], depth: int) -> TextPart | Group | None:
        self._seen += 1
        if depth > MAX_DEPTH or self._seen > MAX_SEEN:
            raise _TooMuch
        if not isinstance(part, tuple) or not part:
            return None
        if isinstance(part[0], tuple):
            return self._group(part, path, depth)
        return self._leaf(part, path)

    def _group(self, part: tuple[Any, ...], path: tuple[int, ...], depth: int) -> TextPart | Group | None:
        count = next((i for i, child in enumerate(part) if not isinstance(child, tuple)), len(part))
        found = (self.node(child, (*path, number), depth + 1) for number, child in enumerate(part[:count], 1))
        members = tuple(member for member in found if member is not None)
        if len(members) <= 1:
            return members[0] if members else None
        subtype = _word(part[count]) if count < len(part) else ""
        return Group(subtype if subtype in ("alternative", "related") else "mixed", members)

    def _leaf(self, part: tuple[Any, ...], path: tuple[int, ...]) -> TextPart | None:
        kind, subtype = _word(part[0]), _word(_at(part, 1))
        if kind != "text" or subtype not in _TEXT or self._taken >= MAX_PARTS:
            return None
        if _named(_at(part, 2), "name") or _is_attachment(_at(part, 9)):
            return None
        self._taken += 1
        size = _at(part, 6)
        section = ".".join(map(str, path)) or "1"
        return TextPart(section, subtype, size if isinstance(size, int) else None)


def _is_attachment(disposition: Any) -> bool:
    if isinstance(disposition, bytes):  # pymap sends the header's value as it is
        return _word(disposition).startswith("attachment") or "filename" in _word(disposition)
    if not isinstance(disposition, tuple):
        return False
    return _word(_at(disposition, 0)) == "attachment" or _named(_at(disposition, 1), "filename")


def _named(parameters: Any, name: str) -> bool:
    """Whether ``parameters`` (name, value, name, value...) hold a file name, also as RFC 2231 has it (``name*0``)."""
    if not isinstance(parameters, tuple):
        return False
    return any(_word(key).partition("*")[0] == name for key in parameters[::2])


def _at(items: tuple[Any, ...], index: int) -> Any:
    return items[index] if index < len(items) else None


def _word(value: Any) -> str:
    return value.decode("ascii", "replace").lower() if isinstance(value, bytes) else ""
