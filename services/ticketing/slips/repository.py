"""The statements of service slips. The ticket's row is locked first by whoever changes one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, insert, select, update

from services.ticketing.domain.slips import UNSETTLED
from services.ticketing.models import service_slips, tickets
from services.ticketing.residents import Residence, within
from shared.db.tx import Tx

s = service_slips.c


async def find(tx: Tx, slip_id: UUID) -> Row[Any] | None:
    """A slip."""
    return await tx.one_or_none(select(service_slips).where(s.org_id == tx.org_id, s.id == slip_id))


async def of_ticket(tx: Tx, ticket_id: UUID) -> Sequence[Row[Any]]:
    """All slips of a case, oldest first."""
    wanted = select(service_slips).where(s.org_id == tx.org_id, s.ticket_id == ticket_id)
    return await tx.rows(wanted.order_by(s.id))


async def unsettled(tx: Tx, ticket_id: UUID) -> Row[Any] | None:
    """The first slip of a case that is still to be settled with the owner."""
    states = s.state.in_(sorted(UNSETTLED))
    wanted = select(service_slips).where(s.org_id == tx.org_id, s.ticket_id == ticket_id, states)
    return (await tx.execute(wanted.order_by(s.id).limit(1))).first()


async def add(tx: Tx, row: Mapping[str, Any]) -> None:
    """Store a new slip."""
    stamps = {"org_id": tx.org_id, "version": 1, "created_at": tx.now, "updated_at": tx.now}
    await tx.execute(insert(service_slips).values(**stamps, **row))


async def change(tx: Tx, slip_id: UUID, values: Mapping[str, Any]) -> None:
    """Write changed columns and count the version on."""
    await tx.execute(
        update(service_slips)
        .where(s.org_id == tx.org_id, s.id == slip_id)
        .values(**values, version=s.version + 1, updated_at=tx.now)
    )


def of_cases_within(tx: Tx, held: Residence) -> ColumnElement[bool]:
    """The condition that a slip's case fell into a resident's time in its unit."""
    t = tickets.c
    cases = select(t.id).where(t.org_id == tx.org_id, within(held, t.unit_id, t.received_at))
    return s.ticket_id.in_(cases)


async def page(
    tx: Tx, conditions: Sequence[ColumnElement[bool]], after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Slips, oldest first: what waits longest is to be posted first."""
    statement = select(service_slips).where(s.org_id == tx.org_id, *conditions)
    if after is not None:
        statement = statement.where(s.id > after)
    return await tx.rows(statement.order_by(s.id).limit(limit))
