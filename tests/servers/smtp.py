"""A real SMTP server (aiosmtpd) in a thread, that refuses, stalls or hangs up where a test says."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from aiosmtpd.smtp import Envelope as Received

USER = "groep5"
PASSWORD = "geheim-é-123"

STEPS = ("connect", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "dot", "answer")
"""Where something can go wrong: before the reply to each; ``answer`` is after the message was accepted."""


@dataclass
class Outgoing:
    """What the server accepted: it said, or was about to say, 250 to the final dot."""

    sender: str
    recipients: list[str]
    raw: bytes
    options: list[str]


@dataclass
class SmtpServer:
    """A server on the loopback, run by ``running``.

    ``faults`` says what happens the next time a step is reached: ``drop``, ``stall``, or a reply like ``451 later``. A
    fault is used up unless ``lasting``.
    """

    port: int = 0
    ca_file: Path | None = None
    faults: dict[str, str] = field(default_factory=dict)
    lasting: bool = False
    accepted: list[Outgoing] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    token: str = "token-1"
    options: dict[str, Any] = field(default_factory=dict)
    refused_recipients: frozenset[str] = frozenset()

    def fault(self, step: str) -> str:
        """What is to go wrong at a step; empty where nothing is."""
        return self.faults.get(step, "") if self.lasting else self.faults.pop(step, "")


def _hang_up(session: SMTP) -> None:
    assert isinstance(session.transport, asyncio.WriteTransport)
    session.transport.abort()


class _Session(SMTP):
    """One connection, with the faults of its server."""

    def __init__(self, server: SmtpServer, **options: Any) -> None:
        super().__init__(_Handler(server), **options)
        self._server = server

    async def _broken(self, step: str) -> bool:
        """Carry out the fault of a step; True where the command is answered (or nobody is left to answer)."""
        fault = self._server.fault(step)
        if fault == "drop":
            _hang_up(self)
        elif fault == "stall":
            await asyncio.sleep(3600)
        elif fault:
            await self.push(fault)
        return bool(fault)

    async def push(self, status: Any) -> None:
        """See ``SMTP.push``; the greeting is the one reply that answers nothing."""
        if isinstance(status, str) and status.startswith("220") and "TLS" not in status:
            fault = self._server.fault("connect")
            if fault == "drop":
                _hang_up(self)
                return
            if fault == "stall":
                await asyncio.sleep(3600)
            status = fault or status
        await super().push(status)

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802 - aiosmtpd's names
        """See ``SMTP``."""
        if not await self._broken("EHLO"):
            await super().smtp_EHLO(hostname)

    async def smtp_AUTH(self, arg: str) -> None:  # noqa: N802 - as above
        """See ``SMTP``."""
        if not await self._broken("AUTH"):
            await super().smtp_AUTH(arg)

    async def smtp_MAIL(self, arg: str) -> None:  # noqa: N802 - as above
        """See ``SMTP``."""
        if not await self._broken("MAIL"):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str) -> None:  # noqa: N802 - as above
        """See ``SMTP``."""
        if any(one in arg for one in self._server.refused_recipients):
            await self.push("550 5.1.1 nobody of this name: kees@thuis.example")
        elif not await self._broken("RCPT"):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - as above
        """See ``SMTP``."""
        if not await self._broken("DATA"):
            await super().smtp_DATA(arg)


class _Handler:
    """What a session calls for the whole message."""

    def __init__(self, server: SmtpServer) -> None:
        self._server = server

    async def auth_XOAUTH2(self, server: SMTP, arguments: list[str]) -> AuthResult:  # noqa: N802 - aiosmtpd's names
        """Google's and Microsoft's mechanism: one answer, and where it is wrong the error as a challenge."""
        if base64.b64decode(arguments[1]).decode() == f"user={USER}\1auth=Bearer {self._server.token}\1\1":
            self._server.logins.append("XOAUTH2")
            return AuthResult(success=True, handled=False, auth_data=USER)
        await server.challenge_auth('{"status": "401"}')
        return AuthResult(success=False, handled=False)

    async def handle_DATA(self, server: _Session, session: Any, envelope: Received) -> str:  # noqa: N802 - as above
        """The final dot has come."""
        del session
        fault = self._server.fault("dot")
        if fault in ("drop", "stall"):
            if fault == "stall":
                await asyncio.sleep(3600)
            _hang_up(server)
            return "451 gone"
        if fault:
            return fault
        content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        self._server.accepted.append(
            Outgoing(envelope.mail_from or "", list(envelope.rcpt_tos), content, list(envelope.mail_options))
        )
        fault = self._server.fault("answer")
        if fault == "stall":
            await asyncio.sleep(3600)
        if fault == "drop":
            _hang_up(server)
        return "250 2.0.0 taken" if fault in ("", "drop") else fault


def _authenticated(server: SmtpServer, mechanism: str, data: Any) -> AuthResult:
    right = isinstance(data, LoginPassword) and data.login == USER.encode() and data.password == PASSWORD.encode()
    if right:
        server.logins.append(mechanism)
    return AuthResult(success=right, handled=False, auth_data=data)


@contextlib.contextmanager
def running(folder: Path | None = None, *, security: str = "none", **options: Any) -> Iterator[SmtpServer]:
    """A server, started; stopped at the end.

    Args:
        folder: with ``server.pem``, ``server.key`` and ``ca.pem`` (``tests.servers.certified``), for TLS.
        security: as in ``[accounts.smtp]``.
        options: of ``aiosmtpd.smtp.SMTP``.
    """
    server = SmtpServer(ca_file=folder / "ca.pem" if folder else None)
    context = None
    if folder is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(folder / "server.pem", folder / "server.key")
    chosen = {
        "enable_SMTPUTF8": True,
        "tls_context": context if security == "starttls" else None,
        "auth_require_tls": security == "starttls",
        "authenticator": lambda _server, _session, _envelope, mechanism, data: _authenticated(server, mechanism, data),
        "hostname": "smtp.school.example",
    } | options
    loop = asyncio.new_event_loop()

    def session() -> _Session:
        return _Session(server, loop=loop, **chosen)

    listening = loop.run_until_complete(
        loop.create_server(session, "127.0.0.1", 0, ssl=context if security == "tls" else None)
    )
    server.port = listening.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, name="smtp", daemon=True)
    thread.start()
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        listening.close()
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()
