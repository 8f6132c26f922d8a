"""Statements on connections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, or_, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert

from services.ticketing.access import sees_everything, under_units
from services.ticketing.models import communities, connections, org_units
from services.ticketing.register.repository import paged
from shared.auth import Principal
from shared.db.tx import Tx
from shared.http.paging import PageQuery

_WITH_ZONE = select(connections, communities.c.timezone).select_from(
    connections.outerjoin(
        communities,
        and_(communities.c.org_id == connections.c.org_id, communities.c.id == connections.c.community_id),
    )
)


def scope_reach(
    tx: Tx, who: Principal, community: ColumnElement[Any], org_unit: ColumnElement[Any]
) -> list[ColumnElement[bool]]:
    """Conditions on what belongs to a community, or, as long as it belongs to none, to an org unit."""
    if sees_everything(tx, who):
        return []
    mine = select(communities.c.id).where(
        communities.c.org_id == tx.org_id, under_units(who, communities.c.path)
    )
    below = select(org_units.c.id).where(org_units.c.org_id == tx.org_id, under_units(who, org_units.c.path))
    return [or_(community.in_(mine), and_(community.is_(None), org_unit.in_(below)))]


async def insert(tx: Tx, row: Mapping[str, Any]) -> bool:
    """Store a new one; whether its source was free."""
    made = await tx.execute(
        pg_insert(connections)
        .values(org_id=tx.org_id, version=1, created_at=tx.now, updated_at=tx.now, **row)
        .on_conflict_do_nothing(index_elements=["org_id", "source"])
    )
    return made.rowcount == 1


async def by_id(tx: Tx, id: UUID) -> Row[Any] | None:
    """One that was not ended, whoever asks: for what it sends itself."""
    c = connections.c
    return await tx.one_or_none(_WITH_ZONE.where(c.org_id == tx.org_id, c.id == id, c.ended_at.is_(None)))


async def one(tx: Tx, who: Principal, id: UUID, *, lock: bool = False) -> Row[Any] | None:
    """One by its id, within the caller's reach."""
    c = connections.c
    found = select(connections).where(
        c.org_id == tx.org_id, c.id == id, *scope_reach(tx, who, c.community_id, c.org_unit_id)
    )
    return await tx.one_or_none(found.with_for_update() if lock else found)


async def page(tx: Tx, who: Principal, page: PageQuery) -> Sequence[Row[Any]]:
    """One row more than a page of those within the caller's reach, in the order of making."""
    c = connections.c
    wanted = select(connections).where(
        c.org_id == tx.org_id, *scope_reach(tx, who, c.community_id, c.org_unit_id)
    )
    return await tx.rows(paged(wanted, connections, page))


async def change(tx: Tx, row: Row[Any], values: Mapping[str, Any]) -> None:
    """Change a locked one."""
    await tx.execute(
        update(connections)
        .where(connections.c.org_id == tx.org_id, connections.c.id == row.id)
        .values(version=row.version + 1, updated_at=tx.now, **values)
    )


async def path_of(tx: Tx, org_unit_id: UUID) -> Sequence[UUID] | None:
    """The path of an org unit; None for an unknown one."""
    found: Sequence[UUID] | None = await tx.scalar(
        select(org_units.c.path).where(org_units.c.org_id == tx.org_id, org_units.c.id == org_unit_id)
    )
    return found


async def home_of(tx: Tx, community_id: UUID) -> UUID:
    """The org unit of a community that is there."""
    found: UUID = await tx.scalar(
        select(communities.c.org_unit_id).where(
            communities.c.org_id == tx.org_id, communities.c.id == community_id
        )
    )
    return found


async def by_source(tx: Tx, who: Principal, source: str) -> Row[Any] | None:
    """The exchange of a source within the caller's reach, ended or not: its old records may still come."""
    c = connections.c
    return await tx.one_or_none(
        select(connections).where(
            c.org_id == tx.org_id,
            c.source == source,
            c.kind == "pbx",
            *scope_reach(tx, who, c.community_id, c.org_unit_id),
        )
    )
