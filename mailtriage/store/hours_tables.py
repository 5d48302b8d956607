"""What the fourth migration adds, as it was then. Never changed after a release."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.schema import CreateColumn

_metadata = MetaData()
Table("accounts", _metadata, Column("name", String(200), primary_key=True))
Table("messages", _metadata, Column("id", Integer, primary_key=True))
Table(
    "holds",
    _metadata,
    Column("id", Integer, primary_key=True),
    Column("message", Integer, ForeignKey("messages.id", ondelete="CASCADE"), nullable=False),
    Column("origin", String(400), nullable=False),
    Column("state", String(10), nullable=False),
    Column("due_at", DateTime, nullable=False),
    Column("made_at", DateTime, nullable=False),
    Column("settled_at", DateTime),
    Column("outcome", String(300), nullable=False),
    Index("holds_by_state", "state", "due_at"),
)
Table(
    "rings",
    _metadata,
    Column("id", Integer, primary_key=True),
    Column("account", String(200), ForeignKey("accounts.name", ondelete="CASCADE"), nullable=False),
    Column("thread", String(64), nullable=False),
    Column("whom", String(10), nullable=False),
    Column("at", DateTime, nullable=False),
    Index("rings_by_thread", "account", "thread"),
)
Table(
    "outgoing",
    _metadata,
    Column("id", Integer, primary_key=True),
    Column("account", String(200), ForeignKey("accounts.name", ondelete="CASCADE"), nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("header_id", String(300), nullable=False),
    Column("state", String(10), nullable=False),
    Column("due_at", DateTime, nullable=False),
    Column("begun_at", DateTime),
    Column("settled_at", DateTime),
    Column("copied", Boolean, nullable=False),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("uidnext", BigInteger, nullable=False),
    Column("outcome", String(300), nullable=False),
    UniqueConstraint("account", "fingerprint"),
)

_COLUMNS = (
    Column("thread", String(64), nullable=False, server_default=""),
    Column("arrived_at", DateTime),
    Column("answered_at", DateTime),
)


def add(connection: Connection) -> None:
    """Make the new tables, and add the new columns of ``messages``."""
    _metadata.create_all(connection, tables=[_metadata.tables[name] for name in ("holds", "rings", "outgoing")])
    for column in _COLUMNS:
        made = CreateColumn(column).compile(dialect=connection.dialect)
        connection.execute(text(f"ALTER TABLE messages ADD COLUMN {made}"))
