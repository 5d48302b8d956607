"""``mailtriage train``: make a model from labelled mail and corrections."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from mailtriage.cli import Common

if TYPE_CHECKING:
    from mailtriage.learn.training import Order, Trained
    from mailtriage.settings import Settings

_OF_THE_STORE = Path(":store:")
"""What ``--corrections`` without a file stands for; no file can have this name."""


@click.command()
@click.option("--name", default="own", show_default=True, help="The model's name.")
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    multiple=True,
    help="JSONL file, or folder of them, to train on beside the mail that comes with the program. May be repeated.",
)
@click.option("--alone", is_flag=True, help="Leave out the mail that comes with the program.")
@click.option(
    "--corrections",
    type=click.Path(path_type=Path),
    multiple=True,
    is_flag=False,
    flag_value=_OF_THE_STORE,
    metavar="[FILE]",
    help="Learn from what teachers corrected, which weighs more; or from a FILE of it (mailtriage corrections export).",
)
@click.option("--into", type=click.Path(path_type=Path, file_okay=False), help="Folder of models to write to.")
@click.option("--jobs", type=int, default=-1, show_default=True, help="Processes; -1 for one a core.")
@click.option("--validate/--no-validate", default=True, show_default=True, help="Measure over voices and compare.")
@click.option("--check-only", is_flag=True, help="Train nothing: check the data and list near-duplicates.")
@click.pass_obj
def train(common: Common, /, check_only: bool, **options: Any) -> None:
    """Train a model, and compare it with the one in use.

    The same data give the same model. It is written to the school's own folder of models and judges nothing before
    `mailtriage models use` takes it into use.
    """
    from mailtriage.cli.configured import settings_or_defaults  # noqa: PLC0415 - keeps --help quick
    from mailtriage.learn.progress import stages  # noqa: PLC0415 - as above
    from mailtriage.learn.training import train as work  # noqa: PLC0415 - as above

    settings, _ = settings_or_defaults(common.config)
    with _own_corrections(common, _order(settings, options)) as order:
        if check_only:
            sys.exit(_check(order))
        with stages() as stage:
            trained = work(order, stage)
    _tell(order, trained)


def _order(settings: Settings, options: dict[str, Any]) -> Order:
    from mailtriage.errors import UsageError  # noqa: PLC0415 - keeps --help quick
    from mailtriage.learn.training import Order  # noqa: PLC0415 - as above
    from mailtriage.modelfiles import own_folder  # noqa: PLC0415 - as above

    if options["alone"] and not options["data"]:
        raise UsageError("with --alone there is nothing to train on", advice="name files with --data")
    return Order(own=own_folder(settings.classifier.models), in_use=settings.classifier.model, **options)


@contextmanager
def _own_corrections(common: Common, order: Order) -> Iterator[Order]:
    """The order with the corrections of the school's store as a file, which is gone afterwards."""
    if _OF_THE_STORE not in order.corrections:
        yield order
        return
    from mailtriage.cli.opened import opened_store, required_settings  # noqa: PLC0415 - keeps --help quick
    from mailtriage.errors import UsageError  # noqa: PLC0415 - as above
    from mailtriage.learn.confirmed import corrections_for_training, write_lines  # noqa: PLC0415 - as above
    from mailtriage.store import Corrections  # noqa: PLC0415 - as above

    settings, _ = required_settings(common)
    with opened_store(settings) as (journal, _bells):
        lines = corrections_for_training(Corrections(journal.engine))
    if not lines:
        raise UsageError(
            "there are no corrections to learn from", str(settings.store.url or "the store"), "leave out --corrections"
        )
    with TemporaryDirectory(prefix="mailtriage-") as folder:
        file = Path(folder) / "corrections.jsonl"
        write_lines(file, lines)
        given = tuple(one for one in order.corrections if one != _OF_THE_STORE)
        yield replace(order, corrections=(*given, file))


def _tell(order: Order, trained: Trained) -> None:
    from mailtriage.learn.present import comparison_lines, figure_lines  # noqa: PLC0415 - keeps --help quick

    if trained.evaluation is not None:
        click.echo(f"{trained.examples} mails, {trained.evaluation.method}")
        for line in figure_lines(trained.evaluation.figures):
            click.echo(line)
        click.echo("")
    if trained.comparison is not None:
        for line in comparison_lines(trained.comparison):
            click.echo(line)
    elif order.validate:
        click.echo("trained on nothing but what comes with the program: there is no comparison to make")
    click.echo(f"model {order.name} is in {trained.folder}")
    if order.into is None:
        click.echo(f"take it into use with: mailtriage models use {order.name}")


def _check(order: Order) -> int:
    """Load the data, and list near-duplicates; 1 where there are any."""
    from collections import Counter  # noqa: PLC0415 - keeps --help quick

    from mailtriage.errors import ExitStatus  # noqa: PLC0415 - as above
    from mailtriage.learn.corpus import load, require_variety  # noqa: PLC0415 - as above
    from mailtriage.learn.nearness import NEAR, near_pairs  # noqa: PLC0415 - as above

    mails, corrections = order.files()
    examples = load(mails, corrections)
    require_variety(examples)
    for words, names in (
        ("category", [one.category.value for one in examples]),
        ("flag", [flag.value for one in examples for flag in one.flags]),
        ("language", [one.language or "not said" for one in examples]),
    ):
        click.echo(f"{words:10} " + ", ".join(f"{name} {count}" for name, count in Counter(names).most_common()))
    voices, writers = len({one.voice for one in examples}), len({one.writer for one in examples})
    click.echo(f"{len(examples)} mails in {voices} voices of {writers} writers")
    pairs = near_pairs(examples)
    click.echo(f"{len(pairs)} pairs nearly the same (they share {NEAR:.0%} or more of their runs of five characters)")
    for pair in pairs:
        click.echo(f"  {pair.resemblance:.2f}  {pair.first.id}  {pair.second.id}")
    return int(ExitStatus.FAILED if pairs else ExitStatus.DONE)
