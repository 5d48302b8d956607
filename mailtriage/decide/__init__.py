"""The third room: from a verdict, rules, schedules and the moment to a plan. Pure; imports records and settings."""

from mailtriage.decide.clock import Interval
from mailtriage.decide.handover import Absence, Handover
from mailtriage.decide.hours import Schedule, next_to_be_told
from mailtriage.decide.occasion import Occasion
from mailtriage.decide.policy import UNSURE, Office, decide
from mailtriage.decide.proposals import proposals, spoken
from mailtriage.decide.replies import Offer, Replier, draft_id

__all__ = [
    "UNSURE",
    "Absence",
    "Handover",
    "Interval",
    "Occasion",
    "Offer",
    "Office",
    "Replier",
    "Schedule",
    "decide",
    "draft_id",
    "next_to_be_told",
    "proposals",
    "spoken",
]
