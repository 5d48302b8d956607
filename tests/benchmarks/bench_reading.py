"""How long reading takes: ordinary mail beside the bare parsers, hostile mail one by one, and foreign mail if given.

Run by hand: ``python tests/benchmarks/bench_reading.py [FOLDER]``; FOLDER holds one message a file. Prints medians in
milliseconds; ratios within one run are what counts.
"""

# ruff: noqa: T201 -- printing is what this is for

from __future__ import annotations

import base64
import contextlib
import email
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import mailparser

from mailtriage.errors import UnreadableMessageError
from mailtriage.read import read_message
from tests.read.test_reading import HEAD, HOSTILE, multipart, nested, part

_WORDS = "Beste juf, ik wil graag weten hoe het met lezen gaat, want thuis lukt het niet zo goed. "
_QUOTE = (
    "\n\nOp ma 3 nov 2025 om 14:02 schreef Anke <anke@obs.example>:\n\n" + "> Beste ouder, hierbij het verslag.\n" * 10
)
_HTML = (
    "<p>" + "</p><p>".join([_WORDS] * 10) + "</p><blockquote type=cite>" + "<div>verslag</div>" * 20 + "</blockquote>"
)
_FILE = base64.encodebytes(bytes(range(256)) * 30_000).decode()

ORDINARY = {
    "plain, 1 KB": HEAD + b"\n" + (_WORDS * 6 + _QUOTE).encode(),
    "plain and HTML, 5 KB": HEAD
    + multipart("multipart/alternative", part("text/plain", _WORDS * 10 + _QUOTE), part("text/html", _HTML)),
    "HTML alone, 3 KB": HEAD + b"Content-Type: text/html\n\n" + _HTML.encode(),
    "attachment, 10 MB": HEAD
    + multipart(
        "multipart/mixed",
        part("text/plain", _WORDS * 6),
        part("application/pdf", _FILE, "Content-Transfer-Encoding: base64\n"),
    ),
}


def milliseconds(work: Callable[[], object], times: int) -> float:
    """The median time of some runs."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        with contextlib.suppress(UnreadableMessageError):
            work()
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)


def ordinary() -> None:
    """Ordinary mail, beside mail-parser and the standard library alone."""
    print(f"{'ordinary mail':28}{'mailtriage':>12}{'mail-parser':>12}{'email':>12}")
    for name, raw in ORDINARY.items():
        times = 5 if len(raw) > 1_000_000 else 101
        figures = (
            milliseconds(partial(read_message, raw), times),
            milliseconds(partial(mailparser.parse_from_bytes, raw), times),
            milliseconds(partial(email.message_from_bytes, raw), times),
        )
        print(f"{name:28}" + "".join(f"{figure:12.2f}" for figure in figures))


def hostile() -> None:
    """Mail that was made to take long; each must stay far under two seconds."""
    print(f"\n{'hostile mail':28}{'mailtriage':>12}")
    cases = {**HOSTILE, "300 levels": nested(300), "5,000 levels": nested(5_000)}
    for name, raw in cases.items():
        print(f"{name:28}{milliseconds(partial(read_message, raw), 3):12.0f}")


def foreign(folder: Path) -> None:
    """Every file of a folder."""
    taken = []
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        raw = path.read_bytes()
        taken.append((milliseconds(partial(read_message, raw), 1), path.name))
    mean = statistics.fmean(figure for figure, _ in taken)
    slowest, name = max(taken)
    print(f"\n{len(taken)} files: {mean:.2f} ms on average, the slowest {slowest:.0f} ms ({name})")


if __name__ == "__main__":
    ordinary()
    hostile()
    if len(sys.argv) > 1:
        foreign(Path(sys.argv[1]))
