"""The choice of text parts, and the small message that is made of them."""

from __future__ import annotations

import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtriage.act.imap.envelope import (
    HEADER_CAP,
    ORIGINAL_TYPE,
    TEXT_CAP,
    Piece,
    is_cut,
    message_ids,
    rebuilt,
    whole,
)
from mailtriage.act.imap.structure import MAX_DEPTH, MAX_PARTS, Group, TextPart, choose_parts, parts_of
from mailtriage.act.imap.whole import envelope_part_of
from tests.mailbox.mails import CASES, plain, texts_of, with_attachment

PLAIN = (b"TEXT", b"PLAIN", (b"CHARSET", b"utf-8"), None, None, b"7BIT", 12, 1, None, None, None, None)
HTML = (b"TEXT", b"HTML", None, None, None, b"BASE64", 99, 2)
PDF = (b"APPLICATION", b"PDF", (b"NAME", b"x.pdf"), None, None, b"BASE64", 1000)


def disposed(disposition: Any) -> tuple[Any, ...]:
    """A plain part with this Content-Disposition."""
    return (*PLAIN[:9], disposition)


def test_a_plain_message_is_its_own_part() -> None:
    """The section of a message without parts is 1."""
    assert choose_parts(PLAIN) == TextPart("1", "plain", 12)


def test_groups_keep_their_meaning_and_their_numbers() -> None:
    """An alternative within a mixed stays an alternative; groups of one dissolve."""
    structure = ((PLAIN, HTML, b"ALTERNATIVE", None), PDF, b"MIXED")
    assert choose_parts(structure) == Group("alternative", (TextPart("1.1", "plain", 12), TextPart("1.2", "html", 99)))


def test_unknown_groups_count_as_mixed() -> None:
    """multipart/signed, report and whatever comes: their texts follow each other."""
    chosen = choose_parts((PLAIN, PLAIN, b"SIGNED"))
    assert chosen == Group("mixed", (TextPart("1", "plain", 12), TextPart("2", "plain", 12)))


@pytest.mark.parametrize(
    "part",
    [
        disposed((b"ATTACHMENT", None)),
        disposed((b"inline", (b"FILENAME", b"x.txt"))),
        disposed((b"inline", (b"filename*0*", b"x.txt"))),
        disposed(b'attachment; filename="x.txt"'),
        (b"TEXT", b"PLAIN", (b"NAME", b"x.txt"), None, None, b"7BIT", 12),
        (b"TEXT", b"CALENDAR", None, None, None, b"7BIT", 12),
        (b"MESSAGE", b"RFC822", None, None, None, b"7BIT", 12, (None,), PLAIN, 1),
        PDF,
    ],
)
def test_what_is_no_text_of_the_sender_is_not_chosen(part: tuple[Any, ...]) -> None:
    """Attachments by word or by name, other types, attached messages."""
    assert choose_parts(part) == Group("mixed")
    assert choose_parts((PLAIN, part, b"MIXED")) == TextPart("1", "plain", 12)


@pytest.mark.parametrize("odd", [None, (), b"TEXT", 7, (None, None), [PLAIN], "text"])
def test_an_odd_structure_is_no_choice(odd: Any) -> None:
    """The caller then reads the raw text."""
    assert choose_parts(odd) is None


def test_depth_and_number_are_bounded() -> None:
    """300 levels are nobody's mail; of 100 parts the first few are read."""
    deep: tuple[Any, ...] = PLAIN
    for _ in range(300):
        deep = (deep, b"MIXED")
    assert choose_parts(deep) is None
    assert choose_parts((PLAIN,) * 100 + (b"MIXED",)) == Group(
        "mixed", tuple(TextPart(str(number), "plain", 12) for number in range(1, MAX_PARTS + 1))
    )
    assert choose_parts((PLAIN,) * 10_000) is None


atoms = (
    st.none() | st.integers() | st.binary(max_size=12) | st.sampled_from([b"TEXT", b"PLAIN", b"HTML", b"ATTACHMENT"])
)
nested = st.recursive(atoms, lambda children: st.lists(children, max_size=6).map(tuple), max_leaves=60)


@given(nested | st.lists(nested, max_size=12).map(tuple))
def test_any_structure_at_all_is_borne(structure: Any) -> None:
    """Whatever a server sends, the choice is bounded and has sections that can be asked for."""
    chosen = choose_parts(structure)
    if chosen is not None:
        sections = [part.section for part in parts_of(chosen)]
        assert len(sections) == len(set(sections)) <= MAX_PARTS
        assert all(set(section) <= set(string.digits + ".") for section in sections)
        assert all(section.count(".") <= MAX_DEPTH for section in sections)


