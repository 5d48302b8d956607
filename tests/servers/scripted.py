"""A server that says exactly what a test tells it to: the bad habits of servers, one script each."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self

from mailtriage.act.imap import Connection, ImapMailbox, connect

_TIMEOUT = 20.0


class Conversation:
    """One connection, seen from the server.

    Attributes:
        commands: what the client said, without tags.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._lines = connection.makefile("rb")
        self.commands: list[str] = []
        self.tag = ""

    def send(self, *lines: str) -> None:
        """Send lines in one packet; ``{tag}`` stands for the tag of the last command."""
        self.send_raw("".join(line.replace("{tag}", self.tag) + "\r\n" for line in lines).encode())

    def send_raw(self, data: bytes) -> None:
        """Send bytes as they are."""
        self._connection.sendall(data)

    def command(self, expected: str = "") -> str:
        """Read a command, which must contain ``expected``; returns it without its tag."""
        line = self._lines.readline().decode().rstrip("\r\n")
        self.tag, _, said = line.partition(" ")
        self.commands.append(said)
        if expected not in said:
            raise AssertionError(f"expected {expected!r}, the client said {line!r}")
        return said

    def line(self) -> str:
        """Read a line that is no command (DONE, a SASL answer, the octets of a literal)."""
        return self._lines.readline().decode().rstrip("\r\n")

    def answer(self, expected: str, *lines: str) -> None:
        """Read a command, send the lines and then OK."""
        self.command(expected)
        self.send(*lines, "{tag} OK done")

    def log_in(self, capabilities: str = "") -> None:
        """Greeting to login, with these capabilities."""
        self.send("* OK ready")
        self.answer("CAPABILITY", f"* CAPABILITY IMAP4rev1 {capabilities}")
        self.answer("LOGIN")
        self.answer("CAPABILITY", f"* CAPABILITY IMAP4rev1 {capabilities}")

    def open(self, capabilities: str = "", *, keywords: bool = True) -> None:
        """Greeting to an open folder with one message, UID 5."""
        self.log_in(capabilities)
        self.answer("SELECT", *self.folder(keywords=keywords))

    @staticmethod
    def folder(*, keywords: bool = True) -> tuple[str, ...]:
        """What SELECT says of that folder."""
        permanent = "(\\Seen \\*)" if keywords else "(\\Seen)"
        return (
            "* 1 EXISTS",
            "* FLAGS (\\Seen)",
            f"* OK [PERMANENTFLAGS {permanent}] flags",
            "* OK [UIDVALIDITY 7] v",
            "* OK [UIDNEXT 6] n",
        )

    def close(self) -> None:
        """Hang up."""
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        self._lines.close()

    def until_closed(self) -> None:
        """Read on, and answer nothing but LOGOUT, until the client goes."""
        with contextlib.suppress(OSError):
            while line := self._lines.readline():
                if line.rstrip().endswith(b"LOGOUT"):
                    self.send_raw(b"* BYE\r\n" + line.split()[0] + b" OK done\r\n")


Script = Callable[[Conversation], None]


class ScriptedServer:
    """Plays ``script`` to each client that connects, then closes the connection. As a context manager it raises at the
    end what went wrong in the script."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._failures: list[BaseException] = []
        self._threads: list[threading.Thread] = []
        self.port: int = self._listener.getsockname()[1]
        self.conversations: list[Conversation] = []

    @property
    def commands(self) -> list[str]:
        """What the last client said."""
        return self.conversations[-1].commands

    def connection(self, timeout: float = _TIMEOUT) -> Connection:
        """How mailtriage connects to this server."""
        return Connection("127.0.0.1", self.port, "none", "alice", lambda: "geheim", timeout=timeout)

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(_TIMEOUT)
        if self._failures and error is None:
            raise self._failures[0]

    def _start(self, target: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                connection.settimeout(_TIMEOUT)
                self._start(self._play, connection)

    def _play(self, connection: socket.socket) -> None:
        conversation = Conversation(connection)
        self.conversations.append(conversation)
        try:
            with connection, contextlib.closing(conversation):
                self._script(conversation)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the client had enough
        except BaseException as failure:  # told at the end of the test
            self._failures.append(failure)


@contextlib.contextmanager
def opened(script: Script, timeout: float = 20.0) -> Iterator[tuple[ImapMailbox, ScriptedServer]]:
    """A connection to a scripted server, with its INBOX open."""
    with ScriptedServer(script) as server:
        mailbox = connect(server.connection(timeout))
        try:
            mailbox.open("INBOX")
            yield mailbox, server
        finally:
            mailbox.close()
