"""The school's list of parents: a CSV file as office programs write it."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from mailtriage.errors import ConfigurationError, Problem
from mailtriage.settings.model import Settings
from mailtriage.settings.section import is_address

SEPARATORS = (";", "\t", ",")
LARGEST_FILE = 10_000_000
_MOST_PROBLEMS = 20
_BETWEEN_ADDRESSES = re.compile(r"[\s;,|/]+")
_LIKE_MAIL = re.compile(r"mail", re.IGNORECASE)
_LIKE_ADDRESS = re.compile(r"adres|address", re.IGNORECASE)


@dataclass(frozen=True)
class ParentsList:
    """What a list of parents holds: lower-case addresses, and the lines that gave none."""

    addresses: frozenset[str]
    problems: tuple[Problem, ...]


def parents_of(settings: Settings, base: Path) -> frozenset[str] | None:
    """The parents' addresses.

    Args:
        settings: names the list in ``school.parents``.
        base: where a relative path starts; settings that were loaded from a file hold an absolute one.

    Returns:
        Addresses in lower case; None where no list is set, so that anybody may be a parent.

    Raises:
        ConfigurationError: the list cannot be read or holds no address.
    """
    if settings.school.parents is None:
        return None
    return read_parents(base / settings.school.parents).addresses


def read_parents(path: Path) -> ParentsList:
    """Read a list of parents.

    The separator is ``;``, a tab or ``,``; a byte order mark, quotes and several addresses in a cell are fine. The
    addresses are taken from the columns whose heading speaks of mail (else of an address); where no heading does,
    from every cell with an ``@``.

    Raises:
        ConfigurationError: it cannot be read, is too large or damaged, or holds no address at all.
    """
    rows = _rows(_text(path), path)
    columns = _columns(rows)
    addresses: set[str] = set()
    problems = []
    start = 1 if rows and not _has_address(rows[0][1]) else 0
    width = len(rows[0][1]) if start else 0
    for line, cells in rows[start:]:
        found, wrong = _addresses_in(_cells_of(cells, columns, width))
        addresses |= found
        if wrong:
            problems.append(Problem(f"{path}:{line}", "an address is mistyped", "correct it in the list"))
        elif not found:
            problems.append(Problem(f"{path}:{line}", "this line has no e-mail address", "add it, or drop the line"))
    if not addresses:
        raise ConfigurationError(
            "the list of parents holds no e-mail address", str(path), "export it with a column named email"
        )
    return ParentsList(frozenset(addresses), _shortened(problems, path))


def _shortened(problems: list[Problem], path: Path) -> tuple[Problem, ...]:
    rest = len(problems) - _MOST_PROBLEMS
    more = (Problem(str(path), f"{rest} more lines have no usable e-mail address"),) if rest > 0 else ()
    return (*problems[:_MOST_PROBLEMS], *more)


def _text(path: Path) -> str:
    """The file as text: UTF-8, UTF-16 with a byte order mark, else what old office programs write."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "the path is impossible"
        raise ConfigurationError(
            f"the list of parents cannot be read: {reason}", str(path), "correct the path or the file's permissions"
        ) from error
    if len(content) > LARGEST_FILE:
        raise ConfigurationError(
            f"the list of parents is larger than {LARGEST_FILE // 1_000_000} MB", str(path), "is it the right file?"
        )
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _rows(text: str, path: Path) -> list[tuple[int, list[str]]]:
    """The lines that hold something, each with its number from 1 (a quoted cell may run over several lines)."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    told = re.fullmatch(r"sep=([;,\t|])", lines[0])
    separator = told.group(1) if told else _separator(lines)
    if told:
        lines[0] = ""
    reader = csv.reader((line + "\n" for line in lines), delimiter=separator)
    rows, line = [], 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        raise ConfigurationError(
            f"the list of parents is damaged: {error}", f"{path}:{reader.line_num}", "export it once more as CSV"
        ) from error
    return rows


def _separator(lines: list[str]) -> str:
    """The separator that gives the first line most cells; where several do, the first of ``SEPARATORS``."""
    first = list(islice((line for line in lines if line.strip()), 1))

    def width(separator: str) -> int:
        try:
            return max((len(cells) for cells in csv.reader(first, delimiter=separator)), default=0)
        except csv.Error:
            return 0

    return max(SEPARATORS, key=width)


def _columns(rows: list[tuple[int, list[str]]]) -> frozenset[int]:
    """The columns to look in; none named means every column."""
    if not rows or _has_address(rows[0][1]):
        return frozenset()
    heading = rows[0][1]
    holding = {min(at, len(heading) - 1) for _, cells in rows[1:] for at, cell in enumerate(cells) if "@" in cell}
    for wanted in (_LIKE_MAIL, _LIKE_ADDRESS):
        if named := frozenset(at for at in holding if wanted.search(heading[at])):
            return named
    return frozenset()


def _cells_of(cells: list[str], columns: frozenset[int], width: int) -> list[str]:
    """The cells of a row that are looked at; what runs past the heading belongs to its last column."""
    return [cell for at, cell in enumerate(cells) if not columns or min(at, width - 1) in columns]


def _has_address(cells: list[str]) -> bool:
    return any("@" in cell for cell in cells)


def _addresses_in(cells: list[str]) -> tuple[set[str], bool]:
    """The addresses in some cells, and whether something that was meant as one is none."""
    words = [word for cell in cells for word in _BETWEEN_ADDRESSES.split(cell) if "@" in word]
    bare = [re.sub(r"^mailto:", "", word.strip("<>\"'()[]"), flags=re.IGNORECASE).lower() for word in words]
    return {word for word in bare if is_address(word)}, not all(_is_on_the_net(word) for word in bare)


def _is_on_the_net(word: str) -> bool:
    """Whether mail can come from an address: its domain has a dot."""
    return is_address(word) and "." in word.rpartition("@")[2].strip(".")
