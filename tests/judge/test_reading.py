"""How a text is cut and counted: sentences, words, columns, rows, language."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtriage.judge.features import WIDTH, column, document_columns, pair_column, read, rows, sentence_columns
from mailtriage.judge.language import language_of
from mailtriage.judge.lexicon import classes_of
from mailtriage.judge.sentences import sentences
from mailtriage.judge.words import tokens
from mailtriage.records import Address, Message

texts = st.text(
    st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("abc .!?\n,…؟'’0123456789🙂İß")), max_size=600
)


def mail(newest: str, subject: str = "", quoted: str = "") -> Message:
    """A message with this newest text."""
    return Message("", Address("", ""), subject, newest, quoted=quoted)


@given(text=texts)
def test_sentences_are_verbatim_in_order_and_lose_no_word(text: str) -> None:
    """Each stands in the text where it says; together they hold every letter and digit."""
    found = sentences(text)
    for one in found:
        assert text[one.start : one.start + len(one.text)] == one.text
        assert one.text.strip()
    starts = [one.start for one in found]
    assert starts == sorted(starts)
    kept = "".join(sign for one in found for sign in one.text if sign.isalnum())
    assert kept == "".join(sign for sign in text if sign.isalnum())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mag dat? Graag even laten weten.", ["Mag dat?", "Graag even laten weten."]),
        ("hoi juf\nnoor is ziek\ngr ilse", ["hoi juf", "noor is ziek", "gr ilse"]),
        ("Dr. De Wit belt om 8.30 uur.", ["Dr. De Wit belt om 8.30 uur."]),
        ("", []),
    ],
)
def test_where_a_sentence_ends(text: str, expected: list[str]) -> None:
    """At punctuation and at a line broken by hand; not behind a title or inside a time."""
    assert [one.text for one in sentences(text)] == expected


@given(text=texts)
def test_whatever_is_written_becomes_numbers(text: str) -> None:
    """No text breaks the reading, and every column is one of the model's."""
    reading = read(mail(text, subject=text[:40]))
    assert len(reading.sentences) == len(reading.words) == len(reading.inner) >= 1
    for at in range(len(reading.words)):
        columns = sentence_columns(reading, at)
        assert ((columns >= 0) & (columns < WIDTH)).all()
    assert len(document_columns(reading)) > 0


def test_of_an_endless_mail_the_beginning_and_the_end_are_read() -> None:
    """The ask stands first or last; the middle of a thousand sentences changes nothing."""
    reading = read(mail("\n".join(f"regel {at}" for at in range(1000))))
    assert [one.text for one in reading.sentences][:2] == ["regel 0", "regel 1"]
    assert reading.sentences[-1].text == "regel 999"
    assert len(reading.sentences) == 60


def test_a_word_an_ending_and_a_misspelling_share_columns() -> None:
    """Pieces of words stand up to typing errors and missing diacritics."""
    asked, mistyped, other = (
        set(sentence_columns(read(mail(text)), 0).tolist()) for text in ("trakteren?", "traktéeren?", "luizen?")
    )
    assert len(asked & mistyped) > 2 * len(asked & other)


def test_pairs_reach_over_one_word_and_over_sentences() -> None:
    """What follows what counts, with one word between, and in the whole text from sentence to sentence."""
    reading = read(mail("mag hij mee. morgen dan"))
    inside = set(sentence_columns(reading, 0).tolist())
    assert {pair_column("mag", "hij"), column("skip", "mag mee"), pair_column("^", "mag")} <= inside
    assert pair_column("mee", "morgen") in set(document_columns(reading).tolist())


def test_rows_count_and_damp() -> None:
    """A column that is there three times counts 1 + log 3; an empty row stays empty."""
    found = rows([np.array([7, 3, 7, 7], dtype=np.int32), np.array([], dtype=np.int32)])
    assert found.shape == (2, WIDTH)
    assert found[0, 7] == pytest.approx(1 + math.log(3))
    assert found[0, 3] == 1
    assert found[1].nnz == 0


def test_tokens_are_plain() -> None:
    """Lower case, no diacritics, every digit a 0, signs that ask kept."""
    assert tokens("Één CAVÉ om 14.30?! 🙂") == ["een", "cave", "om", "00.00", "?!", "🙂"]


def test_classes_know_stems_and_whole_words() -> None:
    """A stem takes its endings along; a whole word does not."""
    assert "meeting" in classes_of("gesprekken")
    assert "private" in classes_of("koor")
    assert classes_of("koorts") == classes_of("koorts")
    assert "private" not in classes_of("koorts")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Mag Tim morgen trakteren op cake in de klas?", "nl"),
        ("Could you tell me when the school trip starts?", "en"),
        ("Oğlum bugün hasta, okula gelemiyor öğretmenim", "tr"),
        ("Czy syn może jutro wyjść wcześniej ze szkoły?", "pl"),
        ("هل يمكنني التحدث معك غدا عن ابنتي؟", "ar"),
        ("ok", "nl"),
        ("", "nl"),
        ("MORGEN KOMT HIJ WAT LATER OP SCHOOL", "nl"),
    ],
)
def test_the_language_of_a_mail(text: str, language: str) -> None:
    """Short texts are taken for Dutch; capitals do not matter."""
    assert language_of(text) == language
