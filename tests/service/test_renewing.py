"""The script on a real server stays up to date: renewed in time and after a change, and never forced on anybody."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from mailtriage.act.managesieve import Standing, opened, remove, standing_of
from mailtriage.act.memory import MemoryServer
from mailtriage.decide.filing import MASTER, Coverage, Filing, coverage_of
from mailtriage.errors import ConfigurationError, MailboxError
from mailtriage.service import connector
from mailtriage.service.renewing import (
    EVERY,
    SOONER,
    Placed,
    Renewer,
    State,
    filing_for,
    look,
    place,
    placed,
    scripts_of,
    sieve_server,
)
from mailtriage.settings import Account, Settings
from mailtriage.settings.load import load_settings
from tests.act.test_managesieve import RULES, TEXT
from tests.decide.test_filing import FIRST, filing
from tests.school import HandClock, settings
from tests.servers import free_port
from tests.servers.sieving import SievingDovecot
from tests.service import bench

MADE = datetime(2026, 10, 20, 12, tzinfo=UTC)
BASE = Path()
_users = count(1)


@pytest.fixture
def user() -> str:
    """A user name of one's own."""
    return f"renewed{next(_users)}"


@pytest.fixture
def clock() -> HandClock:
    """Shows the moment at which a script is made."""
    return HandClock(MADE)


def holding(server: SievingDovecot, user: str, **sections: Any) -> Settings:
    """An account that holds at delivery, on a real server."""
    one = bench.account(server, user, hold="delivery", sieve={"port": server.sieve_port})
    return settings(accounts=[one], **sections)


def standing(server: SievingDovecot, user: str) -> Standing:
    """What lies on the server."""
    with opened(server.sieve_connection(user)) as scripts:
        return standing_of(scripts)


def covered(server: SievingDovecot, user: str) -> Coverage | None:
    """The days that the script on the server covers."""
    return coverage_of(standing(server, user).ours or "")


def put(chosen: Settings, days: int = 30) -> None:
    """Install for the only account, at ``MADE``."""
    place(chosen, chosen.accounts[0], BASE, connector, MADE, days)


def found(chosen: Settings, now: datetime) -> Placed:
    """What ``check`` sees."""
    mailbox = connector(chosen.accounts[0])
    try:
        return look(chosen, chosen.accounts[0], BASE, mailbox, now)
    finally:
        mailbox.close()


@pytest.mark.dovecot
def test_a_script_is_renewed_in_the_second_half_of_its_days(
    sieving_dovecot: SievingDovecot, user: str, clock: HandClock
) -> None:
    """Not before; and for as many days as somebody chose."""
    chosen = holding(sieving_dovecot, user)
    put(chosen)
    renewer = Renewer(connector, clock)
    clock.advance(days=14)
    assert renewer.run(chosen, BASE)
    assert covered(sieving_dovecot, user) == Coverage(MADE.date(), 30)
    assert found(chosen, clock.moment) == Placed(State.CURRENT, Coverage(MADE.date(), 30))
    clock.advance(days=2)
    assert found(chosen, clock.moment).state is State.WANING
    with capture_logs() as logs:
        assert renewer.run(chosen, BASE)
    assert covered(sieving_dovecot, user) == Coverage((MADE + timedelta(16)).date(), 30)
    assert [(one["event"], one["reason"]) for one in logs] == [
        ("filing at delivery renewed", "less than half of its days remain")
    ]


@pytest.mark.dovecot
def test_a_change_of_the_configuration_renews_at_once(
    sieving_dovecot: SievingDovecot, user: str, clock: HandClock
) -> None:
    """Other hours, other parents; the earlier script stays beside it."""
    with opened(sieving_dovecot.sieve_connection(user)) as scripts:
        scripts.put("regels", RULES)
        scripts.activate("regels")
    put(holding(sieving_dovecot, user))
    before = standing(sieving_dovecot, user)
    changed = holding(sieving_dovecot, user, school={"days_off": ["2026-11-02"]})
    assert found(changed, MADE).state is State.OUTDATED
    assert Renewer(connector, clock).run(changed, BASE)
    after = standing(sieving_dovecot, user)
    assert after.ours != before.ours
    assert (after.earlier, after.active) == ("regels", MASTER)
    assert found(changed, MADE).state is State.CURRENT


