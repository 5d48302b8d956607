"""``mailtriage explain``: why one message got its category and flags."""

from __future__ import annotations

import sys
from typing import Any

import click

from mailtriage.cli import Common


@click.command()
@click.argument("path", metavar="PATH")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--at", metavar="MOMENT", help="Decide as if it were this moment, like 2026-09-14T21:40.")
@click.option("--account", metavar="NAME", help="Whose hours and rules count. Default: the first account.")
@click.pass_obj
def explain(common: Common, /, path: str, **options: Any) -> None:
    """Explain how one message is read, judged and decided on.

    PATH is a file with one message, - for standard input, or a name as the dry-run tells it, like export.mbox#17.
    """
    from mailtriage.cli.configured import settings_or_defaults  # noqa: PLC0415 - keeps --help quick
    from mailtriage.dryrun.explaining import Wanted, run  # noqa: PLC0415 - as above

    settings, base = settings_or_defaults(common.config)
    run(Wanted(source=path, **options), settings, base, sys.stdin.buffer, sys.stdout.buffer)
