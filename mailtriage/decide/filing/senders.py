"""The condition of the sender: what at delivery looks like a parent's mail.

The rules are those of ``mailtriage.read.scope``, as far as Sieve can say them. Where it cannot say one exactly, the
script takes more mail for not a parent's: that mail stays in the inbox.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from mailtriage.decide.filing.syntax import literally, some, strings

_NAMES_OF_MACHINES = (
    "mailer-daemon", "postmaster", "mail-daemon", "mailerdaemon", "mail.daemon", "bounce", "bounces", "notification",
    "notifications", "notificatie", "notificaties", "notify", "mailer", "automail", "autoresponder", "newsletter",
    "nieuwsbrief", "mailing", "mailings", "alert", "alerts",
)  # fmt: skip
_SIGNS = ("", "-", "_", ".")
_NO_REPLY = (
    *(f"no{sign}{word}" for sign in _SIGNS for word in ("reply", "replies", "responder")),
    *(f"do{one}not{two}reply" for one in _SIGNS for two in _SIGNS),
    *(f"niet{sign}{word}" for sign in _SIGNS for word in ("beantwoorden", "antwoorden", "reageren")),
    *(f"geen{sign}{word}" for sign in _SIGNS for word in ("antwoord", "reply")),
    *(f"ne{one}pas{two}repondre" for one in _SIGNS for two in _SIGNS if bool(one) == bool(two)),
    *(f"nicht{sign}antworten" for sign in _SIGNS),
)
_BY_BEING_THERE = ("list-id", "list-post", "x-failed-recipients", "x-mailtriage")
_WITH_UNSUBSCRIBE = ("list-unsubscribe-post", "feedback-id", "x-campaign-id")
_RESPONDERS = ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply-from", "x-auto-response-suppress")
_PERSONAL = ("no", "no;*", "no *", "no(*", "")
"""Values of Auto-Submitted that a person's mail may have (RFC 3834 §5)."""


class SenderRules(Protocol):
    """What the configuration says about senders, in lower case: ``mailtriage.read.ScopeRules``."""

    @property
    def own_domains(self) -> Collection[str]:
        """Domains of the school."""

    @property
    def own_addresses(self) -> Collection[str]:
        """The accounts and the staff."""

    @property
    def parents(self) -> Collection[str] | None:
        """Addresses of the parents; None where anybody may be one."""

    @property
    def other_addresses(self) -> Collection[str]:
        """Known senders that are no parents."""

    @property
    def other_domains(self) -> Collection[str]:
        """Domains of known senders that are no parents."""

    @property
    def trusted_authserv(self) -> Collection[str]:
        """Servers whose Authentication-Results count."""


def of_no_person(rules: SenderRules) -> list[str]:
    """Tests of which one holds for mail that no person wrote, or whose sender is not proven."""
    tests = [
        'envelope "from" ""',
        'header "return-path" "<>"',
        _unless("auto-submitted", _PERSONAL),
        *(f'exists "{name}"' for name in _BY_BEING_THERE),
        *(f'exists ["list-unsubscribe", "{name}"]' for name in _WITH_UNSUBSCRIBE),
        'header "precedence" ["bulk", "list", "junk", "auto_reply", "auto-reply"]',
        'header :matches "content-type" "multipart/report*"',
        *(_unless(name, ("no", "false", "")) for name in _RESPONDERS),
        f'address :localpart "from" {strings(_NAMES_OF_MACHINES)}',
        f'address :localpart :contains "from" {strings(_NO_REPLY)}',
    ]
    # Where the field is folded behind its name, Pigeonhole leaves a space in front.
    failed = [f"*{literally(name)}{sign}*dmarc=fail*" for name in sorted(rules.trusted_authserv) for sign in (";", " ")]
    if failed:
        tests.append(f'header :matches "authentication-results" {strings(failed)}')
    return tests


def of_parents(rules: SenderRules) -> list[str]:
    """Tests that all hold for senders that may be parents; the list of parents decides where there is one."""
    if rules.parents is not None:
        return [f'address "from" {strings(sorted(rules.parents))}'] if rules.parents else ["false"]
    addresses = sorted({*rules.own_addresses, *rules.other_addresses})
    domains = sorted(name.lstrip("@.") for name in {*rules.own_domains, *rules.other_domains})
    patterns = [pattern for name in domains if name for pattern in (literally(name), f"*.{literally(name)}")]
    others = ['header "x-spam-flag" "yes"']
    if addresses:
        others.append(f'address "from" {strings(addresses)}')
    if patterns:
        others.append(f'address :domain :matches "from" {strings(patterns)}')
    return ['address :matches "from" "*@*"', f"not {some(others)}"]


def _unless(name: str, values: Sequence[str]) -> str:
    """A test for a header field that is there and fits none of these patterns."""
    return f'allof (exists "{name}", not header :matches "{name}" {strings(values)})'
