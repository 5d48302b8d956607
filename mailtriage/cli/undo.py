"""``mailtriage undo``: taking back what was done in the mailboxes."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from mailtriage.cli import Common, advice
from mailtriage.errors import MailtriageError, StoreInUseError

if TYPE_CHECKING:
    from mailtriage.settings import Account, Settings
    from mailtriage.store import Bells, Journal


@click.command()
@click.option("--account", "name", help="The account; otherwise all of them.")
@click.option("--yes", "really", is_flag=True, help="Do it; without this it is only told what would be done.")
@click.pass_obj
def undo(common: Common, name: str | None, really: bool) -> None:
    """Take back what this program did in the mailboxes: held mail, digests, untouched drafts, marks, folders, scripts.

    What a person touched stays. The service must be stopped first.
    """
    from mailtriage.cli.logs import configure  # noqa: PLC0415 - keeps --help quick
    from mailtriage.cli.opened import (  # noqa: PLC0415 - as above
        chosen_accounts,
        settings_in_spite_of_calendars,
        store_or_none,
    )
    from mailtriage.store import Lock  # noqa: PLC0415 - as above

    settings, path = settings_in_spite_of_calendars(common)
    accounts = chosen_accounts(settings, path, name)
    configure(settings.logging)
    with store_or_none(settings) as (journal, bells):
        lock = Lock(journal.engine)
        try:
            if really:
                lock.take()
        except StoreInUseError as error:
            error.advice = "stop the service first: it would do again what is taken back"
            raise
        done = [_one(settings, account, journal, bells, really) for account in accounts]
        lock.release()
    if not really:
        click.echo("nothing was changed; add --yes to do it")
    if not all(done):
        sys.exit(1)


def _one(settings: Settings, account: Account, journal: Journal, bells: Bells, really: bool) -> bool:
    """Take back what was done in one account; True where all went well."""
    from mailtriage.act.imap import find_drafts_folder  # noqa: PLC0415 - keeps --help quick
    from mailtriage.service import connector  # noqa: PLC0415 - as above
    from mailtriage.service.releasing import holder_of  # noqa: PLC0415 - as above
    from mailtriage.triage.undoing import Undoer  # noqa: PLC0415 - as above

    complaints: list[str] = []
    click.echo(f"{account.name}:" if really else f"{account.name}, what would be done:")
    try:
        filed = (account.hold == "delivery" or account.sieve is not None) and not _script_gone(account, really)
        mailbox = connector(account)
        try:
            holder = holder_of(
                settings,
                account,
                mailbox,
                journal,
                lambda: datetime.now(UTC),
                lambda what, why: complaints.append(f"{what}: {why}"),
            )
            drafts = find_drafts_folder(mailbox, account.drafts)
            inbox = account.folders[0]
            undoer = Undoer(
                account.name, mailbox, bells, holder, inbox=inbox, drafts=drafts, really=really, filed=filed
            )
            for step in undoer.run():
                click.echo(f"  {step.what}: {step.count}")
                for reason in step.left:
                    click.echo(f"    left: {reason}")
        finally:
            mailbox.close()
    except MailtriageError as error:
        click.echo(f"{account.name}: {advice(error)}", err=True)
        return False
    for complaint in complaints:
        click.echo(f"{account.name}: {complaint}", err=True)
    return not complaints


def _script_gone(account: Account, really: bool) -> bool:
    """Take away the script that files at delivery: first of all, so that nothing more is filed. False where the server
    may go on filing."""
    from mailtriage.act.managesieve import remove, standing_of  # noqa: PLC0415 - keeps --help quick
    from mailtriage.service.renewing import scripts_of, sieve_server  # noqa: PLC0415 - as above

    if sieve_server(account) is None:
        click.echo("    left: the filter or rule that you set at the provider; take it away there")
        return False
    try:
        with scripts_of(account) as scripts:
            there = remove(scripts) if really else standing_of(scripts).ours is not None
    except MailtriageError as error:
        click.echo(f"    left: the Sieve script, if there is one ({error.what}); see mailtriage sieve --remove")
        return False
    click.echo(f"  Sieve scripts removed: {int(bool(there))}")
    return True
