"""What a school can set: one frozen model per section of the configuration file.

The models say names, types, defaults and checks once; ``config.example.toml`` explains them to a person, and
``mailtriage.settings.load`` reads the file. Everything here is pure: a secret is *named* here and fetched by
``mailtriage.settings.secrets``.
"""

from __future__ import annotations

import re
from datetime import date, time
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from mailtriage.records import CATEGORIES, Category

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
"""Names of the days as the file writes them; the index is ``date.weekday()``."""

_FRAME = re.compile(r"^\s*(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})\s*$")
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


class Frame(Section):
    """A stretch of a day in local time, ``08:15-12:00``. ``end`` is exclusive; None is 24:00."""

    start: time
    end: time | None

    @classmethod
    def parse(cls, text: object) -> Frame:
        """Read ``HH:MM-HH:MM``; ``24:00`` is allowed as the end.

        Raises:
            ValueError: the text is no frame, or runs backwards.
        """
        if isinstance(text, Frame):
            return text
        match = _FRAME.match(text) if isinstance(text, str) else None
        if match is None:
            raise ValueError(f"{text!r} is no frame of time; write it like 08:15-12:00")
        hour1, minute1, hour2, minute2 = (int(part) for part in match.groups())
        midnight = (hour2, minute2) == (24, 0)
        try:
            start, end = time(hour1, minute1), None if midnight else time(hour2, minute2)
        except ValueError as error:
            raise ValueError(f"{text!r} is no time of the day; hours run from 00:00 to 24:00") from error
        if end is not None and end <= start:
            raise ValueError(f"{text!r} runs backwards; the first time must be the earlier one")
        return cls(start=start, end=end)

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end.strftime('%H:%M') if self.end else '24:00'}"


def _frames(value: object) -> object:
    """Frames of one day: parsed, in order of time, and none overlapping another. Touching frames are fine."""
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, (list, tuple)):
        raise ValueError('is no list of frames; write it like ["08:15-12:00", "12:45-16:30"]')
    frames = sorted((Frame.parse(item) for item in value), key=lambda frame: frame.start)
    for before, after in zip(frames, frames[1:], strict=False):
        if before.end is None or after.start < before.end:
            raise ValueError(f"{before} and {after} overlap; join them or move one")
    return tuple(frames)


Frames = Annotated[tuple[Frame, ...], BeforeValidator(_frames)]


class WeeklyHours(Section):
    """Frames for each day of the week. A day without frames is a day without work."""

    monday: Frames = ()
    tuesday: Frames = ()
    wednesday: Frames = ()
    thursday: Frames = ()
    friday: Frames = ()
    saturday: Frames = ()
    sunday: Frames = ()

    def on(self, weekday: int) -> tuple[Frame, ...]:
        """The frames of a day; ``weekday`` as in ``date.weekday()`` (Monday is 0)."""
        frames: tuple[Frame, ...] = getattr(self, WEEKDAYS[weekday])
        return frames

    @property
    def empty(self) -> bool:
        """True where no day has a frame."""
        return not any(self.on(day) for day in range(7))


class DateRange(Section):
    """Days from ``first`` to ``last``, both included."""

    first: date
    last: date

    @model_validator(mode="before")
    @classmethod
    def _parse(cls, value: Any) -> Any:
        if isinstance(value, date):
            return {"first": value, "last": value}
        if isinstance(value, str):
            first, slash, last = value.partition("/")
            try:
                start = date.fromisoformat(first.strip())
                return {"first": start, "last": date.fromisoformat(last.strip()) if slash else start}
            except ValueError as error:
                raise ValueError(f"{value!r} is no day or range; write 2026-12-21 or 2026-12-21/2027-01-01") from error
        return value

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.last < self.first:
            raise ValueError(f"{self.first}/{self.last} runs backwards; the first day must be the earlier one")
        return self

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last


class Contact(Section):
    """Somebody at the school whom staff or parents can turn to."""

    name: str
    address: MailAddress | None = None
    phone: str = ""


