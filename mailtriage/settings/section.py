"""What all sections of the configuration share: their base class and the kinds of value that recur."""

from __future__ import annotations

import re
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict

_ADDR_SPEC = re.compile(r"^[^@\s,;<>]+@[^@\s,;<>]+$")


class Section(BaseModel):
    """Base of all sections: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _address(value: str) -> str:
    """An addr-spec (RFC 5322 §3.4.1), lower-cased."""
    if not _ADDR_SPEC.match(value.strip()):
        raise ValueError("is no e-mail address; write it like juf.els@school.example")
    return value.strip().lower()


def _domain(value: str) -> str:
    """A domain name, lower-cased, without a leading ``@`` or dot."""
    return value.strip().lower().lstrip("@.")


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("is no time zone; write it like Europe/Amsterdam") from error
    return value


MailAddress = Annotated[str, AfterValidator(_address)]
Domain = Annotated[str, AfterValidator(_domain)]
