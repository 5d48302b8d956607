"""The demo, as somebody tries it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def test_the_demo_shows_the_whole_job_and_leaves_nothing(tmp_path: Path) -> None:
    """Categories, a draft, what was told at once and what in the morning; status 0; no file is left, here or at home;
    a log on request, without a word of a mail."""
    for name in ("tmp", "home"):
        (tmp_path / name).mkdir()
    places = {"TMPDIR": str(tmp_path / "tmp"), "HOME": str(tmp_path / "home"), "COLUMNS": "200", "NO_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "mailtriage", "demo", "--log"],
        env={key: value for key, value in os.environ.items() if not key.startswith("XDG_")} | places,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    for sign in ("substantive", "out of scope", "waits until Wed 08:15", "at once", "DRINGEND", "Wednesday morning"):
        assert sign in done.stdout
    assert "Beste " in done.stdout
    assert "replies lie in Drafts" in done.stdout
    left = [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()]
    assert left == []
    assert "judged" in done.stderr
    assert "regenboog.example" not in done.stderr
