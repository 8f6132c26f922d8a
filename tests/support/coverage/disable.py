"""Switches a declared rule off: the text of its file without it, in the ways that are tried one after another.

A mutant must still import; of several ways the first that does is judged. What each thing becomes:

- a statement: `pass` (an `if` with another branch: that branch; an assignment to a name: an empty value of its sort);
- an element, an argument, an entry of a dict: taken out, or, where that does not import, None;
- a function: a body that returns the empty value of what it says it returns;
- a clock: never due; a gate: taken out; any other plug-in: its functions return nothing;
- an entry of a YAML list or mapping: taken out.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import yaml

from tests.support.coverage.declarations import Declaration, in_python, in_yaml
from tests.support.coverage.places import Function, Place

_EMPTY: Final = {
    "bool": "False", "int": "0", "str": "''", "bytes": "b''", "Decimal": "Decimal(0)", "Fraction": "Fraction(0)",
    "tuple": "()", "Sequence": "()", "Iterable": "()", "Collection": "()", "list": "[]",
    "dict": "{}", "Mapping": "{}", "set": "set()", "frozenset": "frozenset()",
}  # fmt: skip
_STREAMS: Final = ("Iterator", "AsyncIterator", "Generator", "AsyncGenerator")


def _expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def _named(annotation: ast.expr | None) -> str:
    if isinstance(annotation, ast.Subscript):
        return _named(annotation.value)
    return annotation.id if isinstance(annotation, ast.Name) else ""


def empty_of(annotation: ast.expr | None) -> str:
    """The neutral value of what a function says it returns; `None` for what has none."""
    if isinstance(annotation, ast.BinOp):  # X | None
        return "None"
    if isinstance(annotation, ast.Subscript) and _named(annotation) == "tuple":
        parts = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else [annotation.slice]
        if not any(isinstance(p, ast.Constant) and p.value is Ellipsis for p in parts):
            return f"({', '.join(empty_of(p) for p in parts)},)"
    return _EMPTY.get(_named(annotation), "None")


def _empty_like(value: ast.expr | None) -> str:
    """The neutral value of what is assigned: an empty collection for a collection, else None."""
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id in _EMPTY:
        return _EMPTY[value.func.id]
    for sort, text in ((ast.Tuple, "()"), (ast.List, "[]"), (ast.Dict, "{}"), (ast.Set, "set()")):
        if isinstance(value, sort):
            return text
    return "None"


def _function(node: Function) -> None:
    said = [node.body[0]] if ast.get_docstring(node) is not None else []
    name = _named(node.returns)
    body: list[ast.stmt] = [ast.Return(_expression(empty_of(node.returns)))]
    if name in _STREAMS:
        body = [ast.Return(), ast.Expr(ast.Yield())]
    node.body = [*said, *body]


def _statement(place: Place) -> None:
    node, owner = place.node, getattr(place.owner, place.field)
    assert place.index is not None
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        _function(node)
    elif isinstance(node, ast.If) and node.orelse:
        owner[place.index : place.index + 1] = node.orelse
    elif isinstance(node, ast.Assign | ast.AnnAssign) and not isinstance(place.owner, ast.ClassDef) and _to_name(node):
        node.value = _expression(_empty_like(node.value))
    else:
        owner[place.index] = ast.Pass()


def _to_name(node: ast.Assign | ast.AnnAssign) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return all(isinstance(t, ast.Name) for t in targets)


def _out(place: Place) -> None:
    if isinstance(place.owner, ast.Dict):
        assert place.index is not None
        del place.owner.keys[place.index], place.owner.values[place.index]
        return
    rest = getattr(place.owner, place.field)
    del rest[place.index]
    if isinstance(place.owner, ast.BoolOp) and len(rest) == 1:
        # An operator of one is no operator; the neutral element of its kind keeps it one.
        rest.append(ast.Constant(isinstance(place.owner.op, ast.And)))


def _none(place: Place) -> None:
    held = getattr(place.owner, place.field)
    if isinstance(place.node, ast.keyword):
        place.node.value = _expression("None")
    else:
        held[place.index] = _expression("None")


def _inert(tree: ast.Module, place: Place) -> None:
    """A plug-in whose functions return nothing."""
    assert isinstance(place.node, ast.Call)
    functions = {n.name: n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}
    for keyword in place.node.keywords:
        known = functions.get(keyword.value.id) if isinstance(keyword.value, ast.Name) else None
        if known is not None:
            keyword.value = _expression(f"lambda *_, **__: {empty_of(known.returns)}")
        elif isinstance(keyword.value, ast.Lambda):
            keyword.value.body = _expression("None")
    for given in place.node.args:
        if isinstance(given, ast.Lambda):
            given.body = _expression("None")


def _never_due(place: Place) -> None:
    assert isinstance(place.node, ast.Call)
    for keyword in place.node.keywords:
        if keyword.arg == "due":
            keyword.value = _expression("lambda _: None")


def ways(tree: ast.Module, place: Place, sort: str) -> list[Callable[[], None]]:
    """How a place of this tree may be switched off, best first."""
    if sort == "plug-in":
        assert isinstance(place.node, ast.Call)
        if any(k.arg == "due" for k in place.node.keywords):
            return [lambda: _never_due(place)]
        if isinstance(place.owner, ast.Tuple | ast.List):
            return [lambda: _out(place)]
        return [lambda: _inert(tree, place)]
    if isinstance(place.node, ast.stmt):
        return [lambda: _statement(place)]
    return [lambda: _out(place), lambda: _none(place)]


def without(root: Path, declaration: Declaration) -> Iterator[str]:
    """The text of the declaration's file with the rule switched off, in each of its ways."""
    source = (root / declaration.path).read_text(encoding="utf-8")
    if not declaration.path.endswith(".py"):
        data = yaml.safe_load(source)
        *outer, last = in_yaml(declaration.path, source)[declaration.number].way
        held = data
        for step in outer:
            held = held[step]
        del held[last]
        yield yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
        return
    way = 0
    while True:
        tree = ast.parse(source)
        place = in_python(declaration.path, source, tree)[declaration.number].place
        assert place is not None
        known = ways(tree, place, declaration.sort)
        if way == len(known):
            return
        known[way]()
        yield ast.unparse(ast.fix_missing_locations(tree))
        way += 1
