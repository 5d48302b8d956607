"""What a trusted server found out about a sender: Authentication-Results, RFC 8601."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

EXCHANGE_ONLINE = "exchange-online"
"""Stands for Exchange Online, whose fields carry no authserv-id."""

_COMMENT = re.compile(r"\([^()]{0,1000}\)")
_NESTED = 5
_DMARC = re.compile(r"\s*dmarc\s*=\s*([a-z]+)", re.IGNORECASE)


def dmarc_result(values: Sequence[str], trusted: Collection[str]) -> tuple[str, str]:
    """Server and result of the DMARC check of a message (RFC 7489).

    Args:
        values: the Authentication-Results fields, topmost first.
        trusted: lower-case names of servers whose word counts.

    Returns:
        the name of the server and ``pass``, ``fail``, ``none``...; both empty where no trusted server said anything.
        Only the topmost field of a trusted name counts: one below it may have come with the message (RFC 8601 §5).
    """
    for position, value in enumerate(values):
        plain = _without_comments(value)
        name, _, results = plain.partition(";")
        server = name.strip().split(" ")[0].strip('"').lower()
        if "=" in server or (not server and position == 0):
            # RFC 8601 §2.2 wants a name first. Exchange Online leaves it out, and puts its field at the top.
            server, results = (EXCHANGE_ONLINE if position == 0 else ""), plain
        if server not in trusted:
            continue
        found = next(filter(None, map(_DMARC.match, results.split(";"))), None)
        return server, found[1].lower() if found else ""
    return "", ""


def _without_comments(value: str) -> str:
    for _ in range(_NESTED):
        shorter = _COMMENT.sub(" ", value)
        if shorter == value:
            break
        value = shorter
    return value.strip()
