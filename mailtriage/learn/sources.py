"""Where labelled mail comes from: files that are named, and those that come with the program."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from mailtriage.errors import UsageError
from mailtriage.learn.corpus import data_files


def shipped_data_folder() -> Path:
    """Where the training data that come with the program are: inside the wheel, else in the checkout."""
    package = Path(__file__).parent.parent
    inside = package / "shipped_training_data"
    return inside if inside.is_dir() else package.parent / "training_data"


def data_paths(given: Sequence[Path]) -> list[Path]:
    """JSONL files from files and folders, each once; the shipped training data where none is given.

    Raises:
        UsageError: a file is not there, or a folder holds none.
    """
    paths: list[Path] = []
    for one in given or [shipped_data_folder()]:
        found = data_files(one) if one.is_dir() else [one]
        missing = one if not found else next((path for path in found if not path.exists()), None)
        if missing is not None:
            raise UsageError(
                "there is no labelled mail here",
                where=str(missing),
                advice="give a file of JSON lines (*.jsonl), or a folder of them",
            )
        paths += found
    return list({path.resolve(): path for path in paths}.values())


def with_shipped(given: Sequence[Path]) -> list[Path]:
    """The shipped training data and files beside them; a file that is a copy of a shipped one counts once."""
    shipped = data_paths(())
    known = {_digest(path) for path in shipped}
    return shipped + [path for path in data_paths(given) if _digest(path) not in known] if given else shipped


def digest_of(paths: Iterable[Path]) -> str:
    """SHA-256 over the contents of files, in their order."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(_digest(path))
    return digest.hexdigest()


def shipped_ids() -> set[str]:
    """The ids of the mails that come with the program; none where they are not there."""
    try:
        lines = [line for path in data_paths(()) for line in path.read_bytes().splitlines()]
        return {str(data.get("id")) for data in map(json.loads, lines) if isinstance(data, dict)}
    except (UsageError, OSError, ValueError):
        return set()


def _digest(path: Path) -> bytes:
    """SHA-256 of a file; of nothing where it cannot be read, which loading tells with the other problems."""
    try:
        return hashlib.sha256(path.read_bytes()).digest()
    except OSError:
        return hashlib.sha256().digest()
