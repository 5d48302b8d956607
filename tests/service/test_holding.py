"""Holding mail on a real Dovecot: a night and a morning, cut connections, and the commands beside a service."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mailtriage.errors import ConnectionLostError
from mailtriage.service import Memory, Service, connector
from mailtriage.service.worker import begin
from mailtriage.settings import WEEKDAYS
from mailtriage.store import Holds, HoldState
from tests.act.test_holding import LATER
from tests.school import WEEK, HandClock, mail, memory, opening, settings
from tests.servers.dovecot import Dovecot
from tests.servers.relay import Relay
from tests.service.bench import Program, Teacher, account, name_of, reached, serving, teacher, until

pytestmark = pytest.mark.dovecot


def at_night(server: Dovecot, user: str, hours: Any = WEEK, **changed: Any) -> Any:
    """Settings of a school that works in these hours, and holds mail."""
    holds = {"hold": "move"} | changed
    return settings(accounts=[account(server, user, **holds)], school={"public_holidays": ""}, staff={"hours": hours})


def morning_of(moment: datetime) -> datetime:
    """10:00 in Amsterdam, two days later."""
    day = moment.astimezone(ZoneInfo("Europe/Amsterdam")) + timedelta(days=2)
    return day.replace(hour=10, minute=0, second=0, microsecond=0)


@dataclass
class Night:
    """A teacher's mailbox, the service on it, and a clock that is set by hand."""

    her: Teacher
    service: Service
    store: Memory
    clock: HandClock
    morning: datetime

    def names(self, folder: str = "INBOX") -> list[str]:
        """The mails in a folder that are no digests."""
        return sorted(name_of(one["Message-ID"]) for _, _, one in self.her.messages(folder) if not one["X-Mailtriage"])

    def comes(self, names: list[str], folder: str = "INBOX") -> None:
        """Wait until these lie there, and no others."""
        self.service.wake()
        until(lambda: self.names(folder) == names)

    def dates(self, folder: str) -> dict[str, datetime]:
        """The INTERNALDATE of each mail in a folder."""
        found = {uid: name_of(one["Message-ID"]) for uid, _, one in self.her.messages(folder)}
        self.her.client.select_folder(folder, readonly=True)
        rows = self.her.client.fetch(list(found), ["INTERNALDATE"]) if found else {}
        return {found[uid]: row[b"INTERNALDATE"] for uid, row in rows.items()}


@contextlib.contextmanager
def night(server: Dovecot, user: str, **changed: Any) -> Iterator[Night]:
    """Now, when nobody works before the day after tomorrow; after the first contact."""
    clock = HandClock(datetime.now(UTC))
    morning = morning_of(clock.moment)
    hours = {WEEKDAYS[morning.weekday()]: ["10:00-11:00"]}
    with (
        server.client(user) as client,
        serving(at_night(server, user, hours, **changed), clock=clock) as (service, store),
    ):
        reached(store, user)
        yield Night(Teacher(client), service, store, clock, morning)


def test_a_night_and_a_morning(dovecot: Dovecot) -> None:
    """Out of the inbox within a moment, back at its moment, unread, with its date; another client hears of it."""
    with night(dovecot, "hold-night") as school:
        school.her.client.append("INBOX", mail("a", "notice"), msg_time=school.clock.moment - timedelta(minutes=3))
        before = school.dates("INBOX")
        school.her.get("b", "urgent notice")
        school.comes(["a"], LATER)
        school.comes(["b"])
        assert school.dates(LATER) == before
        ((_, flags, _),) = school.her.messages(LATER)
        assert flags - {"\\Recent"} == {"Triage-Mededeling"}
        with dovecot.client("hold-night") as phone:
            phone.select_folder("INBOX", readonly=True)
            phone.idle()
            school.clock.moment = school.morning
            school.service.wake()
            until(lambda: any(b"EXISTS" in said for said in phone.idle_check(timeout=1)))
            phone.idle_done()
        school.comes(["a", "b"])
        assert school.names(LATER) == []
        assert school.dates("INBOX")["a"] == before["a"]
        assert school.her.flags()["a"] == {"Triage-Mededeling"}
        until(lambda: len(school.her.digests()) == 1)


def test_the_service_wakes_of_itself_at_the_moment(dovecot: Dovecot) -> None:
    """Also where no bell is due: the mail was read on the phone's screen, say, and set to unread again."""
    with night(dovecot, "hold-wakes", poll_seconds=600.0) as school:
        school.her.get("a", "notice")
        school.comes(["a"], LATER)
        waiting = school.store.bells.waiting("hold-wakes")
        school.store.bells.drop(bell.id for bell in waiting)
        school.clock.moment = school.morning - timedelta(seconds=2)
        school.service.wake()  # it looks at the clock, and waits for what is left
        until(lambda: school.store.journal.account("hold-wakes").last_contact == school.clock.moment)
        school.clock.moment = school.morning
        until(lambda: school.names() == ["a"])


