"""``mailtriage run``: the service, one pass, or a look without acting."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from mailtriage.cli import Common
from mailtriage.errors import UsageError

if TYPE_CHECKING:
    from mailtriage.service import Opening

_DAYS = 7
"""How far ``--dry-run`` looks back unless told."""


@click.command()
@click.option("--once", is_flag=True, help="Make one pass over every account and end.")
@click.option("--dry-run", "only_look", is_flag=True, help="Open folders read-only and print the plan, a JSON a line.")
@click.option(
    "--days", type=click.IntRange(1, 365), show_default=str(_DAYS), help="With --dry-run: how far to look back."
)
@click.pass_obj
def run(common: Common, once: bool, only_look: bool, days: int | None) -> None:
    """Watch the accounts of the configuration until stopped (SIGTERM); SIGHUP reloads the configuration."""
    from mailtriage.cli.logs import configure  # noqa: PLC0415 - keeps --help quick
    from mailtriage.cli.opened import opened_store, required_accounts, required_settings  # noqa: PLC0415 - as above
    from mailtriage.service import Memory, Opening, Service  # noqa: PLC0415 - as above

    if days is not None and not only_look:
        advice = "add --dry-run to look back, or leave --days out to run the service"
        raise UsageError("it goes with --dry-run only", where="--days", advice=advice)
    settings, path = required_settings(common)
    required_accounts(settings, path)
    configure(settings.logging)
    opening = Opening.of(settings, path.parent)
    if only_look:
        sys.exit(1 if _look(opening, days or _DAYS) else 0)
    with opened_store(settings) as (journal, bells):
        service = Service(opening, Memory(journal, bells))
        if once:
            sys.exit(1 if service.once() else 0)

        def reader() -> Opening:
            fresh, file = required_settings(common)
            required_accounts(fresh, file)
            return Opening.of(fresh, file.parent)

        service.run(reader)


def _look(opening: Opening, days: int) -> list[str]:
    """Print the plans for the mail of the last days in every account; returns the accounts that failed."""
    import structlog  # noqa: PLC0415 - keeps --help quick

    from mailtriage.dryrun.rows import row_of  # noqa: PLC0415 - as above
    from mailtriage.errors import MailtriageError  # noqa: PLC0415 - as above
    from mailtriage.service import connector, wall_clock  # noqa: PLC0415 - as above
    from mailtriage.store import Bells, Journal, open_database  # noqa: PLC0415 - as above
    from mailtriage.triage import Triage  # noqa: PLC0415 - as above

    failed = []
    # A dry-run remembers nothing: its store lives in memory and ends with it.
    engine = open_database("sqlite://")
    for account in opening.settings.accounts:
        desk = opening.desk(account, wall_clock)
        try:
            mailbox = connector(account)
            try:
                since = wall_clock() - timedelta(days=days)
                triage = Triage(desk, mailbox, Journal(engine), Bells(engine), drafts=None, since=since)
                for folder in account.folders:
                    for found in triage.look(folder, readonly=True):
                        source = f"{account.name}/{folder}#{found.place.uid}"
                        row = row_of(
                            source,
                            found.message,
                            found.scope,
                            found.verdict,
                            found.plan,
                            zone=opening.settings.school.zone,
                            error=found.failure or None,
                        )
                        click.echo(json.dumps(row, ensure_ascii=False))
            finally:
                mailbox.close()
        except MailtriageError as error:
            failed.append(account.name)
            structlog.get_logger("mailtriage").error(
                "account in trouble", account=account.name, reason=error.what, advice=error.advice
            )
    return failed
