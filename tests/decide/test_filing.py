"""The script for filing at delivery, as a text: what it says, and that no value breaks out of it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtriage.decide import Schedule
from mailtriage.decide.filing import (
    DAYS,
    Coverage,
    Filing,
    coverage_of,
    earlier_of,
    going_on,
    is_intact,
    is_ours,
    master_script,
    open_hours,
    provider_of,
    steps_for,
)
from mailtriage.decide.filing.syntax import literally, quoted
from mailtriage.read import ScopeRules
from mailtriage.settings import WeeklyHours
from tests.decide.test_hours import schedule
from tests.school import WEEK

FIRST = date(2026, 10, 20)
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
SENDERS = ScopeRules(own_domains=frozenset({"school.example"}), own_addresses=frozenset({"els@school.example"}))


def filing(**changed: object) -> Filing:
    """A filing for one teacher; ``changed`` are its other fields."""
    fields = {"account": "groep5", "schedules": (schedule(WEEK),), "senders": SENDERS, "folder": "Triage/Later"}
    return Filing(**(fields | changed))  # type: ignore[arg-type]


def strings_of(script: str) -> list[str]:
    """The quoted strings of a script, read as RFC 5228 §2.4.2.1 says, without those in comments."""
    found: list[str] = []
    at, inside, value = 0, False, ""
    while at < len(script):
        sign = script[at]
        if inside and sign == "\\":
            value += script[at + 1]
            at += 1
        elif sign == '"':
            if inside:
                found.append(value)
            inside, value = not inside, ""
        elif inside:
            value += sign
        elif sign == "#":
            at = script.index("\n", at)
        at += 1
    assert not inside
    return found


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_a_quoted_string_holds_what_was_put_in(text: str) -> None:
    """Quotes and backslashes come out as they went in; control characters, which no address has, are left out."""
    assert strings_of(quoted(text)) == ["".join(sign for sign in text if not CONTROL.match(sign))]


@pytest.mark.parametrize("evil", ['a"b@x.example', "a\\@x.example", 'a@x.example"; keep; #', "a\r\n@x.example", "*@*"])
def test_no_address_breaks_out_of_the_script(evil: str) -> None:
    """An address is one string of the script, whatever stands in it, and as a pattern it fits itself alone."""
    listed = filing(senders=ScopeRules(parents=frozenset({evil}))).script(FIRST)
    assert evil.replace("\r\n", "") in strings_of(listed)
    plain = filing(senders=ScopeRules(parents=frozenset({"x"}))).script(FIRST)
    assert len(strings_of(listed)) == len(strings_of(plain))
    domain = evil.rpartition("@")[2]
    assert literally(domain).replace("\r\n", "") in strings_of(
        filing(senders=ScopeRules(own_domains=frozenset({domain}))).script(FIRST)
    )


def test_a_folder_or_account_with_line_ends_stays_in_its_comment() -> None:
    """The comments at the top are comments to their end."""
    script = filing(folder='Triage"\nkeep;\n#').script(FIRST)
    assert all(line.startswith("#") for line in script.partition("\nrequire")[0].splitlines())


def test_the_same_days_give_the_same_text() -> None:
    """By this a script on a server is known to be up to date; another configuration gives another text."""
    assert filing().script(FIRST, 30) == filing().script(FIRST, 30)
    assert filing().script(FIRST, 30) != filing(schedules=(schedule({"monday": ["08:00-09:00"]}),)).script(FIRST, 30)


def test_a_script_says_what_it_covers() -> None:
    """The days are read back from the script; their end is in UTC, and the second half of them is the time to renew."""
    coverage = coverage_of(filing().script_at(datetime(2026, 10, 19, 23, 30, tzinfo=UTC)))
    assert coverage == Coverage(date(2026, 10, 19), DAYS)
    assert coverage.end == datetime(2026, 12, 18, tzinfo=UTC)
    assert not coverage.wanes(coverage.end - timedelta(30))
    assert coverage.wanes(coverage.end - timedelta(29, 23))


@pytest.mark.parametrize(
    "text",
    ["", "keep;", "# mailtriage covers soon 60\n", "# mailtriage covers 2026-13-40 60\n",
     "# mailtriage covers 9999-12-31 60\n", "# mailtriage covers 2026-10-20 999\n", "# active before: \"x\n"],
)  # fmt: skip
def test_what_is_not_ours_is_not_taken_for_ours(text: str) -> None:
    """Nor does a damaged line of ours raise anything."""
    assert coverage_of(text) is None
    assert not is_ours(text)


@pytest.mark.parametrize("name", ["", "roundcube", 'a "quoted" \\ name', "naam\nkeep;", "vakantie ☀"])
def test_the_master_remembers_the_earlier_script(name: str) -> None:
    """Whatever it is called, its name comes back, and the master includes it before ours."""
    master = master_script(name)
    assert earlier_of(master) == name
    assert is_ours(master)
    assert is_intact(master)
    assert strings_of(master) == ["include", *([name.replace("\n", "")] if name else []), "mailtriage"]


def test_a_change_by_hand_is_seen() -> None:
    """Also one in a comment; line ends that a server changed are none."""
    script = filing().script(FIRST)
    assert is_intact(script)
    assert is_intact(script.replace("\n", "\r\n").rstrip())
    assert not is_intact(script + "keep;\n")
    assert not is_intact(script.replace("Out of working", "Out off working"))
    assert not is_intact("keep;")


def test_nobody_who_works_means_no_filing() -> None:
    """Mail that nothing would ever release stays in the inbox: the whole window counts as open."""
    never = schedule({})
    whole = [(datetime(2026, 10, 20, tzinfo=UTC), datetime(2026, 10, 30, tzinfo=UTC))]
    assert [(one.start, one.end) for one in open_hours([never], FIRST, 10)] == whole
    assert [(one.start, one.end) for one in open_hours([], FIRST, 10)] == whole


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "Europe/Amsterdam", "Pacific/Honolulu"])
def test_local_days_that_lie_across_the_ends_of_the_window_count(zone: str) -> None:
    """Days begin elsewhere than in UTC: at every half hour of three days somebody who works all week but Monday and
    Tuesday is found at work as the schedule says."""
    hours = {day: ["00:00-24:00"] for day in ("wednesday", "thursday", "friday", "saturday", "sunday")}
    person = Schedule("Els", WeeklyHours.model_validate(hours), ZoneInfo(zone))
    for first in (FIRST, FIRST + timedelta(4)):
        found = open_hours([person], first, 3)
        start = datetime.combine(first, datetime.min.time(), UTC)
        for moment in (start + timedelta(minutes=30 * half) for half in range(3 * 48)):
            assert any(moment in one for one in found) == person.open_at(moment), moment


def test_after_the_last_working_hour_of_somebody_who_leaves_nothing_is_filed() -> None:
    """Before it mail still waits for that hour."""
    leaving = schedule({"thursday": ["09:00-10:00"]}, "2026-10-23/2099-01-01")
    found = [(one.start, one.end) for one in open_hours([leaving], FIRST, 10)]
    assert found == [(datetime(2026, 10, 22, 7, tzinfo=UTC), datetime(2026, 10, 30, tzinfo=UTC))]


def test_a_year_stays_far_below_the_limit_of_pigeonhole() -> None:
    """1 MB is the default of ``sieve_max_script_size``; two thousand parents and a whole year take a tenth of it."""
    parents = frozenset(f"voornaam.achternaam{number}@thuis.example" for number in range(2000))
    two = (schedule(WEEK), schedule({"monday": ["07:30-08:10", "19:00-20:15"]}))
    assert len(filing(schedules=two).script(FIRST, 60).encode()) < 10_000
    assert len(filing(schedules=two, senders=ScopeRules(parents=parents)).script(FIRST, 366).encode()) < 110_000


@pytest.mark.parametrize(
    ("script", "actions"),
    [
        ("", ()),
        ('vacation "ik ben er niet";', ()),
        ('if true { fileinto "A"; stop; }', ()),
        ('if true { fileinto "A"; }', ("fileinto",)),
        ('if true { fileinto :copy "A"; } elsif true { discard; stop; } else { redirect "a@b"; }', ("redirect",)),
        ("if true { if false { discard; } stop; } # keep;\n/* keep; */ vacation text:\nkeep;\n.\n;", ()),
        ('if header "x" "stop;" { Keep; }', ("keep",)),
        ('if anyof (true, header "a" "b") { addflag "\\\\Seen"; fileinto "A"; } keep;', ("fileinto", "keep")),
        ("if true { } } }", ()),
    ],
)
def test_actions_that_go_on_are_found(script: str, actions: tuple[str, ...]) -> None:
    """Those that decide where a message goes and are not followed by ``stop``; strings and comments say nothing."""
    assert going_on(script) == actions


@pytest.mark.parametrize(
    ("host", "provider"),
    [("imap.gmail.com", "gmail"), ("Outlook.Office365.com.", "exchange"), ("imap.school.example", ""), ("", "")],
)
def test_providers_without_sieve_are_known_by_their_hosts(host: str, provider: str) -> None:
    """Any other host is asked."""
    assert provider_of(host) == provider


@pytest.mark.parametrize("provider", ["gmail", "exchange"])
@pytest.mark.parametrize(("language", "clock"), [("nl", "op de klok kijken"), ("en", "look at the clock")])
def test_the_steps_say_what_a_filter_cannot_do(provider: str, language: str, clock: str) -> None:
    """And name what is to be written into it, in the school's language."""
    rules = ScopeRules(own_domains=SENDERS.own_domains, other_addresses=frozenset({"o'brien@foto.example"}))
    told = steps_for(provider, "groep5", "els@school.example", rules, language)
    assert clock in told
    assert 'hold = "move"' in told
    assert "school.example" in told.partition("2.")[2]
    assert ("'o''brien@foto.example'" in told) == (provider == "exchange")
    listed = ScopeRules(parents=frozenset({"kim@thuis.example", "ali@thuis.example"}))
    assert "kim@thuis.example" in steps_for(provider, "groep5", "els@school.example", listed, language)
