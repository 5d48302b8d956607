"""One dry-run from what was asked on the command line to its summary."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, TextIO
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from mailtriage.dryrun.judging import Outcome, Rooms, Task
from mailtriage.dryrun.moments import moment_from
from mailtriage.dryrun.output import check_output, leave_quietly, text_output
from mailtriage.dryrun.page import Page
from mailtriage.dryrun.parallel import outcomes
from mailtriage.dryrun.sources import Sources
from mailtriage.dryrun.summary import Summary
from mailtriage.dryrun.table import PeopleTable
from mailtriage.dryrun.writers import Csv, JsonLines, Writer
from mailtriage.settings import Settings


@dataclass(frozen=True)
class Wanted:
    """The command line of a dry-run."""

    paths: tuple[Path, ...]
    form: str
    at: str | None
    jobs: int
    account: str | None
    output: Path | None
    replies: bool
    quiet: bool


def run(wanted: Wanted, settings: Settings, base: Path, stdin: BinaryIO, stdout: BinaryIO) -> Summary | None:
    """Judge the messages and write what would be done.

    Args:
        wanted: the command line.
        settings: the configuration, or defaults.
        base: where relative paths in it start.
        stdin: where ``-`` is read.
        stdout: where results go that no file is named for.

    Returns:
        What was found; None where the reader of ``stdout`` had seen enough before the end.

    Raises:
        UsageError, ConfigurationError: the command line or the configuration cannot be used; nothing was judged.
        MailtriageError: the model cannot be used, or the results could not be written.
    """
    zone = settings.school.zone
    at = moment_from(wanted.at, zone) if wanted.at is not None else None
    sources = Sources(wanted.paths, stdin)
    sources.check()
    if wanted.output:
        check_output(wanted.output, sources)
    task = Task(settings, base, datetime.now(UTC), wanted.account, at)
    found = outcomes(sources.messages(), Rooms(task), task, wanted.jobs)
    summary = Summary(skipped=sources.skipped)
    try:
        with closing(found), text_output(wanted.output, stdout) as out:
            # Where the rows go to the terminal themselves, a bar would only run through them.
            silent = wanted.quiet or out.isatty()
            _write(found, _writer(wanted, out, zone), summary, sources, silent=silent)
    except BrokenPipeError:
        leave_quietly()
        return None
    return summary


def _write(found: Iterable[Outcome], writer: Writer, summary: Summary, sources: Sources, *, silent: bool) -> None:
    started = time.perf_counter()
    with _progress(sources, silent=silent) as advance:
        for outcome in advance(found):
            summary.add(outcome)
            writer.add(outcome)
    summary.seconds = time.perf_counter() - started
    writer.finish(summary)


def _writer(wanted: Wanted, out: TextIO, zone: ZoneInfo) -> Writer:
    if wanted.form == "jsonl":
        return JsonLines(out)
    if wanted.form == "csv":
        return Csv(out)
    return Page(out, zone) if wanted.form == "html" else PeopleTable(out, zone, replies=wanted.replies)


class _Silent:
    """Passes outcomes on."""

    def __call__(self, found: Iterable[Outcome]) -> Iterator[Outcome]:
        yield from found


class _Bar:
    """Passes outcomes on and moves a bar by their bytes, with the rate in messages."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress = progress
        self._task = progress.add_task("judging", total=total or None, rate="")

    def __call__(self, found: Iterable[Outcome]) -> Iterator[Outcome]:
        started = time.perf_counter()
        for count, outcome in enumerate(found, start=1):
            seconds = time.perf_counter() - started
            rate = f"{count} messages, {count / seconds:.0f}/s" if seconds > 0.5 else f"{count} messages"
            self._progress.update(self._task, advance=outcome.size, rate=rate)
            yield outcome


@contextmanager
def _progress(sources: Sources, *, silent: bool) -> Iterator[_Silent | _Bar]:
    """A progress bar on standard error where that is a terminal."""
    console = Console(stderr=True)
    if silent or not console.is_terminal:
        yield _Silent()
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False) as progress:
        yield _Bar(progress, sources.sizes())
