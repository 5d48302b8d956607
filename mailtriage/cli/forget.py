"""``mailtriage forget ADDRESS``: erasure on request."""

from __future__ import annotations

import click

from mailtriage.cli import Common


@click.command()
@click.argument("address")
@click.pass_obj
def forget(common: Common, address: str) -> None:
    """Remove everything that is stored about mail from ADDRESS. The mail itself is not touched."""
    from mailtriage.cli.opened import opened_store, required_settings  # noqa: PLC0415 - keeps --help quick

    settings, _ = required_settings(common)
    with opened_store(settings) as (journal, _bells):
        gone = journal.forget_sender(address)
    click.echo(f"removed what was stored about {gone} {'message' if gone == 1 else 'messages'}")
