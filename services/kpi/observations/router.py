"""``/kpi/v1/observations``."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query, Response
from sqlalchemy import Row

from services.kpi.domain.freezing import reading_from_json
from services.kpi.domain.numbers import plain
from services.kpi.observations import service
from services.kpi.observations.schemas import MarkOut, ObservationIn, ObservationOut, ReviewIn
from shared.auth import Principal, allow
from shared.http.routing import IfMatch, Page, PageDep, TxDep, created, etag, page_of, problems, service_router

router = service_router(prefix="/v1/observations", tags=["observations"])


def present(row: Row[Any]) -> ObservationOut:
    """An observation as it goes out."""
    same = (name for name in ObservationOut.model_fields if name not in ("on", "recorded_at", "marks"))
    return ObservationOut(
        **{name: getattr(row, name) for name in same},
        on=row.on_date,
        recorded_at=row.created_at,
        marks=[MarkOut(points=plain(mark.points), reason=mark.reason) for mark in reading_from_json(row.reading).marks],
    )


@router.post("", status_code=201, operation_id="record_observation", responses=problems(404))
async def record_observation(
    body: ObservationIn, tx: TxDep, who: Annotated[Principal, allow("observation.record")], response: Response
) -> ObservationOut:
    """Record what was measured, with its evidence; it counts once somebody else has confirmed it."""
    row = await service.record(tx, who, body)
    created(response, f"/kpi/v1/observations/{row.id}", row.version)
    return present(row)


@router.get("", operation_id="list_observations")
async def list_observations(
    tx: TxDep,
    who: Annotated[Principal, allow("observation.read")],
    page: PageDep,
    indicator: Annotated[str | None, Query(max_length=120)] = None,
    community_id: UUID | None = None,
    state: Literal["recorded", "confirmed", "rejected"] | None = None,
    case_id: Annotated[UUID | None, Query(description="Proposed from this ticket")] = None,
) -> Page[ObservationOut]:
    """Observations within reach, the oldest first."""
    filters = {"indicator": indicator, "community_id": community_id, "state": state, "case_id": case_id}
    rows = await service.page(tx, who, filters, page.after.uuid() if page.after else None, page.limit + 1)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, present)


@router.get("/{observation_id}", operation_id="get_observation", responses=problems(404))
async def get_observation(
    observation_id: UUID, tx: TxDep, who: Annotated[Principal, allow("observation.read")], response: Response
) -> ObservationOut:
    """One observation."""
    row = await service.get(tx, who, observation_id)
    etag(response, row.version)
    return present(row)


@router.post("/{observation_id}/review", operation_id="review_observation", responses=problems(404, 409, 412))
async def review_observation(
    observation_id: UUID,
    body: ReviewIn,
    tx: TxDep,
    who: Annotated[Principal, allow("observation.review")],
    response: Response,
    version: IfMatch,
) -> ObservationOut:
    """Confirm or reject what somebody else recorded."""
    row = await service.review(tx, who, observation_id, body, version)
    etag(response, row.version)
    return present(row)
