"""A weekend, played through on a real Dovecot: who is rung, and what lies where on Monday."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mailtriage.service import Service
from mailtriage.settings import Settings
from tests.act.rig import text_of
from tests.school import WEEK, HandClock, mail, memory, opening, settings
from tests.servers.dovecot import Dovecot
from tests.service.bench import Teacher, account, name_of, teacher

pytestmark = pytest.mark.dovecot

ZONE = ZoneInfo("Europe/Amsterdam")
STEP = timedelta(hours=1)
FRIDAY, MONDAY = datetime(2026, 9, 18, 15, 30, tzinfo=ZONE), datetime(2026, 9, 21, 9, 30, tzinfo=ZONE)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of September 2026 in Amsterdam."""
    return datetime(2026, 9, day, hour, minute, tzinfo=ZONE)


class Weekend:
    """One account whose mail is held by moving, and a phone that looks into its inbox after every pass."""

    def __init__(self, chosen: Settings, folder: Path, her: Teacher) -> None:
        """Begin on Friday afternoon, at work."""
        self.chosen, self.folder, self.her = chosen, folder, her
        self.clock = HandClock(FRIDAY.astimezone(UTC))
        self.rung: list[tuple[datetime, str]] = []
        self._known: set[str] = set()

    def arrives(self, name: str, moment: datetime, text: str, **headers: str) -> None:
        """A parent's mail reaches the inbox at a moment."""
        self.until(moment)
        self.her.client.append("INBOX", mail(name, text, date=moment, **headers), msg_time=moment)
        self.look()

    def until(self, moment: datetime) -> None:
        """Look every hour up to a moment; each look is a service that starts anew."""
        while self.clock() + STEP <= moment:
            self.clock.moment += STEP
            self.look()
        self.clock.moment = moment.astimezone(UTC)

    def look(self) -> None:
        """One pass, after which the phone rings for what is new in the inbox."""
        store = memory(self.folder / "store.sqlite")
        try:
            assert Service(opening(self.chosen), store, clock=self.clock).once() == []
        finally:
            store.journal.engine.dispose()
        here = {self._name(one): one for _, _, one in self.her.messages()}
        self.rung += [(self.clock(), name) for name in sorted(set(here) - self._known)]
        self._known |= set(here)

    def _name(self, one: object) -> str:
        return "digest" + one["Message-ID"] if one["X-Mailtriage"] else name_of(one["Message-ID"])  # type: ignore[index] # an e-mail


@pytest.fixture
def weekend(dovecot: Dovecot, tmp_path: Path) -> Iterator[Weekend]:
    """An account that nobody else uses."""
    user = "weekend"
    one = account(dovecot, user, hold="move")
    chosen = settings(accounts=[one], school={"public_holidays": ""}, staff={"hours": WEEK})
    with teacher(dovecot, user) as her:
        played = Weekend(chosen, tmp_path, her)
        played.look()
        yield played


def test_a_weekend_rings_for_what_is_urgent_alone(weekend: Weekend) -> None:
    """Held mail is back on Monday, unread and with its date; what was read in the folder for later stays there; one
    digest tells of all."""
    weekend.arrives("asked", at(18, 16, 50), "substantive")
    weekend.arrives("read", at(18, 22, 10), "yes_no")
    weekend.arrives("fire", at(19, 11), "notice urgent")
    weekend.arrives("fire2", at(19, 11, 20), "notice urgent", In_Reply_To="<fire@thuis.example>")
    weekend.until(at(20, 9))
    weekend.her.client.select_folder("Triage/Later")
    (read,) = weekend.her.client.search(["HEADER", "Message-ID", "<read@thuis.example>"])
    weekend.her.client.add_flags([read], ["\\Seen"])
    weekend.arrives("moved", at(20, 20, 5), "appointment")
    weekend.until(at(21, 8))
    assert {name for _, name in weekend.rung if not name.startswith("digest")} == {"fire", "fire2"}
    (bell,) = (moment for moment, name in weekend.rung if name.startswith("digest"))
    assert bell == at(19, 11)
    weekend.until(MONDAY)
    back = {name for moment, name in weekend.rung if moment >= at(21, 8, 15)}
    assert {name for name in back if not name.startswith("digest")} == {"asked", "moved"}
    flags = weekend.her.flags()
    assert "\\Seen" not in flags["asked"] | flags["moved"]
    weekend.her.client.select_folder("INBOX", readonly=True)
    (uid,) = weekend.her.client.search(["HEADER", "Message-ID", "<asked@thuis.example>"])
    dated = weekend.her.client.fetch([uid], ["INTERNALDATE"])[uid][b"INTERNALDATE"]
    assert dated.astimezone(UTC) == at(18, 16, 50).astimezone(UTC)
    assert [name_of(one["Message-ID"]) for _, _, one in weekend.her.messages("Triage/Later")] == ["read"]
    (digest,) = weekend.her.digests()
    told = text_of(digest)
    assert told.count("→") == 4
    assert "DRINGEND" in told
    assert weekend.her.drafts() == ["asked"]
