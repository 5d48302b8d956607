"""A mailbox of two: who is addressed, and what one hands over to the other; and the first digest after days away."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Literal

import pytest

from mailtriage.act.handing import MOST_HANDED
from mailtriage.errors import ConnectionLostError
from mailtriage.settings import FreeDays, Settings, Staff
from tests.act.rig import Rig, parsed, text_of
from tests.school import digests_of, settings

DAY = ["08:15-12:00", "12:45-16:30"]
FRIDAY = datetime(2026, 9, 18, 7, 0, tzinfo=UTC)
"""09:00 in Amsterdam: Karim works, and Els does not until Monday 08:15."""

MONDAY = datetime(2026, 9, 21, 6, 20, tzinfo=UTC)
HEADING = "Nog open van Karim"


def duo(**sections: object) -> Settings:
    """A mailbox of Els (from Monday to Wednesday) and Karim (from Wednesday to Friday)."""
    chosen = settings(accounts=[{"staff": ["Els Vermeer", "Karim Aydin"]}], **sections)  # type: ignore[arg-type]
    days = {"Els": ("monday", "tuesday", "wednesday"), "Karim": ("wednesday", "thursday", "friday")}
    staff = [
        {"name": name, "called": called, "address": f"{called[:3]}@school.example".replace(" ", ""), "hours": hours}
        for name, called, hours in (
            ("Els Vermeer", "juf Els", dict.fromkeys(days["Els"], DAY)),
            ("Karim Aydin", "meester Karim", dict.fromkeys(days["Karim"], DAY)),
        )
    ]
    return chosen.model_copy(update={"staff": tuple(Staff.model_validate(one) for one in staff)})


@pytest.fixture
def rig() -> Rig:
    """The mailbox on Friday, after the first contact."""
    rig = Rig(duo())
    rig.clock.moment = FRIDAY
    return rig.started()


def told(rig: Rig, *names: str, text: str = "substantive") -> dict[str, int]:
    """Mails that came on Friday, were told to Karim, and that he read."""
    uids = {name: rig.deliver(name, text, subject=f"Mail {name}") for name in names}
    rig.run()
    read(rig)
    return uids


def read(rig: Rig) -> None:
    """Somebody reads all that lies in the inbox."""
    for message in rig.server.folder("alice", "INBOX").messages.values():
        message.flags.add("\\Seen")


def subjects(rig: Rig) -> list[str]:
    """The subjects of the unread digests."""
    return [str(parsed(raw)["Subject"]) for raw in digests_of(rig.server)]


def test_whoever_works_is_addressed_by_name(rig: Rig) -> None:
    """Karim on Friday, both on Wednesday, and whoever is next at work where a mail is told at night."""
    rig.deliver("a", "notice")
    rig.run()
    assert rig.digest.startswith("Goedemorgen Karim,")
    read(rig)
    rig.clock.moment = datetime(2026, 9, 20, 18, tzinfo=UTC)  # Sunday evening
    rig.deliver("b", "urgent notice")
    rig.run()
    assert rig.digest.startswith("Goedenavond Els,")
    read(rig)
    rig.clock.moment = datetime(2026, 9, 23, 11, tzinfo=UTC)
    rig.deliver("c", "notice")
    rig.run()
    assert rig.digest.startswith("Goedemiddag Els en Karim,")


def test_what_is_still_open_is_handed_over_once(rig: Rig) -> None:
    """Without anything new: one digest, which is not made again; nor is the next one about what was handed over."""
    told(rig, "a")
    rig.clock.moment = MONDAY
    rig.run()
    assert rig.digest.startswith("Goedemorgen Els,")
    assert "Geen nieuwe berichten van ouders." in rig.digest
    assert rig.digest.index(HEADING) < rig.digest.index("Mail a")
    assert "Er staat een antwoord klaar bij de concepten." in rig.digest
    assert subjects(rig) == ["Nog open van Karim: 1 bericht"]
    for _ in range(2):
        rig.clock.advance(minutes=5)
        assert rig.run() is None
    read(rig)
    rig.clock.advance(minutes=5)
    assert rig.run() is None
    rig.deliver("b", "yes_no", subject="Nieuw")
    rig.run()
    assert "Nieuw" in rig.digest
    assert HEADING not in rig.digest


def test_nothing_is_handed_over_out_of_hours(rig: Rig) -> None:
    """Not at the weekend, not before the first hour; and with set moments not before the first of them."""
    told(rig, "a")
    for moment in (datetime(2026, 9, 19, 9, tzinfo=UTC), datetime(2026, 9, 21, 6, tzinfo=UTC)):
        rig.clock.moment = moment
        assert rig.run() is None
    rig.use(duo(notifications={"when": ["09:30"]}))
    rig.clock.moment = MONDAY
    assert rig.run() is None
    rig.clock.moment = datetime(2026, 9, 21, 7, 30, tzinfo=UTC)
    rig.run()
    assert HEADING in rig.digest


def test_a_handover_alone_does_not_disturb_a_lesson(rig: Rig) -> None:
    """The service was down in the first hour: it waits until the lesson is over."""
    told(rig, "a")
    rig.use(duo(school={"lessons": {"monday": ["08:30-12:00"]}}))
    rig.clock.moment = datetime(2026, 9, 21, 7, tzinfo=UTC)
    assert rig.run() is None
    rig.clock.moment = datetime(2026, 9, 21, 10, 50, tzinfo=UTC)
    rig.run()
    assert HEADING in rig.digest


def test_only_what_is_open_and_asks_something_is_handed_over(rig: Rig) -> None:
    """Not what was answered, deleted or moved away, what only informed, or what was private; also what was read before
    it could be told."""
    uids = told(rig, "open", "answered", "deleted", "moved")
    told(rig, "inform", text="notice")
    told(rig, "private", text="yes_no personal")
    told(rig, "doubt", text="notice unsure")
    rig.clock.moment = datetime(2026, 9, 18, 14, 20, tzinfo=UTC)  # in the last minutes nobody is told
    early = rig.deliver("early", "yes_no", subject="Mail early")
    rig.run()
    assert rig.digests == []
    read(rig)
    inbox = rig.server.folder("alice", "INBOX")
    inbox.messages[uids["answered"]].flags.add("\\Answered")
    inbox.messages[uids["deleted"]].flags.add("\\Deleted")
    rig.server.folder("alice", "Sent").add(inbox.messages.pop(uids["moved"]))
    rig.clock.moment = MONDAY
    rig.deliver("new", "yes_no", subject="Mail new")
    rig.run()
    new, _, handed = rig.digest.partition(HEADING)
    assert "Mail new" in new
    assert [name for name in (*uids, "inform", "private", "doubt", "new") if f"Mail {name}" in handed] == [
        "open",
        "doubt",
    ]
    assert early in inbox.messages
    assert subjects(rig) == ["1 bericht van ouders; 2 nog open van Karim"]


def test_a_draft_that_is_gone_is_said_to_be(rig: Rig) -> None:
    """Karim sent or removed it: Els is not sent looking for it."""
    told(rig, "a")
    rig.server.folder("alice", "Drafts").messages.clear()
    rig.clock.moment = MONDAY
    rig.run()
    assert "Het klaargezette antwoord ligt niet meer bij de concepten; misschien is het verstuurd." in rig.digest
    assert "Er staat een antwoord klaar" not in rig.digest


def test_an_unread_handover_stays_in_the_digest_that_replaces_it(rig: Rig) -> None:
    """Never more than one unread, and nothing is lost by that."""
    told(rig, "a")
    rig.clock.moment = MONDAY
    rig.run()
    rig.clock.advance(minutes=20)
    rig.deliver("b", "yes_no", subject="Nieuw")
    rig.run()
    assert "Nieuw" in rig.digest.partition(HEADING)[0]
    assert "Mail a" in rig.digest.partition(HEADING)[2]


def test_an_unread_digest_of_the_other_is_told_again(rig: Rig) -> None:
    """Karim read nothing on Friday: on Monday his digest is Els's, and nothing stands in it twice."""
    rig.deliver("a", "substantive", subject="Mail a")
    rig.deliver("b", "notice", subject="Mail b")
    rig.run()
    rig.clock.moment = MONDAY
    rig.run()
    assert rig.digest.startswith("Goedemorgen Els,")
    assert (rig.digest.count("Mail a"), rig.digest.count("Mail b")) == (1, 1)
    assert rig.run() is None


