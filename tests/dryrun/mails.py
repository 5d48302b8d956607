"""Invented mails, and the files that they are exported in."""

from __future__ import annotations

import zipfile
from email.message import EmailMessage
from pathlib import Path

QUESTION = "Mag Noor morgen een uur eerder weg in verband met de tandarts?"
WORRY = (
    "Ik maak me al weken grote zorgen over Noor. Ze wordt elke dag gepest in de kleedkamer, ze slaapt slecht en wil "
    "niet meer naar school. Hoe kan het dat niemand dit ziet, en wat gaat de school hieraan doen?"
)
EVENING = "Mon, 14 Sep 2026 21:40:00 +0200"
ENVELOPE = b"From ouder@thuis.example Mon Sep 14 21:40:00 2026\n"


def mail(text: str = QUESTION, *, subject: str = "Noor", number: int = 1, **fields: str) -> bytes:
    """A parent's mail of a Monday evening; ``fields`` replace its header (``Message_ID`` is Message-ID)."""
    message = EmailMessage()
    header = {
        "From": "Sanne de Boer <sanne@thuis.example>",
        "To": "juf@school.example",
        "Subject": subject,
        "Date": EVENING,
        "Message-ID": f"<{number}@thuis.example>",
    }
    header |= {name.replace("_", "-"): value for name, value in fields.items()}
    for name, value in header.items():
        if value:
            message[name] = value
    message.set_content(text)
    return message.as_bytes()


def mbox(*messages: bytes, line_end: bytes = b"\n") -> bytes:
    """Messages as an mbox."""
    text = b"".join(ENVELOPE + one.rstrip(b"\n") + b"\n\n" for one in messages)
    return text.replace(b"\n", line_end)


def maildir(folder: Path, *names: str) -> None:
    """A Maildir with a mail under each of the names, like ``cur/1.a.host:2,S``."""
    for part in ("cur", "new", "tmp"):
        (folder / part).mkdir(parents=True)
    for number, name in enumerate(names, start=1):
        (folder / name).write_bytes(mail(number=number))


def archive(path: Path, entries: dict[str, bytes]) -> Path:
    """A .zip."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in entries.items():
            packed.writestr(name, content)
    return path
