"""From the PATHs of the command line to messages, in a stable order. Everything is opened for reading only."""

from __future__ import annotations

import io
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from mailtriage.dryrun.archives import check_zip, holds_something, messages_in_zip
from mailtriage.dryrun.folders import Found, files_below, is_maildir
from mailtriage.dryrun.kinds import EXPECTED, HEAD, Kind, kind_of, why_not
from mailtriage.dryrun.raw import Raw, Skipped, failed, shown
from mailtriage.dryrun.streams import blocks_of, gunzipped, kind_of_stream, messages_of
from mailtriage.errors import UsageError

STDIN = "-"


@dataclass
class Sources:
    """What a command was given to judge.

    ``skipped`` fills while the messages are taken: files in folders and archives that hold no mail.
    """

    paths: Sequence[Path]
    stdin: BinaryIO
    skipped: Skipped = field(default_factory=Skipped)

    def check(self) -> None:
        """Look at each PATH before anything is judged.

        Raises:
            UsageError: one is missing, cannot be opened, or is nothing that mail comes in.
        """
        if [str(path) for path in self.paths].count(STDIN) > 1:
            raise UsageError("standard input is given twice", where=STDIN, advice="give - once")
        for path in self.paths:
            if str(path) != STDIN:
                _check(path)

    def messages(self) -> Iterator[Raw]:
        """Every message: the PATHs in their order, what is below a folder by name, messages of a file as they stand.

        Raises:
            UsageError: standard input is nothing that mail comes in.
        """
        for path in self.paths:
            if str(path) == STDIN:
                yield from self._from_stdin()
            elif path.is_dir():
                for found in files_below(path):
                    yield from self._from_folder(found)
            else:
                yield from self._from_file(path, explicit=True)

    def sizes(self) -> int:
        """Bytes on disk, for the progress bar."""
        return sum(found.size for found in self.files())

    def files(self) -> Iterator[Found]:
        """Every file that is or will be read, mail or not."""
        for path in self.paths:
            if path.is_dir():
                yield from files_below(path)
            elif path.is_file():
                yield Found(path, path.stat().st_size)

    def _from_stdin(self) -> Iterator[Raw]:
        kind, head, blocks = kind_of_stream(blocks_of(self.stdin), "")
        if kind is Kind.ZIP:
            raise UsageError("a .zip cannot be read from standard input", where=STDIN, advice="give its path")
        if kind is Kind.GZIP:
            raise UsageError("this is packed with gzip", where=STDIN, advice="unpack it first: gunzip | mailtriage ...")
        if kind is Kind.OTHER:
            what, _ = why_not(head)
            raise UsageError(what, where=STDIN, advice="give an mbox or one message on standard input")
        yield from messages_of(kind, blocks, STDIN, 0, number_one=True)

    def _from_folder(self, found: Found) -> Iterator[Raw]:
        source = shown(found.path)
        if found.problem:
            yield failed(source, f"it cannot be opened ({found.problem})", "correct its permissions")
        elif found.maildir:
            yield from self._stream(found.path, source, Kind.MESSAGE)
        else:
            yield from self._from_file(found.path)

    def _from_file(self, path: Path, *, explicit: bool = False) -> Iterator[Raw]:
        """The messages of a file that may be anything; what has to be ``.zip`` in a folder may be named else here."""
        source = shown(path)
        try:
            with path.open("rb") as stream:
                kind, _, blocks = kind_of_stream(blocks_of(stream), path.name)
                if kind is Kind.GZIP:
                    packed = path.stat().st_size
                    stream.seek(0)
                    kind, _, blocks = kind_of_stream(gunzipped(stream, packed), path.stem)
                if kind in {Kind.MBOX, Kind.MESSAGE}:
                    yield from messages_of(kind, blocks, source, path.stat().st_size)
                    return
        except (OSError, EOFError) as error:
            yield failed(source, f"it cannot be read ({error.args[-1] if error.args else error})", "is it whole?")
            return
        if kind is Kind.ZIP and (explicit or path.suffix.lower() == ".zip"):
            yield from messages_in_zip(path, source, self.skipped)
        elif explicit and kind is not Kind.EMPTY:
            # Only a pipe gets here: everything else was looked at before.
            raise UsageError(why_not(b"")[0], where=source, advice=EXPECTED)
        elif not explicit:
            self.skipped.add(source)

    def _stream(self, path: Path, source: str, kind: Kind) -> Iterator[Raw]:
        try:
            with path.open("rb") as stream:
                yield from messages_of(kind, blocks_of(stream), source, path.stat().st_size)
        except FileNotFoundError:
            # A mail program moved it between new and cur while we looked.
            self.skipped.add(source)
        except OSError as error:
            yield failed(source, f"it cannot be read ({error.strerror})", "correct its permissions")


