"""Who is taken for a parent, and the reason that is given where somebody is not."""

from __future__ import annotations

import pytest

from mailtriage.read import ScopeRules, read_message, scope_of
from mailtriage.records import ScopeKind

RULES = ScopeRules(
    own_domains=frozenset({"obs.example"}),
    own_addresses=frozenset({"juf.anke@thuis.example"}),
    other_domains=frozenset({"uitgever.example"}),
    trusted_authserv=frozenset({"mx.obs.example"}),
)


def reason(headers: str, *, sender: str = "karin@thuis.example", rules: ScopeRules = RULES) -> str:
    """Why a mail with these headers is out of scope; empty where it is a parent's."""
    raw = f"From: Iemand <{sender}>\nSubject: Sem\n{headers}\n\nSem is ziek.\n".replace("\n\n\n", "\n\n")
    scope = scope_of(read_message(raw.encode()), rules)
    return scope.reason if scope.kind is ScopeKind.OTHER else ""


@pytest.mark.parametrize(("headers", "expected"), [
    ("Auto-Submitted: auto-replied", "automatic reply (Auto-Submitted: auto-replied)"),
    ("Auto-Submitted: auto-generated; owner=x", "automatic mail (Auto-Submitted: auto-generated)"),
    ("Return-Path: <>", "bounce (empty Return-Path)"),
    ("Content-Type: multipart/report; boundary=x", "delivery or read report (multipart/report)"),
    ("X-Mailtriage-Original-Content-Type: multipart/report; report-type=delivery-status\nContent-Type: text/plain",
     "delivery or read report (multipart/report)"),
    ("X-Failed-Recipients: x@y.example", "bounce (X-Failed-Recipients)"),
    ("Precedence: Bulk", "bulk mail (Precedence: bulk)"),
    ("List-Id: Ouders <ouders.lijst.example>", "mailing list (List-Id: Ouders <ouders.lijst.example>)"),
    ("List-Unsubscribe: <mailto:x@y.example>\nList-Unsubscribe-Post: List-Unsubscribe=One-Click",
     "bulk mail (List-Unsubscribe and List-Unsubscribe-Post)"),
    ("X-Autoreply: yes", "automatic reply (X-Autoreply)"),
    ("X-Spam-Flag: YES", "marked as spam (X-Spam-Flag)"),
    ("Authentication-Results: mx.obs.example; spf=pass; dmarc=fail (p=reject) header.from=thuis.example",
     "sender not proven (DMARC failed, says mx.obs.example)"),
])  # fmt: skip
def test_what_the_message_says_of_itself(headers: str, expected: str) -> None:
    """A sign of automatic, bulk or unproven mail puts it out of scope, with that sign as the reason."""
    assert reason(headers) == expected


@pytest.mark.parametrize("headers", [
    "Auto-Submitted: no",
    "Return-Path: <karin@thuis.example>",
    "Precedence: normal",
    "List-Unsubscribe: <mailto:x@y.example>",
    "X-Auto-Response-Suppress: All",
    "X-Mailtriage: 1",
    "X-Spam-Flag: NO",
    "Authentication-Results: elsewhere.example; dmarc=fail",
    "Authentication-Results: mx.obs.example; dmarc=pass\nAuthentication-Results: mx.obs.example; dmarc=fail",
    "Authentication-Results: mx.obs.example; spf=pass (dmarc=fail; no)",
    "Authentication-Results: mx.obs.example; none",
])  # fmt: skip
def test_a_parents_mail_stays_in_scope(headers: str) -> None:
    """Signs that people's mail carries too, or that are not to be trusted, change nothing."""
    assert reason(headers) == ""


@pytest.mark.parametrize(("sender", "expected"), [
    ("directie@obs.example", "own domain (obs.example)"),
    ("x@mail.obs.example", "own domain (obs.example)"),
    ("Juf.Anke@Thuis.Example", "own address (account or staff)"),
    ("no-reply@parro.example", "sender takes no replies (no-reply)"),
    ("parro-noreply@app.example", "sender takes no replies (parro-noreply)"),
    ("niet-beantwoorden@dienst.example", "sender takes no replies (niet-beantwoorden)"),
    ("MAILER-DAEMON@mx.example", "bounce (sent by mailer-daemon)"),
    ("klant@uitgever.example", "known domain that is no parent's (uitgever.example)"),
    ("x@fobs.example", ""),
    ("noreplyanna@thuis.example", ""),
    ("anna.postma@thuis.example", ""),
])  # fmt: skip
def test_who_the_sender_is(sender: str, expected: str) -> None:
    """Own, known and reply-less senders are no parents; names that only resemble them are."""
    assert reason("X-Nothing: 1", sender=sender) == expected


def test_a_list_of_parents_decides() -> None:
    """With a list, who is not on it is out of scope, and a teacher who is on it is a parent."""
    rules = ScopeRules(
        own_domains=frozenset({"obs.example"}), parents=frozenset({"Karin@thuis.example", "juf@obs.example"})
    )
    assert reason("", rules=rules) == ""
    assert reason("", sender="juf@obs.example", rules=rules) == ""
    assert reason("", sender="piet@thuis.example", rules=rules) == "not on the list of parents"
    assert reason("Auto-Submitted: auto-replied", rules=rules).startswith("automatic reply")


def test_our_own_writing() -> None:
    """X-Mailtriage counts under an own address, not under a foreign one."""
    assert reason("X-Mailtriage: draft", sender="juf@obs.example") == "written by mailtriage itself (X-Mailtriage)"
    assert reason("X-Mailtriage: draft") == ""


def test_out_of_office_needs_a_second_sign() -> None:
    """A subject like that of an automatic reply is enough only with X-Auto-Response-Suppress."""
    plain = read_message(b"From: a@b.example\nSubject: Automatisch antwoord: Sem\n\nIk ben weg.\n")
    sure = read_message(
        b"From: a@b.example\nSubject: Automatisch antwoord: Sem\nX-Auto-Response-Suppress: All\n\nWeg.\n"
    )
    assert scope_of(plain, RULES).kind is ScopeKind.PARENT
    assert scope_of(sure, RULES).reason.startswith("automatic reply")


def test_no_sender() -> None:
    """A mail without an address to answer to is nobody's."""
    assert scope_of(read_message(b"From: Karin\nSubject: x\n\nSem\n"), RULES).reason == "no sender address"


def test_exchange_online_names_itself_in_the_rules() -> None:
    """Exchange Online writes no authserv-id; a topmost field without one counts where the rules say so."""
    rules = ScopeRules(trusted_authserv=frozenset({"exchange-online"}))
    header = "Authentication-Results: spf=fail (sender IP is 192.0.2.1) smtp.mailfrom=x.example; dmarc=fail action=none"
    assert reason(header, rules=rules).startswith("sender not proven")
    assert reason(header) == ""
