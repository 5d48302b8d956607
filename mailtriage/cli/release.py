"""``mailtriage release``: held mail back into the inbox."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from mailtriage.cli import Common, advice
from mailtriage.errors import MailtriageError, StoreInUseError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from mailtriage.service.releasing import Released
    from mailtriage.settings import Account, Settings
    from mailtriage.store import Journal


@click.command()
@click.option("--all", "everything", is_flag=True, help="Everything that lies in the hold, due or not, known or not.")
@click.option("--account", "name", help="The account; otherwise all of them.")
@click.pass_obj
def release(common: Common, everything: bool, name: str | None) -> None:
    """Bring held mail whose moment has come back into the inbox.

    Where the service runs, it is asked to do so; where it does not, or its store is lost, this does it.
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
    with store_or_none(settings) as (journal, _):
        lock = Lock(journal.engine)
        try:
            lock.take()
        except StoreInUseError:
            done = [_ask(one, journal, everything, settings.school.zone) for one in accounts]
        else:
            done = [_release(settings, one, journal, everything) for one in accounts]
            lock.release()
    if not all(done):
        sys.exit(1)


def _ask(account: Account, journal: Journal, everything: bool, zone: ZoneInfo) -> bool:
    from mailtriage.service.releasing import ask  # noqa: PLC0415 - keeps --help quick

    answer = ask(account, journal, everything=everything)
    if answer is None:
        click.echo(f"{account.name}: the service was asked, and has not done it yet; see mailtriage status", err=True)
        return False
    click.echo(f"{_told(account, answer, zone)} (done by the running service)")
    return True


def _release(settings: Settings, account: Account, journal: Journal, everything: bool) -> bool:
    from mailtriage.service.releasing import release as release_of  # noqa: PLC0415 - keeps --help quick

    try:
        done = release_of(settings, account, journal, lambda: datetime.now(UTC), everything=everything)
    except MailtriageError as error:
        click.echo(f"{account.name}: {advice(error)}", err=True)
        return False
    click.echo(_told(account, done, settings.school.zone))
    for complaint in done.complaints:
        click.echo(f"{account.name}: {complaint}", err=True)
    return not done.complaints


def _told(account: Account, done: Released, zone: ZoneInfo) -> str:
    until = f", the next until {done.next_at.astimezone(zone):%Y-%m-%d %H:%M}" if done.left and done.next_at else ""
    back = f"{done.count} {'message' if done.count == 1 else 'messages'} brought back"
    stay = f"{done.left} {'stays' if done.left == 1 else 'stay'}{until}" if done.left else "none stays"
    return f"{account.name}: {back}; {stay}"