@pytest.mark.dovecot
def test_the_service_forces_nothing_on_anybody(sieving_dovecot: SievingDovecot, user: str, clock: HandClock) -> None:
    """Nothing installed, another script made active, or a change by hand: said once, and left as it is."""
    chosen = holding(sieving_dovecot, user)
    renewer = Renewer(connector, clock)
    clock.advance(days=20)

    def told() -> list[str]:
        before = standing(sieving_dovecot, user)
        with capture_logs() as logs:
            assert renewer.run(chosen, BASE)
            assert renewer.run(chosen, BASE)
        assert standing(sieving_dovecot, user) == before
        return [one["reason"] for one in logs]

    assert told() == ["no script of ours is installed"]
    put(chosen)
    with opened(sieving_dovecot.sieve_connection(user)) as scripts:
        scripts.put("regels", RULES)
        scripts.activate("regels")
    assert told() == ["our script is there, but another one is active"]
    with opened(sieving_dovecot.sieve_connection(user)) as scripts:
        scripts.activate(MASTER)
        scripts.put(MASTER, scripts.get(MASTER) + "# van mij\n")
    assert told() == ["somebody changed our script by hand"]
    with opened(sieving_dovecot.sieve_connection(user)) as scripts:
        scripts.put(MASTER, scripts.get(MASTER).replace("# van mij\n", ""))
        remove(scripts)
    assert told() == ["no script of ours is installed"]


@pytest.mark.dovecot
def test_the_folder_is_made_when_the_script_is_installed(sieving_dovecot: SievingDovecot, user: str) -> None:
    """So that everybody sees where mail waits; a script that is refused makes none."""
    chosen = holding(sieving_dovecot, user)
    with opened(sieving_dovecot.sieve_connection(user)) as scripts:
        scripts.put("mailtriage", "keep;\n")
    with pytest.raises(MailboxError, match="did not write"):
        put(chosen)
    with sieving_dovecot.client(user) as client:
        assert not client.folder_exists("Triage/Later")
    with opened(sieving_dovecot.sieve_connection(user)) as scripts:
        scripts.delete("mailtriage")
    put(chosen)
    with sieving_dovecot.client(user) as client:
        assert client.folder_exists("Triage/Later")


@pytest.mark.dovecot
@pytest.mark.parametrize("once", [True, False])
def test_the_program_renews(sieving_dovecot: SievingDovecot, user: str, tmp_path: Path, once: bool) -> None:
    """The service as a process, and a single pass: a script of which less than half is left gets its days again."""
    program = bench.Program(tmp_path)
    program.configure(sieving_dovecot, user)
    text = program.file.read_text("utf-8")
    more = f'hold = "delivery"\nsieve = {{ port = {sieving_dovecot.sieve_port} }}\n'
    program.file.write_text(text.replace("poll_seconds", f"{more}poll_seconds"), "utf-8")
    chosen = load_settings(program.file)
    past = datetime.now(UTC) - timedelta(days=2)
    place(chosen, chosen.accounts[0], tmp_path, connector, past, 3)
    before = covered(sieving_dovecot, user)

    def renewed() -> bool:
        return covered(sieving_dovecot, user) != before

    if once:
        assert program.once("--once").returncode == 0
        assert renewed()
    else:
        with program.running() as process:
            bench.until(renewed)
            assert bench.end(process) == 0


