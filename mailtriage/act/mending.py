"""Making the mailbox show what a person said: other marks, and no draft of ours that is now wrong."""

from __future__ import annotations

from datetime import datetime

from mailtriage.act.compose import untouched
from mailtriage.act.hands import Outcome, marks_of
from mailtriage.act.mailbox import Mailbox, Marking
from mailtriage.act.marks import category_names, names
from mailtriage.errors import MailboxError
from mailtriage.records import Category
from mailtriage.store import Intent, Journal, Known

WITHDRAWN = "withdrawn: a person gave the message another category"
"""How a draft intent ends whose draft was taken away by us."""

AGAIN = (WITHDRAWN, Outcome.NO_REPLY.value)
"""After these a draft may be made after all: no person had a hand in its absence."""

_TOUCHED = frozenset({"\\Answered", "\\Deleted", "\\Flagged"})


class Mender:
    """Mends one account's mailbox on one connection. Each call can be made again after a crash."""

    def __init__(self, mailbox: Mailbox, journal: Journal, *, drafts: str | None, language: str, mark: bool) -> None:
        """Take an open mailbox; the arguments are those of ``Hands``."""
        self._mailbox = mailbox
        self._journal = journal
        self._drafts = drafts
        self._language = language
        self._mark = mark

    def find(self, known: Known) -> bool:
        """Open the folder of a message; False where the message is not in its place."""
        place = known.place
        if not place.folder:
            return False
        try:
            state = self._mailbox.open(place.folder)
        except MailboxError:
            return False
        return state.uidvalidity == place.uidvalidity and place.uid in self._mailbox.flags([place.uid])

    def mark_anew(self, known: Known) -> bool:
        """Give a message in the open folder the mark of its category, take away ours of others, and read back.

        Returns False where the server shows anything else afterwards.
        """
        marking = self._mailbox.capabilities.marking
        if not self._mark or marking is Marking.NOTHING:
            return True
        uid = known.place.uid
        wanted = {name.lower(): name for name in names(marks_of(known), marking, self._language)}
        ours = category_names(marking)
        standing = self._mailbox.marks([uid]).get(uid, frozenset())
        wrong = [name for name in standing if name.lower() in ours and name.lower() not in wanted]
        now = {name.lower() for name in self._mailbox.change_marks(uid, add=wanted.values(), remove=wrong)}
        return set(wanted) <= now and not any(name.lower() in now for name in wrong)

    def withdraw(self, intent: Intent, now: datetime) -> str:
        """Take away a draft of ours that is now wrong, unless a person had a hand in it.

        Returns what became of it, in words for the log; empty where there was nothing to do.
        """
        folder = intent.folder or self._drafts
        if folder is None or not intent.header_id:
            return ""
        uids = self._mailbox.find(folder, intent.header_id)
        if not uids:
            return ""
        if len(uids) > 1 or not self._is_untouched(folder, uids[0]):
            return "a person has edited the draft, so it stays"
        self._mailbox.open(folder)
        self._mailbox.remove([uids[0]])
        self._journal.settle(intent.id, WITHDRAWN, now, state="dropped")
        return WITHDRAWN

    def _is_untouched(self, folder: str, uid: int) -> bool:
        self._mailbox.open(folder, readonly=True)
        fetched = self._mailbox.fetch(uid)
        return fetched is not None and not fetched.flags & _TOUCHED and untouched(fetched.raw)


def chosen(standing: frozenset[str], known: Known, marking: Marking) -> Category | None:
    """The category that a person gave a message by its marks, where that differs from what the store thinks.

    Of several the one that we did not set counts; none where two such stand there, or where ours was only taken away.
    """
    by_name = category_names(marking)
    said = {category for name in standing if (category := by_name.get(name.lower()))}
    others = said - ({known.category} if not known.unsure else set())
    return others.pop() if len(others) == 1 else None
