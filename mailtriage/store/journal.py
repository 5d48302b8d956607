"""What was seen, what was intended and what is done: the program's memory.

Intent is written before the act and settled after it, so that after a crash the open intents say what to look for on
the server. Times come from the caller; nothing here reads a clock.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import LABEL_STYLE_TABLENAME_PLUS_COL, Engine, Row, delete, func, select, update
from sqlalchemy.exc import SQLAlchemyError

from mailtriage.errors import StoreError
from mailtriage.records import ActionKind, Category, Flag, Message, Plan, Verdict
from mailtriage.store import schema


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message lies. A UID means nothing without its UIDVALIDITY (RFC 3501 §2.3.1.1)."""

    account: str
    folder: str
    uidvalidity: int
    uid: int


@dataclass(frozen=True, slots=True)
class Watermark:
    """Up to which UID a folder is finished."""

    uidvalidity: int
    last_uid: int


@dataclass(frozen=True, slots=True)
class AccountState:
    """When an account was last reached, and what is wrong with it since when."""

    last_contact: datetime | None
    trouble: str | None
    trouble_since: datetime | None


@dataclass(frozen=True, slots=True)
class Known:
    """A message that the store knows."""

    id: int
    place: Place
    category: Category | None
    unsure: bool
    flags: frozenset[Flag]
    language: str
    failure: str


@dataclass(frozen=True, slots=True)
class Intent:
    """One intended action; ``folder``, ``uidvalidity`` and ``uidnext`` as in ``schema.intents``."""

    id: int
    message: Known
    kind: ActionKind
    header_id: str
    folder: str
    uidvalidity: int
    uidnext: int


