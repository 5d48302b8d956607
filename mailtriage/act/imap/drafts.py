"""Which folder holds drafts, and which one what was sent."""

from __future__ import annotations

from collections.abc import Sequence

from mailtriage.act.mailbox import Folder, Mailbox

USUAL_NAMES = (
    "Drafts",
    "Concepten",
    "Draft",
    "Entwürfe",
    "Brouillons",
    "Borradores",
    "Bozze",
    "Rascunhos",
    "Kladder",
    "Utkast",
    "Wersje robocze",
    "Taslaklar",
    "Чернетки",
    "Чорновики",
    "مسودات",
)
"""Names that mail programs and servers give to the folder for drafts, the likeliest first."""

USUAL_SENT_NAMES = (
    "Sent",
    "Sent Items",
    "Verzonden items",
    "Verzonden",
    "Sent Messages",
    "Sent Mail",
    "Verzonden berichten",
    "Gesendet",
    "Gesendete Elemente",
    "Envoyés",
    "Éléments envoyés",
    "Enviados",
    "Inviati",
)
"""The same for the folder with what was sent."""


def find_drafts_folder(mailbox: Mailbox, configured: str | None = None) -> str | None:
    """The folder for drafts.

    Args:
        mailbox: a connection; only its folders are listed.
        configured: what the configuration names; wins, whether the folder exists or not.

    Returns:
        ``configured``, else the folder with the RFC 6154 use ``drafts``, else one with a usual name at the top, below
        INBOX or below Gmail's root (in this order); None where there is none.
    """
    if configured:
        return configured
    folders = mailbox.folders()
    marked = next((folder.name for folder in folders if folder.use == "drafts"), None)
    return marked or _by_name(folders, USUAL_NAMES)


def find_sent_folder(mailbox: Mailbox) -> str | None:
    """The folder for mail that was sent: by its RFC 6154 use ``sent``, else by its name as for drafts; None where
    there is none."""
    folders = mailbox.folders()
    marked = next((folder.name for folder in folders if folder.use == "sent"), None)
    return marked or _by_name(folders, USUAL_SENT_NAMES)


def _by_name(folders: Sequence[Folder], names: Sequence[str]) -> str | None:
    usual = [name.casefold() for name in names]
    found = []
    for folder in folders:
        *above, last = folder.name.split(folder.delimiter) if folder.delimiter else [folder.name]
        if last.casefold() in usual and [part.upper() for part in above] in ([], ["INBOX"], ["[GMAIL]"]):
            found.append((len(above), usual.index(last.casefold()), folder.name))
    return min(found)[2] if found else None
