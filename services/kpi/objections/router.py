"""``/kpi/v1/objections``."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query, Response
from sqlalchemy import Row

from services.kpi.objections import service
from services.kpi.objections.schemas import ObjectionDecisionIn, ObjectionIn, ObjectionOut
from shared.auth import Principal, allow
from shared.http.routing import IfMatch, Page, PageDep, TxDep, created, etag, page_of, problems, service_router

router = service_router(prefix="/v1/objections", tags=["objections"])


def present(row: Row[Any]) -> ObjectionOut:
    """An objection as it goes out."""
    return ObjectionOut(
        id=row.id,
        version=row.version,
        indicator=row.indicator,
        subject=row.subject,
        fact_id=row.fact_id,
        community_id=row.community_id,
        on=row.on_date,
        reason=row.reason,
        file_ids=row.file_ids,
        state=row.state,
        raised_by=row.raised_by,
        created_at=row.created_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        decision=row.decision,
        decision_file_ids=row.decision_files,
        restated=row.restated,
    )


@router.post("", status_code=201, operation_id="raise_objection", responses=problems(404, 409))
async def raise_objection(
    body: ObjectionIn, tx: TxDep, who: Annotated[Principal, allow("objection.raise")], response: Response
) -> ObjectionOut:
    """Object to a single case, with evidence; it counts as before until somebody decides."""
    row = await service.raise_(tx, who, body)
    created(response, f"/kpi/v1/objections/{row.id}", row.version)
    return present(row)


@router.get("", operation_id="list_objections")
async def list_objections(
    tx: TxDep,
    who: Annotated[Principal, allow("scorecard.read")],
    page: PageDep,
    community_id: UUID | None = None,
    indicator: Annotated[str | None, Query(max_length=120)] = None,
    state: Literal["open", "upheld", "refused"] | None = None,
) -> Page[ObjectionOut]:
    """Objections within reach, the oldest first."""
    filters = {"community_id": community_id, "indicator": indicator, "state": state}
    rows = await service.page(tx, who, filters, page.after.uuid() if page.after else None, page.limit + 1)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, present)


@router.get("/{objection_id}", operation_id="get_objection", responses=problems(404))
async def get_objection(
    objection_id: UUID, tx: TxDep, who: Annotated[Principal, allow("scorecard.read")], response: Response
) -> ObjectionOut:
    """One objection."""
    row = await service.get(tx, who, objection_id)
    etag(response, row.version)
    return present(row)


@router.post("/{objection_id}/decision", operation_id="decide_objection", responses=problems(403, 404, 409, 412))
async def decide_objection(
    objection_id: UUID,
    body: ObjectionDecisionIn,
    tx: TxDep,
    who: Annotated[Principal, allow("objection.decide")],
    if_match: IfMatch,
    response: Response,
) -> ObjectionOut:
    """Uphold or refuse; an upheld objection restates every scorecard that counts the case."""
    row = await service.decide(tx, who, objection_id, body, if_match)
    etag(response, row.version)
    return present(row)
