"""Finding and reading the configuration file."""

from __future__ import annotations

import errno
import os
import tomllib
from collections.abc import Mapping
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtriage.errors import ConfigurationError, ExitStatus, Problem
from mailtriage.settings import load
from mailtriage.settings.keys import every_key
from mailtriage.settings.load import find_settings_file, load_settings, settings_from
from mailtriage.settings.model import Settings, default_staff

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
KEYS = sorted({step for path in every_key() for step in path})
WORDS = ["tls", "none", "localhost", "NL", "08:00-12:00", "at_once", "els@x.example", "2026-01-01", "yes_no", "~", "/"]


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The five places in their order, all of them written."""
    work, home, xdg, system = (tmp_path / name for name in ("work", "home", "xdg", "etc"))
    found = [
        tmp_path / "named.toml",
        work / "config.toml",
        xdg / "mailtriage" / "config.toml",
        home / ".config" / "mailtriage" / "config.toml",
        system / "config.toml",
    ]
    for place in found:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
    monkeypatch.chdir(work)
    monkeypatch.setattr(load, "SYSTEM_FILE", found[-1])
    return found


def test_the_places_are_tried_in_order(places: list[Path], tmp_path: Path) -> None:
    """--config, then the environment, then this folder, the user's folder and the system's."""
    named, here, xdg, home, system = places
    environ = {"HOME": str(tmp_path / "home"), "XDG_CONFIG_HOME": str(tmp_path / "xdg")}
    asked = Path("asked.toml")
    assert find_settings_file(asked, {**environ, "MAILTRIAGE_CONFIG": str(named)}) == asked
    assert find_settings_file(None, {**environ, "MAILTRIAGE_CONFIG": str(named)}) == named
    assert find_settings_file(None, {**environ, "MAILTRIAGE_CONFIG": ""}) == Path("config.toml")
    here.unlink()
    assert find_settings_file(None, environ) == xdg
    assert find_settings_file(None, {"HOME": environ["HOME"]}) == home
    assert find_settings_file(None, {"HOME": environ["HOME"], "XDG_CONFIG_HOME": "relative"}) == home
    assert find_settings_file(None, {}) == system
    system.unlink()
    assert find_settings_file(None, {}) is None


def test_a_named_file_is_not_replaced_by_another(places: list[Path]) -> None:
    """A file that was named and is not there is an error to be told, not a reason to take another."""
    assert find_settings_file(None, {"MAILTRIAGE_CONFIG": "/not/there.toml"}) == Path("/not/there.toml")
    assert places[1].exists()


@pytest.mark.parametrize(
    ("content", "where", "what"),
    [
        (b"[school]\nname = Els\n", "line 2, column 8", "this is not TOML: invalid value"),
        (b"[school]\nname\n", "line 2, column 5", "this is not TOML: expected '='"),
        (b'[school]\nname = "x"\nname = "y"\n', "line 3, column 11", "this is not TOML: cannot overwrite"),
        (b"[school]\nname = [1,\n", "line 3, the end", "this is not TOML"),
        (b'[school]\nname = "Zo\xeb"\n', "line 2", "the text is not UTF-8"),
        (b"x = " + b"[" * 100_000, "", "nested too deeply"),
        (b"x = " + b"9" * 5000, "", "this is not TOML"),
        (b"# " + b"x" * 1_000_001, "", "larger than 1 MB"),
    ],
)
def test_files_that_cannot_be_parsed(tmp_path: Path, content: bytes, where: str, what: str) -> None:
    """What is no TOML in UTF-8 is refused with the line and column, where it has one, and advice."""
    file = tmp_path / "config.toml"
    file.write_bytes(content)
    with pytest.raises(ConfigurationError) as caught:
        load_settings(file)
    (problem,) = caught.value.problems
    assert problem.where == where
    assert what in problem.what
    assert problem.advice
    assert caught.value.exit_status is ExitStatus.WRONG_USE


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    """A missing file, a folder and an impossible name are told as such."""
    for path, what in ((tmp_path / "no", "no such file"), (tmp_path, "a folder"), (Path("a\0b"), "cannot be read")):
        with pytest.raises(ConfigurationError) as caught:
            load_settings(path)
        assert what in caught.value.what
        assert caught.value.advice


def test_a_file_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that may not be read is told with the system's reason (root, as in a container, may read any)."""

    def refuse(*_args: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ConfigurationError, match="Permission denied"):
        load_settings(tmp_path / "config.toml")


def test_an_empty_file_gives_the_defaults(tmp_path: Path) -> None:
    """Nothing has to be set for the program to have settings; a byte order mark does no harm."""
    file = tmp_path / "config.toml"
    file.write_bytes(b"\xef\xbb\xbf")
    assert load_settings(file) == Settings()


