"""Messages are found in whatever people export, in a stable order, under names that can be used again."""

from __future__ import annotations

import gzip
import io
import os
import subprocess
import zipfile
from pathlib import Path

import pytest

from mailtriage.dryrun import archives, sources, streams
from mailtriage.dryrun.raw import Raw
from mailtriage.dryrun.sources import Sources, named
from mailtriage.errors import UsageError
from tests.dryrun.mails import archive, mail, maildir, mbox


def found(*paths: Path | str, stdin: bytes = b"") -> list[Raw]:
    """All messages of paths, after they were checked."""
    given = Sources([Path(path) for path in paths], io.BytesIO(stdin))
    given.check()
    return list(given.messages())


def names(*paths: Path | str, stdin: bytes = b"") -> list[str]:
    """The names of all messages of paths."""
    return [raw.source for raw in found(*paths, stdin=stdin)]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_messages_of_an_mbox_are_numbered_from_one() -> None:
    """An mbox is known by what is in it, whatever its name; an empty one has no messages."""
    Path("INBOX").write_bytes(mbox(mail(number=1), mail(number=2)))
    Path("empty.mbox").touch()
    assert names("INBOX") == ["INBOX#1", "INBOX#2"]
    assert names("empty.mbox") == []
    assert found("INBOX")[1].content == mail(number=2)


def test_a_maildir_with_subfolders() -> None:
    """``cur``, ``new`` and the dotted folders of Maildir++ are read; ``tmp`` and indexes are not."""
    maildir(Path("Mail"), "cur/2.b.host:2,S", "cur/1.a.host:2,", "new/3.c.host")
    maildir(Path("Mail/.Archief.2026"), "cur/4.d.host:2,S")
    Path("Mail/tmp/5.e.host").write_bytes(mail())
    Path("Mail/dovecot.index.log").write_bytes(b"\x01\x02")
    Path("Mail/dovecot-uidlist").write_text("3 V1 N1\n")
    assert names("Mail") == [
        "Mail/.Archief.2026/cur/4.d.host:2,S",
        "Mail/cur/1.a.host:2,",
        "Mail/cur/2.b.host:2,S",
        "Mail/new/3.c.host",
    ]


def test_what_lies_in_a_maildir_is_a_message() -> None:
    """A file in ``cur`` that does not look like mail is taken for a message all the same, and told if it is none."""
    maildir(Path("Mail"))
    Path("Mail/cur/1").write_bytes(b"X-Odd: 1\n\nhello\n")
    assert names("Mail") == ["Mail/cur/1"]


def test_a_folder_of_everything_is_read_by_name_and_the_rest_is_counted() -> None:
    """Mail is found at any depth, mailboxes among it; what is no mail is counted and stops nothing."""
    Path("map/b").mkdir(parents=True)
    Path("map/a.eml").write_bytes(mail())
    Path("map/b/x.mbox").write_bytes(mbox(mail()))
    Path("map/c.zip").write_bytes(archive(Path("c.zip"), {"1.eml": mail(), "notes.txt": b"hello"}).read_bytes())
    for name in (".DS_Store", "list.json", "readme.txt", "cert.docx"):
        Path("map", name).write_bytes(b'{"from": "x", "to": "y"}\n')
    given = Sources([Path("map")], io.BytesIO())
    assert [raw.source for raw in given.messages()] == ["map/a.eml", "map/b/x.mbox#1", "map/c.zip!1.eml"]
    assert given.skipped.count == 5
    assert sum(one.size for one in given.files()) == given.sizes() > 0


def test_several_paths_keep_their_order() -> None:
    """PATHs are read in the order in which they were given."""
    for name in ("b.eml", "a.eml"):
        Path(name).write_bytes(mail())
    assert names("b.eml", "a.eml") == ["b.eml", "a.eml"]


def test_standard_input_is_an_mbox_or_one_message() -> None:
    """``-`` is numbered either way; nothing in it is no message; it cannot be given twice."""
    assert names("-", stdin=mbox(mail(), mail())) == ["-#1", "-#2"]
    assert names("-", stdin=mail()) == ["-#1"]
    assert names("-", stdin=b"") == []
    with pytest.raises(UsageError):
        names("-", "-")
    with pytest.raises(UsageError):
        names("-", stdin=b"hello\n")