def _check(path: Path) -> None:
    """See that a PATH is something that mail comes in.

    Raises:
        UsageError: it is not.
    """
    source = shown(path)
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            next(path.iterdir(), None)
            _check_for_mail(path, source)
            return
        if not stat.S_ISREG(status.st_mode):
            # A pipe (as the shell's <(...) makes) can be read once only: it is told when it is read.
            return
        with path.open("rb") as stream:
            head = stream.read(HEAD)
            if kind_of(head, path.name) is Kind.GZIP:
                stream.seek(0)
                head = next(gunzipped(stream, status.st_size), b"")
    except FileNotFoundError as error:
        raise UsageError("there is no such file or folder", where=source, advice=EXPECTED) from error
    except (OSError, EOFError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"it cannot be read ({reason})", where=source, advice="correct its permissions") from error
    name = path.stem if path.suffix.lower() == ".gz" else path.name
    kind = kind_of(head, name)
    if kind is Kind.ZIP:
        check_zip(path, source)
        _check_for_mail(path, source)
    elif kind in {Kind.OTHER, Kind.GZIP}:
        what, advice = why_not(head)
        raise UsageError(what, where=source, advice=advice)


def _check_for_mail(path: Path, source: str) -> None:
    """See that a folder or a .zip holds mail, or nothing at all; empty mailboxes and empty files are nothing.

    Raises:
        UsageError: all that it holds is something else.
    """
    within = Sources([path], io.BytesIO())
    if next(within.messages(), None) is None and _holds_something(path):
        raise UsageError("there is no mail in it", where=source, advice=EXPECTED)


def _holds_something(path: Path) -> bool:
    if not path.is_dir():
        return holds_something(path)
    # Hidden files and the indexes of a Maildir say nothing about what a folder is for.
    return any(
        found.size and not found.path.name.startswith(".") and not is_maildir(found.path.parent)
        for found in files_below(path)
    )


def named(source: str, stdin: BinaryIO) -> Raw:
    """One message by its name, as a dry-run tells it; a PATH that holds just one will do.

    Raises:
        UsageError: it is not there, or several are.
    """
    path = _container(source)
    sources = Sources([path], stdin)
    sources.check()
    found: list[Raw] = []
    for raw in sources.messages():
        if raw.source == shown(Path(source)):
            return raw
        found.append(raw)
        if len(found) > 1 and str(path) == source:
            advice = f"say which, like {found[0].source}; mailtriage dry-run {source} tells their names"
            raise UsageError("it holds several messages", where=source, advice=advice)
        del found[1:]
    if str(path) != str(Path(source)) or not found:
        what = "there is no such message in it" if str(path) != str(Path(source)) else "it holds no message"
        raise UsageError(what, where=source, advice=f"mailtriage dry-run {path} tells the names of its messages")
    return found[0]


def _container(source: str) -> Path:
    """The file or folder on disk that a name leads to: ``a.zip!b.mbox#3`` stands in ``a.zip``."""
    if Path(source).exists() or source == STDIN:
        return Path(source)
    candidates: Iterable[int] = (at for at, sign in enumerate(source) if sign in "!#")
    for at in sorted(candidates, reverse=True):
        if source[:at] == STDIN or Path(source[:at]).exists():
            return Path(source[:at])
    return Path(source)
