"""Bytes to Message: structure, charsets, headers, limits; and no bytes at all that break it."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailtriage.errors import UnreadableMessageError
from mailtriage.read import Limits, read_message
from mailtriage.read.message import _read

MAILS = Path(__file__).parent.parent / "mails"
HEAD = b"From: Karin <karin@thuis.example>\nSubject: Sem\nMessage-ID: <1@thuis.example>\n"


def newest(rest: bytes, head: bytes = HEAD) -> str:
    """The newest text of a mail with this header and the rest."""
    return _read(head + rest, Limits()).newest


def part(kind: str, text: str, more: str = "") -> str:
    """A MIME part between boundaries."""
    return f"--b\nContent-Type: {kind}\n{more}\n{text}\n"


def multipart(kind: str, *parts: str) -> bytes:
    """The rest of a header, and a multipart body."""
    return (f'MIME-Version: 1.0\nContent-Type: {kind}; boundary="b"\n\n' + "".join(parts) + "--b--\n").encode()


EXPECTED = {
    "latin1-said-to-be-utf8.eml": "Noé heeft koorts en blijft thuis. Één vraag: mag zijn zusje alleen naar huis?",
    "cp1252-without-charset.eml": "Dat is niet “eerlijk” – zegt hij… het kost € 5.",
    "utf8-said-to-be-ascii.eml": "Iñaki is ziek 🤒",
    "unknown-charset.eml": "Zoë komt later.",
    "koi8-r.eml": "Добрый день! Сын болен.",
    "windows-1251.eml": "Доброго дня! Син захворів.",
    "windows-1256.eml": "ابني مريض اليوم",
    "iso-8859-9.eml": "Oğlum bugün hasta, gelemeyecek. Teşekkürler.",
    "gb2312.eml": "孩子今天生病了",
    "utf-16.eml": "Sem is ziek — écht.",
    "broken-quoted-printable.eml": "Ja= dat kan =ZZ om 15.00 uur =",
    "base64-that-is-plain.eml": "Dit is gewoon tekst, en geen base64. Kan Sem morgen om drie uur weg?",
    "flowed.eml": "Dit is een lange alinea die door het programma is afgebroken en weer heel wordt.\n\n>geen citaat",
    "no-boundary.eml": "Sem is ziek.",
    "boundary-not-declared.eml": "Sem is ziek.",
    "attached-message.eml": "Zie de bijlage.",
    "html-with-stub.eml": "Kan Sem morgen weg?",
    "calendar-only.eml": "Gesprek over Sem\nLokaal 5\nOuders, leerkracht en IB'er",
    "enriched-only.eml": "Sem is ziek.",
    "rtf-only.eml": "Sem is één dag ziek.\nKarin",
    "signed.eml": "Sem is ziek.",
    "winmail.eml": "Sem is ziek.",
    "uuencoded-picture.eml": "Hier is de foto.\n\nKlopt dit?",
    "old-mac-line-ends.eml": "Sem is ziek.",
    "mbox-line.eml": "Sem is ziek.",
    "invisible-characters.eml": "Sem is ziek vandaag 👨‍👩‍👧",
    "two-subjects.eml": "Sem is ziek.",
    "apple-text-picture-text.eml": "Kijk eens:\n\nMag dat?",
    "right-to-left.eml": "السلام عليكم، هل يمكن أن نتحدث؟",
    "mixed-instead-of-alternative.eml": "Kan Sem morgen om drie uur weg?",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_ugly_mails(name: str) -> None:
    """Every ugly mail in tests/mails gives the text that a person would read."""
    message = _read((MAILS / name).read_bytes(), Limits())
    assert message.newest == EXPECTED[name]
    assert not message.truncated


def test_headers_of_an_ugly_mail() -> None:
    """Repeated, 8-bit, folded and encoded fields come out as text; the first of a repeated field counts."""
    message = read_message((MAILS / "two-subjects.eml").read_bytes())
    assert message.subject == "Eén vraag over Sem 🙂"
    assert (message.sender.name, message.sender.address) == ("Zoë de Boër", "zoë@thuïs.example")
    assert [each.address for each in message.to] == ["a@obs.example", "b@obs.example"]
    assert message.references == ("<1@x.example>", "<2@x.example>")
    assert message.headers["list-unsubscribe"] == ("<mailto:x@y.example>, <https://y.example>",)
    assert message.received == datetime(2025, 11, 3, 13, 2, 5, tzinfo=UTC)


@pytest.mark.parametrize(("value", "expected"), [
    ("Mon, 3 Nov 2025 14:02:00 +0100", datetime(2025, 11, 3, 13, 2, tzinfo=UTC)),
    ("Mon, 3 Nov 2025 14:02:00 -0000", datetime(2025, 11, 3, 14, 2, tzinfo=UTC)),
    ("3 Nov 2025 14:02:00", datetime(2025, 11, 3, 14, 2, tzinfo=UTC)),
    ("Mon, 3 Nov 12025 14:02:00 +0100", None),
    ("Mon, 3 Nov 1901 14:02:00 +0100", None),
    ("Mon, 33 Nov 2025 14:02:00 +0100", None),
    ("gisteren", None),
    ("", None),
])  # fmt: skip
def test_dates_are_aware_or_none(value: str, expected: datetime | None) -> None:
    """A Date without zone is UTC; what is no date, or a year without mail, is None."""
    assert read_message(f"From: a@b.example\nDate: {value}\n\nx".encode()).date == expected


@pytest.mark.parametrize(("value", "name", "address"), [
    ('"Boer, Karin de" <K@T.example>', "Boer, Karin de", "k@t.example"),
    ("=?utf-8?Q?Zo=C3=AB?= <z@t.example>", "Zoë", "z@t.example"),
    ("Karin <k@t.example>, Piet <p@t.example>", "Karin", "k@t.example"),
    ("Ouders: Karin <k@t.example>, p@t.example;", "Karin", "k@t.example"),
    ("k@t.example (Karin)", "Karin", "k@t.example"),
    ("karin@t.example <k@t.example>", "karin@t.example", "k@t.example"),
    ("Karin", "", ""),
    ("undisclosed-recipients:;", "", ""),
])  # fmt: skip
def test_senders(value: str, name: str, address: str) -> None:
    """Of every form of From the first mailbox is the sender."""
    sender = read_message(f"From: {value}\nSubject: x\n\nx".encode()).sender
    assert (sender.name, sender.address) == (name, address)


def test_nothing_but_a_body() -> None:
    """Without subject, date and Message-ID a mail is still read."""
    message = read_message(b"From: a@b.example\n\nSem is ziek.\n")
    assert (message.subject, message.date, message.message_id, message.newest) == ("", None, "", "Sem is ziek.")


def test_plain_text_is_preferred_to_html() -> None:
    """Of alternatives that say the same the plain one is read."""
    both = multipart(
        "multipart/alternative", part("text/plain", "Ja, dat kan"), part("text/html", "<p>Ja, dat kan!</p>")
    )
    assert newest(both) == "Ja, dat kan"


def test_html_shows_a_quote_that_plain_text_hides() -> None:
    """Where plain text does not mark its quote and the HTML does, the HTML is read."""
    plain = part("text/plain", "Ja.\n\nKan hij maandag?")
    html = part("text/html", "<p>Ja.</p><blockquote type=cite>Kan hij maandag?</blockquote>")
    assert newest(multipart("multipart/alternative", plain, html)) == "Ja."


def test_attached_texts_are_not_the_mail() -> None:
    """Texts that are attachments, by disposition or by name, are left out."""
    body = part("text/plain", "Zie bijlage.")
    attached = part("text/plain", "verslag", 'Content-Disposition: attachment; filename="v.txt"\n')
    named = part('text/html; name="v.html"', "<p>verslag</p>")
    assert newest(multipart("multipart/mixed", body, attached, named)) == "Zie bijlage."


def test_a_large_attachment_changes_nothing() -> None:
    """The same mail with and without an attachment has the same text and digest."""
    text = part("text/plain", "Zie bijlage.")
    data = part("application/pdf", base64.encodebytes(b"x" * 100_000).decode(), "Content-Transfer-Encoding: base64\n")
    with_it = read_message(HEAD + multipart("multipart/mixed", text, data))
    without = read_message(HEAD + multipart("multipart/mixed", text))
    assert (with_it.newest, with_it.digest, with_it.truncated) == (without.newest, without.digest, False)


def test_digest_depends_on_the_text() -> None:
    """Another text, sender or subject gives another digest; folding and line ends do not."""
    first = read_message(HEAD + b"\nSem is ziek.\n").digest
    assert first == read_message((HEAD + b"\nSem is ziek.\n").replace(b"\n", b"\r\n")).digest
    assert first == read_message(HEAD.replace(b"Subject: Sem", b"Subject:\n Sem") + b"\nSem is ziek.\n").digest
    assert first != read_message(HEAD + b"\nSem is beter.\n").digest
    assert first != read_message(HEAD.replace(b"karin@", b"piet@") + b"\nSem is ziek.\n").digest


def nested(levels: int) -> bytes:
    """A text below so many multiparts."""
    opened = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (level, level) for level in range(levels)
    )
    return HEAD + opened + b"Content-Type: text/plain\n\nSem is ziek.\n"


def test_deep_mime() -> None:
    """Forty levels are read; 300 and 5,000 are refused with a reason."""
    assert read_message(nested(40)).newest == "Sem is ziek."
    for levels in (300, 5_000):
        with pytest.raises(UnreadableMessageError, match="no text was found"):
            read_message(nested(levels))


def test_alternatives_within_alternatives() -> None:
    """A text below many alternatives whose plain text is empty is found, and each part is read once."""
    level = b"Content-Type: multipart/alternative; boundary=b%d\n\n--b%d\nContent-Type: text/plain\n\n \n--b%d\n"
    levels = b"".join(level % (number, number, number) for number in range(18))
    assert newest(levels + b"Content-Type: text/html\n\n<p>Sem is ziek.") == "Sem is ziek."


def test_a_header_that_never_ends() -> None:
    """A 10 MB header is cut; the mail is read where its sender was found, else refused."""
    filler = b"X-Filler: " + b"a" * 90 + b"\n"
    message = read_message(HEAD + filler * 100_000 + b"\nSem is ziek.\n")
    assert (message.truncated, message.subject, message.newest) == (True, "Sem", "Sem is ziek.")
    with pytest.raises(UnreadableMessageError, match="no sender"):
        read_message(filler * 100_000 + HEAD + b"\nSem is ziek.\n")


HOSTILE = {
    "twenty parts": HEAD
    + b"Content-Type: multipart/mixed; boundary=b\n\n"
    + (b"--b\nContent-Type: text/html\n\n" + b"<p>x" * 12_000 + b"\n") * 20,
    "encoded words": b"From: a@b.example\nSubject: " + b"=?utf-8?q?a?= " * 50_000 + b"\n\nx",
    "addresses": b"From: a@b.example\nTo: " + b"x <a@b.example>, " * 100_000 + b"\n\nx",
    "one line": HEAD + b"\n" + b"a" * 10_000_000,
    "quote marks": HEAD + b"\n" + b"> " * 500_000,
    "blanks": HEAD + b"\nx" + b" " * 1_000_000,
    "on on on": HEAD + b"\n" + b"On On On wrote:\n" * 60_000,
    "less than": HEAD + b"Content-Type: text/html\n\nx" + b"<" * 1_000_000,
    "div": HEAD + b"Content-Type: text/html\n\nx" + b"<div>a" * 150_000,
    "blockquote": HEAD + b"Content-Type: text/html\n\nx" + b"<blockquote>a" * 80_000,
    "table": HEAD + b"Content-Type: text/html\n\nx" + b"<table><tr><td>a" * 60_000,
    "line breaks kept": HEAD + b"Content-Type: text/html\n\n<pre>" + b"a\n" * 300_000,
    "accents": HEAD + b"Content-Type: text/plain; charset=utf-8\n\ne" + "\u0301\u0316".encode() * 200_000,
    "styles": HEAD + b"Content-Type: text/html\n\nx" + b"<style></style>" * 60_000,
    "base64 garbage": HEAD + b"Content-Transfer-Encoding: base64\n\nU2VtIGlzIHppZWsu" + b"\xff=!A" * 200_000,
    "false boundaries": HEAD + b"Content-Type: multipart/mixed; boundary=b\n\nx\n" + b"--b" * 2_000_000,
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_mails_are_cut(name: str) -> None:
    """Mails made to take minutes are read as far as the limits allow, and say so (their times: tests/benchmarks)."""
    assert read_message(HOSTILE[name]).truncated


def test_what_is_no_mail() -> None:
    """Empty, binary and header-less bytes are refused with a reason and an advice."""
    for raw in (b"", b"\n\n", b"hallo daar", b"\x89PNG\r\n\x1a\n" + bytes(range(256))):
        with pytest.raises(UnreadableMessageError) as caught:
            read_message(raw)
        assert caught.value.what
        assert caught.value.advice


PIECES = st.sampled_from(
    (
        b"From: a@b.example\n",
        b"Subject: =?utf-8?q?=C3",
        b"=?= ",
        b"\n",
        b"\r\n",
        b"\r",
        b"\n\n",
        b"--b\n",
        b"--b--\n",
        b"> ",
        b"Content-Type: multipart/mixed; boundary=b\n",
        b'Content-Type: multipart/alternative; boundary="b"\n',
        b"Content-Type: text/html; charset=utf-16\n",
        b"Content-Type: text/plain; charset=undefined\n",
        b"hallo ",
        b"\x00",
        b"\xff",
        b"Content-Transfer-Encoding: base64\n",
        b"Content-Transfer-Encoding: quoted-printable\n",
        b"=E9=\n",
        b"<p>",
        b"<blockquote>",
        b"Content-Type: message/rfc822\n",
        b"Content-Type: text/rtf\n",
        b"{\\rtf1 \\u-3 \\'e9}",
        b"Content-Type: text/calendar\n",
        b"Content-Disposition: attachment; filename*0*=utf-8''%E9\n",
        b"Date: Mon, 3 Nov 2025 14:02:00 +9999\n",
        b"To: <<a@>,;:\n",
        b"Content-Transfer-Encoding: x-uuencode\n",
        b"begin 644 a\nM",
        b"Received: from x; Mon\n",
        b"References: <a <b>\n",
        b"-- \n",
        b"Content-Type: text/plain; format=flowed; delsp=yes\n",
        b"&#0;&#xD800;",
        b"\xed\xa0\x80",
        b"\xef\xbb\xbf",
        b"From x\n",
    )
)


@given(st.one_of(st.binary(max_size=400), st.lists(PIECES, max_size=40).map(b"".join)))
@settings(max_examples=600, deadline=None)
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    """Any bytes whatever give a Message without surrogates and NUL, or UnreadableMessageError, and nothing else."""
    try:
        message = _read(raw, Limits())
    except UnreadableMessageError:
        return
    texts = [
        message.subject,
        message.newest,
        message.quoted,
        message.signature,
        message.sender.name,
        message.message_id,
    ]
    texts += [value for values in message.headers.values() for value in values]
    for text in texts:
        assert "\0" not in text
        text.encode("utf-8")
    for moment in (message.date, message.received):
        assert moment is None or moment.tzinfo is not None
