"""A model goes to disk and comes back; whatever is wrong with a file is refused with advice, and nothing in it runs."""

from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import pickle
import subprocess
import sys
import textwrap
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mailtriage.errors import ModelError, UsageError
from mailtriage.judge.features import read
from mailtriage.judge.model import score
from mailtriage.modelfiles import ARRAYS, MANIFEST, Manifest, load, save
from mailtriage.records import Address, Category, Message
from tests.modelfiles.conftest import made, put

MAIL = Message("", Address("", ""), "Noor", "Noor is ziek en komt vandaag niet. Kunnen we morgen bellen?")


def refusal(folder: Path) -> str:
    """What is said of a model that is refused; there must be advice."""
    with pytest.raises(ModelError) as caught:
        load(folder)
    assert caught.value.where == str(folder)
    assert "mailtriage" in caught.value.advice
    return caught.value.what


def changed(folder: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """The model with its manifest changed."""
    path = folder / MANIFEST
    data = json.loads(path.read_text("utf-8"))
    change(data)
    path.write_text(json.dumps(data), "utf-8")
    return folder


def with_arrays(folder: Path, content: bytes) -> Path:
    """The model with other arrays, and a manifest that vouches for them."""
    (folder / ARRAYS).write_bytes(content)
    return changed(folder, lambda data: data.update(arrays_sha256=hashlib.sha256(content).hexdigest()))


def arrays_of(folder: Path) -> dict[str, Any]:
    """The arrays of a saved model."""
    with np.load(folder / ARRAYS, allow_pickle=False) as loaded:
        return {name: loaded[name] for name in loaded.files}


def packed(arrays: dict[str, Any], *, allow_pickle: bool = False) -> bytes:
    """Arrays as the bytes of a file."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=allow_pickle, **arrays)
    return buffer.getvalue()


def test_a_model_comes_back_as_it_was(tmp_path: Path) -> None:
    """Probabilities agree to half precision; thresholds and name are the same."""
    model = made()
    save(model, Manifest("small", "2026-09-14"), tmp_path / "small")
    loaded, manifest = load(tmp_path / "small")
    before, after = (score(one, [read(MAIL)])[0].probabilities for one in (model, loaded))
    assert all(abs(before[name] - after[name]) < 0.01 for name in Category)
    assert (loaded.thresholds, manifest.name) == (model.thresholds, "small")


def test_a_second_save_replaces_the_first_and_leaves_nothing_behind(tmp_path: Path) -> None:
    """The new model stands alone; a model card that was there stays."""
    put(tmp_path, "small", seed=1)
    (tmp_path / "small" / "README.md").write_text("card")
    put(tmp_path, "small", seed=2)
    assert {path.name for path in tmp_path.iterdir()} == {"small"}
    assert {path.name for path in (tmp_path / "small").iterdir()} == {MANIFEST, ARRAYS, "README.md"}
    assert score(load(tmp_path / "small")[0], [read(MAIL)])[0].probabilities == pytest.approx(
        score(made(seed=2), [read(MAIL)])[0].probabilities, abs=0.01
    )


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/b", "/etc", "a\nb", "-x", "x" * 65, "é", "a b"])
def test_a_name_that_leads_elsewhere_is_not_written(tmp_path: Path, name: str) -> None:
    """No name can lead out of the folder of models, or look like an option."""
    with pytest.raises(UsageError):
        save(made(), Manifest(name, "2026-09-14"), tmp_path / "small")
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    """A name without a folder, a folder without a manifest, and one without arrays."""
    assert refusal(tmp_path / "none") == "there is no model"
    (tmp_path / "empty").mkdir()
    assert refusal(tmp_path / "empty") == "there is no model"
    folder = put(tmp_path, "small")
    (folder / ARRAYS).unlink()
    assert "cannot be read" in refusal(folder)


def test_altered_arrays_are_refused(tmp_path: Path) -> None:
    """One bit is enough."""
    folder = put(tmp_path, "small")
    content = bytearray((folder / ARRAYS).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / ARRAYS).write_bytes(content)
    assert "damaged or was altered" in refusal(folder)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"format": ' + b"9" * 5000]
)
def test_a_manifest_that_is_none_is_refused(tmp_path: Path, content: bytes) -> None:
    """Whatever stands in its place is an error of ours, no crash."""
    folder = put(tmp_path, "small")
    (folder / MANIFEST).write_bytes(content)
    assert refusal(folder)


def test_a_newer_format_and_other_features_are_refused(tmp_path: Path) -> None:
    """A model of another version is named as such."""
    assert "has format 2" in refusal(changed(put(tmp_path, "a"), lambda data: data.update(format=2)))
    told = refusal(changed(put(tmp_path, "b"), lambda data: data.update(features=99)))
    assert "features of version 99" in told


def test_a_model_from_before_features_had_a_version_has_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It loads while that is the present one, and is refused when there is another."""
    monkeypatch.setattr("mailtriage.modelfiles.manifest.FEATURES_VERSION", 1)
    folder = changed(put(tmp_path, "old"), lambda data: data.pop("features"))
    load(folder)
    monkeypatch.setattr("mailtriage.modelfiles.manifest.FEATURES_VERSION", 2)
    assert "features of version 1" in refusal(folder)


def test_a_model_that_says_something_else_here_is_refused(tmp_path: Path) -> None:
    """What it makes of the fixed mails is written beside it; where that differs, another version made it."""

    def differ(data: dict[str, Any]) -> None:
        data["probe"][1][0] = (data["probe"][1][0] + 0.5) % 1

    assert "something else here" in refusal(changed(put(tmp_path, "small"), differ))


@pytest.mark.parametrize("key", ["temperature", "thresholds", "name", "made_at"])
@pytest.mark.parametrize("value", [None, [], {}, "x/../y", float("nan"), 10**400, -1])
def test_a_manifest_with_wrong_values_is_refused(tmp_path: Path, key: str, value: Any) -> None:
    """No value in a manifest crashes the program: what is no name, date, temperature or threshold is refused."""
    folder = changed(put(tmp_path, "small"), lambda data: data.update({key: value}))
    if (key, value) == ("made_at", "x/../y"):
        load(folder)
    else:
        assert "not whole" in refusal(folder)


@pytest.mark.parametrize("part", ["sentence.columns", "category.inner", "flag.scale", "document.bias"])
@pytest.mark.parametrize("value", ["missing", "empty", "nan", "text", "negative"])
def test_arrays_of_the_wrong_kind_are_refused(tmp_path: Path, part: str, value: str) -> None:
    """Missing, of another shape or kind, not a number, out of range: each is refused, though the digest fits."""
    folder = put(tmp_path, "small")
    arrays = arrays_of(folder)
    old = arrays.pop(part)
    wrong = {
        "empty": np.zeros(0, dtype=old.dtype)[:, None],
        "nan": np.full(old.shape, np.nan),
        "text": np.full(old.shape, "x"),
        "negative": -1 - np.abs(old),
    }
    if value != "missing":
        arrays[part] = wrong[value]
    with_arrays(folder, packed(arrays))
    if value == "negative" and part in ("category.inner", "document.bias"):
        assert "something else here" in refusal(folder)
    else:
        assert "not whole" in refusal(folder)


class _Runs:
    """Writes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return Path.touch, (self.path,)


def test_code_in_a_model_file_does_not_run(tmp_path: Path) -> None:
    """An array of objects, and a bare pickle in place of the arrays: refused, and the code in them never ran."""
    trap = tmp_path / "ran"
    folder = put(tmp_path, "small")
    arrays = arrays_of(folder)
    arrays["document.bias"] = np.array([_Runs(trap)], dtype=object)
    with_arrays(folder, packed(arrays, allow_pickle=True))
    assert "not whole" in refusal(folder)
    with_arrays(folder, pickle.dumps(_Runs(trap)))
    assert "not whole" in refusal(folder)
    assert not trap.exists()
    pickle.loads(pickle.dumps(_Runs(trap)))  # noqa: S301 - proves that the trap would have worked
    assert trap.exists()


def test_a_file_that_unpacks_to_gigabytes_is_refused(tmp_path: Path) -> None:
    """A small file of many zeros is looked at before it is unpacked, and a header that claims too much is no crash."""
    folder = put(tmp_path, "small")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("sentence.columns.npy", bytes(65 << 20))
    assert "too large" in refusal(with_arrays(folder, buffer.getvalue()))
    claim = io.BytesIO()
    np.lib.format.write_array_header_1_0(claim, {"descr": "<f8", "fortran_order": False, "shape": (1 << 50,)})
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("sentence.columns.npy", claim.getvalue())
    assert "not whole" in refusal(with_arrays(folder, buffer.getvalue()))


def test_a_disk_that_fills_leaves_the_old_model(tmp_path: Path) -> None:
    """Every file above 100 KB fails to be written: the old model stays, works, and nothing is left beside it."""
    folder = put(tmp_path, "small", seed=1)
    before = (folder / MANIFEST).read_bytes()
    code = textwrap.dedent("""
        import resource, signal, sys
        from pathlib import Path
        from mailtriage.errors import ModelError
        from tests.modelfiles.conftest import put
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        try:
            put(Path(sys.argv[1]), "small", seed=2)
        except ModelError as error:
            print(error.what, "/", error.advice)
        """)
    result = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True, timeout=120
    )
    assert "the model could not be written" in result.stdout
    assert "the model in use is untouched" in result.stdout
    assert (folder / MANIFEST).read_bytes() == before
    load(folder)
    assert {path.name for path in tmp_path.iterdir()} == {"small"}


@pytest.mark.skipif(os.geteuid() != 0, reason="needs to mount a small disk")
def test_a_really_full_disk_leaves_the_old_model(tmp_path: Path) -> None:
    """On a disk with room for one model, the second does not fit: the first stays and works."""
    disk = tmp_path / "disk"
    disk.mkdir()
    one = sum(path.stat().st_size for path in put(tmp_path, "size").iterdir())
    options = f"size={int(one * 1.6)}"
    if subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(disk)], check=False).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        folder = put(disk, "small", seed=1)
        with pytest.raises(ModelError, match="No space left"):
            put(disk, "small", seed=2)
        load(folder)
        assert {path.name for path in disk.iterdir()} == {"small"}
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """A file where the folder of models should be: an error of ours, with the place."""
    (tmp_path / "models").write_text("")
    with pytest.raises(ModelError) as caught:
        put(tmp_path / "models", "small")
    assert str(tmp_path / "models") in caught.value.where


def test_a_failure_between_writing_and_renaming_leaves_the_old_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the new model cannot be put in its place, the old one stands there."""
    folder = put(tmp_path, "small", seed=1)
    before = (folder / ARRAYS).read_bytes()

    def full(_fd: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ModelError):
        put(tmp_path, "small", seed=2)
    assert (folder / ARRAYS).read_bytes() == before
    load(folder)
