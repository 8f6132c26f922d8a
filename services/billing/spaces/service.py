"""Who holds a parking space: never two units on one day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.billing import access
from services.billing.domain.standards import EmptyRange, Overlap, Version, place
from services.billing.errors import NoSuchHolding, NoSuchUnit, SpaceInvalid, SpaceTaken
from services.billing.models import space_holdings
from services.billing.spaces import repository
from services.billing.spaces.schemas import HoldingIn
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError


async def hold(tx: Tx, who: Principal, body: HoldingIn) -> Row[Any]:
    """Store that a unit holds a space; an open holding of somebody else ends on the day before.

    Raises:
        NoSuchUnit: outside the caller's reach.
        SpaceInvalid: another community's unit, or the last day before the first.
        SpaceTaken: somebody holds it on one of these days (409).
    """
    found = await access.unit_community(tx, who, body.unit_id)
    if found.id != body.community_id:
        raise SpaceInvalid(fields=[FieldError("unit_id", "该房屋不属于这个小区。", "Not a unit of this community.")])
    await access.lock_community(tx, body.community_id)
    rows = await repository.of_space(tx, body.community_id, body.number)
    chain = [Version(number, row.since, row.until) for number, row in enumerate(rows)]
    try:
        placed = place(chain, body.since, body.until)
    except EmptyRange as empty:
        wrong = FieldError("until", "结束日期早于开始日期。", "The last day lies before the first.")
        raise SpaceInvalid(fields=[wrong]) from empty
    except Overlap as overlap:
        other = overlap.other
        raise SpaceTaken(number=body.number, first=other.first.isoformat(), last=other.last or "…") from overlap
    if placed.ends is not None and placed.ends_on is not None:
        await repository.end(tx, rows[placed.ends.number].id, placed.ends_on)
    holding_id = await repository.add(tx, body.model_dump())
    tx.audit("space.held", "parking_space", holding_id, after=body.model_dump(mode="json"))
    return await _row(tx, holding_id)


async def _row(tx: Tx, holding_id: UUID) -> Row[Any]:
    row = await repository.get(tx, holding_id)
    if row is None:
        raise NoSuchHolding()
    return row


async def end(tx: Tx, who: Principal, holding_id: UUID, until: date) -> Row[Any]:
    """A unit gives its space up.

    Raises:
        NoSuchHolding: unknown, or outside the caller's reach.
        SpaceInvalid: before it began, or after the end it already has.
    """
    row = await _row(tx, holding_id)
    try:
        await access.unit_community(tx, who, row.unit_id)
    except NoSuchUnit:
        raise NoSuchHolding() from None
    if until < row.since or (row.until is not None and until > row.until):
        wrong = FieldError("until", "应在占用期间之内。", "Within the days it is held.")
        raise SpaceInvalid(fields=[wrong])
    await repository.end(tx, holding_id, until)
    tx.audit("space.ended", "parking_space", holding_id, after={"until": until.isoformat()})
    return await _row(tx, holding_id)


async def page(
    tx: Tx, who: Principal, community_id: UUID | None, unit_id: UUID | None, after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Holdings within the caller's reach."""
    c = space_holdings.c
    conditions = access.within_reach(tx, who, c.unit_id, c.community_id)
    conditions += [c.community_id == community_id] if community_id else []
    conditions += [c.unit_id == unit_id] if unit_id else []
    return await repository.page(tx, conditions, after, limit)
