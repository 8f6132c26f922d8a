"""``/kpi/v1/letters/{letter_id}/as-if`` and ``…/gaps``, and ``/kpi/v1/actions``."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.kpi.advice import presenting, service
from services.kpi.advice.schemas import ActionsOut, AsIfIn, AsIfOut, GapsOut
from services.kpi.domain.numbers import fixed
from services.kpi.schemas import ScorecardResult
from shared.auth import Principal, allow
from shared.http.routing import TxDep, problems, service_router

router = service_router(prefix="/v1", tags=["advice"])


@router.post("/letters/{letter_id}/as-if", operation_id="letter_as_if", responses=problems(404, 409))
async def letter_as_if(
    letter_id: UUID, body: AsIfIn, tx: TxDep, who: Annotated[Principal, allow("advice.read")]
) -> AsIfOut:
    """Score a letter's real period as if its targets, rules, parameters or calendar were others; stores nothing."""
    now, then = await service.as_if(tx, who, letter_id, body)
    more = service.difference(now.card, then)
    return AsIfOut(
        period=str(now.period),
        now=ScorecardResult.model_validate(now.card.as_json()),
        as_if=ScorecardResult.model_validate(then.as_json()),
        difference=None if more is None else fixed(more),
    )


@router.get("/letters/{letter_id}/gaps", operation_id="letter_gaps", responses=problems(404, 409))
async def letter_gaps(
    letter_id: UUID,
    tx: TxDep,
    who: Annotated[Principal, allow("advice.read")],
    period: Annotated[str, Query(max_length=10, examples=["2025-Q1"])],
) -> GapsOut:
    """The missed targets of a letter's period, and the fewest cases that would reach each."""
    now, found = await service.gaps(tx, who, letter_id, period)
    return GapsOut(
        period=str(now.period),
        total=None if now.card.total is None else fixed(now.card.total),
        items=await presenting.gaps(tx, now, found),
    )


@router.get("/actions", operation_id="list_actions", responses=problems(404))
async def list_actions(
    tx: TxDep,
    who: Annotated[Principal, allow("advice.read")],
    community_id: UUID | None = None,
    mine: Annotated[bool, Query(description="Only cases that are mine")] = False,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ActionsOut:
    """Today's list (今日保分清单): what can still be won or lost under the letters in force, points at stake first."""
    shown = await presenting.actions(tx, await service.actions(tx, who, community_id))
    return ActionsOut(items=[one for one in shown if not mine or one.who == who.sub][:limit])
