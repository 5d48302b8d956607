"""The school's figures as one HTML page that opens without a network: no script, no font, no picture from elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from mailtriage.figures import plots
from mailtriage.figures.counting import Figures
from mailtriage.figures.present import BELOW, METHOD, SECTIONS, UNKNOWN, WAITS, About, heading, share
from mailtriage.figures.words import Words
from mailtriage.plotting import page_with_plots


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: its words, number and share; ``below`` where it is a part of a row above it."""

    name: str
    number: str
    share: str
    below: bool


def page(figures: Figures, about: About, words: Words) -> str:
    """The figures as HTML; whatever the school is called is escaped.

    Raises:
        UsageError: matplotlib is not installed.
    """
    return page_with_plots("mailtriage.figures", "figures.html").render(
        words=words,
        figures=figures,
        about=about,
        heading=heading(figures, about, words),
        warnings=about.warnings(words),
        tiles=[] if figures.too_little else _tiles(figures, words),
        tables={} if figures.too_little else {name: _rows(figures, words, name) for name in SECTIONS},
        waits=[(words[name], words.minutes(getattr(figures.waiting, name))) for name in WAITS],
        plots={} if figures.too_little else _plots(figures, words),
        method=[words[note] for note in METHOD],
        unknown=[words[note] for note in UNKNOWN],
        made=words["made"].format(day=words.day(about.made_on), version=about.version),
    )


def _tiles(figures: Figures, words: Words) -> list[tuple[str, str]]:
    """What a reader wants to know first: words, and a share or else a number."""
    shares = {
        "simple": "simple",
        "substantive": "substantive",
        "out_of_hours": "out_of_hours",
        "offered": "offered_tile",
    }
    return [
        (words["mails"], words.number(figures.numbers["mails"])),
        *((words[label], words.percent(share(figures, name)) or "–") for name, label in shares.items()),
        (words["median_tile"], words.minutes(figures.waiting.median)),
    ]


def _rows(figures: Figures, words: Words, section: str) -> list[Row]:
    return [
        Row(words[name], words.number(figures.numbers[name]), words.percent(share(figures, name)), name in BELOW)
        for name in SECTIONS[section]
    ]


def _plots(figures: Figures, words: Words) -> dict[str, Markup]:
    kinds = ("yes_no", "appointment", "notice", "substantive", "unsure")
    arrival = ("at_work", "daytime", "evening", "night", "weekend", "free")
    drawn = {
        "kinds": plots.bars("kinds", figures, words, kinds, ("substantive",)),
        "waits": plots.bars("waits", figures, words, ("next_day", "later", "unanswered"), ("unanswered",)),
        "arrival": plots.bars("arrival", figures, words, arrival, ("at_work",)),
        "weeks": plots.weeks(figures, words),
        "heat": plots.heat(figures, words),
    }
    # What matplotlib draws holds numbers and our own words only.
    return {name: Markup(svg) for name, svg in drawn.items()}  # noqa: S704
