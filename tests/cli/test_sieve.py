"""``mailtriage sieve`` and what ``check`` says of it, against a real server."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mailtriage.act.managesieve import opened
from mailtriage.act.managesieve.scripts import Listing
from mailtriage.cli import main
from mailtriage.decide.filing import is_intact
from tests.servers import free_port, own_folder
from tests.servers.dovecot import PASSWORD
from tests.servers.sieving import SievingDovecot, Tried

Sieve = Callable[..., Result]
_users = count(1)

_SCHOOL = """
[school]
domains = ["school.example"]
phone = "010 555 01 23"
language = "{language}"

[[staff]]
name = "Els"
address = "els@school.example"
hours = {{ monday = ["08:00-12:00"] }}
"""

_ACCOUNT = """
[[accounts]]
name = "{name}"
host = "{host}"
port = {port}
username = "{name}"
address = "{name}@school.example"
secret = {{ command = ["printf", "{password}"] }}
staff = ["Els"]
hold = "{hold}"
timeout_seconds = 5
{more}
"""


def account(name: str, host: str = "127.0.0.1", port: int = 1, hold: str = "delivery", more: str = "") -> str:
    """An account as it stands in a configuration."""
    return _ACCOUNT.format(name=name, host=host, port=port, hold=hold, more=more, password=PASSWORD)


def configured(folder: Path, *accounts: str, language: str = "nl") -> Sieve:
    """Write a configuration; returns what calls the command with it."""
    path = folder / "config.toml"
    path.write_text(_SCHOOL.format(language=language) + "".join(accounts), "utf-8")
    return lambda *arguments: CliRunner().invoke(main, ["--config", str(path), *arguments])


def on(server: SievingDovecot, name: str, hold: str = "delivery") -> str:
    """An account on a real server."""
    more = f'ca_file = "{server.ca_file}"\nsieve = {{ port = {server.sieve_port} }}'
    return account(name, "localhost", server.port, hold, more)


@pytest.fixture
def user() -> str:
    """A user name of one's own."""
    return f"cli{next(_users)}"


@pytest.mark.dovecot
def test_printed_scripts_compile(tmp_path: Path, sieving_dovecot: SievingDovecot, user: str) -> None:
    """What is printed for an account is a script, and nothing else; the server's folder names are looked up."""
    sieve = configured(tmp_path, on(sieving_dovecot, user), on(sieving_dovecot, "other"))
    done = sieve("sieve", "--account", user, "--days", "7")
    assert (done.exit_code, done.stderr) == (0, "")
    assert is_intact(done.stdout)
    with own_folder("tried") as base:
        assert Tried.at(base).compile(done.stdout) == ""
    assert sieve("sieve").stdout.count("\nrequire [") == 2


def test_a_server_that_cannot_be_asked_for_its_folders(tmp_path: Path) -> None:
    """The script is printed all the same, and standard error says what it rests on."""
    done = configured(tmp_path, account("els", port=free_port()))("sieve")
    assert done.exit_code == 0
    assert 'fileinto :create "Triage/Later";' in done.stdout
    assert "could not be looked up" in done.stderr


@pytest.mark.dovecot
def test_install_check_and_remove(tmp_path: Path, sieving_dovecot: SievingDovecot, user: str) -> None:
    """From nothing to nothing, with ``check`` in between; each step may be repeated."""
    sieve = configured(tmp_path, on(sieving_dovecot, user))
    assert "no script of ours is installed; run mailtriage sieve --install" in sieve("check").stdout
    for _ in range(2):
        done = sieve("sieve", "--install", "--days", "30")
        assert (done.exit_code, done.stderr) == (0, "")
        assert f"{user}: installed; it files until" in done.stdout
    assert "filing at delivery: up to date, files until" in sieve("check").stdout
    done = sieve("sieve", "--remove")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "removed; no script is active now" in done.stdout
    assert "nothing of ours" in sieve("sieve", "--remove").stdout
    with opened(sieving_dovecot.sieve_connection(user)) as scripts:
        assert scripts.listing() == Listing((), "")


@pytest.mark.dovecot
def test_the_earlier_script_is_named(tmp_path: Path, sieving_dovecot: SievingDovecot, user: str) -> None:
    """So that the admin knows what runs."""
    with opened(sieving_dovecot.sieve_connection(user)) as scripts:
        scripts.put("regels", "keep;\n")
        scripts.activate("regels")
    sieve = configured(tmp_path, on(sieving_dovecot, user))
    assert "note: regels says where some mail goes (keep)" in sieve("sieve", "--install").stdout
    assert "removed; regels is active again" in sieve("sieve", "--remove").stdout


def test_nothing_is_installed_that_nobody_would_release(tmp_path: Path) -> None:
    """With another way of holding the service would not look after the folder."""
    done = configured(tmp_path, account("els", hold="move"))("sieve", "--install")
    assert done.exit_code == 2
    assert 'hold is "move"' in done.stderr
    assert 'set hold = "delivery"' in done.stderr


@pytest.mark.parametrize("actions", [("--install", "--remove"), ("--remove", "--install")])
def test_installing_and_removing_at_once_is_wrong_use(tmp_path: Path, actions: tuple[str, str]) -> None:
    """In either order; no server is asked, or this would fail with status 1."""
    absent = f'sieve = {{ host = "127.0.0.1", port = {free_port()}, security = "none" }}'
    done = configured(tmp_path, account("els", more=absent))("sieve", *actions)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "contradict each other" in done.stderr


@pytest.mark.parametrize("action", ["--install", "--remove"])
def test_an_absent_server(tmp_path: Path, action: str) -> None:
    """Said, with what to do, and status 1; with several accounts the others are done all the same."""
    absent = f'sieve = {{ host = "127.0.0.1", port = {free_port()}, security = "none" }}'
    done = configured(tmp_path, account("els", more=absent))("sieve", action)
    assert done.exit_code == 1
    assert "nothing listens there" in done.stderr
    assert "What to do: check host, port and security" in done.stderr
    done = configured(tmp_path, account("els", more=absent), account("kim", more=absent))("sieve", action)
    assert done.exit_code == 1
    assert done.stderr.count("nothing listens there") == 2


@pytest.mark.parametrize(("host", "name"), [("imap.gmail.com", "Gmail"), ("outlook.office365.com", "Exchange Online")])
def test_providers_without_sieve(tmp_path: Path, host: str, name: str) -> None:
    """Their steps are printed, in Dutch unless the school's language is English; nothing can be installed there."""
    assert f"{name} kent geen Sieve" in configured(tmp_path, account("els", host))("sieve").stdout
    sieve = configured(tmp_path, account("els", host), language="en")
    assert f"{name} has no Sieve" in sieve("sieve").stdout
    done = sieve("sieve", "--install")
    assert done.exit_code == 2
    assert "has no ManageSieve" in done.stderr


def test_wrong_use(tmp_path: Path) -> None:
    """An unknown account, too many days."""
    sieve = configured(tmp_path, account("els"))
    done = sieve("sieve", "--account", "kim")
    assert done.exit_code == 2
    assert "the accounts are els" in done.stderr
    assert sieve("sieve", "--days", "400").exit_code == 2
    shutil.rmtree(tmp_path)
    assert sieve("sieve").exit_code == 2
