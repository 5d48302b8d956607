"""Bytes to ``Message``: the one way into this room."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from mailtriage.errors import UnreadableMessageError
from mailtriage.read.bodies import Body, read_body
from mailtriage.read.fields import Header, addresses_of, date_of, ids_of, read_header, split_message, text_of
from mailtriage.read.limits import Limits
from mailtriage.read.lines import text_of as joined
from mailtriage.read.parts import find_parts
from mailtriage.read.quoting import Zones, split_lines
from mailtriage.records import Address, Message

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

KEPT_HEADERS = frozenset((
    "auto-submitted", "authentication-results", "content-type", "feedback-id", "list-id", "list-post",
    "list-unsubscribe", "list-unsubscribe-post", "precedence", "return-path", "sender", "x-auto-response-suppress",
    "x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply-from", "x-failed-recipients", "x-mailtriage",
    "x-spam-flag", "x-campaign-id", "x-mailer", "x-loop", "delivered-to", "from",
))  # fmt: skip
"""The headers that ``Message.headers`` holds: what scope rules look at."""

_ORIGINAL_TYPE = "x-mailtriage-original-content-type"
"""Where ``mailtriage.act`` keeps the top Content-Type of a message whose text parts alone it fetched: a report
(multipart/report) must still be known as one. Anybody can forge it, and only puts the own mail out of scope by that."""

_DEFAULT = Limits()
_NO_SENDER = Address("", "")
_TELLING = frozenset((
    "from", "to", "subject", "date", "message-id", "received", "return-path", "sender", "mime-version",
    "content-type", "cc", "reply-to", "x-mailtriage",
))  # fmt: skip


def read_message(raw: bytes, *, limits: Limits = _DEFAULT) -> Message:
    """Read one mail.

    Args:
        raw: a whole message (RFC 5322), or the envelope part of one (``mailtriage.act.mailbox``).
        limits: how much of it is read; ``Message.truncated`` says that something was left out.

    Returns:
        the message. It holds no lone surrogate and no NUL. ``sender`` has an empty address where none could be read;
        ``newest`` may be empty where the mail has no text.

    Raises:
        UnreadableMessageError: the bytes are no mail, or nothing that could be judged is left of it.
    """
    try:
        return _read(raw, limits)
    except UnreadableMessageError:
        raise
    except Exception as error:
        # The bytes come from anybody, and three libraries parse them: whatever they raise may cost this message, never
        # the ones behind it. The tests call ``_read``, so that a mistake of our own does not hide here.
        raise UnreadableMessageError(
            f"the message is built in a way that cannot be read ({type(error).__name__})",
            advice="look at it in a mail program, and report it if it looks ordinary there",
        ) from error


def _read(raw: bytes, limits: Limits) -> Message:
    block, rest = split_message(raw)
    header = read_header(block, limits)
    _refuse_what_is_no_mail(header, limits)
    body = read_body(find_parts(block[: limits.header_bytes], rest, limits), rest, limits)
    subject = text_of(header.first("subject"), limits)
    zones = _best_zones(body, subject, limits)
    newest, quoted, signature = joined(zones.newest), joined(zones.quoted), joined(zones.signature)
    if body.truncated and not (newest or quoted or signature):
        raise UnreadableMessageError(
            "no text was found within the limits on size, number and nesting of its parts",
            advice="look at it in a mail program",
        )
    senders = addresses_of(header.fields.get("from", ())[:1], limits)
    return Message(
        message_id=next(iter(ids_of(header.first("message-id"))), ""),
        sender=senders[0] if senders else _NO_SENDER,
        subject=subject,
        newest=newest,
        quoted=quoted,
        signature=signature,
        date=date_of(header.first("date")),
        received=_received(header),
        reply_to=addresses_of(header.fields.get("reply-to", ()), limits),
        to=addresses_of(header.fields.get("to", ()), limits),
        cc=addresses_of(header.fields.get("cc", ()), limits),
        in_reply_to=ids_of(header.first("in-reply-to")),
        references=ids_of(header.first("references")),
        headers=_kept(header, limits),
        digest=_digest(header, newest, quoted),
        truncated=header.truncated or body.truncated,
    )


def _refuse_what_is_no_mail(header: Header, limits: Limits) -> None:
    if header.truncated and "from" not in header.fields:
        raise UnreadableMessageError(
            f"no sender was found in the first {limits.header_bytes} bytes of the header",
            advice="look at it in a mail program",
        )
    if not any(name in _TELLING for name in header.fields):
        raise UnreadableMessageError(
            "this is not a mail message: it has no header field that mail has",
            advice="give a file with one message as it was sent (.eml), an mbox or a Maildir",
        )


def _best_zones(body: Body, subject: str, limits: Limits) -> Zones:
    """Plain text first; where it hides its quotes and the HTML of the same mail shows them, the HTML."""
    zones = split_lines(body.lines, subject=subject, most=limits.lines)
    if body.other and not zones.quoted:
        richer = split_lines(body.other, subject=subject, most=limits.lines)
        if richer.quoted and any(not line.blank for line in richer.newest):
            return richer
    return zones


def _received(header: Header) -> datetime | None:
    """RFC 5321 §4.4: the last hop writes the topmost field; its time stands behind the last semicolon."""
    return date_of(header.first("received").rpartition(";")[2])


def _kept(header: Header, limits: Limits) -> Mapping[str, tuple[str, ...]]:
    kept = {
        name: tuple(text_of(value, limits) for value in values)
        for name, values in header.fields.items()
        if name in KEPT_HEADERS
    }
    original = header.fields.get(_ORIGINAL_TYPE)
    if original:
        kept["content-type"] = (text_of(original[0], limits), *kept.get("content-type", ()))
    return kept


def _digest(header: Header, newest: str, quoted: str) -> str:
    """SHA-256 over what no server changes: the sender's header fields as they were sent (folding aside) and the
    words of the text. Signatures are left out, since servers add disclaimers to the same message on different roads."""
    sums = hashlib.sha256()
    for name in ("message-id", "date", "from", "subject"):
        sums.update(" ".join(header.first(name).split()).encode("utf-8", "replace") + b"\0")
    for text in (newest, quoted):
        sums.update(" ".join(text.split()).encode("utf-8", "replace") + b"\0")
    return sums.hexdigest()
