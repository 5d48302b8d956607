"""The tables of the first migration, as they were then. Never changed after a release: later steps change the database,
and ``schema`` says what they leave."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

metadata = MetaData()

Table("facts", metadata, Column("key", String(40), primary_key=True), Column("value", String(200), nullable=False))
Table(
    "accounts",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("first_contact", DateTime, nullable=False),
    Column("last_contact", DateTime),
    Column("trouble", String(500)),
    Column("trouble_since", DateTime),
)
Table(
    "folders",
    metadata,
    Column("account", String(200), ForeignKey("accounts.name", ondelete="CASCADE"), primary_key=True),
    Column("folder", String(400), primary_key=True),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("last_uid", BigInteger, nullable=False),
)
Table(
    "messages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", String(200), ForeignKey("accounts.name", ondelete="CASCADE"), nullable=False),
    Column("folder", String(400), nullable=False),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("uid", BigInteger, nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("sender", String(64), nullable=False),
    Column("seen_at", DateTime, nullable=False),
    Column("category", String(20)),
    Column("confidence", Float),
    Column("unsure", Boolean),
    Column("flags", String(60), nullable=False),
    Column("language", String(8)),
    Column("model", String(80)),
    Column("failure", String(300)),
    UniqueConstraint("account", "folder", "uidvalidity", "uid"),
    Index("messages_by_fingerprint", "account", "fingerprint"),
)
Table(
    "intents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("message", Integer, ForeignKey("messages.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("state", String(10), nullable=False),
    Column("made_at", DateTime, nullable=False),
    Column("settled_at", DateTime),
    Column("outcome", String(300), nullable=False),
    Column("header_id", String(300), nullable=False),
    Column("folder", String(400), nullable=False),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("uidnext", BigInteger, nullable=False),
    Column("begun_at", DateTime),
    Index("intents_by_state", "state", "message"),
)
Table(
    "digests",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", String(200), ForeignKey("accounts.name", ondelete="CASCADE"), nullable=False),
    Column("header_id", String(300), nullable=False),
    Column("state", String(10), nullable=False),
    Column("made_at", DateTime, nullable=False),
)
Table(
    "notifications",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("message", Integer, ForeignKey("messages.id", ondelete="CASCADE"), nullable=False),
    Column("due_at", DateTime, nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("state", String(10), nullable=False),
    Column("digest", Integer, ForeignKey("digests.id", ondelete="SET NULL")),
    Index("notifications_by_state", "state", "due_at"),
)