def test_an_absent_server_is_told_once_and_tried_sooner(clock: HandClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other accounts are looked after all the same; accounts that do not hold at delivery are not."""
    monkeypatch.setenv("UNUSED", "geheim")
    server, reached = MemoryServer(), []
    one = {"hold": "delivery", "sieve": {"host": "127.0.0.1", "port": free_port(), "security": "none"}}
    names = ("a", "b", "c")
    chosen = settings(accounts=[{**one, "name": name, "hold": "move" if name == "c" else "delivery"} for name in names])

    def connect(account: Account) -> Any:
        reached.append(account.name)
        server.add_account(account.name)
        return server.connect(account.name)

    renewer = Renewer(connect, clock)
    with capture_logs() as logs:
        assert not renewer.run(chosen, BASE)
        assert not renewer.run(chosen, BASE)
    assert [(one["account"], one["reason"]) for one in logs] == [(name, "nothing listens there") for name in "ab"]
    assert reached == ["a", "b", "a", "b"]


def looks(renewer: Renewer, chosen: Settings, runs: Sequence[object]) -> int:
    """Tick once; how often it has begun a look so far."""
    renewer.tick(chosen, BASE)
    if renewer._thread is not None:
        renewer._thread.join(20)
    return len(runs)


def test_a_look_is_due_at_first_after_a_change_and_every_few_hours(
    clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And sooner after a failure."""
    outcome, runs = [True], list[object]()
    renewer = Renewer(connector, clock)

    def one(*arguments: object) -> bool:
        runs.append(arguments)
        return outcome[0]

    monkeypatch.setattr(renewer, "_one", one)
    chosen = settings(accounts=[{"hold": "delivery"}])
    assert looks(renewer, chosen, runs) == 1
    assert looks(renewer, chosen, runs) == 1
    assert looks(renewer, settings(accounts=[{"hold": "delivery"}]), runs) == 2
    chosen = settings(accounts=[{"hold": "delivery"}])
    outcome[0] = False
    assert looks(renewer, chosen, runs) == 3
    clock.moment += SOONER
    outcome[0] = True
    assert looks(renewer, chosen, runs) == 4
    clock.moment += SOONER
    assert looks(renewer, chosen, runs) == 4
    clock.moment += EVERY
    assert looks(renewer, chosen, runs) == 5


def test_what_the_sieve_section_leaves_out_is_as_for_imap() -> None:
    """Host, user and secret; the port is that of RFC 5804, and STARTTLS is the way to TLS."""
    chosen = settings(accounts=[{"host": "imap.school.example", "mechanism": "xoauth2"}])
    plain = sieve_server(chosen.accounts[0])
    assert plain is not None
    assert (plain.host, plain.port, plain.security, plain.username, plain.mechanism) == (
        "imap.school.example", 4190, "starttls", "alice", "xoauth2",
    )  # fmt: skip
    named = {"host": "sieve.school.example", "port": 2000, "security": "tls", "username": "groep5"}
    other = sieve_server(settings(accounts=[{"host": "imap.gmail.com", "sieve": named}]).accounts[0])
    assert other is not None
    assert (other.host, other.port, other.security, other.username) == ("sieve.school.example", 2000, "tls", "groep5")


@pytest.mark.parametrize("host", ["imap.gmail.com", "outlook.office365.com"])
def test_providers_without_sieve_are_not_asked(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is connected to."""
    monkeypatch.setattr(socket, "create_connection", lambda *_: pytest.fail("it was asked"))
    account = settings(accounts=[{"host": host, "hold": "delivery"}]).accounts[0]
    assert sieve_server(account) is None
    with pytest.raises(ConfigurationError, match="has no ManageSieve"), scripts_of(account):
        pass


def test_the_script_goes_by_the_staff_of_the_account(tmp_path: Path) -> None:
    """Their hours with the margin, the school's calendar, and the list of parents as it is now."""
    (tmp_path / "parents.csv").write_text("kim@thuis.example\n")
    (tmp_path / "school.ics").write_text(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//school//nl\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Studiedag\r\n"
        "DTSTART;VALUE=DATE:20261022\r\nDTEND;VALUE=DATE:20261023\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    calendars = [tmp_path / "school.ics"]
    chosen = settings(school={"parents": "parents.csv", "calendars": calendars}, notifications={"margin_minutes": 30})
    made = filing_for(chosen, chosen.accounts[0], tmp_path, "Triage/Later", MADE)
    script = made.script(FIRST, 7)
    assert 'address "from" "kim@thuis.example"' in script
    assert '"time" "14:00:00"' in script  # 16:30 in summer time, less the margin
    assert '["2026-10-20", "2026-10-21", "2026-10-23"]' in script  # not the 22nd, nor the weekend


def test_a_script_that_lies_there_but_says_nothing_is_outdated() -> None:
    """It counts as changed by hand where its seal is broken."""
    made: Filing = filing()
    now = datetime(2026, 10, 21, tzinfo=UTC)
    fine = Standing(("mailtriage",), "mailtriage", TEXT, None, "")
    assert placed(fine, made, now).state is State.CURRENT
    assert placed(Standing(("mailtriage",), "", TEXT, None, ""), made, now).state is State.ASLEEP
    broken = Standing(("mailtriage",), "mailtriage", TEXT + "keep;", None, "")
    assert placed(broken, made, now).state is State.CHANGED
    assert placed(fine, filing(folder="Anders"), now).state is State.OUTDATED
