"""Whether a model still says here what it said where it was made.

The file holds numbers only, so it does not matter by which library version they were written. What can matter is how
they are used: another way to cut sentences, to hash words or to join scores turns a good model into noise without any
error. So the manifest keeps what the model makes of a few fixed mails, and loading asks it again.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mailtriage.judge.features import read
from mailtriage.judge.model import Model, score
from mailtriage.records import CATEGORIES, FLAGS, Address, Message

TOLERANCE = 0.02
"""Probabilities may differ so much: other processors add in another order."""

_MAILS = (
    ("gymtas", "Hoi juf, moet de gymtas morgen mee? Groetjes, Noor (mama van Bram)"),
    (
        "Re: Bram",
        "Beste meester,\n\nSinds de vakantie wil Bram niet meer naar school en huilt hij elke avond. Hij zegt dat ze "
        "hem buitensluiten.\n\nWat gaat u daaraan doen? Ik vind dit écht niet kunnen!!",
    ),
    ("appointment", "Dear teacher, could we move our talk of Tuesday to 15:30 on Thursday? Thank you, Aylin"),
    ("vandaag", "LET OP: oma haalt Bram vandaag om 14.00 op, niet zijn vader. Geef hem met niemand anders mee"),
)


def probe(model: Model) -> list[list[float]]:
    """What a model makes of the fixed mails: for each, the probabilities of categories and flags."""
    readings = [read(Message("", Address("", ""), subject, text)) for subject, text in _MAILS]
    return [
        [round(one.probabilities[name], 6) for name in CATEGORIES] + [round(one.flags[flag], 6) for flag in FLAGS]
        for one in score(model, readings)
    ]


def agrees(model: Model, before: Any) -> bool:
    """Whether a model makes of the fixed mails what it did ``before``, a list as ``probe`` gives it."""
    wanted = np.array(before, dtype=np.float64)
    found = np.array(probe(model))
    return wanted.shape == found.shape and bool((np.abs(wanted - found) <= TOLERANCE).all())
