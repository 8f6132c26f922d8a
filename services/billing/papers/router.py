"""Lists and reports on paper: ``/billing/v1/dunning-lists/…``, ``/dunning-plans/{id}/plan.pdf``,
``/collection-reports``."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import quote
from uuid import UUID

from fastapi import Query, Request, Response

from services.billing import access
from services.billing.papers import service
from services.billing.papers.schemas import CollectionReportOut, QuarterOut
from shared.auth import Principal, allow
from shared.db.tx import Tx
from shared.documents import Template, render
from shared.http.routing import TxDep, problems, service_router
from shared.http.schemas import MoneyModel, Month
from shared.runtime import Runtime

router = service_router(prefix="/v1", tags=["lists and reports"])
TEMPLATE: Final = Template(Path(__file__).parent / "templates", "list")
PDF: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The paper as PDF",
        "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
    }
}
Reader = Annotated[Principal, allow("dunning.read")]
Year = Annotated[int, Query(ge=1900, le=2199, examples=[2025])]
Basis = Annotated[Literal["settled", "paid"], Query(description="By value date, or by the day the payer paid")]


async def _print(
    request: Request, who: Principal, community_id: UUID | None, make: Callable[[Tx], Awaitable[service.Content]]
) -> Response:
    """Read in a short transaction, set in a thread outside of it."""
    runtime: Runtime = request.app.state.runtime
    async with runtime.db.read(who.org) as tx:
        content, at = await make(tx), tx.now
        zone = None if community_id is None else (await access.known(tx, community_id)).zone
    printed = f"{at.astimezone(zone):%Y-%m-%d %H:%M %Z}"
    pdf = await asyncio.to_thread(render, TEMPLATE, {**content, "printed": printed}, at)
    headers = {
        "Content-Disposition": f"inline; filename*=UTF-8''{quote(content['zh'], safe='')}.pdf",
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(pdf, media_type="application/pdf", headers=headers)


def _list(kind: Literal["call", "visit"], zh: str) -> Callable[..., Awaitable[Response]]:
    async def endpoint(
        request: Request,
        who: Reader,
        community_id: UUID,
        period: Annotated[Month, Query()],
        assignee_id: UUID | None = None,
    ) -> Response:
        async def make(tx: Tx) -> service.Content:
            return await service.to_do(tx, who, kind, community_id, period, assignee_id)

        return await _print(request, who, community_id, make)

    endpoint.__name__ = f"print_{kind}_list"
    endpoint.__doc__ = f"{zh}: the debtors of a month who are still to be reached, with room for what came of it."
    return endpoint


for _kind, _zh in (("call", "电话催缴名单"), ("visit", "上门催缴名单")):
    router.get(
        f"/dunning-lists/{_kind}.pdf",
        operation_id=f"print_{_kind}_list",
        responses={**PDF, **problems(404, 409)},
        response_class=Response,
    )(_list(_kind, _zh))  # type: ignore[arg-type]  # the two kinds of the loop


@router.get(
    "/dunning-plans/{plan_id}/plan.pdf",
    operation_id="print_dunning_plan",
    responses={**PDF, **problems(404)},
    response_class=Response,
)
async def print_dunning_plan(plan_id: UUID, request: Request, who: Reader) -> Response:
    """The month's plan: windows, steps, what has become of them, who is responsible."""
    return await _print(request, who, None, lambda tx: service.month_plan(tx, who, plan_id))


@router.get("/collection-reports", operation_id="get_collection_report", responses=problems(404))
async def get_collection_report(
    tx: TxDep,
    who: Annotated[Principal, allow("collection_rate.read")],
    community_id: UUID,
    year: Year,
    cash_basis: Basis = "settled",
) -> CollectionReportOut:
    """What was due and what came of it, by natural quarter and fee kind."""
    found, _ = await service.quarters(tx, who, community_id, year, cash_basis)
    money = MoneyModel.of_fen
    return CollectionReportOut(
        community_id=community_id,
        year=year,
        cash_basis=cash_basis,
        quarters=[
            QuarterOut(
                period=item.period,
                fee_kind=item.fee_kind,
                receivable=money(item.rate.denominator_fen),
                received=money(item.rate.numerator_fen),
                rate=item.rate.percent,
                received_later=money(item.rate.later_fen),
                closed_at=None if item.close is None else item.close.closed_at,
                received_at_close=None if item.close is None else money(item.close.numerator_fen),
                receivable_at_close=None if item.close is None else money(item.close.denominator_fen),
            )
            for item in found
        ],
    )


@router.get(
    "/collection-reports/report.pdf",
    operation_id="print_collection_report",
    responses={**PDF, **problems(404)},
    response_class=Response,
)
async def print_collection_report(
    request: Request,
    who: Annotated[Principal, allow("collection_rate.read")],
    community_id: UUID,
    year: Year,
    cash_basis: Basis = "settled",
) -> Response:
    """The same on paper."""

    async def make(tx: Tx) -> service.Content:
        return await service.quarter_report(tx, who, community_id, year, cash_basis)

    return await _print(request, who, community_id, make)
