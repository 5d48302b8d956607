"""A whole mail, masked."""

from __future__ import annotations

from collections.abc import Iterable

from mailtriage.records import Message


def masked(_message: Message, _staff: Iterable[str]) -> tuple[str, str]:
    """Subject and body of a message without whoever they are about; nothing at all, until masking is there."""
    return "", ""
