"""Evaluations as text for a person, and as JSON for a program."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from mailtriage.learn.compare import Comparison
from mailtriage.learn.evaluating import Evaluation
from mailtriage.learn.scoring import Figures, Rates

HEADLINES = (
    ("macro_f1", "macro-F1", False),
    ("accuracy", "accuracy", True),
    ("accuracy_when_sure", "accuracy when sure", True),
    ("unsure", "unsure", True),
    ("wrong_and_sure", "wrong, with confidence", True),
    ("missed", "substantive missed, with confidence", True),
    ("needless", "needless conversations, with confidence", True),
    ("calibration_error", "calibration error", False),
)
"""The figures that come first: name, words, and whether it reads as a percentage."""

COMPARED = {
    "over_voices": "over voices",
    "shipped": "over voices, on what comes with the program",
    "corrections": "on the newest corrections",
}
"""What a challenger is compared on, in words."""

SHORT = tuple(name for name, _, _ in HEADLINES)
"""The figures of a group that stand in a manifest."""


def lines(evaluation: Evaluation) -> Iterator[str]:
    """An evaluation as lines of text."""
    yield f"{evaluation.figures.count} mails, {evaluation.method}"
    yield "each with its 95% interval (bootstrap over voices where there are five or more, else over mails)"
    yield ""
    yield from figure_lines(evaluation.figures)
    for dimension, groups in evaluation.groups.items():
        yield ""
        yield (
            f"{dimension:24} mails  macro-F1  95% interval     sure  right when sure  wrong and sure  missed  needless"
            "  calibration"
        )
        for name, one in groups.items():
            low, high = one.intervals.get("macro_f1", (one.macro_f1, one.macro_f1))
            yield (
                f"{name:24.24} {one.count:5}     {one.macro_f1:.3f}  {low:.3f} to {high:.3f}  {1 - one.unsure:6.1%}"
                f"           {one.accuracy_when_sure:6.1%}          {one.wrong_and_sure:6.1%}  {one.missed:6.1%}"
                f"    {one.needless:6.1%}"
                f"        {one.calibration_error:.3f}"
            )
    if evaluation.curve:
        yield ""
        for words, points in (("mails", evaluation.curve.by_size), ("voices", evaluation.curve.by_voices)):
            yield f"learning curve by {words}"
            for point in points:
                yield f"  {point.mails:6.0f} mails of {point.voices:4.0f} voices: macro-F1 {point.macro_f1:.3f}"


def figure_lines(figures: Figures) -> Iterator[str]:
    """The figures of all mails as lines of text."""
    for name, words, percentage in HEADLINES:
        value = getattr(figures, name)
        yield f"{words:40} {_shown(value, percentage)}{_interval(figures, name, percentage)}"
    yield ""
    yield f"{'':12} {'precision':24}{'recall':24}{'F1':24}mails"
    for name, rates in [*figures.categories.items(), *figures.flags.items()]:
        yield f"{name:12} {_rates(figures, name, rates)}{rates.support}"


def comparison_lines(comparison: Comparison) -> Iterator[str]:
    """What became of a challenger, as lines of text."""
    yield f"beside {comparison.against}: {comparison.verdict}"
    for name, one in comparison.parts.items():
        yield (
            f"  {COMPARED[name]}, {one.mails} mails: macro-F1 {one.before:.3f} before, {one.after:.3f} now, difference "
            f"{one.difference:+.3f} ({one.low:+.3f} to {one.high:+.3f}): {one.verdict}"
        )


def as_json(evaluation: Evaluation) -> dict[str, Any]:
    """An evaluation as an object for JSON."""
    return {
        "method": evaluation.method,
        "model": evaluation.model or None,
        "mails": len(evaluation.examples),
        "figures": asdict(evaluation.figures),
        "groups": {
            dimension: {name: asdict(figures) for name, figures in groups.items()}
            for dimension, groups in evaluation.groups.items()
        },
        "curve": asdict(evaluation.curve) if evaluation.curve else None,
    }


def short_groups(evaluation: Evaluation) -> dict[str, dict[str, dict[str, float]]]:
    """The figures of groups as they stand in a manifest: a few numbers each."""
    return {
        dimension: {
            name: {"count": one.count, **{key: round(getattr(one, key), 4) for key in SHORT}}
            for name, one in groups.items()
        }
        for dimension, groups in evaluation.groups.items()
    }


def _shown(value: float, percentage: bool) -> str:
    return f"{value:.1%}" if percentage else f"{value:.3f}"


def _interval(figures: Figures, name: str, percentage: bool) -> str:
    if name not in figures.intervals:
        return ""
    low, high = figures.intervals[name]
    return f"  ({_shown(low, percentage)} to {_shown(high, percentage)})"


def _rates(figures: Figures, name: str, rates: Rates) -> str:
    cells = [
        f"{getattr(rates, kind):.3f}{_interval(figures, f'{name}.{kind}', False)}"
        for kind in ("precision", "recall", "f1")
    ]
    return "".join(f"{cell:24}" for cell in cells)
