"""Mails for the contract, each with the text parts that must arrive: (subtype, text)."""

from __future__ import annotations

from email import message_from_bytes, policy

Texts = list[tuple[str, str]]

_HEAD = (
    "From: Ouder <ouder@thuis.example>\nTo: juf@school.example\nSubject: Vraag\n"
    "Message-ID: <{}@thuis.example>\nDate: Mon, 14 Sep 2026 21:40:00 +0200\nMIME-Version: 1.0\n"
)


def _mail(name: str, rest: str) -> bytes:
    return (_HEAD.format(name) + rest).encode()


def plain(name: str = "plain", text: str = "Kan het morgen?") -> bytes:
    """A plain mail with the Message-ID ``<name@thuis.example>``."""
    return _mail(name, f"Content-Type: text/plain; charset=utf-8\n\n{text}\n")


ALTERNATIVE = _mail(
    "alternative",
    "Content-Type: multipart/alternative; boundary=a\n\npreamble\n--a\nContent-Type: text/plain; charset=utf-8\n"
    "Content-Transfer-Encoding: quoted-printable\n\nIk maak me zorgen =E2=82=AC\n--a\n"
    "Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
    "PHA+SWsgbWFhayBtZSB6b3JnZW48L3A+Cg==\n"
    "--a--\n",
)
MIXED = _mail(
    "mixed",
    "Content-Type: multipart/mixed; boundary=m\n\n--m\nContent-Type: text/plain\n\nZie de bijlage\n--m\n"
    'Content-Type: application/pdf; name="x.pdf"\nContent-Transfer-Encoding: base64\n\nJVBERi0xLjQ=\n--m\n'
    'Content-Type: text/plain\nContent-Disposition: attachment; filename="lijst.txt"\n\nGEHEIME LIJST\n--m\n'
    "Content-Type: text/plain\n\n-- \nlijst-voettekst\n--m--\n",
)
NESTED = _mail(
    "nested",
    "Content-Type: multipart/mixed; boundary=m\n\n--m\nContent-Type: multipart/related; boundary=r\n\n--r\n"
    "Content-Type: multipart/alternative; boundary=a\n\n--a\nContent-Type: text/plain\n\nDiep\n--a\n"
    "Content-Type: text/html\n\n<p>Diep</p>\n--a--\n--r\nContent-Type: image/png\n"
    "Content-Transfer-Encoding: base64\n\niVBORw0KGgo=\n--r--\n--m\nContent-Type: message/rfc822\n\n"
    "From: a@b.example\nSubject: binnen\nContent-Type: text/plain\n\nVAN EEN ANDER\n--m--\n",
)
HTML_ONLY = _mail("html", "Content-Type: text/html; charset=utf-8\n\n<p>Alleen opmaak</p>\n")
EIGHT_BIT = _mail("eight", "Content-Type: text/plain; charset=latin-1\nContent-Transfer-Encoding: 8bit\n\n").replace(
    b"Vraag", b"Vr\xe4ag"
) + "Café\n".encode("latin-1")
EMPTY = _mail("empty", "\n")
IMAGE_ONLY = _mail(
    "image",
    "Content-Type: multipart/mixed; boundary=m\n\n--m\nContent-Type: image/png; name=x.png\n"
    "Content-Transfer-Encoding: base64\n\niVBORw0KGgo=\n--m--\n",
)
REPORT = _mail(
    "report",
    "Content-Type: multipart/report; report-type=delivery-status; boundary=m\n\n--m\nContent-Type: text/plain\n\n"
    "Niet bezorgd\n--m\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x.example\n--m--\n",
)

CASES: dict[str, tuple[bytes, Texts]] = {
    "plain": (plain(), [("plain", "Kan het morgen?")]),
    "alternative": (ALTERNATIVE, [("plain", "Ik maak me zorgen €"), ("html", "<p>Ik maak me zorgen</p>")]),
    "mixed": (MIXED, [("plain", "Zie de bijlage"), ("plain", "-- \nlijst-voettekst")]),
    "nested": (NESTED, [("plain", "Diep"), ("html", "<p>Diep</p>")]),
    "html": (HTML_ONLY, [("html", "<p>Alleen opmaak</p>")]),
    "eight-bit": (EIGHT_BIT, [("plain", "Café")]),
    "empty": (EMPTY, [("plain", "")]),
    "image": (IMAGE_ONLY, [("plain", "")]),
    "report": (REPORT, [("plain", "Niet bezorgd")]),
}


def texts_of(raw: bytes) -> Texts:
    """The text parts that a MIME parser reads in ``raw``, in order."""
    message = message_from_bytes(raw, policy=policy.default)
    leaves = (part for part in message.walk() if part.get_content_maintype() == "text")
    return [(part.get_content_subtype(), part.get_content().replace("\r\n", "\n").rstrip("\n")) for part in leaves]


def with_attachment(size: int) -> bytes:
    """A mail of two lines with an attachment of ``size`` octets."""
    return _mail(
        "large",
        "Content-Type: multipart/mixed; boundary=m\n\n--m\nContent-Type: text/plain\n\nZie de bijlage\n--m\n"
        'Content-Type: application/pdf; name="x.pdf"\nContent-Transfer-Encoding: base64\n\n'
        + ("QUJD" * 19 + "\n") * (size // 77)
        + "--m--\n",
    )
