"""Plots of the school's figures, as SVG. They show what is shown as a number too, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from mailtriage.figures.counting import Cell, Figures
from mailtriage.figures.discretion import Shown
from mailtriage.figures.words import Words
from mailtriage.plotting import ONE, TEXT, TWO, plot

_WIDTH = 5.2
_FAINTEST = 0.06


def bars(name: str, figures: Figures, words: Words, parts: Sequence[str], apart: Sequence[str] = ()) -> str:
    """Numbers as bars, from the top down; those in ``apart`` in the other colour."""
    places = range(len(parts), 0, -1)
    lengths = [_length(figures.numbers[part]) for part in parts]
    with plot(name, "", "", (_WIDTH, 0.42 * len(parts) + 0.3)) as (axes, out):
        axes.barh(places, lengths, color=[TWO if part in apart else ONE for part in parts], height=0.68)
        axes.set_yticks(places, [words[part] for part in parts])
        for place, part, length in zip(places, parts, lengths, strict=True):
            label = words.number(figures.numbers[part])
            axes.annotate(label, (length, place), xytext=(5, 0), textcoords="offset points", va="center", color=TEXT)
        axes.set_xlim(0, max([*lengths, 1]) * 1.18)
        axes.set_xticks([])
        axes.grid(visible=False)
        axes.tick_params(left=False)
        axes.spines["bottom"].set_visible(False)
    return out[0]


def weeks(figures: Figures, words: Words) -> str:
    """Messages a week; a bar is as wide as the weeks that were put together."""
    start = figures.period.first - timedelta(figures.period.first.weekday())
    spans = [((one.first - start).days // 7, (one.last - start).days // 7 + 1) for one in figures.weeks]
    heights = [_length(one.mails) / (end - begin) for one, (begin, end) in zip(figures.weeks, spans, strict=True)]
    with plot("weeks", "", words["mails"], (_WIDTH, 3.0)) as (axes, out):
        widths = [end - begin - 0.14 for begin, end in spans]
        axes.bar([begin + 0.07 for begin, _ in spans], heights, width=widths, align="edge", color=ONE)
        last = spans[-1][1]
        ticks = range(0, last, max(1, -(-last // 6)))
        axes.set_xticks([tick + 0.07 for tick in ticks], [words.short_day(start + timedelta(7 * at)) for at in ticks])
        axes.set_xlim(0, last)
        axes.grid(visible=False, axis="x")
    return out[0]


def heat(figures: Figures, words: Words) -> str:
    """Messages by weekday and hour of arrival."""
    from matplotlib.patches import Rectangle  # noqa: PLC0415 - an extra, and heavy

    densities = [_length(cell.mails) / _size(cell) for cell in figures.cells]
    most = max([*densities, 0.001])
    with plot("heat", words["hours"], "", (_WIDTH, 3.2)) as (axes, out):
        for cell, density in zip(figures.cells, densities, strict=True):
            corner = (cell.since + 0.05, cell.first_day + 0.05)
            width, height = cell.until - cell.since - 0.1, cell.last_day - cell.first_day + 0.9
            strength = max(_FAINTEST, density / most)
            axes.add_patch(Rectangle(corner, width, height, facecolor=ONE, alpha=strength, linewidth=0))
        axes.set_xlim(0, 24)
        axes.set_ylim(7, 0)
        axes.set_xticks(range(0, 25, 3))
        axes.set_yticks([day + 0.5 for day in range(7)], [words.weekdays(day, day) for day in range(7)])
        axes.tick_params(left=False)
        axes.grid(visible=False)
        for spine in axes.spines.values():
            spine.set_visible(False)
    return out[0]


def _size(cell: Cell) -> int:
    """How many hours of a week a cell is."""
    return (cell.until - cell.since) * (cell.last_day - cell.first_day + 1)


def _length(shown: Shown | None) -> int:
    """What of a number can be drawn."""
    return 0 if shown is None or shown.kind == "fewer" else shown.number
