"""Every test says what behaviour it holds."""

from __future__ import annotations

import ast
from pathlib import Path

TESTS = Path(__file__).parent


def silent_tests(source: str) -> list[str]:
    """The names of test functions without a docstring, at any depth."""
    functions = (one for one in ast.walk(ast.parse(source)) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef))
    return [one.name for one in functions if one.name.startswith("test_") and not ast.get_docstring(one)]


def test_every_test_says_what_it_holds() -> None:
    """A test function without a docstring is named with its file."""
    silent = [
        f"{path.relative_to(TESTS)}: {name}"
        for path in sorted(TESTS.rglob("test_*.py"))
        for name in silent_tests(path.read_text("utf-8"))
    ]
    assert not silent, "these tests do not say what behaviour they hold:\n" + "\n".join(silent)


def test_a_silent_test_is_found() -> None:
    """Also inside a class, also an asynchronous one; whatever is no test may be silent."""
    source = """
class A:
    async def test_b(self): pass
def test_c():
    'Says it.'
def helper(): pass
def test_d(): 1
"""
    assert sorted(silent_tests(source)) == ["test_b", "test_d"]
