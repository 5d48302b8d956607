"""Models on disk: a folder each, with the arrays, and a manifest that says what they are.

Nothing in a model file can run: arrays are read without pickle, numbers from JSON, and each is checked for its type
and shape. The manifest holds the digest of the arrays, so that a damaged or altered file is refused.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mailtriage.errors import ModelError
from mailtriage.judge.features import WIDTH
from mailtriage.judge.model import FACTS, HEADS, Joint, Linear, Model, Thresholds
from mailtriage.records import CATEGORIES, FLAGS, Flag

FORMAT = 1
MANIFEST = "manifest.json"
ARRAYS = "arrays.npz"
_LARGEST = 64 << 20
_RETRAIN = 'train one with `mailtriage train`, or use the one that comes with the program: classifier.model = "shipped"'


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a model says of itself. ``figures`` are those of validation over voices."""

    name: str
    made_at: str
    data_digest: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    figures: Mapping[str, Any] = field(default_factory=dict)


def save(model: Model, manifest: Manifest, folder: Path) -> None:
    """Write a model aside and put it in its place; an earlier one stays until the new one is whole and can be read.

    Raises:
        ModelError: it cannot be written (a full disk, say); what was there before is untouched.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        packed = _pack(model)
        (aside / ARRAYS).write_bytes(packed)
        (aside / MANIFEST).write_text(_manifest_text(model, manifest, packed), "utf-8")
        load(aside)
        _replace(aside, folder)
    except OSError as error:
        raise ModelError(
            f"the model could not be written ({error.strerror or error})",
            where=str(folder),
            advice="look at the free space and the rights of that folder; the model in use is untouched",
        ) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _replace(aside: Path, folder: Path) -> None:
    old = folder.with_name(f".{folder.name}-old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        extra = [path for path in folder.iterdir() if path.name not in (MANIFEST, ARRAYS)]
        for path in extra:
            shutil.copy2(path, aside / path.name)
        folder.rename(old)
    aside.chmod(0o755)
    aside.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def load(folder: Path) -> tuple[Model, Manifest]:
    """Read a model.

    Raises:
        ModelError: it is missing, corrupt, altered, or of another format.
    """
    where = str(folder)
    try:
        data = json.loads((folder / MANIFEST).read_text("utf-8"))
        packed = (folder / ARRAYS).read_bytes()
    except FileNotFoundError as error:
        raise ModelError("there is no model", where=where, advice=_RETRAIN) from error
    except (OSError, ValueError, RecursionError) as error:
        raise ModelError(f"the model cannot be read ({error})", where=where, advice=_RETRAIN) from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        found = data.get("format") if isinstance(data, dict) else None
        raise ModelError(f"the model has format {found!r}, this version reads {FORMAT}", where=where, advice=_RETRAIN)
    if hashlib.sha256(packed).hexdigest() != data.get("arrays_sha256"):
        raise ModelError("the model is damaged or was altered: its digest differs", where=where, advice=_RETRAIN)
    try:
        model = _model(data, _unpack(packed))
        manifest = Manifest(
            name=str(data["name"]),
            made_at=str(data["made_at"]),
            data_digest=str(data.get("data_digest", "")),
            versions=dict(data.get("versions", {})),
            figures=dict(data.get("figures", {})),
        )
    except (KeyError, ValueError, TypeError, OSError, zipfile.BadZipFile) as error:
        raise ModelError(f"the model is not whole ({error})", where=where, advice=_RETRAIN) from error
    return model, manifest


def shipped_folder() -> Path:
    """Where the models that come with the program are: inside the wheel, else beside the package in a checkout."""
    inside = Path(__file__).parent.parent / "shipped_models"
    return inside if inside.is_dir() else Path(__file__).parent.parent.parent / "models"


def find(name: str, folder: Path | None) -> Path:
    """The folder of a model by name: in the school's own folder, else among those that come with the program."""
    own = folder / name if folder else None
    return own if own is not None and own.is_dir() else shipped_folder() / name


def _arrays(model: Model) -> dict[str, NDArray[Any]]:
    """A model as named arrays; of the wide ones only the columns that say something, at half precision."""
    arrays: dict[str, NDArray[Any]] = {}
    for part, linear in (("sentence", model.sentence), ("document", model.document)):
        kept = np.flatnonzero(linear.idf)
        arrays[f"{part}.columns"] = kept.astype(np.int32)
        arrays[f"{part}.idf"] = linear.idf[kept].astype(np.float16)
        arrays[f"{part}.weights"] = linear.weights[kept].astype(np.float16)
        arrays[f"{part}.bias"] = linear.bias
    for part, joint in (("category", model.category), ("flag", model.flag)):
        for name in ("mean", "scale", "inner", "inner_bias", "outer", "outer_bias"):
            arrays[f"{part}.{name}"] = getattr(joint, name)
    return arrays


