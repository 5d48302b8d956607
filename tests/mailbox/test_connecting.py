"""Reaching a server: certificates, mechanisms, and what is refused before a password goes out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mailtriage.act.imap import Connection, Mechanism, connect
from mailtriage.errors import ConnectionLostError, LoginRefusedError, MailboxError
from tests.servers import certified, free_port
from tests.servers.dovecot import Dovecot
from tests.servers.relay import Relay

pytestmark = pytest.mark.dovecot


def test_the_secret_is_in_no_repr() -> None:
    """A connection may be printed."""
    connection = Connection("127.0.0.1", 1, "none", "alice", lambda: "geheim")
    assert "secret" not in repr(connection)


@pytest.mark.parametrize("host", ["mail.school.example", "192.0.2.1"])
def test_unprotected_connections_stay_on_this_machine(host: str) -> None:
    """The secret is not even fetched."""

    def secret() -> str:
        raise AssertionError("nobody may ask")

    with pytest.raises(MailboxError, match="this machine"):
        connect(Connection(host, 143, "none", "alice", secret))


def test_nothing_listens() -> None:
    """May be tried again."""
    with pytest.raises(ConnectionLostError, match="nothing listens"):
        connect(Connection("127.0.0.1", free_port(), "none", "alice", lambda: "x"))


def test_a_name_that_does_not_exist() -> None:
    """A resolver may be down for a while."""
    with pytest.raises(ConnectionLostError):
        connect(Connection("mail.invalid", 993, "tls", "alice", lambda: "x"))


def test_a_certificate_of_another_authority_is_refused(dovecot: Dovecot, tmp_path: Path) -> None:
    """For good, with the advice to name the school's own authority."""
    certified(tmp_path)
    stranger = replace(dovecot.connection("alice"), ca_file=tmp_path / "ca.pem")
    with pytest.raises(MailboxError, match="not trusted") as caught:
        connect(stranger)
    assert "ca_file" in caught.value.advice


def test_a_certificate_for_another_name_is_refused(dovecot: Dovecot) -> None:
    """The host name counts, not only the authority."""
    with Relay(dovecot.port, "127.0.0.2") as relay, pytest.raises(MailboxError, match="not trusted"):
        connect(replace(dovecot.connection("alice"), host="127.0.0.2", port=relay.port))


def test_a_missing_authority_file_is_named(dovecot: Dovecot, tmp_path: Path) -> None:
    """The error says which file."""
    with pytest.raises(MailboxError, match="nergens"):
        connect(replace(dovecot.connection("alice"), ca_file=tmp_path / "nergens.pem"))


def test_starttls(dovecot: Dovecot) -> None:
    """The other way to the same protection."""
    mailbox = connect(dovecot.connection("alice", security="starttls"))
    assert mailbox.open("INBOX").uidvalidity
    mailbox.close()


@pytest.mark.parametrize("mechanism", ["xoauth2", "oauthbearer"])
def test_oauth(dovecot: Dovecot, mechanism: Mechanism) -> None:
    """A valid token opens the mailbox, an expired one is refused as wrong credentials."""
    mailbox = connect(dovecot.connection("carol", password=dovecot.token("carol"), mechanism=mechanism))
    assert mailbox.open("INBOX").exists == 0
    mailbox.close()
    expired = dovecot.token("carol", valid_for=-60)
    with pytest.raises(LoginRefusedError):
        connect(dovecot.connection("carol", password=expired, mechanism=mechanism))
