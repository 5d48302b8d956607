"""A TCP relay in front of a server: counts what passes, and cuts connections at a moment that the test chooses."""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
from types import TracebackType
from typing import Self


class Relay:
    """Passes connections to a port of its own, on ``host``, on to ``port``.

    Attributes:
        port: where to connect.
        received: bytes that the server sent, of all connections.
    """

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self._target = port
        self._listener = socket.create_server((host, 0))
        self.port: int = self._listener.getsockname()[1]
        self.received = 0
        self._cut_at_request = False
        self._cut_after: int | None = None
        self._lock = threading.Lock()
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Cut every connection now."""
        with self._lock:
            pairs, self._pairs = self._pairs, []
        for pair in pairs:
            for end in pair:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def cut_at_next_request(self) -> None:
        """Cut every connection when a client next sends something; the server does not get it."""
        self._cut_at_request = True

    def cut_after(self, received: int) -> None:
        """Cut every connection once the server has sent that many bytes more, in the middle of whatever it is."""
        self._cut_after = self.received + received

    def close(self) -> None:
        """Cut everything and listen no more."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._target))
                for end in (client, server):
                    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                with self._lock:
                    self._pairs.append((client, server))
                threading.Thread(target=self._pass_on, args=(client, server), daemon=True).start()

    def _pass_on(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError), client, server, selectors.DefaultSelector() as selector:
            selector.register(client, selectors.EVENT_READ, server)
            selector.register(server, selectors.EVENT_READ, client)
            while True:
                for key, _ in selector.select():
                    source: socket.socket = key.fileobj  # type: ignore[assignment]  # only sockets are registered
                    data = self._allowed(source.recv(65536), from_client=source is client)
                    if not data:
                        return
                    key.data.sendall(data)

    def _allowed(self, data: bytes, *, from_client: bool) -> bytes:
        if from_client:
            if self._cut_at_request:
                self._cut_at_request = False
                return b""
            return data
        if self._cut_after is not None and self.received + len(data) >= self._cut_after:
            self._cut_after = None
            return b""
        self.received += len(data)
        return data
