"""The school and the people who work there: ``[school]`` and ``[[staff]]``."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, Strict, field_validator, model_validator

from mailtriage.settings.accounts import SecretSource
from mailtriage.settings.hours import FreeDays, Leave, Swap, WeeklyHours
from mailtriage.settings.section import Domain, FilePath, MailAddress, Section, TimeZone, WrongValueError, shown

_DAY = timedelta(days=1)


class Contact(Section):
    """Somebody at the school whom staff or parents can turn to.

    ``apprise`` rings this contact where urgent mail is its business (``notifications.urgent_to``), within ``hours``;
    without hours at any time.
    """

    name: str
    address: MailAddress | None = None
    phone: str = ""
    hours: WeeklyHours = WeeklyHours()
    apprise: tuple[SecretSource, ...] = ()


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
    school_holidays: Literal["", "noord", "midden", "zuid"] = ""
    calendars: tuple[FilePath, ...] = ()
    days_off: tuple[FreeDays, ...] = ()
    lessons: WeeklyHours = WeeklyHours()

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
    """``[[staff]]``: one member of staff. Parents see ``called`` (default: the name) under a reply.

    ``lessons`` take the place of the school's, also where they are empty; None for the school's.
    """

    name: str = Field(min_length=1)
    address: MailAddress
    called: str = ""
    hours: WeeklyHours = WeeklyHours()
    even_weeks: WeeklyHours | None = None
    odd_weeks: WeeklyHours | None = None
    lessons: WeeklyHours | None = None
    days_off: tuple[FreeDays, ...] = ()
    sick: tuple[Leave, ...] = ()
    swaps: tuple[Swap, ...] = ()
    first_day: Annotated[date, Strict()] | None = None
    last_day: Annotated[date, Strict()] | None = None

    @model_validator(mode="after")
    def _in_service_forwards(self) -> Self:
        if self.first_day and self.last_day and self.last_day < self.first_day:
            raise WrongValueError(
                f"first_day {self.first_day} comes after last_day {self.last_day}", "put the earlier day first"
            )
        return self

    @field_validator("swaps")
    @classmethod
    def _one_exchange_a_day(cls, value: tuple[Swap, ...]) -> tuple[Swap, ...]:
        days = [swap.on for swap in value]
        twice = next((day for day in days if days.count(day) > 1), None)
        if twice is not None:
            advice = "write one of them, with hours = [...], and the other day off in days_off"
            raise WrongValueError(f"{twice} is exchanged for two days", advice)
        return value

    @property
    def never_works(self) -> bool:
        """True where no week has working hours."""
        weeks = (self.hours if one is None else one for one in (self.even_weeks, self.odd_weeks))
        return all(week.empty for week in weeks)

    @property
    def away(self) -> tuple[FreeDays, ...]:
        """The days before the first and after the last day of service, and sick leave."""
        found = [FreeDays(first=one.first, last=one.last or date.max, name="sick") for one in self.sick]
        if self.first_day and self.first_day > date.min:
            found.append(FreeDays(first=date.min, last=self.first_day - _DAY, name="not here yet"))
        if self.last_day and self.last_day < date.max:
            found.append(FreeDays(first=self.last_day + _DAY, last=date.max, name="not here any more"))
        return tuple(found)

    @property
    def signs_as(self) -> str:
        """The name under a reply."""
        return self.called or self.name
