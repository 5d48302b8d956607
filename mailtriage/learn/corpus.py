"""Labelled mail: from JSONL to examples, with every problem told at once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mailtriage.errors import Problem, TrainingDataError
from mailtriage.read.lines import plain_lines, text_of
from mailtriage.read.quoting import split_lines
from mailtriage.records import CATEGORIES, FLAGS, Address, Category, Flag, Message

CORRECTION_WEIGHT = 3.0
"""What a correction weighs beside a mail of the training data: it is of this school, and somebody took the trouble."""

MAX_WEIGHT = 100
"""A single mail that weighs more drowns the others."""

MAX_PROBLEMS = 200
"""More problems than this are counted, not listed."""


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled mail.

    ``span`` holds the deciding words, verbatim from the body, ``flag_spans`` those that set a flag; empty where they
    are not marked. ``writer`` is who wrote the voice, where that is known: validation keeps the voices of one writer
    together, since they have more in common than voices of strangers. ``border`` is True where the mail lies on a
    border of ``docs/labels.md``. ``weight`` is its weight in training. ``correction`` is True for
    what a person at the school corrected, ``at`` when that was.
    """

    id: str
    message: Message
    category: Category
    flags: frozenset[Flag]
    language: str
    voice: str
    writer: str
    source: str = ""
    span: str = ""
    flag_spans: Mapping[Flag, str] = field(default_factory=dict)
    border: bool = False
    weight: float = 1.0
    at: datetime | None = None
    correction: bool = False


def load(paths: Iterable[Path], corrections: Iterable[Path] = ()) -> list[Example]:
    """Examples from JSONL files.

    Args:
        paths: the files, in UTF-8.
        corrections: files of what people corrected; these weigh more where they name no ``weight`` of their own.

    Returns:
        The examples, in the order of the paths and lines; corrections come last.

    Raises:
        TrainingDataError: with every problem of every file: not JSON, an unknown label or flag, an empty body, a span
            that is not in the body, a doubled id. Nothing is returned then.
    """
    examples: list[Example] = []
    problems: list[Problem] = []
    seen: dict[str, str] = {}
    for path, correction in [*((one, False) for one in paths), *((one, True) for one in corrections)]:
        for where, data in _lines(path, problems):
            wrong = list(_problems(data, where, seen))
            problems += wrong
            if not wrong:
                examples.append(_example(data, correction=correction))
    if problems:
        shown = tuple(problems[:MAX_PROBLEMS])
        raise TrainingDataError(
            f"{len(problems)} problems in the training data; nothing was trained",
            advice="mend the lines that are named and run the command again",
            problems=shown,
        )
    if not examples:
        raise TrainingDataError("there is no mail in these files", advice="give files of JSON lines with mails in them")
    return examples


def data_files(folder: Path) -> list[Path]:
    """The JSONL files of a folder, by name."""
    return sorted(folder.glob("*.jsonl"))


