"""A real HTTP server that Apprise rings (``json://``), and that remembers every byte it was sent."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from typing import Any

from tests.servers import unavailable


class BellServer(ThreadingHTTPServer):
    """Listens on the loopback; ``status`` is what it answers."""

    daemon_threads = True

    def __init__(self) -> None:
        """Take a free port."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status = 200
        self.raw: list[bytes] = []
        """Each request as it came: its first line, header and body."""
        self.rung: list[tuple[str, dict[str, Any]]] = []
        """The path and the JSON of each request that was answered with 200."""

    def url(self, path: str = "school") -> str:
        """An Apprise URL of this server."""
        return f"json://127.0.0.1:{self.server_address[1]}/{path}"

    def words(self, path: str = "school") -> list[str]:
        """The messages that rang at a path, in order."""
        return [body["message"] for at, body in self.rung if at == f"/{path}"]


class _Handler(BaseHTTPRequestHandler):
    server: BellServer

    def do_POST(self) -> None:
        """Remember, and answer."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.raw.append(f"{self.requestline}\n{self.headers}".encode() + body)
        if self.server.status == 200:
            self.server.rung.append((self.path, json.loads(body)))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""


@contextlib.contextmanager
def bell_server() -> Iterator[BellServer]:
    """A server that runs; skips (in CI: fails) where nobody could ring it."""
    if find_spec("apprise") is None:
        unavailable("Apprise", "pip install 'mailtriage[apprise]'")
    with BellServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
