"""What Pigeonhole itself decides by the script, at moments of the test's choice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as rules
from hypothesis import strategies as st

from mailtriage.decide import Schedule
from mailtriage.decide.filing import Filing
from mailtriage.errors import NoWorkingMomentError
from mailtriage.read import ScopeRules, read_message, scope_of
from mailtriage.records import ScopeKind
from mailtriage.settings import School, Staff
from tests.decide.test_hours import TURNS, local, schedule, weeks
from tests.school import WEEK, mail
from tests.servers import own_folder
from tests.servers.sieving import Tried

pytestmark = pytest.mark.dovecot

SENDERS = ScopeRules(
    own_domains=frozenset({"school.example"}),
    own_addresses=frozenset({"juf@prive.example"}),
    other_addresses=frozenset({"jan@boeken.example"}),
    other_domains=frozenset({"foto.example"}),
    trusted_authserv=frozenset({"mx.school.example"}),
)
LATER = "Triage/Later"
NIGHT = local(2026, 11, 10, 21)


@pytest.fixture(scope="module")
def tried() -> Iterator[Tried]:
    """Pigeonhole's ``sieve-test``."""
    with own_folder("tried") as base:
        yield Tried.at(base)


def script(*schedules: Schedule, first: date, days: int = 60, senders: ScopeRules = SENDERS) -> str:
    """A script for an account whose mailbox is that of these schedules."""
    return Filing("groep5", schedules, senders, LATER).script(first, days)


def released_some_day(schedules: list[Schedule], moment: datetime) -> bool:
    """Whether somebody works within a year after a moment."""
    for one in schedules:
        try:
            one.next_open(moment)
        except NoWorkingMomentError:
            continue
        return True
    return False


@pytest.mark.parametrize(
    ("moment", "folder"),
    [
        (local(2026, 10, 23, 8, 14, 59), LATER),  # a Friday in summer time
        (local(2026, 10, 23, 8, 15), "INBOX"),
        (local(2026, 10, 23, 11, 59, 59), "INBOX"),
        (local(2026, 10, 23, 12), LATER),
        (local(2026, 10, 25, 2, 30), LATER),  # the hour that occurs twice
        (local(2026, 10, 25, 2, 30, fold=1), LATER),
        (local(2026, 10, 26, 8, 14, 59), LATER),  # the Monday after, in winter time
        (local(2026, 10, 26, 8, 15), "INBOX"),
        (local(2026, 10, 26, 16, 29, 59), "INBOX"),
        (local(2026, 10, 26, 16, 30), LATER),
        (local(2026, 11, 2, 10), LATER),  # a day off
        (local(2026, 12, 18, 10), "INBOX"),  # the last day that is covered
        (local(2026, 12, 19, 0, 59, 59), LATER),  # it ends at 00:00 UTC
        (local(2026, 12, 19, 1), "INBOX"),
        (local(2027, 6, 1, 22), "INBOX"),
        (local(2026, 10, 20, 1, 59, 59), "INBOX"),  # and began at 00:00 UTC
        (local(2026, 10, 20, 2), LATER),
    ],
)
def test_autumn(tried: Tried, moment: datetime, folder: str) -> None:
    """Hours of a school across the end of summer time, a day off, and the first and last day of the script."""
    assert tried.compile(script(schedule(WEEK, "2026-11-02"), first=date(2026, 10, 20))) == ""
    assert tried.folder(mail("1"), moment) == folder


@pytest.mark.parametrize(
    ("moment", "folder"),
    [
        (local(2027, 3, 27, 23, 30), "INBOX"),
        (local(2027, 3, 28, 0, 0), LATER),
        (local(2027, 3, 28, 1, 59, 59), LATER),
        (local(2027, 3, 28, 3), "INBOX"),  # 02:30 does not exist tonight: the hours begin at the change
        (local(2027, 3, 28, 4), LATER),
        (local(2027, 3, 29, 10), LATER),  # a day off
        (local(2027, 3, 30, 8, 59, 59), LATER),
        (local(2027, 3, 30, 9), "INBOX"),
        (local(2027, 3, 31, 1), "INBOX"),  # from Tuesday 22:00 to Wednesday 24:00, over two midnights
        (local(2027, 4, 1, 0), LATER),
    ],
)
def test_spring(tried: Tried, moment: datetime, folder: str) -> None:
    """The beginning of summer time, a day off, and hours until 24:00."""
    hours = {
        "saturday": ["22:00-24:00"],
        "sunday": ["02:30-04:00"],
        "monday": ["09:00-12:00"],
        "tuesday": ["09:00-12:00", "22:00-24:00"],
        "wednesday": ["00:00-24:00"],
    }
    assert tried.compile(script(schedule(hours, "2027-03-29", holidays=""), first=date(2027, 3, 20))) == ""
    assert tried.folder(mail("1"), moment) == folder


