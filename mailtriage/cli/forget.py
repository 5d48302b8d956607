"""``mailtriage forget ADDRESS``: erasure on request."""

from __future__ import annotations

from email.utils import parseaddr

import click

from mailtriage.cli import Common
from mailtriage.errors import StoreError, UsageError


@click.command()
@click.argument("address")
@click.pass_obj
def forget(common: Common, address: str) -> None:
    """Remove everything that is stored about mail from ADDRESS. The mail itself is not touched."""
    from mailtriage.cli.opened import opened_store, required_settings  # noqa: PLC0415 - keeps --help quick
    from mailtriage.settings.section import is_address  # noqa: PLC0415 - as above
    from mailtriage.store import require_database  # noqa: PLC0415 - as above

    bare = parseaddr(address)[1]
    if not is_address(bare):
        raise UsageError("this is no e-mail address", advice="write it like kim@thuis.example; nothing was removed")
    settings, _ = required_settings(common)
    require_database(settings.store.url)
    with opened_store(settings) as (journal, _bells):
        held = journal.held_from(bare)
        if held:
            raise StoreError(
                f"{held} of the messages from this address {'is' if held == 1 else 'are'} held until somebody works;"
                " nothing was removed",
                advice="bring them back with mailtriage release --all, then run this command again",
            )
        gone = journal.forget_sender(bare)
    click.echo(f"removed what was stored about {gone} {'message' if gone == 1 else 'messages'}")
