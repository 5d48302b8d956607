"""The configuration for commands that can do without one."""

from __future__ import annotations

import os
from pathlib import Path

from mailtriage.settings import Settings, default_staff
from mailtriage.settings.load import find_settings_file, load_settings


def settings_or_defaults(config: Path | None) -> tuple[Settings, Path]:
    """The configuration, or what suits a Dutch school without one.

    Args:
        config: what ``--config`` named; None to look in the usual places.

    Returns:
        The settings, and the folder at which relative paths in them start. Without a configuration file: the
        defaults, with one teacher who works ordinary school hours.

    Raises:
        ConfigurationError: the file that was named or found cannot be used.
    """
    path = find_settings_file(config, os.environ)
    if path is None:
        return Settings(staff=(default_staff(),)), Path.cwd()
    return load_settings(path), path.absolute().parent
