"""What follows from a verdict, the rules, the schedules and the moment: the plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from mailtriage.decide.hours import Schedule, next_to_be_told, schedules_of
from mailtriage.decide.proposals import proposals
from mailtriage.decide.replies import Offer, Replier
from mailtriage.decide.urgent import Route, route_at
from mailtriage.errors import NoWorkingMomentError
from mailtriage.records import Address, Draft, Flag, Message, Plan, Scope, ScopeKind, Verdict
from mailtriage.settings import Account, FreeDays, Settings, Staff

NEVER_HELD = frozenset({Flag.URGENT, Flag.PERSONAL})
"""Mail with one of these flags stays in the inbox, or leaves the hold at once."""

UNSURE = "unsure"
"""The mark of a message whose category the judge is not sure of; the other marks are categories and flags."""


@dataclass(frozen=True)
class Office:
    """One account's side of deciding: whose mailbox it is, when they work, and by which rules they answer.

    ``holds`` says whether mail that comes out of hours is moved out of the inbox until the next hours.
    """

    settings: Settings
    staff: tuple[Staff, ...]
    schedules: tuple[Schedule, ...]
    address: Address
    replier: Replier
    holds: bool = False

    @classmethod
    def of(cls, settings: Settings, account: Account, replier: Replier, calendar: Sequence[FreeDays] = ()) -> Self:
        """The office of a configured account; ``calendar`` holds free days from the school's calendar files."""
        office = cls.for_staff(settings, settings.staff_of(account), account.effective_address, replier, calendar)
        return replace(office, holds=account.hold == "move")

    @classmethod
    def for_staff(
        cls,
        settings: Settings,
        staff: tuple[Staff, ...],
        address: str,
        replier: Replier,
        calendar: Sequence[FreeDays] = (),
    ) -> Self:
        """The office of a mailbox shared by ``staff``, who answer from ``address``."""
        schedules = schedules_of(settings, staff, calendar)
        sender = Address(" / ".join(person.name for person in staff), address)
        return cls(settings, staff, schedules, sender, replier)

    def schedule_of(self, name: str) -> Schedule:
        """The schedule of a member of staff by name."""
        return next(schedule for schedule in self.schedules if schedule.name == name)

    def told_next(self, now: datetime) -> tuple[datetime | None, tuple[str, ...]]:
        """When somebody is to be told next, and who; no moment, and everybody, where nobody works within a year."""
        try:
            return next_to_be_told(now, self.schedules, self.settings.notifications.when)
        except NoWorkingMomentError:
            return None, tuple(schedule.name for schedule in self.schedules)

    def open_at(self, moment: datetime) -> bool:
        """True where somebody whose mailbox it is may be told at this moment (aware)."""
        return any(schedule.open_at(moment) for schedule in self.schedules)

    def held_until(self, arrived: datetime, now: datetime, flags: frozenset[Flag]) -> datetime | None:
        """Until when mail that is held is kept out of the inbox: the first moment after its arrival at which somebody
        is to be told, by the schedules as they are now.

        Args:
            arrived: aware; when it came, or began to be held.
            now: aware.
            flags: of its verdict. Urgent mail is never held, and private mail is not the school's to hold.

        Returns:
            None where it is not to be held (any more): it came within hours, its moment is past, or there is none
            within a year.
        """
        if flags & NEVER_HELD or self.open_at(arrived):
            return None
        moment, _ = self.told_next(arrived)
        return moment if moment is not None and moment > now else None

    def urgent_route(self, now: datetime) -> Route:
        """Who is told of urgent mail at a moment (aware), where the school lets it pass; the teacher too where nobody
        would be told later."""
        route = route_at(self.settings, self.schedules, now)
        return route if route.teacher or self.told_next(now)[0] else replace(route, teacher=True)

    def signature_of(self, name: str) -> str:
        """The name under which a member of staff answers."""
        return next(person.signs_as for person in self.staff if person.name == name)


def decide(
    message: Message,
    scope: Scope,
    verdict: Verdict | None,
    now: datetime,
    office: Office,
    *,
    arrived: datetime | None = None,
) -> Plan:
    """The plan for one message.

    Args:
        message: as read.
        scope: whether it is a parent's.
        verdict: the judge's; None where the message could not be judged: it is then left as it is, and told.
        now: aware; the moment at which the plan is made.
        office: the account's people and rules.
        arrived: aware; when the message came; ``now`` where None.

    Returns:
        An empty plan out of scope. Otherwise somebody is told: at once where the mail is urgent and the school lets
        urgent mail pass (``Office.urgent_route`` says who), else at the next moment at which someone whose mailbox it
        is works; ``notify_at`` is None where nobody works within a year. A reply is drafted only where the judge is
        sure, the rules ask for a conversation, and the matter is the school's. Where the account holds mail, it is held
        if nobody works now, and nobody did since it came.
    """
    if scope.kind is ScopeKind.OTHER:
        return Plan()
    moment, people = office.told_next(now)
    if verdict is None:
        return Plan(notify_at=moment, notify=people)
    told_at, told = moment, people
    if Flag.URGENT in verdict.flags and office.settings.notifications.urgent_passes:
        route, told_at = office.urgent_route(now), now.astimezone(office.settings.school.zone)
        told = (*(people if route.teacher else ()), *([route.contact.name] if route.contact else ()))
    talks = _wants_conversation(verdict, office)
    reply = _reply(message, verdict, office, people[0], now, moment or now) if talks else None
    first = UNSURE if verdict.unsure else verdict.category.value
    marks = (first, *(flag.value for flag in Flag if flag in verdict.flags))
    holds = office.holds and not office.open_at(now)
    until = office.held_until(min(arrived or now, now), now, verdict.flags) if holds else None
    return Plan(marks=marks, reply=reply, notify_at=told_at, notify=told, hold_until=until)


def _wants_conversation(verdict: Verdict, office: Office) -> bool:
    """True where a conversation is to be offered. Private matters are not the school's to talk about."""
    asked = verdict.category in office.settings.rules.conversation
    return asked and not verdict.unsure and Flag.PERSONAL not in verdict.flags


def _reply(
    message: Message, verdict: Verdict, office: Office, person: str, now: datetime, read_at: datetime
) -> Draft | None:
    """The draft, in the name of ``person`` and with moments after ``read_at``; None where nobody can be answered."""
    if not message.sender.address or not office.address.address:
        return None
    rules = office.settings.replies
    moments = proposals(office.schedule_of(person), rules, max(now, read_at))
    offer = Offer(moments, office.signature_of(person), rules.minutes)
    return office.replier.draft(
        message, verdict.language, offer, office.address, now.astimezone(office.settings.school.zone)
    )
