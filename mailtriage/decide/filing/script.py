"""The scripts: ours, and a small one that has the server run the earlier script and then ours."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from mailtriage.decide.filing.hours import open_hours, within_days, within_hours
from mailtriage.decide.filing.senders import SenderRules, of_no_person, of_parents
from mailtriage.decide.filing.syntax import comment, every, noted, quoted, some
from mailtriage.decide.hours import Schedule

DAYS = 60
"""How many days a script covers unless told."""

OURS = "mailtriage"
"""The name of our script on a server."""

MASTER = "mailtriage-active"
"""The name of the script that includes ours and the one that was active before."""

COVERS = "mailtriage covers"
EARLIER = "active before"
SEAL = "seal"
"""What the lines of a script begin with that are read again: see ``coverage``."""

_OURS_TEXT = """\
Made by the program mailtriage for the account {account}, which writes it anew: do not change it by hand.
Out of working hours it files mail that looks like a parent's into the folder {folder}.
Everything else stays in the inbox, and so does all mail from {end} 00:00 UTC on."""

_MASTER_TEXT = """\
Made by the program mailtriage, which writes it anew: do not change it by hand.
First the script that was active before does what it always did, then ours files what is still to go to the inbox.
mailtriage sieve --remove takes both of ours away and makes the earlier one active again."""


@dataclass(frozen=True)
class Filing:
    """What a script for one account is made from. ``create`` says that the server has the extension ``mailbox``
    (RFC 5490), by which the folder is made where it is missing; without it such mail stays in the inbox."""

    account: str
    schedules: tuple[Schedule, ...]
    senders: SenderRules
    folder: str
    create: bool = True

    def script(self, first: date, days: int = DAYS) -> str:
        """The script (RFC 5228) that covers ``days`` days from ``first`` on, counted in UTC.

        The same configuration gives the same text for the same days, so that texts tell whether a script is up to date.
        """
        end = first + timedelta(days)
        told = _OURS_TEXT.format(account=self.account, folder=noted(self.folder), end=end)
        head = comment(told) + f"\n# {COVERS} {first} {days}"
        extensions = ["fileinto", "envelope", "date", "relational", *(["mailbox"] if self.create else [])]
        required = ", ".join(quoted(one) for one in extensions)
        create = ":create " if self.create else ""
        action = f"fileinto {create}{quoted(self.folder)};"
        return sealed(f"{head}\nrequire [{required}];\n\nif {self._condition(first, days)} {{\n  {action}\n}}\n")

    def script_at(self, now: datetime, days: int = DAYS) -> str:
        """The script that covers ``days`` days from the one of ``now`` (aware) on."""
        return self.script(now.astimezone(UTC).date(), days)

    def _condition(self, first: date, days: int) -> str:
        open_ = within_hours(open_hours(self.schedules, first, days))
        tests = ["# The days for which the hours are known.", *within_days(first, days)]
        if open_:
            tests += ["# Nobody whose mailbox this is works.", f"not {some(open_)}"]
        tests += ["# A person wrote it.", f"not {some(of_no_person(self.senders))}"]
        tests += ["# Who may be a parent.", *of_parents(self.senders)]
        return _commented(tests)


def master_script(earlier: str) -> str:
    """The script that is made active.

    The earlier script comes first: what it files elsewhere and ends with ``stop`` is left to it. Both are ``:optional``
    (RFC 6609 §3.2), so that a script which somebody removes takes nothing else with it. Ours alone is not: Pigeonhole
    0.5.19 goes on with what it compiled where the only script that is included goes and was optional.

    Args:
        earlier: the name of the script that was active before; empty where none was.
    """
    names = [earlier, OURS] if earlier else [OURS]
    optional = ":optional " if earlier else ""
    lines = "\n".join(f"include :personal {optional}{quoted(name)};" for name in names)
    return sealed(f'{comment(_MASTER_TEXT)}\n# {EARLIER}: {noted(earlier)}\nrequire "include";\n\n{lines}\n')


def sealed(text: str) -> str:
    """A script with a last line by which it can be told whether somebody changed it."""
    return f"{text}# {SEAL} {hashlib.sha256(text.encode()).hexdigest()}\n"


def _commented(tests: Sequence[str]) -> str:
    """``allof`` with comments between the tests."""
    merged, pending = [], ""
    for test in tests:
        if test.startswith("#"):
            pending = f"{test}\n"
        else:
            merged.append(f"{pending}{test}")
            pending = ""
    return every(merged)
