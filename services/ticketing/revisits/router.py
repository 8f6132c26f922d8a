"""``/ticketing/v1/revisits``: follow-up calls that are due, and their attempts."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response
from sqlalchemy import Row

from services.ticketing.access import zone_of
from services.ticketing.domain.clocks import in_time
from services.ticketing.domain.revisit_rules import Attempt, counts_from, half_days_tried, readings
from services.ticketing.revisits import corrections, repository, service
from services.ticketing.revisits.schemas import (
    AssignIn,
    AttemptIn,
    AttemptOut,
    CallOut,
    CorrectionIn,
    CorrectionOut,
    RevisitDetail,
    RevisitOut,
    RevisitState,
)
from shared.auth import Principal, allow
from shared.db.tx import Tx
from shared.http.routing import IfMatch, Page, PageDep, TxDep, created, etag, page_of, problems, service_router

router = service_router(prefix="/v1/revisits", tags=["revisits"])

_SAME = tuple(name for name in RevisitOut.model_fields if name != "ticket_number")
_ATTEMPT = tuple(AttemptOut.model_fields)
_CORRECTION = tuple(CorrectionOut.model_fields)


def present(row: Row[Any]) -> RevisitOut:
    """A follow-up call as it goes out."""
    return RevisitOut(ticket_number=row.number, **{name: getattr(row, name) for name in _SAME})


@router.get("", operation_id="list_revisits")
async def list_revisits(
    tx: TxDep,
    who: Annotated[Principal, allow("revisit.read")],
    page: PageDep,
    state: Annotated[list[RevisitState] | None, Query(max_length=5)] = None,
    community_id: UUID | None = None,
    ticket_id: UUID | None = None,
    caller_id: UUID | None = None,
    overdue: Annotated[bool | None, Query(description="Still due after its limit")] = None,
) -> Page[RevisitOut]:
    """Follow-up calls within reach in the order in which they are due."""
    after = (page.after.time("due"), page.after.uuid()) if page.after is not None else None
    rows = await service.page(
        tx,
        who,
        states=state or (),
        community_id=community_id,
        ticket_id=ticket_id,
        caller_id=caller_id,
        overdue=overdue,
        updated_after=page.updated_after,
        after=after,
        limit=page.limit + 1,
    )
    return page_of(rows, page.limit, key=lambda r: {"due": r.due_at, "id": r.id}, present=present)


@router.get("/call-list", operation_id="get_revisit_call_list")
async def call_list(
    tx: TxDep,
    who: Annotated[Principal, allow("revisit.read")],
    page: PageDep,
    community_id: UUID | None = None,
    everybody: Annotated[bool, Query(description="Also what is for others to call about")] = False,
) -> Page[CallOut]:
    """The call list of the day: what is due, the most urgent first, overdue before all (E-004).

    ``counts_from`` says from when one more try in vain makes the tries enough, so that nobody calls three times in one
    morning for nothing. Telephone numbers are opened at the ticket, where that is recorded.
    """
    rows = await service.page(
        tx,
        who,
        states=["due"],  # row: E-004 what is due, the most urgent first
        community_id=community_id,
        ticket_id=None,
        caller_id=None,
        overdue=None,
        mine=not everybody,
        updated_after=page.updated_after,
        after=(page.after.time("due"), page.after.uuid()) if page.after is not None else None,
        limit=page.limit + 1,
    )
    made = await repository.attempts_of_all(tx, [row.id for row in rows])

    def line(row: Row[Any]) -> CallOut:
        tries, zone = [Attempt(a.occurred_at, a.outcome) for a in made[row.id]], zone_of(row.timezone)
        return CallOut(
            **present(row).model_dump(),
            kind=row.kind,
            summary=row.summary,
            unit_number=row.unit_number,
            overdue=not in_time(tx.now, row.due_at),
            half_days_tried=half_days_tried(tries, zone),
            counts_from=counts_from(tries, zone, tx.now),
        )

    return page_of(rows, page.limit, key=lambda r: {"due": r.due_at, "id": r.id}, present=line)


@router.get("/{revisit_id}", operation_id="get_revisit", responses=problems(404))
async def get_revisit(
    revisit_id: UUID, tx: TxDep, who: Annotated[Principal, allow("revisit.read")], response: Response
) -> RevisitDetail:
    """One follow-up call with all its attempts."""
    row = await service.find(tx, who, revisit_id)
    etag(response, row.version)
    return await _detail(tx, row)


async def _detail(tx: Tx, row: Row[Any]) -> RevisitDetail:
    made = [AttemptOut(**{name: getattr(a, name) for name in _ATTEMPT}) for a in await service.attempts(tx, row.id)]
    corrected = [
        CorrectionOut(**{name: getattr(c, name) for name in _CORRECTION})
        for c in await repository.corrections_of(tx, row.id)
    ]
    told = readings(await service.made_of(tx, row.id), row.due_at, zone_of(row.timezone), tx.now)
    return RevisitDetail(**present(row).model_dump(), attempt_list=made, corrections=corrected, readings=dict(told))


@router.post("/{revisit_id}/assign", operation_id="assign_revisit", responses=problems(404, 409, 412))
async def assign_revisit(
    revisit_id: UUID,
    body: AssignIn,
    tx: TxDep,
    who: Annotated[Principal, allow("revisit.assign")],
    if_match: IfMatch,
    response: Response,
) -> RevisitOut:
    """Name who is to call; never the handler of the case."""
    row = await service.assign(tx, who, revisit_id, body.caller_id, if_match)
    etag(response, row.version)
    return present(row)


@router.post(
    "/{revisit_id}/attempts",
    status_code=201,
    operation_id="record_revisit_attempt",
    responses=problems(404, 409),
)
async def record_attempt(
    revisit_id: UUID,
    body: AttemptIn,
    tx: TxDep,
    who: Annotated[Principal, allow("revisit.attempt")],
    response: Response,
) -> RevisitOut:
    """Record one call. A contact, or three vain attempts on two different half-days, makes the call done."""
    row = await service.attempt(tx, who, revisit_id, body)
    created(response, f"/ticketing/v1/revisits/{row.id}", row.version)
    return present(row)


@router.post(
    "/{revisit_id}/attempts/{attempt_id}/corrections",
    status_code=201,
    operation_id="correct_revisit_attempt",
    responses=problems(404),
)
async def correct_attempt(
    revisit_id: UUID,
    attempt_id: UUID,
    body: CorrectionIn,
    tx: TxDep,
    who: Annotated[Principal, allow("revisit.attempt")],
    response: Response,
) -> RevisitDetail:
    """Say what the record of a call should have said. The record itself stays, and both are shown."""
    row = await corrections.correct(tx, who, revisit_id, attempt_id, body)
    created(response, f"/ticketing/v1/revisits/{row.id}", row.version)
    return await _detail(tx, row)