def test_a_long_list_is_cut(rig: Rig) -> None:
    """The most pressing are told; the rest are counted."""
    told(rig, *(f"m{number:02}" for number in range(MOST_HANDED + 3)), text="yes_no")
    told(rig, "last", text="substantive")
    rig.clock.moment = MONDAY
    rig.run()
    assert rig.digest.count("Onderwerp:") == MOST_HANDED
    assert "Mail last" in rig.digest
    assert "En nog 4 in het postvak." in rig.digest
    assert subjects(rig) == ["Nog open van Karim: 14 berichten"]


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_handover_arrives_once_whatever_is_lost(rig: Rig, when: Literal["before", "after"]) -> None:
    """The connection goes before the APPEND or after it."""
    told(rig, "a")
    rig.clock.moment = MONDAY
    rig.server.lose(when, "append")
    with pytest.raises(ConnectionLostError):
        rig.run()
    rig.run()
    rig.run()
    assert HEADING in rig.digest


def test_without_digests_nothing_is_handed_over(rig: Rig) -> None:
    """A school that wants only the bell gets no mail from us."""
    told(rig, "a")
    rig.use(duo(notifications={"digest": False}))
    rig.clock.moment = MONDAY
    assert rig.run() is None
    assert rig.digests == []


AUTUMN = FreeDays(first=datetime(2026, 10, 17).date(), last=datetime(2026, 10, 25).date(), name="herfstvakantie")  # noqa: DTZ001
BACK = datetime(2026, 10, 26, 7, 20, tzinfo=UTC)


