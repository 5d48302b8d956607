"""The reply: names, subjects, threads, languages, templates, and nothing of what the parent wrote."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtriage.decide import Offer, Replier, draft_id
from mailtriage.decide.replies import reply_references, reply_subject, salutation
from mailtriage.errors import ConfigurationError
from mailtriage.records import Address, Message
from mailtriage.settings import Replies, School
from tests.decide.test_hours import local

ELS = Address("Els Vermeer", "groep5@school.example")
NOW = datetime(2026, 9, 14, 12, tzinfo=UTC)
OFFER = Offer((local(2026, 9, 15, 15, 30), local(2026, 9, 16, 12)), "juf Els", 20)
SCHOOL = School(name="De Regenboog", phone="010 555 01 23")
OURS = Replier(Replies(), SCHOOL)
PARENT = Message("<a@thuis.example>", Address("Kim Bakker", "kim@thuis.example"), "Noah", "Ik maak me zorgen.")


def drafted(message: Message = PARENT, wrote: str = "nl", *, offer: Offer = OFFER, **chosen: object) -> str:
    """The text of a reply."""
    replier = Replier(Replies.model_validate(chosen), SCHOOL) if chosen else OURS
    return replier.draft(message, wrote, offer, ELS, NOW).text


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Kim Bakker", "Kim Bakker"),
        ("Jansen, Piet", "Piet Jansen"),
        ("van den Berg, Jan", "Jan van den Berg"),
        ('"Riet (oma van Jurre)"', "Riet"),
        ("'Kim'", "Kim"),
        ("Kim [thuis]", "Kim"),
        ("Noud + Pien", ""),
        ("J. & M. Jansen", ""),
        ("kim@thuis.example", ""),
        ("Familie Jansen", ""),
        ("Kim via Parro", ""),
        ("Jansen, Piet, drs.", ""),
        ("0612345678", ""),
        ("Win! https://a.example", ""),
        ("Kim\u202e\u200b\r\nBakker", "Kim Bakker"),
        ("x" * 61, ""),
        ("👩‍👧", ""),
        ("", ""),
    ],
)
def test_a_parent_is_called_by_name_where_there_is_one(name: str, expected: str) -> None:
    """Family name first is turned round, asides go, and what is no name of one person is none."""
    assert salutation(name) == expected


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("Noah", "Re: Noah"),
        ("", "Re:"),
        ("Re: Noah", "Re: Noah"),
        ("RE: Noah", "RE: Noah"),
        ("Antw: Noah", "Antw: Noah"),
        ("AW: Noah", "AW: Noah"),
        ("Re[2]: Noah", "Re[2]: Noah"),
        ("Rekenen: Noah", "Re: Rekenen: Noah"),
        ("Fwd: Noah", "Re: Fwd: Noah"),
    ],
)
def test_the_subject_stays_the_parents(subject: str, expected: str) -> None:
    """With one ``Re:``, whatever mail program wrote the one that is there."""
    assert reply_subject(subject) == expected


@pytest.mark.parametrize(
    ("references", "in_reply_to", "own", "expected"),
    [
        (("<1@x>", "<2@x>"), ("<2@x>",), "<3@x>", ("<1@x>", "<2@x>", "<3@x>")),
        ((), ("<2@x>",), "<3@x>", ("<2@x>", "<3@x>")),
        ((), ("<1@x>", "<2@x>"), "<3@x>", ("<3@x>",)),
        ((), (), "<3@x>", ("<3@x>",)),
        (("<1@x>",), (), "", ("<1@x>",)),
    ],
)
def test_the_thread_goes_on(
    references: tuple[str, ...], in_reply_to: tuple[str, ...], own: str, expected: tuple[str, ...]
) -> None:
    """RFC 5322 §3.6.4: the parent's References, else its In-Reply-To if that is one id; then its own Message-ID."""
    parent = replace(PARENT, message_id=own, references=references, in_reply_to=in_reply_to)
    assert reply_references(parent) == expected


def test_a_draft_has_the_same_id_whenever_it_is_made() -> None:
    """And another one for another mail, and in another account."""
    other = Address("", "groep6@school.example")
    assert draft_id(PARENT, ELS) == draft_id(replace(PARENT), replace(ELS, name="Karim"))
    assert len({draft_id(PARENT, ELS), draft_id(PARENT, other), draft_id(replace(PARENT, digest="x"), ELS)}) == 3


@pytest.mark.parametrize(
    ("chosen", "language", "opening"),
    [
        ({}, "nl", "Hartelijk dank voor uw bericht"),
        ({"form": "je"}, "nl", "Dank je wel voor je bericht"),
        ({}, "en", "Thank you for your message"),
        ({"form": "je"}, "en", "Thank you for your message"),
        ({}, "pl", "Hartelijk dank voor uw bericht"),
        ({"language": "nl"}, "en", "Hartelijk dank voor uw bericht"),
        ({"language": "en"}, "nl", "Thank you for your message"),
    ],
)
def test_form_and_language_are_chosen_by_school_and_parent(chosen: dict[str, Any], language: str, opening: str) -> None:
    """A parent who writes in neither language is answered in the school's."""
    assert opening in drafted(wrote=language, **chosen)


