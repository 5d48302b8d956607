"""What people said of the category of messages. The one place where text is stored, and it is masked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import LABEL_STYLE_TABLENAME_PLUS_COL, Connection, Engine, delete, select, update

from mailtriage.records import ActionKind, Category, Flag
from mailtriage.store import schema
from mailtriage.store.known import Intent, Known, intent_from, known_from
from mailtriage.store.transactions import reading, writing

Source = Literal["folder", "mark", "import"]
"""Where a correction came from: a folder, a label or keyword, or a file."""

State = Literal["open", "done", "marks"]
"""See ``schema.corrections``."""


@dataclass(frozen=True, slots=True)
class Wording:
    """The masked words of a message."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Correction:
    """One correction, as in ``schema.corrections``; ``old`` is None where the message could not be judged."""

    id: int
    account: str
    message: int | None
    fingerprint: str
    at: datetime
    old: Category | None
    new: Category
    flags: frozenset[Flag]
    language: str
    model: str
    wording: Wording
    source: str
    active: bool
    state: str


@dataclass(frozen=True, slots=True)
class Imported:
    """A correction from a file. ``fingerprint``, or what it begins with, recognises it when the file is read again."""

    fingerprint: str
    at: datetime
    new: Category
    flags: frozenset[Flag]
    language: str
    wording: Wording


class Corrections:
    """The corrections of one store. Safe for use by several threads: each call is one transaction."""

    def __init__(self, engine: Engine) -> None:
        """Take a migrated database into use."""
        self._engine = engine

    # -- from mailboxes

    def said(self, known: Known) -> Category | None:
        """What a person said of a message, if anybody did."""
        with reading(self._engine) as connection:
            row = _newest(connection, known.id)
        return None if row is None else Category(row.new)

    def record(
        self,
        known: Known,
        new: Category,
        wording: Wording,
        now: datetime,
        *,
        source: Source,
        draft: str = "",
        again: Collection[str] = (),
    ) -> bool:
        """Record what a person said of a message, and what follows from it, in one transaction.

        The message has that category from now on, without doubt. An earlier correction of it counts no more.

        Args:
            known: the message.
            new: the category.
            wording: its words, masked.
            now: aware.
            source: how it was said.
            draft: the Message-ID of the draft that is now due; empty where none is. It is intended unless the journal
                has a draft for the message already.
            again: outcomes of an earlier, closed draft intent after which it may be made after all.

        Returns:
            False where the same was said before: nothing was recorded then.
        """
        with writing(self._engine) as connection:
            newest = _newest(connection, known.id)
            if newest is not None and newest.new == new.value:
                return False
            row = connection.execute(select(schema.messages).where(schema.messages.c.id == known.id)).one()
            _overtake(connection, row.account, row.fingerprint)
            connection.execute(
                schema.corrections.insert().values(
                    account=row.account, message=row.id, fingerprint=row.fingerprint, sender=row.sender, at=now,
                    old=row.category, new=new.value, flags=row.flags, language=row.language or "",
                    model=row.model or "", subject=wording.subject, body=wording.body, source=source, state="open",
                )
            )  # fmt: skip
            values = {"category": new.value, "unsure": False, "failure": None}
            connection.execute(update(schema.messages).where(schema.messages.c.id == known.id).values(**values))
            if draft:
                _intend_draft(connection, known.id, draft, again, now)
        return True

    def open(self, account: str) -> list[tuple[Correction, Known]]:
        """Corrections that the mailbox does not show yet, with their messages as they are known now."""
        table, owner = schema.corrections, schema.messages
        query = (
            select(table, owner)
            .join(owner, table.c.message == owner.c.id)
            .where(table.c.state == "open", table.c.active, owner.c.account == account)
            .order_by(table.c.id)
            .set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)
        )
        with reading(self._engine) as connection:
            rows = [row._mapping for row in connection.execute(query)]  # noqa: SLF001 - SQLAlchemy's public name for it
        return [(_correction(row, "corrections_"), known_from(row, "messages_")) for row in rows]

    def settle(self, correction: int, state: State) -> None:
        """The mailbox shows the correction, as far as it can."""
        table = schema.corrections
        with writing(self._engine) as connection:
            connection.execute(update(table).where(table.c.id == correction).values(state=state))

    def draft_of(self, known: Known) -> Intent | None:
        """The draft that is or was intended for a message."""
        table, owner = schema.intents, schema.messages
        query = (
            select(table, owner)
            .join(owner, table.c.message == owner.c.id)
            .where(owner.c.id == known.id, table.c.kind == ActionKind.DRAFT)
            .order_by(table.c.id.desc())
            .set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)
        )
        with reading(self._engine) as connection:
            row = connection.execute(query).first()
        return None if row is None else intent_from(row._mapping)  # noqa: SLF001 - as above

    def marked(self, account: str, since: datetime) -> list[Known]:
        """Messages seen since a moment that bear the mark which the store thinks they bear: unless a person changed it
        meanwhile. Those whose marks are being changed, or that the server marks in its own way, are left out."""
        table, intents, said = schema.messages, schema.intents, schema.corrections
        bears = select(intents.c.message).where(intents.c.kind == ActionKind.MARK, intents.c.state == "done")
        unclear = select(said.c.message).where(said.c.message.is_not(None), said.c.active, said.c.state != "done")
        where = (table.c.account == account) & (table.c.seen_at >= since) & table.c.category.is_not(None)
        query = select(table).where(where, table.c.id.in_(bears), table.c.id.not_in(unclear)).order_by(table.c.id)
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        return [known_from(row._mapping) for row in rows]  # noqa: SLF001 - as above

    # -- for the admin

    def all(self, *, active: bool = False) -> list[Correction]:
        """Every correction, oldest first; or only those that count."""
        query = select(schema.corrections).order_by(schema.corrections.c.at, schema.corrections.c.id)
        if active:
            query = query.where(schema.corrections.c.active)
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        return [_correction(row._mapping) for row in rows]  # noqa: SLF001 - as above

    def find(self, number: int) -> Correction | None:
        """One correction by its number."""
        return next((one for one in self.all() if one.id == number), None)

    def drop(self, numbers: Iterable[int]) -> int:
        """Remove corrections; returns how many there were. What was done in the mailbox stays."""
        table = schema.corrections
        with writing(self._engine) as connection:
            return sum(connection.execute(delete(table).where(table.c.id == one)).rowcount for one in numbers)

    def drop_sender(self, sender: str) -> int:
        """Remove the corrections of mail from a sender, by fingerprint (``Journal.fingerprint``)."""
        table = schema.corrections
        with writing(self._engine) as connection:
            return connection.execute(delete(table).where(table.c.sender == sender)).rowcount

    def take_in(self, lines: Sequence[Imported]) -> int:
        """Add corrections from a file, all or none, and return how many were new. Of two of one message the later
        counts."""
        table, added = schema.corrections, 0
        with writing(self._engine) as connection:
            for one in lines:
                same = table.c.fingerprint.startswith(one.fingerprint, autoescape=True)
                there = connection.execute(select(table).where(same, table.c.active)).all()
                if any(row.new == one.new.value or row.at >= one.at for row in there):
                    continue
                connection.execute(update(table).where(same).values(active=False))
                connection.execute(
                    table.insert().values(
                        account="", fingerprint=one.fingerprint, sender="", at=one.at, new=one.new.value,
                        flags=",".join(flag.value for flag in Flag if flag in one.flags), language=one.language,
                        subject=one.wording.subject, body=one.wording.body, source="import",
                    )
                )  # fmt: skip
                added += 1
        return added