def test_a_zip_is_read_in_place() -> None:
    """Messages and mailboxes in a .zip have names with ``!``; what macOS adds is not even counted."""
    archive(Path("export.zip"), {"dir/a.eml": mail(), "a.mbox": mbox(mail(), mail()), "__MACOSX/dir/._a.eml": b"x"})
    given = Sources([Path("export.zip")], io.BytesIO())
    assert [one.source for one in given.messages()] == [
        "export.zip!a.mbox#1",
        "export.zip!a.mbox#2",
        "export.zip!dir/a.eml",
    ]
    assert given.skipped.count == 0
    assert [path.name for path in Path().iterdir()] == ["export.zip"]


def test_a_zip_with_names_in_an_old_charset_is_read() -> None:
    """A name whose bytes are no UTF-8 does not keep its message from being read."""
    archive(Path("export.zip"), {"XXXX.eml": mail()})
    raw = Path("export.zip").read_bytes().replace(b"XXXX.eml", b"\x84\xff\xe9\xfe.eml")
    Path("export.zip").write_bytes(raw)
    [one] = found("export.zip")
    assert one.content == mail()
    one.source.encode("utf-8")


def locked(path: Path) -> Path:
    """A .zip whose entries say that they are encrypted."""
    archive(path, {"a.eml": mail()})
    raw = bytearray(path.read_bytes())
    for magic, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.index(magic) + at] |= 1
    path.write_bytes(raw)
    return path


def test_a_locked_zip_is_refused_or_told() -> None:
    """A .zip with a password: wrong use where it was named, a failed message where it lies in a folder."""
    with pytest.raises(UsageError, match="password"):
        found(locked(Path("a.zip")))
    Path("map").mkdir()
    locked(Path("map/a.zip"))
    [one] = found("map")
    assert one.content is None
    assert "password" in one.failure


def test_a_damaged_zip_is_refused_or_told() -> None:
    """The same for one that is cut off."""
    whole = archive(Path("a.zip"), {"a.eml": mail()}).read_bytes()
    Path("a.zip").write_bytes(whole[:60])
    with pytest.raises(UsageError, match="cannot be opened"):
        found("a.zip")
    Path("map").mkdir()
    Path("map/a.zip").write_bytes(whole[:60])
    assert [(one.source, one.content) for one in found("map")] == [("map/a.zip", None)]


def test_a_zip_bomb_ends_early(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mailbox that unpacks out of all proportion is left where that is seen; other entries are still read."""
    monkeypatch.setattr(streams, "_PACKED_FREE", 1 << 20)
    monkeypatch.setattr(archives, "LARGEST", 0)
    bomb = mbox(b"Subject: x\nFrom: a@b.example\n\n" + b"0" * (20 << 20))
    archive(Path("a.zip"), {"a.mbox": bomb, "b.eml": mail()})
    bad, good = found("a.zip")
    assert "unpacks to more" in bad.failure
    assert good.content == mail()


def test_a_single_message_beyond_the_limit_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is a failed message, not a wrong use; its bytes are not kept."""
    monkeypatch.setattr(streams, "LARGEST", 1000)
    Path("big.eml").write_bytes(mail("x " * 2000))
    [one] = found("big.eml")
    assert one.content is None
    assert "larger" in one.failure


def test_gzip_is_undone_and_damage_told() -> None:
    """A packed mbox is numbered as the mbox; where it is cut off, what came before is there and the rest is told."""
    packed = gzip.compress(mbox(*(mail("tekst " * 3000, number=at) for at in range(30))))
    Path("old.mbox.gz").write_bytes(packed)
    assert names("old.mbox.gz")[::29] == ["old.mbox.gz#1", "old.mbox.gz#30"]
    Path("old.mbox.gz").write_bytes(packed[:-40])
    assert found("old.mbox.gz")[-1].failure


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("notes.txt", b"hello world\n", "no mail"),
        ("a.msg", b"\xd0\xcf\x11\xe0\xa1\xb1", "Outlook message"),
        ("a.pst", b"!BDN1234", "Outlook data file"),
        ("a.json", b'{"From": "x"}', "no mail"),
        ("a.gz", gzip.compress(b"hello"), "no mail"),
    ],
)
def test_a_path_of_another_kind_is_wrong_use(name: str, content: bytes, said: str) -> None:
    """What mail does not come in is refused before anything is judged, with what would be right."""
    Path(name).write_bytes(content)
    with pytest.raises(UsageError, match=said) as caught:
        found(name)
    assert caught.value.advice


