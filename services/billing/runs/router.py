"""``/billing/v1/billing-runs``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query, Response
from sqlalchemy import Row

from services.billing.domain.runs import SKIP_REASONS
from services.billing.domain.vocabulary import RUN_DONE
from services.billing.runs import preview, service
from services.billing.runs.schemas import (
    PreviewBillOut,
    PreviewLineOut,
    PreviewOut,
    RegisterOut,
    RunIn,
    RunOut,
    SkippedOut,
    Wanted,
)
from shared.auth import Principal, allow
from shared.http.routing import Page, PageDep, TxDep, created, page_of, problems, service_router
from shared.http.schemas import MoneyModel, Text

router = service_router(prefix="/v1/billing-runs", tags=["billing runs"])


def _skipped(reasons: Mapping[str, int]) -> list[SkippedOut]:
    return [
        SkippedOut(reason=reason, text=Text(**SKIP_REASONS[reason]), units=units)
        for reason, units in sorted(reasons.items())
    ]


def present(row: Row[Any]) -> RunOut:
    """A run as it goes out."""
    return RunOut(
        id=row.id,
        community_id=row.community_id,
        standard_id=row.standard_id,
        version_id=row.version_id,
        period=row.period,
        state=row.state,
        units=row.units,
        billed=row.billed,
        skipped=_skipped(row.skipped),
        total=MoneyModel.of_fen(row.bills_fen),
        lines_total=None if row.lines_fen is None else MoneyModel.of_fen(row.lines_fen),
        balanced=row.lines_fen == row.bills_fen if row.state == RUN_DONE else None,
        prepaid_used=MoneyModel.of_fen(row.prepaid_used_fen),
        register_copy=RegisterOut(state=row.register_state, position=row.register_position, head=row.register_head),
        started_at=row.created_at,
        finished_at=row.finished_at,
    )


@router.post("", status_code=202, operation_id="start_billing_run", responses=problems(404, 409))
async def start_billing_run(
    body: RunIn, tx: TxDep, who: Annotated[Principal, allow("billing_run.start")], response: Response
) -> RunOut:
    """Bill a community for a month. The worker does it; ask for the run at its `Location` until it is done.

    409 `billing.register.behind` while the copy of the register is catching up: try again in a moment.
    """
    run_id = await service.start(tx, who, body)
    created(response, f"/billing/v1/billing-runs/{run_id}")
    return present(await service.get(tx, who, run_id))


@router.post("/preview", operation_id="preview_billing_run", responses=problems(404, 409))
async def preview_billing_run(
    body: RunIn, tx: TxDep, who: Annotated[Principal, allow("billing_run.start")]
) -> PreviewOut:
    """What the run would bill now, without storing anything: sums of all units, and the first 50 bills in full."""
    found = await preview.preview(tx, who, body)
    return PreviewOut(
        community_id=body.community_id,
        standard_id=found.version.id,
        version_id=found.version.version_id,
        period=body.period,
        due_date=found.due_on,
        units=found.units,
        billed=found.billed,
        skipped=_skipped(found.skipped),
        total=MoneyModel.of_fen(found.total_fen),
        bills=[
            PreviewBillOut(
                unit_id=draft.unit_id,
                payer_id=draft.payer_id,
                amount=MoneyModel.of_fen(draft.amount_fen),
                lines=[
                    PreviewLineOut(text=Text(**line.text), amount=MoneyModel.of_fen(line.amount_fen))
                    for line in draft.lines
                ],
            )
            for draft in found.drafts
        ],
        register_copy=RegisterOut(
            state=found.register.state, position=found.register.position, head=found.register.head
        ),
    )


@router.get("", operation_id="list_billing_runs")
async def list_billing_runs(
    tx: TxDep,
    who: Annotated[Principal, allow("billing_run.read")],
    page: PageDep,
    community_id: UUID | None = None,
    period: Annotated[str | None, Query(pattern=r"^\d{4}-\d{2}$")] = None,
    state: Literal["queued", "running", "done"] | None = None,
) -> Page[RunOut]:
    """Billing runs, the latest first."""
    wanted = Wanted(community_id, period, state, page.updated_after)
    rows = await service.page(tx, who, wanted, page.after.uuid() if page.after else None, page.limit + 1)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, present)


@router.get("/{run_id}", operation_id="get_billing_run", responses=problems(404))
async def get_billing_run(run_id: UUID, tx: TxDep, who: Annotated[Principal, allow("billing_run.read")]) -> RunOut:
    """One run with its progress."""
    return present(await service.get(tx, who, run_id))
