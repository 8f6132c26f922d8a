"""``/ticketing/v1/calls`` and ``/ticketing/v1/call-returns``: what clerks do with calls."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response
from sqlalchemy import Row

from services.ticketing.calls import records, repository, service
from services.ticketing.calls.cards import cards, present
from services.ticketing.calls.schemas import (
    AttemptIn,
    CallCard,
    CallDetail,
    CallOut,
    CallRecordsBulk,
    ContactedOut,
    Direction,
    HandleIn,
    ReturnOut,
    SeatIn,
    SeatOut,
)
from services.ticketing.domain.affairs import state_of
from services.ticketing.domain.calls import Outcome
from services.ticketing.register.schemas import BulkOut
from services.ticketing.tickets.schemas import ReasonIn
from shared.auth import Principal, allow
from shared.http.routing import (
    Page,
    PageDep,
    TxDep,
    body_example,
    created,
    etag,
    page_of,
    problems,
    service_router,
)
from shared.masking import mask_phone

router = service_router(prefix="/v1/calls", tags=["calls"])
returns_router = service_router(prefix="/v1/call-returns", tags=["calls"])

Reader = Annotated[Principal, allow("call.read")]
Clerk = Annotated[Principal, allow("call.answer")]
_RETURN = tuple(name for name in ReturnOut.model_fields if name != "number")


def _seat(row: Row[Any] | None) -> SeatOut:
    if row is None:
        return SeatOut(source=None, extension=None, since=None)
    return SeatOut(source=row.source, extension=row.extension, since=row.since)


def present_return(row: Row[Any]) -> ReturnOut:
    """A missed call to return, its number masked."""
    return ReturnOut(number=mask_phone(row.number), **{name: getattr(row, name) for name in _RETURN})


@router.get("", operation_id="list_calls")
async def list_calls(
    tx: TxDep,
    who: Reader,
    page: PageDep,
    community_id: UUID | None = None,
    person_id: UUID | None = None,
    clerk_id: UUID | None = None,
    direction: Direction | None = None,
    outcome: Outcome | None = None,
    in_time: Annotated[bool | None, Query(description="Answered within three rings")] = None,
) -> Page[CallOut]:
    """Calls within reach, the newest first; numbers are masked."""
    equal = {
        "community_id": community_id,
        "person_id": person_id,
        "clerk_id": clerk_id,
        "direction": direction,
        "outcome": outcome,
        "in_time": in_time,
    }
    after = page.after.uuid() if page.after is not None else None
    rows = await service.page(tx, who, equal, page.updated_after, after, page.limit + 1)
    return page_of(rows, page.limit, key=lambda r: {"id": r.id}, present=present)


@router.post("/bulk", operation_id="bulk_calls")
async def post_calls(
    body: CallRecordsBulk, tx: TxDep, who: Annotated[Principal, allow("call.import")]
) -> BulkOut:
    """Import up to 500 call records of an exchange; a call that its events told already is the same call."""
    return await records.bulk_calls(tx, who, body)


@router.get("/seat", operation_id="get_seat")
async def get_seat(tx: TxDep, who: Clerk) -> SeatOut:
    """Where the clerk sits."""
    return _seat(await repository.seat_of(tx, who.sub))


@router.post("/seat", operation_id="take_seat")
async def take_seat(body: SeatIn, tx: TxDep, who: Clerk) -> SeatOut:
    """Sit down at an extension: what rings there pops up for this clerk."""
    return _seat(await service.sit_down(tx, who, body))


@router.post("/seat/leave", operation_id="leave_seat")
async def leave_seat(tx: TxDep, who: Clerk) -> SeatOut:
    """Leave the seat; what rings there pops up for nobody."""
    await service.stand_up(tx, who)
    return _seat(None)


@router.get("/{call_id}", operation_id="get_call", responses=problems(404))
async def get_call(call_id: UUID, tx: TxDep, who: Reader, response: Response) -> CallDetail:
    """One call with what became of its matter."""
    row = await service.find(tx, who, call_id)
    etag(response, row.version)
    given = await repository.dispatched(tx, row.ticket_ids)
    return CallDetail(**present(row).model_dump(), affair_state=state_of(row.affair, given))


@router.get("/{call_id}/card", operation_id="get_call_card", responses=problems(404))
async def get_card(call_id: UUID, tx: TxDep, who: Reader) -> CallCard:
    """What a clerk sees when the phone rings, for any call: caller, units, open cases, last contacts."""
    (card,) = await cards(tx, who, [await service.find(tx, who, call_id)])
    return card


@router.post("/{call_id}/handle", operation_id="handle_call", responses=problems(404, 409))
async def handle_call(call_id: UUID, body: HandleIn, tx: TxDep, who: Clerk) -> CallOut:
    """Record that the matter was settled in the call itself; anything else is a ticket that names the call."""
    return present(await service.handle(tx, who, call_id, body))


@router.post(
    "/{call_id}/open-contact",
    operation_id="open_call_contact",
    responses=problems(404),
    openapi_extra=body_example({"reason": "需回电核实地址"}),
)
async def open_contact(
    call_id: UUID, body: ReasonIn, tx: TxDep, who: Annotated[Principal, allow("ticket.contact")]
) -> ContactedOut:
    """Number and name in full; who opened them and why is recorded. One's own call is reason enough."""
    return ContactedOut(**await service.open_contact(tx, who, call_id, body.reason))


@returns_router.get("", operation_id="list_call_returns")
async def list_returns(
    tx: TxDep,
    who: Reader,
    page: PageDep,
    state: Annotated[str | None, Query(pattern="^(due|returned|withdrawn)$")] = None,
    community_id: UUID | None = None,
    overdue: Annotated[bool | None, Query(description="Still due after its limit")] = None,
) -> Page[ReturnOut]:
    """Missed calls to return within reach, in the order in which they are due."""
    equal = {"state": state, "community_id": community_id}
    after = (page.after.time("due"), page.after.uuid()) if page.after is not None else None
    rows = await service.returns_page(tx, who, equal, overdue, page.updated_after, after, page.limit + 1)
    return page_of(rows, page.limit, key=lambda r: {"due": r.due_at, "id": r.id}, present=present_return)


@returns_router.get("/{return_id}", operation_id="get_call_return", responses=problems(404))
async def get_return(return_id: UUID, tx: TxDep, who: Reader, response: Response) -> ReturnOut:
    """One missed call to return."""
    row = await service.find_return(tx, who, return_id)
    etag(response, row.version)
    return present_return(row)


@returns_router.post(
    "/{return_id}/attempts", status_code=201, operation_id="record_call_back", responses=problems(404, 409)
)
async def record_attempt(
    return_id: UUID, body: AttemptIn, tx: TxDep, who: Clerk, response: Response
) -> ReturnOut:
    """Record a call back that no exchange tells of; it keeps the promise."""
    row = await service.attempt(tx, who, return_id, body)
    created(response, f"/ticketing/v1/call-returns/{row.id}", row.version)
    return present_return(row)
