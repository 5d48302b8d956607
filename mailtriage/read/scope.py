"""From whom a message is: a parent's, or not to be judged at all, and why.

A message that is taken for a parent's may get a draft; one that is not is left exactly as it was. Both errors cost
something, so every rule rests on a sign that people's own mail does not carry, and says which.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from mailtriage.read.authentication import dmarc_result
from mailtriage.records import Message, Scope, ScopeKind

_PARENT = "not automatic, not from an own domain"
_LISTED_PARENT = "on the list of parents"

_BULK_PRECEDENCE = frozenset(("bulk", "list", "junk", "auto_reply", "auto-reply"))
_BOUNCERS = frozenset(
    ("mailer-daemon", "postmaster", "mail-daemon", "mailerdaemon", "mail.daemon", "bounce", "bounces")
)
_NO_REPLY = re.compile(
    r"(?:^|[._+-])(?:no[._-]?repl(?:y|ies)|do[._-]?not[._-]?reply|donot[._-]?reply|niet[._-]?(?:be)?antwoorden|geen[._-]?antwoord"
    r"|nietreageren|niet-reageren|geen[._-]?reply|ne[._-]?pas[._-]?repondre|nicht[._-]?antworten|no[._-]?responder)(?:$|[._+-])"
    r"|^(?:notifications?|notificaties?|notify|mailer|automail|autoresponder|newsletter|nieuwsbrief|mailing|mailings|alerts?)$"
)
_OUT_OF_OFFICE = re.compile(
    r"\s*(?:automatisch antwoord|automatic reply|automatische antwort|réponse automatique|respuesta automática"
    r"|risposta automatica|resposta automática|otomatik yanıt|odpowiedź automatyczna|automatyczna odpowiedź"
    r"|автоматична відповідь|автоматический ответ|автоматичен отговор|răspuns automat|رد تلقائي"
    r"|out of office|afwezig)\s*:",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ScopeRules:
    """What the configuration says about senders. Addresses and domains are compared in lower case.

    Args:
        own_domains: domains of the school; what lies below one (``mail.school.example``) is meant as well.
        own_addresses: the accounts and the staff, also at private or shared domains.
        parents: addresses of the parents; None where no list is given, and then anybody may be one.
        other_addresses, other_domains: known senders that are no parents (suppliers, authorities).
        trusted_authserv: names of servers whose Authentication-Results count (RFC 8601 §2.2: its authserv-id).
            Exchange Online writes none; ``exchange-online`` stands for a topmost field without a name.
    """

    own_domains: frozenset[str] = frozenset()
    own_addresses: frozenset[str] = frozenset()
    parents: frozenset[str] | None = None
    other_addresses: frozenset[str] = frozenset()
    other_domains: frozenset[str] = frozenset()
    trusted_authserv: frozenset[str] = frozenset()


def scope_of(message: Message, rules: ScopeRules) -> Scope:
    """Say whether a message is a parent's.

    Args:
        message: with its ``headers`` as ``read_message`` gives them.
        rules: what the school has configured.

    Returns:
        the kind and the reason, in one short English sentence. The most telling reason comes first: what the message
        says of itself (RFC 3834, RFC 3464, RFC 2919), then who sent it, then whether that is proven (RFC 7489).
    """
    for rule in _RULES:
        reason = rule(message, rules)
        if reason:
            return Scope(ScopeKind.OTHER, reason)
    return Scope(ScopeKind.PARENT, _LISTED_PARENT if _listed(message, rules) else _PARENT)


def _own_writing(message: Message, rules: ScopeRules) -> str:
    """Our header counts only under our own address: anybody can write it, and a parent's reply may quote it."""
    if "x-mailtriage" in message.headers and (_own_address(message, rules) or _own_domain(message, rules)):
        return "written by mailtriage itself (X-Mailtriage)"
    return ""


def _automatic(message: Message, _: ScopeRules) -> str:
    """RFC 3834 §5: everything but ``no`` was sent without a person."""
    for value in message.headers.get("auto-submitted", ()):
        keyword = re.split(r"[\s;(]", value.strip().lower(), maxsplit=1)[0]
        if keyword and keyword != "no":
            return (
                f"automatic reply (Auto-Submitted: {keyword})"
                if "repl" in keyword
                else f"automatic mail (Auto-Submitted: {keyword})"
            )
    return ""


