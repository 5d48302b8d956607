"""The bytes between this program and a server: bounded, buffered here, and never logged.

``imaplib`` reads through a file object whose buffer nobody can look into, allocates what a server announces, and
cannot read on after a time-out. ``Wire`` keeps its own buffer instead, so that waiting (``waiting.py``) knows what has
arrived, and a server that announces 10 GB is not believed.
"""

from __future__ import annotations

import imaplib
import logging
import socket
import ssl
from collections.abc import Iterable, Mapping
from typing import Any

from imapclient import IMAPClient
from imapclient.response_parser import parse_response

LITERAL_LIMIT = 16 * 1024 * 1024
"""The longest literal that is read. We ask for capped parts only, so that more than this is not an answer to us."""

LINE_LIMIT = 8 * 1024 * 1024
"""The longest line that is read: a SEARCH answer with about a million UIDs."""

ALLOWANCE = 64 * 1024 * 1024
"""Octets that a server may send in answer to one command, all together."""

LINES = 200_000
"""Lines that a server may send in answer to one command."""

CHUNK = 64 * 1024

Row = Mapping[bytes, Any]
"""One FETCH answer: upper-cased item names, values as nested tuples of bytes, int and None."""


def keep_bodies_out_of_logs() -> None:
    """Pin imapclient's loggers at INFO: on DEBUG they write commands and message texts."""
    for name in ("imapclient", "imapclient.imaplib", "imapclient.imapclient"):
        logging.getLogger(name).setLevel(logging.INFO)


class Wire(imaplib.IMAP4):
    """An ``imaplib`` connection with a buffer and limits of our own. ``context`` None means no TLS from the start."""

    def __init__(self, host: str, port: int, timeout: float, context: ssl.SSLContext | None) -> None:
        self._context = context
        self.incoming = bytearray()
        self._allowance = ALLOWANCE
        self._lines = LINES
        super().__init__(host, port, timeout)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        plain = socket.create_connection((self.host, self.port), timeout)
        # A command with a literal goes out in pieces; without this each piece waits 40 ms for the other side's ACK.
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._context is None:
            return plain
        try:
            return self._context.wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise

    def starttls(self, ssl_context: ssl.SSLContext | None = None) -> Any:
        """STARTTLS (RFC 3501 §6.2.1). Bytes that came before the handshake are an attack (CVE-2011-0411): abort."""
        if ssl_context is None:
            raise self.abort("no TLS context given")
        typ, data = self._simple_command("STARTTLS")
        if typ != "OK":
            raise self.error("STARTTLS refused")
        if self.incoming:
            raise self.abort("bytes before the TLS handshake")
        self.sock = ssl_context.wrap_socket(self.sock, server_hostname=self.host)
        self._tls_established = True
        self._get_capabilities()
        return typ, data

    def send(self, data: Any) -> None:
        """Send a command or literal; what the server may answer is counted anew."""
        self._allowance = ALLOWANCE
        self._lines = LINES
        super().send(data)

    def read(self, size: int) -> bytes:
        """The next ``size`` bytes, fewer at the end of the stream. Raises ``abort`` above ``LITERAL_LIMIT``."""
        if size > LITERAL_LIMIT:
            raise self.abort("a literal beyond the limit was announced")
        while len(self.incoming) < size and self._receive():
            pass
        return self._take(size)

    def readline(self) -> bytes:
        """The next line with its end; what is left at the end of the stream."""
        seen = 0
        self._lines -= 1
        if self._lines < 0:
            raise self.abort("more lines were sent than any answer has")
        while (end := self.incoming.find(b"\n", seen)) < 0:
            seen = len(self.incoming)
            if seen > LINE_LIMIT:
                raise self.abort("a line beyond the limit was sent")
            if not self._receive():
                return self._take(seen)
        return self._take(end + 1)

    def take_in(self) -> bool:
        """Buffer what has arrived, without waiting. True where there is something to read; ``abort`` at the end.

        Reads until the socket would block, since TLS may hold decrypted bytes that no selector sees.
        """
        timeout = self.sock.gettimeout()
        self.sock.setblocking(False)
        try:
            while self._receive():
                pass
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return bool(self.incoming)
        finally:
            self.sock.settimeout(timeout)
        if not self.incoming:  # the end; but what was said before it, a BYE perhaps, is read first
            raise self.abort("socket error: EOF")
        return True

    def _receive(self) -> bool:
        data = self.sock.recv(CHUNK)
        self._allowance -= len(data)
        if self._allowance < 0:
            raise self.abort("more was sent than any answer holds")
        self.incoming += data
        return bool(data)

    def _take(self, size: int) -> bytes:
        data = bytes(self.incoming[:size])
        del self.incoming[:size]
        return data


