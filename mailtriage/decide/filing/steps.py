"""Providers without Sieve: what their own filters can do, step by step, and what not."""

from __future__ import annotations

from collections.abc import Sequence

from jinja2 import Environment, PackageLoader, StrictUndefined

from mailtriage.decide.filing.senders import SenderRules

_PROVIDERS = {
    "gmail": ("imap.gmail.com", "imap.googlemail.com"),
    "exchange": ("outlook.office365.com", "outlook.office.com", "imap-mail.outlook.com"),
}


def provider_of(host: str) -> str:
    """The provider without Sieve that an IMAP host belongs to (``gmail``, ``exchange``); empty for any other."""
    name = host.strip().lower().rstrip(".")
    return next((provider for provider, hosts in _PROVIDERS.items() if name in hosts), "")


def steps_for(provider: str, account: str, address: str, senders: SenderRules, language: str) -> str:
    """What to set by hand at a provider, for the admin.

    Args:
        provider: ``gmail`` or ``exchange``.
        account: its name in the configuration.
        address: of the mailbox.
        senders: who is no parent, or who is.
        language: ``nl`` or ``en``.
    """
    environment = Environment(  # noqa: S701 - plain text, for a terminal
        loader=PackageLoader("mailtriage.decide", "filing/templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["powershell"] = _powershell
    addresses = sorted({*senders.own_addresses, *senders.other_addresses})
    domains = sorted({*senders.own_domains, *senders.other_domains})
    return environment.get_template(f"{provider}-{language}.txt").render(
        account=account,
        address=address,
        parents=None if senders.parents is None else sorted(senders.parents),
        others=_without_those_within(addresses, domains) + domains,
    )


def _without_those_within(addresses: Sequence[str], domains: Sequence[str]) -> list[str]:
    """Addresses that none of the domains says already."""
    ends = [domain.lstrip("@.") for domain in domains]
    return [one for one in addresses if not any(_lies_in(one.rpartition("@")[2], end) for end in ends)]


def _lies_in(domain: str, end: str) -> bool:
    return domain == end or domain.endswith(f".{end}")


def _powershell(values: Sequence[str]) -> str:
    """An array of strings that PowerShell takes literally."""
    return ",".join("'" + value.replace("'", "''") + "'" for value in values)
