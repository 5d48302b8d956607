"""Seeing which mail was answered, for the school's figures. Nothing is done for it, and nobody is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from mailtriage.act.mailbox import Mailbox
from mailtriage.errors import MailboxError
from mailtriage.store import Journal, Known
from mailtriage.store.answers import Answers
from mailtriage.triage.desk import Desk

ANSWERED = "\\Answered"
"""What a mail program sets on a message that it replied to (RFC 3501 §2.3.2)."""

EVERY = timedelta(minutes=10)
"""How often flags are looked at: waiting is counted in hours."""

SINCE = timedelta(days=30)
"""A message that was not answered in so many days is not looked at any more."""


class Answering:
    """Looks for ``\\Answered`` on the mail of one account, on one connection."""

    def __init__(self, desk: Desk, mailbox: Mailbox, journal: Journal) -> None:
        """Take an open mailbox."""
        self._desk = desk
        self._mailbox = mailbox
        self._answers = Answers(journal.engine)

    def run(self, halted: Callable[[], bool] = lambda: False) -> None:
        """Note what was answered since the last look, if that was ``EVERY`` ago. Leaves some folder open.

        Raises:
            ConnectionLostError: the connection is gone; what was not seen is seen the next time.
            StoreError: the store cannot be written.
        """
        now, account = self._desk.clock(), self._desk.account
        if self._desk.looked_at.get(ANSWERED, now - EVERY) > now - EVERY:
            return
        self._desk.looked_at[ANSWERED] = now
        waiting = self._answers.unanswered(account.name, account.folders, now - SINCE)
        for (folder, uidvalidity), group in groupby(sorted(waiting, key=_folder), key=_folder):
            if halted():
                return
            self._look(folder, uidvalidity, list(group), now)

    def _look(self, folder: str, uidvalidity: int, waiting: Sequence[Known], now: datetime) -> None:
        try:
            if self._mailbox.open(folder, readonly=True).uidvalidity != uidvalidity:
                return
            flags = self._mailbox.flags([known.place.uid for known in waiting])
        except MailboxError:  # the pass itself tells of a folder that cannot be opened
            return
        answered = [known.id for known in waiting if ANSWERED in flags.get(known.place.uid, frozenset())]
        self._answers.note_answered(self._desk.account.name, answered, now)


def _folder(known: Known) -> tuple[str, int]:
    return known.place.folder, known.place.uidvalidity
