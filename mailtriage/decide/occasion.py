"""The moment of a digest: whom it is to, and what they come back to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from mailtriage.decide.handover import Absence, Handover, absence, at_work, handed_over
from mailtriage.decide.policy import Office

_TITLE = re.compile(r"(juf|juffrouw|meester|mevrouw|mevr\.|meneer|dhr\.|miss|mrs|ms|mr)\.?\s+(?=\S)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Occasion:
    """What the schedules say of the moment (aware) of a digest.

    ``called`` are those who are addressed: whoever works, else whoever is told next. ``absence`` and ``handover`` stand
    for the first digest after them alone; ``by`` says how colleagues call those whom the handover is from, and
    ``hands_over`` whether it is due now, also where there is nothing new to tell.
    """

    now: datetime
    called: tuple[str, ...] = ()
    absence: Absence | None = None
    handover: Handover | None = None
    by: tuple[str, ...] = ()
    hands_over: bool = False

    @classmethod
    def of(cls, office: Office, now: datetime) -> Self:
        """The occasion of an account; ``now`` is aware."""
        names = at_work(office.schedules, now) or office.told_next(now)[1]
        handover = handed_over(office.schedules, now, office.settings.notifications.when)
        due = handover.due_at if handover else None
        return cls(
            now=now.astimezone(office.settings.school.zone),
            called=tuple(among_colleagues(office.signature_of(name)) for name in names),
            absence=absence(office.schedules, now),
            handover=handover,
            by=tuple(among_colleagues(office.signature_of(name)) for name in handover.by) if handover else (),
            hands_over=due is not None and due <= now and office.open_at(now),
        )


def among_colleagues(called: str) -> str:
    """A name without what children and parents put before it: ``juf Els`` is ``Els``."""
    return _TITLE.sub("", called.strip(), count=1) if _TITLE.match(called.strip()) else called.strip()
