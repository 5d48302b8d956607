"""Where results go: standard output, or a file that appears only when it is whole."""

from __future__ import annotations

import io
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, TextIO

from mailtriage.dryrun.folders import OURS
from mailtriage.dryrun.sources import Sources
from mailtriage.errors import MailtriageError, UsageError


def check_output(path: Path, sources: Sources) -> None:
    """See that a file may be written.

    Raises:
        UsageError: it is one of the files that are read, a folder, or lies in none.
    """
    if path.is_dir():
        raise UsageError("this is a folder", where=f"--output {path}", advice="name a file in it")
    if not path.absolute().parent.is_dir():
        raise UsageError("its folder does not exist", where=f"--output {path}", advice="make the folder first")
    if path.is_file() and _is_read(path, sources):
        raise UsageError("this file is read, it cannot be written too", where=f"--output {path}", advice="name another")


def _is_read(path: Path, sources: Sources) -> bool:
    """Whether a file is one of those given, or holds mail in a folder that was given."""
    if any(str(one) != "-" and one.is_file() and one.samefile(path) for one in sources.paths):
        return True
    within = [one for one in sources.paths if one.is_dir() and path.resolve().is_relative_to(one.resolve())]
    below = Sources([path], sources.stdin)
    try:
        below.check()
    except UsageError:
        return False
    return bool(within) and next(below.messages(), None) is not None


@contextmanager
def text_output(path: Path | None, stdout: BinaryIO) -> Iterator[TextIO]:
    """A text file to write to: UTF-8 whatever the locale, line ends as they are written.

    A file is written aside and put in its place at the end; after an error it is gone.

    Raises:
        BrokenPipeError: the reader of standard output has gone.
        MailtriageError: it cannot be written.
    """
    try:
        with _standard(stdout) if path is None else _named(path) as file:
            yield file
    except BrokenPipeError:
        raise
    except OSError as error:
        reason = error.strerror or str(error)
        where = str(path) if path else "standard output"
        advice = "look at the free space and the rights there"
        raise MailtriageError(f"the output could not be written ({reason})", where=where, advice=advice) from error


@contextmanager
def _standard(stdout: BinaryIO) -> Iterator[TextIO]:
    out = io.TextIOWrapper(stdout, encoding="utf-8", errors="replace", newline="\n")
    try:
        yield out
        out.flush()
    finally:
        # Standard output is not ours to close; where its reader is gone there is nothing to be done about it.
        with suppress(OSError, ValueError):
            out.detach()


@contextmanager
def _named(path: Path) -> Iterator[TextIO]:
    target = path.resolve()
    if target.exists() and not target.is_file():
        # A device or a pipe is written to; putting a file in its place would take it away from everybody.
        with target.open("w", encoding="utf-8", errors="replace", newline="\n") as file:
            yield file
        return
    with _replacing(target) as file:
        yield file


@contextmanager
def _replacing(target: Path) -> Iterator[TextIO]:
    handle, name = tempfile.mkstemp(prefix=OURS, suffix=".part", dir=target.parent)
    aside = Path(name)
    try:
        with open(handle, "w", encoding="utf-8", errors="replace", newline="\n") as file:  # noqa: PTH123 - a handle
            yield file
        # mkstemp lets only its owner read; what was there before, or the usual rights, say who may.
        mask = os.umask(0)
        os.umask(mask)
        aside.chmod(target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~mask)
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)


def leave_quietly() -> None:
    """After the reader of standard output is gone (``| head``): nothing more is said, at the end of Python neither."""
    with suppress(OSError, ValueError, io.UnsupportedOperation):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
