"""The pages of `docs/coverage/`: for each row where it is kept and what proves it, or why it is excused, or open.

No line numbers: a page changes when a rule or a proof does, not with every edit above it.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.support.coverage import messages
from tests.support.coverage.catalogue import ROOT, SERVICES, Row, load, sections
from tests.support.coverage.declarations import Declaration, declarations
from tests.support.coverage.messages import Messages
from tests.support.coverage.proofs import Proof, proofs

FOLDER: Final = Path("docs/coverage")

#: What a service must keep, and how many of those rows may be excused at most.
LIMITS: Final[Mapping[str, tuple[tuple[str, ...], int]]] = {
    "ticketing": (("C.1", "C.2", "C.3", "C.4", "C.13", "B.1"), 10),
    "billing": (("C.5", "C.6", "B.3"), 5),
}

_HEAD: Final = {
    "ticketing": "Ticketing: register, people, tickets, clocks, revisits, surveys",
    "billing": "Billing: charges, payments, dunning, collection rates",
    "kpi": "KPI: indicators, letters, scores, plans and reports",
    "notify": "Notify: messages and notices",
    "house": "Rows that bind all services: readings and non-functional duties",
}


@dataclass(frozen=True)
class Coverage:
    """All there is to know: rows, declarations and proofs by row, excuses (service -> row -> reason), and the rows that
    ask for a message."""

    rows: Mapping[str, Row]
    declared: Mapping[str, list[Declaration]]
    proven: Mapping[str, list[Proof]]
    excused: Mapping[str, Mapping[str, str]]
    told: Messages = Messages()

    def reason(self, row: Row) -> str | None:
        """Why a row is excused."""
        return self.excused.get(row.service, {}).get(row.row)


def _of_folders(proof: Proof, declared: Mapping[str, list[Declaration]]) -> frozenset[str]:
    return frozenset(
        row
        for row, places in declared.items()
        for place in places
        if place.sort != "comment" and place.path.startswith(tuple(f"{folder}/" for folder in proof.folders))
    )


def gather(root: Path = ROOT) -> Coverage:
    """Read the whole project."""
    declared: dict[str, list[Declaration]] = {}
    for declaration in declarations(root):
        for row in declaration.rows:
            declared.setdefault(row, []).append(declaration)
    proven: dict[str, list[Proof]] = {}
    for proof in proofs(root):
        for row in sorted(proof.rows | _of_folders(proof, declared)):
            proven.setdefault(row, []).append(proof)
    with (root / FOLDER / "excused.toml").open("rb") as handle:
        excused = tomllib.load(handle)
    return Coverage(load(root), declared, proven, excused, messages.read(root))


def faults(found: Coverage) -> list[str]:
    """What is wrong with the declarations, the proofs and the excuses, a sentence each."""
    said = []
    for row, places in sorted(found.declared.items()):
        where = ", ".join(sorted({p.path for p in places}))
        if row not in found.rows:
            said.append(f"{row} is declared in {where} and is no row of the catalogue")
        elif not any(not proof.slow for proof in found.proven.get(row, ())):
            said.append(f"{row} is declared in {where} and no test of the ordinary run names it")
    for service, reasons in found.excused.items():
        for row, reason in reasons.items():
            if row not in found.rows or found.rows[row].service != service:
                said.append(f"{row} is excused for {service} and is no row of it")
            elif row in found.declared:
                said.append(f"{row} is excused for {service} although it is declared")
            elif len(reason) < 20:
                said.append(f"{row} is excused without a reason")
        bound, most = LIMITS.get(service, ((), 0))
        count = sum(row in found.rows and found.rows[row].section in bound for row in reasons)
        if count > most and service in LIMITS:
            said.append(f"{service} excuses {count} rows of {', '.join(bound)}; at most {most} may be")
    kept = {row: _in_notify(places) for row, places in found.declared.items()}
    return said + messages.faults(found.told, kept, found.rows)


def _in_notify(places: Iterable[Declaration]) -> bool:
    return any(place.path.startswith(messages.NOTIFY) for place in places)


def _link(path: str, text: str) -> str:
    return f"[`{text}`]({os.path.relpath(path, FOLDER)})"


def _kept(places: Iterable[Declaration]) -> str:
    shown = {}
    for place in places:
        name = f"{Path(place.path).stem}.{place.symbol}" if place.symbol else Path(place.path).name
        shown[name] = _link(place.path, name)
    return "<br>".join(shown.values())


def _tests(tests: Iterable[Proof]) -> str:
    return "<br>".join({t.node: _link(t.path, t.name.split("::")[-1]) for t in tests if not t.slow}.values())


def _line(row: Row, found: Coverage) -> str:
    places, reason = found.declared.get(row.row, []), found.reason(row)
    if places:
        cells = (_kept(places), _tests(found.proven.get(row.row, [])))
    elif reason is not None:
        cells = (f"excused: {reason}", "")
    else:
        cells = ("open", "")
    says = row.says.replace("|", "\\|").replace("<", "&lt;")
    return f"| {row.row} | {says} | {cells[0]} | {cells[1]} |"


def page(service: str, found: Coverage, titles: Mapping[str, str]) -> str:
    """One service's page."""
    mine = [row for row in found.rows.values() if row.service == service]
    kept = sum(row.row in found.declared for row in mine)
    excused = sum(found.reason(row) is not None for row in mine)
    lines = [
        f"# {_HEAD[service]}",
        "",
        "Written by `make coverage`; [how rows are declared](../howto/declare-a-row.md).",
        f"Of {len(mine)} rows {kept} are kept, {excused} excused, {len(mine) - kept - excused} open.",
    ]
    for section in dict.fromkeys(row.section for row in mine):
        rows = [row for row in mine if row.section == section]
        done = sum(row.row in found.declared for row in rows)
        lines += ["", f"## {section} {titles[section]} ({done} of {len(rows)})", ""]
        lines += ["| row | asks | kept in | proven by |", "|---|---|---|---|"]
        lines += [_line(row, found) for row in rows]
    return "\n".join(lines) + "\n"


