"""What a digest says of each message, and whom it names."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailtriage.act.compose import digest_bytes
from mailtriage.act.digest import MOST, Digest, DigestWriter, Handed, Ways
from mailtriage.act.items import LONGEST, Item, item_of
from mailtriage.act.mailbox import Marking
from mailtriage.act.phrases import Phrases
from mailtriage.act.wording import PAIRS, WORDS
from mailtriage.decide import Occasion
from mailtriage.records import CATEGORIES, Address, Category, Flag, Message, Verdict
from mailtriage.settings import Contact, School
from mailtriage.store import Known, Place
from tests.school import AT_WORK

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
        (item(Category.YES_NO), "Korte vraag: een antwoord van één regel volstaat."),
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


class _Page(HTMLParser):
    """A page as a browser takes it apart: its elements, and the text of each line."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def shape(self) -> list[tuple[str, dict[str, str | None]]]:
        """The elements with their attributes."""
        return self.elements


def of_strangers(name: str, subject: str, sentence: str, flag: Flag = Flag.URGENT) -> Item:
    """An item of a mail with these texts."""
    known = Known(1, Place("a", "INBOX", 1, 1), Category.SUBSTANTIVE, False, frozenset({flag}), "nl", "")
    message = Message("<a@b>", Address(name, "kim@thuis.example"), subject, "", date=AT_WORK)
    verdict = Verdict(
        category=Category.SUBSTANTIVE,
        probabilities=dict.fromkeys(CATEGORIES, 0.25),
        flags=frozenset({flag}),
        flag_probabilities={},
        language="nl",
        unsure=False,
        flag_sentences={flag: sentence},
    )
    return item_of(known, message, verdict, drafted=True)


def full(*items: Item, language: str = "nl", handed: tuple[Item, ...] = ()) -> Digest:
    """A digest with everything that can stand in one."""
    school = NL.model_copy(update={"language": language})
    occasion = Occasion(AT_WORK, ("Els", "Karim"), by=("Sam",))
    ways = Ways(folders=True, marking=Marking.KEYWORD)
    return DigestWriter(school).write(items, rest=items, occasion=occasion, handed=Handed(handed, 2), ways=ways)


hostile = st.one_of(
    st.text(max_size=60),
    st.text("<>&\"'\\/ \n\r\t\u202e\u2066\u200f\u200b\ufeff\u2028\x00\x1b{}%abc:-=\ud800\u05d0", max_size=60),
    st.sampled_from(
        ["<script>alert(1)</script>", "</td></tr></table>", "{{ 7*7 }}", "<!--", "]]>", "&lt;b&gt;", "\u202egnp.exe"]
    ),
)


@given(hostile, hostile, hostile)
@example("<b>x", "</div>", "<img src=x>")
def test_no_mail_changes_how_a_digest_is_built(name: str, subject: str, sentence: str) -> None:
    """Whatever stands in it, the elements are those of a harmless mail; nothing turns the direction of writing or ends
    a line; and it becomes a mail."""
    evil = of_strangers(name, subject, sentence)
    good = of_strangers("Kim", "Vraag", "Een zin." if evil.sentence else "")
    digest, harmless = full(evil, handed=(evil,)), full(good, handed=(good,))
    assert _Page(digest.html).shape == _Page(harmless.html).shape
    unseen = set("\x00\x1b\u200b\u200f\u202e\u2066\u2028\ufeff\ud800")
    assert not (set(digest.html) | set(digest.text) | set(digest.subject)) & unseen
    assert digest.text.count("\n") == harmless.text.count("\n")
    digest_bytes(Address("Els", "els@school.example"), digest.subject, "<d@s>", digest.text, digest.html, AT_WORK)


@given(hostile, hostile, hostile)
def test_values_are_shown_as_they_are(name: str, subject: str, sentence: str) -> None:
    """Escaped once, not twice: a browser shows the very text that the plain version has."""
    evil = of_strangers(name, subject, sentence)
    shown = "".join(_Page(full(evil).html).texts)
    for value in (evil.sender, evil.subject, evil.sentence):
        assert value in shown


def test_nothing_in_a_digest_leads_outside() -> None:
    """No link, picture, form or script, and nothing that a style fetches; what a mail program would make a link of is
    taken out of names, subjects and sentences."""
    evil = of_strangers("https://evil.example/a", "zie www.evil.example", "Klik: HTTPS://evil.example/?u=1 nu")
    digest = full(evil, handed=(evil,))
    page = _Page(digest.html)
    assert not {tag for tag, _ in page.shape} & {"a", "img", "link", "script", "form", "iframe", "base", "svg"}
    assert not {name for _, attributes in page.shape for name in attributes} & {"href", "src", "background", "action"}
    assert not re.search(r"url\(|@import|https?:|www\.", digest.html, re.IGNORECASE)
    assert not re.search(r"https?:|www\.", digest.text, re.IGNORECASE)
    assert evil.sentence == "Klik: [link] nu"


def test_a_name_without_end_is_cut() -> None:
    """A word of a thousand signs may break anywhere, and is not a thousand signs long."""
    digest = full(of_strangers("x" * 1000, "y" * 1000, "z" * 1000))
    assert max(len(line) for line in digest.text.splitlines()) < LONGEST + 100
    assert "overflow-wrap:anywhere" in digest.html


