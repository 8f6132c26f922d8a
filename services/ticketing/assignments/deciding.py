"""What an approval of an appointment hangs on, and what its decision does: proposals become duties, or do not."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.ticketing.assignments import repository
from services.ticketing.assignments.standing import refresh
from services.ticketing.domain.duties import is_single
from services.ticketing.domain.staff_errors import AssignmentTwice, DutyTaken
from services.ticketing.domain.staffing import clash
from shared.db.tx import Tx


async def decided(tx: Tx, approval: Row[Any]) -> None:
    """An approved proposal holds from its day on; any other end lets it fall.

    Raises:
        AssignmentTwice, DutyTaken: somebody was given it meanwhile; the approval is not decided then.
    """
    seen = await repository.find(tx, approval.subject_id)
    if seen is None:
        return
    await repository.lock_staff(tx, [seen.person_id])
    row = await repository.find(tx, approval.subject_id, lock=True)
    if row is None or row.state != "proposed":
        return
    if approval.state != "approved":
        await repository.change(tx, row, {"state": "refused", "decided_by": tx.actor_id})
        return
    await check_free(tx, row.person_id, row.kind, row.code, row.org_unit_id, (row.since, row.until))
    await repository.change(tx, row, {"state": "decided", "decided_by": tx.actor_id})
    tx.audit("assignment.decided", "assignment", row.id, after={"approval_id": str(approval.id)})
    await refresh(tx, row.person_id)


async def check_free(
    tx: Tx, person_id: UUID, kind: str, code: str, org_unit_id: UUID, period: tuple[Any, Any]
) -> None:
    """Whether a duty can be given for a period. Raises AssignmentTwice or DutyTaken.

    The person's row is locked; for what only one may hold, the org unit's is taken here.
    """
    mine = await repository.same_duty(tx, kind, code, org_unit_id, person_id=person_id)
    if clash(period, [(row.since, row.until) for row in mine]):
        raise AssignmentTwice()
    if is_single(kind, code):
        await repository.org_unit(tx, org_unit_id, lock=True)
        for row in await repository.same_duty(tx, kind, code, org_unit_id):
            # row: D-047 one person keeps the keys
            if clash(period, [(row.since, row.until)]):
                raise DutyTaken(holder=row.person_id)
