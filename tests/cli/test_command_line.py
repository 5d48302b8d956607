"""The command line as a whole: options that every command takes, mistakes, and the advice they get."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mailtriage.cli import advice, main
from mailtriage.errors import ConfigurationError, LoginRefusedError, Problem


def call(*arguments: str) -> Result:
    """Call the command line in this process."""
    return CliRunner().invoke(main, arguments)


@pytest.fixture(autouse=True)
def _no_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MAILTRIAGE_CONFIG", raising=False)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--config", "nope.toml", "check"),
        ("check", "--config", "nope.toml"),
        ("check", "--config=nope.toml"),
        ("models", "list", "--config", "nope.toml"),
        ("models", "--config", "nope.toml", "list"),
        ("--config", "other.toml", "status", "--config", "nope.toml"),
    ],
)
def test_config_stands_before_or_behind_the_command(arguments: tuple[str, ...]) -> None:
    """Every command takes ``--config`` in both places; behind the command it wins."""
    result = call(*arguments)
    assert result.exit_code == 2
    assert "Error: nope.toml" in result.stderr


def test_debug_behind_the_command_shows_the_traceback() -> None:
    """``--debug`` lets the error through, in both places; an earlier call leaves nothing behind."""
    for arguments in (("--debug", "check", "--config", "x.toml"), ("check", "--config", "x.toml", "--debug")):
        assert isinstance(call(*arguments).exception, ConfigurationError)
    assert isinstance(call("check", "--config", "x.toml").exception, SystemExit)


@pytest.mark.parametrize("arguments", [("run", "--days", "3"), ("run", "--once", "--days", "7")])
def test_days_without_dry_run_starts_no_service(arguments: tuple[str, ...]) -> None:
    """Whoever forgets ``--dry-run`` is told, before anything is opened."""
    result = call(*arguments)
    assert result.exit_code == 2
    assert "add --dry-run" in result.stderr


def test_a_missing_configuration_gets_advice_that_can_be_followed() -> None:
    """It names the example to copy and the command that verifies it."""
    said = call("check", "--config", "nope.toml").stderr
    assert "copy config.example.toml" in said
    assert "mailtriage check" in said


@pytest.mark.parametrize(("typed", "meant"), [("dryrun", "dry-run"), ("explian", "explain"), ("model", "models")])
def test_a_mistyped_command_gets_a_suggestion(typed: str, meant: str) -> None:
    """The nearest command is named."""
    result = call(typed)
    assert result.exit_code == 2
    assert f"Did you mean {meant}?" in result.stderr


def test_what_is_like_no_command_gets_none() -> None:
    """Nothing is guessed."""
    result = call("xyzzy")
    assert result.exit_code == 2
    assert "Did you mean" not in result.stderr


def test_advice_is_given_once() -> None:
    """That of a single problem is not repeated as that of the whole; that of several stands at the end."""
    one = Problem("school.name", "it is missing", "write it")
    assert advice(ConfigurationError("x", "a.toml", "write it", (one,))).count("write it") == 1
    assert advice(ConfigurationError("x", "a.toml", "correct them", (one, one))).endswith("What to do: correct them.")


def test_what_a_server_said_ends_with_one_full_stop() -> None:
    """Also where the server wrote one itself."""
    told = advice(LoginRefusedError("the server refused the login: Authentication failed.", "imap.school.example:993"))
    assert told == "Error: imap.school.example:993: the server refused the login: Authentication failed."
