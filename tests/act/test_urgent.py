"""Urgent mail out of hours: who is told, for whom a bell rings, and what leaves the machine by it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from mailtriage.act.memory import MemoryServer
from mailtriage.service import Service
from mailtriage.store import Rings
from mailtriage.triage.urgent import MOST_BELLS
from tests.act.rig import Rig, parsed, text_of
from tests.school import AT_WORK, EVENING, WEEK, HandClock, digests_of, mail, memory, opening, settings
from tests.servers import free_port
from tests.servers.bells import BellServer, bell_server

CLOSED = "BELL_CLOSED"
ONE = "Een bericht over iets dringends (alice) vraagt aandacht"


@pytest.fixture
def bells(monkeypatch: pytest.MonkeyPatch) -> Iterator[BellServer]:
    """A server for bells; the environment holds its URLs, and one where nobody listens."""
    with bell_server() as server:
        for name in ("SCHOOL", "CONTACT", "OTHER"):
            monkeypatch.setenv(f"BELL_{name}", server.url(name.lower()))
        monkeypatch.setenv(CLOSED, f"json://127.0.0.1:{free_port()}/")
        yield server


def urgent_to(
    whom: str,
    *addresses: str,
    hours: Mapping[str, Any] | None = None,
    school: Mapping[str, Any] | None = None,
    **more: Any,
) -> Rig:
    """An account of a school that has urgent mail told to ``whom``; the contact is rung at ``addresses``."""
    contact = {"name": "Conciërge", "apprise": [{"env": one} for one in addresses or ("BELL_CONTACT",)]}
    changed = {"urgent_to": whom, "apprise": [{"env": "BELL_SCHOOL"}]} | more
    emergency = {"emergency": contact | {"hours": hours or {}}}
    rig = Rig(settings(school=emergency | dict(school or {}), notifications=changed)).started()
    rig.clock.moment = EVENING
    return rig


def in_the_morning(rig: Rig) -> str:
    """The digest of the next working moment."""
    rig.clock.moment = datetime(2026, 9, 16, 6, 15, tzinfo=UTC)
    rig.run()
    return rig.digest


def test_the_teacher_is_told_at_once_and_the_school_s_bell_rings(bells: BellServer) -> None:
    """By a digest in the inbox, and by a bell that says that something is urgent."""
    rig = urgent_to("teacher")
    rig.deliver("a", "urgent notice")
    rig.run()
    assert len(rig.digests) == 1
    assert bells.words("school") == [ONE]
    assert bells.words("contact") == []


def test_the_contact_is_rung_and_the_teacher_rests(bells: BellServer) -> None:
    """Nothing comes into the inbox at night; in the morning the mail is told, first of all."""
    rig = urgent_to("contact")
    rig.deliver("a", "notice", subject="Gewoon")
    rig.deliver("b", "urgent notice", subject="Nood")
    rig.run()
    rig.run()
    assert bells.words("contact") == [ONE]
    assert rig.digests == []
    assert rig.memory.bells.next_due("alice") == datetime(2026, 9, 16, 6, 15, tzinfo=UTC)
    digest = in_the_morning(rig)
    assert digest.index("Nood") < digest.index("Gewoon")
    assert bells.words("contact") == [ONE]
    assert bells.words("school") == ["2 berichten van ouders, 1 dringend"]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("nl", "Het noodcontact kreeg hiervan bericht op dinsdag 15 september om 21.40 uur."),
        ("en", "The emergency contact was told of this on Tuesday 15 September at 21:40."),
    ],
)
def test_the_digest_says_that_the_contact_was_told_and_when(bells: BellServer, language: str, said: str) -> None:
    """At the message of which it was told, in text and HTML, and at no other."""
    rig = urgent_to("contact", school={"language": language})
    rig.deliver("a", "urgent notice")
    rig.run()
    rig.clock.advance(minutes=5)
    rig.deliver("b", "urgent notice", References="<a@thuis.example>")
    rig.deliver("c", "notice")
    rig.run()
    assert len(bells.rung) == 1
    assert in_the_morning(rig).count(said) == 1
    (raw,) = digests_of(rig.server)
    assert text_of(parsed(raw), "html").count(said) == 1


def test_both_are_told(bells: BellServer) -> None:
    """The contact by its bell, the teacher by digest and bell; each once."""
    rig = urgent_to("both")
    rig.deliver("a", "urgent notice")
    rig.run()
    rig.run()
    assert (bells.words("contact"), bells.words("school"), len(rig.digests)) == ([ONE], [ONE], 1)


SECRETS = (
    "Vreselijk", "geval", "Sinterklaas", "mail-geheim", "thuis.example", "ouder", "Jansen", "groep5@", "school.example",
    "urgent", "substantive", "Regenboog", "Vermeer",
)  # fmt: skip
"""Words of the subject, the text, the sender, the ids, the school and its people."""


@pytest.mark.parametrize("whom", ["teacher", "contact", "both"])
def test_nothing_of_the_mail_leaves(bells: BellServer, whom: str) -> None:
    """Every byte that the machine sends is looked through: the line, the header and the body of each request."""
    rig = urgent_to(whom)
    text = "urgent conduct personal substantive\nMijn kind Sinterklaas is vreselijk gevallen."
    rig.deliver("mail-geheim", text, subject="Vreselijk geval", sender="Jansen <ouder@thuis.example>")
    rig.run()
    in_the_morning(rig)
    night = "Een bericht over iets dringends en omgangsvormen (alice) vraagt aandacht"
    morning = ["1 bericht van ouders, 1 dringend"] * (whom == "contact")
    expected = [night] * (2 if whom == "both" else 1) + morning
    assert [body["message"] for _, body in bells.rung] == expected
    for _, body in bells.rung:
        assert body == {
            "version": "1.0", "title": "mailtriage", "message": body["message"], "attachments": [], "type": "info"
        }  # fmt: skip
    sent = b"\n".join(bells.raw).decode()
    for words in expected:
        sent = sent.replace(words, "")
    assert [word for word in SECRETS if word.lower() in sent.lower()] == []


@pytest.mark.parametrize("service", ["json://{}/school", "ntfy://{}/topic", "signal://{}/+31301234567/+31612345678"])
def test_other_services_are_sent_no_more(bells: BellServer, monkeypatch: pytest.MonkeyPatch, service: str) -> None:
    """Title and words; no picture to fetch from elsewhere, no name of a library's maker."""
    monkeypatch.setenv("BELL_CONTACT", service.format(f"127.0.0.1:{bells.server_address[1]}"))
    rig = urgent_to("contact")
    rig.deliver("a", "urgent notice")
    rig.run()
    ((_, body),) = bells.rung
    assert body["message"].removeprefix("mailtriage\r\n") == ONE
    assert b"User-Agent: mailtriage\n" in bells.raw[0]
    assert b"github" not in bells.raw[0].lower()


