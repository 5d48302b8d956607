"""``mailtriage corrections``: what teachers corrected, for the admin to look at, remove, take away and bring in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mailtriage.cli import Common

if TYPE_CHECKING:
    from mailtriage.settings import Settings
    from mailtriage.store import Correction, Corrections, Journal


@click.group()
def corrections() -> None:
    """Look at what teachers corrected: list, show, drop, export, import.

    Their text is stored with names, addresses, numbers and links masked, until it is dropped.
    """


@contextmanager
def _opened(common: Common) -> Iterator[tuple[Settings, Journal, Corrections]]:
    from mailtriage.cli.opened import opened_store, required_settings  # noqa: PLC0415 - keeps --help quick
    from mailtriage.store import Corrections  # noqa: PLC0415 - as above

    settings, _ = required_settings(common)
    with opened_store(settings) as (journal, _bells):
        yield settings, journal, Corrections(journal.engine)


@corrections.command("list")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
def list_corrections(common: Common, form: str) -> None:
    """List the corrections, oldest first, and point out those that contradict each other."""
    from mailtriage.learn.confirmed import contradictions  # noqa: PLC0415 - keeps --help quick

    with _opened(common) as (settings, _journal, store):
        every = store.all()
        against = contradictions(every)
        rows = [_row(one, against.get(one.id, []), settings.school.zone) for one in every]
    if form == "json":
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        said = f"{row['old'] or 'not judged'} -> {row['new']}"
        notes = "" if row["counts"] else "  (corrected again later: counts no more)"
        if row["contradicts"]:
            notes += f"  (nearly the same text as {', '.join(map(str, row['contradicts']))}, of another category)"
        click.echo(f"{row['id']:>5}  {row['at'][:16]}  {said:28}  {row['source']:6}  {row['subject'][:40]}{notes}")
    counting = sum(row["counts"] for row in rows)
    click.echo(f"{counting} of {len(rows)} corrections count; {len(against)} contradict another", err=True)


@corrections.command()
@click.argument("number", type=int, metavar="ID")
@click.pass_obj
def show(common: Common, number: int) -> None:
    """Show correction ID with its masked text."""
    from mailtriage.errors import UsageError  # noqa: PLC0415 - keeps --help quick

    with _opened(common) as (settings, _journal, store):
        found = store.find(number)
        if found is None:
            raise UsageError(f"there is no correction {number}", advice="see mailtriage corrections list")
        for name, value in _row(found, [], settings.school.zone).items():
            if name not in ("contradicts", "id", "subject"):
                shown = ("yes" if value else "no") if isinstance(value, bool) else value
                click.echo(f"{name + ':':12} {', '.join(shown) if isinstance(shown, list) else shown or '-'}")
        click.echo(f"subject:     {found.wording.subject}\n\n{found.wording.body}")


@corrections.command()
@click.argument("numbers", type=int, nargs=-1, metavar="[ID]...")
@click.option("--sender", help="Drop every correction of mail from this address.")
@click.pass_obj
def drop(common: Common, numbers: tuple[int, ...], sender: str | None) -> None:
    """Remove corrections, by ID or by sender. What was done in the mailbox stays as it is."""
    from mailtriage.errors import UsageError  # noqa: PLC0415 - keeps --help quick

    if not numbers and not sender:
        raise UsageError("nothing says which corrections to drop", advice="give IDs, or --sender ADDRESS")
    with _opened(common) as (_settings, journal, store):
        missing = sorted(set(numbers) - {one.id for one in store.all()})
        if missing:
            named = ", ".join(map(str, missing))
            raise UsageError(f"there is no correction {named}; none was dropped", advice="see corrections list")
        gone = store.drop(set(numbers))
        if sender:
            gone += store.drop_sender(journal.fingerprint(sender.strip().lower()))
    click.echo(f"dropped {gone} {'correction' if gone == 1 else 'corrections'}")


@corrections.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def export(common: Common, file: Path) -> None:
    """Write the corrections that count to FILE, as training data for `mailtriage train --corrections FILE`."""
    from mailtriage.learn.confirmed import corrections_for_training, write_lines  # noqa: PLC0415 - keeps --help quick

    with _opened(common) as (_settings, _journal, store):
        lines = corrections_for_training(store)
    write_lines(file, lines)
    click.echo(f"wrote {len(lines)} {'correction' if len(lines) == 1 else 'corrections'} to {file}")


@corrections.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.pass_obj
def take_in(common: Common, file: Path) -> None:
    """Add the corrections in FILE, all or none; those that are here already are left out."""
    from mailtriage.learn.confirmed import read_lines  # noqa: PLC0415 - keeps --help quick

    lines = read_lines(file)
    with _opened(common) as (_settings, _journal, store):
        added = store.take_in(lines)
    click.echo(f"took in {added} of {len(lines)} {'correction' if len(lines) == 1 else 'corrections'}")


def _row(one: Correction, against: list[int], zone: Any) -> dict[str, Any]:
    return {
        "id": one.id,
        "at": one.at.astimezone(zone).isoformat(timespec="seconds"),
        "account": one.account,
        "old": one.old.value if one.old else None,
        "new": one.new.value,
        "flags": sorted(flag.value for flag in one.flags),
        "language": one.language,
        "model": one.model,
        "source": one.source,
        "counts": one.active,
        "contradicts": against,
        "subject": one.wording.subject,
    }
