"""Which messages were answered, and when that was first seen: for the school's figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Engine, bindparam, select, update

from mailtriage.records import Category
from mailtriage.store import schema
from mailtriage.store.known import Known, known_from
from mailtriage.store.transactions import reading, writing

ASKS = (Category.YES_NO, Category.APPOINTMENT, Category.SUBSTANTIVE)
"""The categories of mail that asks for an answer."""


class Answers:
    """``messages.answered_at`` in the store. Each call is one transaction."""

    def __init__(self, engine: Engine) -> None:
        """Take a migrated database into use."""
        self._engine = engine

    def unanswered(self, account: str, folders: Sequence[str], since: datetime) -> list[Known]:
        """Messages that ask for an answer, lie in one of these folders, were seen at or after ``since`` (aware), and
        were not seen answered yet; oldest first."""
        table = schema.messages
        query = (
            select(table)
            .where(
                table.c.account == account,
                table.c.folder.in_(folders),
                table.c.category.in_([category.value for category in ASKS]),
                table.c.seen_at >= since,
                table.c.answered_at.is_(None),
            )
            .order_by(table.c.id)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        return [known_from(row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's public name for it

    def note_answered(self, account: str, ids: Iterable[int], now: datetime) -> None:
        """These messages (ids of the store) of an account are answered, as was first seen at ``now`` (aware). What was
        seen earlier stays."""
        table = schema.messages
        rows = [{"which": one} for one in ids]
        mine = (table.c.account == account) & (table.c.id == bindparam("which")) & table.c.answered_at.is_(None)
        if rows:
            with writing(self._engine) as connection:
                connection.execute(update(table).where(mine).values(answered_at=now), rows)
