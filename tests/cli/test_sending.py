"""What ``check`` and ``status`` say about sending for teachers, on a real Dovecot and a real SMTP server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mailtriage.cli import main
from mailtriage.store.outgoing import State, Submissions
from tests.school import AT_WORK
from tests.servers.dovecot import Dovecot
from tests.servers.smtp import PASSWORD, USER, SmtpServer, running
from tests.service.bench import Program


def call(program: Program, *arguments: str) -> Result:
    """A command with the program's configuration."""
    return CliRunner().invoke(main, ["--config", str(program.file), *arguments])


def smtp_table(server: SmtpServer, folder: Path, password: str = PASSWORD) -> str:
    """``[accounts.smtp]`` for a server; it belongs to the last account before it."""
    (folder / "smtp").write_text(password, "utf-8")
    (folder / "smtp").chmod(0o600)
    return (
        f'[accounts.smtp]\nhost = "127.0.0.1"\nport = {server.port}\nsecurity = "none"\nusername = "{USER}"\n'
        'secret = { file = "smtp" }\n'
    )


@pytest.mark.dovecot
def test_check_logs_in_and_sends_nothing(dovecot: Dovecot, tmp_path: Path) -> None:
    """It says that sending is off, works, or does not and why; a login that fails is a failure of the account."""
    program = Program(tmp_path)
    program.configure(dovecot, "sending-check")
    done = call(program, "check")
    assert (done.exit_code, "sending: off (no [accounts.smtp])" in done.stdout) == (0, True), done.output
    with running() as server:
        program.configure(dovecot, "sending-check", extra=smtp_table(server, tmp_path))
        done = call(program, "check")
        assert done.exit_code == 0, done.output
        said = f"sending: works ({USER} at 127.0.0.1:{server.port}, copies go into the folder Sent)"
        assert said in done.stdout
        program.configure(dovecot, "sending-check", extra=smtp_table(server, tmp_path, "wrong"))
        done = call(program, "check")
        assert done.exit_code == 1
        assert "sending: does not work: 127.0.0.1" in done.stdout
        assert "login: the server answered 535 5.7.8: Authentication credentials invalid\n" in done.stdout
        assert "what to do: correct [accounts.smtp], or its secret" in done.stdout
        assert server.accepted == []


def test_status_counts(tmp_path: Path) -> None:
    """What waits and why, what is uncertain, what was refused; no line where there is nothing."""
    program = Program(tmp_path)
    program.file.write_text(
        '[[staff]]\nname = "Els"\naddress = "els@school.example"\nhours = { monday = ["08:00-16:00"] }\n'
        '[[accounts]]\nname = "a"\nhost = "localhost"\nusername = "els@school.example"\n'
        'secret = { env = "UNUSED" }\nstaff = ["Els"]\n[store]\nurl = "store.sqlite"\n'
    )
    journal = program.store.journal
    journal.contact("a", AT_WORK)
    assert "sent:" not in call(program, "status").stdout
    store = Submissions(journal.engine)
    one, two, three = (store.add("a", name, f"<{name}@x>", AT_WORK) for name in ("one", "two", "three"))
    store.wait(one.id, AT_WORK, AT_WORK, "login: the server answered 535 5.7.8")
    store.end(two.id, State.UNCERTAIN, AT_WORK, "at the end of the message: no answer in time")
    store.end(three.id, State.REFUSED, AT_WORK)
    text = call(program, "status").stdout
    assert "waiting to be sent:    1\n  uncertain if sent:     1\n  refused to be sent:    1\n" in text
    assert "    login: the server answered 535 5.7.8\n" in text
    (report,) = json.loads(call(program, "status", "--format", "json").stdout)
    reasons = ["login: the server answered 535 5.7.8"]
    assert report["sending"] == {"waiting": 1, "uncertain": 1, "refused": 1, "reasons": reasons}