def test_several_are_told_by_one_bell(bells: BellServer) -> None:
    """What came at once rings once; that a mail breaks the rules of decency is said, that one is personal is not."""
    rig = urgent_to("contact")
    rig.deliver("a", "urgent notice")
    rig.deliver("b", "urgent conduct personal")
    rig.run()
    said = "2 berichten over iets dringends en omgangsvormen (alice) vragen aandacht"
    assert bells.words("contact") == [said]


def test_a_school_that_speaks_english(bells: BellServer) -> None:
    """One and several."""
    rig = urgent_to("contact", school={"language": "en"})
    rig.deliver("a", "urgent notice")
    rig.run()
    rig.deliver("b", "urgent notice")
    rig.deliver("c", "urgent conduct")
    rig.run()
    assert bells.words("contact") == [
        "A message about something urgent (alice) needs attention",
        "2 messages about something urgent and conduct (alice) need attention",
    ]


def test_words_of_the_school(bells: BellServer) -> None:
    """They take the place of ours, at night and by day."""
    rig = urgent_to("both", bell_text="Kijk even: {about} [{count}/{urgent}] {{!}}")
    rig.deliver("a", "urgent notice")
    rig.run()
    rig.clock.moment = AT_WORK
    rig.message(1).flags.add("\\Seen")
    rig.deliver("b", "notice")
    rig.run()
    assert bells.words("contact") == ["Kijk even: iets dringends (alice) [1/1] {!}"]
    assert bells.words("school")[0] == bells.words("contact")[0]
    assert bells.words("school")[1] == "Kijk even: post van ouders (alice) [1/0] {!}"


