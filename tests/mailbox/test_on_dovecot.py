"""What only a real server shows: octets on the wire, restarts, renewal of IDLE, deep and large mails."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from mailtriage.act.imap import connect, waiting
from mailtriage.act.imap.envelope import TEXT_CAP
from mailtriage.errors import ConnectionLostError
from tests.mailbox.mails import plain, texts_of, with_attachment
from tests.servers.dovecot import Dovecot, running
from tests.servers.relay import Relay

pytestmark = pytest.mark.dovecot


def test_a_large_attachment_stays_on_the_server(dovecot: Dovecot) -> None:
    """A mail of 10 MB moves less than 64 KB, all TLS records counted."""
    with Relay(dovecot.port) as relay:
        mailbox = connect(replace(dovecot.connection("large"), port=relay.port))
        uid = mailbox.append("INBOX", with_attachment(10_000_000))
        mailbox.open("INBOX")
        before = relay.received
        assert uid is not None
        fetched = mailbox.fetch(uid)
        moved = relay.received - before
        mailbox.close()
    assert fetched is not None
    assert texts_of(fetched.raw) == [("plain", "Zie de bijlage")]
    assert fetched.size > 10_000_000
    assert moved < 64 * 1024


def test_a_long_text_is_cut_and_says_so(dovecot: Dovecot) -> None:
    """The cap holds for text too."""
    mailbox = connect(dovecot.connection("long"))
    uid = mailbox.append("INBOX", plain("long", "regel\n" * TEXT_CAP))
    mailbox.open("INBOX")
    assert uid is not None
    fetched = mailbox.fetch(uid)
    mailbox.close()
    assert fetched is not None
    assert fetched.truncated
    assert len(fetched.raw) < TEXT_CAP + 2_000


def test_a_mail_of_300_levels_is_fetched(dovecot: Dovecot) -> None:
    """As its raw text, since nobody's mail is that deep."""
    opening = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(300))
    mailbox = connect(dovecot.connection("deep"))
    uid = mailbox.append("INBOX", f"Subject: diep\n{opening}Content-Type: text/plain\n\nDiep\n".encode())
    mailbox.open("INBOX")
    assert uid is not None
    fetched = mailbox.fetch(uid)
    mailbox.close()
    assert fetched is not None
    assert fetched.raw.startswith(b"Subject: diep\r\n")


@pytest.mark.parametrize("received", [1, 700, 1500])
def test_a_connection_that_ends_within_an_answer(dovecot: Dovecot, received: int) -> None:
    """Wherever the stream breaks, TLS included, it is a loss and nothing else."""
    with Relay(dovecot.port) as relay:
        mailbox = connect(replace(dovecot.connection("cut"), port=relay.port))
        uid = mailbox.append("INBOX", plain("cut", "regel\n" * 1000))
        mailbox.open("INBOX")
        relay.cut_after(received)
        assert uid is not None
        with pytest.raises(ConnectionLostError):
            mailbox.fetch(uid)
        mailbox.close()


def test_idle_is_renewed_before_the_server_forgets_us(dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mail that arrives after many renewals is told all the same."""
    monkeypatch.setattr(waiting, "RENEWAL", 0.01)
    mailbox = connect(dovecot.connection("patient"))
    mailbox.open("INBOX")
    with dovecot.client("patient") as teacher:
        delivery = threading.Timer(0.3, teacher.append, ["INBOX", plain()])
        delivery.start()
        assert mailbox.wait(60)
        delivery.join()
    mailbox.close()


def test_mail_delivered_by_sieve_is_found_in_its_folder(dovecot: Dovecot) -> None:
    """Delivery over LMTP files a mail where the user's script says, unread."""
    dovecot.write_sieve("sieved", 'require ["fileinto", "mailbox"];\nfileinto :create "Triage/Later";\n')
    dovecot.deliver_lmtp("sieved", plain().replace(b"\n", b"\r\n"))
    mailbox = connect(dovecot.connection("sieved"))
    mailbox.open("Triage/Later")
    (uid,) = mailbox.uids_after(0)
    assert mailbox.flags([uid]) == {uid: frozenset()}
    mailbox.close()


def test_a_server_that_is_killed_and_comes_back() -> None:
    """The old connection is lost, login fails as a loss meanwhile, and afterwards everything is as it was."""
    with running() as server:
        mailbox = connect(server.connection("alice"))
        uid = mailbox.append("INBOX", plain())
        before = mailbox.open("INBOX")
        for end in (server.kill, server.stop):
            ending = threading.Timer(0.1, end)
            ending.start()
            with pytest.raises(ConnectionLostError):
                mailbox.wait(60)
            ending.join()
            mailbox.close()
            with pytest.raises(ConnectionLostError):
                connect(server.connection("alice"))
            server.start()
            mailbox = connect(server.connection("alice"))
            assert mailbox.open("INBOX") == before
            assert mailbox.uids_after(0) == [uid]
        mailbox.close()


def test_the_server_s_folder_is_not_one_of_pytest_s(dovecot: Dovecot, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Another run of root would close pytest's to everybody else, the server's user among them."""
    assert not dovecot.base.is_relative_to(tmp_path_factory.getbasetemp())
    assert dovecot.base.stat().st_mode & 0o777 == 0o755
