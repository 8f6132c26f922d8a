"""``/ticketing/v1/approvals``: ask, list, decide; the same for every kind of request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Response
from sqlalchemy import Row

from services.ticketing.approvals import service
from services.ticketing.approvals.schemas import (
    AgainIn,
    ApprovalEntryOut,
    ApprovalOut,
    ApprovalWithHistoryOut,
    AskIn,
    DecideIn,
    DelegateIn,
    LadderIn,
    LadderOut,
    RungOut,
    State,
    StepOut,
)
from shared.auth import Principal, allow
from shared.http.routing import IfMatch, Page, PageDep, TxDep, created, etag, page_of, problems, service_router
from shared.http.schemas import MoneyModel

router = service_router(prefix="/v1", tags=["approvals"])

Reads = Annotated[Principal, allow("approval.read")]
Decides = Annotated[Principal, allow("approval.decide")]
Asks = Annotated[Principal, allow("approval.ask")]


def _values(row: Row[Any]) -> dict[str, Any]:
    same = (name for name in ApprovalOut.model_fields if name not in ("amount", "chain"))
    return {
        **{name: getattr(row, name) for name in same},
        "amount": None if row.amount_fen is None else MoneyModel.of_fen(row.amount_fen, row.currency),
        "chain": [StepOut(**{"decided_for": None, **step}) for step in row.chain],
    }


def present(row: Row[Any]) -> ApprovalOut:
    """A stored request."""
    return ApprovalOut(**_values(row))


@router.post("/approvals", status_code=201, operation_id="ask_approval", responses=problems(404, 409))
async def ask_approval(body: AskIn, tx: TxDep, who: Asks, response: Response) -> ApprovalOut:
    """Ask for an approval; who decides follows from the kind, the amount and the org unit."""
    row = await service.ask(tx, who, body)
    created(response, f"/ticketing/v1/approvals/{row.id}", row.version)
    return present(row)


@router.get("/approvals", operation_id="list_approvals")
async def list_approvals(
    tx: TxDep,
    who: Reads,
    page: PageDep,
    state: State | None = None,
    mine: Literal["asked", "to_decide"] | None = None,
    subject_id: UUID | None = None,
) -> Page[ApprovalOut]:
    """Requests within reach, the newest first."""
    after = page.after.uuid() if page.after is not None else None
    rows = await service.page(
        tx, who, state=state, mine=mine, subject_id=subject_id, after=after, limit=page.limit + 1
    )
    return page_of(rows, page.limit, key=lambda r: {"id": r.id}, present=present)


@router.get("/approvals/{approval_id}", operation_id="get_approval", responses=problems(404))
async def get_approval(approval_id: UUID, tx: TxDep, who: Reads, response: Response) -> ApprovalWithHistoryOut:
    """One request with its history."""
    row = await service.find(tx, who, approval_id)
    etag(response, row.version)
    entries = [
        ApprovalEntryOut(**{name: getattr(entry, name) for name in ApprovalEntryOut.model_fields})
        for entry in await service.mechanism.entries(tx, approval_id)
    ]
    return ApprovalWithHistoryOut(**_values(row), entries=entries)


def _endpoint(action: str, who: Any) -> Callable[..., Awaitable[ApprovalOut]]:
    async def endpoint(
        approval_id: UUID, body: DecideIn, tx: TxDep, who: who, if_match: IfMatch, response: Response
    ) -> ApprovalOut:
        row = await service.decide(tx, who, approval_id, action, body.reason, if_match)
        etag(response, row.version)
        return present(row)

    endpoint.__annotations__["who"] = who
    endpoint.__name__ = f"{action}_approval"
    return endpoint


for _action, _who, _summary in (
    ("approve", Decides, "Approve the present step; after the last one the request is approved"),
    ("refuse", Decides, "Refuse the request, with a reason"),
    ("return", Decides, "Give the request back to whoever asked, with a reason"),
    ("withdraw", Asks, "Take one's own request back"),
):
    router.post(
        f"/approvals/{{approval_id}}/{_action}",
        operation_id=f"{_action}_approval",
        summary=_summary,
        responses=problems(404, 409, 412),
    )(_endpoint(_action, _who))


@router.post("/approvals/{approval_id}/delegate", operation_id="delegate_approval", responses=problems(404, 409, 412))
async def delegate_approval(
    approval_id: UUID, body: DelegateIn, tx: TxDep, who: Decides, if_match: IfMatch, response: Response
) -> ApprovalOut:
    """Hand the present step to an employee who is not in the chain yet."""
    row = await service.delegate(tx, who, approval_id, body.to, body.reason, if_match)
    etag(response, row.version)
    return present(row)


@router.post("/approvals/{approval_id}/resubmit", operation_id="resubmit_approval", responses=problems(404, 409, 412))
async def resubmit_approval(
    approval_id: UUID, body: AgainIn, tx: TxDep, who: Asks, if_match: IfMatch, response: Response
) -> ApprovalOut:
    """Ask again after a return; the chain begins anew and follows the new amount."""
    row = await service.resubmit(tx, who, approval_id, body, if_match)
    etag(response, row.version)
    return present(row)


@router.post("/approval-ladders", operation_id="set_approval_ladder", responses=problems(404))
async def set_ladder(
    body: LadderIn, tx: TxDep, who: Annotated[Principal, allow("approval.ladders")]
) -> LadderOut:
    """Set who decides in an org unit and below; from 50,000.00 yuan on the general manager always does."""
    await service.set_ladder(tx, who, body)
    rungs = [RungOut(roles=r.roles, from_amount=r.from_amount, strict=r.strict) for r in body.rungs]
    return LadderOut(org_unit_id=body.org_unit_id, subject_kind=body.subject_kind, rungs=rungs)


@router.get("/approval-ladders", operation_id="list_approval_ladders")
async def list_ladders(tx: TxDep, who: Reads) -> list[LadderOut]:
    """The ladders that org units set for themselves: one's own, those below and those above."""
    found = []
    for (unit, kind), ladder in (await service.ladders(tx, who)).items():
        rungs = [
            RungOut(roles=list(r.roles), from_amount=MoneyModel.of_fen(r.from_fen), strict=r.strict) for r in ladder
        ]
        found.append(LadderOut(org_unit_id=unit, subject_kind=kind, rungs=rungs))
    return found
