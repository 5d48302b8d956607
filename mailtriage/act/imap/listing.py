"""Folders of an account: LIST with SPECIAL-USE (RFC 6154), CREATE and SUBSCRIBE."""

from __future__ import annotations

import imaplib

from mailtriage.act.imap.wire import Client
from mailtriage.act.mailbox import Folder

_USES = ("all", "archive", "drafts", "flagged", "junk", "sent", "trash")
_CLOSED = frozenset({"\\noselect", "\\nonexistent"})


def listed(client: Client) -> list[Folder]:
    """Every folder that can be selected. Asks for the uses where the server does not tell them by itself."""
    extended = client.has_capability("SPECIAL-USE") and client.has_capability("LIST-EXTENDED")
    arguments = ('""', '"*"', "RETURN (SPECIAL-USE)") if extended else ('""', '"*"')
    typ, data = client.wire._simple_command("LIST", *arguments)  # noqa: SLF001
    client._checkok("list", typ, data)  # noqa: SLF001
    _, data = client.wire._untagged_response(typ, data, "LIST")  # noqa: SLF001
    folders = []
    for flags, delimiter, name in client._proc_folder_list(data):  # noqa: SLF001
        words = {flag.decode("ascii", "replace").lower() for flag in flags if isinstance(flag, bytes)}
        if not words & _CLOSED:
            use = next((use for use in _USES if f"\\{use}" in words), "")
            folders.append(Folder(name, use, delimiter.decode("ascii", "replace") if delimiter else ""))
    return folders


def create(client: Client, name: str) -> None:
    """Create and subscribe a folder; one that exists already is only subscribed."""
    try:
        client.create_folder(name)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:
        if not any(folder.name == name for folder in listed(client)):
            raise
    client.subscribe_folder(name)
