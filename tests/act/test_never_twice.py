"""Random lives of an account: whatever happens in whatever order, nothing is lost and nothing is done twice."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

from hypothesis import HealthCheck
from hypothesis import settings as rules
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from mailtriage.act.memory import MemoryMessage, MemoryServer
from mailtriage.errors import ConnectionLostError
from mailtriage.store import Place
from tests.act.rig import Rig, parsed, text_of
from tests.school import EVENING, is_digest, settings

CALLS = ("open", "status", "uids_after", "uids_since", "fetch", "flags", "change_marks", "find", "append", "remove")
KINDS = ("substantive", "notice", "unsure substantive", "urgent notice", "conduct substantive", "personal substantive")
LONG_AGO = timedelta(days=29)
SURE = ("substantive", "conduct substantive")


class Recorder(MemoryServer):
    """Remembers what the program appended, and whether somebody worked then."""

    def __init__(self, working: Callable[[], bool]) -> None:
        super().__init__()
        self.drafts: list[str] = []
        self.digests: list[tuple[set[str], bool]] = []
        self._working = working

    def deliver(self, account: str, raw: bytes, *, folder: str = "INBOX", **kwargs: Any) -> int:
        """See ``MemoryState``; mail of our own is noted."""
        if is_digest(raw):
            words = text_of(parsed(raw)).split()
            names = {word.rstrip(".") for word in words if word.endswith(".") and word[1:-1].isdigit()}
            self.digests.append((names, self._working()))
        elif b"X-Mailtriage: draft" in raw:
            self.drafts.append(answered(raw))
        return super().deliver(account, raw, folder=folder, **kwargs)


class Life(RuleBasedStateMachine):
    """An account, its server, its teacher, and everything that goes wrong."""

    def __init__(self) -> None:
        super().__init__()
        self.server = Recorder(self._working)
        self.rig = Rig(settings(accounts=[{"reach_back_days": 30}]), self.server)
        self.numbers = count()
        self.kinds: dict[str, str] = {}
        self.bytes: dict[str, bytes] = {}
        self.flags: dict[str, set[str]] = {}
        self.away: dict[str, MemoryMessage] = {}
        self.handled: set[str] = set()
        self.touched: set[str] = set()
        self.told: set[str] = set()
        self.digests_seen = 0
        self.faults = self.store_lost = False

    @initialize()
    def first_contact(self) -> None:
        """The account is reached for the first time."""
        self.rig.run()

    # -- what the world does

    @rule(kind=st.sampled_from(KINDS))
    def a_parent_writes(self, kind: str) -> None:
        """A mail arrives."""
        name = f"m{next(self.numbers)}"
        uid = self.rig.deliver(name, kind, subject=f"Mail {name}.")
        self.kinds[name], self.flags[name] = kind, set()
        self.bytes[name] = self.rig.message(uid).raw

    @rule()
    def a_colleague_writes(self) -> None:
        """A mail that is no parent's arrives."""
        name = f"c{next(self.numbers)}"
        uid = self.rig.deliver(name, "substantive", sender="Jan <jan@school.example>")
        self.kinds[name], self.flags[name] = "", set()
        self.bytes[name] = self.rig.message(uid).raw

    @rule(hours=st.sampled_from([0.1, 1, 5, 13, 24, 60]))
    def time_passes(self, hours: float) -> None:
        """The clock goes on."""
        self.rig.clock.advance(hours=hours)

    @rule(when=st.sampled_from(["before", "after"]), call=st.sampled_from(CALLS))
    def a_connection_will_be_lost(self, when: Any, call: str) -> None:
        """At the next such call."""
        self.faults = True
        self.server.lose(when, call)

    @rule(folder=st.sampled_from(["INBOX", "Drafts"]))
    def uids_are_given_anew(self, folder: str) -> None:
        """UIDVALIDITY changes."""
        self.faults = True
        self.server.renumber("alice", folder)

    @rule()
    def the_mailbox_is_full_or_has_room_again(self) -> None:
        """OVERQUOTA comes and goes."""
        self.server.refuse_appends = not self.server.refuse_appends

    # -- what the teacher does

    def _inbox(self) -> dict[str, MemoryMessage]:
        found = {}
        for message in self.server.folder("alice", "INBOX").messages.values():
            if not is_digest(message.raw):
                found[str(parsed(message.raw)["Message-ID"])[1:].partition("@")[0]] = message
        return found

    @precondition(lambda self: self._inbox())
    @rule(data=st.data(), flag=st.sampled_from(["\\Seen", "\\Answered", "\\Deleted", "\\Flagged"]))
    def the_teacher_flags_a_mail(self, data: st.DataObject, flag: str) -> None:
        """She reads, answers, deletes or flags it."""
        name = data.draw(st.sampled_from(sorted(self._inbox())))
        self._inbox()[name].flags.add(flag)
        self.flags[name].add(flag)
        if flag != "\\Flagged":
            self.handled.add(name)

    @precondition(lambda self: self._inbox())
    @rule(data=st.data(), back=st.booleans())
    def the_teacher_takes_a_mail_away(self, data: st.DataObject, back: bool) -> None:
        """For good, or to bring it back later."""
        name = data.draw(st.sampled_from(sorted(self._inbox())))
        folder = self.server.folder("alice", "INBOX")
        uid = next(uid for uid, message in folder.messages.items() if message is self._inbox()[name])
        message = folder.messages.pop(uid)
        if back:
            self.away[name] = message
        else:
            del self.kinds[name], self.bytes[name], self.flags[name]

    @precondition(lambda self: self.away)
    @rule()
    def the_teacher_brings_everything_back(self) -> None:
        """Under new UIDs."""
        for message in self.away.values():
            self.server.folder("alice", "INBOX").add(message)
        self.away.clear()

    @precondition(lambda self: self.server.folder("alice", "Drafts").messages)
    @rule(data=st.data(), edit=st.booleans())
    def the_teacher_sends_or_edits_a_draft(self, data: st.DataObject, edit: bool) -> None:
        """It is gone from Drafts, or there under another Message-ID."""
        drafts = self.server.folder("alice", "Drafts")
        message = drafts.messages.pop(data.draw(st.sampled_from(sorted(drafts.messages))))
        if b"X-Mailtriage: draft" in message.raw:
            self.touched.add(answered(message.raw))
        if edit:
            self.server.folder("alice", "Drafts").add(MemoryMessage(b"Subject: edited\r\n\r\n", set(), EVENING))

    @rule(flag=st.sampled_from(["\\Seen", "\\Flagged", "\\Deleted"]))
    def the_teacher_touches_the_digests(self, flag: str) -> None:
        """She reads, flags or deletes what lies there."""
        for message in self.server.folder("alice", "INBOX").messages.values():
            if is_digest(message.raw):
                message.flags.add(flag)

    # -- what the program does

    @rule(crash=st.booleans())
    def a_pass(self, crash: bool) -> None:
        """One pass, perhaps by a new process."""
        if crash:
            self.rig.drop()
        with contextlib.suppress(ConnectionLostError):
            self.rig.run()

    @rule()
    def the_store_is_lost(self) -> None:
        """Somebody deletes the database."""
        self.store_lost = True
        self.rig.lose_store()

    @rule()
    def all_comes_to_rest(self) -> None:
        """Nothing goes wrong any more, somebody works, and passes are made until there is nothing to do."""
        self.server.losses.clear()
        self.server.refuse_appends = False
        self.the_teacher_brings_everything_back()
        while not self._working():
            self.rig.clock.advance(hours=1)
        for _ in range(3):
            self.rig.run()
            self.rig.clock.advance(minutes=2)
        self.nobody_is_told_out_of_hours()
        self._nothing_is_left_to_do()

    def _working(self) -> bool:
        return any(schedule.open_at(self.rig.clock()) for schedule in self.rig.desk.office.schedules)

    def _nothing_is_left_to_do(self) -> None:
        lying = self._inbox()
        young = {name for name, message in lying.items() if message.internaldate > self.rig.clock() - LONG_AGO}
        untold = {name for name in young if self.kinds[name]} - self.handled - self.told
        assert untold == set(), "unread and never told"
        assert self.rig.memory.journal.open_intents("alice") == []
        if not self.faults and not self.store_lost:
            due = {name for name, kind in self.kinds.items() if kind in SURE and name not in self.handled}
            assert due <= set(self.server.drafts), "a conversation should have been offered"

    # -- what holds at any time

    @invariant()
    def no_draft_is_made_twice(self) -> None:
        """Nor after a person touched it; nor for a mail that asks for none."""
        drafted = self.server.drafts
        again = {name for name in drafted if drafted.count(name) > 1}
        assert again <= (self.touched if self.store_lost else set())
        assert {self.kinds[name] for name in drafted if name in self.kinds} <= set(SURE)

    @invariant()
    def no_mail_is_lost_or_changed(self) -> None:
        """What lies in the inbox is what came, with the flags that the teacher set, and ours."""
        lying = self._inbox()
        assert set(lying) | set(self.away) == set(self.bytes)
        for name, message in (lying | self.away).items():
            marks = {flag for flag in message.flags if flag.startswith("Triage-")}
            assert message.raw == self.bytes[name]
            assert message.flags - marks == self.flags[name]
            assert self.kinds[name] or not marks

    @invariant()
    def nobody_is_told_out_of_hours(self) -> None:
        """Unless it is urgent, or was told before and stands in the digest that is replaced."""
        for names, working in self.server.digests[self.digests_seen :]:
            fresh = names - self.told
            urgent = {name for name in fresh if "urgent" in self.kinds.get(name, "urgent")}
            assert working or fresh == urgent or self.store_lost
            self.told |= names
        self.digests_seen = len(self.server.digests)

    @invariant()
    def one_unread_digest_lies_there(self) -> None:
        """At most, once a pass has come through; one that the teacher flagged is hers."""
        if self.server.losses or self.store_lost or self.faults:
            return
        unread = [
            one
            for one in self.server.folder("alice", "INBOX").messages.values()
            if is_digest(one.raw) and not one.flags & {"\\Seen", "\\Flagged", "\\Deleted"}
        ]
        assert len(unread) <= 1

    @invariant()
    def the_watermark_passes_only_what_is_recorded(self) -> None:
        """Every parent's mail below it is known to the store."""
        folder = self.server.folder("alice", "INBOX")
        mark = self.rig.memory.journal.watermark("alice", "INBOX")
        if mark is None or mark.uidvalidity != folder.uidvalidity:
            return
        for name, message in self._inbox().items():
            if message.internaldate < self.rig.clock() - LONG_AGO:
                continue  # a new store does not reach back so far
            uid = next(uid for uid, one in folder.messages.items() if one is message)
            if self.kinds[name] and uid <= mark.last_uid:
                place = Place("alice", "INBOX", folder.uidvalidity, uid)
                assert self.rig.memory.journal.find(place) is not None, name

    def teardown(self) -> None:
        """Every life ends at rest."""
        self.all_comes_to_rest()


def answered(raw: bytes) -> str:
    """The name of the mail that a draft answers."""
    return str(parsed(raw)["In-Reply-To"])[1:].partition("@")[0]


TestLife = Life.TestCase
TestLife.settings = rules(
    max_examples=40,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
