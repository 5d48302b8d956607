"""One submission to a real SMTP server: what is certain about it, whatever the server does."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mailtriage.act import smtp
from mailtriage.act.imap import Connection
from mailtriage.act.smtp import Envelope, Fate, submission_server, submit, tried
from tests import school
from tests.act.rig import parsed, text_of
from tests.servers import certified, free_port
from tests.servers.smtp import PASSWORD, USER, SmtpServer, running

RAW = b"From: groep5@school.example\r\nTo: kim@thuis.example\r\nSubject: Re\r\n\r\n.een punt\r\n..twee\r\nDag\r\n"
MAIL = Envelope("groep5@school.example", ("kim@thuis.example",), RAW)


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    """A server without TLS."""
    with running() as made:
        yield made


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost, and its authority."""
    folder = tmp_path_factory.mktemp("tls")
    certified(folder)
    return folder


def reached(server: SmtpServer, **changed: Any) -> Connection:
    """How to submit there."""
    made = Connection("127.0.0.1", server.port, "none", USER, lambda: PASSWORD, ca_file=server.ca_file, timeout=5.0)
    return dataclasses.replace(made, **changed)


def test_a_message_arrives_as_it_was_written(server: SmtpServer) -> None:
    """Dots at the beginning of a line too; the password may hold any letter."""
    assert submit(reached(server), MAIL).fate is Fate.SENT
    (taken,) = server.accepted
    assert (taken.sender, taken.recipients, taken.raw) == (MAIL.sender, list(MAIL.recipients), RAW)
    assert server.logins == ["PLAIN"]


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_it_is_protected_and_the_certificate_is_looked_at(certificates: Path, security: str) -> None:
    """TLS from the start or by STARTTLS; an authority that nobody trusts ends it before the password."""
    with running(certificates, security=security) as server:
        assert submit(reached(server, security=security), MAIL).fate is Fate.SENT
        receipt = submit(reached(server, security=security, ca_file=None), MAIL)
        assert (receipt.fate, receipt.everything) == (Fate.LATER, True)
        assert receipt.reason == "connection: the certificate is not trusted"
        assert (len(server.accepted), len(server.logins)) == (1, 1)


def test_starttls_is_required(server: SmtpServer) -> None:
    """A server that does not offer it (or a stranger in between who takes the offer away) gets no password."""
    receipt = submit(reached(server, security="starttls"), MAIL)
    assert (receipt.fate, receipt.reason) == (Fate.LATER, "connection: the server offers no STARTTLS")
    assert server.logins == []


def test_an_unprotected_connection_to_another_machine_is_refused(server: SmtpServer) -> None:
    """Whatever asked for it."""
    receipt = tried(reached(server, host="smtp.school.example"))
    assert receipt.reason == "connection: an unprotected connection is allowed to this machine alone"


def test_other_ways_to_log_in(server: SmtpServer) -> None:
    """XOAUTH2 with a token; LOGIN where there is no PLAIN; nothing where the server asks for nothing."""
    assert submit(reached(server, mechanism="xoauth2", secret=lambda: "token-1"), MAIL).fate is Fate.SENT
    with running(auth_exclude_mechanism=["PLAIN"]) as other:
        assert submit(reached(other), MAIL).fate is Fate.SENT
        assert other.logins == ["LOGIN"]
    with running(auth_exclude_mechanism=["PLAIN", "LOGIN", "XOAUTH2"], auth_require_tls=True) as relay:
        assert submit(reached(relay), MAIL).fate is Fate.SENT


def test_a_wrong_password_or_token_is_the_school_s_trouble(server: SmtpServer) -> None:
    """The message is not refused: it can be sent when somebody has mended the login."""
    for wrong in (reached(server, secret=lambda: "falsch"), reached(server, mechanism="xoauth2")):
        receipt = submit(wrong, MAIL)
        assert (receipt.fate, receipt.everything) == (Fate.LATER, True)
        assert receipt.reason.startswith("login: the server answered 535 5.7.8")
        assert tried(wrong) == receipt
    assert server.accepted == []


def test_a_server_that_is_not_there(server: SmtpServer) -> None:
    """Certain: nobody has got anything."""
    receipt = submit(reached(server, port=free_port()), MAIL)
    assert (receipt.fate, receipt.everything, receipt.reason) == (Fate.LATER, True, "connection: nothing listens there")
    assert tried(reached(server)).fate is Fate.SENT


