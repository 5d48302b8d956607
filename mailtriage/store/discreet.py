"""Reasons without addresses: what a server says may name people, and reasons stand in the store and in logs."""

from __future__ import annotations

import re

_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"']+@[^\s<>()\[\],;:\"']+")


def discreet(text: str) -> str:
    """A reason with ``<address>`` in the place of each mail address."""
    return _ADDRESS.sub("<address>", text)
