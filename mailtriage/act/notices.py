"""What a teacher is told of a mail that was to be sent and was not, or perhaps was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from mailtriage.act.compose import notice_bytes
from mailtriage.act.letter import Unfit, own_id
from mailtriage.act.mailbox import Mailbox
from mailtriage.plain import plain_line
from mailtriage.records import Address
from mailtriage.store.outgoing import State, Submission


class Kind(StrEnum):
    """What there is to tell."""

    UNCERTAIN = "uncertain"
    REFUSED = "refused"
    UNFIT = "unfit"
    AGAIN = "again"


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice before it becomes a mail."""

    subject: str
    text: str


_TITLES: Final = {
    "nl": {
        Kind.UNCERTAIN: "Niet zeker verstuurd",
        Kind.REFUSED: "Niet verstuurd",
        Kind.UNFIT: "Niet verstuurd",
        Kind.AGAIN: "Al eerder verstuurd",
    },
    "en": {
        Kind.UNCERTAIN: "Not certain to be sent",
        Kind.REFUSED: "Not sent",
        Kind.UNFIT: "Not sent",
        Kind.AGAIN: "Sent before",
    },
}
_TEXTS: Final = {
    "nl": {
        Kind.UNCERTAIN: """\
Van dit bericht is niet zeker of het verstuurd is: de mailserver heeft niet gezegd of hij het heeft aangenomen.
Het wordt niet nog een keer geprobeerd, want dan kan de ontvanger het twee keer krijgen.

Wat te doen:
- Kijk in Verzonden, of vraag de ontvanger of het is aangekomen.
- Niet aangekomen? Verplaats het naar Concepten, verander er iets aan, en verplaats het weer naar {folder}.
- Wel aangekomen? Verwijder het uit {folder}.
""",
        Kind.REFUSED: """\
Dit bericht is niet verstuurd; niemand heeft het gekregen. De mailserver nam het niet aan.

Wat te doen: verplaats het uit {folder} naar Concepten, verbeter het, en verplaats het weer naar {folder}.
""",
        Kind.UNFIT: """\
Dit bericht in {folder} wordt niet verstuurd: {unfit}.

Wat te doen: verplaats het uit {folder}, verbeter het zo nodig, en verplaats het dan weer naar {folder}.
""",
        Kind.AGAIN: """\
Dit bericht staat weer in {folder}, maar het is al eerder verstuurd. Het wordt niet nog een keer verstuurd.

Wat te doen: verwijder het uit {folder}. Toch nog een keer sturen? Maak er een nieuw bericht van.
""",
    },
    "en": {
        Kind.UNCERTAIN: """\
It is not certain whether this message was sent: the mail server did not say whether it took it.
It is not tried again, since the recipient could get it twice.

What to do:
- Look in Sent, or ask the recipient whether it arrived.
- It did not? Move it to Drafts, change something in it, and move it to {folder} again.
- It did? Delete it from {folder}.
""",
        Kind.REFUSED: """\
This message was not sent; nobody has got it. The mail server did not take it.

What to do: move it from {folder} to Drafts, mend it, and move it to {folder} again.
""",
        Kind.UNFIT: """\
This message in {folder} is not sent: {unfit}.

What to do: move it out of {folder}, mend it if need be, and then move it to {folder} again.
""",
        Kind.AGAIN: """\
This message lies in {folder} again, but it was sent before. It is not sent another time.

What to do: delete it from {folder}. To send it once more all the same, make a new message of it.
""",
    },
}
_UNFIT: Final = {
    "nl": {
        Unfit.RECEIVED: "het is een ontvangen bericht, geen antwoord",
        Unfit.OURS: "het is een bericht van mailtriage zelf",
        Unfit.FOREIGN: "de afzender is niet het adres van dit postvak",
        Unfit.NOBODY: "het heeft geen ontvanger",
        Unfit.UNCLEAR: "een adres erin klopt niet",
    },
    "en": {
        Unfit.RECEIVED: "it is a message that was received, not a reply",
        Unfit.OURS: "it is a message of mailtriage itself",
        Unfit.FOREIGN: "the sender is not the address of this mailbox",
        Unfit.NOBODY: "it has no recipient",
        Unfit.UNCLEAR: "an address in it is wrong",
    },
}
_LABELS: Final = {
    "nl": ("Onderwerp", "Melding", "(geen onderwerp)"),
    "en": ("Subject", "Report", "(no subject)"),
}


def written(kind: Kind, subject: str, folder: str, language: str, *, reason: str = "", words: str = "") -> Notice:
    """A notice about one mail.

    Args:
        kind: what happened.
        subject: of the mail; may be empty.
        folder: the folder for sending, as the teacher sees it.
        language: ``nl`` or ``en``.
        reason: why, as the store has it; for ``UNFIT`` one of those.
        words: what the mail server said.
    """
    label, report, nameless = _LABELS[language]
    about = plain_line(subject, 120) or nameless
    unfit = _UNFIT[language][Unfit(reason)] if kind is Kind.UNFIT else ""
    lines = [f"{label}: {about}"]
    if reason and kind in (Kind.UNCERTAIN, Kind.REFUSED):
        lines.append(f"{report}: {plain_line(reason)}")
        lines += [f"  {plain_line(line)}" for line in words.split("\n") if line.strip()]
    text = "\n".join(lines) + "\n\n" + _TEXTS[language][kind].format(folder=plain_line(folder), unfit=unfit)
    return Notice(f"{_TITLES[language][kind]}: {about}", text)


def kind_of(row: Submission) -> Kind:
    """What there is to tell of a mail that was not sent, or perhaps was."""
    if row.state is State.UNCERTAIN:
        return Kind.UNCERTAIN
    return Kind.UNFIT if row.outcome in {one.value for one in Unfit} else Kind.REFUSED


class Noticer:
    """Puts notices into an inbox, from the account to itself; each once, whatever crashes."""

    def __init__(self, mailbox: Mailbox, inbox: str, address: Address, language: str) -> None:
        """Take an open mailbox; ``address`` is the account's."""
        self._mailbox = mailbox
        self._inbox = inbox
        self._address = address
        self._language = language

    def tell(self, row: Submission, kind: Kind, about: tuple[str, str], words: str, now: datetime) -> None:
        """Append a notice, unless it lies there; afterwards the inbox is open.

        Args:
            row: the mail's.
            kind: what happened.
            about: the mail's subject, and the folder for sending.
            words: what the mail server said.
            now: aware, in the school's time zone.

        Raises:
            MailboxError: the server takes none (a full mailbox, say).
        """
        said = written(kind, *about, self._language, reason=row.outcome, words=words)
        header_id = own_id("notice", f"{row.fingerprint} {kind} {row.begun_at}", self._address.domain)
        if not self._mailbox.find(self._inbox, header_id):
            raw = notice_bytes(self._address, said.subject, header_id, said.text, now)
            self._mailbox.append(self._inbox, raw)
