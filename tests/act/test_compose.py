"""From a draft or a digest to a mail: threads that hold, and headers that nobody else writes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtriage.act.compose import digest_bytes, draft_bytes
from mailtriage.records import Address, Draft
from tests.act.rig import ELS, parsed, text_of
from tests.school import AT_WORK

KIM = Address("Kim Bakker", "kim@thuis.example")
DRAFT = Draft(
    "<draft@school.example>", ELS, (KIM,), "Re: Vraag", "<a@x>", ("<a@x>",), "Beste Kim,\n\nÉén regel.\n", AT_WORK
)
LONG = f"<{'A' * 90}@AM0PR07MB5678.eurprd07.prod.outlook.com>"


def test_a_draft_is_a_plain_mail() -> None:
    """With its own Message-ID, its moment, its text as it was, and a header that says whose work it is."""
    message = parsed(draft_bytes(DRAFT))
    assert message["Message-ID"] == "<draft@school.example>"
    assert message["Date"].datetime == AT_WORK
    assert message["X-Mailtriage"].partition(";")[0] == "draft"
    assert text_of(message).replace("\r\n", "\n") == DRAFT.text


def test_long_message_ids_stand_whole() -> None:
    """As Outlook makes them: a broken one would end the thread."""
    raw = draft_bytes(replace(DRAFT, in_reply_to=LONG, references=(LONG,) * 20))
    assert f"In-Reply-To: {LONG}\r\n".encode() in raw
    assert raw.count(LONG.encode()) == 21
    assert max(len(line) for line in raw.split(b"\r\n")) < 998


def test_a_very_long_chain_keeps_its_beginning_and_its_end() -> None:
    """RFC 5322 wants the thread found from either side."""
    chain = tuple(f"<{number}@x>" for number in range(200))
    kept = parsed(draft_bytes(replace(DRAFT, references=chain)))["References"].split()
    assert kept[0] == "<0@x>"
    assert kept[1:] == list(chain[-50:])


@pytest.mark.parametrize(
    "broken",
    ["no id", "<a b@x>", "<a@x>\r\nBcc: x@y.example", "<=?utf-8?q?a=0D=0ABcc:_x@y?=>", f"<{'a' * 2000}@x>"],
)
def test_what_is_no_message_id_is_left_out(broken: str) -> None:
    """Neither header is written for it."""
    message = parsed(draft_bytes(replace(DRAFT, in_reply_to=broken, references=(broken,))))
    assert (message["In-Reply-To"], message["References"], message["Bcc"]) == (None, None, None)


@pytest.mark.parametrize(
    "evil",
    [
        "Vraag\r\nBcc: evil@x.example",
        "=?utf-8?q?Vraag=0D=0ABcc:_evil@x.example?=",
        "=?utf-8?b?DQpCY2M6IGV2aWxAeC5leGFtcGxl?=",
    ],
)
def test_a_parent_writes_no_headers(evil: str) -> None:
    """Neither by the subject nor by the name, also not encoded a second time: a hidden copy would leave the school."""
    raw = draft_bytes(replace(DRAFT, subject=evil, to=(replace(KIM, name=evil),)))
    message = parsed(raw)
    assert b"\nBcc" not in raw
    assert {key.lower() for key in message} == {
        "from", "to", "subject", "date", "message-id", "x-mailtriage", "in-reply-to", "references", "content-type",
        "content-transfer-encoding", "mime-version",
    }  # fmt: skip
    assert [one.addr_spec for one in message["To"].addresses] == ["kim@thuis.example"]


@given(subject=st.text(), name=st.text(), address=st.text())
def test_whatever_a_mail_holds_a_draft_can_be_written(subject: str, name: str, address: str) -> None:
    """It is a mail with one subject, and to nobody else."""
    message = parsed(draft_bytes(replace(DRAFT, subject=subject, to=(Address(name, address),))))
    assert message["Message-ID"] == "<draft@school.example>"
    assert message["Cc"] is None
    assert message["Bcc"] is None
    assert len(message.get_all("Subject") or []) == 1


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("kim@thuis.example", "Kim Bakker <kim@thuis.example>"),
        ("kim@münchen.example", "Kim Bakker <kim@xn--mnchen-3ya.example>"),
        ("jörg@thuis.example", None),
        ("no address", None),
        ("", None),
    ],
)
def test_an_address_that_headers_cannot_hold_is_left_out(address: str, expected: str | None) -> None:
    """The teacher fills it in; a domain beyond ASCII is written as the network knows it."""
    assert parsed(draft_bytes(replace(DRAFT, to=(replace(KIM, address=address),))))["To"] == expected


def test_a_digest_is_automatic_mail_to_oneself() -> None:
    """RFC 3834: nobody's holiday message answers it."""
    message = parsed(digest_bytes(ELS, "2 berichten", "<d@school.example>", "tekst\n", "<p>tekst</p>\n", AT_WORK))
    assert message["From"] == message["To"] == "Els Vermeer <groep5@school.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert (text_of(message).strip(), text_of(message, "html").strip()) == ("tekst", "<p>tekst</p>")
