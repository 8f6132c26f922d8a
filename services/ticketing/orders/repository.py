"""The statements of work orders. The ticket's row is locked first by whoever changes one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert

from services.ticketing.domain.orders import OPEN
from services.ticketing.models import communities, dispatch_rules, org_units, staff, tickets, work_orders
from shared.db.tx import Tx
from shared.ids import uuid7

o = work_orders.c

_WITH_TICKET = (
    select(
        work_orders,
        tickets.c.number,
        tickets.c.kind,
        tickets.c.summary,
        tickets.c.urgency,
        tickets.c.appointment,
        tickets.c.unit_id,
        tickets.c.place_id,
        tickets.c.state.label("ticket_state"),
        communities.c.path,
    )
    .select_from(
        work_orders.join(tickets, and_(tickets.c.org_id == o.org_id, tickets.c.id == o.ticket_id)).join(
            communities, and_(communities.c.org_id == o.org_id, communities.c.id == o.community_id)
        )
    )
)  # fmt: skip


async def find(tx: Tx, order_id: UUID) -> Row[Any] | None:
    """An order with what its engineer has to know of the case, and the community's ``path``."""
    return await tx.one_or_none(_WITH_TICKET.where(o.org_id == tx.org_id, o.id == order_id))


async def open_of(tx: Tx, ticket_id: UUID) -> Row[Any] | None:
    """The open order of a case, if it has one."""
    wanted = select(work_orders).where(o.org_id == tx.org_id, o.ticket_id == ticket_id, o.state.in_(sorted(OPEN)))
    return await tx.one_or_none(wanted)


async def of_ticket(tx: Tx, ticket_id: UUID) -> Sequence[Row[Any]]:
    """All orders of a case, oldest first."""
    return await tx.rows(_WITH_TICKET.where(o.org_id == tx.org_id, o.ticket_id == ticket_id).order_by(o.id))


async def add(tx: Tx, row: Mapping[str, Any]) -> UUID:
    """Store a new order; its id."""
    id = uuid7()
    await tx.execute(
        insert(work_orders).values(
            org_id=tx.org_id, id=id, version=1, created_at=tx.now, updated_at=tx.now, **row
        )
    )
    return id


async def change(tx: Tx, order_id: UUID, values: Mapping[str, Any]) -> None:
    """Write changed columns and count the version on."""
    await tx.execute(
        update(work_orders)
        .where(o.org_id == tx.org_id, o.id == order_id)
        .values(**values, version=o.version + 1, updated_at=tx.now)
    )


async def hold(tx: Tx, people: Collection[UUID]) -> None:
    """Hold the rows of these employees, so that two orders given out at once see each other's choice."""
    c = staff.c
    wanted = select(c.id).where(c.org_id == tx.org_id, c.id.in_(sorted(people))).order_by(c.id)
    await tx.execute(wanted.with_for_update(key_share=True))


async def loads(tx: Tx, people: Collection[UUID]) -> Mapping[UUID, tuple[int, datetime | None]]:
    """Open orders of each, and when each was last given one; those who never had one are absent."""
    rows = await tx.rows(
        select(
            o.engineer_id,
            func.count().filter(o.state.in_(sorted(OPEN))).label("open"),
            func.max(o.offered_at).label("last_at"),
        )
        .where(o.org_id == tx.org_id, o.engineer_id.in_(sorted(people)))
        .group_by(o.engineer_id)
    )
    return {row.engineer_id: (row.open, row.last_at) for row in rows}


async def page_of_engineer(
    tx: Tx,
    person_id: UUID,
    updated_after: datetime | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """Somebody's orders, past ones too, the longest unchanged first."""
    statement = _WITH_TICKET.where(o.org_id == tx.org_id, o.engineer_id == person_id)
    if updated_after is not None:
        statement = statement.where(o.updated_at >= updated_after)
    if after is not None:
        at, last = after
        statement = statement.where(or_(o.updated_at > at, and_(o.updated_at == at, o.id > last)))
    return await tx.rows(statement.order_by(o.updated_at, o.id).limit(limit))


async def pool(
    tx: Tx, conditions: Sequence[ColumnElement[bool]], after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Orders that nobody has yet, oldest first."""
    statement = _WITH_TICKET.where(o.org_id == tx.org_id, o.state == "pooled", *conditions)
    if after is not None:
        statement = statement.where(o.id > after)
    return await tx.rows(statement.order_by(o.id).limit(limit))


async def rule_for(tx: Tx, path: Sequence[UUID], kind: str) -> Row[Any] | None:
    """The rule of the nearest org unit that has one for this kind; ``path`` goes from the root to the nearest."""
    c = dispatch_rules.c
    rows = await tx.rows(
        select(dispatch_rules).where(c.org_id == tx.org_id, c.kind == kind, c.org_unit_id.in_(list(path)))
    )
    near = {unit: n for n, unit in enumerate(path)}
    return max(rows, key=lambda row: near[row.org_unit_id], default=None)


async def org_unit_seen(tx: Tx, org_unit_id: UUID, reach: Sequence[ColumnElement[bool]]) -> bool:
    """Whether an org unit is there, within a reach."""
    c = org_units.c
    wanted = select(c.id).where(c.org_id == tx.org_id, c.id == org_unit_id, *reach)
    return await tx.one_or_none(wanted) is not None


async def set_rule(
    tx: Tx, org_unit_id: UUID, kind: str, mode: str, repeat_days: int, accept_minutes: int | None
) -> Row[Any]:
    """Store or replace the rule of an org unit for a kind."""
    c = dispatch_rules.c
    statement = pg_insert(dispatch_rules).values(
        org_id=tx.org_id,
        id=uuid7(),
        version=1,
        created_at=tx.now,
        updated_at=tx.now,
        org_unit_id=org_unit_id,
        kind=kind,
        mode=mode,
        repeat_days=repeat_days,
        accept_minutes=accept_minutes,
    )
    new = {"mode": mode, "repeat_days": repeat_days, "accept_minutes": accept_minutes}
    new |= {"version": c.version + 1, "updated_at": tx.now}
    merged = statement.on_conflict_do_update(index_elements=["org_id", "org_unit_id", "kind"], set_=new)
    row = (await tx.execute(merged.returning(dispatch_rules))).one()
    return row


async def rules(tx: Tx, reach: Sequence[ColumnElement[bool]]) -> Sequence[Row[Any]]:
    """All rules of org units within a reach."""
    c = dispatch_rules.c
    units = select(org_units.c.id).where(org_units.c.org_id == tx.org_id, *reach)
    return await tx.rows(
        select(dispatch_rules).where(c.org_id == tx.org_id, c.org_unit_id.in_(units)).order_by(c.kind, c.id)
    )
