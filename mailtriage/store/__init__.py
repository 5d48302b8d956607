"""The program's memory in a database: what was seen, intended, done, and who is still to be told."""

from mailtriage.store.bells import Bell, Bells, DigestMail
from mailtriage.store.corrections import Correction, Corrections, Imported, Wording
from mailtriage.store.database import default_path, open_database, require_database
from mailtriage.store.discreet import discreet
from mailtriage.store.holds import Asked, Hold, Holds, HoldState
from mailtriage.store.journal import Journal
from mailtriage.store.known import Intent, Known, Place, Watermark
from mailtriage.store.lock import Lock
from mailtriage.store.rings import Ring, Rings, Whom

__all__ = [
    "Asked",
    "Bell",
    "Bells",
    "Correction",
    "Corrections",
    "DigestMail",
    "Hold",
    "HoldState",
    "Holds",
    "Imported",
    "Intent",
    "Journal",
    "Known",
    "Lock",
    "Place",
    "Ring",
    "Rings",
    "Watermark",
    "Whom",
    "Wording",
    "default_path",
    "discreet",
    "open_database",
    "require_database",
]
