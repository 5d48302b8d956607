"""A dry-run on several cores: chunks of messages go out, outcomes come back in order, and few are under way."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from mailtriage.dryrun.judging import Outcome, Rooms, Task
from mailtriage.dryrun.raw import Raw
from mailtriage.errors import MailtriageError

_CHUNK = 64
_CHUNK_BYTES = 4 << 20
_UNDER_WAY = 3
"""Chunks handed out for each process: one in work, the others so that it need not wait."""

_rooms: list[Rooms] = []
"""In a process of the pool: what it works with, made once."""


def outcomes(raws: Iterable[Raw], rooms: Rooms, task: Task, jobs: int) -> Generator[Outcome]:
    """What would be done for each message, in their order.

    Args:
        raws: taken as they are needed; few are in memory at a time.
        rooms: made from ``task``, for work in this process.
        task: for the other processes to make their own from.
        jobs: processes; 0 for one on each core.

    Raises:
        MailtriageError: a process came to an end, most likely for want of memory.
    """
    count = jobs or os.cpu_count() or 1
    if count == 1:
        for chunk in chunked(raws):
            yield from rooms.consider(chunk)
        return
    # Forking a process in which numpy has started threads can hang, so each one starts anew.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(count, mp_context=context, initializer=_prepare, initargs=(task,))
    try:
        yield from _in_order(pool, raws, count * _UNDER_WAY)
    except BrokenProcessPool as error:
        raise MailtriageError(
            "a process of the dry-run came to an end", advice="try again with fewer --jobs; each takes memory"
        ) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def chunked(raws: Iterable[Raw]) -> Iterator[list[Raw]]:
    """Messages in lists that are small in number and in bytes."""
    chunk: list[Raw] = []
    size = 0
    for raw in raws:
        chunk.append(raw)
        size += len(raw.content or b"")
        if len(chunk) == _CHUNK or size >= _CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _in_order(pool: ProcessPoolExecutor, raws: Iterable[Raw], most: int) -> Iterator[Outcome]:
    waiting: deque[Future[list[Outcome]]] = deque()
    for chunk in chunked(raws):
        waiting.append(pool.submit(_consider, chunk))
        if len(waiting) >= most:
            yield from waiting.popleft().result()
    while waiting:
        yield from waiting.popleft().result()


def _prepare(task: Task) -> None:
    # Ctrl-C reaches every process; the first one ends the others in good order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _rooms[:] = [Rooms(task)]


def _consider(chunk: list[Raw]) -> list[Outcome]:
    return _rooms[0].consider(chunk)
