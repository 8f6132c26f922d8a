"""``/ticketing/v1/staff/{id}``: open work, transfer, leaving."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from services.ticketing.handover import service
from services.ticketing.handover.schemas import GoIn, GoneOut, TransferIn, WorkOut
from shared.auth import Principal, allow
from shared.http.routing import TxDep, problems, service_router

router = service_router(prefix="/v1/staff", tags=["staff"])

Writes = Annotated[Principal, allow("staff.write")]


@router.get("/{id}/open-work", operation_id="list_open_work", responses=problems(404))
async def list_open_work(id: UUID, tx: TxDep, who: Writes) -> list[WorkOut]:
    """What somebody has to take over: open tickets, approvals that wait for this person alone, due follow-up calls."""
    return [work.out() for work in await service.open_work(tx, who, id)]


@router.post("/{id}/leave", operation_id="leave_company", responses=problems(404, 409))
async def leave_company(id: UUID, body: GoIn, tx: TxDep, who: Writes) -> GoneOut:
    """Somebody leaves the company; refused while any open work would be nobody's."""
    return await service.leave(tx, who, id, body)


@router.post("/{id}/transfer", operation_id="transfer_staff", responses=problems(404, 409))
async def transfer_staff(id: UUID, body: TransferIn, tx: TxDep, who: Writes) -> GoneOut:
    """Somebody goes to another org unit; refused while any open work would be nobody's."""
    return await service.transfer(tx, who, id, body)
