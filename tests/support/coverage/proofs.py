"""Finds the tests that name a row: in their name (`test_b013_…`), docstring, decorators, or a comment inside them.

A test that runs every plug-in of a folder over its own examples says `# rows of: services/kpi/domain/indicators` and
names the rows of all plug-ins declared there, so that one more plug-in needs no change to a test.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.support.coverage.catalogue import ROOT, ROW

#: Tests of this tool name rows as examples.
_OWN: Final = "test_coverage"
_FOLDER: Final = re.compile(r"# rows of: ([\w/.-]+)")
_IN_NAME: Final = re.compile(r"(?<![a-z0-9])(amb|[a-g])_?(\d{3})(?:_to_(?:amb|[a-g])_?(\d{3}))?(?![a-z0-9])")


@dataclass(frozen=True, slots=True)
class Proof:
    """A test that names rows, or folders of plug-ins and data whose rows it names. `slow`: left out of `make test`,
    so it proves nothing in the ordinary run."""

    rows: frozenset[str]
    folders: tuple[str, ...]
    path: str
    name: str
    slow: bool

    @property
    def node(self) -> str:
        """As pytest calls it."""
        return f"{self.path}::{self.name}"


def _tests(body: list[ast.stmt], inside: str = "") -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for node in body:
        if isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            yield from _tests(node.body, f"{node.name}::")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            yield inside + node.name, node


def _text(lines: list[str], node: ast.stmt) -> str:
    """A function's lines from its first decorator to its last, with the comments at their ends."""
    first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
    return "\n".join(lines[first - 1 : node.end_lineno])


def in_name(name: str) -> frozenset[str]:
    """The rows of a test's name: `test_b007_to_b009_…` names three."""
    return frozenset(
        f"{family.upper()}-{number:03d}"
        for family, first, last in _IN_NAME.findall(name)
        for number in range(int(first), int(last or first) + 1)
    )


def in_module(path: str, source: str) -> list[Proof]:
    """The tests of a module that name rows; a list named in a decorator counts as if it were written there."""
    tree, lines = ast.parse(source), source.splitlines()
    lists = {
        target.id: _text(lines, node)
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    whole = "pytest.mark.full" in lists.get("pytestmark", "")
    found = []
    for name, node in _tests(tree.body):
        text = _text(lines, node)
        used = {n.id for d in node.decorator_list for n in ast.walk(d) if isinstance(n, ast.Name)}
        text = "\n".join([text, *(lists[u] for u in sorted(used & lists.keys()))])
        rows = frozenset(ROW.findall(text)) | in_name(name)
        folders = tuple(_FOLDER.findall(text))
        if rows or folders:
            slow = whole or any("mark.full" in ast.unparse(d) for d in node.decorator_list)
            found.append(Proof(rows, folders, path, name, slow))
    return found


def proofs(root: Path = ROOT) -> list[Proof]:
    """All tests that name a row, by file."""
    found: list[Proof] = []
    for path in sorted((root / "tests").rglob("test_*.py")):
        if not path.name.startswith(_OWN):
            found.extend(in_module(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")))
    return found