class Journal:
    """The store of one installation. Safe for use by several threads: each call is one transaction."""

    def __init__(self, engine: Engine) -> None:
        """Take a migrated database into use."""
        self._engine = engine
        with engine.connect() as connection:
            salt = connection.execute(select(schema.facts.c.value).where(schema.facts.c.key == "salt")).scalar_one()
        self._salt = bytes.fromhex(salt)

    @property
    def engine(self) -> Engine:
        """The database, for the other parts of the store."""
        return self._engine

    def fingerprint(self, text: str) -> str:
        """A keyed digest: the same text gives the same value in this store, and in no other."""
        return hmac.new(self._salt, text.encode("utf-8", "replace"), "sha256").hexdigest()

    # -- accounts and folders

    def contact(self, account: str, now: datetime) -> datetime:
        """Note that an account was reached; returns the moment of the first contact ever."""
        table = schema.accounts
        with self._engine.begin() as connection:
            first = connection.execute(select(table.c.first_contact).where(table.c.name == account)).scalar()
            values = {"last_contact": now, "trouble": None, "trouble_since": None}
            if first is None:
                connection.execute(table.insert().values(name=account, first_contact=now, **values))
                return now
            connection.execute(update(table).where(table.c.name == account).values(**values))
            known: datetime = first
            return known

    def trouble(self, account: str, what: str, now: datetime) -> None:
        """Note what is wrong with an account since when; the next ``contact`` clears it."""
        table = schema.accounts
        with self._engine.begin() as connection:
            row = connection.execute(select(table.c.trouble_since).where(table.c.name == account)).first()
            if row is None:
                connection.execute(
                    table.insert().values(name=account, first_contact=now, trouble=what[:500], trouble_since=now)
                )
            else:
                since = row.trouble_since or now
                connection.execute(
                    update(table).where(table.c.name == account).values(trouble=what[:500], trouble_since=since)
                )

    def watermark(self, account: str, folder: str) -> Watermark | None:
        """Up to where a folder is finished; None before the first look."""
        table = schema.folders
        where = (table.c.account == account) & (table.c.folder == folder)
        with self._engine.connect() as connection:
            row = connection.execute(select(table.c.uidvalidity, table.c.last_uid).where(where)).first()
        return None if row is None else Watermark(row.uidvalidity, row.last_uid)

    def set_watermark(self, account: str, folder: str, mark: Watermark) -> None:
        """Everything in the folder up to ``mark`` is finished, or has its open intents recorded."""
        table = schema.folders
        where = (table.c.account == account) & (table.c.folder == folder)
        values = {"uidvalidity": mark.uidvalidity, "last_uid": mark.last_uid}
        with self._engine.begin() as connection:
            if connection.execute(update(table).where(where).values(**values)).rowcount == 0:
                connection.execute(table.insert().values(account=account, folder=folder, **values))

    # -- messages and intents

    def find(self, place: Place) -> Known | None:
        """The message at a place, where the store knows it."""
        table = schema.messages
        where = (
            (table.c.account == place.account)
            & (table.c.folder == place.folder)
            & (table.c.uidvalidity == place.uidvalidity)
            & (table.c.uid == place.uid)
        )
        return self._known(select(table).where(where))

    def recognise(self, account: str, digest: str) -> Known | None:
        """The same message at whatever place it was seen before: it came back, was copied, or UIDs were renewed."""
        table = schema.messages
        where = (table.c.account == account) & (table.c.fingerprint == self.fingerprint(digest))
        return self._known(select(table).where(where).order_by(table.c.id).limit(1))

    def relocate(self, message: int, place: Place) -> None:
        """Note that a known message now lies elsewhere."""
        table = schema.messages
        values = {"folder": place.folder, "uidvalidity": place.uidvalidity, "uid": place.uid}
        with self._engine.begin() as connection:
            connection.execute(update(table).where(table.c.id == message).values(**values))

    def intend(self, place: Place, message: Message, verdict: Verdict | None, plan: Plan, now: datetime) -> Known:
        """Record a message with everything that is intended for it, in one transaction, before any of it is done.

        ``verdict`` is None where the message could not be judged.
        """
        urgent = verdict is not None and Flag.URGENT in verdict.flags
        values: dict[str, Any] = {"fingerprint": self.fingerprint(message.digest)}
        values["sender"] = self.fingerprint(message.sender.address)
        if verdict is None:
            values["failure"] = "could not be judged"
        else:
            values |= {
                "category": verdict.category.value,
                "confidence": float(verdict.confidence),
                "unsure": verdict.unsure,
                "flags": ",".join(flag.value for flag in Flag if flag in verdict.flags),
                "language": verdict.language,
                "model": verdict.model,
            }
        kinds = {ActionKind.DRAFT: plan.reply.message_id if plan.reply else "", ActionKind.MARK: ""}
        todo = [(kind, kinds[kind]) for kind in plan.actions if kind in kinds]
        return self._record(place, values, todo, plan.notify_at, urgent=urgent, now=now)

    def set_aside(self, place: Place, reason: str, due_at: datetime | None, now: datetime) -> Known:
        """Record a message that could not be read, and that somebody is to be told so."""
        anonymous = self.fingerprint(f"unread {place}")
        values = {"fingerprint": anonymous, "sender": anonymous, "failure": reason[:300]}
        return self._record(place, values, [], due_at, urgent=False, now=now)

    def _record(
        self,
        place: Place,
        values: dict[str, Any],
        todo: Sequence[tuple[ActionKind, str]],
        due_at: datetime | None,
        *,
        urgent: bool,
        now: datetime,
    ) -> Known:
        where = {"account": place.account, "folder": place.folder, "uidvalidity": place.uidvalidity, "uid": place.uid}
        try:
            with self._engine.begin() as connection:
                insert = schema.messages.insert().values(**where, seen_at=now, **values)
                (message,) = connection.execute(insert).inserted_primary_key or (0,)
                for kind, header_id in todo:
                    connection.execute(
                        schema.intents.insert().values(message=message, kind=kind, made_at=now, header_id=header_id)
                    )
                if due_at is not None:
                    connection.execute(
                        schema.notifications.insert().values(message=message, due_at=due_at, urgent=urgent)
                    )
        except SQLAlchemyError as error:
            raise StoreError(
                f"an intent could not be written ({str(error).partition(chr(10))[0]})",
                where=str(self._engine.url.render_as_string(hide_password=True)),
                advice="look at the free space and the rights of the store; nothing was done for this message yet",
            ) from error
        known = self.find(place)
        assert known is not None  # noqa: S101 - it was just written
        return known

    def open_intents(self, account: str, message: int | None = None) -> list[Intent]:
        """What is intended and not yet settled, oldest first; drafts come before marks of the same message."""
        table, owner = schema.intents, schema.messages
        query = (
            select(table, owner)
            .join(owner, table.c.message == owner.c.id)
            .where((table.c.state == "open") & (owner.c.account == account))
            .order_by(table.c.id)
            .set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)
        )
        if message is not None:
            query = query.where(table.c.message == message)
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return [_intent(row) for row in rows]

    def begin_append(self, intent: int, folder: str, uidvalidity: int, uidnext: int) -> None:
        """Note the state of the target folder just before an APPEND."""
        values = {"folder": folder, "uidvalidity": uidvalidity, "uidnext": uidnext}
        with self._engine.begin() as connection:
            connection.execute(update(schema.intents).where(schema.intents.c.id == intent).values(**values))

    def settle(self, intent: int, outcome: str, now: datetime, *, done: bool = True) -> None:
        """Close an intent: done, or dropped for the reason in ``outcome``."""
        values = {"state": "done" if done else "dropped", "outcome": outcome[:300], "settled_at": now}
        with self._engine.begin() as connection:
            connection.execute(update(schema.intents).where(schema.intents.c.id == intent).values(**values))

    def note(self, intent: int, outcome: str) -> None:
        """Say why an intent is still open."""
        with self._engine.begin() as connection:
            connection.execute(
                update(schema.intents).where(schema.intents.c.id == intent).values(outcome=outcome[:300])
            )

    # -- privacy

    def forget_sender(self, address: str) -> int:
        """Remove everything about mail from an address; returns how many messages that were."""
        table = schema.messages
        with self._engine.begin() as connection:
            return connection.execute(delete(table).where(table.c.sender == self.fingerprint(address.lower()))).rowcount

    def forget_before(self, moment: datetime) -> int:
        """Remove what is stored about messages seen before a moment and settled since; returns how many."""
        table = schema.messages
        waiting = select(schema.intents.c.message).where(schema.intents.c.state == "open")
        untold = select(schema.notifications.c.message).where(schema.notifications.c.state == "waiting")
        where = (table.c.seen_at < moment) & table.c.id.not_in(waiting) & table.c.id.not_in(untold)
        with self._engine.begin() as connection:
            return connection.execute(delete(table).where(where)).rowcount

    def counts(self, account: str) -> dict[str, int]:
        """How many messages of an account were seen, failed, and have open intents."""
        table = schema.messages
        mine = table.c.account == account
        opened = (
            select(func.count()).select_from(schema.intents.join(table)).where(mine, schema.intents.c.state == "open")
        )
        with self._engine.connect() as connection:
            return {
                "seen": connection.execute(select(func.count()).select_from(table).where(mine)).scalar_one(),
                "failed": connection.execute(
                    select(func.count()).select_from(table).where(mine, table.c.failure.is_not(None))
                ).scalar_one(),
                "open": connection.execute(opened).scalar_one(),
            }

    def account(self, name: str) -> AccountState:
        """What is known of an account; all None before the first contact."""
        table = schema.accounts
        query = select(table.c.last_contact, table.c.trouble, table.c.trouble_since).where(table.c.name == name)
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        return AccountState(None, None, None) if row is None else AccountState(*row)

    def failures(self, account: str, most: int = 20) -> list[str]:
        """The newest messages that could not be judged: where they lie, and why."""
        table = schema.messages
        where = (table.c.account == account) & table.c.failure.is_not(None)
        query = select(table).where(where).order_by(table.c.id.desc()).limit(most)
        with self._engine.connect() as connection:
            return [f"{row.folder} UID {row.uid}: {row.failure}" for row in connection.execute(query)]

    def open_reasons(self, account: str) -> list[str]:
        """What is intended and not done yet, and why."""
        table, owner = schema.intents, schema.messages
        query = (
            select(table.c.kind, table.c.outcome, owner.c.folder, owner.c.uid)
            .join(owner, table.c.message == owner.c.id)
            .where((table.c.state == "open") & (owner.c.account == account))
            .order_by(table.c.id)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return [f"{row.kind} for {row.folder} UID {row.uid}: {row.outcome or 'not tried yet'}" for row in rows]

    def _known(self, query: Any) -> Known | None:
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        return None if row is None else known_from(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it


def known_from(row: Any, prefix: str = "") -> Known:
    """A ``Known`` from a row of ``messages``; ``prefix`` where the columns carry the table's name."""
    value = {column.name: row[prefix + column.name] for column in schema.messages.columns}
    return Known(
        id=value["id"],
        place=Place(value["account"], value["folder"], value["uidvalidity"], value["uid"]),
        category=Category(value["category"]) if value["category"] else None,
        unsure=bool(value["unsure"]),
        flags=frozenset(Flag(flag) for flag in (value["flags"] or "").split(",") if flag),
        language=value["language"] or "",
        failure=value["failure"] or "",
    )


def _intent(row: Row[Any]) -> Intent:
    value = row._mapping  # noqa: SLF001 - SQLAlchemy's public name for it
    return Intent(
        id=value["intents_id"],
        message=known_from(value, "messages_"),
        kind=ActionKind(value["intents_kind"]),
        header_id=value["intents_header_id"],
        folder=value["intents_folder"],
        uidvalidity=value["intents_uidvalidity"],
        uidnext=value["intents_uidnext"],
    )
