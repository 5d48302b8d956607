"""The table of the third migration, as it was then. Never changed after a release."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, DateTime, ForeignKey, Index, Integer, MetaData, String, Table, Text

_metadata = MetaData()
Table("messages", _metadata, Column("id", Integer, primary_key=True))

corrections = Table(
    "corrections",
    _metadata,
    Column("id", Integer, primary_key=True),
    Column("account", String(200), nullable=False),
    Column("message", Integer, ForeignKey("messages.id", ondelete="SET NULL")),
    Column("fingerprint", String(64), nullable=False),
    Column("sender", String(64), nullable=False),
    Column("at", DateTime, nullable=False),
    Column("old", String(20)),
    Column("new", String(20), nullable=False),
    Column("flags", String(60), nullable=False),
    Column("language", String(8), nullable=False),
    Column("model", String(80), nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("source", String(10), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("state", String(10), nullable=False),
    Index("corrections_by_fingerprint", "account", "fingerprint"),
    Index("corrections_by_sender", "sender"),
)