class Client(IMAPClient):  # type: ignore[misc]  # imapclient has no stubs
    """imapclient over a ``Wire``, with a FETCH that believes no answer without a UID.

    Args:
        host, port: the server.
        timeout: seconds for connecting and for every read and write.
        context: the TLS context for TLS from the start; None for a plain connection (or STARTTLS later).
    """

    def __init__(self, host: str, port: int, *, timeout: float, context: ssl.SSLContext | None) -> None:
        self._wire_timeout = timeout
        super().__init__(host, port, ssl=context is not None, ssl_context=context, timeout=timeout)
        self._imap.debug = 0

    def _create_IMAP4(self) -> Wire:  # noqa: N802  # the name is imapclient's
        return Wire(self.host, self.port, self._wire_timeout, self.ssl_context)

    @property
    def wire(self) -> Wire:
        """The connection below."""
        wire: Wire = self._imap
        return wire

    def bye(self) -> str:
        """What the server said in BYE; empty where it did not."""
        said = (self.wire.untagged_responses.get("BYE") or [b""])[-1]
        return said.decode("ascii", "replace") if isinstance(said, bytes) else ""

    def forget_reports(self) -> bool:
        """Empty the heap of untagged responses, which grows until the next SELECT. True if it told of new messages."""
        reports = self.wire.untagged_responses
        news = "EXISTS" in reports
        reports.clear()
        return news

    def rows(self, uids: Iterable[int], items: Iterable[str]) -> dict[int, Row]:
        """UID FETCH (RFC 3501 §6.4.8): what came for these UIDs, by UID. An answer without UID may belong to any
        message and is dropped; several answers for one UID are joined."""
        wanted = sorted(set(uids))
        if not wanted:
            return {}
        self.wire.untagged_responses.pop("FETCH", None)
        message_set = ",".join(map(str, wanted))
        tag = self.wire._command("UID", "FETCH", message_set, f"({' '.join(items)})")  # noqa: SLF001
        typ, data = self.wire._command_complete("FETCH", tag)  # noqa: SLF001
        self._checkok("fetch", typ, data)
        _, data = self.wire._untagged_response(typ, data, "FETCH")  # noqa: SLF001
        return _by_uid(parse_response(data), frozenset(wanted))

    def store(self, uids: Iterable[int], item: str, values: Iterable[str]) -> None:
        """UID STORE; what the server answers is not believed, so nothing is returned."""
        message_set = ",".join(map(str, uids))
        self._command_and_check("store", message_set, item, f"({' '.join(values)})", uid=True)


def _by_uid(parsed: tuple[Any, ...], wanted: frozenset[int]) -> dict[int, Row]:
    rows: dict[int, dict[bytes, Any]] = {}
    for answer in parsed:
        if not isinstance(answer, tuple) or len(answer) % 2:
            continue
        names = [name.upper() if isinstance(name, bytes) else b"" for name in answer[::2]]
        row = dict(zip(names, answer[1::2], strict=True))
        uid = row.get(b"UID")
        if isinstance(uid, int) and uid in wanted:
            rows.setdefault(uid, {}).update(row)
    return dict(rows)
