"""What no single section can see: names that must agree, and files that must be there.

The checks work on the parsed file, not on the models, so that they also speak where another section is wrong; each
looks only at what has the right type, because the models tell the rest.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import ValidationError

from mailtriage.errors import ConfigurationError, Problem
from mailtriage.settings.calendars import read_calendar
from mailtriage.settings.keys import nearest
from mailtriage.settings.model import WeeklyHours
from mailtriage.settings.parents import read_parents
from mailtriage.settings.problems import where_is
from mailtriage.settings.section import WrongValueError, absolute, is_address, shown


@dataclass(frozen=True)
class _Entry:
    """One table of ``[[staff]]`` or ``[[accounts]]``, as parsed."""

    where: str
    table: Mapping[str, Any]

    def text(self, key: str) -> str:
        """A text in the table; empty where there is none."""
        value = self.table.get(key)
        return value.strip() if isinstance(value, str) else ""

    def tables(self, *keys: str) -> list[_Entry]:
        """The tables below this one, of those that are named."""
        return [
            _Entry(f"{self.where}.{key}", value) for key in keys if isinstance(value := self.table.get(key), Mapping)
        ]

    def texts(self, key: str) -> list[str]:
        """The texts in a list in the table."""
        value = self.table.get(key)
        return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


@dataclass(frozen=True)
class _Whole:
    """The parsed file, as far as the checks need it."""

    data: Mapping[str, Any]
    base: Path

    def entries(self, key: str) -> list[_Entry]:
        """The tables of a list of tables."""
        value = self.data.get(key)
        items = enumerate(value) if isinstance(value, list) else ()
        return [_Entry(where_is((key, at), self.data), item) for at, item in items if isinstance(item, Mapping)]

    def section(self, key: str) -> Mapping[str, Any]:
        """One section; empty where it is missing or wrong."""
        value = self.data.get(key)
        return value if isinstance(value, Mapping) else {}

    def person(self, key: str) -> _Entry | None:
        """The member of staff with this name or address."""
        staff = self.entries("staff")
        by_name = (person for person in staff if person.text("name") == key)
        by_address = (person for person in staff if person.text("address").lower() == key.strip().lower())
        return next(by_name, None) or next(by_address, None)


def problems_of_whole(data: Mapping[str, Any], base: Path) -> list[Problem]:
    """All that is wrong between sections, or between the file and the disk.

    Args:
        data: the parsed file, right or wrong.
        base: the folder where relative paths start.
    """
    whole = _Whole(data, base)
    return [problem for check in _CHECKS for problem in check(whole)]


def _names_once(whole: _Whole) -> Iterator[Problem]:
    """Names and addresses by which something is found stand once."""
    for section, key in (("accounts", "name"), ("staff", "name"), ("staff", "address")):
        first: dict[str, str] = {}
        for entry in whole.entries(section):
            value = entry.text(key)
            before = first.setdefault(value.casefold(), entry.where)
            if value and before != entry.where:
                what = f"{shown(value)} is also the {key} of {before}"
                yield Problem(f"{entry.where}.{key}", what, f"give each its own {key}")


def _mailbox_once(whole: _Whole) -> Iterator[Problem]:
    """No mailbox is watched twice: that would write two drafts."""
    first: dict[tuple[str, str], str] = {}
    for entry in whole.entries("accounts"):
        login = (entry.text("host").lower(), entry.text("username"))
        before = first.setdefault(login, entry.where)
        if all(login) and before != entry.where:
            what = f"this is the same login as that of {before}"
            yield Problem(f"{entry.where}.username", what, "make one account of them, with all folders and staff")


def _staff_exist(whole: _Whole) -> Iterator[Problem]:
    """Whoever an account names is in ``[[staff]]``."""
    names = [person.text("name") for person in whole.entries("staff")]
    for account in whole.entries("accounts"):
        for key in account.texts("staff"):
            if whole.person(key) is None:
                near = nearest(key, filter(None, names))
                advice = f"did you mean {shown(near)}?" if near else "add a [[staff]] table, or correct the name"
                yield Problem(f"{account.where}.staff", f"{shown(key)} is nobody in [[staff]]", advice)


def _somebody_reads(whole: _Whole) -> Iterator[Problem]:
    """Each mailbox has somebody with working hours."""
    for account in whole.entries("accounts"):
        people = [whole.person(key) for key in account.texts("staff")]
        if people and all(person is not None and _never_works(person) for person in people):
            what = "nobody whose mailbox this is has working hours, so nobody would be told"
            yield Problem(f"{account.where}.staff", what, "add hours to one of them in [[staff]]")


def _never_works(person: _Entry) -> bool:
    every, even, odd = (person.table.get(key) for key in ("hours", "even_weeks", "odd_weeks"))
    weeks = [week if week is not None else every for week in (even, odd)]
    try:
        return all(WeeklyHours.model_validate(week if week is not None else {}).empty for week in weeks)
    except ValidationError:
        return False


def _address_known(whole: _Whole) -> Iterator[Problem]:
    """Each account has an address for its drafts."""
    for account in whole.entries("accounts"):
        username = account.text("username")
        if username and "address" not in account.table and not is_address(username):
            what = f"address is missing, and the user name {shown(username)} is none"
            yield Problem(f"{account.where}.address", what, 'add a line like address = "groep5@school.example"')


def _password_covered(whole: _Whole) -> Iterator[Problem]:
    """A password goes over the wire in the open only within this machine."""
    for account in whole.entries("accounts"):
        for server in (account, *account.tables("sieve", "smtp")):
            host = server.text("host") or account.text("host")
            if server.text("security") == "none" and host and not _is_loopback(host):
                what = f'"none" would send the password to {shown(host)} for anybody to read'
                yield Problem(f"{server.where}.security", what, 'write "tls", or "starttls" where the server lacks TLS')


def _is_loopback(host: str) -> bool:
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _parents_readable(whole: _Whole) -> Iterator[Problem]:
    """The list of parents is there and holds addresses."""
    path = _path(whole.section("school").get("parents"), whole.base)
    if path is None:
        return
    try:
        read_parents(path)
    except ConfigurationError as error:
        yield Problem("school.parents", f"{error.where}: {error.what}", error.advice)


def _calendars_readable(whole: _Whole) -> Iterator[Problem]:
    """The calendar files are there, are calendars, and come to an end."""
    school = whole.section("school")
    named, zone = school.get("calendars"), school.get("timezone", "Europe/Amsterdam")
    try:
        today = datetime.now(ZoneInfo(zone)).date()
    except (TypeError, ValueError, OSError, ZoneInfoNotFoundError):
        return  # the zone is told as it is
    for at, value in enumerate(named if isinstance(named, list) else (), start=1):
        path = _path(value, whole.base)
        if path is None:
            continue
        try:
            read_calendar(path, zone, today)
        except ConfigurationError as error:
            yield Problem(f"school.calendars[{at}]", f"{error.where}: {error.what}", error.advice)


def _files_there(whole: _Whole) -> Iterator[Problem]:
    """Certificates and templates are there. (Passwords are looked at when they are fetched.)"""
    named = [(f"{account.where}.ca_file", account.table.get("ca_file")) for account in whole.entries("accounts")]
    named.append(("replies.templates", whole.section("replies").get("templates")))
    for where, value in named:
        path = _path(value, whole.base)
        if path is not None and not os.access(path, os.R_OK):
            yield Problem(where, f"{path} is not there, or not readable", "correct the path or the permissions")


def _path(value: object, base: Path) -> Path | None:
    try:
        return absolute(value, base) if isinstance(value, str) else None
    except WrongValueError:
        return None


_CHECKS: tuple[Callable[[_Whole], Iterator[Problem]], ...] = (
    _names_once,
    _mailbox_once,
    _staff_exist,
    _somebody_reads,
    _address_known,
    _password_covered,
    _parents_readable,
    _calendars_readable,
    _files_there,
)
