"""The folders in which teachers correct: where they are, making them, and bringing mail back from them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from mailtriage.act.mailbox import Fetched, Folder, Mailbox, Marking
from mailtriage.act.marks import word
from mailtriage.errors import ConnectionLostError, MailboxError
from mailtriage.records import CATEGORIES, Category
from mailtriage.store import Place

PARENT = "Triage"
LANGUAGES = ("nl", "en")
DELETED = "\\Deleted"
_NO_HOME = frozenset({"all", "drafts", "junk", "trash"})
"""RFC 6154 uses of folders in which the original of a copy is not looked for."""

MOST_FOLDERS = 100
"""In so many folders the original of a copied message is looked for."""


@dataclass(frozen=True, slots=True)
class Lying:
    """A message as it lies somewhere."""

    place: Place
    fetched: Fetched

    def same_as(self, other: Fetched) -> bool:
        """Whether this is the same message to the last octet that was fetched, and not marked as deleted."""
        mine = (self.fetched.size, self.fetched.raw)
        return mine == (other.size, other.raw) and DELETED not in self.fetched.flags


def beginnings(folders: Sequence[Folder]) -> tuple[str, ...]:
    """What the names of our folders begin with on a server with these folders: as they are named there, then below
    INBOX, for servers that take no folder beside it (not where names are flat).

    The hierarchy delimiter is the server's (RFC 3501 §5.1). Where every other folder lies below INBOX, ours do too.
    """
    delimiter = next((one.delimiter for one in folders if one.name.upper() == "INBOX"), "/")
    others = [one.name for one in folders if one.name.upper() != "INBOX"]
    below = f"INBOX{delimiter}" if delimiter else ""
    inside = bool(below and others) and all(name.upper().startswith(below) for name in others)
    beside = f"{below if inside else ''}{PARENT}{delimiter or '-'}"
    return (beside, f"{below}{PARENT}{delimiter}") if delimiter else (beside,)


def folder_names(folders: Sequence[Folder], language: str) -> dict[str, Category]:
    """The names of the four folders on a server with these folders, each with its category."""
    return _named(beginnings(folders)[0], language)


def folders_below_inbox(folders: Sequence[Folder], language: str) -> dict[str, Category]:
    """The same below INBOX, for servers that take no folder beside it; none where names are flat."""
    return {name: one for beginning in beginnings(folders)[1:] for name, one in _named(beginning, language).items()}


def _named(beginning: str, language: str) -> dict[str, Category]:
    return {beginning + word(one.value, language): one for one in CATEGORIES}


def made_folders(mailbox: Mailbox, language: str) -> dict[str, Category]:
    """Make and subscribe what is missing of the four folders; those of other languages are used where they exist.

    Returns:
        the folders that are there, with their categories; none on a server that marks by label, where a folder and a
        label of one name are one thing.

    Raises:
        MailboxError: the server takes none of them.
    """
    if mailbox.capabilities.marking is Marking.LABEL:
        return {}
    folders = mailbox.folders()
    there = {one.name for one in folders}
    tried = [folder_names(folders, language), folders_below_inbox(folders, language)]
    wanted = next((names for names in tried if set(names) <= there), None) or _create(mailbox, tried, there)
    elsewhere = [shape(folders, one) for one in LANGUAGES for shape in (folder_names, folders_below_inbox)]
    return {name: one for names in elsewhere for name, one in names.items() if name in there} | wanted


def _create(mailbox: Mailbox, tried: Iterable[Mapping[str, Category]], there: Collection[str]) -> dict[str, Category]:
    refusal = MailboxError("the server takes no folders for corrections")
    for names in tried:
        try:
            for name in names:
                if name not in there:
                    mailbox.create_folder(name)
        except MailboxError as error:
            refusal = error
        else:
            return dict(names)
    raise refusal


class Returner:
    """Brings mail back from a correction folder: a moved one by moving it, a copied one by removing the copy.

    At no moment is a message in no folder. Whatever crashes in between, the next look finds either the message in the
    correction folder, and goes on, or nothing there, and is done.
    """

    def __init__(self, mailbox: Mailbox, account: str, watched: Sequence[str], corners: Collection[str]) -> None:
        """Take an open mailbox; ``watched`` are the account's folders, ``corners`` the correction folders."""
        self._mailbox = mailbox
        self._account = account
        self._watched = watched
        self._corners = corners

    def bring_back(self, lying: Lying, known: Place | None, message_id: str, *, search: bool) -> Place:
        """Put a message back where it came from, with the flags that it has.

        Args:
            lying: the message in the correction folder.
            known: where it lay when it was last seen.
            message_id: its Message-ID; empty where it has none.
            search: look for the original of a copy in other folders than those that are watched, too.

        Returns:
            where it lies now.

        Raises:
            MailboxError: the server can neither move nor remove safely; the message stays where it is.
            ConnectionLostError: nobody knows whether it was moved.
        """
        original = self._original(lying, known, message_id, search=search)
        if original is not None:
            self._mailbox.open(lying.place.folder)
            self._mailbox.remove([lying.place.uid])
            return original
        return self._moved(lying, self._home(known), message_id)

    def _home(self, known: Place | None) -> str:
        """Where a message is put: where it was known, else into the first folder."""
        if known is not None and known.folder and known.folder not in self._corners:
            try:
                self._mailbox.status(known.folder)
            except MailboxError:
                return self._watched[0]  # that folder was deleted meanwhile
            return known.folder
        return self._watched[0]

    def _original(self, lying: Lying, known: Place | None, message_id: str, *, search: bool) -> Place | None:
        """Where else the very same message lies, if it does."""
        if known is not None and known.folder and known.folder not in self._corners:
            found = self._at(known)
            if found is not None and found.same_as(lying.fetched):
                return known
        if not message_id:
            return None
        folders = [*self._watched, *(self._others() if search else ())]
        for folder in dict.fromkeys(folders):
            for candidate in self._candidates(folder, message_id):
                if candidate.same_as(lying.fetched):
                    return candidate.place
        return None

    def _others(self) -> Iterator[str]:
        for folder in self._mailbox.folders()[:MOST_FOLDERS]:
            if folder.use not in _NO_HOME and folder.name not in self._corners:
                yield folder.name

    def _candidates(self, folder: str, message_id: str) -> Iterator[Lying]:
        if folder in self._corners:
            return
        try:
            uids = self._mailbox.find(folder, message_id)
            yield from self._lying(folder, uids)
        except ConnectionLostError:
            raise
        except MailboxError:  # a folder that cannot be opened holds no original that could be relied on
            return

    def _at(self, place: Place) -> Lying | None:
        try:
            state = self._mailbox.open(place.folder, readonly=True)
            fetched = self._mailbox.fetch(place.uid) if state.uidvalidity == place.uidvalidity else None
        except ConnectionLostError:
            raise
        except MailboxError:
            return None
        return Lying(place, fetched) if fetched else None

    def _moved(self, lying: Lying, home: str, message_id: str) -> Place:
        before = self._mailbox.status(home)
        self._mailbox.open(lying.place.folder)
        self._mailbox.move([lying.place.uid], home)
        if before.uidnext:
            self._mailbox.open(home, readonly=True)
            uids = self._mailbox.uids_after(before.uidnext - 1)
        else:
            uids = self._mailbox.find(home, message_id) if message_id else []
        arrived = [one.place for one in self._lying(home, uids) if one.same_as(lying.fetched)]
        return arrived[-1] if arrived else Place(self._account, home, 0, 0)

    def _lying(self, folder: str, uids: Iterable[int]) -> Iterator[Lying]:
        state = self._mailbox.open(folder, readonly=True)
        for uid in uids:
            fetched = self._mailbox.fetch(uid)
            if fetched is not None:
                yield Lying(Place(self._account, folder, state.uidvalidity, uid), fetched)
