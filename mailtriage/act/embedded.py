"""An IMAP server inside this process, on the loopback: pymap with its dictionary backend, in a thread of its own.

Mail lives in memory and is gone with the server. It is a plain server on purpose: MOVE, UIDPLUS and IDLE, no keywords
(it answers OK and drops them), no SPECIAL-USE. Import this module only where a server is wanted: pymap is not small.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from argparse import Namespace
from collections.abc import Awaitable, Callable, Iterable, Mapping
from types import TracebackType
from typing import Self
from uuid import uuid4

from proxyprotocol.result import ProxyResultLocal
from proxyprotocol.sock import SocketInfo
from pymap.backend.dict import Config, Login
from pymap.backend.dict.filter import FilterSet
from pymap.backend.dict.mailbox import MailboxSet
from pymap.concurrent import Subsystem
from pymap.imap import IMAPServer
from pymap.user import Passwords, UserMetadata
from pysasl.hashing import BuiltinHash

from mailtriage.act.imap import Connection
from mailtriage.errors import MailboxError

_START_LIMIT = 20.0
_STOP_LIMIT = 10.0


class EmbeddedServer:
    """A server with these accounts; a context manager that starts and stops it.

    Args:
        accounts: passwords by login name.
        folders: what each account has beside INBOX.

    Raises ``MailboxError`` where it cannot start.
    """

    host = "127.0.0.1"

    def __init__(self, accounts: Mapping[str, str], folders: Iterable[str] = ("Drafts", "Sent")) -> None:
        self.accounts = dict(accounts)
        self.port = 0
        self._folders = tuple(folders)
        self._thread: threading.Thread | None = None
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._over: asyncio.Event | None = None
        self._connections: set[asyncio.Task[None]] = set()

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._run, name="embedded-imap", daemon=True)
        self._thread.start()
        if not self._ready.wait(_START_LIMIT) or self._failure is not None:
            raise MailboxError(
                "the embedded IMAP server did not start", self.host, "run it again with --debug"
            ) from self._failure
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Cut every connection and stop; nothing is left behind. Stopping twice is no error."""
        if self._loop is not None and self._over is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._over.set)
        if self._thread is not None:
            self._thread.join(_STOP_LIMIT)
            self._thread = None

    def connection(self, name: str, *, password: str | None = None, timeout: float = 20.0) -> Connection:
        """How to connect to an account; unprotected, since it never leaves this machine."""
        secret = self.accounts.get(name, "") if password is None else password
        return Connection(self.host, self.port, "none", name, lambda: secret, timeout=timeout)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # told to the thread that waits for the start
            self._failure = error
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._over = asyncio.Event()
        config = _Config.for_loopback()
        config.apply_context()
        login = await self._login(config)
        listener = socket.create_server((self.host, 0))
        server = await asyncio.start_server(self._served(login, config), sock=listener)
        self.port = listener.getsockname()[1]
        self._ready.set()
        await self._over.wait()
        server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    def _served(
        self, login: Login, config: Config
    ) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
        server = IMAPServer(login, config)

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            connection = asyncio.current_task()
            if connection is not None:
                self._connections.add(connection)
                connection.add_done_callback(self._connections.discard)
            await server(reader, writer, SocketInfo.get(writer, ProxyResultLocal(), unique_id=uuid4().bytes))

        return serve

    async def _login(self, config: Config) -> Login:
        login = Login(config)
        for name, password in self.accounts.items():
            hashed = await Passwords(config).hash_password(password)
            login.users_dict[name] = UserMetadata(config, name, password=hashed)
            mailboxes = MailboxSet()
            for folder in self._folders:
                await mailboxes.add_mailbox(folder)
                await mailboxes.set_subscribed(folder, True)
            config.set_cache[name] = (mailboxes, FilterSet())
        return login


class _Config(Config):
    """pymap's settings for a server that nobody else can reach."""

    @classmethod
    def for_loopback(cls) -> Self:
        return cls(
            Namespace(passlib_cfg=None, proxy_protocol=None),
            host=EmbeddedServer.host,
            port=0,
            demo_data=False,
            demo_user="",
            demo_password="",
            tls_enabled=False,
            invalid_user_sleep=0.0,
            # These passwords protect invented mail on the loopback: one round instead of 500,000, which take 0.3 s.
            hash_context=BuiltinHash(rounds=1),
            cpu_subsystem=Subsystem.for_asyncio(),
        )

    @property
    def greeting(self) -> bytes:
        """The greeting; pymap would look up this machine's name, and wait for the resolver."""
        return b"Server ready"
