"""From a draft or a digest to the bytes of a mail (RFC 5322)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr

from mailtriage.records import Address, Draft

OWN_HEADER = "X-Mailtriage"
"""Says what this program wrote and as what (``draft``, ``digest``); reading knows its own mail by it."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_ID = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]+>")
_MAX_SUBJECT = 900
_MAX_REFERENCES = 50


def draft_bytes(draft: Draft) -> bytes:
    """A draft as text/plain mail. Of a very long References chain the first id and the latest ones stay."""
    message = _envelope(draft.sender, draft.to, draft.subject, draft.message_id, draft.date, "draft")
    if _ID.fullmatch(draft.in_reply_to):
        message["In-Reply-To"] = draft.in_reply_to
    chain = [one for one in draft.references if _ID.fullmatch(one)]
    if len(chain) > _MAX_REFERENCES:
        chain = [chain[0], *chain[-_MAX_REFERENCES:]]
    if chain:
        # A space at each id is where the header may be folded.
        message["References"] = " ".join(chain)
    message.set_content(draft.text, cte="quoted-printable")
    return message.as_bytes(policy=SMTP)


def digest_bytes(address: Address, subject: str, message_id: str, text: str, html: str, at: datetime) -> bytes:
    """A digest from an account to itself, as multipart/alternative of text and HTML."""
    message = _envelope(address, (address,), subject, message_id, at, "digest")
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834 §5.2
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    return message.as_bytes(policy=SMTP)


def _envelope(
    sender: Address, to: Iterable[Address], subject: str, message_id: str, at: datetime, kind: str
) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = _header_address(sender)
    message["To"] = ", ".join(_header_address(one) for one in to)
    message["Subject"] = _CONTROL.sub(" ", subject)[:_MAX_SUBJECT]
    message["Date"] = format_datetime(at)
    message["Message-ID"] = message_id
    message[OWN_HEADER] = kind
    return message


def _header_address(one: Address) -> str:
    """An address for a header; a name or address that headers cannot hold is left out rather than broken."""
    name = _CONTROL.sub(" ", one.name).strip()
    try:
        return str(HeaderAddress(display_name=name, addr_spec=one.address))
    except (ValueError, IndexError):
        return formataddr(("", _CONTROL.sub("", one.address)), charset="utf-8")
