"""Reads the imports of a package, and says where they run upwards or in a circle, or where a pure room is not pure."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

Floors = Sequence[tuple[str, int]]
"""Modules and the floors they stand on; the longest name that a module begins with counts."""


@dataclass(frozen=True)
class Import:
    """One import: who imports what, and where it stands."""

    importer: str
    imported: str
    file: Path
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.importer} imports {self.imported}"


@dataclass(frozen=True)
class Module:
    """One file of a package, parsed."""

    name: str
    file: Path
    tree: ast.Module


def modules_of(package: Path) -> dict[str, Module]:
    """Every module of a package, by its dotted name."""
    found = {}
    for file in sorted(package.rglob("*.py")):
        parts = (package.name, *file.relative_to(package).with_suffix("").parts)
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = Module(name, file, ast.parse(file.read_text("utf-8")))
    return found


def imports_of(modules: Mapping[str, Module], package: str) -> list[Import]:
    """What the modules of a package import of it, wherever in the file the import stands."""
    return [
        Import(module.name, name, module.file, line)
        for module in modules.values()
        for name, line in _named(module, modules)
        if name == package or name.startswith(f"{package}.")
    ]


def _named(module: Module, modules: Mapping[str, Module]) -> Iterator[tuple[str, int]]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = _absolute(module, node)
            for alias in node.names:
                deeper = f"{source}.{alias.name}"
                yield (deeper if deeper in modules else source), node.lineno


def _absolute(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    package = module.name.split(".") if module.file.name == "__init__.py" else module.name.split(".")[:-1]
    above = package[: len(package) - node.level + 1]
    return ".".join([*above, *([node.module] if node.module else [])])


def floor_of(name: str, floors: Floors) -> int | None:
    """The floor of a module; None where nobody gave it one."""
    fitting = [(len(prefix), floor) for prefix, floor in floors if name == prefix or name.startswith(f"{prefix}.")]
    return max(fitting)[1] if fitting else None


def upward(imports: Sequence[Import], floors: Floors, apart: Sequence[str] = ()) -> Iterator[str]:
    """Imports of a higher floor, of a module without a floor, and between rooms that stand apart on one floor."""
    for one in imports:
        own, other = floor_of(one.importer, floors), floor_of(one.imported, floors)
        if own is None or other is None:
            yield f"{one}: {one.importer if own is None else one.imported} has no floor"
        elif other > own:
            yield f"{one}: floor {own} must not import floor {other}"
        else:
            rooms = {_room(one.importer, apart), _room(one.imported, apart)} - {""}
            if len(rooms) > 1:
                yield f"{one}: {' and '.join(sorted(rooms))} must not know each other"


def _room(name: str, apart: Sequence[str]) -> str:
    return next((room for room in apart if name == room or name.startswith(f"{room}.")), "")


def circles(imports: Sequence[Import]) -> Iterator[str]:
    """Imports that lead back to where they began, each circle once."""
    edges: dict[str, dict[str, Import]] = {}
    for one in imports:
        if one.importer != one.imported:
            edges.setdefault(one.importer, {}).setdefault(one.imported, one)
    told: set[frozenset[str]] = set()
    for start in edges:
        way = _way_back(start, edges)
        names = frozenset(one.importer for one in way)
        if way and names not in told:
            told.add(names)
            yield "imports run in a circle: " + "; ".join(str(one) for one in way)


def _way_back(start: str, edges: Mapping[str, Mapping[str, Import]]) -> list[Import]:
    """The shortest way from a module back to itself."""
    ways: list[list[Import]] = [[one] for one in edges[start].values()]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        end = way[-1].imported
        if end == start:
            return way
        if end not in seen:
            seen.add(end)
            ways += [[*way, one] for one in edges.get(end, {}).values()]
    return []


FORBIDDEN_MODULES = frozenset((
    "asyncio", "http", "importlib", "io", "multiprocessing", "os", "pathlib", "random",
    "requests", "secrets", "select", "shutil", "signal", "socket", "sqlalchemy", "sqlite3",
    "ssl", "structlog", "subprocess", "tempfile", "threading", "time", "urllib",
))  # fmt: skip
FORBIDDEN_CALLS = frozenset({"open", "print", "input", "exec", "eval"})
FORBIDDEN_METHODS = frozenset({"now", "utcnow", "today", "read_text", "read_bytes", "write_text", "write_bytes"})


def impure(module: Module) -> Iterator[str]:
    """What a pure module must not do: input, output, or a look at the clock."""
    for node in ast.walk(module.tree):
        what = ""
        if isinstance(node, ast.Import):
            what = next((one.name for one in node.names if one.name.partition(".")[0] in FORBIDDEN_MODULES), "")
        elif isinstance(node, ast.ImportFrom) and not node.level:
            what = (node.module or "") if (node.module or "").partition(".")[0] in FORBIDDEN_MODULES else ""
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            what = f"{node.func.id}()" if node.func.id in FORBIDDEN_CALLS else ""
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            what = f".{node.func.attr}()" if node.func.attr in FORBIDDEN_METHODS else ""
        if what:
            line = getattr(node, "lineno", 0)
            yield f"{module.file}:{line}: {module.name} is pure and must not use {what}"
