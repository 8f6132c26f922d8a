"""Finds what the code says of itself: `# row: …` comments, and the `row` of plug-ins in Python and YAML."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import yaml

from tests.support.coverage.catalogue import ROOT, ROW
from tests.support.coverage.places import Place, Spot, at, places

#: Where rules live. Migrations tell history and are left out.
FOLDERS: Final = ("services", "shared", "deploy")
Sort = Literal["comment", "plug-in", "data"]
#: Functions that make a plug-in of what they are given, as a class would.
MAKERS: Final = frozenset({"promise"})

#: The keys and places in lists that lead to something in data.
Way = tuple[str | int, ...]

_COMMENT: Final = re.compile(r"#\s*row:\s*(.*)")
_IN_YAML: Final = re.compile(r"(?:^|\s)(#\s*row:.*)$")
_NO_DATA: Final = re.compile(r"\s*(#|$)")
_LISTED: Final = re.compile(r"((?:AMB|[A-G])-\d{3}(?:\s*,\s*(?:AMB|[A-G])-\d{3})*)\b")


class Misplaced(ValueError):
    """A declaration that says nothing: no row in it, or nothing under it that could be switched off."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """That a rule is kept here. `number` counts the declarations of a file, for it has no other lasting name."""

    rows: tuple[str, ...]
    path: str
    symbol: str
    sort: Sort
    number: int


@dataclass(frozen=True, slots=True)
class Found:
    """A declaration with what it stands on: a place of Python, or (place None) the way to an entry of YAML data."""

    declaration: Declaration
    place: Place | None
    way: Way = ()


def listed(comment: str) -> tuple[str, ...] | None:
    """The rows a comment declares; None if it is no declaration.

    Raises:
        Misplaced: it begins like one and names no row.
    """
    match = _COMMENT.match(comment)
    if match is None:
        return None
    rows = _LISTED.match(match[1])
    if rows is None:
        raise Misplaced(f"`{comment}` names no row; write `# row: C-026 what the rule is`")
    return tuple(ROW.findall(rows[1]))


def _comments(source: str) -> Iterator[tuple[tuple[str, ...], int, Spot]]:
    """Each declaring comment: its rows, its line, and the spot of the code it speaks of."""
    lines: dict[int, Spot] = {}
    waiting: list[tuple[tuple[str, ...], int]] = []
    idle = (tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING, tokenize.ENDMARKER)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        line, column = token.start
        if token.type == tokenize.COMMENT:
            rows = listed(token.string)
            if rows is None:
                continue
            if token.line[:column].strip():
                yield rows, line, lines.get(line, (line, 0))
            else:
                waiting.append((rows, line))
        elif token.type not in idle and token.string not in ("and", "or"):  # an operand, not its operator, is meant
            lines.setdefault(line, token.start)
            for rows, of in waiting:
                yield rows, of, token.start
            waiting.clear()
    for _, of in waiting:
        raise Misplaced(f"line {of}: no code follows the declaration")


def _plugin_row(node: ast.AST) -> str | None:
    """The row of a plug-in's constructor: `Indicator(row="A-218")`, `ClockSpec("…", "B-007", …)`, `promise("…", …)`."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return None
    if not node.func.id[0].isupper() and node.func.id not in MAKERS:
        return None
    values = [k.value for k in node.keywords if k.arg == "row"] + list(node.args[:3])
    rows = [v.value for v in values if isinstance(v, ast.Constant) and isinstance(v.value, str)]
    return next((row for row in rows if ROW.fullmatch(row)), None)


def in_python(path: str, source: str, tree: ast.Module) -> list[Found]:
    """The declarations of a module.

    Raises:
        Misplaced: one says nothing.
    """
    known = list(places(tree))
    found: list[tuple[Spot, tuple[str, ...], Place, Sort]] = []
    for rows, line, spot in _comments(source):
        place = at(known, spot)
        if place is None or isinstance(place.node, ast.ClassDef | ast.Import | ast.ImportFrom):
            raise Misplaced(f"{path}:{line}: nothing that could be switched off begins under the declaration")
        found.append(((line, 0), rows, place, "comment"))
    for owner in ast.walk(tree):
        for name, value in ast.iter_fields(owner):
            for index, child in enumerate(value if isinstance(value, list) else [value]):
                row = _plugin_row(child) if isinstance(child, ast.AST) else None
                if row is not None:
                    begins = (child.lineno, child.col_offset)
                    holder = [p for p in known if p.begins <= begins and begins < p.ends and p.symbol]
                    named = child.args[0] if child.args else None
                    if isinstance(named, ast.Constant) and isinstance(named.value, str):
                        symbol = named.value
                    else:
                        symbol = min(holder, key=lambda p: p.begins).symbol if holder else ""
                    where = index if isinstance(value, list) else None
                    place = Place(child, owner, name, where, begins, begins, symbol)
                    found.append((begins, (row,), place, "plug-in"))
    found.sort(key=lambda f: f[0])
    return [
        Found(Declaration(rows, path, place.symbol, sort, number), place)
        for number, (_, rows, place, sort) in enumerate(found)
    ]


