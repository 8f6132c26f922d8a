"""The statements of field work: what was told of a case before, and earlier cases of the same fault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, func, select
from sqlalchemy.dialects.postgresql import insert as pg_insert

from services.ticketing.models import repeat_faults, ticket_entries, tickets
from shared.db.tx import Tx
from shared.ids import uuid7

r = repeat_faults.c
t = tickets.c
_earlier = tickets.alias("earlier")

_WITH_NUMBERS = (
    select(repeat_faults, t.number, _earlier.c.number.label("earlier_number"), t.unit_id)
    .select_from(
        repeat_faults.join(tickets, and_(t.org_id == r.org_id, t.id == r.ticket_id)).join(
            _earlier, and_(_earlier.c.org_id == r.org_id, _earlier.c.id == r.earlier_id)
        )
    )
)  # fmt: skip


async def told(tx: Tx, ticket_id: UUID, action: str, round: int | None = None) -> int:
    """How often an action stands in the history of a case, of one round of work if that is given."""
    c = ticket_entries.c
    wanted = select(func.count()).where(c.org_id == tx.org_id, c.ticket_id == ticket_id, c.action == action)
    count: int = await tx.scalar(wanted if round is None else wanted.where(c.data["round"].astext == str(round)))
    return count


async def earlier(tx: Tx, case: Row[Any], category: str, since: datetime) -> Sequence[Row[Any]]:
    """Earlier cases of the same kind, place and category, the latest first; those taken back are none."""
    place = t.unit_id == case.unit_id if case.unit_id is not None else t.place_id == case.place_id
    wanted = select(t.id, t.received_at).where(
        t.org_id == tx.org_id,
        t.community_id == case.community_id,
        place,
        t.kind == case.kind,
        t.fields["category"].astext == category,
        t.id != case.id,
        t.cancelled_at.is_(None),
        t.received_at >= since,
        t.received_at < case.received_at,
    )
    return await tx.rows(wanted.order_by(t.received_at.desc()).limit(200))


async def link(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> int:
    """Store what is not known yet; how many that were."""
    values = [{"org_id": tx.org_id, "id": uuid7(), "found_at": tx.now, **row} for row in rows]
    stored = pg_insert(repeat_faults).values(values).on_conflict_do_nothing().returning(r.id)
    return len((await tx.execute(stored)).all())


async def repeats(
    tx: Tx, conditions: Sequence[ColumnElement[bool]], after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Repeated faults with the numbers of both cases, the newest first."""
    statement = _WITH_NUMBERS.where(r.org_id == tx.org_id, *conditions)
    if after is not None:
        statement = statement.where(r.id < after)
    return await tx.rows(statement.order_by(r.id.desc()).limit(limit))
