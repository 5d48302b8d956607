"""One message looked at closely: what was read, what each sentence said to the judge, what follows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from mailtriage.dryrun.judging import Outcome, Rooms, Task
from mailtriage.dryrun.moments import moment_from
from mailtriage.dryrun.output import leave_quietly, text_output
from mailtriage.dryrun.sources import named
from mailtriage.errors import UnreadableMessageError
from mailtriage.judge import ModelJudge
from mailtriage.judge.features import read
from mailtriage.judge.model import score
from mailtriage.plain import plain_line, plain_text
from mailtriage.read import read_message
from mailtriage.records import CATEGORIES, FLAGS, Message
from mailtriage.settings import Settings

_HEADS = (*(category.value for category in CATEGORIES), *(flag.value for flag in FLAGS))


@dataclass(frozen=True)
class Wanted:
    """The command line of an explanation."""

    source: str
    form: str
    at: str | None
    account: str | None


def run(wanted: Wanted, settings: Settings, base: Path, stdin: BinaryIO, stdout: BinaryIO) -> None:
    """Explain one message.

    Args:
        wanted: the command line.
        settings: the configuration, or defaults.
        base: where relative paths in it start.
        stdin: where ``-`` is read.
        stdout: where the explanation goes.

    Raises:
        UsageError, ConfigurationError: the command line or the configuration cannot be used.
        UnreadableMessageError: the message cannot be read.
        ModelError: the model cannot be used.
    """
    at = moment_from(wanted.at, settings.school.zone) if wanted.at is not None else None
    raw = named(wanted.source, stdin)
    rooms = Rooms(Task(settings, base, datetime.now(UTC), wanted.account, at))
    outcome = rooms.consider([raw])[0]
    if outcome.row["error"] is not None or raw.content is None:
        what, _, advice = (outcome.row["error"] or raw.failure).partition("; ")
        raise UnreadableMessageError(what, where=raw.source, advice=advice)
    explanation = explained(read_message(raw.content), outcome, rooms)
    try:
        with text_output(None, stdout) as out:
            if wanted.form == "json":
                out.write(json.dumps(explanation, ensure_ascii=False, indent=2) + "\n")
            else:
                out.writelines(f"{line}\n" for line in _lines(explanation))
    except BrokenPipeError:
        leave_quietly()


def explained(message: Message, outcome: Outcome, rooms: Rooms) -> dict[str, Any]:
    """Everything there is to say about a message: the row of the dry-run, and under ``explained`` what led to it."""
    judge = rooms.judge
    about: dict[str, Any] = {
        "sender": message.sender.name,
        "newest": message.newest,
        "quoted": message.quoted,
        "signature": message.signature,
        "truncated": message.truncated,
        "moment": outcome.moment.astimezone(rooms.zone).isoformat(timespec="seconds"),
        "held": outcome.held,
        "model": judge.name,
        "sentences": [],
        "flags": {},
    }
    if outcome.row["category"] is not None and isinstance(judge, ModelJudge):
        about |= _evidence(judge, message)
    return {**outcome.row, "explained": about}


def _evidence(judge: ModelJudge, message: Message) -> dict[str, Any]:
    """How each sentence was taken, and how far each flag is from its threshold."""
    reading = read(message)
    scored = score(judge.model, [reading])[0]
    sentences = []
    for sentence, scores in zip(reading.sentences, scored.by_sentence, strict=True):
        by_head = dict(zip(_HEADS, (round(float(value), 3) for value in scores), strict=True))
        best = max((category.value for category in CATEGORIES), key=by_head.__getitem__)
        set_flags = [flag.value for flag in FLAGS if by_head[flag.value] > 0]
        sentences.append(
            {"text": sentence.text, "category": best, "score": by_head[best], "flags": set_flags, "scores": by_head}
        )
    thresholds = judge.model.thresholds
    return {
        "sentences": sentences,
        "flags": {
            flag.value: {"probability": round(scored.flags[flag], 4), "threshold": round(thresholds.flags[flag], 4)}
            for flag in FLAGS
        },
        "thresholds": {
            "category_at_least": round(thresholds.category_at_least, 4),
            "simple_at_most": round(thresholds.simple_at_most, 4),
            "substantive_at_least": round(thresholds.substantive_at_least, 4),
            "in_other_languages_at_least": round(thresholds.elsewhere_at_least, 4),
        },
        "clues": [
            {"clue": clue.clue, "weight": round(clue.weight, 3), "about": clue.about}
            for clue in judge.judge(message).why
        ],
    }


def _lines(explanation: dict[str, Any]) -> Iterator[str]:
    """An explanation for people."""
    about = explanation["explained"]
    yield f"{plain_line(explanation['source'])}"
    yield f"  from     {plain_line(about['sender'])} <{plain_line(explanation['from'] or '')}>"
    yield f"  subject  {plain_line(explanation['subject'] or '')}"
    yield f"  date     {explanation['date'] or 'none'}"
    yield ""
    yield "Read" + (" (too large: only a part of it)" if about["truncated"] else "")
    yield from _block("newest text", about["newest"])
    yield from _block("left out as quoted or forwarded", about["quoted"])
    yield from _block("left out as signature", about["signature"])
    yield ""
    yield f"Scope: {explanation['scope']} ({plain_line(explanation['scope_reason'] or '')})"
    if explanation["category"] is None:
        yield "  It is not judged, and left exactly as it is."
        return
    yield from _judged(explanation)
    yield from _planned(explanation)


def _judged(explanation: dict[str, Any]) -> Iterator[str]:
    about = explanation["explained"]
    yield ""
    yield "Sentences (score: log-odds of the strongest category; above 0 speaks for it)"
    for one in about["sentences"]:
        flags = f" [{', '.join(one['flags'])}]" if one["flags"] else ""
        yield f"  {one['score']:+6.2f}  {one['category']:<11}{flags}  {plain_line(one['text'])}"
    sure = "unsure: no reply is drafted" if explanation["unsure"] else "sure"
    yield ""
    yield f"Category: {explanation['category']} {explanation['confidence']:.1%} ({sure}), model {about['model']}"
    for category, probability in explanation["probabilities"].items():
        yield f"  {category:<12} {probability:6.1%}"
    limits = about.get("thresholds")
    if limits:
        yield (
            f"  sure from: substantive {limits['substantive_at_least']:.1%};"
            f" others {limits['category_at_least']:.1%} with substantive at most {limits['simple_at_most']:.1%};"
            f" in other languages than Dutch and English {limits['in_other_languages_at_least']:.1%}"
        )
    yield ""
    yield "Flags"
    for flag, one in about["flags"].items():
        mark = "set" if flag in explanation["flags"] else "not set"
        yield f"  {flag:<12} {one['probability']:6.1%}, set from {one['threshold']:.1%}: {mark}"
    yield ""
    yield "Clues (in the deciding sentences)"
    for clue in about.get("clues", ()):
        yield f"  {clue['weight']:+6.2f}  {clue['about']:<11}  {plain_line(clue['clue'])}"


def _planned(explanation: dict[str, Any]) -> Iterator[str]:
    about = explanation["explained"]
    yield ""
    yield f"Plan, made as of {about['moment']}"
    yield f"  actions    {', '.join(explanation['actions']) or 'none'}"
    held = " (nobody works before)" if about["held"] else ""
    yield f"  told at    {explanation['notify_at'] or 'never'}{held}"
    yield from _block("reply", explanation["reply"] or "")


def _block(heading: str, text: str) -> Iterator[str]:
    if text.strip():
        yield f"  {heading}:"
        yield from (f"  | {line}" for line in plain_text(text.strip("\n")).split("\n"))
