"""A server in memory with its ``Mailbox``: for tests that order faults, and for the plainest of demonstrations."""

from mailtriage.act.memory.mailbox import MemoryMailbox
from mailtriage.act.memory.server import MemoryServer
from mailtriage.act.memory.state import MemoryFolder, MemoryMessage

__all__ = ["MemoryFolder", "MemoryMailbox", "MemoryMessage", "MemoryServer"]
