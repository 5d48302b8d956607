"""The school and the people who work there: ``[school]`` and ``[[staff]]``."""

from __future__ import annotations

from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator

from mailtriage.settings.hours import DateRange, WeeklyHours
from mailtriage.settings.section import Domain, FilePath, MailAddress, Section, TimeZone, WrongValueError, shown


class Contact(Section):
    """Somebody at the school whom staff or parents can turn to."""

    name: str
    address: MailAddress | None = None
    phone: str = ""


class School(Section):
    """``[school]``: who the school is and whose mail counts as a parent's."""

    name: str = "School"
    timezone: TimeZone = "Europe/Amsterdam"
    language: Literal["nl", "en"] = "nl"
    phone: str = ""
    domains: tuple[Domain, ...] = ()
    parents: FilePath | None = None
    suppliers: tuple[str, ...] = ()
    emergency: Contact | None = None
    management: Contact | None = None
    public_holidays: str = "NL"
    days_off: tuple[DateRange, ...] = ()

    @field_validator("public_holidays")
    @classmethod
    def _known_country(cls, value: str) -> str:
        # holidays takes a while to import (0.1 s), and only this check and the calendar need it.
        from holidays import list_supported_countries  # noqa: PLC0415

        country, _, subdivision = value.partition("-")
        known = list_supported_countries(include_aliases=False)
        if value and (country not in known or (subdivision and subdivision not in known[country])):
            raise WrongValueError(
                f"{shown(value)} is no country with known public holidays",
                "write a code like NL, or an empty text for none",
            )
        return value

    @property
    def zone(self) -> ZoneInfo:
        """The school's time zone."""
        return ZoneInfo(self.timezone)


class Staff(Section):
    """``[[staff]]``: one member of staff. Parents see ``called`` (default: the name) under a reply."""

    name: str = Field(min_length=1)
    address: MailAddress
    called: str = ""
    hours: WeeklyHours = WeeklyHours()
    days_off: tuple[DateRange, ...] = ()

    @property
    def signs_as(self) -> str:
        """The name under a reply."""
        return self.called or self.name
