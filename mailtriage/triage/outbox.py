"""What lies in the folder for sending, looked at only where something changed or is due."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from mailtriage.act.correcting import DELETED
from mailtriage.act.letter import Letter, read_letter
from mailtriage.act.mailbox import FolderState, Mailbox
from mailtriage.act.outbox import made_outbox
from mailtriage.errors import MailboxError
from mailtriage.store import Journal
from mailtriage.triage.desk import Desk


@dataclass(frozen=True, slots=True)
class Lying:
    """A mail in the folder for sending, with the flags that it had when it was looked at."""

    uid: int
    flags: frozenset[str]
    letter: Letter
    fingerprint: str

    @property
    def deleted(self) -> bool:
        """Whether it is marked as deleted: by somebody who takes it back, or by us who were ended in the middle."""
        return DELETED in self.flags


class Outbox:
    """The folder for sending of one account on one connection."""

    def __init__(self, desk: Desk, mailbox: Mailbox, journal: Journal, complain: Callable[[str, str], None]) -> None:
        """Take a connection; the arguments are those of ``Triage``."""
        self._desk = desk
        self._mailbox = mailbox
        self._journal = journal
        self._complain = complain
        self._seen: FolderState | None = None
        self._letters: dict[tuple[int, int], Letter] = {}
        self.folder = ""
        """Its name; empty before the first look."""
        self.complete = False
        """Whether the latest look could read every mail there."""

    def look(self, *, due: bool) -> list[Lying] | None:
        """The mails there, by UID; the folder is made where it is missing.

        Returns None where nothing has changed since the last look, unless something is ``due``. A mail that cannot be
        read is complained of and left out.

        Raises:
            MailboxError: the folder can be neither made nor opened.
        """
        with self.patiently("the folder"):
            self.folder = self.folder or made_outbox(self._mailbox, self._desk.office.settings.school.language)
            state = self._mailbox.status(self.folder)
            if state == self._seen and not due:
                return None
            opened = self._mailbox.open(self.folder)
            flags = self._mailbox.flags(self._mailbox.uids_after(0) if opened.exists else ())
        self._letters = {key: letter for key, letter in self._letters.items() if key[1] in flags}
        every = [self._read(opened, uid, flags[uid]) for uid in sorted(flags)]
        lying = [one for one in every if one is not None]
        self.complete = len(lying) == len(every)
        self._seen = state
        return lying

    def look_again(self) -> None:
        """Look at the next pass, too, whatever the folder's state says."""
        self._seen = None

    def forget(self) -> None:
        """Somebody renamed or deleted it; it is made again at the next look."""
        self._seen, self.folder = None, ""

    def patiently(self, what: Hashable) -> AbstractContextManager[None]:
        """``Desk.patiently`` for something of the folder for sending."""
        return self._desk.patiently(("sending", what))

    def _read(self, folder: FolderState, uid: int, flags: frozenset[str]) -> Lying | None:
        key = (folder.uidvalidity, uid)
        try:
            if key not in self._letters:
                with self.patiently(key):
                    raw = self._mailbox.fetch_whole(uid)
                if raw is None:
                    return None
                self._letters[key] = read_letter(raw, self._desk.account.effective_address)
        except MailboxError as error:
            self._complain(f"a message stays in {folder.name}", error.what)
            return None
        letter = self._letters[key]
        return Lying(uid, flags, letter, self._journal.fingerprint(letter.digest))
