"""Corrections of ``/billing/v1/payments/{id}``."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import Row

from services.billing.corrections import service
from services.billing.corrections.schemas import CorrectionOut, MoveIn, ReverseIn
from shared.auth import Principal, allow
from shared.http.routing import TxDep, problems, service_router
from shared.http.schemas import MoneyModel

router = service_router(prefix="/v1", tags=["payments"])

Corrects = Annotated[Principal, allow("payment.correct")]


def present(row: Row[Any]) -> CorrectionOut:
    """A correction as it goes out."""
    return CorrectionOut(
        id=row.id,
        payment_id=row.payment_id,
        kind=row.kind,
        amount=MoneyModel.of_fen(row.amount_fen),
        reason=row.reason,
        corrected_by=row.corrected_by,
        new_payment_id=row.new_payment_id,
        corrected_at=row.created_at,
    )


@router.post("/payments/{payment_id}/reverse", operation_id="reverse_payment", responses=problems(404, 409))
async def reverse_payment(payment_id: UUID, body: ReverseIn, tx: TxDep, who: Corrects) -> CorrectionOut:
    """Undo a payment that never came or came back: its bills are open again, the books only grow."""
    return present(await service.reverse(tx, who, payment_id, body.reason))


@router.post("/payments/{payment_id}/move", operation_id="move_payment", responses=problems(404, 409))
async def move_payment(payment_id: UUID, body: MoveIn, tx: TxDep, who: Corrects) -> CorrectionOut:
    """Book a payment to the unit it belongs to, under the day it was paid; oldest bill first."""
    return present(await service.move(tx, who, payment_id, body.unit_id, body.reason))


@router.get("/payments/{payment_id}/correction", operation_id="get_payment_correction", responses=problems(404))
async def get_payment_correction(
    payment_id: UUID, tx: TxDep, who: Annotated[Principal, allow("payment.read")]
) -> CorrectionOut:
    """How a payment was undone, and where it went; 404 while it stands."""
    return present(await service.correction(tx, who, payment_id))