def test_nothing_rings_where_urgent_mail_does_not_pass(bells: BellServer) -> None:
    """Whoever the contact is; the mail comes first in the next digest."""
    rig = urgent_to("both", urgent_passes=False)
    rig.deliver("a", "notice", subject="Gewoon")
    rig.deliver("b", "urgent notice", subject="Nood")
    rig.run()
    assert (bells.raw, rig.digests) == ([], [])
    digest = in_the_morning(rig)
    assert digest.index("Nood") < digest.index("Gewoon")


@pytest.mark.parametrize("whom", ["teacher", "contact", "both"])
@pytest.mark.parametrize("hour", [7, 14])
def test_in_hours_the_teacher_is_told_whoever_is_told_at_night(bells: BellServer, whom: str, hour: int) -> None:
    """Also during lessons and in the last minutes of the day: the teacher is there."""
    lessons = {"lessons": {day: ["08:30-12:00"] for day in WEEK}}
    rig = urgent_to(whom, school=lessons, margin_minutes=60)
    rig.clock.moment = datetime(2026, 9, 16, hour, 0, tzinfo=UTC)  # 09:00, in a lesson; 16:00, near the end
    rig.deliver("a", "urgent notice")
    rig.deliver("b", "notice")
    rig.run()
    assert len(rig.digests) == 1
    assert bells.words("contact") == []
    assert bells.words("school") == ["1 bericht van ouders, 1 dringend"]


# -- it fails open


@pytest.mark.parametrize("whom", ["contact", "both"])
@pytest.mark.parametrize(
    ("minute", "there"), [(-1, True), (0, False)], ids=["the last minute of its hours", "the minute after"]
)
def test_a_contact_with_hours(bells: BellServer, whom: str, minute: int, there: bool) -> None:
    """It is rung within them; out of them the teacher is told after all."""
    rig = urgent_to(whom, hours={"tuesday": ["07:00-21:40"]})
    rig.clock.advance(minutes=minute)
    rig.deliver("a", "urgent notice")
    rig.run()
    assert bells.words("contact") == [ONE] * there
    assert len(rig.digests) == (whom == "both" or not there)


@pytest.mark.parametrize(("hour", "there"), [(21, False), (22, True), (23, False)])
def test_the_day_of_a_contact_begins_at_midnight_at_school(bells: BellServer, hour: int, there: bool) -> None:
    """Not in Greenwich: 22:30 there is 00:30 of the next day."""
    rig = urgent_to("contact", hours={"wednesday": ["00:00-01:00"]})
    rig.clock.moment = datetime(2026, 9, 15, hour, 30, tzinfo=UTC)
    rig.deliver("a", "urgent notice")
    rig.run()
    assert len(bells.words("contact")) == there


@pytest.mark.parametrize("contact", [None, {"name": "Conciërge"}])
@pytest.mark.parametrize("whom", ["contact", "both"])
def test_nobody_to_ring(bells: BellServer, whom: str, contact: Mapping[str, Any] | None) -> None:
    """No contact, or one without a URL: the teacher is told."""
    rig = urgent_to(whom, school={"emergency": contact})
    rig.deliver("a", "urgent notice")
    rig.run()
    assert len(rig.digests) == 1
    assert bells.words("contact") == []


def broken(how: str, bells: BellServer, monkeypatch: pytest.MonkeyPatch) -> str:
    """Break the contact's bell; returns the name of the variable that holds its URL."""
    if how == "refused":
        bells.status = 500
    elif how == "no secret":
        return "BELL_UNSET"
    elif how == "no URL":
        monkeypatch.setenv("BELL_CONTACT", "this is no address")
    elif how == "not installed":
        monkeypatch.setitem(sys.modules, "apprise", None)
    elif how == "explodes":
        monkeypatch.setattr("apprise.Apprise.notify", lambda *_, **__: 1 / 0)
    else:
        return CLOSED
    return "BELL_CONTACT"