def test_relative_paths_start_at_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every path in the settings is absolute after loading, from wherever the program was started."""
    (tmp_path / "ouders.csv").write_text("a@x.example")
    (tmp_path / "ca.pem").touch()
    (tmp_path / "mine").mkdir()
    (tmp_path / "config.toml").write_text(
        '[school]\nparents = "ouders.csv"\n[replies]\ntemplates = "mine"\n[classifier]\nmodels = "m"\n'
        '[store]\nurl = "s.sqlite"\n[notifications]\napprise = [{ file = "url" }]\n'
        '[[staff]]\nname = "Els"\naddress = "els@x.example"\nhours = { monday = "08:00-24:00" }\n'
        '[[accounts]]\nname = "els"\nhost = "localhost"\nusername = "els@x.example"\nstaff = ["ELS@x.example"]\n'
        'secret = { file = "~/els" }\nca_file = "ca.pem"\n'
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/els")
    settings = load_settings(Path("config.toml"))
    monkeypatch.chdir("/")
    (account,) = settings.accounts
    assert settings.school.parents == tmp_path / "ouders.csv"
    assert settings.replies.templates == tmp_path / "mine"
    assert settings.classifier.models == tmp_path / "m"
    assert settings.notifications.apprise[0].file == tmp_path / "url"
    assert settings.store.url == str(tmp_path / "s.sqlite")
    assert (account.ca_file, account.secret.file) == (tmp_path / "ca.pem", Path("/home/els/els"))
    assert [person.name for person in settings.staff_of(account)] == ["Els"]


@pytest.mark.parametrize("url", ["", ":memory:", "sqlite:///x.sqlite", "postgresql+psycopg://u@/db"])
def test_a_store_url_is_left_as_it_is(url: str) -> None:
    """Only a plain path is made absolute."""
    assert settings_from({"store": {"url": url}}, Path("/base")).store.url == url


def test_times_may_be_written_as_text_or_as_toml_times() -> None:
    """``when`` is put in order, each moment once; "at_once" is the empty list."""
    when = {"notifications": {"when": ["15:20", time(8, 10), "08:10"]}}
    assert settings_from(when, Path("/")).notifications.when == (time(8, 10), time(15, 20))
    assert settings_from({"notifications": {"when": "at_once"}}, Path("/")).notifications.when == ()


def test_whoever_is_named_twice_counts_once() -> None:
    """An account that names a person by name and by address has one reader."""
    person = default_staff()
    settings = settings_from(
        {
            "staff": [person.model_dump(mode="python") | {"hours": {"monday": ["08:00-09:00"]}, "days_off": []}],
            "accounts": [
                {
                    "name": "x",
                    "host": "x",
                    "username": person.address,
                    "secret": {"env": "X"},
                    "staff": [person.name, person.address],
                }
            ],
        },
        Path("/"),
    )
    assert len(settings.staff_of(settings.accounts[0])) == 1


leaves = (
    st.none().map(lambda _: True)
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**400, -(10**400)])
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(WORDS)
    | st.dates()
    | st.times()
    | st.datetimes()
)
junk = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=8), inner, max_size=8)
    ),
    max_leaves=40,
)
sections = st.fixed_dictionaries(
    {},
    optional={
        name: junk
        | st.dictionaries(st.sampled_from(KEYS), junk)
        | st.lists(st.dictionaries(st.sampled_from(KEYS), junk))
        for name in Settings.model_fields
    },
)


def problems_or_settings(data: Mapping[str, object]) -> tuple[Problem, ...] | Settings:
    """What loading parsed data comes to; any exception but ours gets through and fails the test."""
    try:
        return settings_from(data, Path("/nowhere"))
    except ConfigurationError as error:
        return error.problems


def assert_told(outcome: tuple[Problem, ...] | Settings) -> None:
    """Settings that warnings can be made of, or at least one problem, each with words and advice."""
    if isinstance(outcome, Settings):
        assert isinstance(load.warnings_of(outcome, date(2026, 9, 1)), tuple)
    else:
        assert outcome
        assert all(problem.what and problem.advice for problem in outcome)


@given(data=sections | st.dictionaries(st.text(), junk))
def test_any_parsed_toml_gives_settings_or_problems(data: Mapping[str, object]) -> None:
    """Whatever nested values a file holds, loading gives settings or a list of problems, never another exception."""
    assert_told(problems_or_settings(data))


@given(path=st.sampled_from(sorted(every_key())), value=junk | leaves)
def test_any_value_in_place_of_a_right_one_gives_settings_or_problems(path: tuple[str, ...], value: object) -> None:
    """In an otherwise right file, any value at any key gives settings or a list of problems."""
    data = tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))
    table: Any = data
    for step in path[:-1]:
        table = table.setdefault(step, {}) if isinstance(table, dict) else table
        table = table[0] if isinstance(table, list) and table else table
    if isinstance(table, dict):
        table[path[-1]] = value
    assert_told(problems_or_settings(data))


@given(content=st.binary(max_size=200) | st.text().map(str.encode))
def test_any_bytes_give_settings_or_problems(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    """Whatever bytes a file holds, loading gives settings or a list of problems."""
    file = tmp_path_factory.getbasetemp() / "junk.toml"
    file.write_bytes(content)
    outcome: tuple[Problem, ...] | Settings
    try:
        outcome = load_settings(file)
    except ConfigurationError as error:
        outcome = error.problems
    assert_told(outcome)


@pytest.mark.parametrize("weeks", ["even_weeks", "odd_weeks"])
def test_hours_of_alternating_weeks_alone_are_hours(weeks: str) -> None:
    """Somebody who works every other week reads a mailbox; with empty hours in both, nobody does."""
    person = {"name": "Els", "address": "els@school.example", weeks: {"monday": ["08:00-12:00"]}}
    account = {"name": "a", "host": "h", "username": "els@school.example", "secret": {"env": "X"}, "staff": ["Els"]}
    data = {"staff": [person], "accounts": [account]}
    assert not settings_from(data, Path("/")).staff[0].never_works
    person[weeks] = {}
    with pytest.raises(ConfigurationError, match="has working hours"):
        settings_from(data, Path("/"))
