"""What several commands need: the configuration, which must be there, and the store it names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mailtriage.cli import Common
from mailtriage.errors import ConfigurationError, UsageError
from mailtriage.settings import Settings
from mailtriage.settings.load import find_settings_file, load_settings
from mailtriage.store import Bells, Journal, default_path, open_database


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


def required_accounts(settings: Settings, path: Path) -> None:
    """Check that there is an account to work on.

    Raises:
        ConfigurationError: there is none.
    """
    if not settings.accounts:
        raise ConfigurationError("no account is configured", str(path), "add an [[accounts]] section")


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
