"""What a digest says of each message, and whom it names."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailtriage.act.digest import Digest, DigestWriter
from mailtriage.act.items import Item
from mailtriage.act.phrases import Phrases
from mailtriage.records import Category, Flag
from mailtriage.settings import Contact, School

NL = School(
    emergency=Contact(name="Conciërge", phone="030 555 01 99"), management=Contact(name="Wil", phone="030 555 01 24")
)
EN = NL.model_copy(update={"language": "en"})


def item(
    category: Category | None = Category.YES_NO, *flags: Flag, unsure: bool = False, drafted: bool = False
) -> Item:
    """A message of a parent that arrived on a Tuesday evening."""
    arrived = datetime(2026, 9, 15, 18, 58, tzinfo=UTC)
    return Item("Kim", "Een vraag", category, unsure, frozenset(flags), drafted=drafted, arrived=arrived)


def written(school: School, *items: Item) -> Digest:
    """A digest of these."""
    return DigestWriter(school).write(items)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (item(Category.YES_NO), "Een korte vraag: een antwoord van een regel volstaat."),
        (item(Category.NOTICE, Flag.URGENT), "Vraagt nu om aandacht."),
        (item(Category.YES_NO, Flag.PERSONAL), "Persoonlijk bericht: dat hoort op een privé-adres."),
        (item(Category.NOTICE, Flag.CONDUCT), "Let op: dit bericht lijkt de omgangsregels te overschrijden."),
        (
            item(Category.SUBSTANTIVE, Flag.URGENT, drafted=True),
            "Vraagt nu om aandacht. Er staat een antwoord klaar bij de concepten.",
        ),
        (item(Category.NOTICE, unsure=True), "Kijk zelf wat dit bericht vraagt; er is geen antwoord klaargezet."),
        (item(None), "Dit bericht kon niet worden gelezen; het staat ongewijzigd in het postvak."),
    ],
)
def test_flags_go_before_the_category(one: Item, expected: str) -> None:
    """What is urgent, personal or hurtful is never called a short question or a notice; text and HTML say the same."""
    assert Phrases("nl", NL.zone).advice(one) == expected
    digest = written(NL, one)
    assert expected in digest.text
    assert expected in digest.html


@pytest.mark.parametrize(
    ("school", "expected"),
    [(NL, "dinsdag 15 september om 20.58 uur"), (EN, "Tuesday 15 September at 20:58")],
    ids=["nl", "en"],
)
def test_the_time_of_arrival_is_the_schools(school: School, expected: str) -> None:
    """In its zone and its language, in text and HTML."""
    digest = written(school, item())
    assert expected in digest.text
    assert expected in digest.html


@pytest.mark.parametrize(
    ("school", "emergency", "management"),
    [
        (NL, "Bereikbaar bij nood: Conciërge, 030 555 01 99.", "Overleg zo nodig met Wil, 030 555 01 24."),
        (EN, "To be reached in an emergency: Conciërge, 030 555 01 99.", "If need be, talk it over with Wil, 030"),
    ],
    ids=["nl", "en"],
)
def test_contacts_are_named_once_and_only_where_a_mail_calls_for_them(
    school: School, emergency: str, management: str
) -> None:
    """For emergencies with urgent mail, the management with mail that seems to break the rules."""
    plain, pressing = written(school, item()), written(school, item(Category.NOTICE, Flag.URGENT))
    hurtful = written(school, *[item(Category.NOTICE, Flag.CONDUCT)] * 2)
    for which in ("text", "html"):
        assert emergency in getattr(pressing, which)
        assert emergency not in getattr(plain, which) + getattr(hurtful, which)
        assert getattr(hurtful, which).count(management) == 1
        assert management not in getattr(plain, which) + getattr(pressing, which)
