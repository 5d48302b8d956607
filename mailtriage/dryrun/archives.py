"""Mail in a .zip, read in place: nothing is unpacked to disk, and nothing unpacks to more than mail can."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from mailtriage.dryrun.kinds import Kind, kind_of
from mailtriage.dryrun.mbox import LARGEST
from mailtriage.dryrun.raw import Raw, Skipped, failed, shown
from mailtriage.dryrun.streams import PackedTooTightlyError, blocks_of, bounded, gunzipped, messages_of, opened
from mailtriage.errors import UsageError

_DAMAGE = (OSError, EOFError, ValueError, NotImplementedError, RuntimeError, zipfile.BadZipFile, zlib.error)
_NEW_ZIP = "make a new .zip of the mail"
_UNLOCK = "unpack it with its password, and give the folder"


def check_zip(path: Path, source: str) -> None:
    """See that a .zip can be opened.

    Raises:
        UsageError: it is damaged, or locked with a password.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            locked = any(entry.flag_bits & 1 for entry in archive.infolist())
    except _DAMAGE as error:
        raise UsageError(f"the .zip cannot be opened ({error})", where=source, advice=_NEW_ZIP) from error
    if locked:
        raise UsageError("the .zip is locked with a password", where=source, advice=_UNLOCK)


def holds_something(path: Path) -> bool:
    """Whether there is a file in a .zip that is not empty."""
    with zipfile.ZipFile(path) as archive:
        return any(entry.file_size and not _unseen(entry.filename) for entry in archive.infolist())


def messages_in_zip(path: Path, source: str, skipped: Skipped) -> Iterator[Raw]:
    """The messages of a .zip, by the names of its entries. What cannot be opened is one failed message."""
    try:
        with zipfile.ZipFile(path) as archive:
            for entry in sorted(archive.infolist(), key=lambda one: one.filename):
                if not entry.is_dir() and not _unseen(entry.filename):
                    yield from _entry(archive, entry, f"{source}!{shown(entry.filename)}", skipped)
    except _DAMAGE as error:
        yield failed(source, f"the .zip cannot be opened ({error})", _NEW_ZIP)


def _unseen(name: str) -> bool:
    """What macOS adds to every archive."""
    return name.startswith("__MACOSX/") or PurePosixPath(name).name in {".DS_Store", ""}


def _entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, source: str, skipped: Skipped) -> Iterator[Raw]:
    if entry.flag_bits & 1:
        yield failed(source, "the entry is locked with a password", _UNLOCK, entry.compress_size)
        return
    # The time of a mailbox that grows out of proportion is bounded; a single message is bounded by its size.
    packed = max(entry.compress_size, LARGEST >> 8)
    try:
        with archive.open(entry) as stream:
            head, blocks = opened(bounded(blocks_of(stream), packed))
            kind = kind_of(head, entry.filename)
            if kind is Kind.GZIP:
                with archive.open(entry) as again:
                    head, blocks = opened(gunzipped(again, packed))
                    kind = kind_of(head, entry.filename.removesuffix(".gz"))
                    yield from _known(kind, blocks, source, entry, skipped)
            else:
                yield from _known(kind, blocks, source, entry, skipped)
    except PackedTooTightlyError as error:
        yield failed(source, str(error), "unpack it and look at what it is", entry.compress_size)
    except _DAMAGE as error:
        yield failed(source, f"the entry cannot be read ({error})", _NEW_ZIP, entry.compress_size)


def _known(kind: Kind, blocks: Iterator[bytes], source: str, entry: zipfile.ZipInfo, skipped: Skipped) -> Iterator[Raw]:
    """The messages of an entry; one of another kind (an archive within the archive, too) is counted."""
    if kind in {Kind.MBOX, Kind.MESSAGE}:
        ratio = entry.compress_size / max(entry.file_size, 1)
        for raw in messages_of(kind, blocks, source, entry.file_size):
            yield Raw(raw.source, raw.content, raw.failure, round(raw.size * ratio))
    else:
        skipped.add(source)
