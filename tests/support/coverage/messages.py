"""The second part of notify's page: every row by which somebody is to be told, whosever row it is.

Which rows those are stands in `docs/coverage/messages.toml`, and in the declarations of services/notify; which message
keeps one follows from the entry of the catalogue of messages that its declaration stands on.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from services.notify.domain.catalogue import CATALOGUE
from tests.support.coverage.catalogue import ROOT
from tests.support.coverage.declarations import in_file
from tests.support.coverage.places import Place

LIST: Final = "docs/coverage/messages.toml"
ENTRIES: Final = "services/notify/domain/catalogue.py"
NOTIFY: Final = "services/notify/"
TESTS: Final = "tests/notify/"
#: How a reason begins where nothing keeps the row yet.
OPEN: Final = "open:"


@dataclass(frozen=True)
class Messages:
    """`rows` ask for a message; `otherwise`: row -> what keeps it instead, or why it is open; `templates`: row -> the
    messages that keep it."""

    rows: Sequence[str] = ()
    otherwise: Mapping[str, str] = field(default_factory=dict)
    templates: Mapping[str, Sequence[str]] = field(default_factory=dict)


def read(root: Path = ROOT) -> Messages:
    """What the list and the catalogue of messages say."""
    with (root / LIST).open("rb") as handle:
        told = tomllib.load(handle)
    templates = {row: list(codes) for row, codes in told["templates"].items()}
    for found in in_file(root, ENTRIES):
        code = _template(found.place)
        for row in found.declaration.rows if code else ():
            if code not in templates.setdefault(row, []):
                templates[row].append(code)
    return Messages(told["rows"], told["otherwise"], templates)


def _template(place: Place | None) -> str:
    """The template of the entry that a declaration stands on."""
    if place is None or place.symbol != "CATALOGUE" or place.index is None or not isinstance(place.owner, ast.Tuple):
        return ""
    return CATALOGUE[place.index].template


@cache
def known(root: Path = ROOT) -> frozenset[str]:
    """The codes of all templates."""
    return frozenset(path.stem for path in (root / NOTIFY / "templates").glob("*.yaml"))


def file_of(template: str) -> str:
    """Where a template lies."""
    return f"{NOTIFY}templates/{template.replace('.', '_')}.yaml"


def faults(found: Messages, kept: Mapping[str, bool], all_rows: Mapping[str, object]) -> list[str]:
    """What is wrong with the list, a sentence each. `kept`: of the declared rows, whether they are in notify."""
    said = []
    for row in found.rows:
        reason = found.otherwise.get(row)
        if row not in all_rows:
            said.append(f"{row} is to be told about and is no row of the catalogue")
        elif kept.get(row) and reason is not None:
            said.append(f"{row} is kept by a message and {LIST} says otherwise")
        elif not kept.get(row) and row not in found.templates and reason is None:
            said.append(f"{row} asks for a message: no template keeps it and {LIST} does not say why")
        elif reason is not None and not reason.startswith(OPEN) and row not in kept:
            said.append(f"{row} is kept otherwise, says {LIST}, and is declared nowhere")
    said += [f"{row} is in {LIST} and not among its rows" for row in found.otherwise if row not in found.rows]
    for row, codes in found.templates.items():
        missing = [code for code in codes if Path(file_of(code)).stem not in known()]
        said += [f"{row} is kept by {code}, and there is no such template" for code in missing]
    return said
