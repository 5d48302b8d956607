"""A real browser: Chromium without a window, that draws a page and tells how wide it became.

Not part of ``.ci/test``: it is 300 MB, and what it shows is looked at by people. Where it is installed it is used.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from html import escape
from pathlib import Path

import pytest

_PATIENCE = 60
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_QUIET = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--no-first-run",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)
_FRAME = """<!doctype html><title>?</title><body><iframe id="f" style="border:0;width:{width}px;height:400px"
onload="e=this.contentDocument.documentElement;document.title=e.scrollWidth+','+e.scrollHeight"
srcdoc="{page}"></iframe></body>"""
"""A window cannot be narrower than 500 pixels; a frame in one can."""


class Chromium:
    """Draws pages. Each call starts a browser of its own, without a network."""

    def __init__(self) -> None:
        """Find it.

        Raises:
            FileNotFoundError: it is not installed.
        """
        found = next((path for name in _NAMES if (path := shutil.which(name))), None)
        if found is None:
            raise FileNotFoundError("no Chromium; on Debian: apt-get install chromium")
        self._program = found

    def extent(self, html: str, width: int) -> tuple[int, int]:
        """How wide and how high a page becomes in a window of so many CSS pixels; wider is scrolled sideways."""
        shown = self._run(_FRAME.format(width=width, page=escape(html)), 800, 600, "--dump-dom")
        title = re.search(r"<title>(\d+),(\d+)</title>", shown)
        if title is None:
            raise RuntimeError(f"the page did not come to an end: {shown[-300:]}")
        return int(title[1]), int(title[2])

    def draw(self, html: str, target: Path, *, width: int, height: int, dark: bool = False) -> None:
        """A picture of a page at twice its size, as on a phone."""
        colours = f"--blink-settings=preferredColorScheme={0 if dark else 1}"
        self._run(html, width, height, "--force-device-scale-factor=2", colours, f"--screenshot={target}")
        if not target.exists():
            raise RuntimeError(f"{target} was not drawn")

    def _run(self, html: str, width: int, height: int, *wanted: str) -> str:
        with tempfile.TemporaryDirectory(prefix="mailtriage-chromium-") as folder:
            page = Path(folder) / "page.html"
            page.write_text(html, "utf-8")
            size, own = f"--window-size={width},{height}", f"--user-data-dir={folder}/profile"
            command = [self._program, *_QUIET, size, own, *wanted, page.as_uri()]
            done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE, check=True)
        return done.stdout


def browser() -> Chromium:
    """The browser of this machine; the test is skipped where there is none."""
    try:
        return Chromium()
    except FileNotFoundError as error:
        pytest.skip(str(error))
