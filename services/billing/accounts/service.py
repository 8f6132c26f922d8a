"""Reading a unit's account within one's reach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.billing import access
from services.billing.accounts import repository
from shared.auth import Principal
from shared.db.tx import Tx


@dataclass(frozen=True, slots=True)
class Statement:
    """What a unit owed and had prepaid (fen) at the end of a local date."""

    unit_id: UUID
    community_id: UUID
    as_of: date
    owed_fen: int
    prepaid_fen: int


async def statement(tx: Tx, who: Principal, unit_id: UUID, day: date | None) -> Statement:
    """The account now, or as it stood at the end of a past local date.

    Raises:
        NoSuchUnit: unknown, or outside the caller's reach.
    """
    community = await access.unit_community(tx, who, unit_id)
    today = tx.now.astimezone(community.zone).date()
    if day is None or day >= today:
        return Statement(unit_id, community.id, today, *await repository.current(tx, unit_id))
    return Statement(unit_id, community.id, day, *await repository.as_of(tx, unit_id, day))


async def entries(tx: Tx, who: Principal, unit_id: UUID, before: UUID | None, limit: int) -> Sequence[Row[Any]]:
    """The postings on the account, the latest first.

    Raises:
        NoSuchUnit: unknown, or outside the caller's reach.
    """
    await access.unit_community(tx, who, unit_id)
    return await repository.entries(tx, unit_id, before, limit)
