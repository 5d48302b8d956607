"""The sentences of a digest: from what it is about to what a teacher reads, in one language.

Nothing here is escaped; the templates do that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from mailtriage.act.items import Item, Tally
from mailtriage.act.mailbox import Marking
from mailtriage.act.marks import names, word
from mailtriage.act.wording import PAIRS, WORDS
from mailtriage.decide import Absence, Occasion, spoken
from mailtriage.plain import plain_line
from mailtriage.records import FLAGS, Category
from mailtriage.settings import Contact

_CORRECTABLE = (Category.SUBSTANTIVE, Category.APPOINTMENT, Category.NOTICE, Category.YES_NO)
_HOLIDAYS = ("vakantie", "holiday", "vacation", "break")


class Phrases:
    """Sentences in the language of a school (``nl`` or ``en``), with times in its zone."""

    def __init__(self, language: str, zone: ZoneInfo) -> None:
        """Take a language that ``wording`` has."""
        self.language = language
        self._zone = zone
        self._words = WORDS[language]
        self._pairs = PAIRS[language]

    def __getitem__(self, key: str) -> str:
        """A word or sentence that needs nothing filled in."""
        return self._words[key]

    def number(self, key: str, count: int) -> str:
        """One or several of something: ``3 berichten``."""
        return self._pairs[key][count != 1].format(count)

    def listed(self, parts: Sequence[str], last: str = "and") -> str:
        """``a, b en c``."""
        return f" {self[last]} ".join(part for part in (", ".join(parts[:-1]), "".join(parts[-1:])) if part)

    # -- the top

    def greeting(self, occasion: Occasion) -> str:
        """By the hour of the school: ``Goedemorgen Els en Karim``."""
        hour = occasion.now.astimezone(self._zone).hour
        part = "night" if hour < 6 else "morning" if hour < 12 else "afternoon" if hour < 18 else "evening"
        return f"{self[part]} {self.listed(occasion.called)}".strip()

    def headline(self, tally: Tally, away: Absence | None) -> str:
        """How many messages there are, since when, and how many are urgent."""
        if not tally.count:
            return self["nothing_new"]
        what = self.number("messages", tally.count) + (self.when(away) if away else self["parents"])
        if not tally.urgent:
            return self["none_urgent"].format(what)
        if tally.urgent == tally.count:
            return self["one_urgent" if tally.count == 1 else "all_urgent"].format(what)
        return self["some_urgent"].format(what, tally.urgent)

    def when(self, away: Absence) -> str:
        """``in de herfstvakantie``, or what can be said of days without such a name; with a blank before it."""
        name = plain_line(away.holiday, 60)
        known = self._words.get(name.lower())
        if known:
            return self["in_holiday"].format(known)
        if any(ending in name.lower() for ending in _HOLIDAYS):
            return self["in_holiday"].format(name[:1].lower() + name[1:] if self.language == "nl" else name)
        general = self["away" if away.own else "nobody"]
        return f"{general} ({name})" if name else general

    def work(self, tally: Tally) -> str:
        """For how many a reply is ready, and how many need none; empty where there is nothing of either."""
        counts = (("drafted", tally.drafted), ("quiet", tally.quiet))
        said = [self.number(key, count) for key, count in counts if count]
        return "; ".join(said) + "." if said else ""

    def subject(self, tally: Tally, occasion: Occasion | None, handed: int, *, alarm: bool) -> str:
        """The subject of the mail."""
        by = self.handed_by(occasion) if occasion and handed else ""
        if not tally.count:
            return f"{by}: {self.number('messages', handed)}"
        away = occasion.absence if occasion else None
        said = self.number("messages", tally.count) + self["parents"] + (self.when(away) if away else "")
        if tally.urgent and (tally.urgent < tally.count or not alarm):
            said = self["subject_urgent"].format(said, tally.urgent)
        if by:
            said = f"{said}; {handed} {by[:1].lower()}{by[1:]}"
        return f"{self['alarm']}: {said}" if alarm else said

    # -- one message

    def advice(self, item: Item) -> str:
        """What a teacher can do with a message: what its flags say goes before what its category says."""
        said = [flag.value for flag in FLAGS if flag in item.flags]
        if item.drafted:
            said.append("drafted")
        elif item.draft_gone:
            said.append("draft_gone")
        if item.category is None:
            said.append("unread")
        elif not said:
            said.append("unsure" if item.unsure else item.category.value)
        sentences = [self[f"advice_{one}"] for one in said]
        if item.contact_told_at:
            told_at = spoken(item.contact_told_at.astimezone(self._zone), self.language)
            sentences.insert(0, self["contact_told"].format(told_at))
        return " ".join(sentences)

    def chips(self, item: Item) -> list[tuple[str, str]]:
        """The flags and the category of a message: a tone for its colour, and the word."""
        shown = [(flag.value, word(flag.value, self.language)) for flag in FLAGS if flag in item.flags]
        if item.category is None:
            return [*shown, ("unsure", self["unread"])]
        called = word(item.category.value, self.language)
        if not item.unsure:
            return [*shown, (item.category.value, called)]
        perhaps = self["perhaps"].format(called.lower())
        return [*shown, ("unsure", f"{word('unsure', self.language)}, {perhaps}")]

    def arrival(self, item: Item) -> str:
        """When a message arrived, in the time of the school: ``dinsdag 15 september om 20.58 uur``; empty where nobody
        knows."""
        return spoken(item.arrived.astimezone(self._zone), self.language) if item.arrived else ""

    # -- the rest

    def handed_by(self, occasion: Occasion) -> str:
        """The heading over what is handed over: ``Nog open van Karim``."""
        return self["handed"].format(self.listed(occasion.by))

    def rest(self, rest: Iterable[Item]) -> str:
        """How many messages are not told one by one, by category."""
        counts = Counter(
            self["unread"] if one.category is None else word("unsure" if one.unsure else one.category, self.language)
            for one in rest
        )
        total = counts.total()
        said = self.listed([f"{count} {name}" for name, count in counts.most_common()])
        others = f"{self.number('others', total)} ({said})"
        return self["rest"].format(others, self._pairs["they_are"][total != 1]) if total else ""

    def rest_handed(self, count: int) -> str:
        """How many more were handed over."""
        return self["rest_handed"].format(count) if count else ""

    def contact(self, kind: str, contact: Contact) -> str:
        """Whom to turn to (``emergency``, ``management``), with telephone and address where they are known."""
        parts = (contact.name, contact.phone, contact.address)
        return self[kind].format(", ".join(part for part in parts if part))

    def correcting(self, *, folders: bool, marking: Marking) -> str:
        """How a teacher corrects a category; empty where neither folders nor marks are heard."""
        called = [f"Triage/{word(one.value, self.language)}" for one in _CORRECTABLE]
        if marking is Marking.NOTHING:
            labels = []
        else:
            labels = [min(names([one.value], marking, self.language)) for one in _CORRECTABLE]
        said = [self["by_folder"].format(self.listed(called, "or"))] if folders else []
        if labels and folders:
            said.append(self["by_mark_too"].format(labels[0]))
        elif labels:
            said.append(self["by_mark"].format(self.listed(labels, "or")))
        return " ".join([self["correct"], *said]) if said else ""
