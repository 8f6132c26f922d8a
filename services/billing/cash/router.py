"""``/billing/v1/cash-shifts``, ``/billing/v1/cash-days`` and ``/billing/v1/cash-policies``."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from urllib.parse import quote
from uuid import UUID

from fastapi import Query, Request, Response

from services.billing.cash import reports, service, views
from services.billing.cash.reports import File
from services.billing.cash.schemas import (
    CloseIn,
    DayReportOut,
    OpenIn,
    OverIn,
    PolicyIn,
    PolicyOut,
    ReceiveIn,
    RefuseIn,
    ShiftOut,
    ShiftReportOut,
    State,
)
from services.billing.domain.cash import SETTLE_DAYS
from shared.auth import Principal, allow
from shared.http.routing import IfMatch, Page, PageDep, TxDep, created, etag, page_of, problems, service_router

router = service_router(prefix="/v1", tags=["cash"])

Keeps = Annotated[Principal, allow("cash_shift.keep")]
Reads = Annotated[Principal, allow("cash_shift.read")]
Format = Annotated[Literal["pdf", "csv", "xlsx"], Query(description="The report to print, or its rows as a table")]
Day = Annotated[date | None, Query(description="A local day; today without one")]

_FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The report",
        "content": {
            media: {"schema": {"type": "string", "format": "binary"}}
            for media in (
                "application/pdf",
                "text/csv",
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            )
        },
    }
}


def _sent(file: File) -> Response:
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name, safe='')}",
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(file.content, media_type=file.media_type, headers=headers)


@router.post("/cash-shifts", status_code=201, operation_id="open_cash_shift", responses=problems(404, 409))
async def open_cash_shift(body: OpenIn, tx: TxDep, who: Keeps, response: Response) -> ShiftOut:
    """Open one's drawer with the float that was counted; one a cashier and community."""
    row = await service.open_shift(tx, who, body)
    created(response, f"/billing/v1/cash-shifts/{row.id}", row.version)
    return views.shift(row)


@router.get("/cash-shifts", operation_id="list_cash_shifts")
async def list_cash_shifts(
    tx: TxDep,
    who: Reads,
    page: PageDep,
    community_id: UUID | None = None,
    cashier_id: UUID | None = None,
    state: State | None = None,
    opened_on: date | None = None,
    unsettled: Annotated[bool, Query(description="Only those whose takings are not settled")] = False,
) -> Page[ShiftOut]:
    """Shifts, the latest opened first."""
    before = page.after.uuid() if page.after else None
    asked = (community_id, cashier_id, state, opened_on, unsettled)
    rows = await service.page(tx, who, asked, before, page.limit + 1)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, views.shift)


@router.get("/cash-shifts/{shift_id}", operation_id="get_cash_shift", responses=problems(404))
async def get_cash_shift(shift_id: UUID, tx: TxDep, who: Reads, response: Response) -> ShiftOut:
    """One shift."""
    row = await service.get(tx, who, shift_id)
    etag(response, row.version)
    return views.shift(row)


@router.post("/cash-shifts/{shift_id}/close", operation_id="close_cash_shift", responses=problems(404, 409, 412))
async def close_cash_shift(
    shift_id: UUID, body: CloseIn, tx: TxDep, who: Keeps, if_match: IfMatch, response: Response
) -> ShiftOut:
    """Count the drawer by denomination and close it; over or short wants a reason."""
    row = await service.close(tx, who, shift_id, body, if_match)
    etag(response, row.version)
    return views.shift(row)


@router.post(
    "/cash-shifts/{shift_id}/hand-over", operation_id="hand_over_cash_shift", responses=problems(404, 409, 412)
)
async def hand_over_cash_shift(
    shift_id: UUID, body: OverIn, tx: TxDep, who: Keeps, if_match: IfMatch, response: Response
) -> ShiftOut:
    """Hand a closed drawer to the next cashier, or its takings to finance or the bank; somebody else receives it."""
    row = await service.hand_over(tx, who, shift_id, body, if_match)
    etag(response, row.version)
    return views.shift(row)


