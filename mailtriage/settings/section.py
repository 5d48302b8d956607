"""What all sections of the configuration share: their base class and the kinds of value that recur."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, time
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationInfo

_ADDR_SPEC = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+")
_DOMAIN = re.compile(r"[^@\s,;<>./]+(\.[^@\s,;<>./]+)*")
_LONGEST_VALUE = 60


class WrongValueError(ValueError):
    """A value that a section refuses; pydantic collects it with the other problems of the file.

    Args:
        what: what is wrong, as a sentence that names the value where that is no secret.
        advice: what to write instead.
    """

    def __init__(self, what: str, advice: str) -> None:
        super().__init__(f"{what}; {advice}")
        self.what = what
        self.advice = advice


def shown(value: object) -> str:
    """A value as it stands in the file, shortened; a table or list by its kind."""
    match value:
        case str():
            short = value if len(value) <= _LONGEST_VALUE else value[: _LONGEST_VALUE - 1] + "…"
            return json.dumps(short, ensure_ascii=False)
        case bool() | float():
            return str(value).lower()
        case int():
            return str(value) if abs(value) < 10**18 else "a huge number"
        case date() | time():
            return value.isoformat()
        case Mapping():
            return "a table"
        case _:
            return "a list"


class Section(BaseModel):
    """Base of all sections: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def is_address(text: str) -> bool:
    """Whether a text is a single addr-spec (RFC 5322 §3.4.1, without quoted local parts)."""
    return _ADDR_SPEC.fullmatch(text) is not None


def absolute(text: str, base: Path | None) -> Path:
    """The path that a text in the file means.

    Args:
        text: as written; ``~`` is the user's home, and a relative path starts at ``base``.
        base: the folder of the configuration file; None leaves a relative path as it is.

    Raises:
        WrongValueError: the text is empty or can be no path.
    """
    if not text or "\0" in text:
        raise WrongValueError("the path is empty" if not text else "the path holds a NUL character", "name a file")
    try:
        path = Path(text).expanduser()
    except RuntimeError as error:
        raise WrongValueError(f"{shown(text)} starts in the home of an unknown user", "write the whole path") from error
    return base / path if base else path


def _address(value: str) -> str:
    """An addr-spec, lower-cased."""
    if not is_address(value.strip()):
        raise WrongValueError(f"{shown(value)} is no e-mail address", "write it like juf.els@school.example")
    return value.strip().lower()


def _domain(value: str) -> str:
    """A domain name, lower-cased, without a leading ``@`` or dot."""
    domain = value.strip().lower().strip("@.")
    if not _DOMAIN.fullmatch(domain):
        raise WrongValueError(f"{shown(value)} is no domain", "write what stands behind the @, like school.example")
    return domain


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise WrongValueError(f"{shown(value)} is no time zone", "write it like Europe/Amsterdam") from error
    return value


def _base_of(info: ValidationInfo) -> Path | None:
    return info.context["base"] if info.context else None


def _path(value: object, info: ValidationInfo) -> object:
    return absolute(value, _base_of(info)) if isinstance(value, str) else value


def _store_url(value: str, info: ValidationInfo) -> str:
    """A URL as it is; a path made absolute."""
    if not value or "://" in value or value == ":memory:":
        return value
    return str(absolute(value, _base_of(info)))


def time_of_day(value: object) -> time:
    """Read a time of the day in local time: a TOML time or a text like ``08:10``.

    Raises:
        WrongValueError: it is neither, or names a time zone.
    """
    try:
        moment = value if isinstance(value, time) else time.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is not None:
        raise WrongValueError(f"{shown(value)} is no time of the day", 'write it like "08:10", in local time')
    return moment


MailAddress = Annotated[str, AfterValidator(_address)]
Domain = Annotated[str, AfterValidator(_domain)]
TimeZone = Annotated[str, AfterValidator(_zone)]
TimeOfDay = Annotated[time, BeforeValidator(time_of_day)]
FilePath = Annotated[Path, BeforeValidator(_path)]
"""A path that is absolute once it was read from a file: ``load`` gives its folder as the validation context."""
StoreUrl = Annotated[str, AfterValidator(_store_url)]
