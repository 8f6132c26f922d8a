"""Cases within the caller's scope, and who is responsible for them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.billing import access
from services.billing.dunning import repository
from services.billing.dunning.errors import NoSuchCase
from services.billing.errors import NoSuchCommunity
from shared.auth import Principal
from shared.db.tx import Tx


async def visible(tx: Tx, who: Principal, case_id: UUID) -> Row[Any]:
    """A case. Raises NoSuchCase: unknown, or outside the caller's scope."""
    rows = await repository.cases(tx, [case_id])
    if not rows:
        raise NoSuchCase()
    try:
        await access.community(tx, who, rows[0].community_id)
    except NoSuchCommunity:
        raise NoSuchCase() from None
    return rows[0]


async def hand_over(tx: Tx, who: Principal, case_id: UUID, assignee_id: UUID) -> Row[Any]:
    """Give a case to another clerk, with everything recorded so far. Raises NoSuchCase."""
    seen = await visible(tx, who, case_id)
    # row: D-042, C-055 the supervisor gives cases to clerks
    await repository.move_case(tx, case_id, {"assignee_id": assignee_id})
    before = None if seen.assignee_id is None else str(seen.assignee_id)
    tx.audit(
        "dunning_case.hand_over",
        "dunning_case",
        case_id,
        before={"assignee_id": before},
        after={"assignee_id": str(assignee_id)},
    )
    return await visible(tx, who, case_id)
