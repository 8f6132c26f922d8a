"""``/billing/v1/late-fees``, the runs that charge them and the disputes that stop them."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Response
from sqlalchemy import Row

from services.billing.latefees import service
from services.billing.latefees.schemas import HoldEndIn, HoldIn, HoldOut, LateEntryOut, LateRunIn, LateRunOut
from shared.auth import Principal, allow
from shared.http.routing import Page, PageDep, TxDep, created, page_of, problems, service_router
from shared.http.schemas import MoneyModel

router = service_router(prefix="/v1", tags=["late fees"])

Holds = Annotated[Principal, allow("late_fee.hold")]


def present(row: Row[Any]) -> LateEntryOut:
    """An entry as it goes out."""
    return LateEntryOut(
        id=row.id,
        bill_id=row.bill_id,
        principal=MoneyModel.of_fen(row.principal_fen),
        daily_rate=format(row.rate.normalize(), "f"),
        first_on=row.first_on,
        last_on=row.last_on,
        days=row.days,
        amount=MoneyModel.of_fen(row.amount_fen),
        computed_at=row.computed_at,
    )


def _hold(row: Row[Any]) -> HoldOut:
    return HoldOut(**{name: getattr(row, name) for name in HoldOut.model_fields})


def _run(row: Row[Any]) -> LateRunOut:
    return LateRunOut(
        id=row.id,
        community_id=row.community_id,
        standard_id=row.standard_id,
        until=row.until,
        state=row.state,
        bills=row.bills,
        changed=row.changed,
        charged=MoneyModel.of_fen(row.charged_fen),
        credited=MoneyModel.of_fen(row.credited_fen),
        started_at=row.created_at,
        finished_at=row.finished_at,
    )


@router.post("/late-fee-runs", status_code=202, operation_id="start_late_fee_run", responses=problems(404, 409))
async def start_late_fee_run(
    body: LateRunIn, tx: TxDep, who: Annotated[Principal, allow("billing_run.start")], response: Response
) -> LateRunOut:
    """Charge late fees up to a day. Each bill's fee is computed anew from all that is known: what is missing is
    entered and billed, what no longer stands is taken back and credited; the same run again adds nothing."""
    row = await service.start(tx, who, body)
    created(response, f"/billing/v1/late-fee-runs/{row.id}")
    return _run(row)


@router.get("/late-fee-runs", operation_id="list_late_fee_runs")
async def list_late_fee_runs(
    tx: TxDep, who: Annotated[Principal, allow("billing_run.read")], page: PageDep, community_id: UUID | None = None
) -> Page[LateRunOut]:
    """Late fee runs, the latest first."""
    before = page.after.uuid() if page.after else None
    rows = await service.past_runs(tx, who, community_id, before, page.limit + 1)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, _run)


@router.get("/late-fee-runs/{run_id}", operation_id="get_late_fee_run", responses=problems(404))
async def get_late_fee_run(
    run_id: UUID, tx: TxDep, who: Annotated[Principal, allow("billing_run.read")]
) -> LateRunOut:
    """One late fee run with its progress."""
    return _run(await service.run(tx, who, run_id))


@router.get("/late-fees", operation_id="list_late_fees")
async def list_late_fees(
    tx: TxDep,
    who: Annotated[Principal, allow("bill.read")],
    page: PageDep,
    bill_id: UUID | None = None,
    unit_id: UUID | None = None,
) -> Page[LateEntryOut]:
    """The entries behind late fees, in the order they were made; residents see those of their own dwellings."""
    after = page.after.uuid() if page.after else None
    rows = await service.page(tx, who, bill_id, unit_id, after, page.limit + 1)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, present)


@router.post("/late-fee-holds", status_code=201, operation_id="hold_late_fee", responses=problems(404))
async def hold_late_fee(body: HoldIn, tx: TxDep, who: Holds, response: Response) -> HoldOut:
    """A bill is disputed: no late fee on these days, from the next run on also where one was charged already."""
    row = await service.dispute(tx, who, body)
    created(response, f"/billing/v1/late-fees?bill_id={row.bill_id}")
    return _hold(row)


@router.post("/late-fee-holds/{hold_id}/end", operation_id="end_late_fee_hold", responses=problems(404))
async def end_late_fee_hold(hold_id: UUID, body: HoldEndIn, tx: TxDep, who: Holds) -> HoldOut:
    """A dispute ended; the day given is the last one without a late fee."""
    return _hold(await service.settle(tx, who, hold_id, body.until))