@pytest.mark.parametrize("how", ["drop", "stall"])
@pytest.mark.parametrize("step", ["connect", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "dot", "answer"])
def test_a_connection_that_is_lost_or_falls_silent(
    server: SmtpServer, monkeypatch: pytest.MonkeyPatch, step: str, how: str
) -> None:
    """Before the final dot it is certain that nothing was sent; after it nobody knows, and that is what is said."""
    monkeypatch.setattr(smtp, "DOT_SECONDS", 0.3)
    server.faults[step] = how
    receipt = submit(reached(server, timeout=0.3), MAIL)
    late = step in ("dot", "answer")
    assert receipt.fate is (Fate.UNCERTAIN if late else Fate.LATER)
    assert receipt.reason.endswith("no answer in time" if how == "stall" else "the connection was lost")
    assert receipt.everything is (step in ("connect", "EHLO", "AUTH"))
    assert len(server.accepted) == (step == "answer")


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA", "dot"])
@pytest.mark.parametrize(("code", "fate"), [("451 4.7.1", Fate.LATER), ("554 5.6.0", Fate.REFUSED)])
def test_a_refusal_is_certain(server: SmtpServer, step: str, code: str, fate: Fate) -> None:
    """For now (4xx) or for good (5xx), at any step; what the server says of people is no part of the reason."""
    server.faults[step] = f"{code} kim@thuis.example is not for us"
    receipt = submit(reached(server), MAIL)
    assert (receipt.fate, receipt.everything) == (fate, False)
    assert receipt.reason.endswith(f"the server answered {code}")
    assert "kim@thuis.example is not for us" in receipt.words
    assert server.accepted == []


@pytest.mark.parametrize("answer", ["354 go on", "199 hm", "mail for you", "250"])
def test_an_answer_to_the_dot_that_makes_no_sense(server: SmtpServer, answer: str) -> None:
    """Only a number from 200 to 299 is a yes."""
    server.faults["answer"] = answer
    assert submit(reached(server), MAIL).fate is (Fate.SENT if answer == "250" else Fate.UNCERTAIN)


def test_one_refused_recipient_keeps_it_from_all(server: SmtpServer) -> None:
    """Or nobody could try again without writing to the others twice; the words name who it was."""
    server.refused_recipients = frozenset({"kees@"})
    three = ("kim@thuis.example", "kees@thuis.example", "mo@thuis.example")
    receipt = submit(reached(server), Envelope(MAIL.sender, three, RAW))
    assert receipt.fate is Fate.REFUSED
    assert receipt.words.startswith("kees@thuis.example: ")
    assert "@" not in receipt.reason
    assert server.accepted == []


def test_a_message_that_is_too_large_is_not_begun() -> None:
    """The server says how large one may be (RFC 1870)."""
    with running(data_size_limit=1_000_000) as server:
        receipt = submit(reached(server), Envelope(MAIL.sender, MAIL.recipients, RAW + b"x" * 1_200_000))
    assert (receipt.fate, receipt.reason) == (Fate.REFUSED, "it is too large: 1.2 MB, and the server takes 1.0 MB")


def test_letters_beyond_ascii(server: SmtpServer) -> None:
    """8BITMIME for the text, SMTPUTF8 for addresses and headers (RFC 6531), each only where it is needed."""
    body = RAW.replace(b"Dag", "Dág".encode())
    header = body.replace(b"Subject: Re", "Subject: Één".encode())
    for raw, to in ((body, "kim@thuis.example"), (header, "kim@thuis.example"), (RAW, "josé@thuis.example")):
        assert submit(reached(server), Envelope(MAIL.sender, (to,), raw)).fate is Fate.SENT
    assert [one.raw for one in server.accepted] == [body, header, RAW]
    options = [{word for word in one.options if not word.startswith("SIZE")} for one in server.accepted]
    assert options == [{"BODY=8BITMIME"}, {"SMTPUTF8", "BODY=8BITMIME"}, {"SMTPUTF8"}]


def test_letters_beyond_ascii_on_a_plain_server() -> None:
    """The text and the headers are encoded anew; an address cannot be, and is refused."""
    raw = (
        "From: groep5@school.example\r\nTo: kim@thuis.example\r\nSubject: Één\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nDág\r\n"
    ).encode()
    with running(decode_data=True, enable_SMTPUTF8=False) as server:
        assert submit(reached(server), Envelope(MAIL.sender, MAIL.recipients, raw)).fate is Fate.SENT
        receipt = submit(reached(server), Envelope(MAIL.sender, ("josé@thuis.example",), raw))
        (taken,) = server.accepted
    assert taken.raw.isascii()
    assert text_of(parsed(taken.raw)).strip() == "Dág"
    assert receipt.reason == "the server takes no address with such letters (SMTPUTF8)"


def test_what_is_left_out_is_as_for_imap() -> None:
    """Host, user name, password and certificate authority; the port goes by the protection."""
    assert submission_server(school.settings().accounts[0]) is None
    made = submission_server(school.settings(accounts=[{"smtp": {}}]).accounts[0])
    assert made is not None
    assert (made.host, made.port, made.security, made.username) == ("localhost", 587, "starttls", "alice")
    other = {"host": "smtp.school.example", "security": "tls", "username": "els", "secret": {"command": ["echo", "x"]}}
    made = submission_server(school.settings(accounts=[{"smtp": other}]).accounts[0])
    assert made is not None
    assert (made.host, made.port, made.username, made.secret()) == ("smtp.school.example", 465, "els", "x")
