"""``mailtriage check``: is everything in order, and what will be used."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from mailtriage.cli import Common

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailtriage.act.mailbox import Mailbox
    from mailtriage.decide import Schedule
    from mailtriage.service import Opening
    from mailtriage.settings import Account, Settings


@click.command()
@click.pass_obj
def check(common: Common) -> None:
    """Check the configuration, log in to every account, and say what will be used and what will not work."""
    from mailtriage.cli.logs import configure  # noqa: PLC0415 - keeps --help quick
    from mailtriage.cli.opened import opened_store, required_accounts, required_settings  # noqa: PLC0415 - as above
    from mailtriage.service import Opening  # noqa: PLC0415 - as above
    from mailtriage.settings.load import warnings_of  # noqa: PLC0415 - as above

    settings, path = required_settings(common)
    configure(settings.logging)
    click.echo(f"configuration: {path}: in order")
    for warning in warnings_of(settings, datetime.now(settings.school.zone).date()):
        click.echo(f"  warning: {warning.where}: {warning.what}" + (f" ({warning.advice})" if warning.advice else ""))
    required_accounts(settings, path)
    opening = Opening.of(settings, path.parent)
    click.echo(f"model: {opening.judge.name}: can be used")
    with opened_store(settings) as (journal, _):
        click.echo(f"store: {journal.engine.url.render_as_string(hide_password=True)}: can be used")
    for trouble in _bells(settings):
        click.echo(f"bells: will not work: {trouble}")
    failed = [account.name for account in settings.accounts if not _account(opening, account.name)]
    if failed:
        click.echo(f"{len(failed)} of {len(settings.accounts)} accounts cannot be used: {', '.join(failed)}", err=True)
        sys.exit(1)


def _bells(settings: Settings) -> list[str]:
    """What keeps bells from ringing; none rings for this."""
    from mailtriage.act.bell import troubles  # noqa: PLC0415 - keeps --help quick

    contact = settings.school.emergency
    found = troubles(settings.notifications.apprise, "notifications.apprise")
    return found + (troubles(contact.apprise, "school.emergency.apprise") if contact else [])


def _account(opening: object, name: str) -> bool:
    """Report on one account; True where it can be used."""
    from mailtriage.act.imap import describe  # noqa: PLC0415 - keeps --help quick
    from mailtriage.act.later import in_words as holding_in_words  # noqa: PLC0415 - as above
    from mailtriage.decide.urgent import in_words  # noqa: PLC0415 - as above
    from mailtriage.errors import MailtriageError  # noqa: PLC0415 - as above
    from mailtriage.service import Opening, connector  # noqa: PLC0415 - as above

    assert isinstance(opening, Opening)  # noqa: S101 - its type cannot be named without importing it above
    account = next(one for one in opening.settings.accounts if one.name == name)
    click.echo(f"account {name} ({account.username} at {account.host}:{account.effective_port}):")
    click.echo(f"  {in_words(opening.settings)}")
    desk = opening.desk(account, lambda: datetime.now(UTC))
    works = _working(opening, desk.office.schedules)
    try:
        mailbox = connector(account)
    except MailtriageError as error:
        _trouble("login", error)
        return False
    try:
        click.echo("  login: works")
        report = describe(mailbox, folder=account.folders[0], drafts=account.drafts)
        for sentence in report.use:
            click.echo(f"  will be used: {sentence}")
        for sentence in report.missing:
            click.echo(f"  will not work: {sentence}")
        listed = {folder.name for folder in mailbox.folders()}
        absent = [folder for folder in account.folders if folder not in listed and folder.upper() != "INBOX"]
        for folder in absent:
            click.echo(f"  will not work: the folder {folder} does not exist")
        for sentence in holding_in_words(account.hold, mailbox):
            click.echo(f"  {sentence}")
        sends, sentence = _sending(account, mailbox)
        click.echo(f"  {sentence}")
        if account.hold == "delivery":
            click.echo(f"  {_filing(opening, account, mailbox)}")
    except MailtriageError as error:
        _trouble("account", error)
        return False
    else:
        return works and sends and not absent
    finally:
        mailbox.close()


def _working(opening: Opening, schedules: Sequence[Schedule]) -> bool:
    """Tell when each of those whose mailbox it is works next, and where nobody does for a while; True where somebody
    works within a year."""
    from mailtriage.decide import next_to_be_told  # noqa: PLC0415 - keeps --help quick
    from mailtriage.decide.week import gap_warning, school_week  # noqa: PLC0415 - as above
    from mailtriage.errors import NoWorkingMomentError  # noqa: PLC0415 - as above

    now = datetime.now(opening.settings.school.zone)
    try:
        next_to_be_told(now, schedules, ())
    except NoWorkingMomentError as error:
        _trouble(error.where, error)
        return False
    for schedule in schedules:
        try:
            click.echo(f"  {schedule.name} works next: {schedule.next_open(now):%Y-%m-%d %H:%M %Z}")
        except NoWorkingMomentError:
            click.echo(f"  {schedule.name} does not work within a year")
    if gap := gap_warning(schedules, school_week(opening.settings.school, opening.calendar), now.date()):
        click.echo(f"  warning: {gap}")
    return True


def _sending(account: Account, mailbox: Mailbox) -> tuple[bool, str]:
    """Whether mail can be sent for teachers where that is wanted, and how it stands; nothing is sent for this."""
    from mailtriage.act.imap import find_sent_folder  # noqa: PLC0415 - keeps --help quick
    from mailtriage.act.smtp import Fate, submission_server, tried  # noqa: PLC0415 - as above

    server = submission_server(account)
    if server is None:
        return True, "sending: off (no [accounts.smtp])"
    receipt = tried(server)
    if receipt.fate is not Fate.SENT:
        # The reason ends with the server's codes, and its words begin with the last of them.
        words = receipt.words.removeprefix(receipt.reason.rpartition(" ")[2]).strip()
        said = f": {words}" if words else ""
        advice = "correct [accounts.smtp], or its secret; where they are right, the server cannot be used at the moment"
        return False, f"sending: does not work: {server.where}: {receipt.reason}{said}\n    what to do: {advice}"
    sent = find_sent_folder(mailbox)
    if sent is None:
        return False, 'sending: does not work: there is no folder for mail that was sent (create one, called "Sent")'
    return True, f"sending: works ({server.username} at {server.where}, copies go into the folder {sent})"


def _filing(opening: Opening, account: Account, mailbox: Mailbox) -> str:
    """How the script that files at delivery stands, or why that cannot be told."""
    from mailtriage.errors import MailtriageError  # noqa: PLC0415 - keeps --help quick
    from mailtriage.service.renewing import look, sieve_server  # noqa: PLC0415 - as above

    if sieve_server(account) is None:
        return f"filing at delivery: {account.host} has no Sieve, see mailtriage sieve --account {account.name}"
    try:
        placed = look(opening.settings, account, opening.base, mailbox, datetime.now(UTC))
    except MailtriageError as error:
        return f"filing at delivery: cannot be looked at: {error.what}" + (f" ({error.advice})" if error.advice else "")
    return placed.sentence(opening.settings.school.zone)


def _trouble(part: str, error: object) -> None:
    from mailtriage.errors import MailtriageError  # noqa: PLC0415 - keeps --help quick

    assert isinstance(error, MailtriageError)  # noqa: S101 - narrows the type for the checker
    click.echo(f"  {part}: does not work: {error.what}" + (f"\n    what to do: {error.advice}" if error.advice else ""))
