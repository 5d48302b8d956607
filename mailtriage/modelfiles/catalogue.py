"""Which models there are, and which one is in use.

A school's own models stand in a folder of its own, beside a small file ``current`` that names the one in use and those
that were before it. Without that file the model that comes with the program is in use.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mailtriage.errors import ModelError, NoSuchModelError, UsageError
from mailtriage.modelfiles.load import load
from mailtriage.modelfiles.manifest import CURRENT, MANIFEST, SHIPPED, Manifest, checked_name, read_manifest
from mailtriage.modelfiles.save import set_aside, write_aside

_REMEMBERED = 20
"""How many models back ``rollback`` can go."""

Mark = tuple[int, int, int] | None
"""The state of the file ``current``: it changes whenever another model is taken into use."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which model is in use, and those before it, the latest last."""

    model: str = SHIPPED
    previous: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A model in the list: its manifest, or why it cannot be used. ``own`` where it was trained here."""

    name: str
    folder: Path
    own: bool
    manifest: Manifest | None
    problem: str = ""


def shipped_folder() -> Path:
    """Where the models that come with the program are: inside the wheel, else beside the package in a checkout."""
    inside = Path(__file__).parent.parent / "shipped_models"
    return inside if inside.is_dir() else Path(__file__).parent.parent.parent / "models"


def own_folder(configured: Path | None = None, environ: Mapping[str, str] | None = None) -> Path:
    """Where the models trained here stand.

    Args:
        configured: ``classifier.models``; None for the default.
        environ: the environment; that of the process where None.

    Returns:
        What is configured, else ``models`` in the service's state folder (systemd), else in the user's data folder
        (XDG). It need not exist.
    """
    environ = os.environ if environ is None else environ
    if configured is not None:
        return configured
    if state := environ.get("STATE_DIRECTORY"):
        return Path(state.split(":")[0]) / "models"
    base = Path(environ.get("XDG_DATA_HOME", ""))
    return (base if base.is_absolute() else Path.home() / ".local" / "share") / "mailtriage" / "models"


def find(name: str, folder: Path | None) -> Path:
    """The folder of a model.

    Args:
        name: of the model; ``current`` for the one in use.
        folder: ``classifier.models``; None for the default.

    Returns:
        In the school's own folder where it is there, else among those that come with the program. The one in use, and
        the shipped one, are there or not.

    Raises:
        UsageError: that is no name.
        NoSuchModelError: no model has that name.
        ModelError: which model is in use cannot be read.
    """
    own = own_folder(folder)
    asked = name
    if name == CURRENT:
        name = current(own).model
    checked_name(name)
    place = own / name
    if name == SHIPPED or not place.is_dir():
        # A crash between the two renamings of saving leaves the earlier model beside its place.
        earlier = set_aside(place)
        if name != SHIPPED and earlier.is_dir():
            return earlier
        place = shipped_folder() / name
        if asked not in (CURRENT, SHIPPED) and not place.is_dir():
            what = f"there is no model {name}, neither there nor among those of the program"
            raise NoSuchModelError(what, where=str(own), advice="see `mailtriage models list` for those that there are")
    return place


def current(own: Path) -> Choice:
    """Which model is in use.

    Args:
        own: the school's own folder of models.

    Raises:
        ModelError: the file that says so is damaged.
    """
    path = own / CURRENT
    try:
        data = json.loads(path.read_text("utf-8"))
        return Choice(checked_name(data["model"]), tuple(checked_name(name) for name in data["previous"]))
    except (FileNotFoundError, NotADirectoryError):
        return Choice()
    except (OSError, ValueError, RecursionError, KeyError, TypeError, UsageError) as error:
        raise ModelError(
            f"which model is in use cannot be read ({type(error).__name__})",
            where=str(path),
            advice="name one with `mailtriage models use NAME`",
        ) from error


def mark(own: Path) -> Mark:
    """The state of the file that says which model is in use, quick to ask; None where there is none."""
    try:
        state = (own / CURRENT).stat()
    except OSError:
        return None
    return state.st_mtime_ns, state.st_ino, state.st_size


def use(name: str, own: Path, *, force: bool = False) -> Choice:
    """Take a model into use.

    Args:
        name: of the model.
        own: the school's own folder of models.
        force: also where it was worse than the model that was in use when it was trained.

    Returns:
        What is in use now, and what was before.

    Raises:
        UsageError: that is no name.
        ModelError: the model cannot be loaded (no force helps), or was worse; what was in use stays.
    """
    if name == CURRENT:
        raise UsageError("current is no model, it stands for the one in use", advice="name a model")
    place = find(name, own)
    _, manifest = load(place)
    if manifest.verdict == "lost" and not force:
        raise ModelError(
            "the model was worse than the one in use when it was trained",
            where=name,
            advice=f"see `mailtriage models show {name}`; to use it all the same, add --force",
        )
    try:
        before = current(own)
    except ModelError:
        before = Choice()
    previous = before.previous if before.model == name else (*before.previous, before.model)
    return _chosen(Choice(name, previous[-_REMEMBERED:]), own)


def rollback(own: Path) -> Choice:
    """Take the model into use that was before; once more for the one before that.

    Raises:
        ModelError: there is none, or it cannot be loaded; what was in use stays.
    """
    before = current(own)
    if not before.previous:
        raise ModelError(
            f"no other model was in use before {before.model}",
            where=str(own),
            advice="see `mailtriage models list`, and name one with `mailtriage models use NAME`",
        )
    name = before.previous[-1]
    load(find(name, own))
    return _chosen(Choice(name, before.previous[:-1]), own)


def listed(own: Path) -> list[Entry]:
    """Every model there is, those that come with the program first, by name."""
    found = [(place, False) for place in _folders(shipped_folder())]
    found += [(place, True) for place in _folders(own) if place.name not in (SHIPPED, CURRENT)]
    return [_entry(place, own=mine) for place, mine in found]


def _folders(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if not path.name.startswith(".") and (path / MANIFEST).is_file())


def _entry(place: Path, *, own: bool) -> Entry:
    try:
        return Entry(place.name, place, own, read_manifest(place))
    except ModelError as error:
        return Entry(place.name, place, own, None, error.what)


def _chosen(choice: Choice, own: Path) -> Choice:
    write_aside(own / CURRENT, json.dumps({"model": choice.model, "previous": list(choice.previous)}) + "\n")
    return choice