@given(st.binary(max_size=400))
def test_any_bytes_at_all_make_an_envelope_part(raw: bytes) -> None:
    """The envelope part of rubbish is rubbish, not a crash."""
    assert isinstance(envelope_part_of(raw)[0], bytes)


@given(st.lists(st.binary(max_size=60), min_size=2, max_size=4))
def test_the_boundary_stands_in_no_part(bodies: list[bytes]) -> None:
    """A sender cannot smuggle in a part by guessing the boundary."""
    chosen = Group("mixed", tuple(TextPart(str(number), "plain") for number in range(len(bodies))))
    pieces = {str(number): Piece(b"", body, cut=False) for number, body in enumerate(bodies)}
    made = rebuilt(b"Subject: x\r\n\r\n", chosen, pieces)
    boundary = made.partition(b'boundary="')[2].partition(b'"')[0]
    assert made.count(b"--" + boundary) == len(bodies) + 1
    again = dict(pieces, **{"0": Piece(b"", made, cut=False)})
    boundary_again = rebuilt(b"\r\n", chosen, again).partition(b'boundary="')[2].partition(b'"')[0]
    assert boundary_again not in made


@pytest.mark.parametrize("case", CASES)
def test_bytes_at_hand_are_chosen_by_the_same_rules(case: str) -> None:
    """In memory as over IMAP: the same text parts."""
    raw, texts = CASES[case]
    assert texts_of(envelope_part_of(raw)[0]) == texts


def test_a_forged_original_type_is_taken_out() -> None:
    """Only this program writes that header, whichever way the message is rebuilt."""
    header = f"{ORIGINAL_TYPE}: multipart/report\r\nSubject: x\r\nContent-Type: text/plain\r\n\r\n".encode()
    assert b"report" not in whole(header, b"", cut=False)
    assert b"report" not in rebuilt(header, TextPart("1", "plain"), {})


def test_headers_are_kept_octet_by_octet_but_for_the_content() -> None:
    """Folding, raw 8-bit and order stay; Content-* is replaced; a line that is no field falls out."""
    header = (
        b"Subject: a\r\n b\r\nX-Y: \xe9\r\nno field\r\n"
        b"Content-Type: multipart/mixed;\r\n boundary=q\r\nContent-Foo: 1\r\n\r\n"
    )
    made = rebuilt(header, TextPart("1", "html"), {"1": Piece(b"", b"<p>", cut=False)})
    assert made == (
        b"Subject: a\r\n b\r\nX-Y: \xe9\r\n"
        b"X-Mailtriage-Original-Content-Type: multipart/mixed;\r\n boundary=q\r\n"
        b"MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<p>"
    )


def test_a_part_that_was_cut_ends_with_a_whole_line() -> None:
    """Half a base64 group or half a letter helps nobody; without any line end it stays as it is."""
    assert rebuilt(b"", TextPart("1", "plain"), {"1": Piece(b"", b"een\r\ntw", cut=True)}).endswith(b"een\r\n")
    assert whole(b"", b"eentw", cut=True).endswith(b"eentw")


def test_large_mails_are_cut_and_say_so() -> None:
    """Header and text have caps; attachments do not count."""
    raw, cut = envelope_part_of(plain("large", "x" * 70 + "\n" + "regel\n" * TEXT_CAP))
    assert cut
    assert len(raw) < TEXT_CAP + HEADER_CAP
    raw, cut = envelope_part_of(b"Subject: x\r\nX-Y: " + b"y" * 10_000_000 + b"\r\n\r\ntekst")
    assert cut
    assert raw == b"Subject: x\r\n\r\ntekst"
    raw, cut = envelope_part_of(with_attachment(2_000_000))
    assert not cut
    assert len(raw) < 2_000


def test_a_body_of_exactly_the_cap_is_whole() -> None:
    """Where the server told the size, that decides."""
    assert not is_cut(b"xx", 2, 2)
    assert is_cut(b"xx", 3, 2)
    assert is_cut(b"xx", None, 2)


def test_message_ids_are_unfolded_and_all_told() -> None:
    """A Message-ID may stand on the next line, and twice; References are not Message-IDs."""
    header = b"Message-ID:\r\n <1@x>\r\nReferences: <2@x>\r\nmessage-id: <3@x> \r\n"
    assert message_ids(header) == {"<1@x>", "<3@x>"}
