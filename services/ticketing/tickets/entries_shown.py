"""The history as a reader is shown it: words that were taken back are gone, and owners read no orders among staff."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from services.ticketing.tickets import repository
from shared.auth import Principal
from shared.db.tx import Tx

#: What staff tell each other within a public line.
_AMONG_STAFF: Final[Mapping[str, frozenset[str]]] = {
    "dispatch": frozenset({"note"}),
    "pause": frozenset({"note"}),
    "decide-unsigned": frozenset({"reason"}),
    "keep-open": frozenset({"reason"}),
}
#: What is left of a reply that was taken back.
_LEFT: Final = frozenset({"by_owner", "automatic", "responded"})


@dataclass(frozen=True, slots=True)
class Line:
    """A line of history with what of it may be read."""

    id: UUID
    action: str
    state: str
    public: bool
    actor_id: UUID | None
    occurred_at: datetime
    recorded_at: datetime
    late_reason: str | None
    data: Mapping[str, Any]


_COLUMNS: Final = tuple(f.name for f in fields(Line) if f.name != "data")


async def shown(tx: Tx, who: Principal, ticket_id: UUID, after: UUID | None, limit: int) -> Sequence[Line]:
    """The lines after a point in the order of recording; residents are shown public ones only."""
    rows = await repository.entries_of(tx, ticket_id, public_only=who.is_resident, after=after, limit=limit)
    talked = any(row.action == "reply" for row in rows)
    gone = await repository.replies_taken_back(tx, ticket_id) if talked else frozenset()
    return [_line(row, who, row.id in gone) for row in rows]


def _line(row: Row[Any], who: Principal, gone: bool) -> Line:
    data: Mapping[str, Any] = row.data
    if gone:
        data = {**{name: data[name] for name in _LEFT}, "withdrawn": True}
    elif who.is_resident and (hidden := _AMONG_STAFF.get(row.action)):
        data = {name: value for name, value in data.items() if name not in hidden}
    return Line(**{name: getattr(row, name) for name in _COLUMNS}, data=data)
