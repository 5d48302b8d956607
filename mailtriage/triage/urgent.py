"""Urgent mail out of hours: for whom a bell rings, what joins what waits, and when it has rung enough."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from mailtriage.act.bell import ordinary_words, ring, urgent_words
from mailtriage.act.teller import Told
from mailtriage.decide.urgent import Route, at_school
from mailtriage.records import Flag
from mailtriage.settings import Contact
from mailtriage.store import Bell, Bells, Journal, Ring, Rings, Whom
from mailtriage.triage.desk import Desk

MOST_BELLS = 6
"""So many bells ring within an hour for one account; what is urgent after that is told by one bell when the hour of the
first is over. Somebody who sends a mail a minute is not to keep a phone ringing, nor to hide another's emergency."""

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Pressing:
    """The ids of notifications that the teacher is to be told of now, and of those that are put off until a bell may
    ring again (their moment is set already)."""

    now: frozenset[int] = frozenset()
    later: frozenset[int] = frozenset()


class Urgency:
    """Decides for each pass over an account what of its urgent mail is told at once, and rings.

    Each notification is decided on once: after that it is ``calm``, waits for the next digest like any other, and joins
    a digest that is written sooner. All that must survive a restart is in the store.
    """

    def __init__(
        self, desk: Desk, journal: Journal, bells: Bells, still_waiting: Callable[[Sequence[Bell]], list[Bell]]
    ) -> None:
        """``still_waiting`` says which messages nobody read, answered or removed meanwhile."""
        self._desk = desk
        self._bells = bells
        self._rings = Rings(journal.engine)
        self._still_waiting = still_waiting
        self._settings = desk.office.settings
        self._name = desk.account.name
        self._log = structlog.get_logger("mailtriage").bind(account=self._name)

    def due(self, waiting: Sequence[Bell], now: datetime) -> Pressing:
        """What of all that waits presses now (aware). Rings the emergency contact where this is its business; where
        that fails, the teacher is to be told."""
        wanted = self._settings.notifications
        urgent = [bell for bell in waiting if bell.urgent] if wanted.urgent_passes else []
        if not urgent:
            return Pressing()
        route = self._desk.office.urgent_route(now)
        if route.in_hours:
            return Pressing(now=_ids(urgent))
        pause = timedelta(minutes=wanted.bell_pause_minutes)
        rings = self._rings.since(self._name, min(now, *(bell.seen_at for bell in urgent)) - max(pause, _HOUR))
        fresh = self._without_joining(urgent, rings, route, pause)
        free_at = self._free_at(rings, now)
        if fresh and free_at > now:
            moment, _ = self._desk.office.told_next(now)
            return self._put_off(fresh, min(free_at, moment or free_at))
        if not fresh or not self._for_the_teacher(fresh, rings, route, now):
            return Pressing()
        # One digest takes the place of another: what joined what waits is told with it.
        return Pressing(now=_ids(bell for bell in waiting if bell.urgent or Flag.URGENT in bell.message.flags))

    def told(self, due: Sequence[Bell], told: Told, now: datetime) -> None:
        """After the teacher was told of what was due: remember of which urgent threads, and ring the school's bell."""
        if not told.told:
            return
        urgent = [bell for bell in due if bell.id in told.told and Flag.URGENT in bell.message.flags]
        self._rings.rang(self._name, (bell.thread for bell in urgent), Whom.TEACHER, now)
        if urgent and not at_school(self._desk.office.schedules, now):
            words = self._words(urgent)
        else:
            words = ordinary_words(self._settings, self._name, len(told.told), told.urgent)
        ring(self._settings.notifications.apprise, words, where="notifications.apprise")

    def _without_joining(
        self, urgent: Sequence[Bell], rings: Sequence[Ring], route: Route, pause: timedelta
    ) -> list[Bell]:
        """Calm those for which no bell rings; returns the others."""
        joining = [bell for bell in urgent if self._joins(bell, rings, route, pause)]
        if joining:
            self._bells.calm(bell.id for bell in joining)
            self._log.info("urgent mail joins what waits", messages=len(joining))
        return [bell for bell in urgent if bell not in joining]

    def _for_the_teacher(self, fresh: Sequence[Bell], rings: Sequence[Ring], route: Route, now: datetime) -> bool:
        """Ring the contact where this is its business; True where the teacher is to be told of some of this now."""
        reached = route.contact is not None and self._contact_knows(fresh, rings, route.contact, now)
        if reached and not route.teacher:
            self._bells.calm(bell.id for bell in fresh)
            return False
        return not all(_told_of(bell, rings, Whom.TEACHER) for bell in fresh)

    def _joins(self, bell: Bell, rings: Iterable[Ring], route: Route, pause: timedelta) -> bool:
        """Whether a bell rang for the thread so shortly before this message came that it does not ring again; or the
        message was told to everybody already, by a digest that failed to replace another, say."""
        own = [one for one in rings if one.thread == bell.thread]
        if any(one.at < bell.seen_at < one.at + pause and self._counts(one, route) for one in own):
            return True
        whom = [*([Whom.TEACHER] if route.teacher else []), *([Whom.CONTACT] if route.contact else [])]
        return all(_told_of(bell, own, one) for one in whom)

    def _counts(self, one: Ring, route: Route) -> bool:
        """A teacher who was told at school and went home is nobody whom the contact may count on."""
        alone = route.contact is not None and not route.teacher
        return one.whom is Whom.CONTACT or not alone or not at_school(self._desk.office.schedules, one.at)

    def _free_at(self, rings: Iterable[Ring], now: datetime) -> datetime:
        """When a bell may ring again: now, or an hour after the first of the last bells that are as many as may be."""
        schedules = self._desk.office.schedules
        moments = sorted({one.at for one in rings if one.at > now - _HOUR and not at_school(schedules, one.at)})
        return now if len(moments) < MOST_BELLS else moments[-MOST_BELLS] + _HOUR

    def _put_off(self, fresh: Sequence[Bell], until: datetime) -> Pressing:
        """Until a bell may ring again; ``due`` looks anew where somebody comes to school sooner."""
        later = [bell.id for bell in fresh if bell.due_at != until]
        if later:
            self._bells.postpone(later, until)
            self._log.warning(
                "too many bells: urgent mail is told by one bell later",
                messages=len(later),
                bells_an_hour=MOST_BELLS,
                until=until.isoformat(timespec="seconds"),
            )
        return Pressing(later=_ids(fresh))

    def _contact_knows(self, fresh: Sequence[Bell], rings: Sequence[Ring], contact: Contact, now: datetime) -> bool:
        """Ring for what the contact was not told of yet; False where the bell did not ring."""
        untold = [bell for bell in fresh if not _told_of(bell, rings, Whom.CONTACT)]
        open_ones = self._still_waiting(untold) if untold else []
        if open_ones:
            if not ring(contact.apprise, self._words(open_ones), where="school.emergency.apprise"):
                self._log.error("the emergency contact was not reached", advice="the teacher is told instead")
                return False
            self._rings.rang(self._name, (bell.thread for bell in open_ones), Whom.CONTACT, now)
            self._log.info("the emergency contact was told", messages=len(open_ones))
        return True

    def _words(self, urgent: Sequence[Bell]) -> str:
        flags = frozenset().union(*(bell.message.flags for bell in urgent))
        return urgent_words(self._settings, self._name, len(urgent), flags)


def _told_of(bell: Bell, rings: Iterable[Ring], whom: Whom) -> bool:
    """Whether somebody was told of this very message."""
    return any(one.thread == bell.thread and one.whom is whom and one.at >= bell.seen_at for one in rings)


def _ids(bells: Iterable[Bell]) -> frozenset[int]:
    return frozenset(bell.id for bell in bells)
