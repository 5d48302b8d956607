"""The tables, as the newest migration leaves them.

What is stored about a message is its place (account, folder, UIDVALIDITY, UID), two fingerprints (of the message and
of its sender, both keyed with a secret of this store), the verdict without its words, and what was done. No text, no
subject, no address; but for ``corrections``, which hold the masked text of mail that a person corrected.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, kept as UTC: SQLite has no time zones. Naive values are refused."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """An aware moment to a naive one in UTC."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive moment has no place in the store")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """What the database holds to an aware moment in UTC."""
        del dialect
        return None if value is None else value.replace(tzinfo=UTC)


metadata = MetaData()

applied = Table(
    "migrations",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("applied_at", UtcDateTime, nullable=False),
)

facts = Table(
    "facts",
    metadata,
    Column("key", String(40), primary_key=True),
    Column("value", String(200), nullable=False),
)
"""Single values: the ``salt`` that keys the fingerprints."""

accounts = Table(
    "accounts",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("first_contact", UtcDateTime, nullable=False),
    Column("last_contact", UtcDateTime),
    Column("trouble", String(500)),
    Column("trouble_since", UtcDateTime),
)

folders = Table(
    "folders",
    metadata,
    Column("account", String(200), ForeignKey("accounts.name", ondelete="CASCADE"), primary_key=True),
    Column("folder", String(400), primary_key=True),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("last_uid", BigInteger, nullable=False),
)
"""``last_uid``: every message up to it is finished or has its open intents recorded."""

