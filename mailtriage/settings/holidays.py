"""The school holidays of the Dutch regions noord, midden and zuid, as the government set them."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from mailtriage.settings.hours import FreeDays


@cache
def region_days(region: str) -> tuple[FreeDays, ...]:
    """The school holidays of a region, in order, with their names; none for an empty name.

    Args:
        region: ``noord``, ``midden``, ``zuid`` or empty.
    """
    if not region:
        return ()
    data = tomllib.loads(files("mailtriage.settings").joinpath("data/school_holidays.toml").read_text("utf-8"))
    return tuple(FreeDays.model_validate(one) for one in data[region])