def test_mail_that_a_script_files_at_delivery(dovecot: Dovecot) -> None:
    """It never was in the inbox; urgent mail is judged and brought there, the rest waits for its moment."""
    script = f'require ["fileinto", "mailbox"];\nfileinto :create "{LATER}";\n'
    dovecot.write_sieve("hold-filed", script)
    with night(dovecot, "hold-filed", hold="delivery") as school:
        dovecot.deliver_lmtp("hold-filed", mail("a", "notice"))
        dovecot.deliver_lmtp("hold-filed", mail("b", "urgent notice"))
        school.comes(["b"])
        assert school.names(LATER) == ["a"]
        school.clock.moment = school.morning
        school.comes(["a", "b"])
        assert school.names(LATER) == []


TIMES = 12
"""At so many places of a pass the connection is cut."""


@pytest.mark.parametrize("way", ["away", "back"])
def test_cut_anywhere(dovecot: Dovecot, way: str) -> None:
    """The connection is cut after so many bytes of a pass, again and again: one mail, in the right place, one draft."""
    user = f"hold-cut-{way}"
    # In the past: Dovecot takes no date that is to come.
    begun = datetime.now(UTC).replace(hour=19, minute=40) - timedelta(weeks=TIMES + 2)
    tuesday = begun + timedelta(days=1 - begun.weekday())
    clock, store = HandClock(tuesday), memory()
    with Relay(dovecot.port) as relay, teacher(dovecot, user) as her:
        chosen = at_night(dovecot, user, port=relay.port)
        desk = opening(chosen).desk(chosen.accounts[0], clock)

        def a_pass(cut: int | None = None) -> int:
            received = relay.received
            if cut is not None:
                relay.cut_after(cut)
            with contextlib.suppress(ConnectionLostError):
                mailbox = connector(chosen.accounts[0])
                try:
                    begin(desk, mailbox, store).run()
                finally:
                    mailbox.close()
            return relay.received - received

        a_pass()
        whole = 0
        for number in range(TIMES + 1):
            clock.moment = tuesday + timedelta(weeks=number)
            name = f"m{number}"
            her.client.append("INBOX", mail(name, date=clock.moment), msg_time=clock.moment)
            cut = whole * (number + 1) // (TIMES + 2)
            size = a_pass(cut if number and way == "away" else None)
            whole = size if not number and way == "away" else whole
            a_pass()
            assert lying(her, LATER) == [name]
            clock.moment += timedelta(hours=13)
            size = a_pass(cut if number and way == "back" else None)
            whole = size if not number and way == "back" else whole
            a_pass()
            assert lying(her, LATER) == []
            desk.losses.clear()
        names = sorted(f"m{number}" for number in range(TIMES + 1))
        assert lying(her, "INBOX") == names
        assert her.drafts() == names
        assert len(her.digests()) == 1
        states = {hold.state for hold in Holds(store.journal.engine).of(user, *HoldState)}
        assert states <= {HoldState.DONE, HoldState.DROPPED}


# -- the commands