ORDER = (
    item(Category.NOTICE, Flag.URGENT),
    item(Category.YES_NO, Flag.CONDUCT),
    item(Category.SUBSTANTIVE),
    item(Category.APPOINTMENT, unsure=True),
    item(Category.APPOINTMENT),
    item(Category.YES_NO, Flag.PERSONAL),
    item(Category.NOTICE),
)


def test_the_pressing_come_first_and_then_what_waited_longest() -> None:
    """Flags, conversations, doubt, appointments, questions, notices; within one kind the oldest."""
    named = [
        Item(f"Ouder {rank}{age}", "", one.category, one.unsure, one.flags, arrived=AT_WORK.replace(hour=hour))
        for rank, one in enumerate(ORDER)
        for age, hour in (("b", 6), ("a", 5))
    ]
    digest = written(NL, *reversed(named))
    expected = [f"Ouder {rank}{age}" for rank in range(len(ORDER)) for age in "ab"]
    assert [one.sender for one in digest.items] == expected
    for shown in (digest.text, "".join(_Page(digest.html).texts)):
        places = [shown.index(sender) for sender in expected]
        assert places == sorted(places)


def test_a_full_digest_is_not_cut_off_by_gmail() -> None:
    """Gmail shows the first 102 kB of a mail."""
    long = of_strangers("Naam " * 40, "Onderwerp " * 20, "Zin " * 50)
    assert len(full(*[long] * MOST, handed=(long,) * 10).html.encode()) < 102_000


@pytest.mark.parametrize(
    ("ways", "expected", "missing"),
    [
        (Ways(True, Marking.NOTHING), "Verplaats de mail naar Triage/Inhoudelijk", "label"),
        (Ways(True, Marking.KEYWORD), "(Triage-Inhoudelijk enzovoort)", "Geef"),
        (Ways(False, Marking.LABEL), "Geef de mail het label Triage/Inhoudelijk, Triage/Afspraak", "Verplaats"),
        (Ways(), "", "Klopt een oordeel niet"),
    ],
)
def test_the_way_to_correct_is_the_one_that_is_open(ways: Ways, expected: str, missing: str) -> None:
    """By folder, by mark, by both, or by neither: by what the school has on and the server can do."""
    digest = DigestWriter(NL).write([item()], ways=ways)
    for shown in (digest.text, "".join(_Page(digest.html).texts)):
        assert expected in shown
        assert missing not in shown


def test_what_is_not_told_one_by_one_is_counted_by_category() -> None:
    """The most frequent first."""
    rest = [item(Category.NOTICE), item(Category.YES_NO), item(Category.YES_NO), item(None), item(unsure=True)]
    said = DigestWriter(NL).write([item()], rest=rest).text
    wanted = "(2 Ja-nee-misschien, 1 Mededeling, 1 Niet te beoordelen en 1 Onzeker); ze staan in het postvak."
    assert f"En nog 5 andere berichten {wanted}" in said


@pytest.mark.parametrize(
    ("hour", "language", "greeting"),
    [(3, "nl", "Dag"), (6, "nl", "Goedemorgen"), (12, "nl", "Goedemiddag"), (18, "en", "Good evening")],
)
def test_the_greeting_goes_by_the_hour_of_the_school(hour: int, language: str, greeting: str) -> None:
    """In its zone, whatever zone the moment is given in."""
    moment = datetime(2026, 9, 16, hour, tzinfo=NL.zone).astimezone(UTC)
    one, several = Occasion(moment, ("Els",)), Occasion(moment, ("Els", "Karim", "Sam"))
    phrases = Phrases(language, NL.zone)
    assert phrases.greeting(one) == f"{greeting} Els"
    assert phrases.greeting(several) == f"{greeting} Els, Karim {'en' if language == 'nl' else 'and'} Sam"


def test_both_languages_have_every_word() -> None:
    """With the same gaps to fill in."""

    def gaps(text: str) -> int:
        return text.count("{}")

    assert {key: gaps(text) for key, text in WORDS["nl"].items()} == {k: gaps(t) for k, t in WORDS["en"].items()}
    assert PAIRS["nl"].keys() == PAIRS["en"].keys()
    english = full(*ORDER, language="en", handed=ORDER)
    assert not re.search(r"\b(van|het|bericht|antwoord|en|dringend)\b", english.text, re.IGNORECASE)


def test_the_dark_is_prepared_for() -> None:
    """Every colour of the light has one of the dark, and programs are told that both are there."""
    html = full(*ORDER).html
    style = html.partition("<style>")[2].partition("</style>")[0]
    assert "prefers-color-scheme:dark" in style
    assert '<meta name="color-scheme" content="light dark">' in html
    body = html.partition("<body")[2]
    coloured = re.findall(
        r'<(?:span|table|div|body|td)[^>]*style="[^"]*(?:background|[;"]color):[^"]*"[^>]*>', f"<body{body}"
    )
    assert len(coloured) > 20
    for element in coloured:
        (name,) = re.findall(r'class="([a-z_]+)"', element)
        assert f".{name}" in style
