"""Writing a model: aside, read back, and only then put in its place."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path

from mailtriage.errors import ModelError
from mailtriage.judge.model import Model
from mailtriage.modelfiles.arrays import model_from, pack, unpack
from mailtriage.modelfiles.load import load
from mailtriage.modelfiles.manifest import ARRAYS, MANIFEST, Manifest, checked_name, text_of
from mailtriage.modelfiles.probe import probe


def save(model: Model, manifest: Manifest, folder: Path) -> None:
    """Write a model aside and put it in its place; an earlier one stays until the new one is whole and can be read.

    Args:
        model: what was trained.
        manifest: what is to be said of it; thresholds are taken from the model.
        folder: where it is to stand; made where it is not there. Other files in it, like a model card, stay.

    Raises:
        UsageError: the manifest's name is no name of a model.
        ModelError: it cannot be written (a full disk, say); what was there before is untouched.
    """
    checked_name(manifest.name)
    aside: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        _write(model, manifest, aside)
        load(aside)
        _replace(aside, folder)
    except OSError as error:
        raise _unwritten(folder, error) from error
    finally:
        if aside is not None:
            shutil.rmtree(aside, ignore_errors=True)


def write_aside(path: Path, content: str) -> None:
    """Put a small file in its place, whole or not at all.

    Raises:
        ModelError: it cannot be written; what was there before is untouched.
    """
    aside: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        os.close(handle)
        aside = Path(name)
        _flushed(aside, content.encode("utf-8"))
        aside.chmod(0o644)
        aside.replace(path)
    except OSError as error:
        raise _unwritten(path, error) from error
    finally:
        if aside is not None:
            aside.unlink(missing_ok=True)


def _unwritten(place: Path, error: OSError) -> ModelError:
    return ModelError(
        f"the model could not be written ({error.strerror or error})",
        where=str(place),
        advice="look at the free space and the rights of that folder; the model in use is untouched",
    )


def _write(model: Model, manifest: Manifest, aside: Path) -> None:
    packed = pack(model)
    _flushed(aside / ARRAYS, packed)
    # The probe is asked of the model as it will be read: weights are kept at half precision.
    stored = model_from(json.loads(text_of(model, manifest, packed, [])), unpack(packed))
    _flushed(aside / MANIFEST, text_of(model, manifest, packed, probe(stored)).encode("utf-8"))


def _flushed(path: Path, content: bytes) -> None:
    """Write a file and have it on the disk, so that a power cut after the renaming leaves no empty model."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _replace(aside: Path, folder: Path) -> None:
    old = set_aside(folder)
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        extra = [path for path in folder.iterdir() if path.is_file() and path.name not in (MANIFEST, ARRAYS)]
        for path in extra:
            shutil.copy2(path, aside / path.name)
        folder.rename(old)
    aside.chmod(0o755)
    aside.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def set_aside(folder: Path) -> Path:
    """Where the earlier model of a folder stands for the moment between two renamings."""
    return folder.with_name(f".{folder.name}-old")
