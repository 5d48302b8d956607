"""What a model says of itself, and how that stands in its folder."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mailtriage.errors import ModelError, UsageError
from mailtriage.judge.features import FEATURES_VERSION
from mailtriage.judge.model import Model

FORMAT = 1
MANIFEST = "manifest.json"
ARRAYS = "arrays.npz"
CURRENT = "current"
SHIPPED = "shipped"
RETRAIN = "train one with `mailtriage train`, or take another into use with `mailtriage models use`"

_LARGEST = 4 << 20
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a model says of itself.

    ``figures`` are those of validation over voices, ``groups`` those of languages, lengths and so on. ``data`` counts
    what it was trained on. ``comparison`` says how it did beside the model that was in use: its ``verdict`` is
    ``won``, ``tied`` or ``lost``; empty where nothing was compared. ``thresholds`` are filled in by ``load``.
    """

    name: str
    made_at: str
    data_digest: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    figures: Mapping[str, Any] = field(default_factory=dict)
    groups: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    comparison: Mapping[str, Any] = field(default_factory=dict)
    thresholds: Mapping[str, Any] = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        """``won``, ``tied`` or ``lost`` beside the model that was in use; empty where nothing was compared."""
        return str(self.comparison.get("verdict", ""))


def checked_name(name: str) -> str:
    """A name under which a model can stand in a folder.

    Raises:
        UsageError: it could lead out of the folder of models, or is no name at all.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name[:80]!r} is no name of a model",
            advice="use up to 64 letters, digits, dots, dashes and underscores, and begin with a letter or digit",
        )
    return name


def text_of(model: Model, manifest: Manifest, packed: bytes, probe: list[list[float]]) -> str:
    """The manifest of a model as it is written, with the digest of its arrays and what it makes of the probes."""
    thresholds = model.thresholds
    data = {
        "format": FORMAT,
        "features": FEATURES_VERSION,
        "name": manifest.name,
        "made_at": manifest.made_at,
        "data_digest": manifest.data_digest,
        "data": dict(manifest.data),
        "versions": dict(manifest.versions),
        "comparison": dict(manifest.comparison),
        "figures": dict(manifest.figures),
        "groups": dict(manifest.groups),
        "temperature": model.temperature,
        "thresholds": {
            "category_at_least": thresholds.category_at_least,
            "simple_at_most": thresholds.simple_at_most,
            "substantive_at_least": thresholds.substantive_at_least,
            "elsewhere_at_least": thresholds.elsewhere_at_least,
            "flags": {flag.value: value for flag, value in thresholds.flags.items()},
        },
        "probe": probe,
        "arrays_sha256": hashlib.sha256(packed).hexdigest(),
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def raw_manifest(folder: Path) -> dict[str, Any]:
    """The JSON of a model's manifest, of a format and features that this version knows.

    Raises:
        ModelError: it is missing, cannot be read, or belongs to another version.
    """
    where = str(folder)
    path = folder / MANIFEST
    try:
        if path.stat().st_size > _LARGEST:
            raise ModelError("the manifest of the model is too large to be one", where=where, advice=RETRAIN)
        data = json.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise ModelError("there is no model", where=where, advice=RETRAIN) from error
    except (OSError, ValueError, RecursionError) as error:
        raise ModelError(f"the model cannot be read ({error})", where=where, advice=RETRAIN) from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        found = data.get("format") if isinstance(data, dict) else None
        raise ModelError(f"the model has format {found!r}, this version reads {FORMAT}", where=where, advice=RETRAIN)
    # Models from before this number was written have the first features.
    features = data.get("features", 1)
    if features != FEATURES_VERSION:
        raise ModelError(
            f"the model was trained on features of version {features!r:.20}, this version makes "
            f"{FEATURES_VERSION}: it would judge at random",
            where=where,
            advice=RETRAIN,
        )
    return data


def manifest_of(data: Mapping[str, Any]) -> Manifest:
    """The manifest in a model's JSON.

    Raises:
        KeyError, ValueError, TypeError: it lacks something, or something is of the wrong kind.
    """
    name, made_at = data["name"], data["made_at"]
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ValueError("its name is no name")
    if not isinstance(made_at, str) or not made_at.isprintable():
        raise ValueError("its date is no text")
    return Manifest(
        name=name,
        made_at=made_at,
        data_digest=str(data.get("data_digest", "")),
        versions=dict(data.get("versions", {})),
        figures=dict(data.get("figures", {})),
        groups=dict(data.get("groups", {})),
        data=dict(data.get("data", {})),
        comparison=dict(data.get("comparison", {})),
        thresholds=dict(data["thresholds"]),
    )


def read_manifest(folder: Path) -> Manifest:
    """What the model in a folder says of itself, without reading the model.

    Raises:
        ModelError: it is missing, cannot be read, or belongs to another version.
    """
    try:
        return manifest_of(raw_manifest(folder))
    except (KeyError, ValueError, TypeError) as error:
        raise ModelError(f"the model is not whole ({error})", where=str(folder), advice=RETRAIN) from error
