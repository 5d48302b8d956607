"""Features that change must say so: models that were trained on others would judge at random."""

from __future__ import annotations

import hashlib

from mailtriage.judge.features import FEATURES_VERSION, document_columns, read, sentence_columns
from mailtriage.records import Address, Message

_TEXT = (
    "Beste juf,\n\nMag Noor morgen om 14.30 uur naar de tandarts? Zij komt dáárna weer terug!\n"
    "Sinds de vakantie slaapt ze slecht... wat doen jullie daaraan\n\nGroet, Aylin 😀"
)
_KNOWN = {1: "653303b4e5f18092", 2: "95df1551b01a8943", 3: "d51adc08dec46c65"}
"""The digest of the columns of the mail above, by version of the features."""


def digest() -> str:
    """What the mail above becomes, as a digest."""
    reading = read(Message("", Address("", ""), "Re: Noor", _TEXT, quoted="Dag"))
    columns = [sorted(sentence_columns(reading, at).tolist()) for at in range(len(reading.words))]
    return hashlib.sha256(repr([*columns, sorted(document_columns(reading).tolist())]).encode()).hexdigest()[:16]


def test_features_of_a_version_stay_as_they_are() -> None:
    """Where this fails, features changed: raise ``FEATURES_VERSION``, write its digest here, and train anew."""
    assert _KNOWN.get(FEATURES_VERSION) == digest()
