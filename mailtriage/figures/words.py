"""The words of the figures, in Dutch and English, and how numbers, days and times are written in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from babel.dates import format_date, format_interval, get_day_names
from babel.numbers import format_decimal

from mailtriage.figures.discretion import FEWEST, STEP, Shown

Language = Literal["nl", "en"]

_NAMES: dict[str, tuple[str, str]] = {
    "mails": ("berichten van ouders", "messages from parents"),
    "simple": ("eenvoudig", "simple"),
    "yes_no": ("vraag met ja, nee of misschien", "question for yes, no or maybe"),
    "appointment": ("afspraak", "appointment"),
    "notice": ("mededeling", "notice"),
    "substantive": ("inhoudelijk", "substantive"),
    "unsure": ("onzeker: aan een mens gelaten", "unsure: left to a person"),
    "not_judged": ("niet te lezen, niet meegeteld", "could not be read, not counted"),
    "at_work": ("binnen werktijd", "in working hours"),
    "out_of_hours": ("buiten werktijd", "out of hours"),
    "daytime": ("overdag, 7 tot 18 uur", "by day, 07:00 to 18:00"),
    "evening": ("avond, 18 tot 23 uur", "evening, 18:00 to 23:00"),
    "night": ("nacht, 23 tot 7 uur", "night, 23:00 to 07:00"),
    "weekend": ("weekend", "weekend"),
    "free": ("vrije dag of vakantie", "day off or holiday"),
    "offered": ("gesprek aangeboden", "conversation offered"),
    "not_offered": ("niet aangeboden", "not offered"),
    "questions": ("eenvoudige vragen", "simple questions"),
    "answered": ("per mail beantwoord", "answered by mail"),
    "next_day": ("uiterlijk de volgende werkdag", "on the next working day at the latest"),
    "later": ("later", "later"),
    "unanswered": ("niet, of langs een andere weg", "not, or by another way"),
    "urgent": ("spoed", "urgent"),
    "conduct": ("onfatsoenlijk", "indecent"),
    "personal": ("privé", "private"),
    "median": ("de helft wachtte hoogstens", "half of them waited at most"),
    "most": ("drie van de vier wachtten hoogstens", "three in four waited at most"),
    "nearly_all": ("negen van de tien wachtten hoogstens", "nine in ten waited at most"),
}

_SENTENCES: dict[str, tuple[str, str]] = {
    "median_tile": (
        "wachttijd van een eenvoudige vraag (mediaan, werkuren)",
        "wait of a simple question (median, working hours)",
    ),
    "offered_tile": ("van de inhoudelijke: gesprek aangeboden", "of the substantive: conversation offered"),
    "title": ("Mail van ouders", "Mail from parents"),
    "period": ("{first} t/m {last}", "{first} to {last}"),
    "too_little": (
        f"Er kwamen in deze periode minder dan {FEWEST} berichten van ouders binnen. Dat is te weinig om iets te tonen "
        "zonder dat het over enkelen gaat. Kies een langere periode.",
        f"Fewer than {FEWEST} messages from parents came in during this period. That is too little to show anything "
        "that is not about a few people. Choose a longer period.",
    ),
    "kinds": ("Wat er gevraagd werd", "What was asked"),
    "kinds_why": (
        "Wat eenvoudig is kan per mail. Wat inhoudelijk is hoort in een gesprek (regel A.8).",
        "What is simple can be done by mail. What is substantive belongs in a conversation (rule A.8).",
    ),
    "offers": ("Gesprek aangeboden", "Conversations offered"),
    "offers_why": (
        "Van de inhoudelijke berichten: bij hoeveel er een antwoord klaar is gezet dat een gesprek aanbiedt. Of het "
        "verstuurd is, telt niet mee.",
        "Of the substantive messages: for how many a reply that offers a conversation was put ready. Whether it was "
        "sent is not counted.",
    ),
    "waits": ("Hoe lang eenvoudige vragen wachtten", "How long simple questions waited"),
    "waits_why": (
        "Vragen met ja, nee of misschien en afspraken. Wachttijden zijn die van de vragen die per mail beantwoord "
        "zijn; alleen uren waarin iemand van die mailbox werkte tellen.",
        "Questions for yes, no or maybe, and appointments. Waiting times are those of questions that were answered by "
        "mail; only hours in which somebody of that mailbox worked count.",
    ),
    "arrival": ("Wanneer de mail kwam", "When mail came in"),
    "arrival_why": (
        "Buiten werktijd: niemand van die mailbox was aan het werk.",
        "Out of hours: nobody of that mailbox was at work.",
    ),
    "weeks": ("Van week tot week", "Week by week"),
    "weeks_why": (
        "Berichten per week. Weken met te weinig mail zijn samengevoegd.",
        "Messages a week. Weeks with too little mail are put together.",
    ),
    "heat": ("Dag en uur", "Day and hour"),
    "heat_why": (
        "Hoe voller de kleur, hoe meer berichten per uur. Waar er te weinig was, zijn uren of dagen samengevoegd.",
        "The fuller the colour, the more messages an hour. Where there were too few, hours or days are put together.",
    ),
    "flags": ("Bijzonder", "Flagged"),
    "method": ("Hoe er geteld is", "How this was counted"),
    "unknown": ("Wat niet te weten is", "What cannot be known"),
    "number": ("aantal", "number"),
    "share": ("deel", "share"),
    "hours": ("uren", "hours"),
    "week": ("week", "week"),
    "day": ("dag", "day"),
    "asked": ("vraag", "question"),
    "all_numbers": ("Alle getallen", "All numbers"),
    "made": ("Gemaakt op {day} door mailtriage {version}.", "Made on {day} by mailtriage {version}."),
}

NOTES: dict[str, tuple[str, str]] = {
    "whole_school": (
        "Alles geldt voor de school als geheel. Er zijn geen cijfers per leerkracht, groep of ouder, en er is geen "
        "mail voor geopend: geteld is wat het programma onthoudt (soort, tijd, wat er is gedaan).",
        "Everything is about the school as a whole. There are no figures for a teacher, a class or a parent, and no "
        "mail was opened: what is counted is what the program remembers (kind, time, what was done).",
    ),
    "discretion": (
        "Getallen zijn afgerond op vijftallen; percentages volgen daaruit, dus optellen komt niet precies uit. "
        f"Minder dan {FEWEST} staat er als “< {FEWEST}”. Zou een ander getal verraden hoeveel dat er zijn, dan "
        "staat er alleen een ondergrens (≥) of een streepje (–).",
        "Numbers are rounded to multiples of five and percentages follow from those, so that sums are not exact. "
        f"Fewer than {FEWEST} is shown as “< {FEWEST}”. Where another number would tell how many those are, only a "
        "lower bound (≥) or a dash (–) is shown.",
    ),
    "corrected": (
        "Heeft een leerkracht een soort verbeterd, dan telt de verbeterde.",
        "Where a teacher corrected the kind of a message, the corrected one counts.",
    ),
    "schedules": (
        "Werktijd volgt uit de roosters, vakanties en vrije dagen zoals ze nu zijn ingesteld. Een oud rooster kent het "
        "programma niet meer.",
        "Working hours follow from the schedules, holidays and days off as they are set now. The program does not know "
        "earlier schedules any more.",
    ),
    "quantiles": (
        f"Een wachttijd staat er alleen als er ten minste {FEWEST} vragen waren die langer wachtten.",
        f"A waiting time is shown only where at least {FEWEST} questions waited longer.",
    ),
    "by_phone": (
        "Een antwoord is gezien als de mail in de mailbox als beantwoord gemerkt staat, op het moment dat het "
        "programma dat zag: zolang zij in een map ligt waar het naar kijkt, en tot 30 dagen na aankomst. Wat per "
        "telefoon, op het plein of vanaf een ander adres is beantwoord, of meteen na het antwoord is opgeborgen, staat "
        "bij “niet, of langs een andere weg”.",
        "An answer is seen where the mail is marked as answered in the mailbox, at the moment the program saw it: as "
        "long as it lies in a folder that is watched, and for 30 days. What was answered by phone, at the gate or from "
        "another address, or was filed at once after the answer, is counted under “not, or by another way”.",
    ),
    "deleted": (
        "Mail die is weggegooid of verplaatst voordat het programma haar zag, is niet geteld. Mail waarvan het spoor "
        "op verzoek is gewist ook niet.",
        "Mail that was deleted or moved before the program saw it is not counted; nor is mail whose traces were erased "
        "on request.",
    ),
    "watched_since": (
        "Het programma kijkt mee sinds {day}. Van de dagen daarvoor ontbreekt de mail, geheel of voor een deel.",
        "The program has been watching since {day}. Of the days before, mail is missing, wholly or in part.",
    ),
    "kept_from": (
        "Wat het programma onthoudt gaat na {days} dagen weg. Van voor {day} is er niets of weinig meer.",
        "What the program remembers goes after {days} days. Of the time before {day} little or nothing is left.",
    ),
    "unfinished": ("De periode is nog niet voorbij.", "The period is not over yet."),
}


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language."""

    language: Language

    def __getitem__(self, key: str) -> str:
        """A name or sentence by its key."""
        return next(table[key] for table in (_NAMES, _SENTENCES, NOTES) if key in table)[self.language == "en"]

    @property
    def _locale(self) -> str:
        return "en_GB" if self.language == "en" else "nl"

    def number(self, shown: Shown | None) -> str:
        """A number as it is shown."""
        return "–" if shown is None else _SIGNS[shown.kind] + format_decimal(shown.number, locale=self._locale)

    def percent(self, shown: Shown | None) -> str:
        """A share in percent; empty where none is shown."""
        return "" if shown is None else f"{_SIGNS[shown.kind]}{shown.number}%"

    def minutes(self, minutes: int | None) -> str:
        """A time in working hours."""
        if minutes is None:
            return "–"
        hours, rest = divmod(minutes, 60)
        if hours:
            return f"{hours} {'u' if self.language == 'nl' else 'h'} {rest:02}"
        return f"{rest} min" if rest else f"< {STEP} min"

    def day(self, day: date) -> str:
        """A day in full."""
        return format_date(day, "d MMMM y", locale=self._locale)

    def days(self, first: date, last: date) -> str:
        """Days from one to another, in short."""
        if first == last:
            return format_date(first, "d MMM", locale=self._locale)
        # CLDR writes thin spaces around the dash, which a terminal may not have.
        return format_interval(first, last, skeleton="MMMd", locale=self._locale).replace("\u2009", " ")

    def short_day(self, day: date) -> str:
        """A day without its year."""
        return format_date(day, "d MMM", locale=self._locale)

    def weekdays(self, first: int, last: int) -> str:
        """Weekdays from one to another (0 is Monday)."""
        names = get_day_names("abbreviated", locale=self._locale)
        return names[first] if first == last else f"{names[first]}–{names[last]}"


_SIGNS = {"about": "", "at_least": "≥ ", "fewer": "< "}
