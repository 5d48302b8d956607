"""Filing at delivery: from schedules, senders and a moment to a Sieve script that decides by the server's clock.

``syntax`` writes Sieve, ``hours`` and ``senders`` write its two conditions, ``script`` puts them together, and
``coverage`` says of a script that lies on a server whether it is ours and what it covers.
"""

from mailtriage.decide.filing.coverage import MOST_DAYS, Coverage, check_of, coverage_of, earlier_of, is_intact, is_ours
from mailtriage.decide.filing.hours import open_hours
from mailtriage.decide.filing.script import DAYS, MASTER, OURS, Filing, master_script
from mailtriage.decide.filing.senders import SenderRules

__all__ = [
    "DAYS",
    "MASTER",
    "MOST_DAYS",
    "OURS",
    "Coverage",
    "Filing",
    "SenderRules",
    "check_of",
    "coverage_of",
    "earlier_of",
    "is_intact",
    "is_ours",
    "master_script",
    "open_hours",
]
