"""``mailtriage corrections``: what the admin sees, removes, takes away and brings in."""

from __future__ import annotations

import json
import stat
from datetime import timedelta
from pathlib import Path
from tempfile import gettempdir

import pytest
from click.testing import CliRunner, Result

from mailtriage.cli import main
from mailtriage.learn.corpus import load
from mailtriage.learn.sources import data_paths
from mailtriage.read import read_message
from mailtriage.records import Category, Plan
from mailtriage.service import Memory
from mailtriage.store import Corrections, Place, Wording
from tests.school import AT_WORK, WordJudge, mail, memory

SPORT = "Mag [NAAM] vrijdag eerder weg voor de sportdag van de turnvereniging in het dorp?"


class Office:
    """A configuration with a store, and the command line on it."""

    def __init__(self, folder: Path) -> None:
        """Make both."""
        self.folder = folder
        folder.mkdir(exist_ok=True)
        (folder / "config.toml").write_text('[store]\nurl = "store.sqlite"\n')
        self.memory: Memory = memory(folder / "store.sqlite")
        self.store = Corrections(self.memory.journal.engine)
        self._number = 0

    def call(self, *arguments: object) -> Result:
        """``mailtriage corrections ...``."""
        return self.mailtriage("corrections", *arguments)

    def mailtriage(self, *arguments: object) -> Result:
        """Any command with this configuration."""
        return CliRunner().invoke(main, ["--config", str(self.folder / "config.toml"), *map(str, arguments)])

    def corrected(self, name: str, new: Category, body: str = SPORT, sender: str = "kim@thuis.example") -> None:
        """A correction of the mail of this name, a minute after the one before."""
        self._number += 1
        now = AT_WORK + timedelta(minutes=self._number)
        message = read_message(mail(name, "notice", sender=f"Kim <{sender}>"))
        self.memory.journal.contact("alice", now)
        known = self.memory.journal.recognise("alice", message.digest) or self.memory.journal.intend(
            Place("alice", "INBOX", 1, self._number), message, WordJudge().judge(message), Plan(), now
        )
        self.store.record(known, new, Wording("Vraag", body), now, source="folder")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office without corrections."""
    return Office(tmp_path / "here")


def listed(office: Office) -> list[dict[str, object]]:
    """What ``list --format json`` says."""
    rows: list[dict[str, object]] = json.loads(office.call("list", "--format", "json").stdout)
    return rows


def test_list_tells_each_correction_and_which_contradict(office: Office) -> None:
    """Nearly the same text in two categories; and of two of one mail the newer counts."""
    office.corrected("a", Category.YES_NO)
    office.corrected("b", Category.SUBSTANTIVE, SPORT.replace("het dorp", "de stad"))
    office.corrected("c", Category.APPOINTMENT, "Kunnen we dinsdag om drie uur langskomen op het kantoor?")
    office.corrected("c", Category.NOTICE, "Kunnen we dinsdag om drie uur langskomen op het kantoor?")
    assert [(row["old"], row["new"], row["counts"], row["contradicts"]) for row in listed(office)] == [
        ("notice", "yes_no", True, [2]),
        ("notice", "substantive", True, [1]),
        ("notice", "appointment", False, []),
        ("appointment", "notice", True, []),
    ]
    told = office.call("list")
    assert "nearly the same text as 2, of another category" in told.stdout
    assert "counts no more" in told.stdout
    assert "3 of 4 corrections count; 2 contradict another" in told.stderr


def test_the_same_short_text_in_two_categories_contradicts(office: Office) -> None:
    """However little it says."""
    office.corrected("a", Category.YES_NO, "Is goed")
    office.corrected("b", Category.NOTICE, "is  goed")
    assert [row["contradicts"] for row in listed(office)] == [[2], [1]]


def test_show_prints_the_masked_text(office: Office) -> None:
    """And what is known of it, without who wrote it."""
    office.corrected("a", Category.YES_NO)
    told = office.call("show", 1)
    assert SPORT in told.stdout
    assert "new:         yes_no" in told.stdout
    assert "kim" not in told.stdout.lower()


def test_drop_by_number_and_by_sender(office: Office) -> None:
    """Nothing else goes; a number that is not there drops none."""
    for name, sender in (("a", "kim@thuis.example"), ("b", "kim@thuis.example"), ("c", "bo@thuis.example")):
        office.corrected(name, Category.YES_NO, sender=sender)
    assert office.call("drop", 1, 99).exit_code == 2
    assert len(listed(office)) == 3
    assert office.call("drop", 1).stdout == "dropped 1 correction\n"
    assert office.call("drop", "--sender", "Kim@Thuis.example").stdout == "dropped 1 correction\n"
    assert [row["id"] for row in listed(office)] == [3]


def test_train_learns_from_the_store_of_the_configuration(office: Office) -> None:
    """``--corrections`` without a file; what counts no more is not learned, and nothing of it is left on the disk."""
    office.corrected("a", Category.YES_NO)
    office.corrected("b", Category.APPOINTMENT, "Kunnen we dinsdag langskomen?")
    office.corrected("b", Category.NOTICE, "Kunnen we dinsdag langskomen?")
    before = set(Path(gettempdir()).glob("mailtriage-*"))
    told = office.mailtriage("train", "--corrections", "--check-only")
    assert told.exit_code == 0, told.stderr
    counted = int(told.stdout.split(" mails in ")[0].rsplit("\n", 1)[-1])
    assert counted == len(load(data_paths(()))) + 2
    assert set(Path(gettempdir()).glob("mailtriage-*")) == before


def test_train_on_a_store_without_corrections_says_so(office: Office) -> None:
    """It is no reason to train on nothing."""
    told = office.mailtriage("train", "--check-only", "--corrections")
    assert told.exit_code == 2
    assert "there are no corrections to learn from" in told.stderr


@pytest.mark.parametrize("arguments", [("drop",), ("show", 7), ("drop", 7)])
def test_wrong_use_is_told_with_advice(office: Office, arguments: tuple[object, ...]) -> None:
    """Status 2, no traceback."""
    told = office.call(*arguments)
    assert told.exit_code == 2
    assert "What to do:" in told.stderr


def test_forgetting_a_sender_forgets_the_corrections(office: Office) -> None:
    """Also after the message itself was forgotten by its age."""
    office.corrected("a", Category.YES_NO)
    office.memory.journal.forget_before(AT_WORK + timedelta(days=400))
    assert len(listed(office)) == 1
    office.memory.journal.forget_sender("kim@thuis.example")
    assert listed(office) == []


def test_what_is_exported_can_be_trained_on(office: Office) -> None:
    """What counts alone, in the format of the training data, for this user's eyes, without a sender or an account."""
    office.corrected("a", Category.APPOINTMENT)
    office.corrected("a", Category.YES_NO, SPORT + "\n\n> [NAAM] schreef:\n> Denkt u aan de sportdag?")
    file = office.folder / "corrections.jsonl"
    assert office.call("export", file).exit_code == 0
    (line,) = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert {key: line[key] for key in ("label", "voice", "flags", "lang", "subject")} == {
        "label": "yes_no", "voice": "corrections", "flags": [], "lang": "nl", "subject": "Vraag",
    }  # fmt: skip
    assert "alice" not in file.read_text("utf-8")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    (example,) = load([], [file])
    assert example.category is Category.YES_NO
    assert example.message.newest == SPORT
    assert "sportdag" in example.message.quoted