def test_a_missing_path_is_wrong_use() -> None:
    """A PATH that does not exist is named."""
    with pytest.raises(UsageError, match="no such file"):
        found("nothing.mbox")


def test_one_eml_is_always_a_message() -> None:
    """The ending ``.eml`` is believed, so that what is wrong with such a file is told of the message."""
    Path("a.eml").write_bytes(b"hello\n")
    assert names("a.eml") == ["a.eml"]


def test_a_message_with_an_mbox_pasted_in_is_one_message() -> None:
    """A file that begins with a header is one message, whatever stands in its text."""
    Path("a").write_bytes(mail("see\n\nFrom a@b.example Mon Sep 14 21:40:00 2026\nSubject: x\n\ny"))
    assert names("a") == ["a"]


def test_links_that_lead_in_a_circle_end() -> None:
    """Symbolic links to folders are not followed, broken ones are told."""
    Path("map").mkdir()
    Path("map/a.eml").write_bytes(mail())
    Path("map/self").symlink_to(Path("map").absolute())
    Path("map/gone.eml").symlink_to("nowhere")
    assert [(one.source, one.content is None) for one in found("map")] == [("map/a.eml", False), ("map/gone.eml", True)]


def test_file_names_that_are_no_text_can_be_printed() -> None:
    """A name with bytes that are no UTF-8 becomes text that any output can carry."""
    folder = Path("map")
    folder.mkdir()
    try:
        (folder / os.fsdecode(b"a\xff.eml")).write_bytes(mail())
    except OSError:
        pytest.skip("this file system takes UTF-8 only")
    [one] = found("map")
    assert one.source == "map/a\ufffd.eml"


def test_a_deep_folder_is_walked() -> None:
    """Folders in folders, deeper than Python calls itself."""
    here, deep = Path.cwd(), 1200
    for _ in range(deep):
        Path("d").mkdir()
        os.chdir("d")
    Path("a.eml").write_bytes(mail())
    os.chdir(here)
    found_there = names("d")
    # Python's own way to remove folders calls itself for each.
    subprocess.run(["rm", "-rf", "d"], check=True)
    assert len(found_there) == 1


@pytest.mark.parametrize("name", ["a.mbox#2", "a.zip!x.mbox#2", "map/a.eml", "odd#1!.eml", "-#2"])
def test_a_message_is_found_by_the_name_that_a_dry_run_tells(name: str) -> None:
    """Every name of a dry-run leads back to its message."""
    Path("a.mbox").write_bytes(mbox(mail(number=1), mail(number=2)))
    archive(Path("a.zip"), {"x.mbox": mbox(mail(number=1), mail(number=2))})
    Path("map").mkdir()
    Path("map/a.eml").write_bytes(mail(number=2))
    Path("odd#1!.eml").write_bytes(mail(number=2))
    assert named(name, io.BytesIO(mbox(mail(number=1), mail(number=2)))).content == mail(number=2)


def test_a_name_that_leads_nowhere_is_wrong_use() -> None:
    """A number beyond the last, several messages without a number, none at all."""
    Path("a.mbox").write_bytes(mbox(mail(), mail()))
    Path("empty.mbox").touch()
    for name, said in (
        ("a.mbox#3", "no such message"),
        ("a.mbox", "several"),
        ("empty.mbox", "no message"),
        ("x#1", "no such file"),
    ):
        with pytest.raises(UsageError, match=said):
            named(name, io.BytesIO())


def test_nothing_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is opened for reading, and none of a read-only folder's files changes."""
    maildir(Path("Mail"), "new/1.a.host")
    archive(Path("Mail/a.zip"), {"a.eml": mail()})
    before = {path: path.stat().st_mtime_ns for path in Path("Mail").rglob("*")}
    opened: list[str] = []
    real = Path.open

    def watched(self: Path, mode: str = "r", *args: object, **more: object) -> object:
        opened.append(mode)
        return real(self, mode, *args, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", watched)
    found("Mail")
    assert set(opened) == {"rb"}
    assert {path: path.stat().st_mtime_ns for path in Path("Mail").rglob("*")} == before
    assert sources.STDIN == "-"
    assert zipfile.is_zipfile("Mail/a.zip")
