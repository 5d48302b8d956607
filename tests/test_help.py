"""What a person meets first must be quick."""

from __future__ import annotations

import subprocess
import sys

import pytest

_CHECK = """
import sys
from click.testing import CliRunner
from mailtriage.cli import main
result = CliRunner().invoke(main, {arguments!r})
assert result.exit_code == 0, result.output
heavy = {{"numpy", "scipy", "sklearn", "joblib", "sqlalchemy", "imapclient", "mailparser"}} & set(sys.modules)
assert not heavy, heavy
"""


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["dry-run", "--help"],
        ["explain", "--help"],
        ["train", "--help"],
        ["evaluate", "--help"],
        ["models", "--help"],
        ["report", "--help"],
    ],
)
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    """Neither numpy nor scikit-learn, nor anything else that takes long, is imported to show help."""
    code = _CHECK.format(arguments=arguments)
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert result.returncode == 0, result.stderr
