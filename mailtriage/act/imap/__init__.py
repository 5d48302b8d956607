"""``Mailbox`` over IMAP: ``connect`` gives one, ``describe`` says what a server can do."""

from mailtriage.act.imap.connection import Connection, Mechanism, Security, connect
from mailtriage.act.imap.drafts import find_drafts_folder, find_sent_folder
from mailtriage.act.imap.mailbox import ImapMailbox
from mailtriage.act.imap.report import ServerReport, describe

__all__ = [
    "Connection",
    "ImapMailbox",
    "Mechanism",
    "Security",
    "ServerReport",
    "connect",
    "describe",
    "find_drafts_folder",
    "find_sent_folder",
]
