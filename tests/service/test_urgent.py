"""Urgent mail at night, on a real Dovecot, with a real HTTP server that is rung."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.school import EVENING, HandClock, memory, settings
from tests.servers.bells import bell_server
from tests.servers.dovecot import Dovecot
from tests.service.bench import account, reached, serving, teacher, until

pytestmark = pytest.mark.dovecot


def test_the_contact_is_rung_while_the_service_idles(
    dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Once for a thread, also after a restart; nothing comes into the inbox, and nothing is marked as read."""
    said = "Een bericht over iets dringends (nightly) vraagt aandacht"
    chosen = settings(
        accounts=[account(dovecot, "nightly")],
        school={"emergency": {"name": "Conciërge", "apprise": [{"env": "BELL"}]}},
        notifications={"urgent_to": "contact"},
    )
    clock = HandClock(EVENING)
    with bell_server() as bells, teacher(dovecot, "nightly") as her:
        monkeypatch.setenv("BELL", bells.url("contact"))
        with serving(chosen, memory(tmp_path / "store.sqlite"), clock=clock) as (_, store):
            reached(store, "nightly")
            her.get("a", "urgent notice")
            assert until(lambda: bells.words("contact")) == [said]
        clock.advance(minutes=20)
        her.get("b", "urgent notice", References="<a@thuis.example>")
        her.get("c", "urgent notice")
        with serving(chosen, memory(tmp_path / "store.sqlite"), clock=clock) as (_, store):
            until(lambda: len(bells.words("contact")) > 1)
            assert store.journal.counts("nightly")["seen"] == 3
            assert bells.words("contact") == [said, said]
            assert her.digests() == []
            assert not any("\\Seen" in flags for flags in her.flags().values())
        clock.advance(hours=11)
        with serving(chosen, memory(tmp_path / "store.sqlite"), clock=clock):
            (digest,) = until(her.digests)
    assert str(digest["Subject"]).startswith("DRINGEND: 3 berichten van ouders")
    assert bells.words("contact") == [said, said]