@router.post("/cash-shifts/{shift_id}/receive", operation_id="receive_cash_shift", responses=problems(404, 409, 412))
async def receive_cash_shift(
    shift_id: UUID, body: ReceiveIn, tx: TxDep, who: Keeps, if_match: IfMatch, response: Response
) -> ShiftOut:
    """Sign that the amount was received and counted: the second person. The next cashier's drawer opens with it."""
    row = await service.receive(tx, who, shift_id, body, if_match)
    etag(response, row.version)
    return views.shift(row)


@router.post("/cash-shifts/{shift_id}/refuse", operation_id="refuse_cash_shift", responses=problems(404, 409, 412))
async def refuse_cash_shift(
    shift_id: UUID, body: RefuseIn, tx: TxDep, who: Keeps, if_match: IfMatch, response: Response
) -> ShiftOut:
    """Refuse a hand-over, with the reason: it is to be offered again."""
    row = await service.refuse(tx, who, shift_id, body.reason, if_match)
    etag(response, row.version)
    return views.shift(row)


@router.get("/cash-shifts/{shift_id}/report", operation_id="report_cash_shift", responses=problems(404))
async def report_cash_shift(shift_id: UUID, tx: TxDep, who: Reads) -> ShiftReportOut:
    """The report of a shift: sums by kind, and all that went through the drawer."""
    return await reports.shift_report(tx, who, shift_id)


@router.get(
    "/cash-shifts/{shift_id}/report/file",
    operation_id="print_cash_shift",
    responses={**_FILE, **problems(404)},
    response_class=Response,
)
async def print_cash_shift(shift_id: UUID, request: Request, who: Reads, format: Format = "pdf") -> Response:
    """The report of a shift, to print or as a table."""
    return _sent(await reports.shift_file(request.app.state.runtime, who, shift_id, format))


@router.get("/cash-days/{community_id}", operation_id="report_cash_day", responses=problems(404))
async def report_cash_day(community_id: UUID, tx: TxDep, who: Reads, day: Day = None) -> DayReportOut:
    """The report of a community's day: its money by method, its cash by shift."""
    return await reports.day_report(tx, who, community_id, day)


@router.get(
    "/cash-days/{community_id}/file",
    operation_id="print_cash_day",
    responses={**_FILE, **problems(404)},
    response_class=Response,
)
async def print_cash_day(
    community_id: UUID, request: Request, who: Reads, day: Day = None, format: Format = "pdf"
) -> Response:
    """The report of a day, to print or as a table of its shifts."""
    return _sent(await reports.day_file(request.app.state.runtime, who, community_id, day, format))


@router.get("/cash-policies/{community_id}", operation_id="get_cash_policy", responses=problems(404))
async def get_cash_policy(community_id: UUID, tx: TxDep, who: Reads, response: Response) -> PolicyOut:
    """How a community keeps its cash."""
    row, _ = await service.policy(tx, who, community_id)
    version = 0 if row is None else row.version
    etag(response, version)
    return PolicyOut(
        community_id=community_id,
        version=version,
        own=row is not None,
        settle_days=SETTLE_DAYS if row is None else row.settle_days,
        opening_by_hand=False if row is None else row.opening_by_hand,
    )


@router.put("/cash-policies/{community_id}", operation_id="set_cash_policy", responses=problems(404, 412))
async def set_cash_policy(
    community_id: UUID,
    body: PolicyIn,
    tx: TxDep,
    who: Annotated[Principal, allow("cash_policy.write")],
    if_match: IfMatch,
    response: Response,
) -> PolicyOut:
    """Set how a community keeps its cash; shifts that are open keep their own end."""
    await service.set_policy(tx, who, community_id, body, if_match)
    return await get_cash_policy(community_id, tx, who, response)