def test_export_and_import_go_round(office: Office, tmp_path: Path) -> None:
    """Into another store once, however often it is read; back home it is known."""
    office.corrected("a", Category.YES_NO)
    office.corrected("b", Category.NOTICE, "Dank u wel voor de mooie viering van gisteren.")
    file, again = tmp_path / "one.jsonl", tmp_path / "two.jsonl"
    office.call("export", file)
    other = Office(tmp_path / "there")
    assert other.call("import", file).stdout == "took in 2 of 2 corrections\n"
    assert other.call("import", file).stdout == "took in 0 of 2 corrections\n"
    assert office.call("import", file).stdout == "took in 0 of 2 corrections\n"
    other.call("export", again)
    first, second = ([json.loads(line) for line in one.read_text("utf-8").splitlines()] for one in (file, again))
    assert [line | {"source": ""} for line in second] == [line | {"source": ""} for line in first]


def test_a_file_with_a_wrong_line_is_refused_whole(office: Office, tmp_path: Path) -> None:
    """With every problem named; nothing is taken."""
    office.corrected("a", Category.YES_NO)
    file = tmp_path / "one.jsonl"
    office.call("export", file)
    good = file.read_text("utf-8")
    file.write_text(good + '{"id": "x", "body": "", "label": "maybe"}\nno json\n', "utf-8")
    other = Office(tmp_path / "there")
    told = other.call("import", file)
    assert told.exit_code == 2
    assert "one.jsonl:2" in told.stderr
    assert "one.jsonl:3" in told.stderr
    assert listed(other) == []
    file.write_text(json.dumps({"id": "x", "body": "Dag", "label": "notice"}), "utf-8")
    assert "has no moment" in other.call("import", file).stderr


def test_a_file_that_cannot_be_written_is_told(office: Office, tmp_path: Path) -> None:
    """With advice, and nothing half written is left."""
    office.corrected("a", Category.YES_NO)
    told = office.call("export", tmp_path / "nowhere" / "x.jsonl")
    assert told.exit_code == 2
    assert "cannot be written" in told.stderr