def _lines(path: Path, problems: list[Problem]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Place and object of each line; what is no object becomes a problem."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problems.append(Problem(str(path), f"is not UTF-8 ({error.reason})", "save it as JSON lines in UTF-8"))
        return
    except OSError as error:
        problems.append(Problem(str(path), f"cannot be read ({error.strerror})", "give a file of JSON lines in UTF-8"))
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        where = f"{path.name}:{number}"
        try:
            data = json.loads(line)
        except (ValueError, RecursionError) as error:  # ValueError also for a number of thousands of digits
            problems.append(Problem(where, f"is not JSON ({error})", "write one JSON object a line"))
            continue
        if isinstance(data, dict):
            yield where, data
        else:
            problems.append(Problem(where, "is no JSON object", "write one JSON object a line"))


def _problems(data: dict[str, Any], where: str, seen: dict[str, str]) -> Iterator[Problem]:
    """Everything that is wrong with one line."""
    name = _name_of(data)
    if not name:
        yield Problem(where, "has no id", "give each mail an id of its own")
    elif name in seen:
        yield Problem(where, f"has the id {name[:60]!r} of {seen[name]}", "give each mail an id of its own")
    else:
        seen[name] = where
    body = data.get("body")
    if not isinstance(body, str) or not body.strip():
        yield Problem(where, "has an empty body", "give the text of the mail as it was sent")
        body = ""
    if data.get("label") not in list(CATEGORIES):
        yield Problem(where, f"has the unknown label {data.get('label')!r:.60}", f"use one of {', '.join(CATEGORIES)}")
    flags = data.get("flags", [])
    if not isinstance(flags, list) or any(flag not in list(FLAGS) for flag in flags):
        yield Problem(where, f"has unknown flags {flags!r:.80}", f"use a list of {', '.join(FLAGS)}")
    marked = data.get("flag_spans") or {}
    spans = [data.get("span") or "", *(marked.values() if isinstance(marked, dict) else [marked])]
    for span in spans:
        if not isinstance(span, str) or span not in body:
            yield Problem(where, f"has a span that is not in its body: {str(span)[:60]!r}", "copy the words verbatim")
    if not isinstance(data.get("subject", ""), str):
        yield Problem(where, "has a subject that is no text", "write the subject as a string")
    yield from _problems_of_numbers(data, where)


def _problems_of_numbers(data: dict[str, Any], where: str) -> Iterator[Problem]:
    """What is wrong with the weight, the moment, or the signs of a line."""
    weight = data.get("weight", 1.0)
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 < weight <= MAX_WEIGHT:
        yield Problem(where, f"has the weight {weight!r:.60}", f"use a number above 0 and up to {MAX_WEIGHT}")
    if data.get("at") and _moment(data["at"]) is None:
        yield Problem(where, f"has the moment {data['at']!r:.60}", "write it like 2026-09-14T21:40:00+02:00")
    texts = [value for key in ("subject", "body", "span") if isinstance(value := data.get(key), str)]
    if any("\ud800" <= sign <= "\udfff" for text in texts for sign in text):
        yield Problem(where, "holds half a character (a lone surrogate)", "write the text in UTF-8")


def _moment(value: object) -> datetime | None:
    """An aware moment from ISO 8601, in UTC where it names no zone; None where it is none."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment


def _name_of(data: dict[str, Any]) -> str:
    """The id of a line: a text or a number; empty where there is none."""
    name = data.get("id")
    return str(name).strip() if isinstance(name, str | int) and not isinstance(name, bool) else ""


def _example(data: dict[str, Any], *, correction: bool) -> Example:
    subject, body = str(data.get("subject", "")), str(data["body"])
    name = _name_of(data)
    voice = str(data.get("voice") or name)
    zones = split_lines(plain_lines(body), subject=subject)
    message = Message(
        message_id=f"<{name}@training.invalid>",
        sender=Address(str(data.get("from_name", "")), ""),
        subject=subject,
        newest=text_of(zones.newest),
        quoted=text_of(zones.quoted),
        signature=text_of(zones.signature),
    )
    return Example(
        id=name,
        message=message,
        category=Category(data["label"]),
        flags=frozenset(Flag(flag) for flag in data.get("flags", [])),
        language=str(data.get("lang") or ""),
        voice=voice,
        writer=str(data.get("writer") or voice),
        source=str(data.get("source", "")),
        span=data.get("span") or "",
        flag_spans={Flag(flag): span for flag, span in (data.get("flag_spans") or {}).items() if flag in list(FLAGS)},
        border=bool(data.get("border", data.get("hard", False))),
        weight=float(data.get("weight", CORRECTION_WEIGHT if correction else 1.0)),
        at=_moment(data.get("at")),
        correction=correction,
    )


def require_variety(examples: Sequence[Example]) -> None:
    """Check that there is enough to train on.

    Raises:
        TrainingDataError: a category is missing, or there are fewer than two voices (or writers of voices, where these
            are named) to validate over.
    """
    missing = [category.value for category in CATEGORIES if all(one.category is not category for one in examples)]
    voices = {one.writer for one in examples}
    problems = [Problem("label", f"no mail is labelled {name}", "add some") for name in missing]
    if len(voices) < 2:
        problems.append(
            Problem("voice", f"only {len(voices)} voice", "validation leaves whole voices out: give at least two")
        )
    if problems:
        raise TrainingDataError("the training data lack something", problems=tuple(problems))
