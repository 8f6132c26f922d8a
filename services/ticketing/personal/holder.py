"""What a slice says of the personal data it holds: where, how it is collected and forgotten, what stays and why."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from shared.db.tx import Tx

Found = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Holder:
    """One slice's share: each slice declares it in its own ``personal.py`` and joins by a line of the registry.

    ``tables`` are named as in the schema; ``collect`` answers everything they hold on a person, in full, as lists of
    rows by name; ``forget`` takes it away within the erasure's transaction. What ``forget`` leaves, law, ledger or
    other people's records need: ``kept_zh`` and ``kept_en`` tell the person what and why (empty: nothing).
    """

    code: str
    tables: frozenset[str]
    collect: Callable[[Tx, UUID], Awaitable[Found]]
    forget: Callable[[Tx, UUID], Awaitable[None]] | None = None
    kept_zh: str = ""
    kept_en: str = ""


def rows_of(rows: Sequence[Row[Any]], *leave_out: str) -> list[dict[str, Any]]:
    """Rows as a bundle shows them, without the organisation and what is left out."""
    hidden = {"org_id", *leave_out}
    return [{name: value for name, value in row._mapping.items() if name not in hidden} for row in rows]
