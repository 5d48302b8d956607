"""Plots of an evaluation, as SVG that stands in an HTML page."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mailtriage.learn.curve import Curve, Point
from mailtriage.learn.evaluating import Evaluation
from mailtriage.learn.sums import BINS, CONFIDENCE, IN_BIN, RIGHT, sums_of, truth_of
from mailtriage.plotting import ONE, TEXT, TWO, plot


def reliability(evaluation: Evaluation) -> str:
    """How often the model is right where it says it is so probable: the nearer the diagonal, the better."""
    total = sums_of(evaluation.examples, evaluation.found).sum(0)
    counts = total[IN_BIN]
    some = counts > 0
    said, held = total[CONFIDENCE][some] / counts[some], total[RIGHT][some] / counts[some]
    with plot("reliability", "said probability", "part that is right") as (axes, out):
        axes.plot([0, 1], [0, 1], color=TEXT, linestyle="--", linewidth=0.9)
        places = (np.arange(BINS)[some] + 0.5) / BINS
        axes.bar(places, held, width=0.9 / BINS, color=TWO, alpha=0.35)
        for place, count in zip(places, counts[some], strict=True):
            axes.annotate(
                f"{count:.0f}", (place, 0), xytext=(0, 4), textcoords="offset points", ha="center", color=TEXT
            )
        axes.plot(said, held, color=ONE, marker="o")
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1.03)
    return out[0]


def risk(evaluation: Evaluation) -> str:
    """The part that is wrong among the surest mails, by how many of them are taken."""
    found = evaluation.found
    order = np.argsort(-found.probabilities.max(1), kind="stable")
    wrong = (found.best != truth_of(evaluation.examples))[order]
    taken = np.arange(1, len(wrong) + 1)
    with plot("risk", "part of the mail that is taken (surest first)", "part of it that is wrong") as (axes, out):
        keep = np.unique(np.linspace(0, len(wrong) - 1, 400).astype(int))
        axes.plot((taken / len(wrong))[keep], (np.cumsum(wrong) / taken)[keep], color=ONE)
        figures = evaluation.figures
        axes.plot([1 - figures.unsure], [1 - figures.accuracy_when_sure], color=TWO, marker="D", markersize=8)
        axes.annotate(
            "the thresholds in use",
            (1 - figures.unsure, 1 - figures.accuracy_when_sure),
            xytext=(-10, 14),
            textcoords="offset points",
            ha="right",
            color=TEXT,
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
    with plot(name, words, "macro-F1 over voices") as (axes, out):
        axes.set_xscale("log", base=2)
        axes.plot(places, scores, color=ONE, marker="o")
        axes.set_xticks(places, [f"{place:.0f}" for place in places])
        axes.minorticks_off()
        for place, score in zip(places, scores, strict=True):
            axes.annotate(
                f"{score:.3f}", (place, score), xytext=(0, 8), textcoords="offset points", ha="center", color=TEXT
            )
        axes.margins(0.12, 0.18)
    return out[0]
