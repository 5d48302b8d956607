"""From a file to settings: where it is looked for, how it is read, and every problem of it at once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from mailtriage.errors import ConfigurationError, Problem
from mailtriage.settings.doubts import calendar_warnings_of, warnings_of
from mailtriage.settings.model import Settings
from mailtriage.settings.parents import parents_of
from mailtriage.settings.problems import problems_of
from mailtriage.settings.whole import problems_of_whole

__all__ = ["calendar_warnings_of", "find_settings_file", "load_settings", "parents_of", "settings_from", "warnings_of"]

SYSTEM_FILE = Path("/etc/mailtriage/config.toml")
LARGEST_FILE = 1_000_000
_TOML_PLACE = re.compile(r" \((?:at )?(?:line (\d+), column (\d+)|end of document)\)$")


def find_settings_file(explicit: Path | None, environ: Mapping[str, str]) -> Path | None:
    """Where the configuration is.

    Args:
        explicit: what ``--config`` named; None where it was not given.
        environ: the environment.

    Returns:
        ``explicit``, else ``$MAILTRIAGE_CONFIG``, both without looking whether they exist; else the first that
        exists of ``./config.toml``, ``mailtriage/config.toml`` in the user's configuration folder, and
        ``/etc/mailtriage/config.toml``; else None.
    """
    if explicit is not None:
        return explicit
    if named := environ.get("MAILTRIAGE_CONFIG"):
        return Path(named)
    places = (Path("config.toml"), *_user_file(environ), SYSTEM_FILE)
    return next((place for place in places if _exists(place)), None)


def _user_file(environ: Mapping[str, str]) -> Iterator[Path]:
    """In ``$XDG_CONFIG_HOME`` (a relative one is void, says its specification), else in ``~/.config``."""
    configured, home = Path(environ.get("XDG_CONFIG_HOME", "")), environ.get("HOME")
    if configured.is_absolute():
        yield configured / "mailtriage" / "config.toml"
    elif home:
        yield Path(home) / ".config" / "mailtriage" / "config.toml"


def _exists(path: Path) -> bool:
    """Whether something is there; what cannot be looked at counts, so that reading it tells why."""
    try:
        return path.exists()
    except OSError:
        return True


def load_settings(path: Path, *, calendars: bool = True) -> Settings:
    """Read and check a configuration file.

    Args:
        path: the file. Relative paths in it start at its folder, and are absolute in what is returned.
        calendars: False to leave out ``school.calendars``, as if no calendar file were named.

    Raises:
        ConfigurationError: with every problem that could be found, in ``problems``. None shows a secret.
    """
    try:
        data = _parsed(_text(path))
        if not calendars and isinstance(data.get("school"), dict):
            data["school"].pop("calendars", None)
        return settings_from(data, path.absolute().parent)
    except ConfigurationError as error:
        error.where = str(path)
        raise


def settings_from(data: Mapping[str, Any], base: Path) -> Settings:
    """Check a configuration that is parsed already.

    Args:
        data: what ``tomllib`` made of it.
        base: the absolute folder where relative paths start.

    Raises:
        ConfigurationError: with every problem that could be found, in ``problems``.
    """
    settings, problems = _validated(data, base)
    problems += problems_of_whole(data, base)
    if settings is None or problems:
        raise _refusal(*problems)
    return settings


def _validated(data: Mapping[str, Any], base: Path) -> tuple[Settings | None, list[Problem]]:
    # Pydantic's error shows the values given, secrets too: it must not become the context of ours.
    try:
        return Settings.model_validate(data, context={"base": base}), []
    except ValidationError as error:
        return None, problems_of(error, data)


def _refusal(*problems: Problem) -> ConfigurationError:
    if len(problems) == 1:
        what = f"{problems[0].where}: {problems[0].what}".removeprefix(": ")
        return ConfigurationError(what, advice=problems[0].advice, problems=problems)
    what = f"the configuration has {len(problems)} problems"
    return ConfigurationError(what, advice="correct them, then run mailtriage check", problems=problems)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except IsADirectoryError:
        raise _refusal(Problem("", "this is a folder, not a file", f"name the file, like {path}/config.toml")) from None
    except FileNotFoundError:
        advice = "correct the name, or copy config.example.toml and fill it in; mailtriage check verifies it"
        raise _refusal(Problem("", "there is no such file", advice)) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "the path is impossible"
        advice = "correct the path or the file's permissions"
        raise _refusal(Problem("", f"the file cannot be read: {reason}", advice)) from error
    if len(content) > LARGEST_FILE:
        what = f"the file is larger than {LARGEST_FILE // 1_000_000} MB"
        raise _refusal(Problem("", what, "is it the right file? The example has a few KB"))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
    raise _refusal(Problem(f"line {line}", "the text is not UTF-8", "save the file as UTF-8"))


def _parsed(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except RecursionError:
        what = "lists or tables are nested too deeply"
        raise _refusal(Problem("", what, "compare it with config.example.toml")) from None
    except ValueError as error:  # also what tomllib lets through: a number of thousands of digits
        found = _TOML_PLACE.search(str(error))
        reason = str(error)[: found.start() if found else None]
    line, column = (found.group(1), found.group(2)) if found and found.group(1) else (None, None)
    where = f"line {line}, column {column}" if line else f"line {text.count(chr(10)) + 1}, the end" if found else ""
    raise _refusal(Problem(where, f"this is not TOML: {_small(reason)}", _syntax_advice(reason)))


def _small(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _syntax_advice(reason: str) -> str:
    if "overwrite" in reason or "twice" in reason.lower() or "duplicate" in reason.lower():
        return "write each key and each [section] once"
    if "Invalid value" in reason:
        return "put texts in quotes"
    return "compare the line with config.example.toml"
