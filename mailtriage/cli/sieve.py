"""``mailtriage sieve``: filing at delivery."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from mailtriage.cli import Common, advice
from mailtriage.errors import ConfigurationError, MailtriageError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from mailtriage.settings import Account, Settings

_DAYS = 60


@click.command()
@click.option("--account", "name", help="The account; otherwise all of them.")
@click.option("--days", type=click.IntRange(1, 366), default=_DAYS, show_default=True, help="How many days it covers.")
@click.option("--install", is_flag=True, help="Put it on the server, beside the script there.")
@click.option("--remove", is_flag=True, help="Take it away from the server.")
@click.pass_obj
def sieve(common: Common, name: str | None, days: int, install: bool, remove: bool) -> None:
    """Print the Sieve script by which the server itself keeps parents' mail out of the inbox, out of hours.

    Where a provider has no Sieve, print what its own filters can do.
    """
    from mailtriage.cli.opened import required_accounts, required_settings  # noqa: PLC0415 - keeps --help quick

    if install and remove:
        raise UsageError("--install and --remove contradict each other", advice="give one of them")
    action = "install" if install else "remove" if remove else None
    settings, path = required_settings(common)
    required_accounts(settings, path)
    accounts = [account for account in settings.accounts if name in (None, account.name)]
    if not accounts:
        known = ", ".join(account.name for account in settings.accounts)
        raise UsageError(f"there is no account {name}", where="--account", advice=f"the accounts are {known}")
    failed = 0
    for position, account in enumerate(accounts):
        if position and action is None:
            click.echo()
        try:
            _one(settings, account, path.absolute().parent, days, action)
        except MailtriageError as error:
            if len(accounts) == 1:
                raise
            failed += 1
            click.echo(f"{account.name}: {advice(error)}", err=True)
    if failed:
        sys.exit(1)


def _one(settings: Settings, account: Account, base: Path, days: int, action: str | None) -> None:
    from mailtriage.service.renewing import sieve_server  # noqa: PLC0415 - keeps --help quick

    if sieve_server(account) is None:
        if action:
            what, how = f"{account.host} has no ManageSieve", f"see mailtriage sieve --account {account.name}"
            raise ConfigurationError(what, account.name, how)
        _steps(settings, account, base)
    elif action == "install":
        _install(settings, account, base, days)
    elif action == "remove":
        _remove(account)
    else:
        _print(settings, account, base, days)


def _steps(settings: Settings, account: Account, base: Path) -> None:
    from mailtriage.decide.filing import provider_of, steps_for  # noqa: PLC0415 - keeps --help quick
    from mailtriage.service.opening import scope_rules  # noqa: PLC0415 - as above

    rules = scope_rules(settings, account, base)
    address = account.effective_address or account.username
    language = settings.school.language
    click.echo(steps_for(provider_of(account.host), account.name, address, rules, language), nl=False)


def _print(settings: Settings, account: Account, base: Path, days: int) -> None:
    from mailtriage.act.later import later_name  # noqa: PLC0415 - keeps --help quick
    from mailtriage.service.opening import connector  # noqa: PLC0415 - as above
    from mailtriage.service.renewing import filing_for  # noqa: PLC0415 - as above

    try:
        mailbox = connector(account)
        try:
            folder = later_name(mailbox.folders())
        finally:
            mailbox.close()
    except MailtriageError as error:
        folder = "Triage/Later"
        what = f"{account.name}: how the server names its folders could not be looked up ({error.what})"
        click.echo(f"{what}; the script says {folder}", err=True)
    now = datetime.now(UTC)
    click.echo(filing_for(settings, account, base, folder, now).script_at(now, days), nl=False)


def _install(settings: Settings, account: Account, base: Path, days: int) -> None:
    from mailtriage.decide.filing import Coverage  # noqa: PLC0415 - keeps --help quick
    from mailtriage.service.opening import connector  # noqa: PLC0415 - as above
    from mailtriage.service.renewing import place  # noqa: PLC0415 - as above

    if account.hold != "delivery":
        what = f'hold is "{account.hold}", so nothing would bring back what the script files'
        raise ConfigurationError(what, account.name, 'set hold = "delivery" for this account, and let the service run')
    now = datetime.now(UTC)
    notes = place(settings, account, base, connector, now, days)
    end = Coverage(now.date(), days).end.astimezone(settings.school.zone)
    click.echo(f"{account.name}: installed; it files until {end:%Y-%m-%d %H:%M}, and the service renews it before that")
    for note in notes:
        click.echo(f"  note: {note}")


def _remove(account: Account) -> None:
    from mailtriage.act.managesieve import remove  # noqa: PLC0415 - keeps --help quick
    from mailtriage.service.renewing import scripts_of  # noqa: PLC0415 - as above

    with scripts_of(account) as scripts:
        if not remove(scripts):
            click.echo(f"{account.name}: there was nothing of ours on the server")
            return
        active = scripts.listing().active
    then = f"{active} is active again" if active else "no script is active now"
    click.echo(f"{account.name}: removed; {then}. What lies in the folder for later: mailtriage release --all")
