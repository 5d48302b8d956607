"""Lists of words: what is an ordinary word, and what is a given name.

``words.txt`` holds the words that parents of several voices write in small letters in the training data;
``capital_words.txt`` those that are written with a capital and name nobody; ``given_names.txt`` given names of many
countries, most of them from Faker (MIT licence, Daniele Faraglia and others), and some that Dutch classes know and
Faker does not.
"""

from __future__ import annotations

import pkgutil
from functools import cache

PARTICLES = frozenset((
    "'t", "aan", "abu", "ait", "al", "ben", "bin", "da", "de", "del", "della", "den", "der", "di", "dos", "du",
    "el", "het", "ibn", "la", "le", "mac", "mc", "o'", "oulad", "ould", "te", "ten",
    "ter", "van", "von", "zu",
))  # fmt: skip
"""What stands between the parts of a name, in small letters or not."""

ADDRESSED = frozenset((
    "all", "allemaal", "and", "dames", "directie", "en", "everyone", "frau", "groep", "heer", "heren", "herr",
    "ib", "juf", "juffen", "leerkracht", "leerkrachten", "madam", "madame", "meester", "meesters", "meneer",
    "mevrouw", "miss", "mr", "mrs", "ms", "ouders", "pan", "pani", "school", "señora", "sir", "teacher", "team",
    "und", "öğretmen",
))  # fmt: skip
"""Words with which a greeting goes on that are no names."""

DOES = frozenset((
    "cries", "doet", "durft", "feels", "gaat", "had", "has", "heeft", "huilt", "is", "kan", "komt", "krijgt",
    "mag", "moet", "says", "slaapt", "speelt", "vindt", "voelt", "was", "wil", "wordt", "zegt", "zit",
))  # fmt: skip
"""What stands behind a name at the beginning of a sentence."""


@cache
def capital_words() -> frozenset[str]:
    """Words that are written with a capital and name nobody, in small letters."""
    return _lines("capital_words.txt")


@cache
def ordinary_words() -> frozenset[str]:
    """Words that name nobody, in small letters."""
    return _lines("words.txt") | capital_words()


@cache
def given_names() -> frozenset[str]:
    """Given names, in small letters; some are ordinary words as well."""
    return _lines("given_names.txt")


def _lines(name: str) -> frozenset[str]:
    data = pkgutil.get_data("mailtriage.masking", name) or b""
    return frozenset(data.decode("utf-8").split())
