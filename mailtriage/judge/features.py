"""From a message to numbers: what training and prediction both see.

Each sentence becomes one row of hashed counts: words, pairs of words, and pieces of words, which stand up to
misspelling, missing diacritics and endings that a second-language writer leaves out; and, in spaces of their own, its
form, the classes of its words (``lexicon``), its neighbours and the subject. The features of one word are computed once
and remembered, so that a mail costs a look-up a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from mailtriage.judge.lexicon import classes_of
from mailtriage.judge.sentences import Sentence, sentences
from mailtriage.judge.words import tokens
from mailtriage.records import Message

WIDTH = 1 << 18
"""Columns of the hashed part."""

FEATURES_VERSION = 2
"""Raised whenever a message gives other numbers than before: models that were trained on others are then refused."""

_MAX_SENTENCES = 60
"""Of a longer text the first and the last sentences are read: openings and endings carry what is asked."""

_QUESTION_WORD = re.compile(
    r"\b(wie|wat|waar|wanneer|waarom|hoe|hoelaat|hoeveel|welke?|who|what|where|when|why|how|which)\b", re.IGNORECASE
)
_PIECES = (3, 4, 5)


@dataclass(frozen=True, slots=True)
class Reading:
    """A message cut into sentences, with the words of each, of the subject, and how it was sent."""

    sentences: tuple[Sentence, ...]
    words: tuple[tuple[str, ...], ...]
    subject: tuple[str, ...]
    reply: bool
    length: int


def read(message: Message) -> Reading:
    """Cut a message for the classifier. A message without text is one empty sentence."""
    found = sentences(message.newest) or [Sentence("", 0)]
    if len(found) > _MAX_SENTENCES:
        found = found[: _MAX_SENTENCES // 2] + found[-_MAX_SENTENCES // 2 :]
    return Reading(
        sentences=tuple(found),
        words=tuple(tuple(tokens(sentence.text)) for sentence in found),
        subject=tuple(tokens(message.subject)[:40]),
        reply=bool(message.quoted or message.in_reply_to),
        length=len(message.newest),
    )


@lru_cache(maxsize=500_000)
def column(space: str, text: str) -> int:
    """The column of a feature; ``space`` keeps words, pairs, pieces and the rest apart."""
    return crc32(f"{space}\x1f{text}".encode("utf-8", "replace")) & (WIDTH - 1)


@lru_cache(maxsize=200_000)
def word_columns(token: str) -> tuple[int, ...]:
    """Columns of a word and its pieces."""
    columns = [column("w", token)]
    if token[0].isalpha() and len(token) > 1:
        framed = f"<{token[:24]}>"
        pieces = {framed[at : at + size] for size in _PIECES for at in range(len(framed) - size + 1)}
        columns += sorted(column("c", piece) for piece in pieces)
    return tuple(columns)


@lru_cache(maxsize=500_000)
def pair_column(first: str, second: str) -> int:
    """Column of two words that follow each other; ``^`` and ``$`` are the edges."""
    return column("p", f"{first} {second}")


def sentence_columns(reading: Reading, at: int) -> list[int]:
    """Columns of one sentence in its surroundings."""
    words = reading.words[at]
    columns = _run(words)
    columns += [column("form", feature) for feature in _form(reading, at)]
    if at > 0:
        columns += [column("before", word) for word in reading.words[at - 1]]
    if at + 1 < len(reading.words):
        columns += [column("after", word) for word in reading.words[at + 1]]
    columns += [column("subject", word) for word in reading.subject]
    return columns + _meanings(reading, at)


def document_columns(reading: Reading) -> list[int]:
    """Columns of the newest text as a whole, with the subject in a space of its own."""
    columns = _run([word for words in reading.words for word in words])
    columns += [column("subject", word) for word in reading.subject]
    columns += [
        column("subject pair", f"{one} {two}") for one, two in zip(reading.subject, reading.subject[1:], strict=False)
    ]
    return columns


def _run(words: Sequence[str]) -> list[int]:
    """Columns of words, their pieces, and their pairs with the edges."""
    columns: list[int] = []
    for word in words:
        columns.extend(word_columns(word))
    columns.extend(pair_column(first, second) for first, second in zip(("^", *words), (*words, "$"), strict=True))
    return columns


def _meanings(reading: Reading, at: int) -> list[int]:
    """Columns of the classes of words in a sentence, of each two of them, and of each in a question or a statement."""
    classes = sorted({name for word in reading.words[at] for name in classes_of(word)})
    form = "?" if asks(reading.sentences[at].text) else "."
    columns = [column("class", name) for name in classes]
    columns += [column("class pair", f"{one}&{two}") for one, two in combinations(classes, 2)]
    return columns + [column("class form", f"{form}{name}") for name in classes]


def asks(text: str) -> bool:
    """True where a text has a question mark, of the Latin or the Arabic script."""
    return "?" in text or "؟" in text


def _form(reading: Reading, at: int) -> list[str]:
    """What a sentence looks like: question or statement, where it stands, how it opens and ends."""
    words, text, count = reading.words[at], reading.sentences[at].text, len(reading.words)
    form = [
        "question" if asks(text) else "statement",
        f"from start {min(at, 3)}",
        f"from end {min(count - 1 - at, 3)}",
        f"length {min(len(words) // 5, 6)}",
    ]
    if words:
        form += [f"first {words[0]}", f"opening {' '.join(words[:2])}", f"last {words[-1]}"]
    asked = _QUESTION_WORD.search(text)
    if asked:
        form.append(f"asks {asked.group(0).lower()}")
    if count == 1:
        form.append("only one")
    return form


def rows(columns: Iterable[Sequence[int]]) -> csr_matrix:
    """Rows of counts, each damped by its logarithm; columns in order."""
    indptr: list[int] = [0]
    indices: list[NDArray[np.int64]] = []
    data: list[NDArray[np.float64]] = []
    for row in columns:
        unique, counts = np.unique(np.asarray(row, dtype=np.int64), return_counts=True)
        indices.append(unique)
        data.append(1.0 + np.log(counts) if len(counts) else np.zeros(0))
        indptr.append(indptr[-1] + len(unique))
    return csr_matrix(
        (
            np.concatenate(data) if data else np.zeros(0),
            np.concatenate(indices) if indices else np.zeros(0, dtype=np.int64),
            np.asarray(indptr),
        ),
        shape=(len(indptr) - 1, WIDTH),
    )
