"""``mailtriage models``: which models there are, which one is in use, and back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailtriage.cli import Common

if TYPE_CHECKING:
    from mailtriage.settings import Settings


@click.group()
def models() -> None:
    """List the models, look at one, take one into use, or go back to the one before."""


@models.command("list")
@click.pass_obj
def list_models(common: Common) -> None:
    """List the models, the one in use with a star."""
    from mailtriage.errors import ModelError  # noqa: PLC0415 - keeps --help quick
    from mailtriage.modelfiles import CURRENT, Entry, current, listed  # noqa: PLC0415 - as above

    settings, own = _place(common)
    try:
        in_use = settings.classifier.model if settings.classifier.model != CURRENT else current(own).model
    except ModelError as error:
        in_use = ""
        click.echo(f"{error}; {error.advice}", err=True)

    def row(entry: Entry) -> str:
        figures = entry.manifest.figures.get("over voices", {}) if entry.manifest else {}
        score = figures.get("macro_f1") if isinstance(figures, dict) else None
        about = entry.manifest.verdict if entry.manifest else f"cannot be used: {entry.problem}"
        made = entry.manifest.made_at[:10] if entry.manifest else ""
        shown = f"{score:.3f}" if isinstance(score, float) else "-"
        return f"{'*' if entry.name == in_use else ' '} {entry.name:24} {made:10}  {shown:>8}  {about or '-'}"

    entries = listed(own)
    click.echo(f"  {'name':24} {'made':10}  macro-F1  beside the one in use then")
    for entry in entries:
        click.echo(row(entry))
    if in_use and in_use not in {entry.name for entry in entries}:
        click.echo(f"the model in use, {in_use}, is not there", err=True)
    click.echo(f"own models: {own}", err=True)


@models.command()
@click.argument("name")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
def show(common: Common, name: str, form: str) -> None:
    """Show what model NAME says of itself, after checking that it can be used."""
    from mailtriage.learn.card import card  # noqa: PLC0415 - keeps --help quick
    from mailtriage.modelfiles import find, load  # noqa: PLC0415 - as above
    from mailtriage.modelfiles.manifest import raw_manifest  # noqa: PLC0415 - as above

    _, own = _place(common)
    folder = find(name, own)
    load(folder)
    if form == "json":
        click.echo(json.dumps({**raw_manifest(folder), "folder": str(folder)}, indent=2, ensure_ascii=False))
    else:
        click.echo(card(folder), nl=False)


@models.command()
@click.argument("name")
@click.option("--force", is_flag=True, help="Also where it was worse than the model in use.")
@click.pass_obj
def use(common: Common, name: str, force: bool) -> None:
    """Take model NAME into use; a running service follows within seconds."""
    from mailtriage.modelfiles import use as take  # noqa: PLC0415 - keeps --help quick

    settings, own = _place(common)
    choice = take(name, own, force=force)
    before = f" (before: {choice.previous[-1]})" if choice.previous else ""
    click.echo(f"{choice.model} is in use{before}")
    _warn_of_fixed(settings)


@models.command()
@click.pass_obj
def rollback(common: Common) -> None:
    """Take the model into use that was before; once more for the one before that."""
    from mailtriage.modelfiles import rollback as back  # noqa: PLC0415 - keeps --help quick

    settings, own = _place(common)
    click.echo(f"{back(own).model} is in use")
    _warn_of_fixed(settings)


@models.command()
@click.argument("name")
@click.option("--write", is_flag=True, help="Write it as README.md beside the model.")
@click.option("--into", type=click.Path(path_type=Path, file_okay=False), help="Folder of models where NAME stands.")
@click.pass_obj
def card(common: Common, name: str, write: bool, into: Path | None) -> None:
    """Print the model card of model NAME: what it is for, its figures and its limits."""
    from mailtriage.learn.card import card as text_of  # noqa: PLC0415 - keeps --help quick
    from mailtriage.learn.card import write_card  # noqa: PLC0415 - as above
    from mailtriage.modelfiles import checked_name, find  # noqa: PLC0415 - as above

    _, own = _place(common)
    folder = into / checked_name(name) if into else find(name, own)
    if write:
        click.echo(f"the model card is in {write_card(folder)}")
    else:
        click.echo(text_of(folder), nl=False)


def _place(common: Common) -> tuple[Settings, Path]:
    """The configuration, and the school's own folder of models."""
    from mailtriage.cli.configured import settings_or_defaults  # noqa: PLC0415 - keeps --help quick
    from mailtriage.modelfiles import own_folder  # noqa: PLC0415 - as above

    settings, _ = settings_or_defaults(common.config)
    return settings, own_folder(settings.classifier.models)


def _warn_of_fixed(settings: Settings) -> None:
    from mailtriage.modelfiles import CURRENT  # noqa: PLC0415 - keeps --help quick

    if settings.classifier.model != CURRENT:
        click.echo(
            f'Note: the configuration says classifier.model = "{settings.classifier.model}", and that wins. Take that '
            'line out, or write "current", to have this take effect.',
            err=True,
        )