def away(name: str = "herfstvakantie", language: str = "nl") -> Rig:
    """A mailbox of one, with 32 mails of a week off, of which three are urgent; on the morning after."""
    chosen = settings(school={"language": language}, notifications={"urgent_passes": False})
    free = AUTUMN.model_copy(update={"name": name})
    rig = Rig(chosen.model_copy(update={"school": chosen.school.model_copy(update={"days_off": (free,)})}))
    rig.clock.moment = datetime(2026, 10, 16, 13, tzinfo=UTC)
    rig.started()
    rig.clock.moment = datetime(2026, 10, 20, 13, tzinfo=UTC)
    for number in range(32):
        rig.deliver(f"m{number}", "urgent notice" if number < 3 else "yes_no", subject=f"Mail {number}.")
    rig.run()
    rig.clock.moment = BACK
    rig.run()
    return rig


@pytest.mark.parametrize(
    ("name", "language", "expected"),
    [
        ("herfstvakantie", "nl", "32 berichten in de herfstvakantie: 3 dringend om eerst naar te kijken."),
        ("Herfstvakantie", "en", "32 messages in the autumn holiday: 3 urgent to look at first."),
        ("Herfstvakantie 2026", "nl", "32 berichten in de herfstvakantie 2026: 3 dringend om eerst naar te kijken."),
        ("Projectweek", "nl", "32 berichten terwijl u weg was (Projectweek): 3 dringend om eerst naar te kijken."),
        ("", "nl", "32 berichten terwijl u weg was: 3 dringend om eerst naar te kijken."),
        ("", "en", "32 messages while you were away: 3 urgent to look at first."),
    ],
)
def test_a_holiday_is_summed_up(name: str, language: str, expected: str) -> None:
    """On top of the first digest after it, and in the subject."""
    rig = away(name, language)
    assert expected in rig.digest
    assert expected in " ".join(html_of(rig).split())
    assert expected.partition(":")[0].partition(" (")[0].split(" ", 2)[2] in subjects(rig)[0]


def test_a_holiday_is_summed_up_once() -> None:
    """In what takes the place of the first digest unread it stands again; after that not."""
    rig = away()
    rig.clock.advance(minutes=5)
    rig.deliver("new", "notice")
    rig.run()
    assert "33 berichten in de herfstvakantie" in rig.digest
    read(rig)
    rig.deliver("later", "notice")
    rig.run()
    assert "1 bericht van ouders, niets dringends." in rig.digest


def html_of(rig: Rig) -> str:
    """The HTML of the one unread digest."""
    (raw,) = digests_of(rig.server)
    message: EmailMessage = parsed(raw)
    return text_of(message, "html")