def _bounce(message: Message, _: ScopeRules) -> str:
    """RFC 5321 §4.5.5: reports have an empty return path, and nothing that a person sends has one."""
    if any(value.strip() == "<>" for value in message.headers.get("return-path", ())[:1]):
        return "bounce (empty Return-Path)"
    if any(value.strip().lower().startswith("multipart/report") for value in message.headers.get("content-type", ())):
        return "delivery or read report (multipart/report)"
    if "x-failed-recipients" in message.headers:
        return "bounce (X-Failed-Recipients)"
    local = _local(message)
    return f"bounce (sent by {local})" if local in _BOUNCERS else ""


def _responder(message: Message, _: ScopeRules) -> str:
    for name in ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply-from"):
        if any(value.strip().lower() not in {"", "no", "false"} for value in message.headers.get(name, ())):
            return f"automatic reply ({name.title()})"
    # A subject alone is not enough: a parent who answers an out-of-office message has it behind "Re:" or in front.
    if _OUT_OF_OFFICE.match(message.subject) and "x-auto-response-suppress" in message.headers:
        return "automatic reply (its subject, and X-Auto-Response-Suppress)"
    return ""


def _bulk(message: Message, _: ScopeRules) -> str:
    for value in message.headers.get("precedence", ()):
        if value.strip().lower() in _BULK_PRECEDENCE:
            return f"bulk mail (Precedence: {value.strip().lower()})"
    if message.headers.get("list-id"):
        return f"mailing list (List-Id: {message.headers['list-id'][0][:80]})"
    if "list-post" in message.headers:
        return "mailing list (List-Post)"
    # RFC 2369 lets any system add List-Unsubscribe, and providers have begun to put it under forwarded and
    # aliased mail of people. So alone it is not enough; with a second sign of a bulk sender it is.
    second = ("list-unsubscribe-post", "feedback-id", "x-campaign-id")
    if "list-unsubscribe" in message.headers:
        sign = next((name for name in second if name in message.headers), "")
        if sign:
            return f"bulk mail (List-Unsubscribe and {sign.title()})"
    return ""


def _no_sender(message: Message, _: ScopeRules) -> str:
    return "" if "@" in message.sender.address else "no sender address"


def _no_reply(message: Message, _: ScopeRules) -> str:
    local = _local(message)
    return f"sender takes no replies ({local})" if _NO_REPLY.search(local) else ""


def _from_within(message: Message, rules: ScopeRules) -> str:
    """A teacher may be a parent too: an address that is on the list of parents is meant to be one."""
    if _listed(message, rules):
        return ""
    if _own_address(message, rules):
        return "own address (account or staff)"
    domain = _own_domain(message, rules)
    return f"own domain ({domain})" if domain else ""


def _known_other(message: Message, rules: ScopeRules) -> str:
    if _listed(message, rules):
        return ""
    if message.sender.address in _lowered(rules.other_addresses):
        return "known sender that is no parent"
    domain = _within(message.sender.domain, rules.other_domains)
    return f"known domain that is no parent's ({domain})" if domain else ""


def _unproven(message: Message, rules: ScopeRules) -> str:
    values = message.headers.get("authentication-results", ())
    server, result = dmarc_result(values, _lowered(rules.trusted_authserv))
    return f"sender not proven (DMARC failed, says {server})" if result == "fail" else ""


def _spam(message: Message, rules: ScopeRules) -> str:
    if _listed(message, rules):
        return ""
    flagged = any(value.strip().lower() == "yes" for value in message.headers.get("x-spam-flag", ()))
    return "marked as spam (X-Spam-Flag)" if flagged else ""


def _unlisted(message: Message, rules: ScopeRules) -> str:
    return "" if rules.parents is None or _listed(message, rules) else "not on the list of parents"


_RULES: tuple[Callable[[Message, ScopeRules], str], ...] = (
    _own_writing, _automatic, _bounce, _responder, _bulk, _no_sender, _no_reply, _unproven, _from_within,
    _known_other, _spam, _unlisted,
)  # fmt: skip


def _local(message: Message) -> str:
    return message.sender.address.rpartition("@")[0]


def _lowered(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name.strip().lower() for name in names)


def _listed(message: Message, rules: ScopeRules) -> bool:
    return rules.parents is not None and message.sender.address in _lowered(rules.parents)


def _own_address(message: Message, rules: ScopeRules) -> bool:
    return message.sender.address in _lowered(rules.own_addresses)


def _own_domain(message: Message, rules: ScopeRules) -> str:
    return _within(message.sender.domain, rules.own_domains)


def _within(domain: str, domains: Iterable[str]) -> str:
    """The one of ``domains`` that is this domain or lies above it; empty where there is none."""
    for own in sorted(_lowered(domains)):
        own_name = own.lstrip("@.")
        if own_name and (domain == own_name or domain.endswith(f".{own_name}")):
            return own_name
    return ""
