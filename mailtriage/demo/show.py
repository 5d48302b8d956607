"""What the demo prints."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from mailtriage.demo.stage import Seen, Stage
from mailtriage.records import Message


def show(stage: Stage, console: Console, *, zone: str = "Europe/Amsterdam") -> None:
    """Play the evening and the morning, and print them."""
    console.rule("Tuesday evening, 21:40. Juf Els works again tomorrow at 08:15.")
    seen = stage.deliver()
    console.print(_table(seen, zone))
    _digests(stage, console, "Told at once, because it cannot wait:")
    drafts = stage.drafts()
    console.print(f"\n{len(drafts)} replies lie in Drafts. None was sent. One of them, as the teacher finds it:")
    for draft in drafts[:1]:
        console.print(_mail(draft, "Drafts"))
    console.rule("Wednesday morning, 08:15")
    stage.morning()
    _digests(stage, console, "The digest (it takes the place of the unread one):")
    console.print("Nothing is left behind: the server and the store were temporary.")


def _table(seen: Sequence[Seen], zone: str) -> Table:
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - only for display

    table = Table(title=f"{len(seen)} mails came in", expand=False)
    for column in ("from", "subject", "category", "flags", "told"):
        table.add_column(column)
    for one in seen:
        known = one.known
        if known is None or known.category is None:
            category, flags, told = ("out of scope" if known is None else "not judged"), "", "no"
        else:
            category = f"{known.category.value}{' (unsure)' if known.unsure else ''}"
            flags = ", ".join(sorted(flag.value for flag in known.flags))
            local = one.bell.due_at.astimezone(ZoneInfo(zone)) if one.bell else None
            told = "at once" if one.bell and one.bell.urgent else f"waits until {local:%a %H:%M}" if local else "-"
        sender = one.message.sender.name or one.message.sender.address
        table.add_row(Text(sender), Text(one.message.subject), category, flags, told)
    return table


def _digests(stage: Stage, console: Console, title: str) -> None:
    for digest in stage.digests():
        console.print(f"\n{title}")
        console.print(_mail(digest, "INBOX"))


def _mail(message: Message, folder: str) -> Panel:
    text = "\n\n".join(part for part in (message.newest, message.signature) if part)
    heading = f"From: {message.sender.name} <{message.sender.address}>\nSubject: {message.subject}\n"
    if message.to:
        heading = f"To: {', '.join(f'{one.name} <{one.address}>' for one in message.to)}\n{heading}"
    return Panel(Text(f"{heading}\n{text}"), title=folder, expand=False)