@pytest.mark.parametrize("how", ["refused", "closed", "no secret", "no URL", "not installed", "explodes"])
def test_a_bell_that_fails_has_the_teacher_told(how: str, bells: BellServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """At once, in the same pass; the log says so without an address or a word of the mail."""
    rig = urgent_to("contact", broken(how, bells, monkeypatch))
    rig.deliver("a", "urgent notice", subject="Nood")
    with capture_logs() as told:
        rig.run()
    assert "Nood" in rig.digest
    assert "the emergency contact was not reached" in [one["event"] for one in told]
    assert not {"127.0.0.1", "Nood", "thuis.example", "this is no address"} & set(str(told).split())
    rig.run()
    assert len(rig.digests) == 1


def test_one_of_two_addresses_is_enough(bells: BellServer) -> None:
    """The contact is reached; the one that failed is named in the log."""
    rig = urgent_to("contact", CLOSED, "BELL_OTHER")
    rig.deliver("a", "urgent notice")
    with capture_logs() as told:
        rig.run()
    assert bells.words("other") == [ONE]
    assert rig.digests == []
    assert [one["event"] for one in told if one["log_level"] == "error"] == ["the bell did not ring"]


def test_a_digest_that_the_server_refuses_is_tried_again_and_the_contact_not_rung_again(bells: BellServer) -> None:
    """Where both are to be told, each is told once, whatever fails in between."""
    rig = urgent_to("both")
    rig.server.refuse_appends = True
    rig.deliver("a", "urgent notice")
    rig.run()
    rig.clock.advance(hours=2)
    rig.run()
    assert (bells.words("contact"), rig.digests) == ([ONE], [])
    rig.server.refuse_appends = False
    rig.run()
    assert (bells.words("contact"), bells.words("school"), len(rig.digests)) == ([ONE], [ONE], 1)


def test_where_nobody_works_for_a_year_the_teacher_is_told_too(bells: BellServer) -> None:
    """There is no next digest to wait for."""
    rig = urgent_to("contact", school={"days_off": ["2026-09-01/2027-12-31"]})
    rig.deliver("a", "urgent notice")
    rig.run()
    assert (bells.words("contact"), len(rig.digests)) == ([ONE], 1)


def test_mail_that_the_teacher_read_rings_for_nobody(bells: BellServer) -> None:
    """Read between the look and the bell, or answered while the bells were full."""
    rig = urgent_to("contact")
    uid = rig.deliver("a", "urgent notice")
    for found in rig.triage.look("INBOX"):
        rig.triage.act(found)
    rig.message(uid).flags.add("\\Seen")
    rig.triage.tell()
    assert bells.raw == []
    assert rig.memory.bells.waiting("alice") == []


# -- one bell for a thread


@pytest.mark.parametrize("whom", ["teacher", "contact", "both"])
@pytest.mark.parametrize(("minutes", "rings"), [(1, 1), (59.9, 1), (60, 2), (61, 2)])
@pytest.mark.parametrize(
    "header", [{"References": "<a@thuis.example> <z@school.example>"}, {"In_Reply_To": "<a@thuis.example>"}]
)
def test_one_bell_for_a_thread_within_the_pause(
    bells: BellServer, whom: str, minutes: float, rings: int, header: dict[str, str]
) -> None:
    """A further mail joins what waits; at the end of the pause it rings again."""
    rig = urgent_to(whom)
    rig.deliver("a", "urgent notice", subject="Eerste")
    rig.run()
    rig.clock.advance(minutes=minutes)
    before = rig.digests
    rig.deliver("b", "urgent notice", subject="Tweede", **header)
    rig.run()
    rig.clock.advance(minutes=90)
    rig.run()
    rung = bells.words("school" if whom == "teacher" else "contact")
    assert len(rung) == rings
    assert (rig.digests != before) == (rings == 2 and whom != "contact")
    assert "Tweede" in in_the_morning(rig)
    assert "Eerste" in rig.digest


def test_another_thread_rings_and_takes_along_what_joined(bells: BellServer) -> None:
    """The digest that is written at night tells all urgent mail that waits."""
    rig = urgent_to("teacher")
    rig.deliver("a", "urgent notice", subject="Eerste")
    rig.run()
    rig.clock.advance(minutes=10)
    rig.deliver("b", "urgent notice", subject="Tweede", References="<a@thuis.example>")
    rig.run()
    assert "Tweede" not in rig.digest
    rig.clock.advance(minutes=10)
    rig.deliver("c", "urgent notice", subject="Derde")
    rig.run()
    assert all(one in rig.digest for one in ("Eerste", "Tweede", "Derde"))
    assert bells.words("school") == [ONE, ONE.replace("Een bericht", "2 berichten").replace("vraagt", "vragen")]


def test_a_pause_of_nothing_rings_each_time(bells: BellServer) -> None:
    """But once for each mail."""
    rig = urgent_to("contact", bell_pause_minutes=0)
    for name in ("a", "b"):
        rig.deliver(name, "urgent notice", References="<x@thuis.example>")
        rig.run()
        rig.clock.advance(seconds=1)
        rig.run()
    assert len(bells.words("contact")) == 2


@pytest.mark.parametrize("whom", ["teacher", "contact"])
def test_a_restart_does_not_ring_again(bells: BellServer, whom: str, tmp_path: Path) -> None:
    """What rang is in the store: a new process, a new connection, the same file."""
    rig = urgent_to(whom)
    rig.memory = memory(tmp_path / "store.sqlite")
    rig.clock.moment = AT_WORK - timedelta(days=1)
    rig.run()
    rig.clock.moment = EVENING
    rig.deliver("a", "urgent notice")
    rig.run()
    rig.memory.journal.engine.dispose()
    rig.memory = memory(tmp_path / "store.sqlite")
    rig.drop()
    rig.clock.advance(minutes=20)
    rig.deliver("b", "urgent notice", References="<a@thuis.example>")
    rig.run()
    assert len(bells.words("school") + bells.words("contact")) == 1


def test_the_contact_does_not_rely_on_a_teacher_who_went_home(bells: BellServer) -> None:
    """Told at school at 16:29, home at 16:30: what comes at 16:40 rings for the contact. The teacher would not be told
    again: that bell was her own."""
    for whom, rung in (("contact", 1), ("teacher", 0)):
        rig = urgent_to(whom)
        rig.clock.moment = datetime(2026, 9, 16, 14, 29, tzinfo=UTC)
        rig.deliver("a", "urgent notice")
        rig.run()
        bells.rung.clear()
        rig.clock.advance(minutes=11)
        rig.deliver("b", "urgent notice", References="<a@thuis.example>")
        rig.run()
        assert len(bells.rung) == rung


def test_the_teacher_is_not_woken_after_the_contact_was_told(bells: BellServer) -> None:
    """Where the contact's hours end within the pause, the thread is in its hands."""
    rig = urgent_to("contact", hours={"tuesday": ["07:00-21:50"]})
    rig.deliver("a", "urgent notice")
    rig.run()
    rig.clock.advance(minutes=20)
    rig.deliver("b", "urgent notice", References="<a@thuis.example>")
    rig.run()
    assert (len(bells.rung), rig.digests) == (1, [])


# -- floods, clocks, accounts


@pytest.mark.parametrize("whom", ["teacher", "contact"])
def test_a_flood_of_threads_rings_a_few_times_and_then_once_for_all(bells: BellServer, whom: str) -> None:
    """Nothing is lost: when the first bell is an hour old, one bell tells the rest. The log names the number."""
    rig = urgent_to(whom)
    with capture_logs() as told:
        for number in range(MOST_BELLS + 4):
            rig.deliver(f"m{number}", "urgent notice")
            rig.run()
            rig.clock.advance(minutes=2)
        rung = bells.words("school" if whom == "teacher" else "contact")
        assert len(rung) == MOST_BELLS
        assert rig.memory.bells.next_due("alice") == EVENING + timedelta(hours=1)
        rig.clock.moment = EVENING + timedelta(minutes=59, seconds=59)
        rig.run()
        assert len(bells.rung) == MOST_BELLS
        rig.clock.advance(seconds=1)
        rig.run()
        rig.run()
    rung = bells.words("school" if whom == "teacher" else "contact")
    assert rung[MOST_BELLS:] == ["4 berichten over iets dringends (alice) vragen aandacht"]
    assert sum("too many bells" in one["event"] for one in told) == 4


@pytest.mark.usefixtures("bells")
def test_a_flood_before_school_ends_when_school_begins() -> None:
    """The teacher who comes in is told, whatever rang before."""
    rig = urgent_to("contact")
    rig.clock.moment = datetime(2026, 9, 16, 6, 0, tzinfo=UTC)  # 08:00
    for number in range(MOST_BELLS + 1):
        rig.deliver(f"m{number}", "urgent notice", subject=f"Mail {number}")
        rig.run()
        rig.clock.advance(minutes=1)
    begins = datetime(2026, 9, 16, 6, 15, tzinfo=UTC)
    assert {bell.due_at for bell in rig.memory.bells.waiting("alice")} == {begins}
    rig.clock.moment = begins
    rig.run()
    assert all(f"Mail {number}" in rig.digest for number in range(MOST_BELLS + 1))


@pytest.mark.parametrize(("minutes", "rings"), [(59, 1), (60, 2)])
def test_the_pause_is_as_long_in_the_night_of_the_clock_change(bells: BellServer, minutes: int, rings: int) -> None:
    """At 02:30 and, an hour later, at 02:30 again: by the clock on the wall no time has passed."""
    rig = urgent_to("contact")
    rig.clock.moment = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    rig.deliver("a", "urgent notice")
    rig.run()
    rig.clock.advance(minutes=minutes)
    rig.deliver("b", "urgent notice", References="<a@thuis.example>")
    rig.run()
    assert len(bells.rung) == rings


@pytest.mark.parametrize(
    ("moment", "there"),
    [
        (datetime(2026, 10, 25, 1, 59, tzinfo=UTC), True),  # 02:59, for the second time
        (datetime(2026, 10, 25, 2, 0, tzinfo=UTC), False),  # 03:00
        (datetime(2027, 3, 28, 0, 59, tzinfo=UTC), True),  # 01:59
        (datetime(2027, 3, 28, 1, 0, tzinfo=UTC), False),  # 03:00: an hour is left out
    ],
)
def test_hours_of_a_contact_in_the_nights_of_the_clock_change(bells: BellServer, moment: datetime, there: bool) -> None:
    """Until 03:00 by the clock on the wall, be the night short or long."""
    rig = urgent_to("contact", hours={"sunday": ["00:00-03:00"]})
    rig.clock.moment = moment
    rig.deliver("a", "urgent notice")
    rig.run()
    assert (len(bells.words("contact")), len(rig.digests)) == (there, not there)


def test_accounts_ring_apart(bells: BellServer) -> None:
    """The same thread in two mailboxes rings for each, by the name that the school gave it."""
    contact = {"emergency": {"name": "Conciërge", "apprise": [{"env": "BELL_CONTACT"}]}}
    accounts = [{}, {"name": "groep5", "username": "bob"}]
    chosen = settings(school=contact, accounts=accounts, notifications={"urgent_to": "contact"})
    server, clock, kept = MemoryServer(), HandClock(EVENING), memory()
    for name in ("alice", "bob"):
        server.add_account(name)
    service = Service(opening(chosen), kept, connect=lambda one: server.connect(one.username), clock=clock)
    service.once()
    for name in ("alice", "bob"):
        server.deliver(name, mail("a", "urgent notice", date=clock()), at=clock())
    assert service.once() == []
    assert sorted(bells.words("contact")) == [ONE, ONE.replace("alice", "groep5")]
    assert digests_of(server) == []


@pytest.mark.usefixtures("bells")
def test_what_rang_goes_after_its_time() -> None:
    """With the records of the messages."""
    rig = urgent_to("contact")
    rig.deliver("a", "urgent notice")
    rig.run()
    rings = Rings(rig.memory.journal.engine)
    rig.memory.journal.forget_before(EVENING)
    assert rings.last("alice") is not None
    rig.memory.journal.forget_before(EVENING + timedelta(seconds=1))
    assert rings.last("alice") is None


@pytest.mark.usefixtures("bells")
def test_what_rang_for_somebody_s_mail_goes_with_the_rest_of_it() -> None:
    """``forget`` leaves nothing of a sender, and everything of the others."""
    rig = urgent_to("contact")
    rig.deliver("a", "urgent notice")
    rig.run()
    rig.clock.advance(minutes=1)
    rig.deliver("b", "urgent notice", sender="other@thuis.example")
    rig.run()
    rings = Rings(rig.memory.journal.engine)
    assert rig.memory.journal.forget_sender("kim@thuis.example") == 1
    assert [one.at for one in rings.since("alice", EVENING)] == [rig.clock()]


def test_without_a_digest_only_the_bell_tells(bells: BellServer) -> None:
    """A school that wants no mail from us."""
    rig = urgent_to("teacher", digest=False)
    rig.deliver("a", "urgent notice")
    rig.run()
    rig.run()
    assert (bells.words("school"), rig.digests) == ([ONE], [])


def test_ordinary_mail_rings_with_the_digest_as_counts(bells: BellServer) -> None:
    """In hours; at night nothing rings for it."""
    rig = urgent_to("both")
    rig.deliver("a", "notice")
    rig.run()
    assert bells.raw == []
    in_the_morning(rig)
    assert bells.words("school") == ["1 bericht van ouders, 0 dringend"]
    assert bells.words("contact") == []
