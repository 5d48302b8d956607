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


def in_words(hold: str, mailbox: Mailbox) -> list[str]:
    """What holding comes to on a server, for ``mailtriage check``; ``hold`` is ``off``, ``move`` or ``delivery``.

    Nothing is changed on the server.
    """
    able, name = mailbox.capabilities, later_name(mailbox.folders())
    found = [_HELD[hold].format(name=name)]
    if hold != "off" and not able.move and not able.uidplus:
        found.append("will not work: this server has no safe way to move a message, so nothing is held or brought back")
    if hold == "move" and not able.idle:
        found.append("will not work: mail is put away only at the next look, since the server has no IDLE")
    lying = mailbox.status(name).exists if any(one.name == name for one in mailbox.folders()) else 0
    if lying:
        found.append(f"the folder {name} holds {lying} {'message' if lying == 1 else 'messages'} now")
    return found


_SILENCE = "an IMAP program cannot silence a phone's own mail program"

_HELD = {
    "off": f"holding: off; new mail stays in the inbox, and only our own notifications wait ({_SILENCE})",
    "move": (
        "holding: out of hours, parents' mail is moved from the inbox to {name} as soon as it is noticed, and back at "
        f"its moment; {_SILENCE}, and one that is told of new mail at once may ring before the mail is moved"
    ),
    "delivery": (
        "holding: out of hours, the mail server itself files parents' mail in {name}, so that no phone is told of it; "
        "it is brought back at its moment, and urgent mail as soon as it was judged, within a minute"
    ),
}
