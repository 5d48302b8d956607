"""Figures as text, as JSON and as a page: whole, in both languages, closed to the network."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date, timedelta
from html.parser import HTMLParser

import pytest

from mailtriage import plotting
from mailtriage.errors import UsageError
from mailtriage.figures.counting import IMPORTANCE, Figures
from mailtriage.figures.discretion import Shown
from mailtriage.figures.page import page
from mailtriage.figures.present import SECTIONS, About, as_json, lines, share
from mailtriage.figures.words import Words
from mailtriage.records import Category
from mailtriage.settings import WEEKDAYS
from tests.figures.made_up import Archive, fill
from tests.figures.test_counting import MAIL, PERIOD, TUESDAY, counted, read
from tests.school import memory

DUTCH, ENGLISH = Words("nl"), Words("en")
ABOUT = About("De Regenboog", date(2026, 12, 1), "1.0", 180)


@pytest.fixture(scope="module")
def found() -> Figures:
    """The figures of a made-up school."""
    archive = Archive(memory())
    fill(archive, PERIOD.first, PERIOD.last)
    return counted(read(archive))


def numbers_in(value: object) -> list[int]:
    """Every count in a JSON object: of messages, in whatever form."""
    if isinstance(value, dict):
        own = [value[key] for key in ("about", "at_least", "fewer_than") if key in value]
        return own + [number for one in value.values() for number in numbers_in(one)]
    return [number for one in value for number in numbers_in(one)] if isinstance(value, list) else []


class _Elements(HTMLParser):
    """Collects every element with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.found.append((tag, dict(attrs)))


def elements(html: str) -> list[tuple[str, dict[str, str | None]]]:
    """The elements of a page."""
    parser = _Elements()
    parser.feed(html)
    return parser.found


def test_every_number_is_told_in_every_form(found: Figures) -> None:
    """Text, JSON and page hold the same ones, each with its name."""
    assert {name for names in SECTIONS.values() for name in names} == set(IMPORTANCE) - {"mails", "answered"}
    pytest.importorskip("matplotlib")
    text, html, tree = "\n".join(lines(found, ABOUT, DUTCH)), page(found, ABOUT, DUTCH), as_json(found, ABOUT)
    for section, names in SECTIONS.items():
        assert f"<h2>{DUTCH[section]}</h2>" in html
        for name in names:
            number = DUTCH.number(found.numbers[name])
            assert re.search(rf"^ *{re.escape(DUTCH[name])} +{re.escape(number)}", text, re.MULTILINE), name
            assert f">{DUTCH[name]}</th><td>{number.replace('<', '&lt;')}</td>" in html
            assert name in tree[section]


def test_the_json_is_what_is_documented(found: Figures) -> None:
    """Counts in one of three forms, shares in whole percent, days by name; nothing below ten."""
    tree = json.loads(json.dumps(as_json(found, ABOUT)))
    assert (tree["from"], tree["to"], tree["timezone"]) == ("2026-09-01", "2026-11-30", "Europe/Amsterdam")
    assert (tree["fewest"], tree["rounded_to"], tree["too_little"]) == (10, 5, False)
    assert min(numbers_in(tree)) >= 10
    assert all(number % 5 == 0 for number in numbers_in(tree))
    simple, mails = tree["kinds"]["simple"], tree["mails"]
    assert simple["percent"] == round(100 * simple["about"] / mails["about"])
    assert set(tree["waiting_minutes"]) == {"median", "most", "nearly_all"}
    assert [day for one in tree["weekdays"] for day in one["days"]] == list(WEEKDAYS)
    assert tree["weeks"][0]["from"] == "2026-09-01"
    assert tree["weeks"][-1]["to"] == "2026-11-30"
    assert tree["hours"][0]["from"] == 0


def test_shares_follow_from_what_is_shown_alone() -> None:
    """Whoever divides the numbers on the page finds the same percentages."""
    numbers: dict[str, Shown | None] = dict.fromkeys(IMPORTANCE)
    numbers |= {"mails": Shown("about", 150), "simple": Shown("about", 65), "substantive": Shown("at_least", 70)}
    numbers |= {"unsure": Shown("fewer", 10), "offered": Shown("about", 60)}
    some = Figures(PERIOD, numbers)
    expected = {
        "simple": Shown("about", 43),
        "substantive": Shown("at_least", 46),
        "unsure": Shown("fewer", 7),
        "offered": None,
        "night": None,
        "mails": None,
    }
    assert {name: share(some, name) for name in expected} == expected


def test_too_little_mail_is_said_and_nothing_else() -> None:
    """In every form."""
    nothing = counted([MAIL] * 9)
    assert "minder dan 10 berichten" in " ".join(lines(nothing, ABOUT, DUTCH))
    assert "Fewer than 10 messages" in " ".join(lines(nothing, ABOUT, ENGLISH))
    tree = as_json(nothing, ABOUT)
    assert tree["too_little"] is True
    assert "mails" not in tree
    pytest.importorskip("matplotlib")
    html = page(nothing, ABOUT, DUTCH)
    assert DUTCH["too_little"] in html
    assert "<svg" not in html
    assert "<table" not in html


