"""From an open stream to messages: an mbox is cut, a single message taken whole, gzip undone on the way."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from itertools import chain
from typing import IO, Protocol

from mailtriage.dryrun.kinds import HEAD, Kind, kind_of
from mailtriage.dryrun.mbox import LARGEST, messages
from mailtriage.dryrun.raw import Raw, failed, joined, too_large

_BLOCK = 256 << 10
_MOST_PACKED = 200
"""How many times smaller mail may be packed; deflate can do 1000 with a file made to fill a disk, text gets 3 to 20."""
_PACKED_FREE = 256 << 20
"""Unpacked bytes up to which that is not looked at."""


class Readable(Protocol):
    """What is read from."""

    def read(self, size: int, /) -> bytes:
        """Up to ``size`` bytes; none at the end."""


class PackedTooTightlyError(OSError):
    """An archive that would unpack to far more than mail does."""


def blocks_of(stream: Readable) -> Iterator[bytes]:
    """A stream in pieces, from where it is; the first has ``HEAD`` bytes where there are as many."""
    first = True
    while block := stream.read(HEAD if first else _BLOCK):
        first = False
        yield block


def bounded(blocks: Iterator[bytes], packed: int) -> Iterator[bytes]:
    """The same pieces, up to what mail of ``packed`` bytes could unpack to.

    Raises:
        PackedTooTightlyError: there is more.
    """
    total = 0
    for block in blocks:
        total += len(block)
        if total > max(_PACKED_FREE, packed * _MOST_PACKED):
            raise PackedTooTightlyError(f"it unpacks to more than {_MOST_PACKED} times its size")
        yield block


def opened(blocks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """The head of a stream, to tell what it is, and the whole stream again."""
    head = next(blocks, b"")
    return head, chain([head], blocks)


def messages_of(
    kind: Kind, blocks: Iterator[bytes], source: str, size: int, *, number_one: bool = False
) -> Iterator[Raw]:
    """The messages of a stream.

    Args:
        kind: MBOX, MESSAGE or EMPTY.
        blocks: all of it.
        source: its name.
        size: its bytes on disk; 0 where unknown.
        number_one: whether a single message gets a number, too (standard input).
    """
    if kind is Kind.MESSAGE:
        name = f"{source}#1" if number_one else source
        content = joined(blocks, LARGEST)
        yield too_large(name, LARGEST, size) if content is None else Raw(name, content, size=size)
    elif kind is Kind.MBOX:
        yield from _from_mbox(blocks, source)


def _from_mbox(blocks: Iterator[bytes], source: str) -> Iterator[Raw]:
    number = 0
    try:
        for number, (content, size) in enumerate(messages(blocks), start=1):
            name = f"{source}#{number}"
            yield too_large(name, LARGEST, size) if content is None else Raw(name, content, size=size)
    except (OSError, EOFError, zlib.error) as error:
        yield failed(f"{source}#{number + 1}", f"the file cannot be read further ({error})", "is it whole?")


def gunzipped(stream: IO[bytes], packed: int) -> Iterator[bytes]:
    """What a gzip stream holds, bounded.

    Raises:
        OSError, EOFError, zlib.error: it is damaged, while it is read.
    """
    return bounded(blocks_of(gzip.GzipFile(fileobj=stream, mode="rb")), packed)


def kind_of_stream(blocks: Iterator[bytes], name: str) -> tuple[Kind, bytes, Iterator[bytes]]:
    """What a stream is, its head, and the whole stream again."""
    head, whole = opened(blocks)
    return kind_of(head, name), head, whole
