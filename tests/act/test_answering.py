"""Seeing which mail was answered, on a server in memory and on a real one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

import pytest
from sqlalchemy import select

from mailtriage.act.memory.mailbox import MemoryMailbox
from mailtriage.service import Memory, Service
from mailtriage.store import schema
from tests.act.rig import Rig
from tests.school import AT_WORK, HandClock, memory, opening, settings
from tests.servers.dovecot import Dovecot
from tests.service.bench import at_school, name_of, teacher


def answered(store: Memory) -> dict[int, datetime | None]:
    """When each message was first seen answered, by UID."""
    with store.journal.engine.connect() as connection:
        rows = connection.execute(select(schema.messages.c.uid, schema.messages.c.answered_at)).all()
    return {row.uid: row.answered_at for row in rows}


def test_an_answer_is_noted_when_it_is_first_seen() -> None:
    """And never again; mail that asks for nothing is not looked at."""
    rig = Rig().started()
    uids = [
        rig.deliver(name, text)
        for name, text in {"a": "", "b": "appointment", "c": "substantive", "d": "notice"}.items()
    ]
    rig.run()
    rig.clock.advance(minutes=10)
    for uid in (uids[0], uids[2], uids[3]):
        rig.message(uid).flags.add("\\Answered")
    rig.run()
    first = rig.clock()
    rig.clock.advance(minutes=10)
    rig.message(uids[1]).flags.add("\\Answered")
    rig.run()
    assert answered(rig.memory) == {uids[0]: first, uids[1]: rig.clock(), uids[2]: first, uids[3]: None}


@pytest.mark.parametrize(("minutes", "looked"), [(9.9, False), (10, True)])
def test_flags_are_looked_at_now_and_then(minutes: float, looked: bool) -> None:
    """Not in each pass; a new connection does not begin anew."""
    rig = Rig().started()
    uid = rig.deliver("a")
    rig.run()
    rig.clock.advance(minutes=10)
    rig.run()
    rig.message(uid).flags.add("\\Answered")
    rig.clock.advance(minutes=minutes)
    rig.run()
    assert (answered(rig.memory)[uid] is not None) == looked


def test_one_question_for_each_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many messages wait."""
    rig = Rig(settings(accounts=[{"folders": ["INBOX", "Ouders"]}]))
    rig.server.create("alice", "Ouders")
    rig.run()
    for number in range(30):
        rig.deliver(f"m{number}", folder=("INBOX", "Ouders")[number % 2])
    rig.run()
    for message in rig.server.folder("alice", "Ouders").messages.values():
        message.flags.add("\\Answered")
    asked: Counter[int] = Counter()
    flags = MemoryMailbox.flags

    def counted(self: MemoryMailbox, uids: Iterable[int]) -> Mapping[int, frozenset[str]]:
        every = list(uids)
        asked[len(every)] += 1
        return flags(self, every)

    rig.clock.advance(minutes=10)
    monkeypatch.setattr(MemoryMailbox, "flags", counted)
    rig.triage._answering.run()
    assert asked == {15: 2}
    assert sum(moment is not None for moment in answered_in(rig, "Ouders")) == 15
    assert sum(moment is not None for moment in answered_in(rig, "INBOX")) == 0


def answered_in(rig: Rig, folder: str) -> list[datetime | None]:
    """When the messages of a folder were first seen answered."""
    table = schema.messages
    with rig.memory.journal.engine.connect() as connection:
        return list(connection.execute(select(table.c.answered_at).where(table.c.folder == folder)).scalars())


@pytest.mark.parametrize(("days", "looked"), [(29, True), (31, False)])
def test_old_mail_is_left_alone(days: int, looked: bool) -> None:
    """Whoever answers after a month is not counted."""
    rig = Rig().started()
    uid = rig.deliver("a")
    rig.run()
    rig.message(uid).flags.add("\\Answered")
    rig.clock.advance(days=days)
    rig.run()
    assert (answered(rig.memory)[uid] is not None) == looked


def test_a_folder_that_is_gone_or_made_anew_harms_nothing() -> None:
    """Its messages are not those that were meant."""
    rig = Rig(settings(accounts=[{"folders": ["INBOX", "Ouders"]}]))
    rig.server.create("alice", "Ouders")
    rig.run()
    uid = rig.deliver("a", folder="Ouders")
    rig.run()
    rig.server.delete("alice", "Ouders")
    rig.clock.advance(minutes=10)
    rig.run()
    rig.server.create("alice", "Ouders")
    other = rig.deliver("other", "notice", folder="Ouders")
    rig.message(other, "Ouders").flags.add("\\Answered")
    rig.clock.advance(minutes=10)
    rig.run()
    assert uid == other
    assert not any(answered(rig.memory).values())


@pytest.mark.dovecot
def test_an_answer_on_a_real_server(dovecot: Dovecot) -> None:
    """Another mail program sets the flag; the next look finds it."""
    clock, kept = HandClock(AT_WORK), memory()
    service = Service(opening(at_school(dovecot, "answers")), kept, clock=clock)
    service.once()
    with teacher(dovecot, "answers") as her:
        for name in "abc":
            her.get(name)
        assert service.once() == []
        her.flag(lambda one: name_of(one["Message-ID"]) == "b", "\\Answered")
        clock.advance(minutes=10)
        assert service.once() == []
        flags = {name: found & {"\\Answered", "\\Seen"} for name, found in her.flags().items()}
    assert flags == {"a": set(), "b": {"\\Answered"}, "c": set()}
    assert answered(kept) == {1: None, 2: clock(), 3: None}
