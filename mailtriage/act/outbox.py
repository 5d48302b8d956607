"""The folder out of which mail is sent, and the copy of what was sent."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from mailtriage.act.correcting import beginnings
from mailtriage.act.letter import copy_kept
from mailtriage.act.mailbox import FolderState, Mailbox, Marking
from mailtriage.errors import MailboxError
from mailtriage.store.outgoing import Submission, Submissions

SEND = {"nl": "Versturen", "en": "Send"}

PENDING = "$SubmitPending"
"""A keyword for mail that is being submitted (registered by RFC 5550 §5.10)."""

SEEN = "\\Seen"

_MOST_SINCE = 200


def made_outbox(mailbox: Mailbox, language: str) -> str:
    """Make and subscribe the folder, unless it exists, in whatever language; returns its name.

    Raises:
        MailboxError: the server takes none.
    """
    folders = mailbox.folders()
    there = {one.name for one in folders}
    wanted = [beginning + SEND[language] for beginning in beginnings(folders)]
    others = [beginning + word for word in SEND.values() for beginning in beginnings(folders)]
    refusal = MailboxError("the server takes no folder for mail that is to be sent")
    for name in (one for one in (*wanted, *others) if one in there):
        return name
    for name in wanted:
        try:
            mailbox.create_folder(name)
        except MailboxError as error:
            refusal = error
        else:
            return name
    raise refusal


def mark_pending(mailbox: Mailbox, uid: int, *, pending: bool) -> None:
    """Say on the server, where it keeps keywords, that a mail is being sent (or is not): a store that is lost in that
    moment is not to send it again. The folder is open."""
    if mailbox.capabilities.marking is Marking.KEYWORD:
        mailbox.change_marks(uid, **{"add" if pending else "remove": [PENDING]})


def is_pending(flags: frozenset[str]) -> bool:
    """Whether a mail has that keyword; servers may change its case (RFC 3501 §2.3.2)."""
    return PENDING.lower() in {flag.lower() for flag in flags}


def lies_in(mailbox: Mailbox, folder: str, message_id: str, since: FolderState | None = None) -> bool:
    """Whether a mail with this Message-ID lies in a folder; afterwards the folder is open.

    Where ``since`` is given, everything that came since the folder was in this state is looked at, whatever SEARCH
    says.
    """
    if mailbox.find(folder, message_id):
        return True
    if since is None or since.uidnext == 0 or mailbox.status(folder).uidvalidity != since.uidvalidity:
        return False
    came = list(mailbox.uids_after(since.uidnext - 1))[-_MOST_SINCE:]
    wanted = message_id.encode()
    return any((fetched := mailbox.fetch(uid)) is not None and wanted in fetched.raw for uid in came)


class Copies:
    """Puts a copy of what was sent into Sent, and takes the mail out of the folder for sending; each once.

    Every call can be made again after a crash. The copy is looked for before it is made: some servers file what they
    send themselves.
    """

    def __init__(self, mailbox: Mailbox, store: Submissions, *, grace: timedelta) -> None:
        """Take an open mailbox; ``grace`` is how long a server may be busy with an APPEND whose connection was lost."""
        self._mailbox = mailbox
        self._store = store
        self._grace = grace

    def finish(self, row: Submission, outbox: str, sent: str, uid: int, now: datetime, zone: ZoneInfo) -> bool:
        """Copy, then remove; True where nothing is left to do.

        Args:
            row: of a mail that was sent.
            outbox: the folder for sending, where it has this ``uid``.
            sent: the folder for what was sent.
            now: aware.
            zone: of the copy's Date, which is the one that was sent.

        Raises:
            MailboxError: the server takes no copy (a full mailbox, say), or does not remove; it is tried again later.
        """
        if not row.copied:
            if now < row.due_at:
                return False
            before = FolderState(sent, row.uidvalidity, row.uidnext, 0) if row.uidnext else None
            if not lies_in(self._mailbox, sent, row.header_id, before) and not self._copy(
                row, outbox, sent, uid, now, zone
            ):
                return False
            self._store.copied(row.id)
        self._mailbox.open(outbox)
        self._mailbox.remove([uid])
        self._store.settle(row.id, now)
        return True

    def _copy(self, row: Submission, outbox: str, sent: str, uid: int, now: datetime, zone: ZoneInfo) -> bool:
        """Append the copy; False where the mail is not there any more."""
        self._mailbox.open(outbox, readonly=True)
        raw = self._mailbox.fetch_whole(uid)
        if raw is None:
            return False
        at = (row.begun_at or now).astimezone(zone)
        before = self._mailbox.status(sent)
        self._store.begin_copy(row.id, before.uidvalidity, before.uidnext, now + self._grace)
        self._mailbox.append(sent, copy_kept(raw, row.header_id, at), flags=[SEEN], at=at)
        return True
