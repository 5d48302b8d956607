"""The program's memory in a database: what was seen, intended, done, and who is still to be told."""

from mailtriage.store.bells import Bell, Bells, DigestMail
from mailtriage.store.database import default_path, open_database
from mailtriage.store.journal import Intent, Journal, Known, Place, Watermark

__all__ = [
    "Bell",
    "Bells",
    "DigestMail",
    "Intent",
    "Journal",
    "Known",
    "Place",
    "Watermark",
    "default_path",
    "open_database",
]
