"""Takes the rows out of the catalogue's pages, once: `python -m tests.support.coverage extract FOLDER`.

The catalogue itself is not part of the project; what is kept of a row is its id and one short line of its facts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from tests.support.coverage.catalogue import ROW, Row

#: The columns that say what a row asks, by a word of the table's head; the first that fits is taken.
_SAYS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("Indicator id", ("Indicator id", "Num", "Den", "Target")),
    ("Clock id", ("Clock id", "Trigger", "Deadline")),
    ("Step / state", ("Step / state", "Rule")),
    ("May / must", ("Role", "May / must", "Threshold or condition")),
    ("Record / report", ("Record / report", "Period or trigger")),
    ("How the system computes it", ("Template", "How the system computes it")),
    ("Calculation", ("Template", "Input", "Result")),
    ("Requirement on the system", ("Duty", "Requirement on the system")),
    ("Ambiguity", ("Where", "Reading taken (parameter name where configurable)")),
)
_SERVICES: Final = {"TKT": "ticketing", "MD": "ticketing", "BIL": "billing", "KPI": "kpi", "NTF": "notify"}
_SECTIONS: Final = {
    "B.3": "billing", "B.4": "kpi", "C.5": "billing", "C.6": "billing",
    "C.18": "kpi", "C.19": "kpi", "C.20": "kpi", "C.21": "kpi",
}  # fmt: skip
_FAMILIES: Final = {"A": "kpi", "F": "kpi", "G": "house", "AMB": "house"}
_LENGTH: Final = 150


def _service(section: str, cells: Mapping[str, str]) -> str:
    if "Service" in cells:
        return next((s for sign, s in _SERVICES.items() if cells["Service"].startswith(sign)), "house")
    family = section.split(".")[0]
    return _SECTIONS.get(section) or _FAMILIES.get(family, "ticketing")


def plain(text: str) -> str:
    """One short line of English: no Chinese, no citations, no marks of the page."""
    text = re.sub(r"[(《「][^()《》「」]*[\u3000-\u9fff][^()《》「」]*[)》」]", "", text)
    text = re.sub(r"\d*[\u2e80-\u9fff\uff00-\uffef]+( = )?", "", text)
    text = re.sub(r"[`*|‡†]|\[[DX][^]]*\]", "", text)
    text = re.sub(r"\s+", " ", text).strip(" ,;:–-")
    text = re.sub(r"\s+([,;:.)])", r"\1", text)
    return re.sub(r"\(\s*\)|\"\"", "", text).strip()


def _line(head: list[str], cells: Mapping[str, str]) -> str:
    wanted = next(columns for sign, columns in _SAYS if any(sign in name for name in head))
    said = [plain(cells.get(column, "")) for column in wanted]
    if not any(s not in ("", "–", "-") for s in said[1:]):
        said.append(plain(cells.get("Record and fields", "")))
    line = ": ".join(([said[0]] if said[0] else []) + ["; ".join(s for s in said[1:] if s not in ("", "–", "-"))])
    if len(line) > _LENGTH:
        line = line[:_LENGTH].rsplit(" ", 1)[0].rstrip(",;: ") + " …"
    return line.strip(": ")


def take(folder: Path) -> tuple[list[Row], dict[str, str]]:
    """All rows of the pages in `folder` and the titles of their sections, in the order of their ids."""
    titles: dict[str, str] = {}
    found = sorted(_rows(folder, titles), key=lambda r: (r.row[:3] == "AMB", r.row))
    return found, {r.section: titles[r.section] for r in found}


def _rows(folder: Path, titles: dict[str, str]) -> Iterator[Row]:
    for page in sorted(folder.glob("*.md")):
        section, head = "", list[str]()
        for line in page.read_text(encoding="utf-8").splitlines():
            heading = re.match(r"#{1,2} ((?:[A-G])(?:\.\d+)?)\.? (.*)", line)
            if heading:
                section = heading[1]
                titles[section] = plain(heading[2])
            if not line.startswith("|"):
                continue
            values = [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
            if values[0] == "#":
                head = values
            elif ROW.fullmatch(values[0]):
                if values[0].startswith("AMB"):
                    section = "AMB"
                    titles[section] = "Readings of what is unclear"
                cells = dict(zip(head, values, strict=False))
                yield Row(values[0], section, _service(section, cells), _line(head, cells))
