"""Mail that is kept out of the inbox until its moment, and what somebody asked the service to release."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import LABEL_STYLE_TABLENAME_PLUS_COL, Engine, delete, func, select, update

from mailtriage.store import schema
from mailtriage.store.discreet import discreet
from mailtriage.store.known import Known, known_from
from mailtriage.store.transactions import reading, writing


class HoldState(StrEnum):
    """See ``schema.holds``."""

    OPEN = "open"
    HELD = "held"
    LEAVING = "leaving"
    DONE = "done"
    DROPPED = "dropped"


class Asked(StrEnum):
    """What somebody asked to be released: what is due, or everything."""

    DUE = "due"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Hold:
    """One message that is, or is about to be, out of the inbox; the fields are those of ``schema.holds``."""

    id: int
    message: Known
    origin: str
    state: HoldState
    due_at: datetime
    made_at: datetime
    outcome: str


class Holds:
    """The holds of one store. Safe for use by several threads: each call is one transaction."""

    def __init__(self, engine: Engine) -> None:
        """Take a migrated database into use."""
        self._engine = engine

    def of(self, account: str, *states: HoldState, message: int | None = None) -> list[Hold]:
        """The holds of an account in these states, or those of one message, oldest first."""
        table, owner = schema.holds, schema.messages
        query = (
            select(table, owner)
            .join(owner, table.c.message == owner.c.id)
            .where(owner.c.account == account, table.c.state.in_(states))
            .order_by(table.c.id)
            .set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)
        )
        if message is not None:
            query = query.where(table.c.message == message)
        with reading(self._engine) as connection:
            rows = [row._mapping for row in connection.execute(query)]  # noqa: SLF001 - SQLAlchemy's public name for it
        return [
            Hold(
                id=row["holds_id"],
                message=known_from(row, "messages_"),
                origin=row["holds_origin"],
                state=HoldState(row["holds_state"]),
                due_at=row["holds_due_at"],
                made_at=row["holds_made_at"],
                outcome=row["holds_outcome"],
            )
            for row in rows
        ]

    def adopt(self, message: int, origin: str, due_at: datetime, now: datetime) -> None:
        """Note that a message was found in the folder for later and stays there until ``due_at``."""
        values = {"message": message, "origin": origin, "state": HoldState.HELD, "due_at": due_at, "made_at": now}
        with writing(self._engine) as connection:
            connection.execute(schema.holds.insert().values(**values))

    def postpone(self, holds: Iterable[int], due_at: datetime) -> None:
        """These are due at another moment: the schedules have changed."""
        self._change(holds, due_at=due_at)

    def enter(self, holds: Iterable[int], state: HoldState, outcome: str = "") -> None:
        """These go on in another state that is not the end."""
        self._change(holds, state=state, outcome=discreet(outcome)[:300])

    def settle(self, hold: int, state: HoldState, outcome: str, now: datetime) -> None:
        """This is at its end: ``done`` or ``dropped``, for the reason given."""
        self._change([hold], state=state, outcome=discreet(outcome)[:300], settled_at=now)

    def waiting(self, account: str) -> tuple[int, datetime | None]:
        """How many messages of an account lie in the hold, and when the next is due."""
        table, owner = schema.holds, schema.messages
        query = (
            select(func.count(), func.min(table.c.due_at))
            .select_from(table.join(owner))
            .where(owner.c.account == account, table.c.state.in_((HoldState.HELD, HoldState.LEAVING)))
        )
        with reading(self._engine) as connection:
            count, due = connection.execute(query).one()
        return int(count), due

    # -- asked from beside a running service

    def ask(self, account: str, what: Asked) -> None:
        """Ask whoever works on the account to release at its next look. ``ALL`` stands where both are asked."""
        before = self.asked(account)
        if before in (what, Asked.ALL):
            return
        with writing(self._engine) as connection:
            connection.execute(delete(schema.facts).where(schema.facts.c.key == _key(account)))
            connection.execute(schema.facts.insert().values(key=_key(account), value=what.value))

    def asked(self, account: str) -> Asked | None:
        """What is asked and not yet done."""
        with reading(self._engine) as connection:
            query = select(schema.facts.c.value).where(schema.facts.c.key == _key(account))
            value = connection.execute(query).scalar()
        return None if value is None else Asked(value)

    def answered(self, account: str, what: Asked) -> None:
        """This is done; what was asked beyond it meanwhile still stands."""
        mine = (schema.facts.c.key == _key(account)) & (schema.facts.c.value == what.value)
        with writing(self._engine) as connection:
            connection.execute(delete(schema.facts).where(mine))

    def _change(self, holds: Iterable[int], **values: object) -> None:
        chosen = list(holds)
        if chosen:
            with writing(self._engine) as connection:
                for start in range(0, len(chosen), 500):  # databases limit how many values one statement names
                    some = chosen[start : start + 500]
                    connection.execute(update(schema.holds).where(schema.holds.c.id.in_(some)).values(**values))


def _key(account: str) -> str:
    return f"release {hashlib.sha256(account.encode()).hexdigest()[:24]}"
