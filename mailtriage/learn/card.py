"""The model card: what a model is for, how it does and where it falls short, filled from its manifest.

After Mitchell et al. 2019, "Model Cards for Model Reporting". Each number stands with the command that makes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from mailtriage.learn.present import COMPARED, HEADLINES
from mailtriage.modelfiles import Manifest, load, write_aside

CARD = "README.md"


def card(folder: Path) -> str:
    """The model card of a model, in Markdown.

    Raises:
        ModelError: the model cannot be loaded.
    """
    _, manifest = load(folder)
    size = sum(path.stat().st_size for path in folder.iterdir() if path.is_file() and path.name != CARD)
    environment = Environment(
        loader=PackageLoader("mailtriage.learn"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - Markdown; names of groups are escaped by ``cell``
    )
    environment.filters |= {"percent": lambda value: f"{value:.1%}", "cell": _cell}
    template = environment.get_template("card.md")
    return template.render(manifest=manifest, size=size / 1e6, rows=_rows(manifest), **_parts(manifest))


def write_card(folder: Path) -> Path:
    """Write the model card beside the model; returns its path.

    Raises:
        ModelError: the model cannot be loaded, or the card cannot be written.
    """
    write_aside(folder / CARD, card(folder))
    return folder / CARD


def _parts(manifest: Manifest) -> dict[str, Any]:
    figures = manifest.figures.get("over voices") or {}
    return {
        "figures": figures,
        "intervals": figures.get("intervals") or {},
        "data": manifest.data,
        "compared": COMPARED,
    }


def _rows(manifest: Manifest) -> list[tuple[str, str]]:
    """The headlines, each with its interval where there is one."""
    figures: Mapping[str, Any] = manifest.figures.get("over voices") or {}
    intervals = figures.get("intervals") or {}
    out = []
    for name, words, percentage in HEADLINES:
        if name in figures:
            low, high = intervals.get(name, (None, None))
            within = "" if low is None else f" ({_number(low, percentage)} to {_number(high, percentage)})"
            out.append((words, _number(figures[name], percentage) + within))
    return out


def _number(value: float, percentage: bool) -> str:
    return f"{value:.1%}" if percentage else f"{value:.3f}"


def _cell(text: object) -> str:
    """A text as it can stand in a cell of a Markdown table, and be nothing but text there."""
    plain = " ".join(str(text).split())
    return "".join(f"\\{sign}" if sign in "\\`*_[]<>|#!" else sign for sign in plain)
