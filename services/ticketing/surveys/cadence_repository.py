"""The statements of the quarter's surveys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, func, select, update
from sqlalchemy.dialects.postgresql import insert

from services.ticketing.domain.survey_types import QUARTERLY
from services.ticketing.domain.surveys import DRAFT
from services.ticketing.models import communities, survey_cadences, surveys
from services.ticketing.places.service import below
from services.ticketing.rosters.repository import under
from shared.auth import Principal
from shared.db.tx import Tx

c = survey_cadences.c


async def put(tx: Tx, row: Mapping[str, Any]) -> None:
    """Store the cadence of an org unit, or change it."""
    told = {name: row[name] for name in ("since", "until", "remind_days")}
    await tx.execute(
        insert(survey_cadences)
        .values(org_id=tx.org_id, version=1, created_at=tx.now, updated_at=tx.now, **row)
        .on_conflict_do_update(
            index_elements=["org_id", "org_unit_id"], set_={**told, "version": c.version + 1, "updated_at": tx.now}
        )
    )


async def one(tx: Tx, *, id: UUID | None = None, org_unit_id: UUID | None = None) -> Row[Any] | None:
    """A cadence by its id or its org unit's, held until the commit."""
    wanted = c.id == id if id is not None else c.org_unit_id == org_unit_id
    return await tx.one_or_none(select(survey_cadences).where(c.org_id == tx.org_id, wanted).with_for_update())


async def page(tx: Tx, who: Principal, after: UUID | None, limit: int) -> Sequence[Row[Any]]:
    """Cadences within reach, in the order of their making."""
    wanted = select(survey_cadences).where(c.org_id == tx.org_id, *under(tx, who, survey_cadences))
    if after is not None:
        wanted = wanted.where(c.id > after)
    return await tx.rows(wanted.order_by(c.id).limit(limit))


async def told(tx: Tx, row: Row[Any]) -> int:
    """Count a cadence's version on, for what is told of it."""
    await tx.execute(
        update(survey_cadences)
        .where(c.org_id == tx.org_id, c.id == row.id)
        .values(version=row.version + 1, updated_at=tx.now)
    )
    return int(row.version) + 1


async def without(tx: Tx, org_unit_id: UUID, period: str) -> Sequence[Row[Any]]:
    """``id, path`` of the communities below an org unit in which no survey of a quarter was issued."""
    s = surveys.c
    issued = (
        select(s.id)
        .where(
            s.org_id == communities.c.org_id,
            s.community_id == communities.c.id,
            s.period == period,
            func.coalesce(s.type, QUARTERLY) == QUARTERLY,
            s.state != DRAFT,
        )
        .exists()
    )
    return await tx.rows(
        select(communities.c.id, communities.c.path)
        .where(and_(communities.c.org_id == tx.org_id, below(org_unit_id), ~issued))
        .order_by(communities.c.id)
    )
