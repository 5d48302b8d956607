"""When a bell rang for urgent mail, and for whom: not again at each reply, also after a restart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Engine, select

from mailtriage.store import schema
from mailtriage.store.transactions import reading, writing


class Whom(StrEnum):
    """Who was told: the staff of the account, or the school's emergency contact."""

    TEACHER = "teacher"
    CONTACT = "contact"


@dataclass(frozen=True, slots=True)
class Ring:
    """One bell for one thread; a bell for several threads has one of these for each, at the same moment."""

    thread: str
    whom: Whom
    at: datetime


class Rings:
    """The bells of urgent mail. Each call is one transaction; ``Journal.forget_before`` removes old ones."""

    def __init__(self, engine: Engine) -> None:
        """Take a migrated database into use."""
        self._engine = engine

    def rang(self, account: str, threads: Iterable[str], whom: Whom, now: datetime) -> None:
        """A bell rang at ``now`` (aware) for urgent mail of these threads."""
        rows = [{"account": account, "thread": one, "whom": whom.value, "at": now} for one in dict.fromkeys(threads)]
        if rows:
            with writing(self._engine) as connection:
                connection.execute(schema.rings.insert(), rows)

    def since(self, account: str, moment: datetime) -> list[Ring]:
        """The bells of an account at or after a moment, oldest first."""
        table = schema.rings
        query = select(table).where(table.c.account == account, table.c.at >= moment).order_by(table.c.at, table.c.id)
        with reading(self._engine) as connection:
            return [Ring(row.thread, Whom(row.whom), row.at) for row in connection.execute(query)]

    def last(self, account: str) -> Ring | None:
        """The latest bell of an account."""
        table = schema.rings
        query = select(table).where(table.c.account == account).order_by(table.c.at.desc(), table.c.id.desc()).limit(1)
        with reading(self._engine) as connection:
            row = connection.execute(query).first()
        return None if row is None else Ring(row.thread, Whom(row.whom), row.at)
