"""What a run would bill now: decided by the same code, stored nowhere."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.billing import access
from services.billing.domain.runs import Draft, plan
from services.billing.domain.standards import due_date
from services.billing.register.position import Position, position
from services.billing.runs import facts, repository
from services.billing.runs.schemas import RunIn
from services.billing.runs.service import terms_of
from services.billing.standards.service import charging_units
from shared.auth import Principal
from shared.db.tx import Tx
from shared.periods import Period

CHUNK, SHOWN = 2000, 50


@dataclass(slots=True)
class Preview:
    """What the run would do, its first bills in full; amounts in fen."""

    version: Row[Any]
    due_on: date
    register: Position
    units: int = 0
    billed: int = 0
    total_fen: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    drafts: list[Draft] = field(default_factory=list)


async def preview(tx: Tx, who: Principal, body: RunIn) -> Preview:
    """Decide every unit of the community as a run would.

    A copy of the register that is behind does not stop it, for nothing is issued: its state is told instead.

    Raises:
        NoSuchCommunity: outside the caller's scope.
        NoSuchStandard, StandardAmbiguous, NoStandardInForce: what to charge by is not clear.
    """
    community = await access.community(tx, who, body.community_id)
    start = Period.parse(body.period).start
    version = await charging_units(tx, community.id, body.standard_code, start)
    found = Preview(version, due_date(start, version.due_day), await position(tx))
    terms = terms_of(body.period, version)
    last: UUID | None = None
    while units := await repository.next_units(tx, community.id, last, CHUNK):
        ids = [unit.id for unit in units]
        last = ids[-1]
        decided = plan(
            units,
            terms,
            await repository.relations(tx, ids),
            await repository.billed_units(tx, version.id, body.period, ids),
            await facts.given(tx, version, body.period, ids),
        )
        found.units += len(units)
        found.billed += decided.billed
        found.total_fen += sum(draft.amount_fen for draft in decided.drafts)
        found.skipped += decided.skipped
        found.drafts += decided.drafts[: SHOWN - len(found.drafts)]
    return found
