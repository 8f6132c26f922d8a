"""Where a change of a case is written: at once, as :mod:`services.ticketing.tickets.repository` does, or gathered.

When many promises end in one second, each case is decided by itself and all of them are written together, one
statement per table: what costs is the round trip and the statement, not the row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol
from uuid import UUID

from sqlalchemy import Row

from services.ticketing.domain.clocks import Clock
from services.ticketing.models import ticket_clocks, ticket_entries, tickets
from services.ticketing.statements import columns
from services.ticketing.tickets.repository import clock_values, entry_values
from shared.db.flush import dumps
from shared.db.many import insert_many
from shared.db.tx import Tx

_SCHEMA = tickets.schema

_TOUCH = f"""
UPDATE {_SCHEMA}.tickets t SET version = u.version, updated_at = u.at
  FROM unnest($2::uuid[], $3::int[], $4::timestamptz[]) AS u(id, version, at)
 WHERE t.org_id = $1 AND t.id = u.id
"""

#: What a stored clock may change, with the type of each.
_CHANGING: Final = {
    "version": "int",
    "updated_at": "timestamptz",
    "from_at": "timestamptz",
    "due_at": "timestamptz",
    "met_at": "timestamptz",
    "breached_at": "timestamptz",
    "state": "text",
    "policy": "text",
    "plan_id": "uuid",
    "allowance": "text",
    "calendar": "text",
    "warned": "smallint",
}
_MOVE = f"""
UPDATE {_SCHEMA}.ticket_clocks t SET {", ".join(f"{name} = u.{name}" for name in _CHANGING)}
  FROM unnest($2::uuid[], {", ".join(f"${n}::{type}[]" for n, type in enumerate(_CHANGING.values(), start=3))})
    AS u(id, {", ".join(_CHANGING)})
 WHERE t.org_id = $1 AND t.id = u.id
"""


class Store(Protocol):
    """What the steps of a change write."""

    async def update_ticket(self, tx: Tx, ticket_id: UUID, version: int, values: Mapping[str, Any]) -> None:
        """The changed columns and the new version of a locked ticket."""

    async def save_clock(
        self, tx: Tx, ticket_id: UUID, subject_id: UUID, stored: Sequence[Row[Any]], clock: Clock, policy: str
    ) -> None:
        """A clock that is new or differs from what is stored."""

    async def add_entries(self, tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
        """Lines of history."""


class Gathered:
    """A store that keeps everything until :meth:`write`; each ticket may come once."""

    def __init__(self) -> None:
        self._tickets: list[tuple[Any, ...]] = []
        self._new: list[list[Any]] = []
        self._moved: list[list[Any]] = []
        self._entries: list[list[Any]] = []

    async def update_ticket(self, tx: Tx, ticket_id: UUID, version: int, values: Mapping[str, Any]) -> None:
        """See :class:`Store`. Only the passing of time is gathered, which changes none of a ticket's own facts."""
        assert not values
        self._tickets.append((ticket_id, version, tx.now))

    async def save_clock(
        self, tx: Tx, ticket_id: UUID, subject_id: UUID, stored: Sequence[Row[Any]], clock: Clock, policy: str
    ) -> None:
        """See :class:`Store`."""
        row = next((r for r in stored if r.subject_id == subject_id and r.clock == clock.code), None)
        values = clock_values(tx, clock, ticket_id, subject_id, policy)
        if row is None:
            self._new.append([values[name] for name in columns(ticket_clocks)])
        else:
            values["version"] = row.version + 1
            self._moved.append([row.id, *(values[name] for name in _CHANGING)])

    async def add_entries(self, tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
        """See :class:`Store`."""
        for row in rows:
            values = entry_values(tx, row)
            values["data"] = dumps(values["data"])
            self._entries.append([values[name] for name in columns(ticket_entries)])

    async def write(self, tx: Tx) -> None:
        """Write what was gathered, one statement per table."""
        if self._tickets:
            await tx.raw.execute(_TOUCH, tx.org_id, *zip(*self._tickets, strict=True))
        if self._moved:
            await tx.raw.execute(_MOVE, tx.org_id, *zip(*self._moved, strict=True))
        await insert_many(tx.raw, ticket_clocks.fullname, columns(ticket_clocks), self._new)
        await insert_many(tx.raw, ticket_entries.fullname, columns(ticket_entries), self._entries)
