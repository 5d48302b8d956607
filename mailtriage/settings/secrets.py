"""Fetching a secret from where the configuration says it is.

No error raised here holds a secret, the output of a command or the content of a file, nor does one hang on an
exception that does: what a library raised is left behind before ours is raised.
"""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Mapping
from pathlib import Path

from mailtriage.errors import SecretError
from mailtriage.settings.accounts import SecretSource

COMMAND_SECONDS = 30.0
LARGEST_SECRET = 65_536


def fetch_secret(source: SecretSource, environ: Mapping[str, str] = os.environ) -> str:
    """Fetch a password, token or URL.

    Args:
        source: names exactly one place.
        environ: the environment, also that of the command.

    Returns:
        The secret without the line end behind it; never empty.

    Raises:
        SecretError: it cannot be had from there, or is empty; ``where`` is ``secret.`` and the kind of place.
    """
    if source.command is not None:
        return _checked(_from_command(source.command, environ), "command")
    if source.file is not None:
        return _checked(_from_file(source.file), "file")
    if source.env is not None:
        return _checked(_from_environment(source.env, environ), "env")
    if source.credential is not None:
        return _checked(_from_credential(source.credential, environ), "credential")
    return _checked(_from_keyring(source.keyring or ""), "keyring")


def _refusal(kind: str, what: str, advice: str) -> SecretError:
    return SecretError(what, where=f"secret.{kind}", advice=advice)


def _checked(secret: bytes | str, kind: str) -> str:
    """The secret as text, without the line end that editors and commands add."""
    raw = secret.encode(errors="surrogateescape") if isinstance(secret, str) else secret
    if len(raw) > LARGEST_SECRET:
        raise _refusal(kind, "it is far too long for a secret", "is it the right place?")
    text = raw.decode(errors="replace")
    if "\N{REPLACEMENT CHARACTER}" in text or "\0" in text:
        raise _refusal(kind, "it is no text in UTF-8", "save the secret as plain text")
    text = text.removesuffix("\n").removesuffix("\r")
    if not text.strip():
        raise _refusal(kind, "it is empty", "put the secret there")
    return text


def _from_command(command: tuple[str, ...], environ: Mapping[str, str]) -> bytes:
    """What a command prints. It gets no input and no shell; what it says on standard error is dropped."""
    if not command or not command[0]:
        raise _refusal("command", "the command is empty", 'write a list like ["pass", "show", "mail/els"]')
    name = Path(command[0]).name
    failure = ""
    try:
        done = subprocess.run(  # noqa: S603 - the admin's own command, as a list, without a shell
            command,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=COMMAND_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        failure = f"{name} gave nothing within {COMMAND_SECONDS:g} seconds"
    except FileNotFoundError:
        failure = f"{name} is not installed, or not on the PATH"
    except (OSError, ValueError) as error:
        failure = f"{name} cannot be started: {getattr(error, 'strerror', None) or 'an argument is impossible'}"
    if failure:
        raise _refusal("command", failure, "run it by hand as the user that mailtriage runs as")
    if done.returncode < 0:
        raise _refusal("command", f"{name} was ended by signal {-done.returncode}", "run it by hand")
    if done.returncode:
        what = f"{name} failed with exit status {done.returncode}"
        raise _refusal("command", what, "run it by hand as the user that mailtriage runs as")
    return done.stdout


def _from_file(path: Path) -> bytes:
    """The content of a file that nobody but this user can read or change. Symbolic links are followed first."""
    content, state = _read(path, "file")
    if not stat.S_ISREG(state.st_mode):
        raise _refusal("file", f"{path} is no ordinary file", "name the file that holds the secret")
    if state.st_uid != os.geteuid():
        advice = "make it belong to the user that mailtriage runs as (chown)"
        raise _refusal("file", f"{path} belongs to another user", advice)
    if state.st_mode & (stat.S_IRGRP | stat.S_IROTH | stat.S_IWGRP | stat.S_IWOTH):
        raise _refusal("file", f"others can read or change {path}", f"run chmod 600 {path}")
    return content


def _from_environment(name: str, environ: Mapping[str, str]) -> str:
    if name not in environ:
        advice = "set it for the service (systemd: EnvironmentFile=), or use credential"
        raise _refusal("env", f"the environment variable {name} is not set", advice)
    return environ[name]


def _from_credential(name: str, environ: Mapping[str, str]) -> bytes:
    """A credential that systemd passed to the service; systemd guards the folder, so modes are not looked at."""
    if name in {"", ".", ".."} or "/" in name or "\0" in name:
        raise _refusal("credential", "this is no name of a credential", "write a name without slashes")
    folder = environ.get("CREDENTIALS_DIRECTORY")
    advice = f"add LoadCredential={name}:/path/of/the/secret to the unit"
    if not folder:
        raise _refusal("credential", "systemd passed no credentials to this process", advice)
    content, state = _read(Path(folder) / name, "credential", advice)
    if not stat.S_ISREG(state.st_mode):
        raise _refusal("credential", f"the credential {name} is no ordinary file", advice)
    return content


def _read(path: Path, kind: str, advice: str = "correct the path or the permissions") -> tuple[bytes, os.stat_result]:
    """A little more than the longest secret, and the state of the very file that was opened.

    Opening does not wait, so that a pipe without a writer cannot stop the service.
    """
    try:
        # The state is taken from the descriptor, so that no other file can slip in between.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
        try:
            state = os.fstat(descriptor)
            return (os.read(descriptor, LARGEST_SECRET + 1) if stat.S_ISREG(state.st_mode) else b""), state
        finally:
            os.close(descriptor)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "the path is impossible"
    raise _refusal(kind, f"{path} cannot be read: {reason}", advice)


def _from_keyring(name: str) -> str:
    """A password of the desktop's keyring, named ``service/user``; the service may hold slashes itself."""
    service, _, user = name.rpartition("/")
    if not service or not user:
        raise _refusal("keyring", "the name has no service and user", 'write "service/user", like "mailtriage/els"')
    try:
        import keyring  # noqa: PLC0415 - an optional extra, loaded where it is used
    except ImportError:
        keyring = None  # type: ignore[assignment]
    if keyring is None:
        raise _refusal("keyring", "the keyring library is not installed", "pip install mailtriage[keyring]")
    advice = f"store it with: keyring set {service} {user}"
    try:
        secret, failure = keyring.get_password(service, user), ""
    except Exception as error:  # keyring's backends raise what their own libraries raise
        secret, failure = None, type(error).__name__
    if failure:
        raise _refusal("keyring", f"the keyring failed ({failure})", "unlock it, or use file or credential")
    if secret is None:
        raise _refusal("keyring", f"the keyring has no password of {user} for {service}", advice)
    return secret