messages = Table(
    "messages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", String(200), ForeignKey("accounts.name", ondelete="CASCADE"), nullable=False),
    Column("folder", String(400), nullable=False),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("uid", BigInteger, nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("sender", String(64), nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("category", String(20)),
    Column("confidence", Float),
    Column("unsure", Boolean),
    Column("flags", String(60), nullable=False, default=""),
    Column("language", String(8)),
    Column("model", String(80)),
    Column("failure", String(300)),
    Column("thread", String(64), nullable=False, server_default=""),
    Column("arrived_at", UtcDateTime),
    Column("answered_at", UtcDateTime),
    UniqueConstraint("account", "folder", "uidvalidity", "uid"),
    Index("messages_by_fingerprint", "account", "fingerprint"),
)
"""One row for each message in scope, and for each that could not be read (``failure`` says why).

``thread`` is a keyed fingerprint of the first message of the conversation; ``arrived_at`` is the server's INTERNALDATE;
``answered_at`` is when ``\\Answered`` was first seen on it."""

intents = Table(
    "intents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("message", Integer, ForeignKey("messages.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("state", String(10), nullable=False, default="open"),
    Column("made_at", UtcDateTime, nullable=False),
    Column("settled_at", UtcDateTime),
    Column("outcome", String(300), nullable=False, default=""),
    Column("header_id", String(300), nullable=False, default=""),
    Column("folder", String(400), nullable=False, default=""),
    Column("uidvalidity", BigInteger, nullable=False, default=0),
    Column("uidnext", BigInteger, nullable=False, default=0),
    Column("begun_at", UtcDateTime),
    Index("intents_by_state", "state", "message"),
)
"""The journal. A row is ``open`` before the act, ``done`` after it, ``dropped`` where it is not to be done any more,
and ``gone`` where the message is not in its place: if it is found again, the row is open again.

``uidvalidity`` and ``uidnext`` are those of the target ``folder`` just before an APPEND, at ``begun_at`` (null: not
begun): after a crash they tell whether anything can have been appended since.
"""

digests = Table(
    "digests",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", String(200), ForeignKey("accounts.name", ondelete="CASCADE"), nullable=False),
    Column("header_id", String(300), nullable=False),
    Column("state", String(10), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
)
"""Digest mails: ``open`` before the APPEND, ``lies`` while it may lie unread in the inbox, ``gone`` after that;
``failed`` where it never arrived."""

notifications = Table(
    "notifications",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("message", Integer, ForeignKey("messages.id", ondelete="CASCADE"), nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("state", String(10), nullable=False, default="waiting"),
    Column("digest", Integer, ForeignKey("digests.id", ondelete="SET NULL")),
    Index("notifications_by_state", "state", "due_at"),
)
"""Who is still to be told: ``waiting``, ``told`` (in ``digest``), ``dropped`` (read, answered or deleted), or ``gone``
(the message is not in its place; if it is found again, it waits again). ``urgent`` as long as somebody is to be told
at once: what the emergency contact was told, or what joined what waits, comes to the teacher with the next digest."""

holds = Table(
    "holds",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("message", Integer, ForeignKey("messages.id", ondelete="CASCADE"), nullable=False),
    Column("origin", String(400), nullable=False),
    Column("state", String(10), nullable=False, default="open"),
    Column("due_at", UtcDateTime, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("settled_at", UtcDateTime),
    Column("outcome", String(300), nullable=False, default=""),
    Index("holds_by_state", "state", "due_at"),
)
"""Mail that is kept out of the inbox until ``due_at``: ``open`` before it is moved from ``origin``, ``held`` while it
lies in the folder for later, ``leaving`` before it is moved back, ``done`` after that, ``dropped`` where a person took
it out of our hands first."""

rings = Table(
    "rings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", String(200), ForeignKey("accounts.name", ondelete="CASCADE"), nullable=False),
    Column("thread", String(64), nullable=False),
    Column("whom", String(10), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("rings_by_thread", "account", "thread"),
)
"""When a bell rang for urgent mail of a thread, so that it does not ring again at each reply; ``whom`` is ``teacher``
or ``contact``."""

outgoing = Table(
    "outgoing",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", String(200), ForeignKey("accounts.name", ondelete="CASCADE"), nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("header_id", String(300), nullable=False, default=""),
    Column("state", String(10), nullable=False, default="waiting"),
    Column("due_at", UtcDateTime, nullable=False),
    Column("begun_at", UtcDateTime),
    Column("settled_at", UtcDateTime),
    Column("copied", Boolean, nullable=False, default=False),
    Column("uidvalidity", BigInteger, nullable=False, default=0),
    Column("uidnext", BigInteger, nullable=False, default=0),
    Column("outcome", String(300), nullable=False, default=""),
    UniqueConstraint("account", "fingerprint"),
)
"""Replies that a teacher gave us to send: ``waiting`` for the next hours, ``sending`` from before the first byte goes
out until the server's answer is known, ``sent``, ``refused``, or ``uncertain`` where nobody can know: that is told, and
never tried again. ``copied`` tells whether a copy lies in Sent; ``uidvalidity`` and ``uidnext`` are those of Sent just
before the copy was appended. ``due_at`` is when there is something to do, in any state; ``begun_at`` when it went out,
or while it waits, since when that fails; ``settled_at`` when it was filed or told."""

corrections = Table(
    "corrections",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", String(200), nullable=False),
    Column("message", Integer, ForeignKey("messages.id", ondelete="SET NULL")),
    Column("fingerprint", String(64), nullable=False),
    Column("sender", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("old", String(20)),
    Column("new", String(20), nullable=False),
    Column("flags", String(60), nullable=False, default=""),
    Column("language", String(8), nullable=False, default=""),
    Column("model", String(80), nullable=False, default=""),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("source", String(10), nullable=False),
    Column("active", Boolean, nullable=False, default=True),
    Column("state", String(10), nullable=False, default="done"),
    Index("corrections_by_fingerprint", "account", "fingerprint"),
    Index("corrections_by_sender", "sender"),
)
"""What people said of the category of a message. ``old`` is null where it could not be judged; ``subject`` and ``body``
are masked; ``source`` is ``folder``, ``mark`` or ``import`` (those have neither account nor sender). Of several of one
message the newest alone is ``active``. ``state`` is ``open`` until the mailbox says the same, then ``done``, or
``marks`` where the server keeps other marks than ours. They stay when the message goes after ``keep_days``."""