def entries(data: Any, way: Way = ()) -> Iterator[tuple[Way, str, str]]:
    """The entries of YAML lists that name a row: the way to each, the row, and what the entry is called."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from entries(value, (*way, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            row = value.get("row") if isinstance(value, dict) else None
            if isinstance(row, str) and ROW.fullmatch(row):
                yield (*way, index), row, str(next(v for k, v in value.items() if k != "row"))
            else:
                yield from entries(value, (*way, index))


def _starts(node: yaml.Node, lines: list[str], way: Way = ()) -> Iterator[tuple[int, Way]]:
    """What begins a line of its own in YAML, the outermost first: the line, and the way to it."""
    if isinstance(node, yaml.MappingNode):
        inside = [(key, (*way, str(key.value)), value) for key, value in node.value]
    elif isinstance(node, yaml.SequenceNode):
        inside = [(item, (*way, index), item) for index, item in enumerate(node.value)]
    else:
        return
    for first, inner, value in inside:
        mark = first.start_mark
        if lines[mark.line][: mark.column].strip() in ("", "-"):
            yield mark.line, inner
        yield from _starts(value, lines, inner)


def _yaml_comments(path: str, source: str) -> Iterator[tuple[tuple[str, ...], Way]]:
    """Each declaring comment of a data file, with the way to the entry it stands on or above."""
    lines, starts = source.splitlines(), dict[int, Way]()
    for line, way in _starts(yaml.compose(source), lines):
        starts.setdefault(line, way)
    for number, text in enumerate(lines):
        match = _IN_YAML.search(text)
        rows = listed(match[1]) if match is not None else None
        if match is None or rows is None:
            continue
        line = number
        while not text[: match.start()].strip() and line < len(lines) and _NO_DATA.match(lines[line]):
            line += 1
        if line not in starts:
            raise Misplaced(f"{path}:{number + 1}: no entry begins on or under the declaration")
        yield rows, starts[line]


def in_yaml(path: str, source: str) -> list[Found]:
    """The declarations of a data file: entries that name their row, and comments as in Python.

    Raises:
        Misplaced: one says nothing.
    """
    data = yaml.safe_load(source)
    found: list[tuple[tuple[str, ...], str, Sort, Way]] = [
        ((row,), name, "data", way) for way, row, name in entries(data)
    ]
    for rows, way in _yaml_comments(path, source):
        found.append((rows, _called(data, way), "comment", way))
    return [
        Found(Declaration(rows, path, symbol, sort, number), None, way)
        for number, (rows, symbol, sort, way) in enumerate(found)
    ]


def _called(data: Any, way: Way) -> str:
    """What people call an entry: keys by their names, members of lists by the first thing they say."""
    names = []
    for step in way:
        data = data[step]
        name = step
        if isinstance(step, int):
            name = next(iter(data.values())) if isinstance(data, dict) else data
        if isinstance(name, str):
            names.append(name)
    return ".".join(names[-2:])


def in_file(root: Path, path: str) -> list[Found]:
    """The declarations of one file, named from the root of the project."""
    source = (root / path).read_text(encoding="utf-8")
    if path.endswith(".py"):
        return in_python(path, source, ast.parse(source)) if ROW.search(source) else []
    return in_yaml(path, source) if ROW.search(source) else []


def declarations(root: Path = ROOT) -> list[Declaration]:
    """All declarations of the project, by file.

    Raises:
        Misplaced: one says nothing.
    """
    files = sorted(
        path
        for folder in FOLDERS
        for kind in ("*.py", "*.yaml")
        for path in (root / folder).rglob(kind)
        if "migrations" not in path.parts and ".venv" not in path.parts
    )
    return [f.declaration for path in files for f in in_file(root, path.relative_to(root).as_posix())]
