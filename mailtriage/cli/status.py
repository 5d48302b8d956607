"""``mailtriage status``: what the store knows, without touching a mailbox."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from mailtriage.cli import Common

if TYPE_CHECKING:
    from mailtriage.settings import Account, Settings

_SENDING = {
    "waiting": "waiting to be sent:",
    "uncertain": "uncertain if sent:",
    "refused": "refused to be sent:",
}


@click.command()
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
def status(common: Common, form: str) -> None:
    """Show for each account: last contact, waiting notifications, open intents, failures."""
    from mailtriage.cli.opened import opened_store, required_settings  # noqa: PLC0415 - keeps --help quick
    from mailtriage.store import require_database  # noqa: PLC0415 - as above

    settings, _ = required_settings(common)
    require_database(settings.store.url)
    with opened_store(settings) as (journal, bells):
        report = [
            _account(journal, bells, account.name, settings.school.zone) | {"warnings": _warnings(settings, account)}
            for account in settings.accounts
        ]
    if form == "json":
        click.echo(json.dumps(report, ensure_ascii=False, indent=2))
        return
    for one in report:
        click.echo(f"{one['account']}")
        click.echo(f"  last contact:          {one['last_contact'] or 'never'}")
        if one["trouble"]:
            click.echo(f"  in trouble:            {one['trouble']} (since {one['trouble_since']})")
        click.echo(f"  messages judged:       {one['seen']}")
        click.echo(f"  could not be judged:   {one['failed']}")
        for failure in one["failures"]:
            click.echo(f"    {failure}")
        click.echo(f"  not yet carried out:   {one['open']}")
        for reason in one["open_reasons"]:
            click.echo(f"    {reason}")
        click.echo(f"  waiting notifications: {one['waiting']}" + (f", next {one['next']}" if one["next"] else ""))
        for count, words in ((one["sending"][state], said) for state, said in _SENDING.items()):
            if count:
                click.echo(f"  {words:<22} {count}")
        for reason in one["sending"]["reasons"]:
            click.echo(f"    {reason}")
        for warning in one["warnings"]:
            click.echo(f"  warning:               {warning}")
        click.echo(f"  held mail:             {one['held']}" + (f", next back {one['back']}" if one["back"] else ""))
        rang = one["last_bell"]
        click.echo("  last urgent bell:      " + (f"{rang['at']}, for the {rang['whom']}" if rang else "none"))


def _warnings(settings: Settings, account: Account) -> list[str]:
    """Where nobody reads a mailbox for a while, and which lists of free days come to their end."""
    from mailtriage.decide.hours import schedules_of  # noqa: PLC0415 - keeps --help quick
    from mailtriage.decide.week import gap_warning, school_week  # noqa: PLC0415 - as above
    from mailtriage.settings.calendars import free_days  # noqa: PLC0415 - as above
    from mailtriage.settings.load import calendar_warnings_of  # noqa: PLC0415 - as above

    today = datetime.now(settings.school.zone).date()
    calendar = free_days(settings.school, today)
    schedules = schedules_of(settings, settings.staff_of(account), calendar)
    gap = gap_warning(schedules, school_week(settings.school, calendar), today)
    lists = [f"{one.where}: {one.what}" for one in calendar_warnings_of(settings, today)]
    return [gap, *lists] if gap else lists


def _account(journal: Any, bells: Any, name: str, zone: Any) -> dict[str, Any]:
    from mailtriage.store import Holds, Rings  # noqa: PLC0415 - keeps --help quick
    from mailtriage.store.outgoing import Submissions  # noqa: PLC0415 - as above

    def local(moment: Any) -> str | None:
        return None if moment is None else moment.astimezone(zone).isoformat(timespec="seconds")

    state = journal.account(name)
    held, back = Holds(journal.engine).waiting(name)
    waiting, last_bell = bells.waiting(name), Rings(journal.engine).last(name)
    return {
        "account": name,
        "last_contact": local(state.last_contact),
        "trouble": state.trouble,
        "trouble_since": local(state.trouble_since),
        **journal.counts(name),
        "failures": journal.failures(name),
        "open_reasons": journal.open_reasons(name),
        "waiting": len(waiting),
        "next": local(bells.next_due(name)),
        "held": held,
        "back": local(back),
        "sending": Submissions(journal.engine).summary(name),
        "last_bell": {"at": local(last_bell.at), "whom": last_bell.whom.value} if last_bell else None,
    }
