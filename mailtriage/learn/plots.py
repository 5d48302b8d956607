"""Plots of an evaluation as SVG that stands in an HTML page.

Drawn by matplotlib, which is an extra. The colours drawn with are place-holders: they become CSS variables, so that the
page decides, in light and in dark.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

import numpy as np

from mailtriage.errors import UsageError
from mailtriage.learn.curve import Curve, Point
from mailtriage.learn.evaluating import Evaluation
from mailtriage.learn.sums import BINS, CONFIDENCE, IN_BIN, RIGHT, sums_of, truth_of

_TEXT, _GRID, _ONE, _TWO = "#010203", "#020304", "#030405", "#040506"
_STYLE = {_TEXT: "currentColor", _GRID: "var(--grid)", _ONE: "var(--one)", _TWO: "var(--two)"}


def require_plots() -> None:
    """Check that plots can be drawn.

    Raises:
        UsageError: matplotlib is not installed.
    """
    if find_spec("matplotlib") is None:
        raise UsageError(
            "the report has plots, and matplotlib is not installed",
            advice="install it with: pip install 'mailtriage[report]'",
        )


def reliability(evaluation: Evaluation) -> str:
    """How often the model is right where it says it is so probable: the nearer the diagonal, the better."""
    total = sums_of(evaluation.examples, evaluation.found).sum(0)
    counts = total[IN_BIN]
    some = counts > 0
    said, held = total[CONFIDENCE][some] / counts[some], total[RIGHT][some] / counts[some]
    with _figure("reliability", "said probability", "part that is right") as (axes, out):
        axes.plot([0, 1], [0, 1], color=_TEXT, linestyle="--", linewidth=0.9)
        places = (np.arange(BINS)[some] + 0.5) / BINS
        axes.bar(places, held, width=0.9 / BINS, color=_TWO, alpha=0.35)
        for place, count in zip(places, counts[some], strict=True):
            axes.annotate(
                f"{count:.0f}", (place, 0), xytext=(0, 4), textcoords="offset points", ha="center", color=_TEXT
            )
        axes.plot(said, held, color=_ONE, marker="o")
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1.03)
    return out[0]


def risk(evaluation: Evaluation) -> str:
    """The part that is wrong among the surest mails, by how many of them are taken."""
    found = evaluation.found
    order = np.argsort(-found.probabilities.max(1), kind="stable")
    wrong = (found.best != truth_of(evaluation.examples))[order]
    taken = np.arange(1, len(wrong) + 1)
    with _figure("risk", "part of the mail that is taken (surest first)", "part of it that is wrong") as (axes, out):
        keep = np.unique(np.linspace(0, len(wrong) - 1, 400).astype(int))
        axes.plot((taken / len(wrong))[keep], (np.cumsum(wrong) / taken)[keep], color=_ONE)
        figures = evaluation.figures
        axes.plot([1 - figures.unsure], [1 - figures.accuracy_when_sure], color=_TWO, marker="D", markersize=8)
        axes.annotate(
            "the thresholds in use",
            (1 - figures.unsure, 1 - figures.accuracy_when_sure),
            xytext=(-10, 14),
            textcoords="offset points",
            ha="right",
            color=_TEXT,
        )
        axes.set_xlim(0, 1.02)
        axes.set_ylim(bottom=0)
    return out[0]


def by_size(curve: Curve) -> str:
    """Macro-F1 by how many mails there were to learn from, all voices kept."""
    return _learning("size", "mails to learn from", curve.by_size, [point.mails for point in curve.by_size])


def by_voices(curve: Curve) -> str:
    """Macro-F1 by how many voices there were to learn from, all mails of each kept."""
    return _learning("voices", "voices to learn from", curve.by_voices, [point.voices for point in curve.by_voices])


def _learning(name: str, words: str, points: Sequence[Point], places: Sequence[float]) -> str:
    scores = [point.macro_f1 for point in points]
    with _figure(name, words, "macro-F1 over voices") as (axes, out):
        axes.set_xscale("log", base=2)
        axes.plot(places, scores, color=_ONE, marker="o")
        axes.set_xticks(places, [f"{place:.0f}" for place in places])
        axes.minorticks_off()
        for place, score in zip(places, scores, strict=True):
            axes.annotate(
                f"{score:.3f}", (place, score), xytext=(0, 8), textcoords="offset points", ha="center", color=_TEXT
            )
        axes.margins(0.12, 0.18)
    return out[0]


@contextmanager
def _figure(name: str, x_label: str, y_label: str) -> Iterator[tuple[Any, list[str]]]:
    """Axes to draw on; afterwards the list holds the SVG."""
    import matplotlib as mpl  # noqa: PLC0415 - an extra, and heavy
    from matplotlib.figure import Figure  # noqa: PLC0415 - as above

    out: list[str] = []
    # Words stay text: they can be read aloud and searched. The salt keeps the names in one page apart.
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": name, "font.size": 11}):
        figure = Figure(figsize=(6.2, 4.0), layout="constrained")
        axes = figure.add_subplot()
        axes.set_xlabel(x_label, color=_TEXT)
        axes.set_ylabel(y_label, color=_TEXT)
        axes.tick_params(colors=_TEXT)
        axes.grid(color=_GRID, linewidth=0.6)
        axes.set_axisbelow(True)
        for side, spine in axes.spines.items():
            spine.set_visible(side in ("left", "bottom"))
            spine.set_color(_TEXT)
        yield axes, out
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    out.append(_inline(buffer.getvalue(), name))


def _inline(svg: str, name: str) -> str:
    """An SVG file as an element of a page: without prologue and metadata, with names and colours of the page."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'\bid="', f'id="{name}-', svg)
    svg = re.sub(r'url\(#|xlink:href="#', lambda match: f"{match.group(0)}{name}-", svg)
    for drawn, shown in _STYLE.items():
        svg = svg.replace(drawn, shown)
    return re.sub(r'^<svg [^>]*?(viewBox="[^"]*")[^>]*>', r'<svg \1 xmlns:xlink="http://www.w3.org/1999/xlink">', svg)
