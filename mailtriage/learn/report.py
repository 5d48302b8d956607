"""An evaluation as one HTML file that opens without a network: no script, no font, no picture from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from markupsafe import Markup

from mailtriage import __version__
from mailtriage.errors import MailtriageError, UsageError
from mailtriage.learn import plots
from mailtriage.learn.corpus import Example
from mailtriage.learn.evaluating import WORST, Evaluation
from mailtriage.learn.present import HEADLINES
from mailtriage.learn.sums import truth_of
from mailtriage.learn.validate import worst
from mailtriage.plotting import page_with_plots, require_plots
from mailtriage.records import CATEGORIES, Clue

_LONGEST = 1200
"""Signs of a mail that are shown."""


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot with what it shows in words."""

    title: str
    words: str
    svg: Markup


@dataclass(frozen=True, slots=True)
class Mistake:
    """A mail that was given a wrong category, and why."""

    example: Example
    given: str
    sure: bool
    probabilities: Mapping[str, float]
    text: str
    sentence: str
    clues: tuple[Clue, ...]
    flags: tuple[str, ...]


def check_place(path: Path) -> None:
    """Find out before the work whether a report can be written.

    Raises:
        UsageError: matplotlib is not installed, or the folder of the report is not there.
    """
    require_plots()
    if not path.absolute().parent.is_dir():
        raise UsageError(
            "the folder of the report is not there", where=str(path), advice="make it, or name another file"
        )


def write_report(evaluation: Evaluation, path: Path) -> None:
    """Write the report of an evaluation.

    Raises:
        UsageError: matplotlib is not installed.
        MailtriageError: the file cannot be written.
    """
    try:
        path.write_text(page(evaluation), "utf-8")
    except OSError as error:
        raise MailtriageError(
            f"the report could not be written ({error.strerror})",
            where=str(path),
            advice="look at the free space and the rights of that folder",
        ) from error


def page(evaluation: Evaluation) -> str:
    """The report as HTML; every text of a mail is escaped.

    Raises:
        UsageError: matplotlib is not installed.
    """
    return page_with_plots("mailtriage.learn", "report.html").render(
        evaluation=evaluation,
        figures=evaluation.figures,
        headlines=HEADLINES,
        categories=[category.value for category in CATEGORIES],
        plots=list(_plots(evaluation)),
        mistakes=list(_mistakes(evaluation)),
        wrong=int((evaluation.found.best != truth_of(evaluation.examples)).sum()),
        made_at=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        version=__version__,
    )


def _plots(evaluation: Evaluation) -> Iterator[Plot]:
    # What matplotlib draws holds numbers and our own words only.
    yield Plot(
        "Reliability",
        "Where the model says 80%, it should be right in 80%: on the dashed line. The numbers count mails.",
        Markup(plots.reliability(evaluation)),  # noqa: S704
    )
    yield Plot(
        "Risk against coverage",
        "If only the surest mails are trusted, how many of them are wrong.",
        Markup(plots.risk(evaluation)),  # noqa: S704
    )
    if evaluation.curve:
        yield Plot(
            "Learning curve by mails",
            "Every voice kept, part of its mails: what more mail of the same people brings.",
            Markup(plots.by_size(evaluation.curve)),  # noqa: S704
        )
        yield Plot(
            "Learning curve by voices",
            "Part of the writers, all their mails: what other people bring.",
            Markup(plots.by_voices(evaluation.curve)),  # noqa: S704
        )


def _mistakes(evaluation: Evaluation) -> Iterator[Mistake]:
    found = evaluation.found
    for at in worst(found, truth_of(evaluation.examples), WORST).tolist():
        example, verdict = evaluation.examples[at], found.evidence.get(at)
        text = example.message.newest
        given = CATEGORIES[int(found.best[at])].value
        yield Mistake(
            example=example,
            given=given,
            sure=not found.unsure[at],
            probabilities={
                name.value: float(value) for name, value in zip(CATEGORIES, found.probabilities[at], strict=True)
            },
            text=text if len(text) <= _LONGEST else text[:_LONGEST] + " …",
            sentence=verdict.sentence if verdict else "",
            clues=tuple(clue for clue in verdict.why if clue.about == given) if verdict else (),
            flags=tuple(flag.value for flag in verdict.flags) if verdict else (),
        )
