"""A whole mail, masked."""

from __future__ import annotations

from collections.abc import Iterable

from mailtriage.masking.names import known_names, mask_names
from mailtriage.masking.patterns import mask_forms
from mailtriage.records import Message

MAX_TEXT = 20_000
"""So many characters of each part are kept: what decides on a mail stands earlier."""


def masked(message: Message, staff: Iterable[str], language: str = "") -> tuple[str, str]:
    """Subject and body of a message, without whoever they are about.

    Args:
        message: as read. Its signature is left out.
        staff: names of the school's people, which are masked like those that the mail itself tells: its sender's and
            those in the greeting, below the closing and in the signature.
        language: ISO 639-1, where it is known. German writes every noun with a capital, so that only given names and
            those that the mail tells are masked there.

    Returns:
        the subject, and the newest text with the quoted one below it, each of its lines behind ``> ``.
    """
    newest, quoted = message.newest[:MAX_TEXT], message.quoted[:MAX_TEXT]
    people = [one.name for one in (message.sender, *message.reply_to, *message.to, *message.cc)]
    signed = message.signature[:1000]
    named = known_names([*people, *staff, *_names_in(signed)], [mask_forms(newest), mask_forms(quoted)])

    def clean(text: str) -> str:
        return mask_names(mask_forms(text), named, nouns_have_capitals=language == "de")

    below = "\n".join(f"> {line}".rstrip() for line in clean(quoted).splitlines())
    return clean(message.subject[:1000]), "\n\n".join(part for part in (clean(newest), below) if part)


def masked_text(text: str, staff: Iterable[str] = (), language: str = "") -> str:
    """A text masked by itself; see ``masked``."""
    told = mask_forms(text[:MAX_TEXT])
    return mask_names(told, known_names(staff, [told]), nouns_have_capitals=language == "de")


def _names_in(signature: str) -> list[str]:
    """Words of a signature that stand alone on a short line, as names do."""
    return [line for line in signature.splitlines()[:3] if len(line) <= 40 and line.istitle()]
