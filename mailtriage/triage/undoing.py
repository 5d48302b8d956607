"""Taking back what the program did in a mailbox: what it held, wrote, marked and made there.

A message of somebody else is moved out of the folder for later, and loses our marks; nothing else is done to it. What
a person touched stays, and is told. Where only looked at, nothing is changed, not even which folder is selected for
writing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mailtriage.act.compose import untouched
from mailtriage.act.correcting import LANGUAGES, PARENT, beginnings, folder_names, folders_below_inbox
from mailtriage.act.hands import HANDLED
from mailtriage.act.imap.envelope import message_ids
from mailtriage.act.later import later_names
from mailtriage.act.mailbox import Mailbox, Marking
from mailtriage.act.marks import every_name
from mailtriage.act.outbox import SEND
from mailtriage.act.teller import UNREAD_NO_MORE
from mailtriage.errors import ConnectionLostError, MailboxError
from mailtriage.store import Bells
from mailtriage.triage.holding import Holder

DRAFT_ID = "<mailtriage-draft-"
"""What the Message-IDs of our drafts begin with."""


@dataclass(frozen=True, slots=True)
class Undone:
    """One kind of what the program did: how many were taken back (or would be), and what stays, with the reason."""

    what: str
    count: int
    left: tuple[str, ...] = ()


class Undoer:
    """Takes back what was done in one account, on one connection. Nobody else may work on the account."""

    def __init__(
        self,
        account: str,
        mailbox: Mailbox,
        bells: Bells,
        holder: Holder,
        *,
        inbox: str,
        drafts: str | None,
        really: bool,
        filed: bool = False,
    ) -> None:
        """Take a connection.

        Args:
            account: its name.
            mailbox: connected.
            bells: the store's digests; what the store does not know of is left.
            holder: of the same connection.
            inbox: the folder with the digests.
            drafts: the Drafts folder, None where there is none.
            really: False to look only.
            filed: whether the server may still file mail into the folder for later, which then stays: a mail that is
                filed between a look and the deletion would be lost.
        """
        self._account = account
        self._mailbox = mailbox
        self._bells = bells
        self._holder = holder
        self._inbox = inbox
        self._drafts = drafts
        self._really = really
        self._filed = filed

    def run(self) -> Iterator[Undone]:
        """Take back one kind after the other.

        Raises:
            ConnectionLostError: the connection is gone; what was told is done, and the rest can be done by another run.
        """
        steps: tuple[tuple[str, Callable[[], Undone]], ...] = (
            ("held messages back in the inbox", self._held),
            ("unread digests removed", self._digests),
            ("untouched drafts removed", self._own_drafts),
            ("messages without our marks", self._marks),
            ("empty folders of ours removed", self._folders),
        )
        for what, step in steps:
            try:
                yield step()
            except ConnectionLostError:
                raise
            except MailboxError as error:
                yield Undone(what, 0, (f"the server refused ({error.what})",))

    def _held(self) -> Undone:
        self._holder.ready(make=False)
        if self._really:
            self._holder.settle(put_away=False)
            count = self._holder.release(everything=True, judged=False)
            stays = self._holder.lying()
        else:
            count, stays = self._holder.lying(), 0
        left = (f"{stays} stay in {self._holder.folder}: see the errors",) if stays else ()
        return Undone("held messages back in the inbox", count, left)

    def _digests(self) -> Undone:
        count, touched = 0, 0
        for state in ("open", "lies"):
            for digest in self._bells.digests(self._account, state):
                for uid in self._mailbox.find(self._inbox, digest.header_id):
                    if self._mailbox.flags([uid]).get(uid, UNREAD_NO_MORE) & UNREAD_NO_MORE:
                        touched += 1
                        continue
                    count += 1
                    if self._really:
                        self._remove(self._inbox, uid)
                if self._really:
                    self._bells.digest_gone(digest.id)
        left = (f"{touched} that somebody read, flagged or deleted",) if touched else ()
        return Undone("unread digests removed", count, left)

    def _own_drafts(self) -> Undone:
        what = "untouched drafts removed"
        if self._drafts is None:
            return Undone(what, 0)
        self._mailbox.open(self._drafts, readonly=True)
        ours, edited = [], 0
        for uid in self._mailbox.uids_after(0):
            fetched = self._mailbox.fetch(uid)
            if fetched is None or not _is_ours(fetched.raw):
                continue
            if untouched(fetched.raw) and not fetched.flags & (HANDLED | {"\\Flagged"}):
                ours.append(uid)
            else:
                edited += 1
        for uid in ours if self._really else ():
            self._remove(self._drafts, uid)
        return Undone(what, len(ours), (f"{edited} that somebody edited or flagged",) if edited else ())

    def _marks(self) -> Undone:
        count, left = 0, []
        for folder in self._mailbox.folders():
            try:
                self._mailbox.open(folder.name, readonly=not self._really)
                found, kept = self._unmarked()
            except MailboxError as error:
                left.append(f"{folder.name} cannot be looked into ({error.what})")
                continue
            count += found
            if kept:
                left.append(f"{kept} in {folder.name}, whose marks the server keeps")
        return Undone("messages without our marks", count, tuple(left))

    def _unmarked(self) -> tuple[int, int]:
        """Take our marks from the messages of the open folder; how many had any, and how many still have."""
        marking = self._mailbox.capabilities.marking
        labels = marking is Marking.LABEL
        ours = {name.lower() for name in every_name(Marking.LABEL if labels else Marking.KEYWORD)}
        uids = self._mailbox.uids_after(0)
        standing = self._mailbox.marks(uids) if labels else self._mailbox.flags(uids)
        marked = {uid: [one for one in names if one.lower() in ours] for uid, names in standing.items()}
        found = kept = 0
        for uid, names in marked.items():
            if not names:
                continue
            still = self._mailbox.change_marks(uid, remove=names) if self._really else frozenset()
            kept += bool(still & set(names))
            found += not still & set(names)
        return found, kept

    def _folders(self) -> Undone:
        count, left = 0, []
        for name in self._own_folders():
            if self._filed and name == self._holder.folder:
                left.append(f"{name}, into which the server may still file mail")
                continue
            lying = self._mailbox.status(name).exists
            if lying and (self._really or name != self._holder.folder):
                left.append(f"{name} holds {lying} {'message' if lying == 1 else 'messages'}")
                continue
            if name in self._parents() and left:
                continue  # something is left below it
            count += 1
            if self._really:
                self._mailbox.remove_folder(name)
        return Undone("empty folders of ours removed", count, tuple(left))

    def _own_folders(self) -> list[str]:
        """Those of our folders that exist, the one above them last where nothing else is below it."""
        folders = self._mailbox.folders()
        there = {one.name for one in folders}
        names = {*later_names(folders), *(start + word for start in beginnings(folders) for word in SEND.values())}
        for language in LANGUAGES:
            names |= {*folder_names(folders, language), *folders_below_inbox(folders, language)}
        if self._mailbox.capabilities.marking is Marking.LABEL:
            names |= every_name(Marking.LABEL)
        ours = names & there
        starts = {parent: start for start in beginnings(folders) if (parent := _parent(start)) in there}
        alone = [parent for parent, start in starts.items() if not any(one.startswith(start) for one in there - ours)]
        return [*sorted(ours), *alone]

    def _parents(self) -> set[str]:
        return {_parent(start) for start in beginnings(self._mailbox.folders())}

    def _remove(self, folder: str, uid: int) -> None:
        self._mailbox.open(folder)
        self._mailbox.remove([uid])


def _is_ours(raw: bytes) -> bool:
    """Whether a draft was written by us, whatever somebody made of it since."""
    header = raw.partition(b"\r\n\r\n")[0] + b"\r\n"
    return any(one.startswith(DRAFT_ID) for one in message_ids(header))


def _parent(beginning: str) -> str:
    """The folder above those whose names begin so."""
    return beginning[: beginning.rfind(PARENT) + len(PARENT)]
