"""What was seen, what was intended and what is done: the program's memory.

Intent is written before the act and settled after it, so that after a crash the open intents say what to look for on
the server. Times come from the caller; nothing here reads a clock.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import LABEL_STYLE_TABLENAME_PLUS_COL, ColumnElement, Engine, Select, delete, func, select, update

from mailtriage.records import ActionKind, Flag, Message, Plan, Verdict
from mailtriage.store import schema
from mailtriage.store.discreet import discreet
from mailtriage.store.known import Intent, Known, Place, Watermark, intent_from, known_from
from mailtriage.store.report import Report
from mailtriage.store.transactions import reading, writing


class Journal(Report):
    """The store of one installation. Safe for use by several threads: each call is one transaction."""

    def __init__(self, engine: Engine) -> None:
        """Take a migrated database into use.

        Raises:
            StoreError: it has no salt, so that nothing in it can be recognised.
        """
        super().__init__(engine)
        with reading(engine) as connection:
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

    def contact(self, account: str, now: datetime, trouble: str = "") -> datetime:
        """Note that an account was reached, and what is wrong there all the same; returns the moment of the first
        contact ever."""
        table = schema.accounts
        with writing(self._engine) as connection:
            query = select(table.c.first_contact, table.c.trouble_since).where(table.c.name == account)
            row = connection.execute(query).first()
            since = ((row.trouble_since if row else None) or now) if trouble else None
            values = {"last_contact": now, "trouble": discreet(trouble)[:500] or None, "trouble_since": since}
            if row is None:
                connection.execute(table.insert().values(name=account, first_contact=now, **values))
                return now
            connection.execute(update(table).where(table.c.name == account).values(**values))
            first: datetime = row.first_contact
            return first

    def trouble(self, account: str, what: str, now: datetime) -> None:
        """Note what is wrong with an account since when; the next ``contact`` clears it."""
        table, what = schema.accounts, discreet(what)[:500]
        with writing(self._engine) as connection:
            row = connection.execute(select(table.c.trouble_since).where(table.c.name == account)).first()
            if row is None:
                connection.execute(
                    table.insert().values(name=account, first_contact=now, trouble=what, trouble_since=now)
                )
            else:
                since = row.trouble_since or now
                connection.execute(
                    update(table).where(table.c.name == account).values(trouble=what, trouble_since=since)
                )

    def watermark(self, account: str, folder: str) -> Watermark | None:
        """Up to where a folder is finished; None before the first look."""
        table = schema.folders
        where = (table.c.account == account) & (table.c.folder == folder)
        with reading(self._engine) as connection:
            row = connection.execute(select(table.c.uidvalidity, table.c.last_uid).where(where)).first()
        return None if row is None else Watermark(row.uidvalidity, row.last_uid)

    def set_watermark(self, account: str, folder: str, mark: Watermark) -> None:
        """Everything in the folder up to ``mark`` is finished, or has its open intents recorded."""
        table = schema.folders
        where = (table.c.account == account) & (table.c.folder == folder)
        values = {"uidvalidity": mark.uidvalidity, "last_uid": mark.last_uid}
        with writing(self._engine) as connection:
            if connection.execute(update(table).where(where).values(**values)).rowcount == 0:
                connection.execute(table.insert().values(account=account, folder=folder, **values))

    # -- messages and intents

    def find(self, place: Place) -> Known | None:
        """The message at a place, where the store knows it."""
        return self._known(select(schema.messages).where(_at(place)))

    def recognise(self, account: str, digest: str) -> Known | None:
        """The same message at whatever place it was seen before: it came back, was copied, or UIDs were renewed."""
        table = schema.messages
        where = (table.c.account == account) & (table.c.fingerprint == self.fingerprint(digest))
        return self._known(select(table).where(where).order_by(table.c.id).limit(1))

    def relocate(self, message: int, place: Place) -> None:
        """Note that a known message now lies elsewhere, and that what was given up because it was gone is due again.

        Whatever the store has at that place is not there any more.
        """
        lost_intents = (schema.intents.c.message == message) & (schema.intents.c.state == "gone")
        lost_bells = (schema.notifications.c.message == message) & (schema.notifications.c.state == "gone")
        values = {"folder": place.folder, "uidvalidity": place.uidvalidity, "uid": place.uid}
        with writing(self._engine) as connection:
            connection.execute(_nowhere(_at(place) & (schema.messages.c.id != message)))
            connection.execute(update(schema.messages).where(schema.messages.c.id == message).values(**values))
            connection.execute(update(schema.intents).where(lost_intents).values(state="open"))
            connection.execute(update(schema.notifications).where(lost_bells).values(state="waiting"))

    def renumbered(self, account: str, folder: str, uidvalidity: int) -> None:
        """A folder has another UIDVALIDITY: where it was used before (a server that went back to a backup), the places
        of that time mean nothing now."""
        table = schema.messages
        where = (table.c.account == account) & (table.c.folder == folder) & (table.c.uidvalidity == uidvalidity)
        with writing(self._engine) as connection:
            connection.execute(_nowhere(where))

    def intend(
        self,
        place: Place,
        message: Message,
        verdict: Verdict,
        plan: Plan,
        now: datetime,
        *,
        arrived_at: datetime | None = None,
    ) -> Known:
        """Record a message with everything that is intended for it, in one transaction, before any of it is done.

        ``arrived_at`` is the server's INTERNALDATE (RFC 3501 §2.3.3), None where it is not known.
        """
        values = {
            "thread": self.fingerprint(message.conversation or message.digest),
            "arrived_at": arrived_at,
            "fingerprint": self.fingerprint(message.digest),
            "sender": self.fingerprint(message.sender.address),
            "category": verdict.category.value,
            "confidence": float(verdict.confidence),
            "unsure": verdict.unsure,
            "flags": ",".join(flag.value for flag in Flag if flag in verdict.flags),
            "language": verdict.language,
            "model": verdict.model,
        }
        # The draft comes before the mark: where a mark stands, there was a draft.
        header_ids = {ActionKind.DRAFT: plan.reply.message_id if plan.reply else "", ActionKind.MARK: ""}
        todo = [(kind, header_id) for kind, header_id in header_ids.items() if kind in plan.actions]
        urgent = Flag.URGENT in verdict.flags
        return self._record(place, values, todo, plan.notify_at, urgent=urgent, hold_until=plan.hold_until, now=now)

    def set_aside(
        self, place: Place, reason: str, due_at: datetime | None, now: datetime, *, digest: str, sender: str = ""
    ) -> Known:
        """Record a message that could not be read or judged, and that somebody is to be told so.

        Args:
            place: where it lies.
            reason: why, without a word of the message.
            due_at: when somebody is to be told.
            now: aware.
            digest: by which it is recognised elsewhere; empty where nothing of it could be had.
            sender: the address it is from, where that is known.
        """
        values = {
            "fingerprint": self.fingerprint(digest or f"unread {place}"),
            "sender": self.fingerprint(sender or f"unread {place}"),
            "failure": discreet(reason)[:300],
        }
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
        hold_until: datetime | None = None,
    ) -> Known:
        where = {"account": place.account, "folder": place.folder, "uidvalidity": place.uidvalidity, "uid": place.uid}
        with writing(self._engine) as connection:
            insert = schema.messages.insert().values(**where, seen_at=now, **values)
            (message,) = connection.execute(insert).inserted_primary_key or (0,)
            for kind, header_id in todo:
                connection.execute(
                    schema.intents.insert().values(message=message, kind=kind, made_at=now, header_id=header_id)
                )
            if due_at is not None:
                connection.execute(schema.notifications.insert().values(message=message, due_at=due_at, urgent=urgent))
            if hold_until is not None:
                hold = {"message": message, "origin": place.folder, "due_at": hold_until, "made_at": now}
                connection.execute(schema.holds.insert().values(**hold))
            row = connection.execute(select(schema.messages).where(schema.messages.c.id == message)).one()
        return known_from(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it

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
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        return [intent_from(row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's public name for it

    def begin_append(self, intent: int, folder: str, uidvalidity: int, uidnext: int, now: datetime) -> None:
        """Note the state of the target folder just before an APPEND."""
        values = {"folder": folder, "uidvalidity": uidvalidity, "uidnext": uidnext, "begun_at": now}
        self._change(intent, **values)

    def append_refused(self, intent: int) -> None:
        """The APPEND is certain not to have happened: it is as if it had not begun."""
        self._change(intent, folder="", uidvalidity=0, uidnext=0, begun_at=None)

    def settle(self, intent: int, outcome: str, now: datetime, *, state: str = "done") -> None:
        """Close an intent: ``done``, or ``dropped`` or ``gone`` (see ``schema.intents``) for the reason given."""
        self._change(intent, state=state, outcome=discreet(outcome)[:300], settled_at=now)

    def note(self, intent: int, outcome: str) -> None:
        """Say why an intent is still open."""
        self._change(intent, outcome=discreet(outcome)[:300])

    # -- privacy

    def held_from(self, address: str) -> int:
        """How many messages from an address are kept out of the inbox just now. Forgotten while they lie there, they
        would be met as strangers when they come back, and stored anew."""
        table, active = schema.messages, schema.holds.c.state.in_(("open", "held", "leaving"))
        held = select(schema.holds.c.message).where(active)
        query = select(func.count()).where(table.c.sender == self.fingerprint(address.lower()), table.c.id.in_(held))
        with reading(self._engine) as connection:
            return int(connection.execute(query).scalar_one())

    def forget_sender(self, address: str) -> int:
        """Remove everything about mail from an address, corrections too; returns how many messages that were."""
        table, sender = schema.messages, self.fingerprint(address.lower())
        with writing(self._engine) as connection:
            connection.execute(delete(schema.corrections).where(schema.corrections.c.sender == sender))
            threads = select(table.c.thread).where(table.c.sender == sender)
            connection.execute(delete(schema.rings).where(schema.rings.c.thread.in_(threads)))
            return connection.execute(delete(table).where(table.c.sender == sender)).rowcount

    def forget_before(self, moment: datetime) -> int:
        """Remove what is stored about messages seen before a moment and settled since; returns how many."""
        table = schema.messages
        waiting = select(schema.intents.c.message).where(schema.intents.c.state == "open")
        untold = select(schema.notifications.c.message).where(schema.notifications.c.state == "waiting")
        held = select(schema.holds.c.message).where(schema.holds.c.state.in_(("open", "held", "leaving")))
        busy = table.c.id.in_(waiting) | table.c.id.in_(untold) | table.c.id.in_(held)
        where = (table.c.seen_at < moment) & ~busy
        digests = (schema.digests.c.made_at < moment) & schema.digests.c.state.in_(("gone", "failed"))
        with writing(self._engine) as connection:
            connection.execute(delete(schema.digests).where(digests))
            connection.execute(delete(schema.rings).where(schema.rings.c.at < moment))
            return connection.execute(delete(table).where(where)).rowcount

    def _change(self, intent: int, **values: object) -> None:
        with writing(self._engine) as connection:
            connection.execute(update(schema.intents).where(schema.intents.c.id == intent).values(**values))

    def _known(self, query: Select[Any]) -> Known | None:
        with reading(self._engine) as connection:
            row = connection.execute(query).first()
        return None if row is None else known_from(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it


def _at(place: Place) -> ColumnElement[bool]:
    table = schema.messages
    return (
        (table.c.account == place.account)
        & (table.c.folder == place.folder)
        & (table.c.uidvalidity == place.uidvalidity)
        & (table.c.uid == place.uid)
    )


def _nowhere(which: ColumnElement[bool]) -> Any:
    """Messages without a place; each keeps a place of its own in the table, which wants them all to differ."""
    return update(schema.messages).where(which).values(folder="", uidvalidity=0, uid=schema.messages.c.id)
