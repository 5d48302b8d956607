"""What a school has set: the models of the configuration file, reading it, and fetching the secrets it names.

``model`` holds the sections (``section``, ``hours``, ``people`` and ``accounts`` are parts of it), ``load`` reads the
file and checks it as a whole, ``secrets`` fetches passwords. Nothing in here touches a mailbox.
"""

from mailtriage.settings.model import (
    WEEKDAYS,
    Account,
    Classifier,
    Contact,
    Corrections,
    DateRange,
    Frame,
    FreeDays,
    Leave,
    Logging,
    Notifications,
    Privacy,
    Replies,
    Rules,
    School,
    SecretSource,
    Server,
    Settings,
    Staff,
    Store,
    Swap,
    WeeklyHours,
    default_staff,
)

__all__ = [
    "WEEKDAYS",
    "Account",
    "Classifier",
    "Contact",
    "Corrections",
    "DateRange",
    "Frame",
    "FreeDays",
    "Leave",
    "Logging",
    "Notifications",
    "Privacy",
    "Replies",
    "Rules",
    "School",
    "SecretSource",
    "Server",
    "Settings",
    "Staff",
    "Store",
    "Swap",
    "WeeklyHours",
    "default_staff",
]