def test_an_english_school_answers_others_in_english() -> None:
    """The school's language stands in."""
    replier = Replier(Replies(), School(language="en"))
    assert replier.language_for("tr") == "en"
    assert replier.language_for("nl") == "nl"


def test_the_reply_offers_what_it_has() -> None:
    """Proposals, number, name and school; without proposals it asks when, without a number it names none."""
    text = drafted()
    assert "Beste Kim Bakker," in text
    assert "- dinsdag 15 september om 15.30 uur\n- woensdag 16 september om 12.00 uur\n" in text
    assert "010 555 01 23" in text
    assert text.endswith("juf Els\nDe Regenboog\n")
    bare = Replier(Replies(), School()).draft(
        replace(PARENT, sender=Address("", "k@x.example")), "nl", Offer((), "Els", 20), ELS, NOW
    )
    assert "Beste ouder/verzorger," in bare.text
    assert "Laat u mij weten wanneer het u schikt" in bare.text
    assert "bellen om" not in bare.text


def test_the_reply_goes_where_the_parent_wants_it() -> None:
    """Reply-To, else the sender."""
    elsewhere = (Address("", "werk@bedrijf.example"),)
    replier = Replier(Replies(), SCHOOL)
    assert replier.draft(PARENT, "nl", OFFER, ELS, NOW).to == (PARENT.sender,)
    assert replier.draft(replace(PARENT, reply_to=elsewhere), "nl", OFFER, ELS, NOW).to == elsewhere


TEMPLATES = " ".join(
    one.read_text("utf-8") for one in (files("mailtriage.decide") / "templates").iterdir() if one.is_file()
)
OUR_WORDS = set(re.findall(r"\w{6,}", TEMPLATES + drafted() + drafted(wrote="en")))


@given(st.text(), st.text(), st.sampled_from(["nl", "en", "tr"]))
def test_nothing_of_what_the_parent_wrote_is_in_the_reply(body: str, subject: str, language: str) -> None:
    """Whatever the mail says, the text is the same; no word of it appears that is not the template's own."""
    text = drafted(replace(PARENT, newest=body, quoted=body, signature=body, subject=subject), language)
    assert text == drafted(wrote=language)
    assert set(re.findall(r"\w{6,}", body)) & set(re.findall(r"\w{6,}", text)) <= OUR_WORDS


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_a_name_brings_no_markup_and_no_lines(name: str) -> None:
    """A template does not run what a parent calls himself, and the greeting stays one line."""
    greeting = drafted(replace(PARENT, sender=Address(name, "k@x.example"))).partition("\n\n")[0]
    assert greeting.startswith("Beste ")
    assert greeting.endswith(",")
    assert "\n" not in greeting
    assert not set(greeting) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069\x00\r")


def test_a_name_is_not_run_as_a_template() -> None:
    """What stands in braces goes, like every aside."""
    assert drafted(replace(PARENT, sender=Address("Kim {{ phone }}", "k@x.example"))).startswith("Beste Kim,\n")


def test_a_school_may_have_templates_of_its_own(tmp_path: Path) -> None:
    """Those that are missing in its folder are ours."""
    (tmp_path / "nl-u.txt").write_text(
        "Dag {{ name }}! {{ proposals | join(' of ') }} {{ minutes }} {{ phone }}\n", "utf-8"
    )
    assert drafted(templates=str(tmp_path)).startswith("Dag Kim Bakker! dinsdag 15 september")
    assert "Thank you" in drafted(wrote="en", templates=str(tmp_path))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("Dag\n{% if name %}", "nl-u.txt:2: the template cannot be used"),
        ("Dag {{ naam }}", "'naam' is undefined"),
        ("Dag {% if not proposals %}{{ telefoon }}{% endif %}", "'telefoon' is undefined"),
        ("Dag {{ name | groot }}", "No filter named 'groot'"),
        ("{% include 'kop.txt' %}", "kop.txt"),
        ("{{ proposals[0] }}", "list object has no element 0"),
        ("{{ minutes / 0 }}", "division by zero"),
        ("{{ ().__class__.__bases__ }}", "unsafe"),
        ("{{ name + 1 }}", "can only concatenate"),
    ],
)
def test_a_broken_template_is_told_when_it_is_read(tmp_path: Path, content: str, told: str) -> None:
    """With its file and what it may use, also where the mistake stands in a part that is seldom reached."""
    (tmp_path / "nl-u.txt").write_text(content, "utf-8")
    with pytest.raises(ConfigurationError) as caught:
        drafted(templates=str(tmp_path))
    (problem,) = caught.value.problems
    assert told in f"{problem.where}: {problem.what}"
    assert str(tmp_path) in problem.where
    assert "proposals" in problem.advice


def test_all_broken_templates_are_told_at_once(tmp_path: Path) -> None:
    """One that is not UTF-8 among them."""
    (tmp_path / "nl-u.txt").write_bytes(b"Dag {{ naam }}")
    (tmp_path / "en.txt").write_bytes(b"Dear \xff")
    with pytest.raises(ConfigurationError) as caught:
        drafted(templates=str(tmp_path))
    assert [problem.where.rpartition("/")[2] for problem in caught.value.problems] == ["nl-u.txt", "en.txt"]