def test_what_is_special_about_a_period_is_said() -> None:
    """Before the first look, erased, not over."""
    about = replace(ABOUT, watched_since=date(2026, 9, 7), kept_from=date(2026, 9, 20), unfinished=True)
    assert about.warnings(DUTCH) == [
        "Het programma kijkt mee sinds 7 september 2026. Van de dagen daarvoor ontbreekt de mail, geheel of voor een "
        "deel.",
        "Wat het programma onthoudt gaat na 180 dagen weg. Van voor 20 september 2026 is er niets of weinig meer.",
        "De periode is nog niet voorbij.",
    ]
    assert "since 7 September 2026" in about.warnings(ENGLISH)[0]
    assert ABOUT.warnings(DUTCH) == []
    text = "\n".join(lines(counted([MAIL] * 9), about, DUTCH))
    assert "! Het programma kijkt mee" in text


@pytest.mark.parametrize(
    ("minutes", "dutch", "english"),
    [
        (None, "–", "–"),
        (0, "< 5 min", "< 5 min"),
        (45, "45 min", "45 min"),
        (60, "1 u 00", "1 h 00"),
        (485, "8 u 05", "8 h 05"),
    ],
)
def test_a_time_is_written_in_hours_and_minutes(minutes: int | None, dutch: str, english: str) -> None:
    """Of working time."""
    assert (DUTCH.minutes(minutes), ENGLISH.minutes(minutes)) == (dutch, english)


def test_numbers_and_days_are_written_as_the_language_does() -> None:
    """Thousands, days and spans of days."""
    assert (DUTCH.number(Shown("about", 1240)), ENGLISH.number(Shown("at_least", 1240))) == ("1.240", "≥ 1,240")
    assert DUTCH.days(date(2026, 9, 28), date(2026, 10, 4)) == "28 sep – 4 okt"
    assert DUTCH.days(date(2026, 9, 28), date(2026, 9, 28)) == "28 sep"
    assert (DUTCH.weekdays(0, 0), ENGLISH.weekdays(5, 6)) == ("ma", "Sat–Sun")


def test_the_page_is_in_the_school_s_language(found: Figures) -> None:
    """Dutch or English, never both."""
    pytest.importorskip("matplotlib")
    dutch, english = page(found, ABOUT, DUTCH), page(found, ABOUT, ENGLISH)
    assert '<html lang="nl">' in dutch
    assert '<html lang="en">' in english
    for section in SECTIONS:
        assert ENGLISH[section] not in dutch
        assert DUTCH[section] not in english


def test_the_page_fetches_nothing_and_runs_nothing(found: Figures) -> None:
    """No script, no style, font or picture from elsewhere; the page forbids them by itself."""
    pytest.importorskip("matplotlib")
    html = page(found, ABOUT, DUTCH)
    parts = elements(html)
    assert {"script", "link", "img", "iframe", "object", "embed", "base", "a"} & {tag for tag, _ in parts} == set()
    for _, attributes in parts:
        for name, value in attributes.items():
            assert not name.startswith("on")
            if name in ("href", "xlink:href", "src", "srcset", "action", "data"):
                assert (value or "").startswith("#"), (name, value)
    assert re.findall(r"url\((?!#)", html) == []
    assert "@import" not in html
    assert "default-src 'none'" in html
    ids = [attributes["id"] for _, attributes in parts if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert html.count("<svg ") == 5


def test_plots_show_nothing_that_the_numbers_do_not() -> None:
    """A school with two substantive messages has the same page as one without, to the last sign."""
    pytest.importorskip("matplotlib")
    rows = [replace(MAIL, category=Category.NOTICE, at=TUESDAY + timedelta(hours=n)) for n in range(200)]
    some = [replace(row, category=Category.SUBSTANTIVE) for row in rows]
    pages = {page(counted([*some[:few], *rows[few:]]), ABOUT, DUTCH) for few in (0, 1, 2)}
    assert len(pages) == 1


def test_plots_take_their_colours_from_the_page(found: Figures) -> None:
    """So that they can be read in the dark and on paper."""
    pytest.importorskip("matplotlib")
    svgs = "".join(re.findall(r"<svg .*?</svg>", page(found, ABOUT, DUTCH), re.DOTALL))
    assert "var(--one)" in svgs
    assert re.findall(r"(?:fill|stroke): #\w+", svgs) == []


def test_the_name_of_the_school_is_text() -> None:
    """It cannot become a part of the page."""
    pytest.importorskip("matplotlib")
    html = page(counted([MAIL] * 9), replace(ABOUT, school="<script>alert(1)</script>"), DUTCH)
    assert "&lt;script&gt;" in html
    assert "script" not in {tag for tag, _ in elements(html)}


def test_without_matplotlib_the_advice_names_the_extra(monkeypatch: pytest.MonkeyPatch, found: Figures) -> None:
    """For the page alone; text and JSON need none."""
    monkeypatch.setattr(plotting, "find_spec", lambda _name: None)
    with pytest.raises(UsageError) as caught:
        page(found, ABOUT, DUTCH)
    assert "mailtriage[report]" in caught.value.advice
    assert as_json(found, ABOUT)["mails"]
