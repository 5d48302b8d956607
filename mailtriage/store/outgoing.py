"""Replies that teachers gave us to send: what was begun, what is known of it, and what is never tried again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Engine, delete, func, or_, select, update

from mailtriage.errors import StoreError
from mailtriage.store import schema
from mailtriage.store.discreet import discreet
from mailtriage.store.transactions import reading, shown, writing


class State(StrEnum):
    """How far a submission is; see ``schema.outgoing``."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True)
class Submission:
    """One mail that a teacher wants sent.

    ``due_at`` is when there is something to do about it: to send it, to look for its copy, to tell the teacher.
    ``begun_at`` is when it was sent, or while it waits, since when that fails. ``settled_at`` is when nothing was left
    to do: the copy lies in Sent and the mail is gone from the folder, or the teacher was told.
    """

    id: int
    fingerprint: str
    header_id: str
    state: State
    due_at: datetime
    begun_at: datetime | None
    settled_at: datetime | None
    copied: bool
    uidvalidity: int
    uidnext: int
    outcome: str


class Submissions:
    """Submissions in the store. Each call is one transaction."""

    def __init__(self, engine: Engine) -> None:
        """Take a migrated database into use."""
        self._engine = engine

    def of(self, account: str) -> dict[str, Submission]:
        """Everything that is known of an account's submissions, by fingerprint, oldest first."""
        table = schema.outgoing
        query = select(table).where(table.c.account == account).order_by(table.c.id)
        with reading(self._engine) as connection:
            rows = [row._mapping for row in connection.execute(query)]  # noqa: SLF001 - SQLAlchemy's public name for it
        return {row["fingerprint"]: _submission(row) for row in rows}

    def add(self, account: str, fingerprint: str, header_id: str, due_at: datetime, *, unfit: str = "") -> Submission:
        """A mail that was found for the first time: it waits until ``due_at``, or is refused for being ``unfit``."""
        state = State.REFUSED if unfit else State.WAITING
        values = {"account": account, "fingerprint": fingerprint, "header_id": header_id}
        table = schema.outgoing
        with writing(self._engine) as connection:
            connection.execute(table.insert().values(state=state, due_at=due_at, outcome=unfit[:300], **values))
            row = connection.execute(
                select(table).where(table.c.account == account, table.c.fingerprint == fingerprint)
            )
            return _submission(row.one()._mapping)  # noqa: SLF001 - as above

    def postpone(self, submissions: Iterable[int], due_at: datetime) -> None:
        """There is nothing to do about these before ``due_at``."""
        table = schema.outgoing
        with writing(self._engine) as connection:
            connection.execute(update(table).where(table.c.id.in_(list(submissions))).values(due_at=due_at))

    def begin(self, submission: int, now: datetime) -> None:
        """It goes out from now on; whatever happens until ``end`` or ``wait``, nobody can say that it did not.

        Raises:
            StoreError: it was not waiting, so that nothing may be sent.
        """
        table = schema.outgoing
        mine = (table.c.id == submission) & (table.c.state == State.WAITING)
        with writing(self._engine) as connection:
            if connection.execute(update(table).where(mine).values(state=State.SENDING, begun_at=now)).rowcount != 1:
                raise StoreError("a mail that is to be sent is not waiting any more", where=shown(self._engine))

    def wait(self, submission: int, since: datetime, due_at: datetime, outcome: str) -> None:
        """The server is certain not to have it: it is tried again, as it has been since ``since``."""
        self._change(submission, state=State.WAITING, begun_at=since, due_at=due_at, outcome=discreet(outcome)[:300])

    def end(self, submission: int, state: State, due_at: datetime, outcome: str = "") -> None:
        """What became of it; ``due_at`` is when its copy is due, or the teacher may be told."""
        self._change(submission, state=state, due_at=due_at, outcome=discreet(outcome)[:300])

    def begin_copy(self, submission: int, uidvalidity: int, uidnext: int, due_at: datetime) -> None:
        """Note the state of Sent just before the copy is appended, and when it is looked for if nobody confirms it."""
        self._change(submission, uidvalidity=uidvalidity, uidnext=uidnext, due_at=due_at)

    def copied(self, submission: int) -> None:
        """The copy lies in Sent."""
        self._change(submission, copied=True)

    def settle(self, submission: int, now: datetime, outcome: str | None = None) -> None:
        """There is nothing left to do about it; ``outcome`` where there is another than before."""
        said = {} if outcome is None else {"outcome": outcome[:300]}
        self._change(submission, settled_at=now, **said)

    def forget(self, submissions: Iterable[int]) -> None:
        """Remove these. The same mail would be taken for a new one."""
        table = schema.outgoing
        with writing(self._engine) as connection:
            connection.execute(delete(table).where(table.c.id.in_(list(submissions))))

    def next_due(self, account: str) -> datetime | None:
        """When there is next something to do."""
        table = schema.outgoing
        open_ones = or_(table.c.state == State.WAITING, table.c.settled_at.is_(None))
        with reading(self._engine) as connection:
            query = select(func.min(table.c.due_at)).where(table.c.account == account, open_ones)
            return connection.execute(query).scalar()

    def counts(self, account: str) -> dict[State, int]:
        """How many there are in each state."""
        table = schema.outgoing
        query = select(table.c.state, func.count()).where(table.c.account == account).group_by(table.c.state)
        with reading(self._engine) as connection:
            found = {row[0]: row[1] for row in connection.execute(query)}
        return {state: found.get(state, 0) for state in State}

    def summary(self, account: str) -> dict[str, int | list[str]]:
        """For ``mailtriage status``: how many wait, are uncertain, were refused, and why they still wait."""
        counts = self.counts(account)
        waits = (row for row in self.of(account).values() if row.state is State.WAITING and row.outcome)
        shown_states = (State.WAITING, State.UNCERTAIN, State.REFUSED)
        return {state.value: counts[state] for state in shown_states} | {
            "reasons": sorted({one.outcome for one in waits})
        }

    def _change(self, submission: int, **values: object) -> None:
        with writing(self._engine) as connection:
            connection.execute(update(schema.outgoing).where(schema.outgoing.c.id == submission).values(**values))


def _submission(row: object) -> Submission:
    value = {name: row[name] for name in Submission.__slots__}  # type: ignore[index]  # SQLAlchemy's RowMapping
    return Submission(**value | {"state": State(value["state"])})
