"""``/billing/v1/bills``."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query
from sqlalchemy import Row

from services.billing.bills import service
from services.billing.bills.schemas import BillDetailOut, BillOut, BillPaidOut, LineOut, Wanted
from services.billing.domain.vocabulary import bill_state
from shared.auth import Principal, allow
from shared.http.routing import Page, PageDep, TxDep, page_of, problems, service_router
from shared.http.schemas import LocalDate, MoneyModel, Text

router = service_router(prefix="/v1/bills", tags=["bills"])


def _fields(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": row.id,
        "number": row.number,
        "community_id": row.community_id,
        "unit_id": row.unit_id,
        "payer_id": row.payer_id,
        "standard_id": row.standard_id,
        "fee_kind": row.fee_kind,
        "source": row.source or "run",
        "source_id": row.source_id,
        "period": row.period,
        "due_date": row.due_date,
        "amount": MoneyModel.of_fen(row.amount_fen),
        "paid": MoneyModel.of_fen(row.amount_fen - row.credited_fen - row.open_fen),
        "credited": MoneyModel.of_fen(row.credited_fen),
        "open": MoneyModel.of_fen(row.open_fen),
        "state": bill_state(row.amount_fen, row.open_fen, row.credited_fen),
        "issued_at": row.issued_at,
    }


def _decimal(value: Decimal) -> str:
    """A decimal without padding: 93.5, not 93.5000, and 100, not 1E+2."""
    return format(value.normalize(), "f")


def present(row: Row[Any]) -> BillOut:
    """A bill as it goes out in lists."""
    return BillOut(**_fields(row))


@router.get("", operation_id="list_bills")
async def list_bills(
    tx: TxDep,
    who: Annotated[Principal, allow("bill.read")],
    page: PageDep,
    community_id: UUID | None = None,
    unit_id: UUID | None = None,
    payer_id: UUID | None = None,
    run_id: UUID | None = None,
    period: Annotated[str | None, Query(pattern=r"^\d{4}-\d{2}$")] = None,
    fee_kind: Annotated[str | None, Query(max_length=40)] = None,
    state: Literal["open", "partly_paid", "paid"] | None = None,
    due_from: LocalDate | None = None,
    due_to: LocalDate | None = None,
) -> Page[BillOut]:
    """Bills, the latest issued first; residents see those of their own dwellings."""
    wanted = Wanted(
        community_id, unit_id, payer_id, run_id, period, fee_kind, state, due_from, due_to, page.updated_after
    )
    rows = await service.page(tx, who, wanted, page.after.uuid() if page.after else None, page.limit + 1)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, present)


@router.get("/{bill_id}", operation_id="get_bill", responses=problems(404))
async def get_bill(bill_id: UUID, tx: TxDep, who: Annotated[Principal, allow("bill.read")]) -> BillDetailOut:
    """One bill with its lines and the money on it."""
    found = await service.get(tx, who, bill_id)
    return BillDetailOut(
        **_fields(found.bill),
        run_id=found.bill.run_id,
        lines=[
            LineOut(
                text=Text(**line.text),
                rule=line.rule,
                rule_version=line.rule_version,
                quantity=_decimal(line.quantity),
                unit=line.unit,
                rate=_decimal(line.rate),
                months=line.months,
                share=line.share,
                amount=MoneyModel.of_fen(line.amount_fen),
            )
            for line in found.lines
        ],
        payments=[
            BillPaidOut(
                allocation_id=item.id,
                payment_id=item.payment_id,
                amount=MoneyModel.of_fen(item.amount_fen),
                value_date=item.value_date,
            )
            for item in found.paid
        ],
    )
