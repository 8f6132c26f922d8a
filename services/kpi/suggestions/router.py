"""``/kpi/v1/suggestions``."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Response
from sqlalchemy import Row

from services.kpi.suggestions import service
from services.kpi.suggestions.schemas import EffectIn, State, SuggestionDecisionIn, SuggestionIn, SuggestionOut
from shared.auth import Principal, allow
from shared.http.routing import IfMatch, Page, PageDep, TxDep, created, etag, page_of, problems, service_router

router = service_router(prefix="/v1/suggestions", tags=["suggestions"])

READ = allow("suggestion.read")
JUDGE = allow("suggestion.judge")


def present(row: Row[Any]) -> SuggestionOut:
    """A suggestion as it goes out."""
    return SuggestionOut(**{name: getattr(row, name) for name in SuggestionOut.model_fields})


async def _again(tx: Any, who: Principal, suggestion_id: UUID, response: Response) -> SuggestionOut:
    row = await service.get(tx, who, suggestion_id)
    etag(response, row.version)
    return present(row)


@router.post("", status_code=201, operation_id="make_suggestion", responses=problems(404))
async def make_suggestion(
    body: SuggestionIn, tx: TxDep, who: Annotated[Principal, allow("suggestion.make")], response: Response
) -> SuggestionOut:
    """Suggest how the work could be done better."""
    row = await service.get(tx, who, await service.make(tx, who, body))
    created(response, f"/kpi/v1/suggestions/{row.id}", row.version)
    return present(row)


@router.get("", operation_id="list_suggestions")
async def list_suggestions(
    tx: TxDep,
    who: Annotated[Principal, READ],
    page: PageDep,
    community_id: UUID | None = None,
    suggested_by: UUID | None = None,
    state: State | None = None,
) -> Page[SuggestionOut]:
    """Suggestions within reach, the oldest first."""
    filters = {"community_id": community_id, "suggested_by": suggested_by, "state": state}
    rows = await service.page(tx, who, filters, page.after.uuid() if page.after else None, page.limit + 1)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, present)


@router.get("/{suggestion_id}", operation_id="get_suggestion", responses=problems(404))
async def get_suggestion(
    suggestion_id: UUID, tx: TxDep, who: Annotated[Principal, READ], response: Response
) -> SuggestionOut:
    """One suggestion."""
    return await _again(tx, who, suggestion_id, response)


@router.post("/{suggestion_id}/decision", operation_id="decide_suggestion", responses=problems(403, 404, 409, 412))
async def decide_suggestion(
    suggestion_id: UUID,
    body: SuggestionDecisionIn,
    tx: TxDep,
    who: Annotated[Principal, JUDGE],
    if_match: IfMatch,
    response: Response,
) -> SuggestionOut:
    """Adopt or refuse somebody else's suggestion."""
    await service.decide(tx, who, suggestion_id, body.decision, body.note, if_match)
    return await _again(tx, who, suggestion_id, response)


@router.post("/{suggestion_id}/effect", operation_id="prove_suggestion", responses=problems(403, 404, 409, 412))
async def prove_suggestion(
    suggestion_id: UUID,
    body: EffectIn,
    tx: TxDep,
    who: Annotated[Principal, JUDGE],
    if_match: IfMatch,
    response: Response,
) -> SuggestionOut:
    """Say what an adopted suggestion brought, with the evidence."""
    await service.effect(tx, who, suggestion_id, body, if_match)
    return await _again(tx, who, suggestion_id, response)
