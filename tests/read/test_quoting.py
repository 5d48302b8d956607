"""The newest text of a mail is told from quotes, forwards and signatures, and no word of it is lost."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailtriage.read import read_message
from mailtriage.read.lines import plain_lines, text_of
from mailtriage.read.quoting import split_lines
from tests.read.quoting_samples import SAMPLES, SIGNED, Sample


def split(text: str, subject: str = "") -> tuple[str, str, str]:
    """Newest, quoted and signature of a plain text."""
    zones = split_lines(plain_lines(text), subject=subject)
    return text_of(zones.newest), text_of(zones.quoted), text_of(zones.signature)


def words(text: str) -> Counter[str]:
    """Every word of a text, with how often it stands there."""
    return Counter(re.findall(r"\w+", text))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_newest_is_what_its_sender_wrote(sample: Sample) -> None:
    """Of each client's reply or forward, ``newest`` is exactly what the sender wrote."""
    assert split(sample.text, sample.subject)[0] == sample.newest


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_every_word_is_somewhere(sample: Sample) -> None:
    """Newest, quoted and signature together hold every word of the text, once."""
    assert words(" ".join(split(sample.text, sample.subject))) == words(sample.text)


@pytest.mark.parametrize(("text", "newest", "signature"), SIGNED)
def test_signature_is_what_closes(text: str, newest: str, signature: str) -> None:
    """Footers and signatures go to ``signature``; words that follow a greeting stay newest."""
    assert split(text) == (newest, "", signature)


@pytest.mark.parametrize(("text", "newest", "signature"), SIGNED)
def test_signature_above_a_quote(text: str, newest: str, signature: str) -> None:
    """A signature is found as well where a quote stands below it."""
    whole = f"{text}\n\nOp ma 3 nov 2025 om 14:02 schreef Anke <anke@obs.example>:\n\n> Dag\n"
    found = split(whole)
    if words(newest) - words(signature) and text != "Groeten,\nKarin":
        assert (found[0], found[2]) == (newest, signature)


@given(st.text(alphabet=st.characters(exclude_characters=">", exclude_categories=("Cs", "Cc")), max_size=300))
@settings(max_examples=200, deadline=None)
def test_a_text_without_marks_loses_no_word(text: str) -> None:
    """Whatever is written, every word stands in one of the three texts."""
    assert words(" ".join(split(text))) == words(text)


@given(st.lists(st.sampled_from((
    "> quoted words", "mijn eigen woorden?", "", "-- ", "Groetjes,", "Karin", "Verstuurd vanaf mijn iPhone",
    "Op ma 3 nov 2025 om 14:02 schreef Anke <anke@obs.example>:", "-----Oorspronkelijk bericht-----", "Van: Anke",
    "Verzonden: maandag 3 november 2025 14:02", "Aan: Karin", "Onderwerp: Sem", "P.S. nog iets", ">> dieper",
    "________________________________", "Bedankt,", "Aan dit bericht kunnen geen rechten worden ontleend.",
)), max_size=25))  # fmt: skip
@settings(max_examples=400, deadline=None)
def test_any_mixture_of_marks_loses_no_word(lines: list[str]) -> None:
    """Marks, attributions and greetings in any order: every word is kept once, and something is newest if the
    sender wrote anything."""
    text = "\n".join(lines)
    newest, quoted, signature = split(text)
    assert words(f"{newest} {quoted} {signature}") == words(text)
    if "mijn eigen woorden?" in lines:
        assert newest


def test_everything_above_a_boundary_is_newest() -> None:
    """Text above the first boundary is never called quoted."""
    message = read_message(
        b"From: a@b.example\nSubject: Re: x\n\nKan dat?\n\nVan: x <x@b.example>\nAan: y\nDatum: nu\n\nJa\n"
    )
    assert (message.newest, message.quoted.startswith("Van: x")) == ("Kan dat?", True)
