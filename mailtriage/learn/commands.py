"""What ``mailtriage train`` and ``mailtriage evaluate`` do."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from mailtriage.errors import UsageError
from mailtriage.learn.corpus import Example, data_files, load, require_variety
from mailtriage.learn.fit import fit, prepare
from mailtriage.learn.scoring import Figures, figures
from mailtriage.learn.validate import FOLDS, over_voices, predict
from mailtriage.modelfiles import Manifest, find, save, shipped_folder
from mailtriage.modelfiles import load as load_model

Say = Callable[[str], None]

_LIBRARIES = ("scikit-learn", "numpy", "scipy")


def data_paths(given: Sequence[Path]) -> list[Path]:
    """JSONL files from files and folders; the checkout's ``training_data/`` where none is given.

    Raises:
        UsageError: there are none.
    """
    wanted = list(given) or [Path(__file__).parent.parent.parent / "training_data"]
    paths = [path for one in wanted for path in (data_files(one) if one.is_dir() else [one])]
    missing = [path for path in paths if not path.is_file()]
    if missing or not paths:
        raise UsageError(
            "there is no labelled mail here",
            where=str(missing[0] if missing else wanted[0]),
            advice="give a JSONL file, or a folder of them, with --data",
        )
    return paths


def train_model(paths: Sequence[Path], *, name: str, into: Path | None, jobs: int, validate: bool, say: Say) -> Path:
    """Train on files, measure over voices if wanted, and write the model; returns its folder.

    Raises:
        TrainingDataError: the data cannot be used. ModelError: the model cannot be written.
    """
    examples = load(paths)
    require_variety(examples)
    say(f"{len(examples)} mails in {len({one.voice for one in examples})} voices")
    measured = _measure(examples, jobs, say) if validate else None
    model = fit(examples, name=name, jobs=jobs)
    manifest = Manifest(
        name=name,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        data_digest=digest_of(paths),
        versions={library: version(library) for library in _LIBRARIES},
        figures={"over voices": asdict(measured)} if measured else {},
    )
    folder = (into or shipped_folder()) / name
    save(model, manifest, folder)
    return folder


def evaluate_model(paths: Sequence[Path], *, model: str | None, models: Path | None, jobs: int, say: Say) -> Figures:
    """Measure a given model on files, or the recipe over the voices in them, and say the figures."""
    examples = load(paths)
    if model is None:
        return _measure(examples, jobs, say)
    loaded, _ = load_model(find(model, models))
    measured = figures(examples, predict(loaded, prepare(examples).readings))
    say(f"model {model} on {len(examples)} mails")
    for line in lines(measured):
        say(line)
    return measured


def lines(measured: Figures) -> list[str]:
    """Figures as lines for a person."""
    out = [
        f"macro-F1 {measured.macro_f1:.3f}, accuracy {measured.accuracy:.3f}, calibration error "
        f"{measured.calibration_error:.3f}",
        f"unsure on {measured.unsure:.1%}; accuracy when sure {measured.accuracy_when_sure:.3f}",
        f"substantive missed with confidence {measured.missed:.1%}; needless conversations {measured.needless:.1%}",
    ]
    for name, rates in [*measured.categories.items(), *measured.flags.items()]:
        out.append(
            f"{name:12} precision {rates.precision:.3f}  recall {rates.recall:.3f}  F1 {rates.f1:.3f}  "
            f"({rates.support})"
        )
    return out


def digest_of(paths: Sequence[Path]) -> str:
    """SHA-256 over the contents of files, in their order."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _measure(examples: Sequence[Example], jobs: int, say: Say) -> Figures:
    require_variety(examples)
    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("leaving voices out", total=FOLDS)
        found = over_voices(examples, jobs=jobs, done=lambda: progress.advance(task))
    measured = figures(examples, found)
    say(f"over voices ({FOLDS} parts, no voice in both):")
    for line in lines(measured):
        say(line)
    return measured