@pytest.mark.parametrize(("day", "folder"), [(26, "INBOX"), (27, LATER), (28, "INBOX")])
def test_a_public_holiday(tried: Tried, day: int, folder: str) -> None:
    """On King's Day 2027, a Tuesday, nobody works."""
    assert tried.compile(script(schedule(WEEK), first=date(2027, 4, 1))) == ""
    assert tried.folder(mail("1"), local(2027, 4, day, 10)) == folder


def test_whoever_works_opens_the_inbox_of_two(tried: Tried) -> None:
    """Two teachers with weeks by turns, lessons and a margin: mail is filed where neither may be told."""
    school = School.model_validate({"lessons": {"monday": ["08:30-12:00"]}})
    els = {"name": "Els", "address": "els@school.example", "hours": {}}
    even = Staff.model_validate({**els, "even_weeks": {"monday": ["08:00-16:00"]}})
    odd = Staff.model_validate({**els, "name": "Kim", "odd_weeks": {"monday": ["09:00-17:00"]}})
    two = [Schedule.of(person, school, (), timedelta(minutes=15)) for person in (even, odd)]
    assert tried.compile(script(*two, first=date(2026, 11, 1))) == ""
    found = [
        [
            tried.folder(mail("1"), local(2026, 11, day, hour, minute))
            for hour, minute in ((8, 10), (10, 0), (12, 30), (16, 30))
        ]
        for day in (2, 9)  # ISO weeks 45 and 46
    ]
    assert found == [[LATER, LATER, "INBOX", "INBOX"], ["INBOX", LATER, "INBOX", LATER]]


