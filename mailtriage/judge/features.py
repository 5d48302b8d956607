"""From a message to numbers: what training and prediction both see.

Each sentence becomes one row of hashed counts: words, pairs of words, and pieces of words, which stand up to
misspelling, missing diacritics and endings that a second-language writer leaves out; and, in spaces of their own, its
form, the classes of its words (``lexicon``), its neighbours and the subject. The features of one word are computed once
and remembered, so that a mail costs a look-up a word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from itertools import chain, combinations, pairwise
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from mailtriage.judge.language import language_of
from mailtriage.judge.lexicon import classes_of
from mailtriage.judge.sentences import Sentence, sentences
from mailtriage.judge.words import tokens
from mailtriage.records import Message

Columns = NDArray[np.int32]

WIDTH = 1 << 20
"""Columns of the hashed part."""

FEATURES_VERSION = 3
"""Raised whenever a message gives other numbers than before: models that were trained on others are then refused."""

_MAX_SENTENCES = 60
"""Of a longer text the first and the last sentences are read: openings and endings carry what is asked."""

_QUESTION_WORD = re.compile(
    r"\b(wie|wat|waar|wanneer|waarom|hoe|hoelaat|hoeveel|welke?|who|what|where|when|why|how|which)\b", re.IGNORECASE
)
_PIECES = (3, 4, 5)


@dataclass(frozen=True, slots=True)
class Reading:
    """A message cut into sentences, with the words of each, of the subject, how it was sent, and in which language.

    ``inner`` holds for each sentence the columns of its words, their pieces, and their pairs.
    """

    sentences: tuple[Sentence, ...]
    words: tuple[tuple[str, ...], ...]
    inner: tuple[Columns, ...]
    subject: tuple[str, ...]
    reply: bool
    length: int
    language: str


def read(message: Message) -> Reading:
    """Cut a message for the classifier. A message without text is one empty sentence."""
    found = sentences(message.newest) or [Sentence("", 0)]
    if len(found) > _MAX_SENTENCES:
        found = found[: _MAX_SENTENCES // 2] + found[-_MAX_SENTENCES // 2 :]
    words = tuple(tuple(tokens(sentence.text)) for sentence in found)
    return Reading(
        sentences=tuple(found),
        words=words,
        inner=tuple(map(_inner, words)),
        subject=tuple(tokens(message.subject)[:40]),
        reply=bool(message.quoted or message.in_reply_to),
        length=len(message.newest),
        language=language_of(message.newest),
    )


def column(space: str, text: str) -> int:
    """The column of a feature; ``space`` keeps words, pairs, pieces and the rest apart."""
    return crc32(f"{space}\x1f{text}".encode("utf-8", "replace")) & (WIDTH - 1)


@lru_cache(maxsize=200_000)
def word_columns(token: str) -> Columns:
    """Columns of a word and its pieces."""
    columns = [column("w", token)]
    if token[0].isalpha() and len(token) > 1:
        framed = f"<{token[:24]}>"
        pieces = {framed[at : at + size] for size in _PIECES for at in range(len(framed) - size + 1)}
        columns += sorted(column("c", piece) for piece in pieces)
    return np.array(columns, dtype=np.int32)


@lru_cache(maxsize=500_000)
def pair_column(first: str, second: str) -> int:
    """Column of two words that follow each other; ``^`` and ``$`` are the edges."""
    return column("p", f"{first} {second}")


@lru_cache(maxsize=500_000)
def _skip_column(first: str, second: str) -> int:
    """Column of two words with one between them."""
    return column("skip", f"{first} {second}")


@cache
def _columns_of(space: str) -> Callable[[str], int]:
    """``column`` for one space, with a memory."""
    return lru_cache(maxsize=200_000)(partial(column, space))


def sentence_columns(reading: Reading, at: int) -> Columns:
    """Columns of one sentence in its surroundings; one that is there twice counts twice."""
    named = [*_named("form", _form(reading, at)), *_named("subject", reading.subject), *_meanings(reading, at)]
    if at > 0:
        named += _named("before", reading.words[at - 1])
    if at + 1 < len(reading.words):
        named += _named("after", reading.words[at + 1])
    return np.concatenate([np.array([*named, *_joints([reading.words[at]])], dtype=np.int32), reading.inner[at]])


def document_columns(reading: Reading) -> Columns:
    """Columns of the newest text as a whole, with the subject in a space of its own."""
    named = list(_named("subject", reading.subject))
    named += _named("subject pair", [f"{one} {two}" for one, two in pairwise(reading.subject)])
    return np.concatenate([np.array([*named, *_joints(reading.words)], dtype=np.int32), *reading.inner])


def _named(space: str, texts: Iterable[str]) -> Iterable[int]:
    """Columns of features of one space."""
    return map(_columns_of(space), texts)


def _inner(words: Sequence[str]) -> Columns:
    """Columns of words, their pieces, their pairs, and the pairs with one word skipped."""
    pairs = [*map(pair_column, words, words[1:]), *map(_skip_column, words, words[2:])]
    return np.concatenate([np.array(pairs, dtype=np.int32), *map(word_columns, words)])


def _joints(runs: Iterable[Sequence[str]]) -> Iterator[int]:
    """Columns of the pairs at the edges of a text, and where its runs of words meet."""
    last = "^"
    for words in runs:
        if words:
            yield pair_column(last, words[0])
            last = words[-1]
    yield pair_column(last, "$")


def _meanings(reading: Reading, at: int) -> Iterator[int]:
    """Columns of the classes of words in a sentence, of each two of them, and of each in a question or a statement."""
    classes = sorted(set(chain.from_iterable(map(classes_of, reading.words[at]))))
    form = "?" if asks(reading.sentences[at].text) else "."
    yield from _named("class", classes)
    yield from _named("class pair", [f"{one}&{two}" for one, two in combinations(classes, 2)])
    yield from _named("class form", [f"{form}{name}" for name in classes])


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


def rows(columns: Iterable[Columns]) -> csr_matrix:
    """Rows of counts, each damped by its logarithm; columns in order."""
    given = list(columns)
    ends = np.cumsum([0, *map(len, given)])
    indices = np.concatenate([np.zeros(0, dtype=np.int32), *given])
    found = csr_matrix((np.ones(len(indices)), indices, ends), shape=(len(given), WIDTH))
    found.sum_duplicates()
    found.data = 1.0 + np.log(found.data)
    return found
