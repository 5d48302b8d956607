"""A PATH without mail is wrong use, unless there is nothing in it at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dryrun.mails import archive, mail, maildir
from tests.dryrun.test_commands import call


@pytest.fixture(autouse=True)
def _no_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MAILTRIAGE_CONFIG", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "none"))


@pytest.mark.parametrize("name", ["brief.docx", "b.zip", "map"])
def test_what_holds_no_mail_is_wrong_use(name: str) -> None:
    """A .zip, of whatever name, and a folder with other things in it: status 2, and what was expected."""
    for file in ("brief.docx", "b.zip"):
        archive(Path(file), {"word/document.xml": b"<xml/>"})
    Path("map").mkdir()
    Path("map/notes.txt").write_text("hello\n")
    Path("a.eml").write_bytes(mail())
    result = call("dry-run", "a.eml", name, "--format", "jsonl")
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{name}: there is no mail in it" in result.stderr
    assert "give an mbox" in result.stderr


def test_empty_mailboxes_in_folders_and_archives_are_no_error() -> None:
    """Neither a Maildir with only an index, a folder with an empty mbox, nor an archive of one."""
    maildir(Path("Mail"))
    Path("Mail/dovecot-uidlist").write_text("3 V1 N1\n")
    Path("map").mkdir()
    Path("map/Sent").touch()
    Path("map/.DS_Store").write_bytes(b"\x00\x01")
    archive(Path("b.zip"), {"Sent": b""})
    assert call("dry-run", "Mail", "map", "b.zip").exit_code == 0
