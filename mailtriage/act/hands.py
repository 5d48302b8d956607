"""Carrying out what the journal says is intended, once, whatever crashes in between.

The order for each act: the intent is in the journal; look at the server whether it was done before; note the state of
the target folder; act; settle. A draft is appended only if that is certain not to make a second one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum

from mailtriage.act.compose import draft_bytes
from mailtriage.act.mailbox import FolderState, Mailbox
from mailtriage.act.marks import names
from mailtriage.errors import MailboxError
from mailtriage.records import ActionKind, Draft
from mailtriage.store import Intent, Journal, Known

DRAFT_FLAGS = ("\\Draft", "\\Seen")
HANDLED = frozenset({"\\Answered", "\\Deleted"})
"""RFC 3501 §2.3.2: a message with one of these has been dealt with by a person."""


class Outcome(StrEnum):
    """How an intent ended, or why it is still open, in the words of the journal and the log."""

    DONE = "done"
    FOUND = "was done before"
    GONE = "the message is not there any more"
    HANDLED = "a person answered or removed the message first"
    NO_FOLDER = "there is no Drafts folder: make one, or set drafts for the account"
    NO_REPLY = "no reply is due any more"
    UNCERTAIN = "an earlier try may have made the draft; look in Drafts"
    WAITING = "an earlier try may still arrive; it is looked at again soon"
    NOT_KEPT = "the server does not keep this mark"
    REFUSED = "the server refused"
    FAILED = "given up"


OPEN = frozenset({Outcome.NO_FOLDER, Outcome.WAITING, Outcome.REFUSED})
"""After one of these an intent is tried again."""

Redraft = Callable[[Known], Draft | None]
"""Makes the draft for a known message again, or says that none is due."""


class Hands:
    """What one account's plans are carried out with."""

    def __init__(
        self,
        mailbox: Mailbox,
        journal: Journal,
        *,
        drafts: str | None,
        language: str,
        mark: bool,
        grace: timedelta = timedelta(minutes=1),
    ) -> None:
        """Take an open mailbox.

        Args:
            mailbox: connected.
            journal: where intents are settled.
            drafts: the Drafts folder; None where the account has none.
            language: of the marks.
            mark: False where the school wants no marks.
            grace: how long a server may still be busy with an APPEND whose connection was lost.
        """
        self._mailbox = mailbox
        self._journal = journal
        self._drafts = drafts
        self._language = language
        self._mark_wanted = mark
        self._grace = grace
        self._busy: set[str] = set()

    def carry_out(self, intent: Intent, redraft: Redraft, now: datetime) -> Outcome:
        """Do what is intended, unless it was done before or is not to be done any more.

        An intent that the server refuses (a full mailbox, say) stays open, with the reason noted: it is tried again
        at the next pass. Intents that have begun must come first.

        Raises:
            ConnectionLostError: the connection is gone; the intent is still open and is settled on the next one.
        """
        place = intent.message.place
        try:
            flags = self._flags_at(intent.message)
            if flags is None:
                return self._settle(intent, Outcome.GONE, now)
            if intent.kind is ActionKind.DRAFT:
                return self._draft(intent, flags, redraft, now)
            self._mailbox.open(place.folder)
            return self._mark(intent, now)
        except MailboxError as error:
            return self._leave(intent, Outcome.REFUSED, error.what)

    def give_up(self, intent: Intent, reason: str, now: datetime) -> Outcome:
        """Close an intent that cannot be carried out; ``reason`` holds no word of the message."""
        self._journal.settle(intent.id, f"{Outcome.FAILED}: {reason}", now, state="dropped")
        return Outcome.FAILED

    def _flags_at(self, message: Known) -> frozenset[str] | None:
        """The flags of a message; None where it is not in its place."""
        place = message.place
        if not place.folder:
            return None
        state = self._mailbox.open(place.folder)
        return self._mailbox.flags([place.uid]).get(place.uid) if state.uidvalidity == place.uidvalidity else None

    def _settle(self, intent: Intent, outcome: Outcome, now: datetime) -> Outcome:
        if intent.begun_at is not None:
            self._busy.discard(intent.folder)
        done = outcome in (Outcome.DONE, Outcome.FOUND)
        state = "done" if done else "gone" if outcome is Outcome.GONE else "dropped"
        self._journal.settle(intent.id, outcome.value, now, state=state)
        return outcome

    def _leave(self, intent: Intent, outcome: Outcome, reason: str = "") -> Outcome:
        self._journal.note(intent.id, f"{outcome}: {reason}" if reason else outcome.value)
        return outcome

    def _draft(self, intent: Intent, flags: frozenset[str], redraft: Redraft, now: datetime) -> Outcome:
        folder = intent.folder or self._drafts
        if folder is None:
            return self._leave(intent, Outcome.NO_FOLDER)
        if self._mailbox.find(folder, intent.header_id):
            return self._settle(intent, Outcome.FOUND, now)
        before = self._mailbox.status(folder)
        if intent.begun_at is not None and not _unchanged(before, intent.uidvalidity, intent.uidnext):
            # Something was appended since. If it was ours, a person has touched it: never make it again.
            return self._settle(intent, Outcome.UNCERTAIN, now)
        if self._must_wait(intent, folder, now):
            return self._leave(intent, Outcome.WAITING)
        draft = None if flags & HANDLED else redraft(intent.message)
        if draft is None:
            return self._settle(intent, Outcome.HANDLED if flags & HANDLED else Outcome.NO_REPLY, now)
        self._append(intent, draft, before, now)
        return self._settle(intent, Outcome.DONE, now)

    def _must_wait(self, intent: Intent, folder: str, now: datetime) -> bool:
        """Whether an earlier APPEND may still arrive in a folder. Nothing else is appended there meanwhile: it would
        change UIDNEXT, and nobody could tell any more whether the first one arrived."""
        if intent.begun_at is not None and now < intent.begun_at + self._grace:
            self._busy.add(folder)
            return True
        return intent.begun_at is None and folder in self._busy

    def _append(self, intent: Intent, draft: Draft, before: FolderState, now: datetime) -> None:
        raw = draft_bytes(draft)
        self._journal.begin_append(intent.id, before.name, before.uidvalidity, before.uidnext, now)
        try:
            self._mailbox.append(before.name, raw, flags=DRAFT_FLAGS)
        except MailboxError:
            # A refusal is certain only if the folder says so too: an answer that makes no sense comes here as well.
            if _unchanged(self._mailbox.status(before.name), before.uidvalidity, before.uidnext):
                self._journal.append_refused(intent.id)
            raise

    def _mark(self, intent: Intent, now: datetime) -> Outcome:
        wanted = names(marks_of(intent.message), self._mailbox.capabilities.marking, self._language)
        if not wanted or not self._mark_wanted:
            return self._settle(intent, Outcome.NOT_KEPT, now)
        there = {name.lower() for name in self._mailbox.change_marks(intent.message.place.uid, add=wanted)}
        kept = all(name.lower() in there for name in wanted)
        return self._settle(intent, Outcome.DONE if kept else Outcome.NOT_KEPT, now)


def _unchanged(state: FolderState, uidvalidity: int, uidnext: int) -> bool:
    """True where certainly nothing was appended to a folder since it had this UIDVALIDITY and UIDNEXT."""
    return (state.uidvalidity, state.uidnext) == (uidvalidity, uidnext) and uidnext > 0


def marks_of(message: Known) -> tuple[str, ...]:
    """The marks that belong to a known message: its category, or ``unsure``, then its flags."""
    if message.category is None:
        return ()
    return ("unsure" if message.unsure else message.category.value, *sorted(flag.value for flag in message.flags))
