"""Reading a mail that is to be sent, and the bytes that go out."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtriage.act.letter import Unfit, copy_kept, outgoing, read_letter

OWN = "groep5@school.example"
AT = datetime(2026, 9, 16, 7, 0, tzinfo=UTC)


def mail(*fields: str, body: str = "Dag") -> bytes:
    """A mail from the account, with these fields."""
    return "\r\n".join((f"From: Els <{OWN}>", *fields, "", body, "")).encode()


@pytest.mark.parametrize(
    ("to", "recipients"),
    [
        ("Kim <kim@thuis.example>, mo@thuis.example,", ("kim@thuis.example", "mo@thuis.example")),
        ("Klas: kim@thuis.example, mo@thuis.example;", ("kim@thuis.example", "mo@thuis.example")),
        ('"Bakker, Kim" <kim@thuis.example>', ("kim@thuis.example",)),
        ("=?utf-8?q?K=C3=AFm=2C_mo=40x=2Eexample?= <kim@thuis.example>", ("kim@thuis.example",)),
        ("kim@thuis.example,\r\n Kim <kim@thuis.example>", ("kim@thuis.example",)),
        ("josé@thuis.example", ("josé@thuis.example",)),
        ('"kim b"@thuis.example', ('"kim b"@thuis.example',)),
    ],
)
def test_whom_it_is_for(to: str, recipients: tuple[str, ...]) -> None:
    """Groups, commas in names, folded fields, letters of any language; each address once."""
    letter = read_letter(mail(f"To: {to}"), OWN)
    assert (letter.recipients, letter.unfit) == (recipients, None)


UNCLEAR = (
    "kees",
    "kim@",
    "<kim@thuis.example",
    "kim@thuis..example",
    "kim@[127.0.0.1]",
    "a b@thuis.example",
    "x\x01@thuis.example",
    "kim@thuis.example mo@thuis.example",
    "kim@thuis.example; mo@thuis.example",
    "Bakker, Kim <kim@thuis.example>",
)


@pytest.mark.parametrize("to", UNCLEAR)
def test_an_address_that_could_mean_anything_is_not_guessed_at(to: str) -> None:
    """Nothing is sent to a part of what she may have meant."""
    assert read_letter(mail("To: mo@thuis.example", f"Cc: {to}"), OWN).unfit is Unfit.UNCLEAR


@pytest.mark.parametrize(
    ("fields", "unfit"),
    [
        (("To: kim@thuis.example",), None),
        (("Bcc: kim@thuis.example",), None),
        ((), Unfit.NOBODY),
        (("To: undisclosed-recipients:;",), Unfit.NOBODY),
        (("To: kim@thuis.example", "Sender: GROEP5@School.example"), None),
        (("To: kim@thuis.example", "Sender: els@school.example"), Unfit.FOREIGN),
        (("To: kim@thuis.example", "From: els@school.example"), Unfit.FOREIGN),
        (("To: kim@thuis.example", "received: from x by y"), Unfit.RECEIVED),
        (("To: kim@thuis.example", "X-Mailtriage: digest"), Unfit.OURS),
        (("To: kim@thuis.example", "X-Mailtriage: draft; as=1"), None),
    ],
)
def test_what_is_a_reply_of_the_account(fields: tuple[str, ...], unfit: Unfit | None) -> None:
    """From its own address alone, to somebody, never received; a draft of ours is one."""
    assert read_letter(mail(*fields), OWN).unfit is unfit


def test_what_goes_out() -> None:
    """Folded fields go or stay as a whole, a line that is no field goes; the body is not touched."""
    raw = mail(
        "Date: Tue, 15 Sep 2026 21:40:00 +0200",
        "Bcc: mo@thuis.example,\r\n kees@thuis.example",
        "X-Mozilla-Draft-Info: internal/draft;\r\n\tvcard=0",
        "To: kim@thuis.example",
        "no field",
        " that goes on",
        "message-id: <old@school.example>",
        "X-Priority: 1",
        body="Bcc: x\r\n\r\n.Dag\n",
    )
    head = "Date: Wed, 16 Sep 2026 07:00:00 +0000\r\nMessage-ID: <new@x>\r\n"
    rest = f"From: Els <{OWN}>\r\nTo: kim@thuis.example\r\nX-Priority: 1\r\n\r\nBcc: x\r\n\r\n.Dag\r\n\r\n"
    assert outgoing(raw, "<new@x>", AT).decode() == head + rest
    kept = message_from_bytes(copy_kept(raw, "<new@x>", AT))
    assert kept["Bcc"].split() == ["mo@thuis.example,", "kees@thuis.example"]


def test_the_same_mail_written_anew_is_the_same() -> None:
    """Another boundary, encoding of the text, encoding of a word in the subject, or Date: Exchange does all that."""
    form = (
        'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="{b}"\r\nSubject: {s}\r\nDate: {d}\r\n\r\n'
        "--{b}\r\n"
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: {e}\r\n\r\n{t}\r\n--{b}\r\n"
        "Content-Type: application/pdf; name=x.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n{p}\r\n--{b}--\r\n"
    )
    first = {"b": "aa", "s": "=?utf-8?q?=C3=89=C3=A9n?=", "d": "x", "e": "8bit", "t": "Prima, één", "p": "JVBERg=="}
    again = {"b": "zz", "s": "=?utf-8?b?w4nDqW4=?=", "d": "y", "e": "quoted-printable", "t": "Prima, =C3=A9=C3=A9n"}
    changes = ({"s": "Ander"}, {"t": "Prima, twee"}, {"p": "JVBERh=="}, {"p": "JVBERi0="})

    def digest(**values: str) -> str:
        return read_letter(
            f"From: {OWN}\r\nTo: kim@thuis.example\r\n{form.format(**first | values)}".encode(), OWN
        ).digest

    assert digest(**again) == digest()
    assert len({digest(**change) for change in changes} | {digest()}) == 4, "the third differs in unused bits alone"


@given(st.binary(max_size=400))
def test_any_bytes_are_read(raw: bytes) -> None:
    """And what goes out of them has one header that ends, with one Date and one Message-ID."""
    for one in (raw, mail("To: kim@thuis.example") + raw, b"From: " + raw, b"To: " + raw + b"\r\n\r\n"):
        read_letter(one, OWN)
        made = outgoing(one, "<new@x>", AT)
        parsed = message_from_bytes(made)
        assert parsed.get_all("Date") == ["Wed, 16 Sep 2026 07:00:00 +0000"]
        assert parsed.get_all("Message-ID") == ["<new@x>"]
        assert "Bcc" not in parsed
        assert b"\n" not in made.replace(b"\r\n", b"")
