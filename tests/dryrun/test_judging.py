"""Messages go through the rooms, and none that fails takes another with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailtriage.dryrun.judging import Outcome, Rooms, Task
from mailtriage.dryrun.parallel import chunked, outcomes
from mailtriage.dryrun.raw import Raw, failed
from mailtriage.errors import UnreadableMessageError, UsageError
from mailtriage.judge import Judge
from mailtriage.read import read_message
from mailtriage.records import Message, Verdict
from mailtriage.settings import Settings, default_staff
from tests.dryrun.mails import QUESTION, WORRY, mail

NOW = datetime(2026, 9, 16, 10, 0, tzinfo=UTC)


def task(at: datetime | None = None, **more: str) -> Task:
    """A dry-run without configuration, on a Wednesday."""
    return Task(Settings(staff=(default_staff(),)), Path.cwd(), NOW, at=at, **more)


@pytest.fixture(scope="module")
def rooms() -> Rooms:
    """The rooms without configuration."""
    return Rooms(task())


def consider(rooms: Rooms, *messages: bytes) -> list[Outcome]:
    """What becomes of messages."""
    return rooms.consider([Raw(f"x#{number}", one) for number, one in enumerate(messages, start=1)])


class Failing:
    """A judge that fails on one subject."""

    def __init__(self, judge: Judge) -> None:
        """Wrap a judge."""
        self._judge = judge

    @property
    def name(self) -> str:
        """The wrapped judge's."""
        return self._judge.name

    def judge(self, message: Message) -> Verdict:
        """One verdict."""
        return self.judge_many([message])[0]

    def judge_many(self, messages: Sequence[Message]) -> list[Verdict]:
        """Raise where the subject says so."""
        if any(message.subject == "poison" for message in messages):
            raise ZeroDivisionError("secret text of the mail")
        return self._judge.judge_many(messages)


def test_a_mail_of_the_evening_is_held_until_the_morning(rooms: Rooms) -> None:
    """The moment is the arrival: nobody works on a Monday at 21:40, so the teacher is told on Tuesday at eight."""
    [outcome] = consider(rooms, mail(QUESTION))
    assert outcome.row["notify_at"] == "2026-09-15T08:00:00+02:00"
    assert outcome.held


def test_a_mail_within_hours_is_told_at_once(rooms: Rooms) -> None:
    """The last Received counts before the Date."""
    [outcome] = consider(rooms, mail(Received="from a by b; Tue, 15 Sep 2026 09:30:00 +0200"))
    assert outcome.row["notify_at"] == "2026-09-15T09:30:00+02:00"
    assert not outcome.held


def test_at_sets_the_moment_for_all() -> None:
    """``--at`` wins over the arrival."""
    [outcome] = consider(Rooms(task(at=datetime(2026, 9, 18, 18, 0, tzinfo=UTC))), mail())
    assert outcome.row["notify_at"] == "2026-09-21T08:00:00+02:00"


def test_without_any_date_now_stands_in(rooms: Rooms) -> None:
    """A message that does not say when it arrived is judged as of now."""
    [outcome] = consider(rooms, mail(Date=""))
    assert outcome.row["notify_at"] == "2026-09-16T12:00:00+02:00"
    assert outcome.row["date"] is None


def test_substantive_mail_gets_a_reply_and_simple_mail_none(rooms: Rooms) -> None:
    """The plan is that of the service: a draft that offers a conversation where the judge is sure."""
    worry, question = consider(rooms, mail(WORRY), mail(QUESTION))
    assert worry.row["category"] == "substantive"
    assert question.row["group"] == "simple"
    assert question.row["reply"] is None
    assert ("draft" in worry.row["actions"]) == (worry.row["reply"] is not None) == (not worry.row["unsure"])


def test_mail_that_is_no_parents_is_left_alone(rooms: Rooms) -> None:
    """It has a reason and nothing else, and is not judged."""
    [outcome] = consider(rooms, mail(Auto_Submitted="auto-replied"))
    assert (outcome.row["scope"], outcome.row["category"], outcome.row["actions"]) == ("other", None, [])
    assert "automatic" in (outcome.row["scope_reason"] or "")


