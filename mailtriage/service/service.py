"""The service: a worker for each account, and what the operating system says to it."""

from __future__ import annotations

import queue
import signal
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import FrameType

import structlog

from mailtriage.errors import MailtriageError, ProblemsError
from mailtriage.service.opening import Connector, Opening, connector, judge_for, model_mark
from mailtriage.service.renewing import Renewer
from mailtriage.service.worker import LoginGate, Memory, Worker, begin
from mailtriage.store import Holds, Lock, discreet
from mailtriage.triage import Clock, Desk

log = structlog.get_logger("mailtriage")

GRACE = 4.0
"""Seconds that workers have to end; systemd and people expect an answer to SIGTERM within 5."""

_CLEAN_EVERY = timedelta(hours=6)

_LOOK_EVERY = 3.0
"""Seconds between looks at which model is in use."""

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
        self._renewer = Renewer(connect, clock)
        self._workers: dict[str, Worker] = {}
        self._model_mark = model_mark(opening.settings)
        self._lock = Lock(memory.journal.engine)
        self._holds = Holds(memory.journal.engine)
        self._asked: set[str] = set()

    def start(self) -> None:
        """Start a worker for each account.

        Raises:
            StoreError: another service works with this store.
            ConfigurationError: something that the configuration names cannot be used.
        """
        desks = self._desks(self._opening)
        self._lock.take()
        for desk in desks.values():
            self._start(desk)
        log.info("started", accounts=len(self._workers), model=self._opening.judge.name)

    def wake(self) -> None:
        """Have every account looked at now."""
        for worker in self._workers.values():
            worker.wake()

    def stop(self) -> bool:
        """End all workers; True where each ended within the time of grace."""
        clean = _ended(self._workers.values())
        # A worker that hangs on a dead network dies with the process: what it intended is in the journal.
        log.info("stopped", clean=clean)
        self._workers.clear()
        if clean:
            self._lock.release()
        return clean

    def run(self, reader: Reader | None = None) -> bool:
        """Run until SIGTERM or SIGINT; SIGHUP calls ``reader`` and takes what it reads into use, if it can be used.

        Must be called in the main thread. Returns what ``stop`` does.
        """
        told = _listen()
        self.start()
        clean_at = self._clock()
        while True:
            if self._clock() >= clean_at:
                # Beside the main thread, which must hear signals also while the store is busy.
                threading.Thread(target=self._forget, daemon=True).start()
                clean_at = self._clock() + _CLEAN_EVERY
            self._renewer.tick(self._opening.settings, self._opening.base)
            with suppress(queue.Empty):
                if told.get(timeout=_LOOK_EVERY) != signal.SIGHUP:
                    return self.stop()
                if reader is not None:
                    self.reload(reader)
            self.follow_model()
            self.follow_requests()

    def reload(self, reader: Reader) -> bool:
        """Take a new configuration into use; a wrong one is refused, named in the log, and the old one stays."""
        try:
            opening = reader()
            desks = self._desks(opening)
        except ProblemsError as error:
            for problem in error.problems or (error,):
                log.error("configuration refused", where=problem.where, reason=problem.what, advice=problem.advice)
            return False
        except MailtriageError as error:
            log.error("configuration refused", where=error.where, reason=error.what, advice=error.advice)
            return False
        except Exception:
            log.exception("configuration refused")
            return False
        self._take(opening, desks)
        return True

    def follow_model(self) -> bool:
        """Where another model was taken into use since the last look: judge by it from the next pass on.

        One that cannot be loaded is refused, named in the log once, and the old one stays. True where it was replaced.
        """
        found = model_mark(self._opening.settings)
        if found == self._model_mark:
            return False
        # Noted before loading: what changes meanwhile is seen at the next look.
        self._model_mark = found
        try:
            opening = replace(self._opening, judge=judge_for(self._opening.settings))
        except MailtriageError as error:
            kept = self._opening.judge.name
            log.error("model refused", where=error.where, reason=error.what, advice=error.advice, kept=kept)
            return False
        except Exception:
            log.exception("model refused", kept=self._opening.judge.name)
            return False
        self._opening = opening
        for name, desk in self._desks(opening).items():
            if name in self._workers:
                self._workers[name].replace_desk(desk)
        log.info("model taken into use", model=opening.judge.name)
        return True

    def follow_requests(self) -> None:
        """Have the accounts looked at now whose held mail somebody asked to be released (``mailtriage release``)."""
        try:
            asked = {name for name in self._workers if self._holds.asked(name) is not None}
        except MailtriageError as error:
            log.error("requests cannot be read", reason=error.what)
            return
        for name in asked - self._asked:
            self._workers[name].wake()
        self._asked = asked

    def _take(self, opening: Opening, desks: dict[str, Desk]) -> None:
        old, self._opening = self._opening, opening
        if old.settings.classifier != opening.settings.classifier:
            self._model_mark = model_mark(opening.settings)
        if old.settings.store != opening.settings.store:
            log.warning("the store stays as it is until the next start", where="store.url")
        known = {account.name: account for account in old.settings.accounts}
        ending = {
            name: self._workers.pop(name)
            for name in list(self._workers)
            if name not in desks or desks[name].account != known.get(name)
        }
        _ended(ending.values())
        for name, desk in desks.items():
            if name in self._workers:
                self._workers[name].replace_desk(desk)
            else:
                self._start(desk, after=ending.get(name))
        log.info("configuration reloaded", accounts=len(self._workers), model=opening.judge.name)

    def once(self) -> list[str]:
        """One pass over each account, one after the other; returns the names of those that failed.

        Raises:
            StoreError: another service works with this store.
            ConfigurationError: something that the configuration names cannot be used.
        """
        desks = self._desks(self._opening)
        self._lock.take()
        try:
            failed = [desk.account.name for desk in desks.values() if not self._passed(desk)]
            self._forget()
            self._renewer.run(self._opening.settings, self._opening.base)
        finally:
            self._lock.release()
        return failed

    def _passed(self, desk: Desk) -> bool:
        """One pass over one account; True where nothing went wrong."""
        name = desk.account.name
        try:
            complaints = self._one_pass(desk)
        except Exception as error:
            expected = isinstance(error, MailtriageError)
            reason = discreet(error.what) if isinstance(error, MailtriageError) else type(error).__name__
            advice = error.advice if isinstance(error, MailtriageError) else ""
            log.error(
                "account in trouble", account=name, reason=reason, advice=advice, exc_info=None if expected else error
            )
            with suppress(MailtriageError):
                self._memory.journal.trouble(name, reason, self._clock())
            return False
        return not complaints

    def _one_pass(self, desk: Desk) -> list[str]:
        mailbox = self._connect(desk.account)
        try:
            triage = begin(desk, mailbox, self._memory)
            triage.run()
        finally:
            mailbox.close()
        self._memory.journal.contact(desk.account.name, self._clock(), "; ".join(triage.complaints))
        return triage.complaints

    def _desks(self, opening: Opening) -> dict[str, Desk]:
        return {account.name: opening.desk(account, self._clock) for account in opening.settings.accounts}

    def _start(self, desk: Desk, after: Worker | None = None) -> None:
        worker = Worker(desk, self._connect, self._memory, self._gate, after=after)
        self._workers[desk.account.name] = worker
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


def _listen() -> queue.SimpleQueue[int]:
    """Have the signals that a service hears put into a queue. Only a ``SimpleQueue`` may be put into from a handler: an
    event or a lock may be held by the very thread that the signal interrupts."""
    told: queue.SimpleQueue[int] = queue.SimpleQueue()

    def hear(number: int, _frame: FrameType | None) -> None:
        told.put(number)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, hear)
    return told


def _ended(workers: Iterable[Worker]) -> bool:
    """End workers; True where each ended within the time of grace."""
    every = list(workers)
    for worker in every:
        worker.stop()
    until = time.monotonic() + GRACE
    for worker in every:
        worker.join(max(0.0, until - time.monotonic()))
    return not any(worker.is_alive() for worker in every)