def _newest(connection: Connection, message: int) -> Any:
    """The correction that counts for a message, also where it was recorded before the store forgot the message and saw
    it again."""
    table, owner = schema.corrections, schema.messages
    same = (table.c.account == owner.c.account) & (table.c.fingerprint == owner.c.fingerprint)
    query = select(table).join(owner, same).where(owner.c.id == message, table.c.active).order_by(table.c.id.desc())
    return connection.execute(query).first()


def _overtake(connection: Connection, account: str, fingerprint: str) -> None:
    table = schema.corrections
    same = (table.c.account == account) & (table.c.fingerprint == fingerprint)
    connection.execute(update(table).where(same).values(active=False, state="done"))


def _intend_draft(connection: Connection, message: int, header_id: str, again: Collection[str], now: datetime) -> None:
    table = schema.intents
    mine = (table.c.message == message) & (table.c.kind == ActionKind.DRAFT)
    earlier = connection.execute(select(table.c.id, table.c.state, table.c.outcome).where(mine)).first()
    if earlier is None:
        values = {"message": message, "kind": ActionKind.DRAFT, "made_at": now, "header_id": header_id}
        connection.execute(table.insert().values(**values))
    elif earlier.state == "dropped" and earlier.outcome in again:
        anew = {"state": "open", "outcome": "", "folder": "", "uidvalidity": 0, "uidnext": 0, "begun_at": None}
        connection.execute(update(table).where(table.c.id == earlier.id).values(**anew))


def _correction(row: Any, prefix: str = "") -> Correction:
    value = {column.name: row[prefix + column.name] for column in schema.corrections.columns}
    return Correction(
        id=value["id"],
        account=value["account"],
        message=value["message"],
        fingerprint=value["fingerprint"],
        at=value["at"],
        old=Category(value["old"]) if value["old"] else None,
        new=Category(value["new"]),
        flags=frozenset(Flag(flag) for flag in value["flags"].split(",") if flag),
        language=value["language"],
        model=value["model"],
        wording=Wording(value["subject"], value["body"]),
        source=value["source"],
        active=value["active"],
        state=value["state"],
    )
