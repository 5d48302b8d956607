"""Who is still to be told of what, and which digest says it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import LABEL_STYLE_TABLENAME_PLUS_COL, ColumnElement, Engine, exists, func, select, update

from mailtriage.records import ActionKind
from mailtriage.store import schema
from mailtriage.store.known import Known, known_from
from mailtriage.store.rings import Whom
from mailtriage.store.transactions import reading, writing

_DRAFTED = (
    exists()
    .where(
        (schema.intents.c.message == schema.messages.c.id)
        & (schema.intents.c.kind == ActionKind.DRAFT)
        & (schema.intents.c.state == "done")
    )
    .label("drafted")
)
_CONTACT_TOLD_AT = (
    select(func.min(schema.rings.c.at))
    .where(
        schema.rings.c.account == schema.messages.c.account,
        schema.rings.c.thread == schema.messages.c.thread,
        schema.rings.c.whom == Whom.CONTACT,
        schema.rings.c.at >= schema.messages.c.seen_at,
    )
    .scalar_subquery()
    .label("contact_told_at")
)


@dataclass(frozen=True, slots=True)
class Bell:
    """One message about which somebody is to be told. ``digest`` is the digest that tells it, if any;
    ``drafted`` says whether a reply was put into Drafts for it; ``contact_told_at`` when the emergency contact was told
    of it. ``urgent`` as in ``schema.notifications``; ``thread`` tells its conversation from others."""

    id: int
    message: Known
    due_at: datetime
    urgent: bool
    digest: int | None
    drafted: bool
    thread: str
    seen_at: datetime
    contact_told_at: datetime | None


@dataclass(frozen=True, slots=True)
class DigestMail:
    """One digest in an inbox: ``open`` before its APPEND, ``lies`` after it."""

    id: int
    header_id: str
    state: str


class Bells:
    """Notifications and digests in the store. Each call is one transaction."""

    def __init__(self, engine: Engine) -> None:
        """Take a migrated database into use."""
        self._engine = engine

    def waiting(self, account: str) -> list[Bell]:
        """What nobody has been told yet, by the moment at which it is due."""
        return self._bells(account, schema.notifications.c.state == "waiting")

    def told_in(self, account: str, digest: int) -> list[Bell]:
        """What a digest told."""
        mine = (schema.notifications.c.state == "told") & (schema.notifications.c.digest == digest)
        return self._bells(account, mine)

    def told_between(self, account: str, since: datetime, until: datetime) -> list[Bell]:
        """What became due or was told from ``since`` to before ``until`` (aware), also what was read before it could be
        told; not what waits."""
        table, digests = schema.notifications, schema.digests
        made = select(digests.c.id).where(digests.c.made_at >= since, digests.c.made_at < until)
        due = (table.c.due_at >= since) & (table.c.due_at < until)
        return self._bells(account, table.c.state.in_(("told", "dropped")) & (due | table.c.digest.in_(made)))

    def latest_digest(self, account: str, since: datetime) -> int | None:
        """The number of the latest digest that was made at or after a moment, unless it never arrived."""
        table = schema.digests
        where = (table.c.account == account) & (table.c.made_at >= since) & (table.c.state != "failed")
        with reading(self._engine) as connection:
            return connection.execute(select(func.max(table.c.id)).where(where)).scalar()

    def next_due(self, account: str) -> datetime | None:
        """When the next notification is due."""
        table = schema.notifications.join(schema.messages)
        where = (schema.messages.c.account == account) & (schema.notifications.c.state == "waiting")
        with reading(self._engine) as connection:
            query = select(func.min(schema.notifications.c.due_at)).select_from(table).where(where)
            return connection.execute(query).scalar()

    def postpone(self, bells: Iterable[int], due_at: datetime) -> None:
        """Nobody works at the moment: these are due later."""
        self._change(bells, due_at=due_at)

    def calm(self, bells: Iterable[int]) -> None:
        """These need not be told at once any more: somebody was, or knows of the thread. They wait like any other."""
        self._change(bells, urgent=False)

    def drop(self, bells: Iterable[int]) -> None:
        """These need not be told any more: read, answered or deleted."""
        self._change(bells, state="dropped")

    def lose(self, bells: Iterable[int]) -> None:
        """The messages of these are not where they were. ``Journal.relocate`` lets them wait again."""
        self._change(bells, state="gone")

    def told(self, bells: Iterable[int]) -> None:
        """These were told without a digest."""
        self._change(bells, state="told")

    def open_digest(self, account: str, header_id: str, bells: Iterable[int], now: datetime) -> int:
        """Record a digest and what it is going to tell, before its APPEND; returns its number."""
        table = schema.notifications
        with writing(self._engine) as connection:
            insert = schema.digests.insert().values(account=account, header_id=header_id, state="open", made_at=now)
            (digest,) = connection.execute(insert).inserted_primary_key or (0,)
            for some in _batches(bells):
                connection.execute(update(table).where(table.c.id.in_(some)).values(digest=digest))
        return int(digest)

    def digest_lies(self, digest: int) -> None:
        """The digest is in the inbox: what it tells is told."""
        with writing(self._engine) as connection:
            connection.execute(update(schema.digests).where(schema.digests.c.id == digest).values(state="lies"))
            told = (schema.notifications.c.digest == digest) & (schema.notifications.c.state == "waiting")
            connection.execute(update(schema.notifications).where(told).values(state="told"))

    def digest_failed(self, digest: int) -> None:
        """The digest was never appended: what it was going to tell waits, also what an earlier one told that it would
        have replaced."""
        table = schema.notifications
        with writing(self._engine) as connection:
            connection.execute(update(schema.digests).where(schema.digests.c.id == digest).values(state="failed"))
            mine = (table.c.digest == digest) & (table.c.state == "told")
            connection.execute(update(table).where(mine).values(state="waiting"))

    def digest_gone(self, digest: int) -> None:
        """The digest was read, replaced or removed."""
        with writing(self._engine) as connection:
            connection.execute(update(schema.digests).where(schema.digests.c.id == digest).values(state="gone"))

    def digests(self, account: str, state: str) -> list[DigestMail]:
        """Digests of an account in a state, oldest first."""
        table = schema.digests
        where = (table.c.account == account) & (table.c.state == state)
        with reading(self._engine) as connection:
            rows = connection.execute(select(table).where(where).order_by(table.c.id)).all()
        return [DigestMail(row.id, row.header_id, row.state) for row in rows]

    def _change(self, bells: Iterable[int], **values: object) -> None:
        table = schema.notifications
        batches = _batches(bells)
        if batches:
            with writing(self._engine) as connection:
                for some in batches:
                    connection.execute(update(table).where(table.c.id.in_(some)).values(**values))

    def _bells(self, account: str, condition: ColumnElement[bool]) -> list[Bell]:
        table, owner = schema.notifications, schema.messages
        query = (
            select(table, owner, _DRAFTED, _CONTACT_TOLD_AT)
            .join(owner, table.c.message == owner.c.id)
            .where(owner.c.account == account, condition)
            .order_by(table.c.due_at, table.c.id)
            .set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)
        )
        with reading(self._engine) as connection:
            rows = [row._mapping for row in connection.execute(query)]  # noqa: SLF001 - SQLAlchemy's public name for it
        return [
            Bell(
                id=row["notifications_id"],
                message=known_from(row, "messages_"),
                due_at=row["notifications_due_at"],
                urgent=row["notifications_urgent"],
                digest=row["notifications_digest"],
                drafted=row["drafted"],
                thread=row["messages_thread"] or f"message {row['messages_id']}",
                seen_at=row["messages_seen_at"],
                contact_told_at=row["contact_told_at"],
            )
            for row in rows
        ]


def _batches(bells: Iterable[int], size: int = 500) -> list[list[int]]:
    """Databases limit how many values one statement names."""
    every = list(bells)
    return [every[start : start + size] for start in range(0, len(every), size)]
