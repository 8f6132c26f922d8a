"""What a `# row:` comment stands on: the statement, element, argument or function that begins below it.

A comment alone on its line speaks of what begins on the next line of code, one at a line's end of what begins (or
else ends) on that line. Of several things that begin at the same spot the outermost is meant.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

Spot = tuple[int, int]
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Place:
    """Something that can be switched off: the node, where it hangs (`owner.field[index]`), from where to where."""

    node: ast.AST
    owner: ast.AST
    field: str
    index: int | None
    begins: Spot
    ends: Spot
    symbol: str


def _begin(node: ast.AST) -> Spot:
    decorators = getattr(node, "decorator_list", None)
    if decorators:
        return decorators[0].lineno, decorators[0].col_offset - 1  # the @ belongs to it
    return node.lineno, node.col_offset  # type: ignore[attr-defined]


def _end(node: ast.AST) -> Spot:
    return node.end_lineno, node.end_col_offset  # type: ignore[attr-defined]


def _may_go(owner: ast.AST, name: str) -> bool:
    """Whether what hangs at this field of its owner can be taken away."""
    if isinstance(owner, ast.Tuple | ast.List | ast.Set):
        return name == "elts"
    if isinstance(owner, ast.Call):
        return name in ("args", "keywords")
    return isinstance(owner, ast.BoolOp) and name == "values"


def places(tree: ast.Module) -> Iterator[Place]:
    """Everything of a module that a comment can stand on."""
    yield from _walk(tree, ())


def _walk(owner: ast.AST, names: tuple[str, ...]) -> Iterator[Place]:
    if isinstance(owner, ast.Dict):
        for index, (key, value) in enumerate(zip(owner.keys, owner.values, strict=True)):
            start = _begin(key) if key is not None else (value.lineno, value.col_offset - 2)
            yield Place(value, owner, "values", index, start, _end(value), ".".join(names))
    for name, value in ast.iter_fields(owner):
        for index, child in enumerate(value if isinstance(value, list) else [value]):
            if not isinstance(child, ast.AST):
                continue
            inner = (*names, _own_name(child, bool(names))) if _own_name(child, bool(names)) else names
            if isinstance(child, ast.stmt) or _may_go(owner, name):
                where = index if isinstance(value, list) else None
                yield Place(child, owner, name, where, _begin(child), _end(child), ".".join(inner))
            yield from _walk(child, inner)


def _own_name(node: ast.AST, inside: bool) -> str:
    """The name by which people find it: of a function or class, or of what a module assigns."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return node.name
    if not inside and isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    if not inside and isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return node.target.id
    return ""


def at(found: list[Place], spot: Spot) -> Place | None:
    """What begins at a spot (line, column), the outermost of several; else what ends on its line."""
    beginning = [p for p in found if p.begins == spot]
    if beginning:
        return max(beginning, key=lambda p: p.ends)
    ending = [p for p in found if p.ends[0] == spot[0] and p.begins[0] < spot[0]]
    return min(ending, key=lambda p: p.begins) if ending else None
