"""Real IMAP servers, each started from a private folder on a port of its own."""

from __future__ import annotations

import contextlib
import grp
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
import trustme


def end_process(
    process: subprocess.Popen[str] | subprocess.Popen[bytes], how: signal.Signals, *, within: float
) -> None:
    """End a server that leads a process group, and whatever is left of the group; wait at most ``within`` seconds."""
    with contextlib.suppress(ProcessLookupError):
        if how is signal.SIGKILL:
            os.killpg(process.pid, how)
        else:
            process.send_signal(how)
    process.wait(within)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def free_port() -> int:
    """A port on the loopback that nobody listens on at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def unavailable(server: str, how: str) -> NoReturn:
    """A server is missing: skip the test with ``how`` to install it; in CI it is a failure."""
    text = f"{server} is missing: {how}"
    if os.environ.get("CI") == "true":
        pytest.fail(text)
    pytest.skip(text)


def certified(base: Path) -> None:
    """Write a certificate for localhost into ``base``: ``server.pem``, ``server.key``, and its authority ``ca.pem``."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(base / "ca.pem")
    certificate = authority.issue_cert("localhost", "127.0.0.1")
    certificate.private_key_pem.write_to_path(base / "server.key")
    for pem in certificate.cert_chain_pems:
        pem.write_to_path(base / "server.pem", append=True)


def runs_as() -> tuple[str, str]:
    """User and group of a server: ourselves, or nobody where we are root, which servers refuse to run as."""
    if os.getuid() == 0:
        return "nobody", "nogroup"
    me = pwd.getpwuid(os.getuid())
    return me.pw_name, grp.getgrgid(me.pw_gid).gr_name


def hand_over(folder: Path) -> None:
    """As root, give a folder and all that is in it to the server."""
    if os.getuid() == 0:
        for path in (folder, *folder.rglob("*")):
            shutil.chown(path, *runs_as())


@contextlib.contextmanager
def own_folder(name: str) -> Iterator[Path]:
    """A folder for a server that everybody may enter, gone at the end.

    Not one of pytest's: each run of root takes the rights to those away from everybody else, the server's user among
    them, also in the middle of another run.
    """
    with tempfile.TemporaryDirectory(prefix=f"mailtriage-{name}-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        base = Path(folder)
        base.chmod(0o755)
        yield base
