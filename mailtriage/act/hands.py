"""Carrying out what the journal says is intended, once, whatever crashes in between.

The order for each act: the intent is in the journal; look at the server whether it was done before; note the state of
the target folder; act; settle. A draft is appended only if that is certain not to make a second one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from mailtriage.act.compose import draft_bytes
from mailtriage.act.mailbox import Mailbox
from mailtriage.act.marks import names
from mailtriage.errors import MailboxError
from mailtriage.records import ActionKind, Draft
from mailtriage.store import Intent, Journal, Known

DRAFT_FLAGS = ("\\Draft", "\\Seen")
HANDLED = frozenset({"\\Answered", "\\Deleted"})
"""RFC 3501 §2.3.2: a message with one of these has been dealt with by a person."""


class Outcome(StrEnum):
    """How an intent ended, in the words of the journal and the log."""

    DONE = "done"
    FOUND = "was done before"
    GONE = "the message is not there any more"
    HANDLED = "a person answered or removed the message first"
    NO_FOLDER = "no Drafts folder; set accounts.drafts"
    NO_REPLY = "no reply is due any more"
    UNCERTAIN = "an earlier try may have made the draft; look in Drafts"
    NOT_KEPT = "the server does not keep this mark"
    REFUSED = "the server refused"


Redraft = Callable[[Known], Draft | None]
"""Makes the draft for a known message again, or says that none is due."""


class Hands:
    """What one account's plans are carried out with."""

    def __init__(self, mailbox: Mailbox, journal: Journal, *, drafts: str | None, language: str, mark: bool) -> None:
        """Take an open mailbox.

        Args:
            mailbox: connected.
            journal: where intents are settled.
            drafts: the Drafts folder; None where the account has none.
            language: of the marks.
            mark: False where the school wants no marks.
        """
        self._mailbox = mailbox
        self._journal = journal
        self._drafts = drafts
        self._language = language
        self._mark_wanted = mark

    def carry_out(self, intent: Intent, redraft: Redraft, now: datetime) -> Outcome:
        """Do what is intended, unless it was done before or is not to be done any more.

        An intent that the server refuses (a full mailbox, say) stays open, with the reason noted: it is tried again
        at the next pass.

        Raises:
            ConnectionLostError: the connection is gone; the intent is still open and is settled on the next one.
        """
        place = intent.message.place
        try:
            state = self._mailbox.open(place.folder)
            flags = self._mailbox.flags([place.uid]) if state.uidvalidity == place.uidvalidity else {}
            if place.uid not in flags:
                return self._settle(intent, Outcome.GONE, now, done=False)
            if intent.kind is ActionKind.DRAFT:
                return self._draft(intent, flags[place.uid], redraft, now)
            return self._mark(intent, now)
        except MailboxError as error:
            self._journal.note(intent.id, f"{Outcome.REFUSED}: {error.what}")
            return Outcome.REFUSED

    def _settle(self, intent: Intent, outcome: Outcome, now: datetime, *, done: bool) -> Outcome:
        self._journal.settle(intent.id, outcome.value, now, done=done)
        return outcome

    def _draft(self, intent: Intent, flags: frozenset[str], redraft: Redraft, now: datetime) -> Outcome:
        folder = intent.folder or self._drafts
        if folder is None:
            return self._settle(intent, Outcome.NO_FOLDER, now, done=False)
        if self._mailbox.find(folder, intent.header_id):
            return self._settle(intent, Outcome.FOUND, now, done=True)
        before = self._mailbox.status(folder)
        begun = intent.uidvalidity != 0
        untouched = (before.uidvalidity, before.uidnext) == (intent.uidvalidity, intent.uidnext) and before.uidnext > 0
        if begun and not untouched:
            # Something was appended since. If it was ours, a person has touched it: never make it again.
            return self._settle(intent, Outcome.UNCERTAIN, now, done=False)
        if flags & HANDLED:
            return self._settle(intent, Outcome.HANDLED, now, done=False)
        draft = redraft(intent.message)
        if draft is None:
            return self._settle(intent, Outcome.NO_REPLY, now, done=False)
        self._journal.begin_append(intent.id, folder, before.uidvalidity, before.uidnext)
        self._mailbox.append(folder, draft_bytes(draft), flags=DRAFT_FLAGS)
        return self._settle(intent, Outcome.DONE, now, done=True)

    def _mark(self, intent: Intent, now: datetime) -> Outcome:
        wanted = names(marks_of(intent.message), self._mailbox.capabilities.marking, self._language)
        if not wanted or not self._mark_wanted:
            return self._settle(intent, Outcome.NOT_KEPT, now, done=False)
        there = {name.lower() for name in self._mailbox.change_marks(intent.message.place.uid, add=wanted)}
        kept = all(name.lower() in there for name in wanted)
        return self._settle(intent, Outcome.DONE if kept else Outcome.NOT_KEPT, now, done=kept)


def marks_of(message: Known) -> tuple[str, ...]:
    """The marks that belong to a known message: its category, or ``unsure``, then its flags."""
    if message.category is None:
        return ()
    return ("unsure" if message.unsure else message.category.value, *sorted(flag.value for flag in message.flags))
