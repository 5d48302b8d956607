"""Imports run one way, and the first three rooms are pure."""

from __future__ import annotations

from pathlib import Path

import pytest

import mailtriage
from tests.floors import Floors, circles, floor_of, imports_of, impure, modules_of, upward

PACKAGE = Path(mailtriage.__file__).parent

FLOORS: Floors = (
    ("mailtriage.errors", 0),
    ("mailtriage.records", 0),
    ("mailtriage.plain", 0),
    ("mailtriage.settings", 1),
    ("mailtriage.plotting", 1),
    ("mailtriage.read", 2),
    ("mailtriage.judge", 2),
    ("mailtriage.decide", 2),
    ("mailtriage.masking", 2),
    ("mailtriage.act.mailbox", 3),
    ("mailtriage.act.imap", 3),
    ("mailtriage.act.memory", 3),
    ("mailtriage.act.embedded", 3),
    ("mailtriage.store", 3),
    ("mailtriage.modelfiles", 3),
    ("mailtriage.act", 4),
    ("mailtriage.learn", 4),
    ("mailtriage.figures", 4),
    ("mailtriage.triage", 5),
    ("mailtriage.service", 6),
    ("mailtriage.dryrun", 6),
    ("mailtriage.demo", 7),
    ("mailtriage.cli", 8),
    ("mailtriage.__main__", 8),
    ("mailtriage", 0),
)
APART = ("mailtriage.read", "mailtriage.judge", "mailtriage.decide", "mailtriage.masking")
PURE = ("mailtriage.errors", "mailtriage.records", "mailtriage.plain", *APART, "mailtriage.figures")


def test_imports_run_downwards() -> None:
    """No module imports a higher floor, and the pure rooms do not know each other."""
    wrong = list(upward(imports_of(modules_of(PACKAGE), "mailtriage"), FLOORS, APART))
    assert not wrong, "\n".join(wrong)


def test_imports_run_in_no_circle() -> None:
    """From no module do imports lead back to it."""
    wrong = list(circles(imports_of(modules_of(PACKAGE), "mailtriage")))
    assert not wrong, "\n".join(wrong)


def test_every_part_has_a_floor() -> None:
    """A new folder or module at the top must be given its floor here, not that of the package."""
    known = {name for name, _ in FLOORS}
    parts = {".".join(name.split(".")[:2]) for name in modules_of(PACKAGE)}
    assert parts - known == set()


def test_pure_rooms_are_pure() -> None:
    """Reading, judging and deciding do no input or output and have no clock of their own."""
    modules = [module for name, module in modules_of(PACKAGE).items() if name.startswith(PURE)]
    assert len(modules) > 10
    wrong = [what for module in modules for what in impure(module)]
    assert not wrong, "\n".join(wrong)


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A made-up package with a floor below and a floor above."""
    for name in ("low", "left", "right", "high"):
        (tmp_path / "house" / name).mkdir(parents=True)
        (tmp_path / "house" / name / "__init__.py").write_text("")
    (tmp_path / "house" / "__init__.py").write_text("")
    return tmp_path / "house"


HOUSE: Floors = (("house", 0), ("house.low", 1), ("house.left", 2), ("house.right", 2), ("house.high", 3))


def complaints(house: Path) -> list[str]:
    """What the checker says of a made-up package."""
    imports = imports_of(modules_of(house), "house")
    return [*upward(imports, HOUSE, ("house.left", "house.right")), *circles(imports)]


def test_a_sound_house_is_left_in_peace(house: Path) -> None:
    """Downward imports of every form are fine, also of a submodule by its package."""
    (house / "low" / "base.py").write_text("X = 1\n")
    (house / "high" / "top.py").write_text(
        "import house.low.base\nfrom house.low import base\nfrom ..low.base import X\nfrom . import side\nimport os\n"
    )
    (house / "high" / "side.py").write_text("from house.left import __name__\n")
    assert complaints(house) == []


@pytest.mark.parametrize(
    "statement",
    [
        "import house.high",
        "from house import high",
        "from house.high import x",
        "from ..high import x",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import house.high",
        "def late():\n    from house.high import x",
    ],
)
def test_an_upward_import_is_told_with_file_line_and_rule(house: Path, statement: str) -> None:
    """However it is written, also inside a function, also for types alone."""
    (house / "low" / "bad.py").write_text(statement + "\n")
    (wrong,) = complaints(house)
    line = len(statement.splitlines())
    assert wrong.startswith(f"{house / 'low' / 'bad.py'}:{line}: house.low.bad imports house.high")
    assert wrong.endswith("floor 1 must not import floor 3")


def test_rooms_on_one_floor_do_not_know_each_other(house: Path) -> None:
    """Left must not import right."""
    (house / "left" / "door.py").write_text("from house.right import x\n")
    (wrong,) = complaints(house)
    assert "door.py:1: house.left.door imports house.right: house.left and house.right must not know" in wrong


def test_a_circle_on_one_floor_is_told(house: Path) -> None:
    """Three modules that import each other in a ring are told once, with every import."""
    for one, other in ("ab", "bc", "ca"):
        (house / "low" / f"{one}.py").write_text(f"from house.low.{other} import x\n")
    (wrong,) = complaints(house)
    assert wrong.startswith("imports run in a circle: ")
    assert all(f"{one}.py:1" in wrong for one in "abc")


def test_a_module_without_a_floor_is_told(house: Path) -> None:
    """A module that nobody placed cannot be checked, and says so."""
    (house / "low" / "a.py").write_text("import house.low\n")
    (wrong,) = upward(imports_of(modules_of(house), "house"), (("house.low.a", 1),))
    assert wrong.endswith("house.low has no floor")
    assert floor_of("house.lower", (("house.low", 1),)) is None


@pytest.mark.parametrize(
    ("code", "named"),
    [
        ("import os", "os"),
        ("from pathlib import Path", "pathlib"),
        ("import urllib.request", "urllib.request"),
        ("from datetime import datetime\ndatetime.now()", ".now()"),
        ("def f():\n    open('x')", "open()"),
        ("p.read_text()", ".read_text()"),
    ],
)
def test_an_impure_module_is_told(house: Path, code: str, named: str) -> None:
    """Input, output and clocks are told with file and line."""
    (house / "low" / "bad.py").write_text(code + "\n")
    (wrong,) = impure(modules_of(house)["house.low.bad"])
    assert f"bad.py:{len(code.splitlines())}: " in wrong
    assert wrong.endswith(f"must not use {named}")
