"""The protocol of ManageSieve (RFC 5804 §4): strings, literals, answers, within a time and a size.

The libraries there are could not be used: see docs/architecture.md.
"""

from __future__ import annotations

import re
import socket
import ssl
import time
from dataclasses import dataclass

from mailtriage.act.imap.faults import classified, lost
from mailtriage.errors import MailboxError

LONGEST_LINE = 65_536
LARGEST_LITERAL = 4_000_000
MOST_ROWS = 10_000
_TEXT_LIMIT = 600
_LONGEST_QUOTED = 1024
"""RFC 5804 §4: quoted strings hold at most 1024 octets."""

_TOKEN = re.compile(
    rb'(?P<space> +)|"(?P<quoted>(?:[^"\\\r\n]|\\["\\])*)"|(?P<paren>[()])|(?P<atom>[^ ()"{\r\n]+)'
    rb"|\{(?P<size>[0-9]{1,10})\+?\}(?P<end>\r\n)"
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said to a command. ``rows`` are the lines before the last one, each as its strings and atoms.

    ``status`` is OK, NO or BYE; ``code`` the first word of the response code (RFC 5804 §1.3), in capitals; ``text`` is
    for people.
    """

    status: str
    code: str
    text: str
    rows: tuple[tuple[str, ...], ...]


def string(text: str) -> bytes:
    """A string as it is sent: quoted where it may be, else a literal that waits for nobody."""
    raw = text.encode()
    if len(raw) <= _LONGEST_QUOTED and not re.search(rb"[\r\n\0]", raw):
        return b'"' + raw.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
    return b"{%d+}\r\n%s" % (len(raw), raw)


class Wire:
    """One connection. Whatever goes wrong on it ends it: ``ConnectionLostError`` or ``MailboxError``."""

    def __init__(self, host: str, port: int, timeout: float) -> None:
        """Connect; ``timeout`` (seconds) holds for that and for each whole answer.

        Raises:
            ConnectionLostError: nobody answers there.
        """
        self._where = f"{host}:{port}"
        self._host = host
        self._timeout = timeout
        self._buffer = b""
        try:
            self._socket: socket.socket = socket.create_connection((host, port), timeout)
        except OSError as error:
            raise classified(error, self._where) from error

    @property
    def where(self) -> str:
        """Host and port, as errors name it."""
        return self._where

    def protect(self, context: ssl.SSLContext) -> None:
        """Go on in TLS, with the certificate verified.

        What the server said before is not to be believed after it: a piece that somebody slipped in behind its answer
        to STARTTLS would count as said in TLS.
        """
        if self._buffer:
            self.close()
            raise MailboxError("the server said more before TLS than it may", self._where, "is somebody in between?")
        try:
            self._socket.settimeout(self._timeout)
            self._socket = context.wrap_socket(self._socket, server_hostname=self._host)
        except OSError as error:
            self.close()
            raise classified(error, self._where) from error

    def send(self, *parts: bytes) -> None:
        """Send a line of parts, with a space between them."""
        try:
            self._socket.settimeout(self._timeout)
            self._socket.sendall(b" ".join(parts) + b"\r\n")
        except OSError as error:
            self.close()
            raise classified(error, self._where) from error

    def answer(self) -> Answer:
        """The answer to what was sent.

        Raises:
            ConnectionLostError: it does not come, or the server ends the connection (BYE).
            MailboxError: it is no ManageSieve.
        """
        until = time.monotonic() + self._timeout
        rows: list[tuple[str, ...]] = []
        while len(rows) < MOST_ROWS:
            tokens, is_string = self._line(until)
            if tokens and not is_string and tokens[0].upper() in {"OK", "NO", "BYE"}:
                return self._last(tokens, rows)
            rows.append(tuple(tokens))
        raise self._odd()

    def challenge(self) -> Answer | None:
        """The answer while logging in; None where the server asks for one more string first (RFC 5804 §2.1)."""
        tokens, is_string = self._line(time.monotonic() + self._timeout)
        return None if is_string or not tokens else self._last(tokens, [])

    def close(self) -> None:
        """End the connection; never raises."""
        self._socket.close()

    def _last(self, tokens: list[str], rows: list[tuple[str, ...]]) -> Answer:
        status, rest, code = tokens[0].upper(), tokens[1:], ""
        if status not in {"OK", "NO", "BYE"}:
            raise self._odd()
        if rest and rest[0] == "(":
            end = rest.index(")") if ")" in rest else len(rest)
            code, rest = (rest[1].upper() if end > 1 else ""), rest[end + 1 :]
        text = "".join(sign if sign.isprintable() else " " for sign in " ".join(rest))[:_TEXT_LIMIT].strip()
        if status == "BYE":
            self.close()
            raise lost(f"the server ended the connection: {text or code}", self._where)
        return Answer(status, code, text, tuple(rows))

    def _line(self, until: float) -> tuple[list[str], bool]:
        """The tokens of a line, and whether the first one is a string. A literal runs over line ends."""
        tokens: list[str] = []
        is_string = False
        while True:
            found = self._token(until)
            if found is None:
                return tokens, is_string
            text, quoted = found
            is_string = is_string or (quoted and not tokens)
            tokens.append(text)

    def _token(self, until: float) -> tuple[str, bool] | None:
        """The next token of the line, and whether it is a string; None at the end of the line."""
        while b"\r\n" not in self._buffer:
            if len(self._buffer) > LONGEST_LINE:
                raise self._odd()
            self._more(until)
        if self._buffer.startswith(b"\r\n"):
            self._buffer = self._buffer[2:]
            return None
        found = _TOKEN.match(self._buffer)
        if found is None or found.end() > LONGEST_LINE:
            raise self._odd()
        self._buffer = self._buffer[found.end() :]
        if found["space"]:
            return self._token(until)
        if found["size"] is not None:
            return self._text(self._literal(int(found["size"]), until)), True
        if found["quoted"] is not None:
            return self._text(re.sub(rb"\\(.)", rb"\1", found["quoted"])), True
        return self._text(found["paren"] or found["atom"]), False

    def _literal(self, size: int, until: float) -> bytes:
        if size > LARGEST_LITERAL:
            raise self._odd()
        while len(self._buffer) < size:
            self._more(until)
        raw, self._buffer = self._buffer[:size], self._buffer[size:]
        return raw

    def _more(self, until: float) -> None:
        try:
            self._socket.settimeout(max(0.001, until - time.monotonic()))
            received = self._socket.recv(65_536)
        except OSError as error:
            self.close()
            raise classified(error, self._where) from error
        if not received:
            self.close()
            raise lost("the server closed the connection", self._where)
        self._buffer += received

    def _text(self, raw: bytes) -> str:
        return raw.decode("utf-8", "replace")

    def _odd(self) -> MailboxError:
        self.close()
        return MailboxError("this is no ManageSieve server", self._where, "look at accounts.sieve: host and port")