@rules(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_script_decides_as_the_schedules_do(tried: Tried, data: st.DataObject) -> None:
    """Whatever the hours: mail is filed where nobody may be told and somebody will be; tried at the edges and between.

    ``Schedule.open_at`` and ``next_open`` are what the service itself goes by.
    """
    hours = data.draw(st.lists(weeks, min_size=1, max_size=2))
    schedules = [schedule(week) for week in hours]
    first = data.draw(st.sampled_from([turn.date() - timedelta(3) for turn in TURNS] + [date(2026, 12, 28)]))
    days = data.draw(st.integers(1, 10))
    start = datetime.combine(first, datetime.min.time(), UTC)
    end = start + timedelta(days)
    assert tried.compile(script(*schedules, first=first, days=days)) == ""
    around = [first + timedelta(day) for day in range(-1, days + 1)]
    edges = [
        edge for one in schedules for day in around for piece in one.tellable(day) for edge in (piece.start, piece.end)
    ]
    moments = [start, end - timedelta(seconds=1)]
    if edges:
        moments += [data.draw(st.sampled_from(edges)) - timedelta(seconds=late) for late in (0, 1, 0, 1)]
    moments += [start + timedelta(minutes=data.draw(st.integers(0, days * 1440 - 1)))]
    for moment in moments:
        filed = start <= moment < end and not any(one.open_at(moment) for one in schedules)
        wanted = LATER if filed and released_some_day(schedules, moment) else "INBOX"
        assert tried.folder(mail("1"), moment) == wanted, moment


MAILS: dict[str, bytes] = {
    "a parent": mail("1"),
    "a parent with a quoted name": mail("1", sender='"O\'Brien, Kim \\"K\\"" <kim@thuis.example>'),
    "a parent in capitals": mail("1", sender="KIM@THUIS.EXAMPLE"),
    "says that a person wrote it": mail("1", Auto_Submitted="no"),
    "out of office": mail("1", Auto_Submitted="auto-replied (vacation)"),
    "generated": mail("1", Auto_Submitted="auto-generated"),
    "list": mail("1", List_Id="<ouders.lists.example>"),
    "bulk": mail("1", Precedence="Bulk"),
    "first class": mail("1", Precedence="first-class"),
    "null sender": mail("1", Return_Path="<>"),
    "report": mail("1", sender="MAILER-DAEMON@mx.example"),
    "failed": mail("1", X_Failed_Recipients="x@y.example"),
    "responder": mail("1", X_Autoreply="yes"),
    "no responder": mail("1", X_Autoreply="no"),
    "newsletter": mail("1", List_Unsubscribe="<mailto:x@y.example>", Feedback_ID="1:2:3"),
    "only unsubscribe": mail("1", List_Unsubscribe="<mailto:x@y.example>"),
    "no reply": mail("1", sender="no-reply@webshop.example"),
    "niet beantwoorden": mail("1", sender="niet.beantwoorden@gemeente.example"),
    "nieuwsbrief": mail("1", sender="nieuwsbrief@gemeente.example"),
    "colleague": mail("1", sender="els@school.example"),
    "colleague below": mail("1", sender="els@mail.School.example"),
    "nearly a colleague": mail("1", sender="els@preschool.example"),
    "own address": mail("1", sender="juf@prive.example"),
    "supplier": mail("1", sender="jan@boeken.example"),
    "supplier's colleague": mail("1", sender="piet@boeken.example"),
    "supplier's domain": mail("1", sender="info@foto.example"),
    "spam": mail("1", X_Spam_Flag="YES"),
    "forged": mail("1", Authentication_Results="mx.school.example; spf=fail; dmarc=fail header.from=thuis.example"),
    "proven": mail("1", Authentication_Results="mx.school.example; dmarc=pass header.from=thuis.example"),
    "says somebody": mail("1", Authentication_Results="mx.evil.example; dmarc=fail header.from=thuis.example"),
    "no sender": mail("1", sender="onbekend"),
}


@pytest.mark.parametrize("parents", [None, frozenset({"kim@thuis.example", "els@school.example"})])
@pytest.mark.parametrize("name", MAILS)
def test_the_script_knows_parents_as_the_program_does(tried: Tried, name: str, parents: frozenset[str] | None) -> None:
    """What is filed is what ``scope_of`` takes for a parent's, with a list of parents and without."""
    senders = ScopeRules(
        own_domains=SENDERS.own_domains,
        own_addresses=SENDERS.own_addresses,
        parents=parents,
        other_addresses=SENDERS.other_addresses,
        other_domains=SENDERS.other_domains,
        trusted_authserv=SENDERS.trusted_authserv,
    )
    assert tried.compile(script(schedule(WEEK), first=date(2026, 11, 1), senders=senders)) == ""
    raw = MAILS[name]
    parent = scope_of(read_message(raw), senders).kind is ScopeKind.PARENT
    assert tried.folder(raw, NIGHT) == (LATER if parent else "INBOX")


def test_what_only_the_server_knows_or_sieve_cannot_say_leaves_mail_in_the_inbox(tried: Tried) -> None:
    """A report by its type, Outlook's mark of automatic mail, our own mail. A null sender: see the test of delivery."""
    assert tried.compile(script(schedule(WEEK), first=date(2026, 11, 1))) == ""
    report = mail("1").replace(b"Content-Type: text/plain", b'Content-Type: multipart/report; boundary="x"')
    assert tried.folder(report, NIGHT) == "INBOX"
    assert tried.folder(mail("1", X_Auto_Response_Suppress="All"), NIGHT) == "INBOX"
    assert tried.folder(mail("1", X_Mailtriage="digest"), NIGHT) == "INBOX"


@pytest.mark.parametrize("evil", ['a"b@x.example', "a\\@x.example", 'a@x.example"; keep; #', "${hex:41}@x.example"])
def test_odd_addresses_compile(tried: Tried, evil: str) -> None:
    """Pigeonhole takes a script with them, and files a parent's mail by it."""
    domain = evil.rpartition("@")[2]
    senders = ScopeRules(own_addresses=frozenset({evil}), own_domains=frozenset({domain, '*."\\'}))
    assert tried.compile(script(schedule(WEEK), first=date(2026, 11, 1), senders=senders)) == ""
    assert tried.folder(mail("1"), NIGHT) == LATER
    assert (
        tried.compile(script(schedule(WEEK), first=date(2026, 11, 1), senders=ScopeRules(parents=frozenset({evil}))))
        == ""
    )
    assert tried.folder(mail("1"), NIGHT) == "INBOX"


def test_nobody_ever_at_work_files_nothing(tried: Tried) -> None:
    """Nothing would bring such mail back."""
    assert tried.compile(script(schedule({}), first=date(2026, 11, 1))) == ""
    assert tried.folder(mail("1"), NIGHT) == "INBOX"


def test_a_server_without_the_extension_mailbox() -> None:
    """The script for it does not ask for what the server lacks."""
    with own_folder("tried") as base:
        bare = Tried.at(base, ("+date", "-mailbox"))
        assert "mailbox" in bare.compile(Filing("x", (schedule(WEEK),), SENDERS, LATER).script(date(2026, 11, 1)))
        assert (
            bare.compile(Filing("x", (schedule(WEEK),), SENDERS, LATER, create=False).script(date(2026, 11, 1))) == ""
        )
        assert bare.folder(mail("1"), NIGHT) == LATER
