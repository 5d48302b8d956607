"""Reading a model. Nothing in a model file can run."""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from pathlib import Path
from typing import Any

from mailtriage.errors import ModelError
from mailtriage.judge.model import Model
from mailtriage.modelfiles.arrays import LARGEST, model_from, unpack
from mailtriage.modelfiles.manifest import ARRAYS, RETRAIN, Manifest, manifest_of, raw_manifest
from mailtriage.modelfiles.probe import agrees

_DAMAGES = (
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    OSError,
    EOFError,
    MemoryError,
    NotImplementedError,
    RuntimeError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What numpy, zipfile and our own checks raise on files that are no models; each is told as one error of ours."""


def load(folder: Path) -> tuple[Model, Manifest]:
    """Read a model.

    Args:
        folder: where it stands, with its manifest.

    Returns:
        The model, and what it says of itself.

    Raises:
        ModelError: it is missing, corrupt, altered, of another format, made for other features, or says something else
            than where it was made.
    """
    where = str(folder)
    data = raw_manifest(folder)
    packed = _packed(folder)
    if hashlib.sha256(packed).hexdigest() != data.get("arrays_sha256"):
        raise ModelError("the model is damaged or was altered: its digest differs", where=where, advice=RETRAIN)
    try:
        model = model_from(data, unpack(packed))
        manifest = manifest_of(data)
        same = "probe" not in data or agrees(model, data["probe"])
    except _DAMAGES as error:
        raise ModelError(f"the model is not whole ({_short(error)})", where=where, advice=RETRAIN) from error
    if not same:
        raise ModelError(
            "the model says something else here than where it was made, so it was made by another version",
            where=where,
            advice=RETRAIN,
        )
    return model, manifest


def _packed(folder: Path) -> bytes:
    path = folder / ARRAYS
    try:
        if path.stat().st_size > LARGEST:
            raise ModelError("the model is too large to be one", where=str(folder), advice=RETRAIN)
        return path.read_bytes()
    except OSError as error:
        raise ModelError(f"the model cannot be read ({error})", where=str(folder), advice=RETRAIN) from error


def _short(error: Any) -> str:
    return f"{type(error).__name__}: {error}"[:200]
