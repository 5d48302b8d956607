"""From APPEND of a parent's mail to the draft that another client sees, on Dovecot with IDLE.

Run by hand: ``python -m tests.benchmarks.bench_draft``. The floor, in the same run, is a bare client in IDLE that is
told of an appended mail: the part that is Dovecot's own (it collects changes for half a second before it tells).
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import click
from imapclient import IMAPClient

from mailtriage.act.imap import connect
from mailtriage.act.mailbox import Mailbox
from mailtriage.service import Memory, Opening, Service
from mailtriage.settings import Account, Settings
from mailtriage.store import Bells, Journal, open_database
from tests.servers.dovecot import Dovecot, running

ROUNDS = 15
_DAY = ["00:00-24:00"]
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def mail(number: int) -> bytes:
    """A substantive mail."""
    return (
        f"From: Fatima Amrani <fatima@thuis.example>\r\nTo: groep5@obs.example\r\nSubject: Sanne {number}\r\n"
        f"Message-ID: <bench-{number}@thuis.example>\r\nDate: Tue, 15 Sep 2026 10:00:00 +0200\r\n\r\n"
        f"Sanne wordt nu al {number} weken gepest op het plein en huilt elke avond. Ik maak me grote zorgen. "
        "Wat gaan jullie daaraan doen?\r\n"
    ).encode()


def waited(reached: Callable[[], bool], client: IMAPClient) -> float:
    """Seconds until something is so, asked again and again; at most 20."""
    start = time.perf_counter()
    while not reached():
        if time.perf_counter() - start > 20:
            raise click.ClickException("it did not happen within 20 seconds")
        client.noop()
    return time.perf_counter() - start


def floor(dovecot: Dovecot) -> list[float]:
    """Seconds from APPEND until a bare client in IDLE is told."""
    taken = []
    with dovecot.client("floor") as idling, dovecot.client("floor") as other:
        idling.select_folder("INBOX")
        for number in range(ROUNDS):
            idling.idle()
            other.append("INBOX", mail(number))
            start = time.perf_counter()
            while not idling.idle_check(timeout=5):
                pass
            taken.append(time.perf_counter() - start)
            idling.idle_done()
    return taken


def drafts(dovecot: Dovecot, folder: Path) -> list[float]:
    """Seconds from APPEND until another client sees the draft, with the real service and the shipped model."""
    settings = Settings.model_validate(
        {
            "school": {"name": "De Regenboog", "phone": "010 555 01 23", "domains": ["obs.example"]},
            "staff": [{"name": "Els", "address": "els@obs.example", "hours": dict.fromkeys(_DAYS, _DAY)}],
            "accounts": [
                {
                    "name": "groep5",
                    "host": "localhost",
                    "username": "bench",
                    "address": "groep5@obs.example",
                    "secret": {"env": "UNUSED"},
                    "staff": ["Els"],
                }
            ],
        }
    )
    engine = open_database(str(folder / "store.sqlite"))
    journal = Journal(engine)

    def reach(_account: Account) -> Mailbox:
        return connect(dovecot.connection("bench"))

    service = Service(Opening.of(settings, folder), Memory(journal, Bells(engine)), connect=reach)
    service.start()
    taken = []
    with dovecot.client("bench") as client:
        waited(lambda: journal.watermark("groep5", "INBOX") is not None, client)
        for number in range(ROUNDS):
            client.append("INBOX", mail(number))
            taken.append(waited(partial(_count_is, client, number + 1), client))
    service.stop()
    engine.dispose()
    return taken


def _count_is(client: IMAPClient, wanted: int) -> bool:
    return int(client.folder_status("Drafts", ["MESSAGES"])[b"MESSAGES"]) == wanted


def main() -> None:
    """Print the medians and their ratio."""
    with tempfile.TemporaryDirectory() as name, running() as dovecot:
        told, drafted = floor(dovecot), drafts(dovecot, Path(name))
    low, high = statistics.median(told), statistics.median(drafted)
    click.echo(f"a bare client in IDLE is told: median {low:.2f} s of {ROUNDS}")
    click.echo(
        f"the draft is seen:             median {high:.2f} s, slowest {max(drafted):.2f} s, {high / low:.2f} times"
    )


if __name__ == "__main__":
    main()
