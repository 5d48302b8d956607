"""What will be used on a server, and what will not work there: for ``mailtriage check``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mailtriage.act.imap.drafts import find_drafts_folder
from mailtriage.act.mailbox import Capabilities, Mailbox, Marking

_MARKING = {
    Marking.LABEL: "messages are marked with Gmail labels",
    Marking.KEYWORD: "messages are marked with keywords (tags in the mail program)",
    Marking.NOTHING: "messages are not marked",
}
_MOVING = {
    "move": "when a mail is put back from a correction folder, it is moved in one step (MOVE)",
    "copy": "when a mail is put back from a correction folder, it is copied and the original then removed",
    "nothing": "mail in a correction folder stays there",
}
_WATCHING = {
    "idle": "the server tells of new mail at once (IDLE)",
    "poll": "the program asks for new mail now and then",
}


@dataclass(frozen=True, slots=True)
class ServerReport:
    """What will be used on one account.

    ``use`` holds a sentence for each choice, ``missing`` one for each thing that will not work, in plain words.
    """

    marking: Marking
    moving: Literal["move", "copy", "nothing"]
    watching: Literal["idle", "poll"]
    drafts: str | None
    use: tuple[str, ...]
    missing: tuple[str, ...]


def describe(mailbox: Mailbox, *, folder: str = "INBOX", drafts: str | None = None) -> ServerReport:
    """Look at what a server can do; changes nothing on it.

    Args:
        mailbox: a connection. ``folder`` is opened on it, since a server tells only then whether it takes keywords.
        folder: the folder that will be watched.
        drafts: the configured Drafts folder.

    Raises ``MailboxError`` and ``ConnectionLostError`` as the calls of the mailbox do.
    """
    mailbox.open(folder)
    able = mailbox.capabilities
    found = find_drafts_folder(mailbox, drafts)
    exists = any(listed.name == found for listed in mailbox.folders())
    moving: Literal["move", "copy", "nothing"] = "move" if able.move else "copy" if able.uidplus else "nothing"
    watching: Literal["idle", "poll"] = "idle" if able.idle else "poll"
    use = [_MARKING[able.marking], _MOVING[moving], _WATCHING[watching]]
    if found:
        use.append(f"drafts go into the folder {found}" + ("" if exists else ", which does not exist yet"))
    return ServerReport(able.marking, moving, watching, found, tuple(use), _missing(able, moving, found))


def _missing(able: Capabilities, moving: str, drafts: str | None) -> tuple[str, ...]:
    sentences = []
    if able.marking is Marking.NOTHING:
        sentences.append(
            "teachers see no category on a message: this server keeps no tags; drafts and digests work as everywhere"
        )
    if moving == "nothing":
        sentences.append("mail is not put back from a correction folder: this server has no safe way to move a message")
    if not able.uidplus:
        sentences.append(
            "messages that this program removes are only marked as deleted, and the server does not say where a draft "
            "landed, so it is looked for by its Message-ID"
        )
    if not able.idle:
        sentences.append("new mail is noticed at the next look, not at once")
    if drafts is None:
        sentences.append('no folder for drafts was found: name one in the configuration, or create "Drafts"')
    return tuple(sentences)
