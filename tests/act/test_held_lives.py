"""Random lives of an account that holds mail: whatever happens, nothing is lost, doubled, stranded or taken back."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from hypothesis import HealthCheck
from hypothesis import settings as rules
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from mailtriage.act.memory import MemoryMessage, MemoryServer
from mailtriage.errors import ConnectionLostError
from mailtriage.service.releasing import holder_of
from tests.act.rig import Rig, parsed
from tests.act.test_holding import LATER
from tests.school import is_digest, settings

CALLS = ("open", "status", "uids_after", "fetch", "flags", "change_marks", "append", "move", "folders", "find")
KINDS = ("substantive", "notice", "urgent notice", "personal notice", "explode")
AT_ONCE = ("urgent notice", "personal notice", "explode", "colleague")
TOUCHED = ("\\Seen", "\\Answered", "\\Deleted")
ARCHIVE = "Archief"


@dataclass
class Told:
    """A mail as it came, and what a person did to it since. ``stays`` is the folder in which she has it."""

    kind: str
    raw: bytes
    arrived: datetime
    flags: set[str] = field(default_factory=set)
    stays: str = ""


class Life(RuleBasedStateMachine):
    """An account, its server, its teacher, and everything that goes wrong."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers = count()
        self.mails: dict[str, Told] = {}
        self.server = MemoryServer()

    @initialize(move=st.booleans(), uidplus=st.booleans(), hold=st.sampled_from(["move", "delivery"]))
    def first_contact(self, move: bool, uidplus: bool, hold: str) -> None:
        """The account is reached for the first time."""
        self.server = MemoryServer(move=move or not uidplus, uidplus=uidplus)
        self.chosen = {one: settings(accounts=[{"reach_back_days": 30, "hold": one}]) for one in ("off", hold)}
        self.hold = hold
        self.rig = Rig(self.chosen[hold], self.server)
        self.server.create("alice", ARCHIVE)
        self.rig.run()

    # -- what the world does

    @rule(kind=st.sampled_from([*KINDS, "colleague"]), filed=st.booleans())
    def a_mail_comes(self, kind: str, filed: bool) -> None:
        """Into the inbox, or where a script files it."""
        name = f"m{next(self.numbers)}"
        there = LATER if filed and LATER in self.server.folder_names("alice") else "INBOX"
        sender = {"sender": "Jan <jan@school.example>"} if kind == "colleague" else {}
        uid = self.rig.deliver(name, kind, folder=there, **sender)
        self.mails[name] = Told(kind, self.rig.message(uid, there).raw, self.rig.message(uid, there).internaldate)

    @rule(hours=st.sampled_from([0.1, 1, 5, 13, 24, 60]))
    def time_passes(self, hours: float) -> None:
        """The clock goes on."""
        self.rig.clock.advance(hours=hours)

    @rule(when=st.sampled_from(["before", "after"]), call=st.sampled_from(CALLS))
    def a_connection_will_be_lost(self, when: Any, call: str) -> None:
        """At the next such call."""
        self.server.lose(when, call)

    @rule(folder=st.sampled_from(["INBOX", LATER]))
    def uids_are_given_anew(self, folder: str) -> None:
        """UIDVALIDITY changes."""
        if folder in self.server.folder_names("alice"):
            self.server.renumber("alice", folder)

    @rule(off=st.booleans())
    def the_school_turns_it_off_or_on(self, off: bool) -> None:
        """A reload."""
        self.rig.use(self.chosen["off" if off else self.hold])

    # -- what the teacher does

    def _lying(self) -> dict[str, list[tuple[str, MemoryMessage]]]:
        found: dict[str, list[tuple[str, MemoryMessage]]] = {}
        for folder in ("INBOX", LATER, ARCHIVE):
            if folder in self.server.folder_names("alice"):
                for message in self.server.folder("alice", folder).messages.values():
                    if not is_digest(message.raw):
                        name = str(parsed(message.raw)["Message-ID"])[1:].partition("@")[0]
                        found.setdefault(name, []).append((folder, message))
        return found

    @precondition(lambda self: self.mails)
    @rule(data=st.data(), flag=st.sampled_from([*TOUCHED, "\\Flagged"]))
    def the_teacher_flags_a_mail(self, data: st.DataObject, flag: str) -> None:
        """Wherever it lies; what she has dealt with there stays there."""
        name = data.draw(st.sampled_from(sorted(self.mails)))
        ((folder, message),) = self._lying()[name]
        message.flags.add(flag)
        self.mails[name].flags.add(flag)
        if flag in TOUCHED:
            self.mails[name].stays = folder

    @precondition(lambda self: self.mails)
    @rule(data=st.data(), to=st.sampled_from(["INBOX", ARCHIVE]))
    def the_teacher_moves_a_mail(self, data: st.DataObject, to: str) -> None:
        """Out of the hold, or away, where it stays."""
        name = data.draw(st.sampled_from(sorted(self.mails)))
        ((folder, message),) = self._lying()[name]
        messages = self.server.folder("alice", folder).messages
        uid = next(uid for uid, one in messages.items() if one is message)
        if folder != to:
            self.server.folder("alice", to).add(messages.pop(uid))
        if to == ARCHIVE or self.mails[name].stays:
            self.mails[name].stays = to

    # -- what the program does

    @rule(crash=st.booleans())
    def a_pass(self, crash: bool) -> None:
        """One pass, perhaps by a new process. Mail is put away only where nobody works."""
        if crash:
            self.rig.drop()
        before = {name for name, ((folder, _),) in self._lying().items() if folder == LATER}
        with contextlib.suppress(ConnectionLostError):
            self.rig.run()
            after = {name: self.mails[name] for name, ((folder, _),) in self._lying().items() if folder == LATER}
            assert not [one for one in after.values() if one.kind in AT_ONCE and not one.stays], "kept back"
            assert set(after) <= before or not self._working()
            assert set(after) <= before or self.rig.settings.accounts[0].hold == "move"

    @rule(everything=st.booleans())
    def somebody_releases(self, everything: bool) -> None:
        """By the command, beside no service."""
        with contextlib.suppress(ConnectionLostError):
            mailbox, account = self.server.connect("alice"), self.rig.desk.account
            journal = self.rig.memory.journal
            holder = holder_of(self.rig.settings, account, mailbox, journal, self.rig.clock, lambda *_: None)
            holder.ready(make=False)
            holder.settle(put_away=False)
            holder.release(everything=everything, judged=False)
            if everything:
                for name, ((folder, message),) in self._lying().items():
                    assert folder != LATER or "\\Deleted" in message.flags
                    self.mails[name].stays = folder if self.mails[name].stays else ""

    @rule()
    def the_store_is_lost(self) -> None:
        """Somebody deletes the database."""
        self.rig.lose_store()

    @rule()
    def all_comes_to_rest(self) -> None:
        """Nothing goes wrong any more, and somebody works: the hold is empty but for what a person has there."""
        self.server.losses.clear()
        self.rig.drop()
        self.rig.clock.advance(hours=24)
        while not self._working():
            self.rig.clock.advance(hours=1)
        for _ in range(3):
            self.rig.run()
            self.rig.clock.advance(minutes=2)
        for name, ((folder, _),) in self._lying().items():
            assert folder != LATER or self.mails[name].stays == LATER, "stranded"

    def _working(self) -> bool:
        return self.rig.desk.office.open_at(self.rig.clock())

    # -- what holds at any time

    @invariant()
    def every_mail_is_there_once_as_it_came(self) -> None:
        """With its date, the flags that the teacher set, and marks of ours."""
        lying = self._lying()
        assert set(lying) == set(self.mails)
        for name, ((_, message),) in lying.items():
            told = self.mails[name]
            marks = {flag for flag in message.flags if flag.startswith("Triage-")}
            assert (message.raw, message.internaldate, message.flags - marks) == (told.raw, told.arrived, told.flags)

    @invariant()
    def what_a_person_has_stays_where_she_has_it(self) -> None:
        """Read, answered, deleted, or put away."""
        for name, ((folder, _),) in self._lying().items():
            assert self.mails[name].stays in ("", folder), name

    def teardown(self) -> None:
        """Every life ends at rest."""
        if hasattr(self, "rig"):
            self.all_comes_to_rest()


TestHeldLife = Life.TestCase
TestHeldLife.settings = rules(
    max_examples=40,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
