"""What the store can say about an account, for ``mailtriage status``."""

from __future__ import annotations

from sqlalchemy import Engine, func, select

from mailtriage.store import schema
from mailtriage.store.known import AccountState
from mailtriage.store.transactions import reading


class Report:
    """Questions to the store that change nothing."""

    def __init__(self, engine: Engine) -> None:
        """Take a migrated database into use."""
        self._engine = engine

    def counts(self, account: str) -> dict[str, int]:
        """How many messages of an account were seen, failed, and have open intents."""
        table = schema.messages
        mine = table.c.account == account
        queries = {
            "seen": select(func.count()).select_from(table).where(mine),
            "failed": select(func.count()).select_from(table).where(mine, table.c.failure.is_not(None)),
            "open": select(func.count())
            .select_from(schema.intents.join(table))
            .where(mine, schema.intents.c.state == "open"),
        }
        with reading(self._engine) as connection:
            return {name: connection.execute(query).scalar_one() for name, query in queries.items()}

    def account(self, name: str) -> AccountState:
        """What is known of an account; all None before the first contact."""
        table = schema.accounts
        query = select(table.c.last_contact, table.c.trouble, table.c.trouble_since).where(table.c.name == name)
        with reading(self._engine) as connection:
            row = connection.execute(query).first()
        return AccountState(None, None, None) if row is None else AccountState(*row)

    def failures(self, account: str, most: int = 20) -> list[str]:
        """The newest messages that could not be judged: where they lie, and why."""
        table = schema.messages
        where = (table.c.account == account) & table.c.failure.is_not(None)
        query = select(table).where(where).order_by(table.c.id.desc()).limit(most)
        with reading(self._engine) as connection:
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
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        return [f"{row.kind} for {row.folder} UID {row.uid}: {row.outcome or 'not tried yet'}" for row in rows]
