"""``mailtriage report``: the school's figures."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailtriage.cli import Common

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from mailtriage.figures.counting import Figures, Period
    from mailtriage.figures.present import About
    from mailtriage.settings import Settings


@click.command()
@click.option("--from", "first", metavar="DATE", help="The first day. Default: the first of August of the school year.")
@click.option("--to", "last", metavar="DATE", help="The last day. Default: today.")
@click.option("--format", "form", type=click.Choice(["text", "json", "html"]), default="text", show_default=True)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file.")
@click.pass_obj
def report(common: Common, first: str | None, last: str | None, form: str, output: Path | None) -> None:
    """Show how much mail came in, of what kind and when, and how long simple questions waited.

    For the school as a whole, from the store alone: no mailbox is opened, nobody is singled out.
    """
    from mailtriage.cli.opened import opened_store, required_settings  # noqa: PLC0415 - keeps --help quick
    from mailtriage.errors import UsageError  # noqa: PLC0415 - as above
    from mailtriage.store import require_database  # noqa: PLC0415 - as above

    days = _day("--from", first), _day("--to", last)
    settings, _ = required_settings(common)
    if output is not None and not output.absolute().parent.is_dir():
        raise UsageError("the folder is not there", where=str(output), advice="make it, or name another file")
    if form == "html":
        from mailtriage.plotting import require_plots  # noqa: PLC0415 - as above

        require_plots()
    today = datetime.now(settings.school.zone).date()
    period = _period(*days, today, settings)
    require_database(settings.store.url)
    with opened_store(settings) as (journal, _):
        found = _figures(settings, journal.engine, period)
        about = _about(settings, journal.engine, period, today)
    _write(_shown(found, about, settings, form), output)


def _day(option: str, written: str | None) -> date | None:
    """The day that an option names; None where it is left out.

    Raises:
        UsageError: that is no date.
    """
    from mailtriage.errors import UsageError  # noqa: PLC0415 - keeps --help quick

    if written is None:
        return None
    try:
        return date.fromisoformat(written.strip())
    except ValueError:
        advice = "write it like 2026-11-23"
        raise UsageError("this is no date", where=f"{option} {written}", advice=advice) from None


def _period(first: date | None, last: date | None, today: date, settings: Settings) -> Period:
    """The days that are meant.

    Raises:
        UsageError: the last lies before the first.
    """
    from mailtriage.errors import UsageError  # noqa: PLC0415 - keeps --help quick
    from mailtriage.figures.counting import Period, school_year  # noqa: PLC0415 - as above

    last = last or today
    first = first or school_year(last)
    if last < first:
        raise UsageError(f"--to {last} lies before --from {first}", advice="put the earlier day first")
    return Period(first, last, settings.school.zone)


def _figures(settings: Settings, engine: Engine, period: Period) -> Figures:
    from mailtriage.decide import Schedule  # noqa: PLC0415 - keeps --help quick
    from mailtriage.figures.counting import figures  # noqa: PLC0415 - as above
    from mailtriage.figures.hours import Hours  # noqa: PLC0415 - as above
    from mailtriage.settings.calendars import free_days  # noqa: PLC0415 - as above
    from mailtriage.store.figures import handled  # noqa: PLC0415 - as above

    school = settings.school
    # A calendar file is read for a year back at a time.
    years = range(0, (period.last - period.first).days + 1, 365)
    calendar = [free for days in years for free in free_days(school, period.last - timedelta(days))]

    def hours_of(people: tuple[object, ...]) -> Hours:
        return Hours([Schedule.of(one, school, calendar) for one in settings.staff if one in people], school.zone)

    hours = {account.name: hours_of(settings.staff_of(account)) for account in settings.accounts}
    # Mailboxes that are not configured any more are counted by the hours of everybody.
    everybody = hours_of(settings.staff)
    with handled(engine, period.start, period.end) as rows:
        return figures(rows, lambda account: hours.get(account, everybody), period)


def _about(settings: Settings, engine: Engine, period: Period, today: date) -> About:
    from mailtriage import __version__  # noqa: PLC0415 - keeps --help quick
    from mailtriage.figures.present import About  # noqa: PLC0415 - as above
    from mailtriage.plain import plain_line  # noqa: PLC0415 - as above
    from mailtriage.store.figures import watched_since  # noqa: PLC0415 - as above

    since, kept = watched_since(engine), settings.privacy.keep_days
    watched = since.astimezone(settings.school.zone).date() if since else None
    kept_from = (datetime.now(UTC) - timedelta(days=kept)).astimezone(settings.school.zone).date()
    return About(
        school=plain_line(settings.school.name),
        made_on=today,
        version=__version__,
        keep_days=kept,
        watched_since=watched if watched and period.first < watched else None,
        kept_from=kept_from if period.first < kept_from else None,
        unfinished=period.last >= today,
    )


def _shown(found: Figures, about: About, settings: Settings, form: str) -> str:
    from mailtriage.figures.present import as_json, lines  # noqa: PLC0415 - keeps --help quick
    from mailtriage.figures.words import Words  # noqa: PLC0415 - as above

    words = Words(settings.school.language)
    if form == "json":
        return json.dumps(as_json(found, about), ensure_ascii=False, indent=2)
    if form == "text":
        return "\n".join(lines(found, about, words))
    from mailtriage.figures.page import page  # noqa: PLC0415 - as above

    return page(found, about, words)


def _write(text: str, output: Path | None) -> None:
    """Write to a file, or to standard output.

    Raises:
        MailtriageError: the file cannot be written.
    """
    from mailtriage.errors import MailtriageError  # noqa: PLC0415 - keeps --help quick

    if output is None:
        click.echo(text)
        return
    try:
        output.write_text(text.rstrip("\n") + "\n", "utf-8")
    except OSError as error:
        raise MailtriageError(
            f"the report could not be written ({error.strerror})",
            where=str(output),
            advice="look at the free space and the rights of that folder",
        ) from error
