"""Which version of its schema a process needs. Without alembic, which only whoever migrates has to hold in memory."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import asyncpg

ROOT = Path(__file__).resolve().parents[2]
MONTHS_AHEAD = 3
"""Months for which logs have partitions in advance."""
_REVISION = re.compile(r"(\d{4})_\w*\.py")


class StaleSchema(Exception):
    """The schema is not at the version this code was written for; the sentence says what to run."""


@cache
def head_revision(service: str) -> str:
    """The revision this code needs: the last by the numbers of the files. Raises :class:`StaleSchema` without any."""
    folder = ROOT / "services" / service / "migrations" / "versions"
    found = [match[1] for path in folder.glob("*.py") if (match := _REVISION.fullmatch(path.name))]
    if not found:
        raise StaleSchema(f"{service} has no migrations")
    return max(found)


async def check_schema(service: str, raw: Any) -> None:
    """Refuse to run on another schema version than the code's. Raises :class:`StaleSchema`."""
    wanted = head_revision(service)
    try:
        found = await raw.fetchval(f"SELECT version_num FROM {service}.schema_version")
    except (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError):
        found = None
    if found != wanted:
        raise StaleSchema(
            f"The schema of {service} is at {found or 'nothing'}, this code needs {wanted}: run `steward migrate`."
        )
