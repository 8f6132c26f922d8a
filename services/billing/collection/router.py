"""``/billing/v1/collection-rates``."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Query
from sqlalchemy import Row

from services.billing.collection import service
from services.billing.collection.schemas import BesideOut, CloseOut, EvidenceOut, RateOut
from shared.auth import Principal, allow
from shared.http.routing import Page, PageDep, TxDep, page_of, problems, service_router
from shared.http.schemas import MoneyModel

router = service_router(prefix="/v1/collection-rates", tags=["collection rates"])

PeriodQuery = Annotated[str, Query(max_length=10, description="A natural quarter, such as 2025-Q1")]
FeeKind = Annotated[str, Query(max_length=40)]
CashBasis = Annotated[
    Literal["settled", "paid"],
    Query(description="`settled`: by value date, when credited to the company; `paid`: when the payer paid"),
]
Who = Annotated[Principal, allow("collection_rate.read")]


@router.get("", operation_id="get_collection_rate", responses=problems(404))
async def get_collection_rate(
    tx: TxDep,
    who: Who,
    community_id: UUID,
    period: PeriodQuery,
    fee_kind: FeeKind = "property",
    cash_basis: CashBasis = "settled",
    reading: Annotated[
        Literal["due_in_period", "literal"],
        Query(
            description="`due_in_period`: money credited by the period's last day 24:00 and allocated to bills "
            "due in it, earlier prepayments included; `literal`: all money of the fee kind credited inside it"
        ),
    ] = "due_in_period",
) -> RateOut:
    """The collection rate of a natural quarter, with what stands beside it and what was believed at its close."""
    rate, close = await service.visible_rate(tx, who, community_id, period, fee_kind, cash_basis, reading)
    query = {
        "community_id": str(community_id),
        "period": period,
        "fee_kind": fee_kind,
        "cash_basis": cash_basis,
    }
    return RateOut(
        community_id=community_id,
        period=period,
        fee_kind=fee_kind,
        cash_basis=cash_basis,
        reading=rate.reading,
        numerator=MoneyModel.of_fen(rate.numerator_fen),
        denominator=MoneyModel.of_fen(rate.denominator_fen),
        rate=rate.percent,
        bills=rate.bills,
        beside=BesideOut(
            other_bills=MoneyModel.of_fen(rate.other_bills_fen),
            later=MoneyModel.of_fen(rate.later_fen),
            overpaid=MoneyModel.of_fen(rate.overpaid_fen),
        ),
        at_close=None
        if close is None
        else CloseOut(
            closed_at=close.closed_at,
            numerator=MoneyModel.of_fen(close.numerator_fen),
            denominator=MoneyModel.of_fen(close.denominator_fen),
            bills=close.bills,
        ),
        evidence=f"/billing/v1/collection-rates/evidence?{urlencode(query)}",
    )


@router.get("/evidence", operation_id="list_collection_evidence", responses=problems(404))
async def list_collection_evidence(
    tx: TxDep,
    who: Who,
    page: PageDep,
    community_id: UUID,
    period: PeriodQuery,
    fee_kind: FeeKind = "property",
    cash_basis: CashBasis = "settled",
    state: Literal["collected", "partly_collected", "not_collected"] | None = None,
) -> Page[EvidenceOut]:
    """The bills due in the period, by number, each with what was collected in time and what came later."""
    after = page.after.text("number") if page.after else None
    rows = await service.evidence(tx, who, community_id, period, fee_kind, cash_basis, state, after, page.limit + 1)
    return page_of(rows, page.limit, lambda row: {"number": row.number}, _present)


def _present(row: Row[Any]) -> EvidenceOut:
    collected, net = int(row.collected), row.amount_fen - int(row.credited)
    state = "collected" if collected >= net else "partly_collected" if collected else "not_collected"
    return EvidenceOut(
        bill_id=row.id,
        number=row.number,
        unit_id=row.unit_id,
        due_date=row.due_date,
        amount=MoneyModel.of_fen(row.amount_fen),
        credited=MoneyModel.of_fen(int(row.credited)),
        collected=MoneyModel.of_fen(collected),
        later=MoneyModel.of_fen(int(row.later)),
        state=state,
        bill=f"/billing/v1/bills/{row.id}",
    )