def _pack(model: Model) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **_arrays(model))
    return buffer.getvalue()


def _unpack(packed: bytes) -> dict[str, NDArray[Any]]:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > _LARGEST:
            raise ValueError("its arrays are too large")
    with np.load(io.BytesIO(packed), allow_pickle=False) as loaded:
        return {name: loaded[name] for name in loaded.files}


def _manifest_text(model: Model, manifest: Manifest, packed: bytes) -> str:
    thresholds = model.thresholds
    data = {
        "format": FORMAT,
        "name": manifest.name,
        "made_at": manifest.made_at,
        "data_digest": manifest.data_digest,
        "versions": dict(manifest.versions),
        "figures": dict(manifest.figures),
        "temperature": model.temperature,
        "thresholds": {
            "category_at_least": thresholds.category_at_least,
            "simple_at_most": thresholds.simple_at_most,
            "substantive_at_least": thresholds.substantive_at_least,
            "flags": {flag.value: value for flag, value in thresholds.flags.items()},
        },
        "arrays_sha256": hashlib.sha256(packed).hexdigest(),
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _model(data: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> Model:
    thresholds = data["thresholds"]
    return Model(
        name=str(data["name"]),
        sentence=_linear(arrays, "sentence"),
        document=_linear(arrays, "document"),
        category=_joint(arrays, "category", len(CATEGORIES), exclusive=True),
        flag=_joint(arrays, "flag", len(FLAGS), exclusive=False),
        temperature=float(data["temperature"]),
        thresholds=Thresholds(
            category_at_least=float(thresholds["category_at_least"]),
            simple_at_most=float(thresholds["simple_at_most"]),
            substantive_at_least=float(thresholds["substantive_at_least"]),
            flags={flag: float(thresholds["flags"][flag.value]) for flag in Flag},
        ),
    )


def _linear(arrays: dict[str, NDArray[Any]], part: str) -> Linear:
    columns = _checked(arrays[f"{part}.columns"], "i", (-1,)).astype(np.int64)
    if len(columns) and (columns.min() < 0 or columns.max() >= WIDTH or len(np.unique(columns)) != len(columns)):
        raise ValueError(f"{part}.columns are out of range")
    idf, weights = np.zeros(WIDTH, dtype=np.float32), np.zeros((WIDTH, HEADS), dtype=np.float32)
    idf[columns] = _checked(arrays[f"{part}.idf"], "f", (len(columns),))
    weights[columns] = _checked(arrays[f"{part}.weights"], "f", (len(columns), HEADS))
    return Linear(idf, weights, _checked(arrays[f"{part}.bias"], "f", (HEADS,)))


def _joint(arrays: dict[str, NDArray[Any]], part: str, outputs: int, *, exclusive: bool) -> Joint:
    inner = _checked(arrays[f"{part}.inner"], "f", (-1, FACTS, -1))
    nets, _, hidden = inner.shape
    return Joint(
        mean=_checked(arrays[f"{part}.mean"], "f", (FACTS,)),
        scale=_checked(arrays[f"{part}.scale"], "f", (FACTS,)),
        inner=inner,
        inner_bias=_checked(arrays[f"{part}.inner_bias"], "f", (nets, hidden)),
        outer=_checked(arrays[f"{part}.outer"], "f", (nets, hidden, outputs)),
        outer_bias=_checked(arrays[f"{part}.outer_bias"], "f", (nets, outputs)),
        exclusive=exclusive,
    )


def _checked(array: NDArray[Any], kind: str, shape: tuple[int, ...]) -> NDArray[Any]:
    """An array of the expected kind and shape, without infinities; -1 stands for any length."""
    fits = array.ndim == len(shape) and all(want in (-1, have) for want, have in zip(shape, array.shape, strict=True))
    if array.dtype.kind != kind or not fits or not np.isfinite(array).all():
        raise ValueError(f"an array is {array.dtype} {array.shape} where {kind} {shape} was expected")
    return array


__all__ = ["ARRAYS", "FORMAT", "MANIFEST", "Manifest", "find", "load", "save", "shipped_folder"]
