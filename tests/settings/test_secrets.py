"""Secrets come from five places, and show in no error."""

from __future__ import annotations

import os
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from mailtriage.errors import SecretError
from mailtriage.settings import secrets
from mailtriage.settings.model import SecretSource
from mailtriage.settings.secrets import fetch_secret

SECRET = "hunter2-é"


def refused(source: SecretSource, environ: dict[str, str] | None = None) -> SecretError:
    """The error that fetching raises; it has advice, and neither it nor its traceback holds the secret."""
    with pytest.raises(SecretError) as caught:
        fetch_secret(source, environ if environ is not None else dict(os.environ))
    error = caught.value
    told = repr(error) + str(error) + "".join(traceback.format_exception(error))
    assert "hunter2" not in told
    assert error.__context__ is None
    assert error.advice
    return error


def python(code: str) -> SecretSource:
    """A command that runs a piece of Python."""
    return SecretSource(command=(sys.executable, "-c", code))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with the secret that only this user can read."""
    path = tmp_path / "els.password"
    path.touch(mode=0o600)
    path.write_text(f"{SECRET}\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_what_a_command_prints_is_the_secret(end: str) -> None:
    """The line end behind it is dropped; spaces stay."""
    code = f"import sys; sys.stdout.buffer.write({f' {SECRET} {end}'.encode()!r})"
    assert fetch_secret(python(code)) == f" {SECRET} "


def test_a_command_gets_no_shell_no_input_and_the_environment_given() -> None:
    """Nothing in an argument is expanded, standard input is empty, and variables come from ``environ``."""
    code = "import os, sys; print(sys.argv[1], sys.stdin.read(), os.environ['WHO'])"
    source = SecretSource(command=(sys.executable, "-c", code, "$HOME;*"))
    assert fetch_secret(source, {"WHO": "els"}) == "$HOME;*  els"


def test_a_failing_command_is_told_by_its_exit_status_alone() -> None:
    """Neither what it printed nor what it complained about is in the error."""
    error = refused(python("import sys; print('hunter2'); print('hunter2', file=sys.stderr); sys.exit(7)"))
    assert error.where == "secret.command"
    assert "exit status 7" in error.what


def test_a_killed_command_is_told_by_its_signal() -> None:
    """A command that ended by a signal failed, whatever it had printed."""
    assert "signal 9" in refused(python("import os; print('hunter2', flush=True); os.kill(os.getpid(), 9)")).what


def test_a_command_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """After the time allowed the command is ended and what it had printed is dropped."""
    monkeypatch.setattr(secrets, "COMMAND_SECONDS", 0.5)
    begun = time.monotonic()
    error = refused(python("import time; print('hunter2', flush=True); time.sleep(60)"))
    assert "within 0.5 seconds" in error.what
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize("command", [(), ("",), ("/no/such/command",), ("/",), ("a\0b",)])
def test_a_command_that_cannot_start_is_told(command: tuple[str, ...]) -> None:
    """An empty, missing or impossible command is an error with advice."""
    assert refused(SecretSource(command=command)).where == "secret.command"


@pytest.mark.parametrize(
    ("printed", "what"),
    [(b"", "empty"), (b"\n", "empty"), (b"  \n", "empty"), (b"hunter2\xff", "UTF-8"), (b"hunter2\0", "UTF-8")],
)
def test_what_can_be_no_secret_is_refused(printed: bytes, what: str) -> None:
    """Nothing at all, and what is no text, is refused without being shown."""
    assert what in refused(python(f"import sys; sys.stdout.buffer.write({printed!r})")).what


def test_a_private_file_is_read(file: Path) -> None:
    """A file that only this user can read holds the secret; a symbolic link to it is followed."""
    link = file.with_name("link")
    link.symlink_to(file)
    assert fetch_secret(SecretSource(file=file)) == SECRET
    assert fetch_secret(SecretSource(file=link)) == SECRET
    file.chmod(0o400)
    assert fetch_secret(SecretSource(file=file)) == SECRET


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o644, 0o666])
def test_a_file_that_others_can_read_or_change_is_refused(file: Path, mode: int) -> None:
    """The permissions are looked at on the file itself, also behind a link, and the remedy is named."""
    file.chmod(mode)
    link = file.with_name("link")
    link.symlink_to(file)
    for path in (file, link):
        error = refused(SecretSource(file=path))
        assert "others can read or change" in error.what
        assert "chmod 600" in error.advice


def test_a_file_of_another_user_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever owns the file could change it; it must be the user that mailtriage runs as."""
    monkeypatch.setattr(os, "geteuid", lambda: file.stat().st_uid + 1)
    assert "belongs to another user" in refused(SecretSource(file=file)).what


