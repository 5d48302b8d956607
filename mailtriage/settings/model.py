"""What a school can set: one frozen model per section of the configuration file.

The models say names, types, defaults and checks once; ``config.example.toml`` explains them to a person, and
``mailtriage.settings.load`` reads the file. Everything here is pure: a secret is *named* here and fetched by
``mailtriage.settings.secrets``.
"""

from __future__ import annotations

from datetime import time
from string import Formatter
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, StrictBool, StrictFloat, StrictInt, field_validator, model_validator

from mailtriage.records import CATEGORIES, Category
from mailtriage.settings.accounts import Account, SecretSource, Server
from mailtriage.settings.hours import WEEKDAYS, DateRange, Frame, Frames, FreeDays, Leave, Swap, WeeklyHours
from mailtriage.settings.people import Contact, School, Staff
from mailtriage.settings.section import (
    Domain,
    FilePath,
    MailAddress,
    Section,
    StoreUrl,
    TimeOfDay,
    WrongValueError,
    shown,
    time_of_day,
)

__all__ = [
    "WEEKDAYS",
    "Account",
    "Classifier",
    "Contact",
    "Corrections",
    "DateRange",
    "Domain",
    "Frame",
    "Frames",
    "FreeDays",
    "Leave",
    "Logging",
    "MailAddress",
    "Notifications",
    "Privacy",
    "Replies",
    "Rules",
    "School",
    "SecretSource",
    "Section",
    "Server",
    "Settings",
    "Staff",
    "Store",
    "Swap",
    "WeeklyHours",
    "default_staff",
]


class Rules(Section):
    """``[rules]``: which categories may be handled by mail, and which ask for a conversation."""

    by_mail: tuple[Category, ...] = (Category.YES_NO, Category.APPOINTMENT, Category.NOTICE)
    conversation: tuple[Category, ...] = (Category.SUBSTANTIVE,)

    @model_validator(mode="after")
    def _every_category_once(self) -> Self:
        named = [*self.by_mail, *self.conversation]
        wrong = [category.value for category in CATEGORIES if named.count(category) != 1]
        if wrong:
            raise WrongValueError(
                f"{', '.join(wrong)} does not stand in exactly one of by_mail and conversation",
                "name each of the four categories once",
            )
        return self


class Replies(Section):
    """``[replies]``: the drafts that offer a conversation."""

    form: Literal["u", "je"] = "u"
    language: Literal["parent", "nl", "en"] = "parent"
    templates: FilePath | None = None
    proposals: StrictInt = Field(default=3, ge=1, le=6)
    minutes: StrictInt = Field(default=20, ge=5, le=120)
    from_days_ahead: StrictInt = Field(default=1, ge=0, le=30)
    before: TimeOfDay | None = None
    after: TimeOfDay | None = None

    @model_validator(mode="after")
    def _room_for_a_talk(self) -> Self:
        if self.before and self.after and _minutes(self.before) - _minutes(self.after) < self.minutes:
            raise WrongValueError(
                f"between {self.after:%H:%M} and {self.before:%H:%M} there is no room for {self.minutes} minutes",
                "after is the earliest time a conversation starts, before the latest it ends",
            )
        return self


def _minutes(moment: time) -> int:
    return moment.hour * 60 + moment.minute


def _moments(value: object) -> object:
    if value == "at_once":
        return ()
    if not isinstance(value, (list, tuple)):
        raise WrongValueError('the value is neither "at_once" nor a list', 'write times like ["08:10", "15:20"]')
    return tuple(sorted({time_of_day(item) for item in value}))


BELL_WORDS = ("about", "count", "urgent")
"""What ``notifications.bell_text`` may hold between braces."""


class Notifications(Section):
    """``[notifications]``: when and how staff are told. ``when`` is empty for at once, within working hours.

    ``urgent_to`` says who is told of urgent mail out of hours: the teacher, the school's emergency contact, or both.
    ``bell_text`` takes the place of our words in a bell; it may hold ``{count}``, ``{urgent}``, ``{about}``.
    """

    when: Annotated[tuple[time, ...], BeforeValidator(_moments)] = ()
    digest: StrictBool = True
    margin_minutes: StrictInt = Field(default=15, ge=0, le=120)
    urgent_passes: StrictBool = True
    urgent_to: Literal["teacher", "contact", "both"] = "teacher"
    bell_pause_minutes: StrictInt = Field(default=60, ge=0, le=1440)
    bell_text: str = ""
    apprise: tuple[SecretSource, ...] = ()

    @field_validator("bell_text")
    @classmethod
    def _known_placeholders(cls, value: str) -> str:
        try:
            fields = [part for part in Formatter().parse(value) if part[1] is not None]
        except ValueError as error:
            advice = "close each brace; write {{ and }} where a brace itself is meant"
            raise WrongValueError(f"{shown(value)} has a brace too many, or one too few", advice) from error
        for _, name, form, conversion in fields:
            if name not in BELL_WORDS or form or conversion:
                written = f"{{{name}{'!' + conversion if conversion else ''}{':' + form if form else ''}}}"
                known = ", ".join(f"{{{one}}}" for one in BELL_WORDS)
                raise WrongValueError(f"{written} is no placeholder of a bell", f"only {known} are filled in")
        return value


class Classifier(Section):
    """``[classifier]``: which model judges. ``unsure_below`` replaces the probabilities from which the model is
    sure of a category.

    ``model`` is ``current`` for the one that ``mailtriage models use`` took into use (the shipped one until then).
    """

    model: str = "current"
    models: FilePath | None = None
    unsure_below: StrictFloat | None = Field(default=None, ge=0, le=1)


class Privacy(Section):
    """``[privacy]``: how long what is stored about a message stays (days)."""

    keep_days: StrictInt = Field(default=180, ge=30, le=3650)


class Corrections(Section):
    """``[corrections]``: how teachers correct a judgement in their own mail program. ``folders`` makes and watches the
    folders of ``Triage``; ``marks`` watches the labels or keywords."""

    folders: StrictBool = True
    marks: StrictBool = True


class Store(Section):
    """``[store]``: the database, as a SQLAlchemy URL or a path of a SQLite file."""

    url: StoreUrl = ""


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
    corrections: Corrections = Corrections()
    privacy: Privacy = Privacy()
    store: Store = Store()
    logging: Logging = Logging()

    def staff_of(self, account: Account) -> tuple[Staff, ...]:
        """The staff whose mailbox an account is, in the order of the account's list."""
        by_key = {key: person for person in self.staff for key in (person.name, person.address)}
        found = (by_key.get(key) or by_key[key.strip().lower()] for key in account.staff)
        return tuple(dict.fromkeys(found))


def default_staff() -> Staff:
    """A teacher with ordinary Dutch school hours, for use without a configuration."""
    day = "08:00-16:30"
    hours = WeeklyHours.model_validate({name: [day] for name in WEEKDAYS[:5]})
    return Staff(name="Leerkracht", address="leerkracht@school.example", hours=hours)
