"""Who is told of what, and when: digests on a server in memory."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailtriage.errors import ConnectionLostError
from tests.act.rig import Rig, parsed, text_of
from tests.school import AT_WORK, EVENING, WEEK, digests_of, settings


def test_nobody_is_told_out_of_hours() -> None:
    """The digest comes when somebody works, and not before."""
    rig = Rig().started()
    rig.clock.moment = EVENING
    rig.deliver("a")
    rig.run()
    assert rig.digests == []
    assert len(rig.drafts) == 1
    rig.clock.moment = datetime(2026, 9, 16, 6, 15, tzinfo=UTC)  # 08:15 in Amsterdam
    rig.run()
    assert "1 bericht van ouders" in rig.digest


def test_an_urgent_mail_is_told_at_once() -> None:
    """Out of hours too, and first in the subject."""
    rig = Rig().started()
    rig.clock.moment = EVENING
    rig.deliver("a", "urgent notice")
    rig.deliver("b", "notice")
    rig.run()
    (raw,) = digests_of(rig.server)
    assert parsed(raw)["Subject"] == "DRINGEND: 1 bericht van ouders"


def test_an_urgent_mail_waits_where_the_school_wants_it_so() -> None:
    """Also where it was due while nothing ran, and by now everybody is at home."""
    rig = Rig(settings(notifications={"urgent_passes": False})).started()
    rig.clock.moment = EVENING
    rig.deliver("a", "urgent notice")
    rig.run()
    rig.clock.advance(hours=22)  # 19:40: due since 08:15, and nobody works
    rig.run()
    assert rig.digests == []
    rig.clock.advance(hours=13)
    rig.run()
    assert len(rig.digests) == 1


def test_mail_that_was_read_or_answered_meanwhile_is_not_told() -> None:
    """The digest tells only what still waits."""
    rig = Rig().started()
    rig.clock.moment = EVENING
    seen, answered, deleted, waiting = (rig.deliver(name, "notice", subject=f"Mail {name}") for name in "abcd")
    rig.run()
    for uid, flag in ((seen, "\\Seen"), (answered, "\\Answered"), (deleted, "\\Deleted")):
        rig.message(uid).flags.add(flag)
    rig.clock.moment = AT_WORK
    rig.run()
    assert "Mail d" in rig.digest
    assert not any(f"Mail {name}" in rig.digest for name in "abc")
    assert waiting in rig.server.folder("alice", "INBOX").messages


def test_an_unread_digest_is_replaced_and_a_read_one_left() -> None:
    """At most one unread digest; it holds what the replaced one told, as far as that still waits."""
    rig = Rig().started()
    first = rig.deliver("a", "notice", subject="Eerste")
    rig.run()
    rig.deliver("b", "notice", subject="Tweede")
    rig.run()
    assert "Eerste" in rig.digest
    assert "Tweede" in rig.digest
    for message in rig.server.folder("alice", "INBOX").messages.values():
        message.flags.add("\\Seen")
    rig.deliver("c", "notice", subject="Derde")
    rig.run()
    assert "Derde" in rig.digest
    assert "Eerste" not in rig.digest
    assert len(digests_of(rig.server, unread=False)) == 2
    assert first in rig.server.folder("alice", "INBOX").messages


@pytest.mark.parametrize("touch", ["flag", "move"])
def test_a_digest_that_the_teacher_flags_or_moves_is_hers(touch: str) -> None:
    """It is not taken away, and the next one tells only what is new."""
    rig = Rig().started()
    rig.deliver("a", "notice", subject="Eerste")
    rig.run()
    inbox = rig.server.folder("alice", "INBOX")
    (uid,) = [uid for uid, message in inbox.messages.items() if b"X-Mailtriage" in message.raw]
    if touch == "flag":
        inbox.messages[uid].flags.add("\\Flagged")
    else:
        rig.server.folder("alice", "Sent").add(inbox.messages.pop(uid))
    rig.deliver("b", "notice", subject="Tweede")
    rig.run()
    assert "Tweede" in rig.digests[-1]
    assert "Eerste" not in rig.digests[-1]
    everywhere = [*inbox.messages.values(), *rig.server.folder("alice", "Sent").messages.values()]
    assert sum(b"X-Mailtriage" in message.raw for message in everywhere) == 2


def test_a_digest_whose_confirmation_was_lost_is_found() -> None:
    """It arrived, so nothing is told twice; what it replaced is taken away."""
    rig = Rig().started()
    rig.deliver("a", "notice", subject="Eerste")
    rig.run()
    rig.deliver("b", "notice", subject="Tweede")
    rig.server.lose("after", "append")
    with pytest.raises(ConnectionLostError):
        rig.run()
    rig.run()
    assert "Tweede" in rig.digest
    assert "Eerste" in rig.digest


def test_what_an_earlier_digest_told_is_not_lost_with_the_one_that_failed() -> None:
    """The connection went before the APPEND: the next digest holds both."""
    rig = Rig().started()
    rig.deliver("a", "notice", subject="Eerste")
    rig.run()
    rig.deliver("b", "notice", subject="Tweede")
    rig.server.lose("before", "append")
    with pytest.raises(ConnectionLostError):
        rig.run()
    rig.run()
    assert "Eerste" in rig.digest
    assert "Tweede" in rig.digest


def test_nobody_works_for_a_year_and_the_account_lives() -> None:
    """Marks and drafts go on, urgent mail is told, ``status`` says so; when hours are set, the rest is told at once."""
    free = {"days_off": ["2026-09-01/2027-12-31"]}
    rig = Rig(settings(school=free)).started()
    rig.deliver("a", subject="Wacht")
    rig.run()
    assert rig.digests == []
    assert len(rig.drafts) == 1
    assert "nobody" in rig.triage.complaints[0]
    rig.deliver("b", "urgent notice", subject="Nu")
    rig.run()
    assert "Nu" in rig.digest
    rig.use(settings())
    rig.run()
    assert "Wacht" in rig.digest


def test_other_hours_move_what_waits() -> None:
    """Whoever begins earlier tomorrow is told earlier; nobody waits for the hours of yesterday's configuration."""
    rig = Rig().started()
    rig.clock.moment = EVENING
    rig.deliver("a")
    rig.run()
    rig.use(settings(staff={"hours": WEEK | {"tuesday": ["20:00-22:30"]}}))
    rig.run()
    assert len(rig.digests) == 1


