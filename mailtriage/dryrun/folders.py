"""Every file below a folder, by name: Maildirs, folders of .eml and mailboxes, one inside the other."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

OURS = ".mailtriage-"
"""How the names of our own unfinished output begin: a folder that is read may be the one that is written to."""


@dataclass(frozen=True, slots=True)
class Found:
    """One regular file. ``maildir`` where it lies in ``cur`` or ``new`` of a Maildir, and so is a message.

    ``problem`` is set where a folder cannot be listed.
    """

    path: Path
    size: int = 0
    maildir: bool = False
    problem: str = ""


def files_below(folder: Path) -> Iterator[Found]:
    """The files below a folder, sorted by name; symbolic links to folders are not followed.

    ``tmp`` of a Maildir holds what is still being delivered, and is left out.
    """
    # A stack of our own: folders may be nested deeper than Python likes to call.
    waiting = [iter(_listed(folder))]
    while waiting:
        found = next(waiting[-1], None)
        if found is None:
            waiting.pop()
        elif isinstance(found, Path):
            waiting.append(iter(_listed(found)))
        else:
            yield found


def is_maildir(folder: Path) -> bool:
    """Whether a folder is a Maildir: it has ``cur`` and ``new``."""
    return (folder / "cur").is_dir() and (folder / "new").is_dir()


def _listed(folder: Path) -> list[Found | Path]:
    """The files of a folder, and its folders as paths, by name."""
    try:
        with os.scandir(folder) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
        within = folder.name in {"cur", "new"} and is_maildir(folder.parent)
        around = is_maildir(folder)
    except OSError as error:
        return [Found(folder, problem=error.strerror or str(error))]
    found: list[Found | Path] = []
    for entry in listed:
        if entry.name.startswith(OURS) or (around and entry.name == "tmp"):
            continue
        path = folder / entry.name
        if entry.is_dir(follow_symlinks=False):
            found.append(path)
            continue
        try:
            status = entry.stat()
        except OSError as error:
            found.append(Found(path, problem=error.strerror or str(error)))
            continue
        if stat.S_ISREG(status.st_mode):
            found.append(Found(path, status.st_size, within and not entry.name.startswith((".", "dovecot"))))
    return found
