"""``mailtriage evaluate``: how well mail is judged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailtriage.cli import Common

if TYPE_CHECKING:
    from mailtriage.learn.corpus import Example
    from mailtriage.learn.evaluating import Evaluation
    from mailtriage.learn.progress import Stage
    from mailtriage.settings import Settings


@click.command()
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Labelled mail (JSONL), or a folder of it. Default: what comes with the program. May be repeated.",
)
@click.option("--model", default=None, help="The model to measure. Default, with --data: the one in use.")
@click.option("--over-voices", is_flag=True, help="Leave whole voices out. Default without --data and --model.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--report", type=click.Path(path_type=Path, dir_okay=False), help="Write an HTML report to this file.")
@click.option("--curve", is_flag=True, help="Over voices: also measure on parts of the data (takes as long again).")
@click.option("--jobs", type=int, default=-1, show_default=True, help="Processes; -1 for one a core.")
@click.pass_obj
def evaluate(
    common: Common,
    data: tuple[Path, ...],
    model: str | None,
    over_voices: bool,
    form: str,
    report: Path | None,
    curve: bool,
    jobs: int,
) -> None:
    """Measure how well mail is judged.

    With --data FILE: the model in use (or --model NAME) on that mail. Without: the recipe on the mail that comes with
    the program, each voice judged by a model that was trained without it.
    """
    from mailtriage.cli.configured import settings_or_defaults  # noqa: PLC0415 - keeps --help quick
    from mailtriage.learn.corpus import load  # noqa: PLC0415 - as above
    from mailtriage.learn.progress import stages  # noqa: PLC0415 - as above
    from mailtriage.learn.sources import data_paths  # noqa: PLC0415 - as above

    leaving_out = over_voices or not (data or model)
    _check(over_voices and model is not None, curve and not leaving_out, report)
    settings, _ = settings_or_defaults(common.config)
    examples = load(data_paths(data))
    if leaving_out:
        with stages() as stage:
            evaluation = _over_voices(examples, curve, jobs, stage)
    else:
        evaluation = _of_model(examples, model or settings.classifier.model, settings)
    if report is not None:
        _report(evaluation, report)
    _show(evaluation, form)


def _check(both: bool, curve_of_model: bool, report: Path | None) -> None:
    """Refuse before any work what cannot be done."""
    from mailtriage.errors import UsageError  # noqa: PLC0415 - keeps --help quick

    if both:
        raise UsageError("--over-voices trains models of its own", advice="leave out --model or --over-voices")
    if curve_of_model:
        raise UsageError("--curve trains on parts of the data", advice="add --over-voices")
    if report is not None:
        from mailtriage.learn.report import check_place  # noqa: PLC0415 - as above

        check_place(report)


def _over_voices(examples: list[Example], curve: bool, jobs: int, stage: Stage) -> Evaluation:
    from mailtriage.learn import fit as fitting  # noqa: PLC0415 - keeps --help quick
    from mailtriage.learn.curve import learning_curve, steps  # noqa: PLC0415 - keeps --help quick
    from mailtriage.learn.evaluating import by_voices  # noqa: PLC0415 - as above
    from mailtriage.learn.validate import FOLDS  # noqa: PLC0415 - as above

    evaluation = by_voices(examples, jobs=jobs, done=stage("leaving voices out", FOLDS))
    if not curve:
        return evaluation
    done = stage("learning curve", steps())
    return evaluation.with_curve(
        learning_curve(examples, evaluation.figures, recipe=fitting.DEFAULT, jobs=jobs, done=done)
    )


def _of_model(examples: list[Example], name: str, settings: Settings) -> Evaluation:
    from mailtriage.learn.evaluating import by_model  # noqa: PLC0415 - keeps --help quick
    from mailtriage.learn.sources import shipped_ids  # noqa: PLC0415 - as above
    from mailtriage.modelfiles import find, load  # noqa: PLC0415 - as above

    loaded, _ = load(find(name, settings.classifier.models))
    seen = len({one.id for one in examples} & shipped_ids())
    if seen:
        click.echo(
            f"Note: {seen} of these {len(examples)} mails come with the program, and models are trained on them. On "
            "mail that a model has learned from, its figures flatter; --over-voices tells what they are worth.",
            err=True,
        )
    return by_model(examples, loaded, unsure_below=settings.classifier.unsure_below)


def _report(evaluation: Evaluation, path: Path) -> None:
    from mailtriage.learn.report import write_report  # noqa: PLC0415 - keeps --help quick

    write_report(evaluation, path)
    click.echo(f"the report is in {path}", err=True)


def _show(evaluation: Evaluation, form: str) -> None:
    from mailtriage.learn.present import as_json, lines  # noqa: PLC0415 - keeps --help quick

    if form == "json":
        click.echo(json.dumps(as_json(evaluation), ensure_ascii=False, indent=2))
        return
    for line in lines(evaluation):
        click.echo(line)
