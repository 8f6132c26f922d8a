"""Writes the next migration of a service: the tables' difference, and beside each new table its policy and grants.

    python -m shared.db.revise SERVICE "MESSAGE" OWNER_URL

``make migration`` runs it against a throw-away database at head.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from shared.db.migrations import autogenerate, service_tables
from shared.db.tables import GLOBAL_TABLES
from shared.db.versions import ROOT


def next_number(service: str) -> str:
    """The number of the next revision; they are counted so that people can talk about them."""
    versions = ROOT / "services" / service / "migrations" / "versions"
    return f"{len(list(versions.glob('[0-9]*.py'))) + 1:04d}"


def guard(path: Path, service: str) -> None:
    """Put policies and grants behind the tables that a fresh migration creates."""
    source = path.read_text()
    tables = service_tables(service).tables
    lines = []
    first = "_0001_" in path.name or path.name.startswith("0001")
    if first:
        lines.append(f'    ddl.functions(op, "{service}")')
    for name in re.findall(r"op\.create_table\(\s*'([a-z_]+)'", source):
        if name in GLOBAL_TABLES:
            lines.append(f'    ddl.open_global(op, "{service}", "{name}")')
        else:
            log = ", log=True" if tables[f"{service}.{name}"].info.get("log") else ""
            lines.append(f'    ddl.protect(op, "{service}", "{name}"{log})')
    if not lines:
        return
    if first:  # the functions' policies stand on the feed, so tables come first
        lines.append(lines.pop(0))
    head, tail = source.split("def downgrade()", 1)
    marker = "    # ### end Alembic commands ###"
    head = head.replace(marker, marker + "\n" + "\n".join(lines), 1)
    if first:
        tail = tail.replace(marker, f'    ddl.drop_functions(op, "{service}")\n{marker}', 1)
    source = head + "def downgrade()" + tail
    path.write_text(source)


def main(argv: list[str]) -> int:
    """See the module."""
    if len(argv) != 3:
        print(__doc__)
        return 2
    service, message, url = argv
    path = autogenerate(service, url, message, next_number(service))
    guard(path, service)
    print(path)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