def test_what_is_no_ordinary_file_is_refused_at_once(tmp_path: Path) -> None:
    """A folder, a missing file, a pipe without a writer and an impossible name are refused without waiting."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe, 0o600)
    assert "no ordinary file" in refused(SecretSource(file=pipe)).what
    assert "no ordinary file" in refused(SecretSource(file=tmp_path)).what
    assert "cannot be read: No such file" in refused(SecretSource(file=tmp_path / "no")).what
    assert "cannot be read" in refused(SecretSource(file=Path("a\0b"))).what


def test_a_large_or_empty_file_is_refused(file: Path) -> None:
    """A secret is short; nobody means a file of 64 KB, or an empty one."""
    file.write_text("hunter2" * 20_000)
    assert "too long" in refused(SecretSource(file=file)).what
    file.write_text("\n")
    assert "empty" in refused(SecretSource(file=file)).what


def test_an_environment_variable_is_read() -> None:
    """Its value is the secret; a missing or empty one is refused by name."""
    source = SecretSource(env="ELS_PASSWORD")
    assert fetch_secret(source, {"ELS_PASSWORD": SECRET}) == SECRET
    assert "ELS_PASSWORD is not set" in refused(source, {}).what
    assert "empty" in refused(source, {"ELS_PASSWORD": ""}).what


def test_a_systemd_credential_is_read(tmp_path: Path) -> None:
    """It is read from the folder that systemd names; its mode is systemd's matter."""
    (tmp_path / "els").write_text(f"{SECRET}\n", encoding="utf-8")
    (tmp_path / "els").chmod(0o440)
    environ = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    assert fetch_secret(SecretSource(credential="els"), environ) == SECRET
    assert "LoadCredential=els" in refused(SecretSource(credential="els"), {}).advice
    assert "LoadCredential=piet" in refused(SecretSource(credential="piet"), environ).advice


@pytest.mark.parametrize("name", ["", ".", "..", "../els", "/etc/passwd", "a\0b"])
def test_a_credential_s_name_is_no_path(tmp_path: Path, name: str) -> None:
    """Nothing outside the folder of credentials can be named."""
    assert "no name" in refused(SecretSource(credential=name), {"CREDENTIALS_DIRECTORY": str(tmp_path)}).what


class FakeKeyring(KeyringBackend):
    """A keyring in memory that can be locked."""

    priority = 1.0
    locked = False

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.stored: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        """The stored password."""
        if self.locked:
            raise KeyringLocked("hunter2")
        return self.stored.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Store a password."""
        self.stored[service, username] = password


@pytest.fixture
def ring() -> Iterator[FakeKeyring]:
    """A fake keyring in the place of the desktop's."""
    before = keyring.get_keyring()
    fake = FakeKeyring()
    keyring.set_keyring(fake)
    yield fake
    keyring.set_keyring(before)


def test_a_keyring_s_password_is_read(ring: FakeKeyring) -> None:
    """The name is service and user; the service may hold slashes itself."""
    keyring.set_password("imap://mail", "els", SECRET)
    assert ring.stored
    assert fetch_secret(SecretSource(keyring="imap://mail/els")) == SECRET


def test_a_keyring_without_the_password_is_told(ring: FakeKeyring) -> None:
    """What is not stored, a locked keyring and a name without user are errors with advice."""
    assert "keyring set mail els" in refused(SecretSource(keyring="mail/els")).advice
    assert "service/user" in refused(SecretSource(keyring="els")).advice
    ring.locked = True
    assert "KeyringLocked" in refused(SecretSource(keyring="mail/els")).what


def test_without_the_library_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The keyring is an extra; who asks for it without having it is told what to install."""
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert refused(SecretSource(keyring="mail/els")).advice == "pip install mailtriage[keyring]"


def test_a_source_shows_where_and_not_what(file: Path) -> None:
    """The repr of a source after fetching holds its place alone."""
    source = SecretSource(file=file)
    fetch_secret(source)
    assert "hunter2" not in repr(source)