def command(program: Program, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command with the configuration of a program."""
    whole = [sys.executable, "-m", "mailtriage", "--config", str(program.file), *arguments]
    return subprocess.run(whole, capture_output=True, text=True, timeout=90, check=False)


def away(program: Program, server: Dovecot, user: str) -> None:
    """A configuration in which somebody works for an hour, the day after tomorrow, and mail is held."""
    program.configure(server, user)
    day = WEEKDAYS[(datetime.now(UTC) + timedelta(days=2)).weekday()]
    kept = []
    for line in program.file.read_text("utf-8").splitlines():
        if "00:00-24:00" in line:
            kept += [f'{day} = ["10:00-11:00"]'] if line.startswith(day) else []
        else:
            kept += [line, 'hold = "move"'] if line == "[[accounts]]" else [line]
    program.file.write_text("\n".join(kept) + "\n", "utf-8")


def lying(her: Teacher, folder: str) -> list[str]:
    """The mails in a folder that are not ours."""
    return sorted(name_of(one["Message-ID"]) for _, _, one in her.messages(folder) if not one["X-Mailtriage"])


def test_release_beside_a_service_and_without_one(dovecot: Dovecot, tmp_path: Path) -> None:
    """The service does what it is asked; without it the command does it, also where the store is lost."""
    user, program = "hold-release", Program(tmp_path)
    away(program, dovecot, user)
    with teacher(dovecot, user) as her:
        with program.running():
            reached(program.store, user)
            her.get("a", "Sanne is vandaag ziek en blijft thuis.")
            until(lambda: lying(her, "INBOX") == [])
            kept = command(program, "release")
            assert (kept.returncode, lying(her, LATER)) == (0, ["a"])
            assert "1 stays, the next until" in kept.stdout
            assert "held mail:             1, next back" in command(program, "status").stdout
            done = command(program, "release", "--all", "--account", user)
            assert (done.returncode, done.stderr) == (0, "")
            assert "1 message brought back; none stays (done by the running service)" in done.stdout
            assert lying(her, "INBOX") == ["a"]
        her.client.append(LATER, mail("b"))
        assert "0 messages brought back; 1 stays" in command(program, "release").stdout
        (tmp_path / "store.sqlite").unlink()
        lost = command(program, "release", "--all")
        assert lost.returncode == 0
        assert "there is no store" in lost.stderr
        assert f"{user}: 1 message brought back; none stays" in lost.stdout
        assert lying(her, "INBOX") == ["a", "b"]
        assert not (tmp_path / "store.sqlite").exists()
        (tmp_path / "kapot.ics").write_text("no calendar")
        program.file.write_text(
            program.file.read_text("utf-8").replace("[school]\n", '[school]\ncalendars = ["kapot.ics"]\n'), "utf-8"
        )
        her.client.append(LATER, mail("c"))
        spite = command(program, "release", "--all")
        assert (spite.returncode, lying(her, LATER)) == (0, [])
        assert "warning: school.calendars[1]" in spite.stderr
        assert command(program, "status").returncode == 2


def test_undo_leaves_nothing_behind(dovecot: Dovecot, tmp_path: Path) -> None:
    """First it is told what would be done, then it is done; what a teacher touched stays, with the reason."""
    user, program = "hold-undo", Program(tmp_path)
    away(program, dovecot, user)
    worry = "Ik maak me grote zorgen over Sanne. Zij wordt gepest en wil niet meer naar school. Ik wil erover praten."
    with teacher(dovecot, user) as her:
        assert program.once("--once").returncode == 0
        her.get("a", worry)
        her.get("b", "Sanne is vandaag ziek en blijft thuis.")
        assert program.once("--once").returncode == 0
        assert lying(her, LATER) == ["a", "b"]
        drafts = her.drafts()
        told = command(program, "undo")
        assert told.returncode == 0
        assert "held messages back in the inbox: 2" in told.stdout
        assert "nothing was changed" in told.stdout
        assert (lying(her, LATER), her.drafts()) == (["a", "b"], drafts)
        her.client.create_folder("Triage/Van mij")
        done = command(program, "undo", "--yes")
        assert done.returncode == 0
        assert [line.strip() for line in done.stdout.splitlines()] == [
            f"{user}:",
            "held messages back in the inbox: 2",
            "unread digests removed: 0",
            f"untouched drafts removed: {len(drafts)}",
            "messages without our marks: 2",
            "empty folders of ours removed: 5",
        ]
        assert lying(her, "INBOX") == ["a", "b"]
        assert her.drafts() == []
        assert her.flags() == {"a": set(), "b": set()}
        assert "Triage/Van mij" in {name for _, _, name in her.client.list_folders()}
        with program.running():
            reached(program.store, user)
            until(lambda: program.events("started"))
            refused = command(program, "undo", "--yes")
            assert refused.returncode == 1
            assert "stop the service first" in refused.stderr


def test_killed_while_it_holds_and_while_it_releases(dovecot: Dovecot, tmp_path: Path) -> None:
    """SIGKILL as soon as a mail is judged, mail after mail, and as soon as the first is back: each is there, once."""
    user, program = "hold-killed", Program(tmp_path)
    away(program, dovecot, user)
    names = ["m0", "m1", "m2"]
    with teacher(dovecot, user) as her:
        assert program.once("--once").returncode == 0
        for number, name in enumerate(names):
            her.get(name, "Sanne is vandaag ziek en blijft thuis.", subject=name)
            with program.running():
                judged_more_than(program, number)
        assert program.once("--once").returncode == 0
        assert (lying(her, "INBOX"), lying(her, LATER)) == ([], names)
        hours = program.file.read_text("utf-8").replace('["10:00-11:00"]', '["00:00-24:00"]')
        day = WEEKDAYS[datetime.now(UTC).weekday()]
        others = "\n".join(f'{one} = ["00:00-24:00"]' for one in WEEKDAYS if f"{one} =" not in hours)
        assert day in others
        program.file.write_text(hours.replace("[staff.hours]", f"[staff.hours]\n{others}"), "utf-8")
        with program.running():
            until(lambda: lying(her, "INBOX"))
        assert program.once("--once").returncode == 0
        assert (lying(her, "INBOX"), lying(her, LATER)) == (names, [])
        assert all("\\Seen" not in flags for flags in her.flags().values())


def judged_more_than(program: Program, count: int) -> None:
    """Wait until the log tells of more mails."""
    until(lambda: len(program.events("judged")) > count)
