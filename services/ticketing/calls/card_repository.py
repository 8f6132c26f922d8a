"""What a card shows of callers, read for several calls at once and never beyond the clerk's reach."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, or_, select

from services.ticketing.access import within_reach
from services.ticketing.connections.repository import scope_reach
from services.ticketing.models import calls, communities, people, relations, tickets, units, visits
from shared.auth import Principal
from shared.db.tx import Tx

_MOST = 200


async def names(tx: Tx, people_ids: Collection[UUID]) -> dict[UUID, str | None]:
    """Names of people, in full: masked by whoever shows them."""
    c = people.c
    rows = await tx.rows(select(c.id, c.name).where(c.org_id == tx.org_id, c.id.in_(sorted(people_ids))))
    return {row.id: row.name for row in rows}


async def homes(tx: Tx, who: Principal, people_ids: Collection[UUID], day: date) -> Sequence[Row[Any]]:
    """The units of people on a day: ``person_id, unit_id, number, community_id, community, role``."""
    r = relations.c
    return await tx.rows(
        select(
            r.person_id,
            r.unit_id,
            units.c.number,
            r.community_id,
            communities.c.name.label("community"),
            r.role,
        )
        .select_from(
            relations.join(units, and_(units.c.org_id == r.org_id, units.c.id == r.unit_id)).join(
                communities, and_(communities.c.org_id == r.org_id, communities.c.id == r.community_id)
            )
        )
        .where(
            r.org_id == tx.org_id,
            r.person_id.in_(sorted(people_ids)),
            r.since <= day,
            or_(r.until.is_(None), r.until >= day),
            *within_reach(tx, who, community_column=r.community_id),
        )
        .order_by(r.person_id, r.id)
        .limit(_MOST)
    )


async def open_tickets(
    tx: Tx, who: Principal, people_ids: Collection[UUID], unit_ids: Collection[UUID]
) -> Sequence[Row[Any]]:
    """Open cases of units, or without a unit reported by people; the newest first."""
    c = tickets.c
    about = [and_(c.unit_id.is_(None), c.reporter_id.in_(sorted(people_ids)))]
    if unit_ids:
        about.append(c.unit_id.in_(sorted(unit_ids)))
    return await tx.rows(
        select(c.id, c.number, c.kind, c.state, c.summary, c.unit_id, c.reporter_id)
        .where(
            c.org_id == tx.org_id,
            c.closed_at.is_(None),
            c.cancelled_at.is_(None),
            or_(*about),
            *within_reach(tx, who, community_column=c.community_id),
        )
        .order_by(c.id.desc())
        .limit(_MOST)
    )


async def earlier_calls(tx: Tx, who: Principal, people_ids: Collection[UUID]) -> Sequence[Row[Any]]:
    """Calls of people, the newest first."""
    c = calls.c
    return await tx.rows(
        select(c.id, c.person_id, c.offered_at, c.outcome, c.affair_subject)
        .where(
            c.org_id == tx.org_id,
            c.person_id.in_(sorted(people_ids)),
            *scope_reach(tx, who, c.community_id, c.org_unit_id),
        )
        .order_by(c.id.desc())
        .limit(_MOST)
    )


async def earlier_visits(tx: Tx, who: Principal, people_ids: Collection[UUID]) -> Sequence[Row[Any]]:
    """Visits of people, the newest first."""
    c = visits.c
    return await tx.rows(
        select(c.id, c.person_id, c.received_at, c.affair, c.subject)
        .where(
            c.org_id == tx.org_id,
            c.person_id.in_(sorted(people_ids)),
            *within_reach(tx, who, community_column=c.community_id),
        )
        .order_by(c.id.desc())
        .limit(_MOST)
    )