def test_an_unreadable_message_is_told_and_the_others_are_judged(rooms: Rooms) -> None:
    """The row says what is wrong; the teacher would be told of the mail, as the service does."""
    before, bad, after = consider(rooms, mail(number=1), b"\x00\x01", mail(number=2))
    assert before.row["error"] is None
    assert after.row["message_id"] == "<2@thuis.example>"
    assert bad.row["error"]
    assert bad.row["actions"] == ["notify"]


def test_the_header_of_an_unreadable_message_is_told(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sender, subject, date and id are filled, and the moment is its arrival; without a header it is now."""

    def fails(content: bytes) -> Message:
        if b"tandarts" in content or content.startswith(b"broken"):
            raise UnreadableMessageError("no text was found")
        return read_message(content)

    monkeypatch.setattr("mailtriage.dryrun.judging.read_message", fails)
    [known], [unknown] = consider(rooms, mail(QUESTION)), consider(rooms, b"broken\n\n")
    assert known.row["error"] == unknown.row["error"] == "no text was found"
    assert (known.row["from"], known.row["subject"]) == ("sanne@thuis.example", "Noor")
    assert (known.row["message_id"], known.row["date"]) == ("<1@thuis.example>", "2026-09-14T21:40:00+02:00")
    assert (known.row["notify_at"], known.row["category"]) == ("2026-09-15T08:00:00+02:00", None)
    assert (unknown.row["from"], unknown.row["date"]) == (None, None)
    assert unknown.row["notify_at"] == "2026-09-16T12:00:00+02:00"


def test_what_could_not_be_taken_from_its_file_is_an_error_without_plan(rooms: Rooms) -> None:
    """Trouble with an archive is no mail that a teacher could be told of."""
    [outcome] = rooms.consider([failed("a.zip", "the .zip cannot be opened", "make a new one")])
    assert (outcome.row["error"], outcome.row["actions"]) == ("the .zip cannot be opened; make a new one", [])


def test_a_message_that_breaks_the_judge_stands_alone() -> None:
    """An error nobody foresaw becomes the error of its message, without a word of the mail in it."""
    rooms = Rooms(task())
    rooms.judge = Failing(rooms.judge)
    good, bad, other = consider(rooms, mail(number=1), mail(subject="poison", number=2), mail(number=3))
    assert good.row["category"]
    assert other.row["category"]
    assert "ZeroDivisionError" in (bad.row["error"] or "")
    assert "secret" not in (bad.row["error"] or "")
    assert (bad.row["category"], bad.row["message_id"]) == (None, "<2@thuis.example>")
    assert bad.row["notify_at"] == "2026-09-15T08:00:00+02:00"


def test_several_processes_give_the_same_in_the_same_order() -> None:
    """Jobs change the time it takes, nothing else."""
    raws = [Raw(f"x#{at}", mail(WORRY if at % 3 else QUESTION, number=at)) for at in range(150)]
    raws[70] = Raw("x#70", b"\x00")
    rooms = Rooms(task())
    alone = [outcome.row for outcome in outcomes(iter(raws), rooms, task(), 1)]
    together = [outcome.row for outcome in outcomes(iter(raws), rooms, task(), 2)]
    assert together == alone
    assert [row["source"] for row in alone] == [raw.source for raw in raws]


def test_chunks_are_small_in_number_and_in_bytes() -> None:
    """So that memory stays flat, whatever the mails weigh."""
    light = list(chunked(Raw("x", b"1") for _ in range(200)))
    heavy = list(chunked(Raw("x", b"1" * (3 << 20)) for _ in range(5)))
    assert max(len(chunk) for chunk in light) <= 64
    assert max(len(chunk) for chunk in heavy) <= 2
    assert sum(len(chunk) for chunk in light) == 200


def test_an_account_that_does_not_exist_is_wrong_use() -> None:
    """``--account`` names one of the configuration."""
    with pytest.raises(UsageError, match="no such account"):
        Rooms(task(account="groep9"))
