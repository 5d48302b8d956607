"""Corrections as training data: what a person confirmed, and where two of them contradict each other."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Any

from mailtriage.errors import Problem, TrainingDataError, UsageError
from mailtriage.learn.corpus import CORRECTION_WEIGHT, Example, load
from mailtriage.learn.nearness import near_pairs
from mailtriage.records import Address, Category, Flag, Message
from mailtriage.store import Correction, Corrections, Imported, Wording

VOICE = "corrections"

_OWN_ID = re.compile(r"correction-([0-9a-f]{32})")


def corrections_for_training(store: Corrections) -> list[dict[str, Any]]:
    """The corrections of a store that count, as lines of training data (``training_data/README.md``), oldest first.

    The text is masked; nothing in a line tells who wrote it or whose mailbox it was in. Mail without any text is left
    out: there is nothing to learn from it.
    """
    return [line_of(one) for one in store.all(active=True) if one.wording.body.strip() or one.wording.subject.strip()]


def line_of(correction: Correction) -> dict[str, Any]:
    """One correction as a line of training data; a mail without a text has its subject for one."""
    subject, body = correction.wording.subject, correction.wording.body
    return {
        "id": f"correction-{correction.fingerprint[:32]}",
        "subject": subject,
        "body": body if body.strip() else subject,
        "label": correction.new.value,
        "flags": [flag.value for flag in Flag if flag in correction.flags],
        "lang": correction.language,
        "voice": VOICE,
        "source": f"corrected ({correction.source})",
        "at": correction.at.isoformat(timespec="seconds"),
        "weight": CORRECTION_WEIGHT,
    }


def write_lines(path: Path, lines: Iterable[dict[str, Any]]) -> None:
    """Write lines to a file that only this user may read, whole or not at all.

    Raises:
        UsageError: it cannot be written.
    """
    aside = path.with_name(path.name + ".part")
    try:
        aside.touch(mode=0o600)
        aside.chmod(0o600)
        aside.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in lines), "utf-8")
        aside.replace(path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        advice = "name a file in a folder that this user may write, with room for it"
        raise UsageError(f"the file cannot be written ({error.strerror})", str(path), advice) from error


def read_lines(path: Path) -> list[Imported]:
    """Corrections from a file that ``write_lines`` made, or any labelled mail in that format.

    Raises:
        TrainingDataError: with every line that is wrong; nothing is taken from the file then.
    """
    examples = load([path])
    lines = [json.loads(line) for line in path.read_text("utf-8").split("\n") if line.strip()]
    wrong = tuple(
        Problem(f"{path.name}: {one.id}", "has no moment", "write `at` like 2026-09-14T21:40:00+02:00")
        for one in examples
        if one.at is None
    )
    if wrong:
        raise TrainingDataError(f"{len(wrong)} problems in the corrections; none was taken", problems=wrong)
    return [_imported(one, line) for one, line in zip(examples, lines, strict=True)]


def _imported(example: Example, line: dict[str, Any]) -> Imported:
    own = _OWN_ID.fullmatch(example.id)
    return Imported(
        fingerprint=own[1] if own else hashlib.sha256(example.id.encode()).hexdigest()[:32],
        at=(example.at or datetime.now(UTC)).astimezone(UTC),
        new=example.category,
        flags=example.flags,
        language=example.language,
        wording=Wording(str(line.get("subject", "")), str(line["body"])),
    )


def contradictions(corrections: Sequence[Correction]) -> dict[int, list[int]]:
    """Corrections that count and whose texts are the same or nearly so while their categories differ.

    Returns the numbers of the others by the number of each; none where nothing contradicts.
    """
    active = [one for one in corrections if one.active]
    category = {one.id: one.new for one in active}
    examples = [_example(one) for one in active]
    pairs = [(pair.first.id, pair.second.id) for pair in near_pairs(examples)]
    by_text: dict[str, list[str]] = {}
    for one in examples:
        by_text.setdefault(" ".join(one.message.newest.lower().split()), []).append(one.id)
    pairs += [(one, other) for same in by_text.values() for one, other in combinations(same, 2)]
    found: dict[int, list[int]] = {}
    for first, second in sorted({tuple(sorted((int(one), int(other)))) for one, other in pairs}):
        if category[first] is not category[second]:
            found.setdefault(first, []).append(second)
            found.setdefault(second, []).append(first)
    return found


def _example(correction: Correction) -> Example:
    """What is compared: the subject and what was written anew."""
    written = [line for line in correction.wording.body.splitlines() if not line.startswith(">")]
    text = "\n".join([correction.wording.subject, *written])
    message = Message("", Address("", ""), correction.wording.subject, text)
    number, category = str(correction.id), Category(correction.new)
    return Example(number, message, category, correction.flags, correction.language, VOICE, VOICE)
