"""Hot spots of complaints and repairs: what they are about, where they come from, and what changed (C-029)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from services.ticketing import access
from services.ticketing.analysis import repository
from services.ticketing.models import communities, tickets
from services.ticketing.places.service import below
from shared.auth import Principal
from shared.db.tx import Tx
from shared.periods import Period

#: Whose days count where several communities are taken together.
ZONE: Final = "Asia/Shanghai"


@dataclass(frozen=True, slots=True)
class Analysed:
    """Groups of a period, and its bounds as instants (UTC, end exclusive)."""

    start: datetime
    end: datetime
    rows: Sequence[Row[Any]]


async def hot_spots(
    tx: Tx,
    who: Principal,
    period: Period,
    by: str,
    kind: str | None,
    community_id: UUID | None,
    org_unit_id: UUID | None,
) -> Analysed:
    """Cases received in a period by group, beside those of the period before; within the caller's reach.

    A merged duplicate counts, for it was received. Raises NoSuchCommunity.
    """
    conditions = access.within_reach(tx, who, community_column=tickets.c.community_id)
    zone = access.zone_of(ZONE)
    if community_id is not None:
        zone = (await access.community(tx, who, community_id)).zone
        conditions.append(tickets.c.community_id == community_id)
    if org_unit_id is not None:
        conditions += [communities.c.org_id == tx.org_id, below(org_unit_id)]
    if kind is not None:
        conditions.append(tickets.c.kind == kind)
    start, end = period.bounds(zone)
    before, _ = period.previous().bounds(zone)
    # row: C-029, E-006, E-007, E-062, E-063, G-021, G-022 hot spots by topic, and what changed since the period before
    rows = await repository.hot_spots(
        tx,
        repository.hot_spots_statement(tx.org_id, by, conditions, before=before, start=start, end=end),
    )
    return Analysed(start, end, rows)
