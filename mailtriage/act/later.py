"""The folder for mail that is kept out of the inbox until its moment: ``Triage/Later``, in every language."""

from __future__ import annotations

from collections.abc import Sequence

from mailtriage.act.correcting import beginnings
from mailtriage.act.mailbox import Folder, Mailbox
from mailtriage.errors import MailboxError

LATER = "Later"


def later_names(folders: Sequence[Folder]) -> tuple[str, ...]:
    """How the folder may be called on a server with these folders, the first choice first; see ``beginnings``."""
    return tuple(beginning + LATER for beginning in beginnings(folders))


def later_name(folders: Sequence[Folder]) -> str:
    """How the folder is called on a server with these folders: the one that exists, else the one to make."""
    there = {one.name for one in folders}
    names = later_names(folders)
    return next((name for name in names if name in there), names[0])


def found_later(mailbox: Mailbox) -> str | None:
    """The folder where it exists."""
    folders = mailbox.folders()
    name = later_name(folders)
    return name if any(one.name == name for one in folders) else None


def made_later(mailbox: Mailbox) -> str:
    """Make and subscribe the folder, unless it exists; returns its name.

    Raises:
        MailboxError: the server takes none.
    """
    if (found := found_later(mailbox)) is not None:
        return found
    refusal = MailboxError("the server takes no folder for mail that is held")
    for name in later_names(mailbox.folders()):
        try:
            mailbox.create_folder(name)
        except MailboxError as error:
            refusal = error
        else:
            return name
    raise refusal
