"""What several commands need: the configuration, which must be there, and the store it names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from mailtriage.cli import Common
from mailtriage.errors import ConfigurationError, UsageError
from mailtriage.settings import Account, Settings
from mailtriage.settings.load import find_settings_file, load_settings
from mailtriage.store import Bells, Journal, default_path, open_database, require_database


def required_settings(common: Common) -> tuple[Settings, Path]:
    """The configuration, and the file that holds it.

    Raises:
        UsageError: there is no configuration file.
        ConfigurationError: it is wrong.
    """
    path = find_settings_file(common.config, os.environ)
    if path is None:
        raise UsageError(
            "there is no configuration file",
            advice="copy config.example.toml to config.toml and fill it in, or name one with --config",
        )
    return load_settings(path), path


def settings_in_spite_of_calendars(common: Common) -> tuple[Settings, Path]:
    """The configuration for commands that give mail back: a calendar file that cannot be read is told on standard
    error, and must not keep anybody's mail.

    Raises:
        UsageError, ConfigurationError: see ``required_settings``; anything else is wrong with it.
    """
    try:
        return required_settings(common)
    except ConfigurationError as error:
        path = find_settings_file(common.config, os.environ)
        if path is None or not all(one.where.startswith("school.calendars") for one in error.problems):
            raise
        for one in error.problems:
            click.echo(f"warning: {one.where}: {one.what}; free days in it are not known now", err=True)
        return load_settings(path, calendars=False), path


def required_accounts(settings: Settings, path: Path) -> None:
    """Check that there is an account to work on.

    Raises:
        ConfigurationError: there is none.
    """
    if not settings.accounts:
        raise ConfigurationError("no account is configured", str(path), "add an [[accounts]] section")


def chosen_accounts(settings: Settings, path: Path, name: str | None) -> list[Account]:
    """The account of this name; all of them where it is None.

    Raises:
        ConfigurationError: there is no account at all.
        UsageError: there is none of this name.
    """
    required_accounts(settings, path)
    accounts = [account for account in settings.accounts if name in (None, account.name)]
    if not accounts:
        known = ", ".join(account.name for account in settings.accounts)
        raise UsageError(f"there is no account {name}", where="--account", advice=f"the accounts are {known}")
    return accounts


@contextmanager
def store_or_none(settings: Settings) -> Iterator[tuple[Journal, Bells]]:
    """The store of the configuration; where it is lost, an empty one in memory, so that what needs no store can go on.

    Raises:
        StoreError: it is there and cannot be used.
    """
    try:
        require_database(settings.store.url, default=default_path())
    except UsageError as error:
        click.echo(f"there is no store ({error.where}): going by what lies on the server", err=True)
        engine = open_database("sqlite://")
    else:
        engine = open_database(settings.store.url, default=default_path())
    try:
        yield Journal(engine), Bells(engine)
    finally:
        engine.dispose()


@contextmanager
def opened_store(settings: Settings) -> Iterator[tuple[Journal, Bells]]:
    """The store of the configuration, closed afterwards.

    Raises:
        StoreError: it cannot be used.
    """
    engine = open_database(settings.store.url, default=default_path())
    try:
        yield Journal(engine), Bells(engine)
    finally:
        engine.dispose()
