"""``/billing/v1/approvals``: what waits for a decision, and deciding it."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import Row

from services.billing.approvals import service
from services.billing.approvals.schemas import ApprovalOut, DecisionIn, State
from shared.auth import Principal, allow
from shared.http.routing import Page, PageDep, TxDep, page_of, problems, service_router
from shared.http.schemas import MoneyModel

router = service_router(prefix="/v1/approvals", tags=["approvals"])

Decides = Annotated[Principal, allow("approval.decide")]


def present(row: Row[Any]) -> ApprovalOut:
    """A request as it goes out; `roles` are those that decide its present step."""
    same = (name for name in ApprovalOut.model_fields if name not in ("amount", "steps", "roles"))
    return ApprovalOut(
        **{name: getattr(row, name) for name in same},
        amount=None if row.amount_fen is None else MoneyModel.of_fen(row.amount_fen, row.currency),
        steps=len(row.chain),
        roles=row.chain[row.step]["roles"],
    )


@router.get("", operation_id="list_approvals")
async def list_approvals(
    tx: TxDep, who: Annotated[Principal, allow("approval.read")], page: PageDep, state: State | None = None
) -> Page[ApprovalOut]:
    """Requests within reach, the newest first."""
    before = page.after.uuid() if page.after else None
    rows = await service.page(tx, who, state, before, page.limit + 1)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, present)


@router.post("/{approval_id}/approve", operation_id="approve_request", responses=problems(404, 409))
async def approve_request(approval_id: UUID, body: DecisionIn, tx: TxDep, who: Decides) -> ApprovalOut:
    """Approve the present step; after the last one what was asked for is done at once."""
    return present(await service.decide(tx, who, approval_id, "approve", body.reason))


@router.post("/{approval_id}/refuse", operation_id="refuse_request", responses=problems(404, 409))
async def refuse_request(approval_id: UUID, body: DecisionIn, tx: TxDep, who: Decides) -> ApprovalOut:
    """Refuse it, with the reason."""
    return present(await service.decide(tx, who, approval_id, "refuse", body.reason))
