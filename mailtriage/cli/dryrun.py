"""``mailtriage dry-run``: exported mail judged, and what would be done shown."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from mailtriage.cli import Common
from mailtriage.errors import ExitStatus

_PATH = click.Path(path_type=Path, allow_dash=True)


@click.command("dry-run")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=_PATH)
@click.option(
    "--format", "form", type=click.Choice(["table", "jsonl", "csv", "html"]), default="table", show_default=True
)
@click.option("--at", metavar="MOMENT", help="Judge all mail as if it were this moment, like 2026-09-14T21:40.")
@click.option("--jobs", type=click.IntRange(0, 256), default=1, show_default=True, help="Processes; 0: one a core.")
@click.option("--account", metavar="NAME", help="Whose hours and rules count. Default: the first account.")
@click.option("--output", type=click.Path(path_type=Path), help="Write to this file, not to standard output.")
@click.option("--replies", is_flag=True, help="Show each reply in the table.")
@click.option("--quiet", is_flag=True, help="No summary and no progress on standard error.")
@click.pass_obj
def dry_run(common: Common, /, paths: tuple[Path, ...], **options: Any) -> None:
    """Judge exported mail and show what would be done. Nothing is changed.

    PATH is an mbox, a Maildir, a folder of .eml files, one .eml file, a .zip of those, or - for standard input.
    Each message is judged at the moment it arrived. Without a configuration, ordinary Dutch school hours count.
    """
    from mailtriage.cli.configured import settings_or_defaults  # noqa: PLC0415 - keeps --help quick
    from mailtriage.dryrun.command import Wanted, run  # noqa: PLC0415 - as above

    settings, base = settings_or_defaults(common.config)
    wanted = Wanted(paths=paths, **options)
    summary = run(wanted, settings, base, sys.stdin.buffer, sys.stdout.buffer)
    if summary is None:
        return
    if not wanted.quiet:
        click.echo(summary.text(), err=True)
    for line in summary.unreadable_lines():
        click.echo(line, err=True)
    if summary.unreadable:
        sys.exit(int(ExitStatus.SOME_UNREADABLE))
