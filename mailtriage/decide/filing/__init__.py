"""Filing at delivery: from schedules, senders and a moment to a Sieve script that decides by the server's clock.

``syntax`` writes Sieve, ``hours`` and ``senders`` write its two conditions, ``script`` puts them together,
``coverage`` says of a script that lies on a server whether it is ours and what it covers, ``earlier`` looks at the one
that was there before, and ``steps`` helps where a provider has no Sieve.
"""

from mailtriage.decide.filing.coverage import MOST_DAYS, Coverage, check_of, coverage_of, earlier_of, is_intact, is_ours
from mailtriage.decide.filing.earlier import going_on
from mailtriage.decide.filing.hours import open_hours
from mailtriage.decide.filing.script import DAYS, MASTER, OURS, Filing, master_script
from mailtriage.decide.filing.senders import SenderRules
from mailtriage.decide.filing.steps import provider_of, steps_for

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
    "going_on",
    "is_intact",
    "is_ours",
    "master_script",
    "open_hours",
    "provider_of",
    "steps_for",
]
