"""What was lent to somebody and holds now: what approvals decide by."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.ticketing.assignments.repository import holdings
from services.ticketing.assignments.standing import standing_of
from services.ticketing.delegations import repository
from shared.approvals.rules import Lent
from shared.db.tx import Tx


@dataclass(frozen=True, slots=True)
class Loan:
    """Somebody's powers as they hold now, lent to somebody else, in the org units of whoever lent them."""

    lent: Lent
    units: frozenset[UUID]


async def loans_to(tx: Tx, person_id: UUID) -> list[Loan]:
    """The powers lent to somebody at this instant, of owners as they stand now: a role that ended lends nothing.

    Only what the owner holds themselves: what was lent to them is not lent on.
    """
    owners = await repository.owners_for(tx, person_id)
    if not owners:
        return []
    held = await holdings(tx, [row.id for row in owners])
    found = []
    for row in owners:
        now = standing_of(row, held.get(row.id, []), tx)
        if now.roles and row.erased_at is None:
            found.append(Loan(Lent(row.id, frozenset(now.roles)), frozenset(now.units)))
    return found