def _message_line(row: Row, found: Coverage) -> str:
    places = found.declared.get(row.row, [])
    mine = [place for place in places if place.path.startswith(messages.NOTIFY)]
    codes = found.told.templates.get(row.row, ())
    reason = found.told.otherwise.get(row.row)
    proofs_here = [proof for proof in found.proven.get(row.row, []) if proof.path.startswith(messages.TESTS)]
    if reason is None:
        how = "<br>".join(_link(messages.file_of(code), code) for code in codes)
        cells = (how, _kept(mine or places), _tests(proofs_here or found.proven.get(row.row, [])))
    else:
        cells = (reason, _kept(places), _tests(found.proven.get(row.row, [])))
    says = row.says.replace("|", "\\|").replace("<", "&lt;")
    return f"| {row.row} | {says} | {cells[0]} | {cells[1]} | {cells[2]} |"


def told_page(found: Coverage) -> str:
    """The part of notify's page about all rows that ask for a message."""
    declared = {row for row, places in found.declared.items() if _in_notify(places)}
    wanted = declared.union(found.told.rows)
    rows = [row for row in found.rows.values() if row.row in wanted]
    reasons = [found.told.otherwise.get(row.row) for row in rows]
    still = sum(reason is not None and reason.startswith(messages.OPEN) for reason in reasons)
    sent = sum(reason is None for reason in reasons)
    lines = [
        "",
        "# Every row by which somebody is to be told",
        "",
        f"Of {len(rows)} rows, of whichever page, {sent} are kept by a message, {len(rows) - sent - still} otherwise, "
        f"{still} are open; [the list]({os.path.relpath(messages.LIST, FOLDER)}) says which ask for one.",
        "",
        "| row | asks | message | kept in | proven by |",
        "|---|---|---|---|---|",
    ]
    return "\n".join([*lines, *(_message_line(row, found) for row in rows)]) + "\n"


def pages(found: Coverage, root: Path = ROOT) -> dict[Path, str]:
    """Every page and its text, by its path in the project."""
    titles = sections(root)
    written = {FOLDER / f"{service}.md": page(service, found, titles) for service in SERVICES}
    written[FOLDER / "notify.md"] += told_page(found)
    return written
