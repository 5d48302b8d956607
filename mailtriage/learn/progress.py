"""How far a long command is: a bar on standard error, or a line a stage where that is no terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

Stage = Callable[[str, int], Callable[[], None]]
"""Begins a stage of so many steps; what it returns is called after each step."""


def silent(_words: str, _steps: int) -> Callable[[], None]:
    """A ``Stage`` that shows nothing."""
    return lambda: None


@contextmanager
def stages() -> Iterator[Stage]:
    """Show stages on standard error."""
    console = Console(stderr=True)
    if not console.is_terminal:

        def told(words: str, steps: int) -> Callable[[], None]:
            console.print(f"{words} ...", markup=False, highlight=False)
            return silent(words, steps)

        yield told
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    times = (TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, *times, console=console, transient=True) as progress:

        def begun(words: str, steps: int) -> Callable[[], None]:
            task = progress.add_task(words, total=steps)
            return lambda: progress.advance(task)

        yield begun
