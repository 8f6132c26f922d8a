"""``/billing/v1/deposits``."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Response
from sqlalchemy import Row

from services.billing.deposits import service
from services.billing.deposits.schemas import DepositIn, DepositOut, ReturnIn
from shared.auth import Principal, allow
from shared.http.routing import TxDep, created, problems, service_router
from shared.http.schemas import MoneyModel

router = service_router(prefix="/v1/deposits", tags=["deposits"])


def present(row: Row[Any]) -> DepositOut:
    """A deposit as it goes out."""
    returned = int(row.returned_fen)
    return DepositOut(
        bill_id=row.id,
        unit_id=row.unit_id,
        amount=MoneyModel.of_fen(row.amount_fen),
        paid=MoneyModel.of_fen(row.paid_fen),
        returned=MoneyModel.of_fen(returned),
        held=MoneyModel.of_fen(row.paid_fen - returned),
    )


@router.post("", status_code=201, operation_id="ask_deposit", responses=problems(404))
async def ask_deposit(
    body: DepositIn, tx: TxDep, who: Annotated[Principal, allow("bill.issue")], response: Response
) -> DepositOut:
    """Ask a unit for a deposit: a bill like others, but what is paid on it is held and goes back."""
    row = await service.ask(tx, who, body)
    created(response, f"/billing/v1/deposits/{row.id}")
    return present(row)


@router.get("/{bill_id}", operation_id="get_deposit", responses=problems(404))
async def get_deposit(bill_id: UUID, tx: TxDep, who: Annotated[Principal, allow("bill.read")]) -> DepositOut:
    """A deposit: asked, paid, returned, held."""
    row, _ = await service.get(tx, who, bill_id)
    return present(row)


@router.post("/{bill_id}/return", operation_id="return_deposit", responses=problems(404, 409))
async def return_deposit(
    bill_id: UUID, body: ReturnIn, tx: TxDep, who: Annotated[Principal, allow("deposit.return")]
) -> DepositOut:
    """Give a deposit back, in whole or in part; never more than is held."""
    return present(await service.give_back(tx, who, bill_id, body))
