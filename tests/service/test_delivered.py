"""A night with filing at delivery, on a real server: by LMTP into the folder for later, by the service out of it."""

from __future__ import annotations

from email import message_from_bytes
from pathlib import Path

import pytest

from mailtriage.service import Service, connector
from mailtriage.service.renewing import place
from tests.decide.test_hours import local
from tests.school import HandClock, mail, memory, opening, settings
from tests.servers.sieving import SievingDovecot
from tests.service import bench

pytestmark = pytest.mark.dovecot

NIGHT = local(2026, 11, 10, 21)
MORNING = local(2026, 11, 11, 9)


def lying(server: SievingDovecot, user: str, folder: str) -> list[str]:
    """The names of parents' mails in a folder."""
    mails = [message_from_bytes(raw) for raw in server.lying(user, folder)]
    return sorted(bench.name_of(one["Message-ID"]) for one in mails if not one["X-Mailtriage"])


def test_a_night(sieving_dovecot: SievingDovecot) -> None:
    """The server files; the service takes out what is urgent at once, and the rest in the morning, each mail once."""
    user, clock = "night-watched", HandClock(NIGHT)
    one = bench.account(sieving_dovecot, user, hold="delivery", sieve={"port": sieving_dovecot.sieve_port})
    chosen = settings(accounts=[one])
    place(chosen, chosen.accounts[0], Path(), connector, NIGHT, 60)
    service = Service(opening(chosen), memory(), clock=clock)
    assert service.once() == []
    sieving_dovecot.set_clock(NIGHT)
    for name, text in (("calm", "substantive"), ("pressing", "urgent substantive")):
        sieving_dovecot.deliver_lmtp(user, mail(name, text, date=NIGHT))
    assert lying(sieving_dovecot, user, "Triage/Later") == ["calm", "pressing"]
    assert lying(sieving_dovecot, user, "INBOX") == []
    clock.advance(minutes=1)
    assert service.once() == []
    assert lying(sieving_dovecot, user, "Triage/Later") == ["calm"]
    assert lying(sieving_dovecot, user, "INBOX") == ["pressing"]
    clock.moment = MORNING
    assert service.once() == []
    assert lying(sieving_dovecot, user, "Triage/Later") == []
    assert lying(sieving_dovecot, user, "INBOX") == ["calm", "pressing"]
