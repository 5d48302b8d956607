"""A model as named arrays, and back: each array is checked for its kind, its shape and its range."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mailtriage.judge.facts import FACTS, HEADS
from mailtriage.judge.features import WIDTH
from mailtriage.judge.model import Joint, Linear, Model, Thresholds
from mailtriage.records import CATEGORIES, FLAGS, Flag

LARGEST = 64 << 20
"""Bytes of all arrays, unpacked, above which a file is no model of ours."""

_JOINT_PARTS = ("mean", "scale", "inner", "inner_bias", "outer", "outer_bias")


def pack(model: Model) -> bytes:
    """The arrays of a model as the bytes of an ``.npz`` file without pickle."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **_arrays(model))
    return buffer.getvalue()


def unpack(packed: bytes) -> dict[str, NDArray[Any]]:
    """The arrays in the bytes of an ``.npz`` file.

    Raises:
        ValueError, BadZipFile, OSError, EOFError: they are damaged, too large, or hold anything but arrays.
    """
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > LARGEST:
            raise ValueError("its arrays are too large")
    with np.load(io.BytesIO(packed), allow_pickle=False) as loaded:
        return {name: loaded[name] for name in loaded.files}


def model_from(data: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Model:
    """A model from its manifest and its arrays.

    Raises:
        KeyError, TypeError, ValueError: something is missing, of the wrong kind, or out of its range.
    """
    thresholds = data["thresholds"]
    return Model(
        name=str(data["name"]),
        sentence=_linear(arrays, "sentence"),
        document=_linear(arrays, "document"),
        category=_joint(arrays, "category", len(CATEGORIES), exclusive=True),
        flag=_joint(arrays, "flag", len(FLAGS), exclusive=False),
        temperature=_number(data["temperature"], 1e-3, 1e3),
        thresholds=Thresholds(
            category_at_least=_number(thresholds["category_at_least"], 0, 1),
            simple_at_most=_number(thresholds["simple_at_most"], 0, 1),
            substantive_at_least=_number(thresholds["substantive_at_least"], 0, 1),
            elsewhere_at_least=_number(thresholds["elsewhere_at_least"], 0, 1),
            flags={flag: _number(thresholds["flags"][flag.value], 0, 1) for flag in Flag},
        ),
    )


def _arrays(model: Model) -> dict[str, NDArray[Any]]:
    """The wide arrays at half precision, which is enough."""
    arrays: dict[str, NDArray[Any]] = {}
    for part, linear in (("sentence", model.sentence), ("document", model.document)):
        arrays[f"{part}.columns"] = linear.columns
        arrays[f"{part}.idf"] = linear.idf.astype(np.float16)
        arrays[f"{part}.weights"] = linear.weights.astype(np.float16)
        arrays[f"{part}.bias"] = linear.bias
    for part, joint in (("category", model.category), ("flag", model.flag)):
        for name in _JOINT_PARTS:
            arrays[f"{part}.{name}"] = getattr(joint, name)
    return arrays


def _linear(arrays: Mapping[str, NDArray[Any]], part: str) -> Linear:
    columns = _checked(arrays[f"{part}.columns"], "i", (-1,))
    if len(columns) and (columns[0] < 0 or columns[-1] >= WIDTH or (np.diff(columns) <= 0).any()):
        raise ValueError(f"{part}.columns are out of range or out of order")
    return Linear(
        columns=columns.astype(np.int32),
        idf=_checked(arrays[f"{part}.idf"], "f", (len(columns),)).astype(np.float32),
        weights=_checked(arrays[f"{part}.weights"], "f", (len(columns), HEADS)).astype(np.float32),
        bias=_checked(arrays[f"{part}.bias"], "f", (HEADS,)),
    )


def _joint(arrays: Mapping[str, NDArray[Any]], part: str, outputs: int, *, exclusive: bool) -> Joint:
    inner = _checked(arrays[f"{part}.inner"], "f", (-1, FACTS, -1))
    nets, _, hidden = inner.shape
    scale = _checked(arrays[f"{part}.scale"], "f", (FACTS,))
    if nets == 0 or not (scale > 0).all():
        raise ValueError(f"{part} has no networks, or a scale that is not above 0")
    return Joint(
        mean=_checked(arrays[f"{part}.mean"], "f", (FACTS,)),
        scale=scale,
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


def _number(value: object, lowest: float, highest: float) -> float:
    """A number within bounds; what is not a number is refused, also NaN."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not lowest <= value <= highest:
        raise ValueError(f"{value!r:.40} is no number between {lowest} and {highest}")
    return float(value)
