"""Learning of corrections that teachers make in their own mail program, and mending what was done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from mailtriage.act.correcting import DELETED, PARENT, Lying, Returner, made_folders
from mailtriage.act.mailbox import FolderState, Mailbox, Marking
from mailtriage.act.mending import AGAIN, Mender, chosen
from mailtriage.decide import decide
from mailtriage.errors import ConnectionLostError, MailboxError, StoreError, UnreadableMessageError
from mailtriage.masking import masked
from mailtriage.read import read_message
from mailtriage.records import Category, Message, Plan, Scope, ScopeKind, Verdict
from mailtriage.store import Correction, Corrections, Journal, Known, Place, Wording, discreet
from mailtriage.store.corrections import Source
from mailtriage.triage.desk import Desk

MARKS_EVERY = timedelta(minutes=2)
"""How often marks are looked at."""

MARKS_SINCE = timedelta(days=30)
"""A mark that is changed later than this after the judgement is no correction any more."""

PATIENCE = timedelta(days=2)
"""How long a corrected message is looked for that is not in its place."""

_RECENT = timedelta(days=1)


class Corrector:
    """Finds, records and carries out the corrections of one account on one connection."""

    def __init__(
        self,
        desk: Desk,
        mailbox: Mailbox,
        journal: Journal,
        *,
        drafts: str | None,
        complain: Callable[[str, str], None],
        halted: Callable[[], bool],
    ) -> None:
        """Take a connection; the arguments are those of ``Triage``."""
        self._desk = desk
        self._mailbox = mailbox
        self._journal = journal
        self._store = Corrections(journal.engine)
        self._complain = complain
        self._halted = halted
        settings = desk.office.settings
        self._wanted = settings.corrections
        self._language = settings.school.language
        self._mender = Mender(
            mailbox, journal, drafts=drafts, language=self._language, mark=desk.account.mark == "auto"
        )
        self._corners: dict[str, Category] | None = None
        self._seen: dict[str, FolderState] = {}
        self._marks_due: datetime | None = None
        self._log = structlog.get_logger("mailtriage").bind(account=desk.account.name)

    def run(self) -> None:
        """Look for corrections, record each, and mend what was done. What is only half mended is mended first.

        Raises:
            ConnectionLostError: the connection is gone; the next look goes on from here.
            StoreError: the store cannot be written; nothing was done that is not recorded.
        """
        if self._wanted.folders:
            self._look_into_folders()
        self._mend()
        if self._wanted.marks and self._desk.account.mark == "auto":
            self._look_at_marks()
            self._mend()

    # -- by folder

    def _look_into_folders(self) -> None:
        try:
            if self._corners is None:
                with self._desk.patiently(PARENT):
                    made = made_folders(self._mailbox, self._language)
                self._corners = {name: one for name, one in made.items() if name not in self._desk.account.folders}
        except MailboxError as error:
            self._complain("the folders for corrections cannot be made", error.what)
            return
        sound = True
        for folder, category in self._corners.items():
            if self._halted():
                return
            try:
                self._look_into(folder, category)
            except MailboxError as error:
                sound = False
                self._complain(f"the folder {folder} cannot be looked into", error.what)
        if not sound:
            self._corners = None  # somebody renamed or deleted one; it is made again at the next pass

    def _look_into(self, folder: str, category: Category) -> None:
        with self._desk.patiently(folder):
            state = self._mailbox.status(folder)
            if state == self._seen.get(folder):
                return
            opened = self._mailbox.open(folder) if state.exists else state
            uids = self._mailbox.uids_after(0) if state.exists else ()
        for uid in uids:
            if self._halted():
                return
            self._take(Place(self._desk.account.name, folder, opened.uidvalidity, uid), category)
        self._seen[folder] = state

    def _take(self, place: Place, category: Category) -> None:
        """One message in a correction folder; whatever is wrong with it keeps nothing else back."""
        if self._desk.exhausted(place):
            return
        where = self._log.bind(uid=place.uid, folder=place.folder)
        try:
            self._mailbox.open(place.folder)
            fetched = self._mailbox.fetch(place.uid)
            if fetched is not None and DELETED not in fetched.flags:
                self._understand(Lying(place, fetched), category)
        except ConnectionLostError:
            self._desk.losses[place] += 1
            raise
        except StoreError:
            raise
        except MailboxError as error:
            self._complain(f"a message stays in {place.folder}", error.what)
        except Exception as error:
            where.exception("correction could not be understood")
            self._complain(f"a message stays in {place.folder}", type(error).__name__)

    def _understand(self, lying: Lying, category: Category) -> None:
        where = self._log.bind(uid=lying.place.uid, folder=lying.place.folder)
        try:
            message = read_message(lying.fetched.raw)
        except UnreadableMessageError:
            where.info("no correction", reason="the message cannot be read")
            self._bring_back(lying, None, "")
            return
        known = self._journal.recognise(self._desk.account.name, message.digest)
        if known is None:
            known = self._made_known(lying, message)
        if known is None:
            where.info("no correction", reason="out of scope")
            self._bring_back(lying, None, message.message_id)
            return
        self._record(known, message, category, "folder")
        self._bring_back(lying, known, message.message_id)

    def _bring_back(self, lying: Lying, known: Known | None, message_id: str) -> None:
        account = self._desk.account
        returner = Returner(self._mailbox, account.name, account.folders, self._corners or ())
        recent = lying.fetched.internaldate > self._desk.clock() - _RECENT
        # A known message was in a watched folder, and so was one that has just come: it was moved from there.
        search = known is None or (known.place.folder == lying.place.folder and not recent)
        try:
            now = returner.bring_back(lying, known.place if known else None, message_id, search=search and not recent)
        except MailboxError:
            if known is not None:
                self._journal.relocate(known.id, lying.place)
            raise
        if known is not None and now.uid and now != known.place:
            self._journal.relocate(known.id, now)
        self._log.info("brought back", uid=now.uid, folder=now.folder)

    def _made_known(self, lying: Lying, message: Message) -> Known | None:
        """A message that no pass has seen, judged and recorded; None where it is no parent's."""
        now = self._desk.clock()
        try:
            scope, verdict, plan = self._desk.weigh(message, now)
        except Exception as error:
            self._log.exception("message could not be judged", uid=lying.place.uid, folder=lying.place.folder)
            reason = f"could not be judged ({type(error).__name__})"
            return self._journal.set_aside(
                lying.place, reason, None, now, digest=message.digest, sender=message.sender.address
            )
        if scope.kind is ScopeKind.OTHER or verdict is None:
            return None
        unread = "\\Seen" not in lying.fetched.flags
        told = Plan(marks=plan.marks, notify_at=plan.notify_at if unread else None, notify=plan.notify)
        arrived = lying.fetched.internaldate
        return self._journal.intend(lying.place, message, verdict, told, now, arrived_at=arrived)

    # -- by mark

    def _look_at_marks(self) -> None:
        now = self._desk.clock()
        if self._marks_due is not None and now < self._marks_due:
            return
        marked = self._store.marked(self._desk.account.name, now - MARKS_SINCE)
        for folder in dict.fromkeys(known.place.folder for known in marked):
            if folder and not self._halted():
                self._look_at_marks_in(folder, [known for known in marked if known.place.folder == folder])
        self._marks_due = now + MARKS_EVERY

    def _look_at_marks_in(self, folder: str, marked: list[Known]) -> None:
        try:
            state = self._mailbox.open(folder)
            marking = self._mailbox.capabilities.marking
            here = [known for known in marked if known.place.uidvalidity == state.uidvalidity]
            standing = {} if marking is Marking.NOTHING else self._mailbox.marks(known.place.uid for known in here)
        except MailboxError:  # the folder was deleted or renamed
            return
        for known in here:
            category = chosen(standing.get(known.place.uid, frozenset()), known, marking)
            if category is not None and not self._halted():
                self._take_mark(known, category)

    def _take_mark(self, known: Known, category: Category) -> None:
        try:
            self._mailbox.open(known.place.folder)
            fetched = self._mailbox.fetch(known.place.uid)
            if fetched is not None:
                self._record(known, read_message(fetched.raw), category, "mark")
        except (ConnectionLostError, StoreError):
            raise
        except (MailboxError, UnreadableMessageError) as error:
            self._log.info("no correction", uid=known.place.uid, reason=discreet(error.what))
        except Exception:
            self._log.exception("correction could not be understood", uid=known.place.uid)

    # -- what follows

    def _record(self, known: Known, message: Message, category: Category, source: Source) -> None:
        office = self._desk.office
        names = [name for person in office.settings.staff for name in (person.name, person.called)]
        subject, body = masked(message, names, known.language)
        draft = self._draft_due(known, message, category)
        recorded = self._store.record(
            known, category, Wording(subject, body), self._desk.clock(), source=source, draft=draft, again=AGAIN
        )
        if recorded:
            old = None if known.unsure else known.category
            self._log.info("corrected", uid=known.place.uid, old=old, new=category, source=source)

    def _draft_due(self, known: Known, message: Message, category: Category) -> str:
        """The Message-ID of the draft that is due by what a person said; empty where none is."""
        said = Verdict(
            category=category,
            probabilities={one: float(one is category) for one in Category},
            flags=known.flags,
            flag_probabilities={},
            language=known.language,
            unsure=False,
        )
        scope = Scope(ScopeKind.PARENT, "a person said so")
        reply = decide(message, scope, said, self._desk.clock(), self._desk.office).reply
        return reply.message_id if reply else ""

    def _mend(self) -> None:
        """Have the mailbox show what was said, for every correction that it does not show yet."""
        for correction, known in self._store.open(self._desk.account.name):
            if self._halted():
                return
            try:
                self._mend_one(correction, known)
            except MailboxError as error:
                self._log.warning("mending waits", uid=known.place.uid, reason=discreet(error.what))

    def _mend_one(self, correction: Correction, known: Known) -> None:
        now = self._desk.clock()
        if not self._mender.find(known):
            if now > correction.at + PATIENCE:
                self._store.settle(correction.id, "done")
            return
        shown = self._mender.mark_anew(known)
        draft = self._store.draft_of(known)
        offered = known.category in self._desk.office.settings.rules.conversation
        if draft is not None and not offered:
            became = self._mender.withdraw(draft, now)
            if became:
                self._log.info("mended", uid=known.place.uid, draft=became)
        self._store.settle(correction.id, "done" if shown else "marks")
