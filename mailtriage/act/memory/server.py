"""A server in memory, whose faults a test orders."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from mailtriage.act.mailbox import Marking
from mailtriage.act.memory.mailbox import MemoryMailbox
from mailtriage.act.memory.state import WHERE, MemoryState
from mailtriage.errors import ConnectionLostError, LoginRefusedError


class MemoryServer(MemoryState):
    """Accounts and folders in memory, and the faults that a test orders.

    Each account starts with INBOX, Drafts and Sent. Safe for use by several threads.

    Args:
        marking: how it lets messages be marked.
        move, uidplus, idle, special_use: the extensions that it has.

    Attributes:
        drop_marks: answer OK to a mark and forget it (pymap).
        refuse_appends: refuse every APPEND with OVERQUOTA.
        logins: how many logins succeeded.
    """

    def __init__(
        self,
        *,
        marking: Marking = Marking.KEYWORD,
        move: bool = True,
        uidplus: bool = True,
        idle: bool = True,
        special_use: bool = True,
    ) -> None:
        super().__init__(marking=marking, move=move, uidplus=uidplus, idle=idle, special_use=special_use)
        self.logins = 0
        self._down = False
        self._passwords: dict[str, str] = {}
        self._connections: list[MemoryMailbox] = []

    def add_account(self, name: str, password: str = "geheim") -> None:  # noqa: S107  # a server of tests
        """Make an account with INBOX, Drafts and Sent."""
        self._passwords[name] = password
        self.accounts[name] = {}
        for folder in ("INBOX", "Drafts", "Sent"):
            self.create(name, folder)

    def connect(self, account: str, password: str | None = None) -> MemoryMailbox:
        """Log in; ``password`` None means the right one. Raises as ``mailtriage.act.imap.connect`` does."""
        with self.changed:
            if self._down or self.lost("before", "connect", account):
                raise ConnectionLostError("nothing listens there", WHERE)
            if account not in self._passwords or password not in (None, self._passwords[account]):
                raise LoginRefusedError("the server refused the login", WHERE)
            self.logins += 1
            mailbox = MemoryMailbox(self, account)
            self._connections.append(mailbox)
            return mailbox

    def renumber(self, account: str, name: str = "INBOX") -> None:
        """Give a folder a new UIDVALIDITY and its messages new UIDs, as a restored backup does."""
        with self.changed:
            old = self.folder(account, name)
            renumbered = replace(old, uidvalidity=next(self.validities), uidnext=1, messages={})
            for message in old.messages.values():
                renumbered.add(message)
            self.accounts[account][old.name] = renumbered
            self.cut(account)

    def lose(self, when: Literal["before", "after"], call: str, *, account: str | None = None) -> None:
        """Order one loss of the connection before or after the next ``call`` (a method of ``Mailbox``, or ``connect``)
        takes effect; of any account, or of this one."""
        self.losses.append((when, call, account))

    def cut(self, account: str | None = None) -> None:
        """Cut every connection, or those of one account."""
        with self.changed:
            for mailbox in self._connections:
                if account in (None, mailbox.account):
                    mailbox.dead = True
            self._connections = [mailbox for mailbox in self._connections if not mailbox.dead]
            self.changed.notify_all()

    def stop(self) -> None:
        """Cut everything and take no connection until ``start``."""
        self._down = True
        self.cut()

    def start(self) -> None:
        """Take connections again."""
        self._down = False
