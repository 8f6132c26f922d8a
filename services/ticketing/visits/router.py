"""``/ticketing/v1/visits``: the reception log."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Response
from sqlalchemy import Row

from services.ticketing.calls.repository import dispatched
from services.ticketing.domain.affairs import state_of
from services.ticketing.visits import service
from services.ticketing.visits.schemas import ObserveIn, VisitDetail, VisitHandleIn, VisitIn, VisitOut
from shared.auth import Principal, allow
from shared.http.routing import Page, PageDep, TxDep, created, etag, page_of, problems, service_router
from shared.masking import mask_name

router = service_router(prefix="/v1/visits", tags=["visits"])

_SAME = tuple(name for name in VisitOut.model_fields if name != "visitor_name")


def present(row: Row[Any]) -> VisitOut:
    """A visit, the visitor's name masked."""
    return VisitOut(visitor_name=mask_name(row.visitor_name), **{name: getattr(row, name) for name in _SAME})


@router.post("", status_code=201, operation_id="record_visit", responses=problems(404, 409))
async def record_visit(
    body: VisitIn, tx: TxDep, who: Annotated[Principal, allow("visit.record")], response: Response
) -> VisitOut:
    """Record somebody who came to the desk; whoever records it received them."""
    row = await service.receive(tx, who, body)
    created(response, f"/ticketing/v1/visits/{row.id}", row.version)
    return present(row)


@router.get("", operation_id="list_visits")
async def list_visits(
    tx: TxDep,
    who: Annotated[Principal, allow("visit.read")],
    page: PageDep,
    community_id: UUID | None = None,
    unit_id: UUID | None = None,
    person_id: UUID | None = None,
    received_by: UUID | None = None,
    affair: Literal["at_once", "transferred", "ticketed"] | None = None,
) -> Page[VisitOut]:
    """The reception log within reach, the newest record first; names are masked."""
    equal = {
        "community_id": community_id,
        "unit_id": unit_id,
        "person_id": person_id,
        "received_by": received_by,
        "affair": affair,
    }
    after = page.after.uuid() if page.after is not None else None
    rows = await service.page(tx, who, equal, page.updated_after, after, page.limit + 1)
    return page_of(rows, page.limit, key=lambda r: {"id": r.id}, present=present)


@router.get("/{visit_id}", operation_id="get_visit", responses=problems(404))
async def get_visit(
    visit_id: UUID, tx: TxDep, who: Annotated[Principal, allow("visit.read")], response: Response
) -> VisitDetail:
    """One visit with what became of its matter."""
    row = await service.find(tx, who, visit_id)
    etag(response, row.version)
    given = await dispatched(tx, row.ticket_ids)
    return VisitDetail(**present(row).model_dump(), affair_state=state_of(row.affair, given))


@router.post("/{visit_id}/handle", operation_id="handle_visit", responses=problems(404, 409))
async def handle_visit(
    visit_id: UUID, body: VisitHandleIn, tx: TxDep, who: Annotated[Principal, allow("visit.record")]
) -> VisitOut:
    """Record that the matter was settled at once or passed on; anything else is a ticket that names the visit."""
    return present(await service.handle(tx, who, visit_id, body))


@router.post("/{visit_id}/observe", operation_id="observe_visit", responses=problems(404, 409))
async def observe_visit(
    visit_id: UUID, body: ObserveIn, tx: TxDep, who: Annotated[Principal, allow("visit.observe")]
) -> VisitOut:
    """Record a sampled observation of the greeting, by somebody else than who received the visitor."""
    return present(await service.observe(tx, who, visit_id, body.greeted))