class School(Section):
    """``[school]``: who the school is and whose mail counts as a parent's."""

    name: str = "School"
    timezone: Annotated[str, AfterValidator(_zone)] = "Europe/Amsterdam"
    language: Literal["nl", "en"] = "nl"
    phone: str = ""
    domains: tuple[Domain, ...] = ()
    parents: Path | None = None
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
            raise ValueError(
                "is no country with known public holidays; write a code like NL, or an empty text for none"
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


class SecretSource(Section):
    """Where a secret is fetched: exactly one of these. The secret itself never stands in the configuration."""

    command: tuple[str, ...] | None = None
    file: Path | None = None
    env: str | None = None
    credential: str | None = None
    keyring: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _no_plain_secret(cls, value: Any) -> Any:
        if isinstance(value, str):
            raise ValueError('a secret does not stand in this file; write where it is, like { env = "MAIL_PASSWORD" }')
        return value

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError("needs exactly one of command, file, env, credential, keyring")
        return self


class Account(Section):
    """``[[accounts]]``: one IMAP login, and whose mailbox it is (``staff``: names or addresses of ``[[staff]]``)."""

    name: str = Field(min_length=1, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    host: str = Field(min_length=1)
    port: int | None = Field(default=None, ge=1, le=65535)
    security: Literal["tls", "starttls", "none"] = "tls"
    ca_file: Path | None = None
    username: str = Field(min_length=1)
    address: MailAddress | None = None
    mechanism: Literal["password", "xoauth2", "oauthbearer"] = "password"
    secret: SecretSource
    staff: tuple[str, ...] = Field(min_length=1)
    folders: tuple[str, ...] = Field(default=("INBOX",), min_length=1)
    drafts: str | None = None
    mark: Literal["auto", "nothing"] = "auto"
    reach_back_days: int = Field(default=0, ge=0, le=365)
    trusted_authserv: tuple[str, ...] = ()
    timeout_seconds: float = Field(default=30.0, gt=0, le=600)
    poll_seconds: float = Field(default=300.0, ge=1, le=86400)

    @property
    def effective_port(self) -> int:
        """The port: as set, else 993 for TLS and 143 otherwise (RFC 8314, RFC 3501)."""
        return self.port or (993 if self.security == "tls" else 143)

    @property
    def effective_address(self) -> str:
        """The address that drafts are from: as set, else the user name where that is an address."""
        return self.address or (self.username.lower() if "@" in self.username else "")


class Rules(Section):
    """``[rules]``: which categories may be handled by mail, and which ask for a conversation."""

    by_mail: tuple[Category, ...] = (Category.YES_NO, Category.APPOINTMENT, Category.NOTICE)
    conversation: tuple[Category, ...] = (Category.SUBSTANTIVE,)

    @model_validator(mode="after")
    def _every_category_once(self) -> Self:
        named = [*self.by_mail, *self.conversation]
        wrong = [category.value for category in CATEGORIES if named.count(category) != 1]
        if wrong:
            raise ValueError(
                f"each category stands in exactly one of by_mail and conversation; look at {', '.join(wrong)}"
            )
        return self


class Replies(Section):
    """``[replies]``: the drafts that offer a conversation."""

    form: Literal["u", "je"] = "u"
    language: Literal["parent", "nl", "en"] = "parent"
    templates: Path | None = None
    proposals: int = Field(default=3, ge=1, le=6)
    minutes: int = Field(default=20, ge=5, le=120)
    from_days_ahead: int = Field(default=1, ge=0, le=30)
    before: time | None = None
    after: time | None = None


def _moments(value: object) -> object:
    if value == "at_once":
        return ()
    if not isinstance(value, (list, tuple)):
        raise ValueError('is neither "at_once" nor a list of times like ["08:10", "15:20"]')
    return tuple(sorted({item if isinstance(item, time) else time.fromisoformat(str(item)) for item in value}))


class Notifications(Section):
    """``[notifications]``: when and how staff are told. ``when`` is empty for at once, within working hours."""

    when: Annotated[tuple[time, ...], BeforeValidator(_moments)] = ()
    digest: bool = True
    urgent_passes: bool = True
    apprise: tuple[SecretSource, ...] = ()


class Classifier(Section):
    """``[classifier]``: which model judges. ``unsure_below`` replaces the threshold that the model brings."""

    model: str = "shipped"
    models: Path | None = None
    unsure_below: float | None = Field(default=None, ge=0, le=1)


class Privacy(Section):
    """``[privacy]``: how long what is stored about a message stays (days)."""

    keep_days: int = Field(default=180, ge=30, le=3650)


class Store(Section):
    """``[store]``: the database, as a SQLAlchemy URL or a path of a SQLite file."""

    url: str = ""


class Logging(Section):
    """``[logging]``: one line an event on standard error; ``json`` writes an object a line."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["text", "json"] = "text"


class Settings(Section):
    """The whole configuration. The defaults are those of a Dutch primary school."""

    school: School = School()
    staff: tuple[Staff, ...] = ()
    accounts: tuple[Account, ...] = ()
    rules: Rules = Rules()
    replies: Replies = Replies()
    notifications: Notifications = Notifications()
    classifier: Classifier = Classifier()
    privacy: Privacy = Privacy()
    store: Store = Store()
    logging: Logging = Logging()

    def staff_of(self, account: Account) -> tuple[Staff, ...]:
        """The staff whose mailbox an account is, in the order of the account's list."""
        by_key = {key: person for person in self.staff for key in (person.name, person.address)}
        return tuple(by_key[key.lower() if "@" in key else key] for key in account.staff)


def default_staff() -> Staff:
    """A teacher with ordinary Dutch school hours, for use without a configuration."""
    day = "08:00-16:30"
    hours = WeeklyHours.model_validate({name: [day] for name in WEEKDAYS[:5]})
    return Staff(name="Leerkracht", address="leerkracht@school.example", hours=hours)
