"""From a draft or a digest to the bytes of a mail (RFC 5322)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import datetime
from email import message_from_bytes
from email.errors import HeaderDefect, MessageError
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime

from mailtriage.records import Address, Draft

OWN_HEADER = "X-Mailtriage"
"""Says what this program wrote and as what (``draft``, ``digest``, ``notice``); reading knows its own mail by it."""

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_ID = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]+>")
_MAX_SUBJECT = 900
_MAX_ID = 900
_MAX_REFERENCES = 50


class _Policy(EmailPolicy):
    """Python folds a word that is longer than a line into encoded words (RFC 2047), which ruins a long Message-ID and
    with it the thread. Here Message-IDs stand whole, one a line."""

    def fold_binary(self, name: str, value: str) -> bytes:
        """See ``email.policy``."""
        if name in ("In-Reply-To", "References"):
            ids = "\r\n ".join(value.split())
            return f"{name}: {ids}\r\n".encode("ascii")
        return super().fold_binary(name, value)


_POLICY = _Policy() + SMTP


def draft_bytes(draft: Draft) -> bytes:
    """A draft as text/plain mail. Of a very long References chain the first id and the latest ones stay."""
    message = _envelope(draft.sender, draft.to, draft.subject, draft.message_id, draft.date, "draft")
    if _is_id(draft.in_reply_to):
        message["In-Reply-To"] = draft.in_reply_to
    chain = [one for one in draft.references if _is_id(one)]
    if len(chain) > _MAX_REFERENCES:
        chain = [chain[0], *chain[-_MAX_REFERENCES:]]
    if chain:
        # A space at each id is where the header may be folded.
        message["References"] = " ".join(chain)
    message.set_content(draft.text, cte="quoted-printable")
    message.replace_header(OWN_HEADER, f"draft; as={_seal(message)}")
    return message.as_bytes(policy=_POLICY)


def untouched(raw: bytes) -> bool:
    """Whether a draft of ours says what it said when we wrote it: the same text, subject and recipients. What a server
    changes (line ends, encodings) is no touch."""
    try:
        message = message_from_bytes(raw, policy=_POLICY)
        kind, _, seal = str(message.get(OWN_HEADER, "")).partition("; as=")
        return kind == "draft" and isinstance(message, EmailMessage) and seal.strip() == _seal(message)
    except (MessageError, HeaderDefect, LookupError, ValueError):
        return False


def _seal(message: EmailMessage) -> str:
    body = message.get_content() if message.get_content_type() == "text/plain" else ""
    headers = (str(message.get(name, "")) for name in ("To", "Cc", "Bcc", "Subject"))
    said = "\n".join(" ".join(part.split()) for part in (*headers, body))
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:32]


def digest_bytes(address: Address, subject: str, message_id: str, text: str, html: str, at: datetime) -> bytes:
    """A digest from an account to itself, as multipart/alternative of text and HTML."""
    message = _envelope(address, (address,), subject, message_id, at, "digest")
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834 §5.2
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    return message.as_bytes(policy=_POLICY)


def notice_bytes(address: Address, subject: str, message_id: str, text: str, at: datetime) -> bytes:
    """A notice from an account to itself about a mail that it wanted sent, as text/plain."""
    message = _envelope(address, (address,), subject, message_id, at, "notice")
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834 §5.2
    message.set_content(text, cte="quoted-printable")
    return message.as_bytes(policy=_POLICY)


def _envelope(
    sender: Address, to: Iterable[Address], subject: str, message_id: str, at: datetime, kind: str
) -> EmailMessage:
    message = EmailMessage(policy=_POLICY)
    message["From"] = _header_address(sender) or sender.name
    recipients = [shown for one in to if (shown := _header_address(one))]
    if recipients:
        message["To"] = ", ".join(recipients)
    message["Subject"] = _inert(subject)[:_MAX_SUBJECT]
    message["Date"] = format_datetime(at)
    message["Message-ID"] = message_id
    message[OWN_HEADER] = kind
    return message


def _inert(text: str) -> str:
    """A text for a header, without what ends a line and without what looks like an encoded word: Python decodes that
    once more, and a line end in it would begin a header of the sender's choice (``Bcc``)."""
    return _CONTROL.sub(" ", text).replace("=?", "= ?").strip()


def _is_id(text: str) -> bool:
    return len(text) <= _MAX_ID and "=?" not in text and _ID.fullmatch(text) is not None


def _header_address(one: Address) -> str:
    """An address for a header; empty where headers cannot hold it: letters beyond ASCII before the ``@`` need a server
    that knows RFC 6531, and a teacher can still fill in whom the draft is to."""
    local, _, domain = one.address.rpartition("@")
    try:
        spec = f"{local}@{domain.encode('idna').decode()}" if domain else ""
        return str(HeaderAddress(display_name=_inert(one.name), addr_spec=spec))
    except (HeaderDefect, MessageError, ValueError, IndexError):
        return ""
