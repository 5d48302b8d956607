"""The service: a worker for each account, and what the operating system says to it."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from types import FrameType

import structlog

from mailtriage.errors import MailtriageError, ProblemsError
from mailtriage.service.bell import Ringer
from mailtriage.service.opening import Connector, Opening, connector
from mailtriage.service.worker import LoginGate, Memory, Worker, begin
from mailtriage.triage import Clock

log = structlog.get_logger("mailtriage")

GRACE = 4.0
"""Seconds that workers have to end; systemd and people expect an answer to SIGTERM within 5."""

_CLEAN_EVERY = timedelta(hours=6)

Reader = Callable[[], Opening]
"""Reads the configuration anew."""


def wall_clock() -> datetime:
    """The real time, in UTC."""
    return datetime.now(UTC)


class Service:
    """All accounts in one process."""

    def __init__(
        self, opening: Opening, memory: Memory, *, connect: Connector = connector, clock: Clock = wall_clock
    ) -> None:
        """Prepare a service; nothing is reached before ``run`` or ``start``."""
        self._opening = opening
        self._memory = memory
        self._connect = connect
        self._clock = clock
        self._gate = LoginGate()
        self._ringer = Ringer()
        self._workers: dict[str, Worker] = {}
        self._ending = threading.Event()
        self._reload = threading.Event()
        self._told = threading.Event()

    def start(self) -> None:
        """Start a worker for each account."""
        for account in self._opening.settings.accounts:
            self._start(account.name)
        log.info("started", accounts=len(self._workers), model=self._opening.judge.name)

    def wake(self) -> None:
        """Have every account looked at now."""
        for worker in self._workers.values():
            worker.wake()

    def stop(self) -> bool:
        """End all workers; True where each ended within the time of grace."""
        for worker in self._workers.values():
            worker.stop()
        until = time.monotonic() + GRACE
        for worker in self._workers.values():
            worker.join(max(0.0, until - time.monotonic()))
        clean = not any(worker.is_alive() for worker in self._workers.values())
        # A worker that hangs on a dead network dies with the process: what it intended is in the journal.
        log.info("stopped", clean=clean)
        self._workers.clear()
        return clean

    def run(self, reader: Reader | None = None) -> bool:
        """Run until SIGTERM or SIGINT; SIGHUP calls ``reader`` and takes what it reads into use, if it can be used.

        Must be called in the main thread. Returns what ``stop`` does.
        """
        self._listen()
        self.start()
        clean_at = self._clock()
        while not self._ending.is_set():
            if self._clock() >= clean_at:
                self._forget()
                clean_at = self._clock() + _CLEAN_EVERY
            self._told.wait(timeout=60.0)
            self._told.clear()
            if self._reload.is_set():
                self._reload.clear()
                if reader is not None:
                    self.reload(reader)
        return self.stop()

    def reload(self, reader: Reader) -> bool:
        """Take a new configuration into use; a wrong one is refused, named in the log, and the old one stays."""
        try:
            opening = reader()
        except ProblemsError as error:
            for problem in error.problems:
                log.error("configuration refused", where=problem.where, reason=problem.what, advice=problem.advice)
            return False
        except MailtriageError as error:
            log.error("configuration refused", where=error.where, reason=error.what, advice=error.advice)
            return False
        old, self._opening = self._opening, opening
        known = {account.name: account for account in old.settings.accounts}
        wanted = {account.name: account for account in opening.settings.accounts}
        for name in [name for name in self._workers if wanted.get(name) != known.get(name)]:
            worker = self._workers.pop(name)
            worker.stop()
            worker.join(GRACE)
        for name, account in wanted.items():
            if name in self._workers:
                self._workers[name].replace_desk(opening.desk(account, self._clock))
            else:
                self._start(name)
        log.info("configuration reloaded", accounts=len(self._workers), model=opening.judge.name)
        return True

    def once(self) -> list[str]:
        """One pass over each account, one after the other; returns the names of those that failed."""
        failed = []
        for account in self._opening.settings.accounts:
            desk = self._opening.desk(account, self._clock)
            try:
                mailbox = self._connect(account)
                try:
                    told = begin(desk, mailbox, self._memory).run()
                finally:
                    mailbox.close()
            except MailtriageError as error:
                failed.append(account.name)
                log.error("account in trouble", account=account.name, reason=error.what, advice=error.advice)
                with suppress(MailtriageError):
                    self._memory.journal.trouble(account.name, error.what, self._clock())
            else:
                if told is not None and told.digest is not None:
                    self._ringer.ring(self._opening.settings, told.digest)
        return failed

    def _start(self, name: str) -> None:
        account = next(one for one in self._opening.settings.accounts if one.name == name)
        desk = self._opening.desk(account, self._clock)
        worker = Worker(desk, self._connect, self._memory, self._gate, self._ringer)
        self._workers[name] = worker
        worker.start()

    def _forget(self) -> None:
        """Remove what is older than the school keeps."""
        before = self._clock() - timedelta(days=self._opening.settings.privacy.keep_days)
        try:
            gone = self._memory.journal.forget_before(before)
        except MailtriageError as error:
            log.error("old records stay", reason=error.what)
            return
        if gone:
            log.info("old records removed", messages=gone)

    def _listen(self) -> None:
        def end(_number: int, _frame: FrameType | None) -> None:
            self._ending.set()
            self._told.set()

        def reload(_number: int, _frame: FrameType | None) -> None:
            self._reload.set()
            self._told.set()

        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGINT, end)
        signal.signal(signal.SIGHUP, reload)
