"""Waiting for news in the open folder: IDLE (RFC 2177) as a hint, and an end of the wait from another thread."""

from __future__ import annotations

import contextlib
import selectors
import socket
import time

from mailtriage.act.imap.wire import Client

RENEWAL = 9 * 60.0
"""Seconds after which IDLE is renewed: servers and firewalls drop a silent connection after ten minutes and more."""

_NEWS = ("EXISTS", "RECENT", "EXPUNGE", "FETCH", "VANISHED")


class Waker:
    """A socket pair: one end is waited on, the other is written to by whoever wants the wait to end."""

    def __init__(self) -> None:
        self._inner, self._outer = socket.socketpair()
        self._inner.setblocking(False)
        self._outer.setblocking(False)

    def wake(self) -> None:
        """End the wait that goes on, or else the next one. Safe in any thread, at any time."""
        with contextlib.suppress(OSError):
            self._outer.send(b"!")

    def taken(self) -> bool:
        """Whether somebody woke us since the last call."""
        try:
            return bool(self._inner.recv(4096))
        except OSError:
            return False

    def close(self) -> None:
        """Release both ends."""
        self._inner.close()
        self._outer.close()

    def until(self, seconds: float, wire: socket.socket | None = None) -> bool:
        """Wait until woken, until ``wire`` is readable, or ``seconds`` have passed. True if woken."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._inner, selectors.EVENT_READ)
            if wire is not None:
                selector.register(wire, selectors.EVENT_READ)
            selector.select(max(seconds, 0))
        return self.taken()


def wait_for_news(client: Client, waker: Waker, timeout: float, *, idle: bool) -> bool:
    """Wait until the server reports something about the open folder.

    Args:
        client: a connection with an open folder.
        waker: ends the wait.
        timeout: seconds.
        idle: use IDLE; else only ask (NOOP) at the end of the timeout.

    Returns:
        True on any report, False at the end of the timeout or when woken.

    Raises what imaplib and the socket raise (``faults.CAUGHT``); at the end of the stream at once, never a hot loop.
    """
    deadline = time.monotonic() + timeout
    if not idle:
        return waker.until(timeout) is False and _asked(client)
    while True:
        left = deadline - time.monotonic()
        told, woken = _idle_once(client, waker, min(left, RENEWAL))
        if told or woken or left <= RENEWAL:
            return told


def _asked(client: Client) -> bool:
    client.forget_reports()
    client._command_and_check("noop")  # noqa: SLF001  # noop() of imapclient parses what we only count
    return _news(client)


def _idle_once(client: Client, waker: Waker, seconds: float) -> tuple[bool, bool]:
    """One IDLE, from the command to its tagged end: (something was reported, woken)."""
    client.forget_reports()
    tag = client.wire._command("IDLE")  # noqa: SLF001
    while client.wire._get_response() is not None:  # noqa: SLF001
        if client.wire.tagged_commands[tag]:  # refused: look now rather than miss something
            del client.wire.tagged_commands[tag]
            waker.until(min(seconds, 60.0))
            return True, False
    woken = _listen(client, waker, tag, seconds)
    if not client.wire.tagged_commands[tag]:
        client.wire.send(b"DONE\r\n")
    client.wire._command_complete("IDLE", tag)  # noqa: SLF001
    return _news(client), woken


def _listen(client: Client, waker: Waker, tag: bytes, seconds: float) -> bool:
    """Read reports until one is news, the server ends IDLE, or the time is over. True if woken."""
    deadline = time.monotonic() + seconds
    woken = False
    while True:
        # First what has arrived already: in the packet of the "+", or decrypted by TLS and unseen by a selector.
        while client.wire.take_in():
            client.wire._get_response()  # noqa: SLF001
            if client.bye():
                raise client.wire.abort("BYE")
        left = deadline - time.monotonic()
        if woken or left <= 0 or _news(client) or client.wire.tagged_commands[tag]:
            return woken
        woken = waker.until(left, client.wire.sock)


def _news(client: Client) -> bool:
    return any(kind in client.wire.untagged_responses for kind in _NEWS)
