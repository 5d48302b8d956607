"""One message as it was found, before anything is read of it, and how found things are named."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Raw:
    """One message from a file.

    ``source`` is its name: ``export.mbox#17``, ``folder/cur/123``, ``export.zip!dir/a.eml``, ``-#1``. ``content`` is
    None where it could not be taken from there; ``failure`` then says why and what to do. ``size`` is what it took
    of the bytes on disk, for the progress bar.
    """

    source: str
    content: bytes | None
    failure: str = ""
    size: int = 0


@dataclass(slots=True)
class Skipped:
    """Files in folders and archives that hold no mail: how many, and the names of the first."""

    count: int = 0
    names: list[str] = field(default_factory=list)

    def add(self, name: str) -> None:
        """Count one."""
        self.count += 1
        if len(self.names) < 5:
            self.names.append(name)


def failed(source: str, what: str, advice: str, size: int = 0) -> Raw:
    """Something that could not be opened or taken whole."""
    return Raw(source, None, f"{what}; {advice}", size)


def too_large(source: str, largest: int, size: int = 0) -> Raw:
    """A message beyond the bytes that are taken of one."""
    return failed(source, f"the message is larger than {largest >> 20} MB", "look at it in a mail program", size)


def shown(name: str | os.PathLike[str]) -> str:
    """A file name as text that any output can carry: bytes that are no UTF-8 become U+FFFD."""
    return os.fsencode(name).decode("utf-8", "replace") if not isinstance(name, str) else _mended(name)


def _mended(name: str) -> str:
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace") if _has_surrogates(name) else name


def _has_surrogates(name: str) -> bool:
    return any("\ud800" <= sign <= "\udfff" for sign in name)


def joined(blocks: Iterable[bytes], largest: int) -> bytes | None:
    """All of a stream; None where it is larger."""
    found = bytearray()
    for block in blocks:
        found += block
        if len(found) > largest:
            return None
    return bytes(found)
