"""The rows of the domain catalogue as the project keeps them: `docs/coverage/catalogue/*.tsv`, one line a row."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[3]
FOLDER: Final = Path("docs/coverage/catalogue")

#: Whose page a row stands on; `house` are the rows that bind all four services.
SERVICES: Final = ("ticketing", "billing", "kpi", "notify", "house")
ROW: Final = re.compile(r"\b(?:AMB|[A-G])-\d{3}\b")
COLUMNS: Final = ("row", "section", "service", "says")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its id (`C-026`), section (`C.2`), whose page it stands on, and what it asks in one line."""

    row: str
    section: str
    service: str
    says: str


def load(root: Path = ROOT) -> dict[str, Row]:
    """All rows by id, in the order of the catalogue.

    Raises:
        ValueError: a row stands twice or names no service.
    """
    found: dict[str, Row] = {}
    for path in sorted((root / FOLDER).glob("*.tsv")):
        with path.open(encoding="utf-8", newline="") as handle:
            for line in csv.DictReader(handle, delimiter="\t"):
                row = Row(*(line[column] for column in COLUMNS))
                if row.row in found or row.service not in SERVICES:
                    raise ValueError(f"{path.name}: {row.row} stands twice or names no service")
                found[row.row] = row
    return found


def sections(root: Path = ROOT) -> Mapping[str, str]:
    """The title of each section, by its code."""
    with (root / FOLDER / "sections.txt").open(encoding="utf-8") as handle:
        return dict(line.rstrip("\n").split(" ", 1) for line in handle)


def write(rows: Iterable[Row], titles: Mapping[str, str], root: Path = ROOT) -> None:
    """Keep the rows, one file a family, and the titles of their sections."""
    folder = root / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    families: dict[str, list[Row]] = {}
    for row in rows:
        families.setdefault(row.row.rsplit("-", 1)[0], []).append(row)
    for family, members in families.items():
        with (folder / f"{family}.tsv").open("w", encoding="utf-8", newline="") as handle:
            writer = csv.writer(handle, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
            writer.writerow(COLUMNS)
            writer.writerows((m.row, m.section, m.service, m.says) for m in members)
    lines = [f"{code} {title}\n" for code, title in titles.items()]
    (folder / "sections.txt").write_text("".join(lines), encoding="utf-8")
