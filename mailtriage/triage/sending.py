"""Sending what teachers moved into the folder for it, within their hours, once and only once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog

from mailtriage.act.correcting import DELETED
from mailtriage.act.imap import find_sent_folder
from mailtriage.act.letter import Unfit, outgoing, own_id, read_letter
from mailtriage.act.mailbox import Mailbox, Marking
from mailtriage.act.notices import Kind, Noticer, kind_of
from mailtriage.act.outbox import Copies, is_pending, lies_in, mark_pending
from mailtriage.act.smtp import Envelope, Fate, Receipt, submission_server, submit
from mailtriage.errors import MailboxError, NoWorkingMomentError
from mailtriage.store import Journal
from mailtriage.store.outgoing import State, Submission, Submissions
from mailtriage.triage.desk import Desk
from mailtriage.triage.outbox import Lying, Outbox

FILES_ITSELF = ("gmail.com", "googlemail.com", "office365.com", "outlook.com")
"""Submission servers that put what they send into Sent themselves, a moment later."""

FILING = timedelta(minutes=2)
"""How long such a server is given before a copy is made after all."""

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
"""Between two tries: as long as it has failed so far, within these."""

GIVE_UP = timedelta(days=1)
"""How long a server is asked again that did not take a mail."""

AGAIN = "lies there again"
LOST = "the store was lost while it was sent"
STOPPED = "the program was stopped while it was sent"
_NOBODY = timedelta(days=366)


class Submitter:
    """Sends the mail of one account on one connection."""

    def __init__(
        self,
        desk: Desk,
        mailbox: Mailbox,
        journal: Journal,
        *,
        complain: Callable[[str, str], None],
        halted: Callable[[], bool],
    ) -> None:
        """Take a connection; the arguments are those of ``Triage``."""
        self._desk = desk
        self._mailbox = mailbox
        self._journal = journal
        self._store = Submissions(journal.engine)
        self._complain = complain
        self._halted = halted
        self._server = submission_server(desk.account)
        settings = desk.office.settings
        language = settings.school.language
        self._noticer = Noticer(mailbox, desk.account.folders[0], desk.office.address, language)
        self._zone = settings.school.zone
        self._keep = timedelta(days=settings.privacy.keep_days)
        self._copies = Copies(mailbox, self._store, grace=timedelta(seconds=2 * desk.account.timeout_seconds))
        host = self._server.host.lower() if self._server else ""
        self._filing = FILING if any(host == one or host.endswith(f".{one}") for one in FILES_ITSELF) else timedelta(0)
        self._outbox = Outbox(desk, mailbox, journal, complain)
        self._sent: str | None = None
        self._pause: datetime | None = None
        self._log = structlog.get_logger("mailtriage").bind(account=desk.account.name)

    def run(self) -> None:
        """Look into the folder, send what is due, and bring to an end what an earlier pass began.

        Raises:
            ConnectionLostError: the connection is gone; the next look goes on from here.
            StoreError: the store cannot be written; nothing was sent that is not recorded.
        """
        if self._server is None or self._halted():
            return
        try:
            self._recover()
            lying = self._look()
            for one in sorted(lying, key=lambda one: one.deleted):
                if self._halted() or not self._take(one):
                    return
            self._tell_of_absent({one.fingerprint for one in lying if not one.deleted})
        except MailboxError as error:
            self._sent = None
            self._outbox.forget()
            self._complain("mail cannot be sent", error.what)

    def next_due(self) -> datetime | None:
        """When there is something to do in the folder, beside new mail in it."""
        return self._store.next_due(self._desk.account.name) if self._server else None

    # -- what lies there

    def _recover(self) -> None:
        """What was going out when an earlier pass ended: nobody can know, so it is never sent again."""
        for row in self._rows().values():
            if row.state is State.SENDING:
                self._store.end(row.id, State.UNCERTAIN, self._desk.clock() + self._filing, STOPPED)

    def _look(self) -> list[Lying]:
        """The mails in the folder, where there is anything to do about them."""
        now, due = self._desk.clock(), self.next_due()
        lying = self._outbox.look(due=due is not None and due <= now)
        if lying is None:
            return []
        self._put_right(lying, now)
        return lying

    def _put_right(self, lying: list[Lying], now: datetime) -> None:
        """Moments that the hours do not allow any more; and what somebody took out of the folder."""
        there = {one.fingerprint for one in lying}
        wanted = {one.fingerprint for one in lying if not one.deleted}
        opening = self._opening(now)
        gone: list[int] = []
        for row in self._rows().values():
            if row.settled_at is None and row.state is not State.SENT:
                early = row.due_at <= now < opening
                late = row.state is State.WAITING and row.begun_at is None and row.due_at > opening
                if early or late:
                    self._store.postpone([row.id], opening)
            if not self._outbox.complete:
                continue
            old = row.settled_at is not None and row.settled_at < now - self._keep
            taken_back = row.state in (State.WAITING, State.REFUSED)
            if row.fingerprint not in wanted and (taken_back or old):
                gone.append(row.id)
            elif row.fingerprint not in there and row.state is State.SENT and row.settled_at is None:
                self._store.settle(row.id, now)
        self._store.forget(gone)

    def _opening(self, now: datetime) -> datetime:
        """``now`` where somebody works, else when somebody does next; far away where nobody ever does."""
        moments = []
        for schedule in self._desk.office.schedules:
            try:
                moments.append(schedule.next_open(now).astimezone(UTC))
            except NoWorkingMomentError:
                continue
        if not moments:
            self._complain("mail cannot be sent", "nobody whose mailbox this is works within a year")
        return min(moments, default=now.astimezone(UTC) + _NOBODY)

    # -- one mail

    def _take(self, lying: Lying) -> bool:
        """Do what is due about one mail; False where nothing more is to be tried in this pass."""
        try:
            with self._outbox.patiently((self._outbox.folder, lying.uid)):
                row, now = self._row(lying), self._desk.clock()
                if row is None:
                    return True
                if row.state is State.SENT and row.settled_at is None:
                    self._finish(row, lying)
                elif lying.deleted:
                    return True
                elif row.state is State.SENT:
                    self._tell_again(row, lying, now)
                elif row.state is State.WAITING:
                    return row.due_at > now or self._send(row, lying, now)
                elif row.settled_at is None and row.due_at <= now:
                    self._tell_outcome(row, lying.letter.subject)
        except MailboxError as error:
            self._outbox.look_again()
            self._complain(f"a message stays in {self._outbox.folder}", error.what)
        return True

    def _row(self, lying: Lying) -> Submission | None:
        """What is known of a mail; one that is seen for the first time is recorded, unless somebody took it back."""
        row = self._rows().get(lying.fingerprint)
        if row is not None or lying.deleted:
            return row
        letter, account = lying.letter, self._desk.account.name
        if letter.unfit is Unfit.RECEIVED and self._mailbox.capabilities.marking is Marking.LABEL:
            return None  # Gmail's web page gives a label to all the mails of a conversation
        opening = self._opening(self._desk.clock())
        header_id = letter.message_id or own_id("send", lying.fingerprint, self._desk.office.address.domain)
        row = self._store.add(account, lying.fingerprint, header_id, opening, unfit=letter.unfit or "")
        if letter.unfit is None and is_pending(lying.flags):
            self._store.end(row.id, State.UNCERTAIN, opening, LOST)
        self._log.info("to be sent", uid=lying.uid, at=opening.isoformat(), refused=row.outcome)
        return self._rows()[lying.fingerprint]

    def _send(self, row: Submission, lying: Lying, now: datetime) -> bool:
        if self._pause is not None and now < self._pause:
            self._store.postpone([row.id], self._pause)
            return True
        folder, sent = self._outbox.folder, self._sent_folder()
        if lies_in(self._mailbox, sent, row.header_id):
            self._store.end(row.id, State.SENT, self._desk.clock(), "it lay in Sent already")
            self._store.copied(row.id)
            self._store.settle(row.id, self._desk.clock())
            self._tell(row, Kind.AGAIN, lying.letter.subject)
            return True
        self._mailbox.open(folder)
        raw = self._mailbox.fetch_whole(lying.uid)
        if raw is None or DELETED in self._mailbox.flags([lying.uid]).get(lying.uid, {DELETED}):
            self._outbox.look_again()
            return True
        if read_letter(raw, lying.letter.sender) != lying.letter:
            raise MailboxError("the server hands it out differently each time")
        mark_pending(self._mailbox, lying.uid, pending=True)
        now = self._desk.clock()
        made = outgoing(raw, row.header_id, now.astimezone(self._zone))
        return self._submit(row, lying, Envelope(lying.letter.sender, lying.letter.recipients, made), now)

    def _submit(self, row: Submission, lying: Lying, envelope: Envelope, now: datetime) -> bool:
        """Record that it goes out, let it, and record what became of it, with nothing in between."""
        assert self._server is not None  # noqa: S101 - ``run`` has looked
        self._store.begin(row.id, now)
        receipt = submit(self._server, envelope)
        after = self._desk.clock()
        since = row.begun_at or now
        given_up = receipt.fate is Fate.LATER and after - since >= GIVE_UP
        if receipt.fate is Fate.SENT:
            self._store.end(row.id, State.SENT, after + self._filing)
        elif receipt.fate is Fate.UNCERTAIN:
            self._store.end(row.id, State.UNCERTAIN, after + self._filing, receipt.reason)
        elif receipt.fate is Fate.REFUSED or given_up:
            self._store.end(row.id, State.REFUSED, after, receipt.reason)
        else:
            self._put_off(row, receipt, since, after)
        self._log.info("submitted", uid=lying.uid, outcome=receipt.fate.value, reason=receipt.reason)
        self._follow_up(lying, receipt)
        return receipt.fate in (Fate.SENT, Fate.REFUSED)

    def _put_off(self, row: Submission, receipt: Receipt, since: datetime, now: datetime) -> None:
        due_at = now + min(LONGEST_PAUSE, max(FIRST_PAUSE, now - since))
        self._store.wait(row.id, since, due_at, receipt.reason)
        if receipt.everything:
            # The others would not fare better, and servers lock accounts after a few wrong logins.
            self._pause = due_at
            self._complain("mail cannot be sent", receipt.reason)

    def _follow_up(self, lying: Lying, receipt: Receipt) -> None:
        row = self._rows()[lying.fingerprint]
        if row.state is State.SENT:
            self._finish(row, lying)
            return
        if row.state is not State.UNCERTAIN:
            self._mailbox.open(self._outbox.folder)
            mark_pending(self._mailbox, lying.uid, pending=False)
        if row.state is not State.WAITING and row.due_at <= self._desk.clock():
            self._tell_outcome(row, lying.letter.subject, receipt.words)

    def _finish(self, row: Submission, lying: Lying) -> None:
        now = self._desk.clock()
        if self._copies.finish(row, self._outbox.folder, self._sent_folder(), lying.uid, now, self._zone):
            self._log.info("sent and filed", uid=lying.uid)

    def _sent_folder(self) -> str:
        if self._sent is None:
            self._sent = find_sent_folder(self._mailbox)
        if self._sent is None:
            raise MailboxError("there is no folder for mail that was sent", advice='create one, called "Sent"')
        return self._sent

    # -- telling

    def _tell_of_absent(self, present: set[str]) -> None:
        """Mails of which it is not certain whether they were sent, and which somebody took out of the folder since."""
        now = self._desk.clock()
        for row in self._rows().values():
            untold = row.state is State.UNCERTAIN and row.settled_at is None and row.due_at <= now
            if untold and row.fingerprint not in present:
                self._tell_outcome(row, "")

    def _tell_outcome(self, row: Submission, subject: str, words: str = "") -> None:
        sent = self._sent or find_sent_folder(self._mailbox)
        if row.state is State.UNCERTAIN and sent and lies_in(self._mailbox, sent, row.header_id):
            # The server filed what it sent, so that it is certain after all.
            self._store.end(row.id, State.SENT, self._desk.clock())
            self._store.copied(row.id)
            self._outbox.look_again()
            return
        self._tell(row, kind_of(row), subject, words)

    def _tell_again(self, row: Submission, lying: Lying, now: datetime) -> None:
        if row.outcome == AGAIN:
            return
        if self._opening(now) > now:
            self._outbox.look_again()  # nothing in the store says when; it is looked at again at each pass
        else:
            self._tell(row, Kind.AGAIN, lying.letter.subject)

    def _tell(self, row: Submission, kind: Kind, subject: str, words: str = "") -> None:
        now = self._desk.clock()
        self._noticer.tell(row, kind, (subject, self._outbox.folder), words, now.astimezone(self._zone))
        self._store.settle(row.id, now, AGAIN if kind is Kind.AGAIN else None)

    def _rows(self) -> dict[str, Submission]:
        return self._store.of(self._desk.account.name)