def test_without_a_digest_the_count_is_told() -> None:
    """A school that wants only the bell: nothing is appended, and nothing waits for ever."""
    rig = Rig(settings(notifications={"digest": False})).started()
    rig.deliver("a", "urgent notice")
    told = rig.run()
    assert told is not None
    assert (len(told.told), told.urgent, told.digest) == (1, 1, None)
    assert rig.digests == []
    assert rig.memory.bells.waiting("alice") == []


def test_two_thousand_unread_mails_make_one_digest_of_bounded_size() -> None:
    """Fifty are told one by one, flags first; the rest are counted, and all of them count as told."""
    rig = Rig(settings(accounts=[{"reach_back_days": 365}]))
    for number in range(2000):
        rig.deliver(f"m{number}", "notice", subject=f"Mail {number}")
    rig.deliver("last", "conduct notice", subject="Achteraan bezorgd")
    rig.clock.advance(minutes=1)
    told = rig.run()
    assert told is not None
    assert len(told.told) == 2001
    assert rig.digest.count("Onderwerp:") == 50
    assert rig.digest.index("Achteraan bezorgd") < rig.digest.index("Mail 0")
    assert "En nog 1951 andere berichten" in rig.digest
    assert len(rig.digest) < 20_000


def test_the_html_of_a_digest_is_inert() -> None:
    """A subject with markup is shown as text, and signs that turn the direction of writing are taken out."""
    rig = Rig().started()
    rig.deliver("a", "notice", subject="<script>alert(1)</script>\u202eevil\u2066")
    rig.run()
    (raw,) = digests_of(rig.server)
    html = text_of(parsed(raw), "html")
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert not set(html + rig.digest) & set("\u202e\u2066")


def test_an_alarm_is_raised_once() -> None:
    """A digest that takes the place of one with urgent mail is no alarm again, until more urgent mail comes."""
    rig = Rig().started()

    def subject() -> str:
        rig.run()
        (raw,) = digests_of(rig.server)
        return str(parsed(raw)["Subject"])

    rig.deliver("a", "urgent notice")
    assert subject() == "DRINGEND: 1 bericht van ouders"
    rig.deliver("b", "notice")
    assert subject() == "2 berichten van ouders, waarvan 1 dringend"
    rig.deliver("c", "urgent notice")
    assert subject() == "DRINGEND: 3 berichten van ouders, waarvan 2 dringend"


def test_an_alarm_that_never_arrived_is_raised_again() -> None:
    """The connection went before the APPEND: nobody saw it."""
    rig = Rig().started()
    rig.deliver("a", "urgent notice")
    rig.server.lose("before", "append")
    with pytest.raises(ConnectionLostError):
        rig.run()
    rig.run()
    (raw,) = digests_of(rig.server)
    assert str(parsed(raw)["Subject"]).startswith("DRINGEND")
