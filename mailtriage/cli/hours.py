"""``mailtriage hours``: the calendar as the program understands it."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import TYPE_CHECKING

import click

from mailtriage.cli import Common, advice
from mailtriage.errors import ExitStatus, NoWorkingMomentError, UsageError

if TYPE_CHECKING:
    from mailtriage.cli.week_pages import Page
    from mailtriage.settings import FreeDays, Settings, Staff

_YEARS = range(1970, 2200)
Mailbox = tuple[str | None, "tuple[Staff, ...]"]
"""An account's name, None where none is configured, and whose mailbox it is."""


@click.command()
@click.option("--account", metavar="NAME", help="Only this account. Default: every account.")
@click.option("--from", "start", metavar="DATE", help="The first day, like 2026-11-23. Default: today.")
@click.option("--days", type=click.IntRange(1, 366), default=14, show_default=True, help="How many days.")
@click.option(
    "--gap",
    type=click.IntRange(0, 366),
    default=3,
    show_default=True,
    help="Warn where nobody reads a mailbox for more than this many school days.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
def hours(common: Common, account: str | None, start: str | None, days: int, gap: int, form: str) -> None:
    """Show when each person works, teaches and is told of mail, day by day, and why not.

    Without a configuration, ordinary Dutch school hours count.
    """
    from mailtriage.cli.configured import settings_or_defaults  # noqa: PLC0415 - keeps --help quick
    from mailtriage.settings.calendars import free_days  # noqa: PLC0415 - as above

    first = _day(start) if start is not None else None
    settings, _ = settings_or_defaults(common.config)
    boxes = _mailboxes(settings, account)
    now = datetime.now(settings.school.zone)
    asked = now if first is None else datetime.combine(first, time(0), settings.school.zone)
    calendar = free_days(settings.school, asked.date())
    found = [_page(settings, box, calendar, asked, (days, gap)) for box in boxes]
    pages = [page for page, _ in found]
    _show(pages, settings, form)
    for warning in (warning for page in pages for warning in page.warnings):
        _echo(f"warning: {warning}", err=True)
    errors = [error for _, error in found if error is not None]
    for error in errors:
        _echo(advice(error), err=True)
    if errors:
        sys.exit(int(ExitStatus.WRONG_USE))


def _day(written: str) -> date:
    try:
        day = date.fromisoformat(written.strip())
    except ValueError:
        day = date.min
    if day.year not in _YEARS:
        raise UsageError(
            "this is no date of the years 1970 to 2199", where=f"--from {written}", advice="write it like 2026-11-23"
        )
    return day


def _mailboxes(settings: Settings, wanted: str | None) -> list[Mailbox]:
    """The accounts that are asked for; without any account, everybody in the configuration as one.

    Raises:
        UsageError: there is no account of that name.
    """
    from mailtriage.settings import default_staff  # noqa: PLC0415 - keeps --help quick
    from mailtriage.settings.keys import nearest  # noqa: PLC0415 - as above

    names = [account.name for account in settings.accounts]
    if wanted is not None and wanted not in names:
        near = nearest(wanted, names)
        known = f"choose one of {', '.join(names)}" if names else "leave it out: no account is configured"
        guess = f"did you mean {near}? Else " if near else ""
        raise UsageError("there is no such account", where=f"--account {wanted}", advice=guess + known)
    if not names:
        return [(None, settings.staff or (default_staff(),))]
    return [(one.name, settings.staff_of(one)) for one in settings.accounts if wanted in (None, one.name)]


def _page(
    settings: Settings, box: Mailbox, calendar: Sequence[FreeDays], asked: datetime, lengths: tuple[int, int]
) -> tuple[Page, NoWorkingMomentError | None]:
    """An account's page, and what is wrong where nobody works within a year."""
    from mailtriage.cli.week_pages import Page  # noqa: PLC0415 - keeps --help quick
    from mailtriage.decide import next_to_be_told  # noqa: PLC0415 - as above
    from mailtriage.decide.hours import schedules_of  # noqa: PLC0415 - as above
    from mailtriage.decide.week import days_of, gaps, school_week  # noqa: PLC0415 - as above

    (name, people), (days, allowed) = box, lengths
    schedules = schedules_of(settings, people, calendar)
    when, first = settings.notifications.when, asked.date()
    each = [days_of(schedule, first, days, when) for schedule in schedules]
    told: datetime | None = None
    told_to: tuple[str, ...] = ()
    problem = None
    try:
        told, told_to = next_to_be_told(asked, schedules, when)
    except NoWorkingMomentError as error:
        problem = error
    page = Page(
        name=name,
        people=tuple(schedule.name for schedule in schedules),
        days=tuple(one for together in zip(*each, strict=True) for one in together),
        gaps=tuple(gaps(schedules, school_week(settings.school, calendar), first, days, allowed)),
        next_told=told,
        next_people=told_to,
    )
    return page, problem


def _show(pages: Sequence[Page], settings: Settings, form: str) -> None:
    from mailtriage.cli.week_pages import rows, text  # noqa: PLC0415 - keeps --help quick
    from mailtriage.cli.week_picture import ASCII, signs_for  # noqa: PLC0415 - as above

    zone, signs = settings.school.zone, signs_for(sys.stdout.encoding)
    if form == "json":
        found = [row for page in pages for row in rows(page, zone)]
        click.echo(json.dumps(found, ensure_ascii=signs is ASCII, indent=2))
        return
    for page in pages:
        _echo(text(page, zone, signs))
        _echo("")
    _echo(signs.legend(moments=bool(settings.notifications.when)))


def _echo(words: str, *, err: bool = False) -> None:
    """Print a text, with a question mark for what the terminal cannot show."""
    encoding = (sys.stderr if err else sys.stdout).encoding or "ascii"
    click.echo(words.encode(encoding, "replace").decode(encoding), err=err)
