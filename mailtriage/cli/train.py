"""``mailtriage train`` and ``mailtriage evaluate``."""

from __future__ import annotations

from pathlib import Path

import click

from mailtriage.cli import Common

_DATA = click.option(
    "--data",
    type=click.Path(path_type=Path),
    multiple=True,
    help="JSONL file, or folder of them. Default: training_data/ in the checkout.",
)


@click.command()
@_DATA
@click.option("--name", default="own", show_default=True, help="The model's name.")
@click.option("--into", type=click.Path(path_type=Path, file_okay=False), help="Folder of models. Default: models/.")
@click.option("--jobs", type=int, default=-1, show_default=True, help="Processes; -1 for one a core.")
@click.option("--validate/--no-validate", default=True, show_default=True, help="Measure over voices as well.")
@click.pass_obj
def train(_common: Common, data: tuple[Path, ...], name: str, into: Path | None, jobs: int, validate: bool) -> None:
    """Train a model on labelled mail; the same data give the same model."""
    from mailtriage.learn.commands import data_paths, train_model  # noqa: PLC0415 - keeps --help quick

    folder = train_model(data_paths(data), name=name, into=into, jobs=jobs, validate=validate, say=click.echo)
    click.echo(f"model {name} is in {folder}")


@click.command()
@_DATA
@click.option("--model", default=None, help="A model to measure on the data. Default: leave whole voices out.")
@click.option("--jobs", type=int, default=-1, show_default=True, help="Processes; -1 for one a core.")
@click.pass_obj
def evaluate(common: Common, data: tuple[Path, ...], model: str | None, jobs: int) -> None:
    """Measure how well mail is judged: by leaving whole voices out, or a given model on given data."""
    from mailtriage.cli.configured import settings_or_defaults  # noqa: PLC0415 - keeps --help quick
    from mailtriage.learn.commands import data_paths, evaluate_model  # noqa: PLC0415 - as above

    settings, _ = settings_or_defaults(common.config)
    evaluate_model(data_paths(data), model=model, models=settings.classifier.models, jobs=jobs, say=click.echo)
