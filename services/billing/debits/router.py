"""``/billing/v1/debit-mandates`` and ``/billing/v1/debit-runs``."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import Query, Response
from sqlalchemy import Row

from services.billing.debits import mandates, service
from services.billing.debits.schemas import (
    AnswerIn,
    DifferenceOut,
    EndIn,
    LineOut,
    MandateIn,
    MandateOut,
    RunIn,
    RunOut,
    ToHandleOut,
)
from services.billing.domain.debits import ACCEPT, CODES
from shared.auth import Principal, allow
from shared.http.routing import (
    IfMatch,
    Page,
    PageDep,
    TxDep,
    answer_not_kept,
    created,
    etag,
    page_of,
    problems,
    service_router,
)
from shared.http.schemas import MoneyModel, Text

router = service_router(prefix="/v1", tags=["direct debit"])

Writes = Annotated[Principal, allow("debit_mandate.write")]
Collects = Annotated[Principal, allow("debit.collect")]
Reads = Annotated[Principal, allow("debit.read")]

_CSV: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file", "content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}}}
}


def present(row: Row[Any]) -> MandateOut:
    """A mandate as it goes out."""
    return MandateOut(**{name: getattr(row, name) for name in MandateOut.model_fields})


def present_run(row: Row[Any]) -> RunOut:
    """A run as it goes out."""
    other = ("amount", "differences")
    same = {name: getattr(row, name) for name in RunOut.model_fields if name not in other}
    found = [DifferenceOut(**d) for d in row.differences]
    return RunOut(**same, amount=MoneyModel.of_fen(row.amount_fen), differences=found)


def present_line(row: Row[Any]) -> LineOut:
    """A line as it goes out."""
    refused = row.code is not None and row.code != ACCEPT
    return LineOut(
        line=row.line,
        unit_id=row.unit_id,
        mandate_id=row.mandate_id,
        amount=MoneyModel.of_fen(row.amount_fen),
        bill_ids=[UUID(told["bill_id"]) for told in row.bills],
        state=row.state,
        code=row.code,
        reason=Text(**CODES.get(row.code, CODES["99"])) if refused else None,
        value_on=row.value_on,
        payment_id=row.payment_id,
    )


@router.post("/debit-mandates", status_code=201, operation_id="add_debit_mandate", responses=problems(404, 409))
@answer_not_kept  # the request carries an account
async def add_debit_mandate(body: MandateIn, tx: TxDep, who: Writes, response: Response) -> MandateOut:
    """Note that the bank collects from a unit's payer, or that the payer declined it. The account is stored sealed."""
    row = await mandates.add(tx, who, body)
    created(response, f"/billing/v1/debit-mandates/{row.id}", row.version)
    return present(row)


@router.get("/debit-mandates", operation_id="list_debit_mandates")
async def list_debit_mandates(
    tx: TxDep,
    who: Reads,
    page: PageDep,
    community_id: UUID | None = None,
    unit_id: UUID | None = None,
    state: Annotated[str | None, Query(pattern="^(active|declined|ended)$")] = None,
) -> Page[MandateOut]:
    """Mandates, the latest first; accounts masked."""
    before = page.after.uuid() if page.after else None
    rows = await mandates.page(tx, who, (community_id, unit_id, state), before, page.limit + 1)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, present)


@router.get("/debit-mandates-to-handle", operation_id="list_debit_mandates_to_handle", responses=problems(404))
async def list_debit_mandates_to_handle(
    tx: TxDep,
    who: Reads,
    page: PageDep,
    community_id: UUID,
    on: Annotated[date | None, Query(description="A local day; today without one")] = None,
) -> Page[ToHandleOut]:
    """Payers who moved in and have neither a mandate nor declined one: to be handled at move-in."""
    after = page.after.uuid() if page.after else None
    rows = await mandates.to_handle(tx, who, community_id, on, after, page.limit + 1)

    def show(row: Row[Any]) -> ToHandleOut:
        return ToHandleOut(unit_id=row.unit_id, unit=row.unit, payer_id=row.payer_id, since=row.since)

    return page_of(rows, page.limit, lambda row: {"id": row.id}, show)


@router.get("/debit-mandates/{mandate_id}", operation_id="get_debit_mandate", responses=problems(404))
async def get_debit_mandate(mandate_id: UUID, tx: TxDep, who: Reads, response: Response) -> MandateOut:
    """One mandate."""
    row = await mandates.get(tx, who, mandate_id)
    etag(response, row.version)
    return present(row)


@router.post("/debit-mandates/{mandate_id}/end", operation_id="end_debit_mandate", responses=problems(404, 409, 412))
async def end_debit_mandate(
    mandate_id: UUID, body: EndIn, tx: TxDep, who: Writes, if_match: IfMatch, response: Response
) -> MandateOut:
    """End a mandate."""
    row = await mandates.end(tx, who, mandate_id, body, if_match)
    etag(response, row.version)
    return present(row)


@router.post("/debit-runs", status_code=201, operation_id="make_debit_run", responses=problems(404, 409))
async def make_debit_run(body: RunIn, tx: TxDep, who: Collects, response: Response) -> RunOut:
    """Make a file of collections: one line a mandate for its bills due by the day; no bill is with the bank twice."""
    row = await service.make(tx, who, body)
    created(response, f"/billing/v1/debit-runs/{row.id}", row.version)
    return present_run(row)


@router.get("/debit-runs", operation_id="list_debit_runs")
async def list_debit_runs(tx: TxDep, who: Reads, page: PageDep, community_id: UUID | None = None) -> Page[RunOut]:
    """Runs, the latest first."""
    before = page.after.uuid() if page.after else None
    rows = await service.page(tx, who, community_id, before, page.limit + 1)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, present_run)


@router.get("/debit-runs/{run_id}", operation_id="get_debit_run", responses=problems(404))
async def get_debit_run(run_id: UUID, tx: TxDep, who: Reads, response: Response) -> RunOut:
    """One run, with what differs in the bank's answer."""
    row = await service.get(tx, who, run_id)
    etag(response, row.version)
    return present_run(row)


@router.get("/debit-runs/{run_id}/lines", operation_id="list_debit_lines", responses=problems(404))
async def list_debit_lines(
    run_id: UUID,
    tx: TxDep,
    who: Reads,
    after: Annotated[int, Query(ge=0, le=1_000_000_000, description="The line after which the page begins")] = 0,
) -> list[LineOut]:
    """The lines of a run in order, 200 at a time: what was collected, refused and why."""
    return [present_line(row) for row in await service.lines_of(tx, who, run_id, after, 200)]


@router.post(
    "/debit-runs/{run_id}/file",
    operation_id="open_debit_file",
    responses={**_CSV, **problems(404)},
    response_class=Response,
)
@answer_not_kept  # the answer opens accounts
async def open_debit_file(run_id: UUID, tx: TxDep, who: Collects) -> Response:
    """The file to the bank, the same every time. It opens accounts, which is recorded."""
    name, text = await service.file_out(tx, who, run_id)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(text.encode(), media_type="text/csv; charset=utf-8", headers=headers)


@router.post("/debit-runs/{run_id}/answer", operation_id="answer_debit_run", responses=problems(404, 409))
async def answer_debit_run(run_id: UUID, body: AnswerIn, tx: TxDep, who: Collects) -> RunOut:
    """Take the bank's answer: accepted lines are booked, refused ones are open again, what differs is listed."""
    return present_run(await service.answer(tx, who, run_id, body.file))
