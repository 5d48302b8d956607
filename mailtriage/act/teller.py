"""Telling teachers: from waiting notifications to at most one unread digest in the inbox."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum, auto

from mailtriage.act.compose import digest_bytes
from mailtriage.act.digest import MOST, Digest, DigestWriter, Handed, Ways, digest_id
from mailtriage.act.handing import Handing, Recall, light, recalled
from mailtriage.act.hands import HANDLED
from mailtriage.act.items import pressing
from mailtriage.act.mailbox import Mailbox, Marking
from mailtriage.decide import Occasion
from mailtriage.errors import MailboxError
from mailtriage.records import Address, Flag
from mailtriage.store import Bell, Bells

SEEN = "\\Seen"
UNREAD_NO_MORE = HANDLED | {SEEN, "\\Flagged"}
"""A digest with one of these has been touched by a person, and stays."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a round of telling did. ``told`` holds the ids of the notifications that were told, ``urgent`` how many of
    them are; ``digest`` is None where no digest was written."""

    digest: Digest | None
    told: tuple[int, ...]
    dropped: tuple[int, ...]
    urgent: int = 0


class _Fate(Enum):
    """What became of a message since."""

    WAITS = auto()
    HANDLED = auto()
    GONE = auto()


@dataclass
class _Sorted:
    """Notifications by what became of their messages."""

    waiting: list[Bell] = field(default_factory=list)
    handled: list[Bell] = field(default_factory=list)
    gone: list[Bell] = field(default_factory=list)

    def put(self, bell: Bell, fate: _Fate) -> None:
        {_Fate.WAITS: self.waiting, _Fate.HANDLED: self.handled, _Fate.GONE: self.gone}[fate].append(bell)


class Teller:
    """Tells one account's staff what came in."""

    def __init__(
        self,
        mailbox: Mailbox,
        bells: Bells,
        writer: DigestWriter,
        *,
        account: str,
        address: Address,
        handing: Handing,
        folders: bool = False,
        marks: bool = False,
    ) -> None:
        """Take an open mailbox.

        Args:
            mailbox: connected.
            bells: the store's notifications.
            writer: of the school's language.
            account: whose notifications.
            address: the account's, which the digest is from and to.
            handing: finds what is handed over.
            folders: whether teachers are heard by the folders for corrections.
            marks: whether they are heard by marks.
        """
        self._mailbox = mailbox
        self._bells = bells
        self._writer = writer
        self._account = account
        self._address = address
        self._handing = handing
        self._folders = folders
        self._marks = marks

    def settle(self, inbox: str) -> None:
        """After a restart: find out what became of a digest whose APPEND was not confirmed, and take away what it
        replaced.

        Raises:
            MailboxError: the inbox cannot be looked into; nothing was changed.
        """
        for digest in self._bells.digests(self._account, "open"):
            if self._mailbox.find(inbox, digest.header_id):
                self._bells.digest_lies(digest.id)
            else:
                # What it was to tell waits again: telling twice is better than never.
                self._bells.digest_failed(digest.id)
        lying = self._bells.digests(self._account, "lies")
        if len(lying) > 1:
            unread = self._unread_digests(inbox)
            self._take_away(inbox, {number: uid for number, uid in unread.items() if number != lying[-1].id})

    def tell(self, inbox: str, due: Sequence[Bell], recall: Recall, occasion: Occasion) -> Told:
        """Append one digest about what is due and still unread, taking the place of an unread one.

        Args:
            inbox: the folder for the digest.
            due: what is due now; where nothing is, there is a digest only of what is handed over at this moment.
            recall: see ``Recall``.
            occasion: the moment, whom it is told to, and what they come back to.

        Returns:
            What was told, and what was dropped because its message has been read, answered or removed. No digest where
            nothing is left to tell.

        Raises:
            MailboxError: the server takes no digest (a full mailbox, say); what is due stays due.
        """
        fresh, dropped = self._still_open(due)
        if not fresh and not self._hands_over_alone(occasion):
            return Told(None, (), dropped)
        earlier = self._unread_digests(inbox)
        carried, _ = self._still_open(
            [bell for number in earlier for bell in self._bells.told_in(self._account, number)]
        )
        every = sorted([*carried, *fresh], key=_rank)
        handed, occasion = self._come_back_to(occasion, earlier, every, recall)
        if not every and not handed.count:
            return Told(None, (), dropped)
        ways = self._ways(inbox)
        items = [recalled(self._mailbox, bell, recall, drafted=bell.drafted) for bell in every[:MOST]]
        rest = [light(bell) for bell in every[MOST:]]
        alarm = _urgent(fresh) > 0
        digest = self._writer.write(items, rest=rest, alarm=alarm, occasion=occasion, handed=handed, ways=ways)
        ids = tuple(bell.id for bell in every)
        self._deliver(inbox, digest, ids, occasion.now)
        self._take_away(inbox, earlier)
        return Told(digest, ids, dropped, _urgent(every))

    def _deliver(self, inbox: str, digest: Digest, bells: Sequence[int], now: datetime) -> None:
        header_id = digest_id(self._account, self._address.domain, bells, now)
        number = self._bells.open_digest(self._account, header_id, bells, now)
        raw = digest_bytes(self._address, digest.subject, header_id, digest.text, digest.html, now)
        try:
            self._mailbox.append(inbox, raw)
        except MailboxError:
            if not self._mailbox.find(inbox, header_id):
                self._bells.digest_failed(number)
                raise
        self._bells.digest_lies(number)

    def _hands_over_alone(self, occasion: Occasion) -> bool:
        """Whether a digest of a handover alone may be due: no digest was made since the others left."""
        change = occasion.handover if occasion.hands_over else None
        return change is not None and self._bells.latest_digest(self._account, change.until) is None

    def _come_back_to(
        self, occasion: Occasion, earlier: Collection[int], telling: Sequence[Bell], recall: Recall
    ) -> tuple[Handed, Occasion]:
        """What is handed over, and the occasion without what was told before. The first digest since somebody came back
        says it; one that takes its place unread says it again."""
        change, away = occasion.handover, occasion.absence
        if change and not self._first_since(change.until, earlier):
            change = None
        if away and not self._first_since(away.until, earlier):
            away = None
        handed = self._handing.over(change, recall, but={bell.id for bell in telling}) if change else Handed()
        return handed, replace(occasion, handover=change, absence=away)

    def _first_since(self, moment: datetime, earlier: Collection[int]) -> bool:
        latest = self._bells.latest_digest(self._account, moment)
        return latest is None or latest in earlier

    def _ways(self, inbox: str) -> Ways:
        """How the server and the school let a category be corrected."""
        self._mailbox.open(inbox)
        marking = self._mailbox.capabilities.marking
        # A folder and a label of one name are one thing: see ``correcting.made_folders``.
        folders = self._folders and marking is not Marking.LABEL
        return Ways(folders, marking if self._marks else Marking.NOTHING)

    def still_waiting(self, bells: Sequence[Bell]) -> list[Bell]:
        """Those whose message still waits unread where it was; the others are noted as dropped or gone."""
        return self._still_open(bells)[0]

    def count(self, due: Sequence[Bell]) -> Told:
        """Tell what is due without a digest: whoever rings the bell needs only the count."""
        fresh, dropped = self._still_open(due)
        self._bells.told(bell.id for bell in fresh)
        return Told(None, tuple(bell.id for bell in fresh), dropped, _urgent(fresh))

    def _unread_digests(self, inbox: str) -> dict[int, int]:
        """Our digests that lie unread in the inbox: number in the store to UID. The others are noted as gone."""
        unread: dict[int, int] = {}
        for digest in self._bells.digests(self._account, "lies"):
            uids = self._mailbox.find(inbox, digest.header_id)
            flags = self._mailbox.flags(uids)
            if uids and not flags.get(uids[-1], UNREAD_NO_MORE) & UNREAD_NO_MORE:
                unread[digest.id] = uids[-1]
            else:
                self._bells.digest_gone(digest.id)
        return unread

    def _take_away(self, inbox: str, digests: dict[int, int]) -> None:
        if digests:
            self._mailbox.open(inbox)
        for number, uid in digests.items():
            self._mailbox.remove([uid])
            self._bells.digest_gone(number)

    def _still_open(self, bells: Sequence[Bell]) -> tuple[list[Bell], tuple[int, ...]]:
        """Those whose message still waits unread where it was, and the ids of the others, which are noted as such."""
        found = _Sorted()
        for folder in dict.fromkeys(bell.message.place.folder for bell in bells):
            here = [bell for bell in bells if bell.message.place.folder == folder]
            for bell, fate in zip(here, self._fates(folder, here), strict=True):
                found.put(bell, fate)
        self._bells.drop(bell.id for bell in found.handled)
        self._bells.lose(bell.id for bell in found.gone)
        return found.waiting, tuple(bell.id for bell in (*found.handled, *found.gone))

    def _fates(self, folder: str, bells: Sequence[Bell]) -> Iterable[_Fate]:
        try:
            state = self._mailbox.open(folder, readonly=True)
            flags = self._mailbox.flags([bell.message.place.uid for bell in bells])
        except MailboxError:  # the folder was deleted or renamed
            return [_Fate.GONE] * len(bells)
        same = [bell.message.place.uidvalidity == state.uidvalidity for bell in bells]
        now = [flags.get(bell.message.place.uid) if here else None for bell, here in zip(bells, same, strict=True)]
        return [_Fate.GONE if one is None else _Fate.HANDLED if one & {SEEN, *HANDLED} else _Fate.WAITS for one in now]


def _rank(bell: Bell) -> tuple[tuple[int, int], int]:
    return pressing(light(bell)), bell.id


def _urgent(bells: Iterable[Bell]) -> int:
    return sum(Flag.URGENT in bell.message.flags for bell in bells)
