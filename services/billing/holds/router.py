"""``/billing/v1/dunning-cases/{id}/holds`` and ``/billing/v1/dunning-holds``."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import Response
from sqlalchemy import Row

from services.billing.domain.dunning_contacts import HOLDS
from services.billing.holds import service, views
from services.billing.holds.schemas import DecisionIn, EndIn, HoldIn, HoldOut, PartOut
from shared.auth import Principal, allow
from shared.http.routing import TxDep, created, problems, service_router
from shared.http.schemas import MoneyModel, Text

router = service_router(prefix="/v1", tags=["dunning holds"])


def present(row: Row[Any]) -> HoldOut:
    """A hold as it goes out."""
    return HoldOut(
        id=row.id,
        case_id=row.case_id,
        kind=row.kind,
        text=Text(**HOLDS[row.kind]),
        state=row.state,
        reason=row.reason,
        evidence=row.evidence,
        ticket_id=row.ticket_id,
        until_on=row.until_on,
        parts=[
            PartOut(due_on=date.fromisoformat(part["due_on"]), amount=MoneyModel.of_fen(part["amount_fen"]))
            for part in row.parts
        ],
        asked_by=row.asked_by,
        asked_at=row.created_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        ended_at=row.ended_at,
        ended_cause=row.ended_cause,
    )


@router.post(
    "/dunning-cases/{case_id}/holds", status_code=201, operation_id="ask_dunning_hold", responses=problems(404, 409)
)
async def ask_dunning_hold(
    case_id: UUID,
    body: HoldIn,
    tx: TxDep,
    who: Annotated[Principal, allow("dunning.record")],
    response: Response,
) -> HoldOut:
    """Ask for the ladder to be held: a dispute with its complaint, a promise, instalments. The supervisor decides."""
    hold_id = await service.ask(tx, who, case_id, body)
    created(response, f"/billing/v1/dunning-holds/{hold_id}")
    return present(await views.get(tx, who, hold_id))


@router.get("/dunning-holds/{hold_id}", operation_id="get_dunning_hold", responses=problems(404))
async def get_dunning_hold(hold_id: UUID, tx: TxDep, who: Annotated[Principal, allow("dunning.read")]) -> HoldOut:
    """One hold."""
    return present(await views.get(tx, who, hold_id))


@router.post("/dunning-holds/{hold_id}/decision", operation_id="decide_dunning_hold", responses=problems(404, 409))
async def decide_dunning_hold(
    hold_id: UUID, body: DecisionIn, tx: TxDep, who: Annotated[Principal, allow("dunning.decide")]
) -> HoldOut:
    """Approve or refuse a hold that somebody else asked for."""
    await service.decide(tx, who, hold_id, approve=body.approve)
    return present(await views.get(tx, who, hold_id))


@router.post("/dunning-holds/{hold_id}/end", operation_id="end_dunning_hold", responses=problems(404, 409))
async def end_dunning_hold(
    hold_id: UUID, body: EndIn, tx: TxDep, who: Annotated[Principal, allow("dunning.decide")]
) -> HoldOut:
    """The reason is gone: steps whose window is not over are due again."""
    await service.end(tx, who, hold_id, body.cause)
    return present(await views.get(tx, who, hold_id))
