"""``/ticketing/v1/tickets``: intake, lists, clocks and history; the commands stand in commands_router."""

from __future__ import annotations

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.ticketing.domain.clock_history import known_at
from services.ticketing.tickets import lists, past_clocks, service, shown
from services.ticketing.tickets.clock_schemas import ClocksOut
from services.ticketing.tickets.deeds import take_in
from services.ticketing.tickets.list_schemas import ListedTicketOut
from services.ticketing.tickets.present import (
    present_entry,
    present_new,
    present_open_signature,
    present_signature,
    written_clock,
    written_ticket,
)
from services.ticketing.tickets.present_clocks import present_clocks
from services.ticketing.tickets.schemas import (
    ContactOut,
    EntryOut,
    KindCode,
    ReasonIn,
    TicketIn,
    TicketOut,
    Urgency,
)
from services.ticketing.tickets.signature_schemas import OpenSignatureOut, SignatureOut
from services.ticketing.views import service as views
from shared.auth import Principal, allow
from shared.http.answers import answer, answer_page
from shared.http.routing import (
    Page,
    PageDep,
    TxDep,
    answer_not_kept,
    body_example,
    created,
    etag,
    page_of,
    problems,
    service_router,
)
from shared.http.schemas import UtcTime

router = service_router(prefix="/v1/tickets", tags=["tickets"])


@router.post("", status_code=201, operation_id="create_ticket", responses=problems(404, 409))
async def create_ticket(
    body: TicketIn, tx: TxDep, who: Annotated[Principal, allow("ticket.create")], response: Response
) -> TicketOut:
    """Take a ticket in. Its clocks start at `occurred_at`, when the owner told us."""
    row = await take_in(tx, who, body)
    created(response, f"/ticketing/v1/tickets/{row['id']}", row["version"])
    return present_new(row, to_owner=who.is_resident)


@router.get("", operation_id="list_tickets", response_model=Page[ListedTicketOut], responses=problems(404))
async def list_tickets(
    tx: TxDep,
    who: Annotated[Principal, allow("ticket.read")],
    page: PageDep,
    response: Response,
    state: Annotated[list[str] | None, Query(description="Any of these states", max_length=20)] = None,
    kind: KindCode | None = None,
    community_id: UUID | None = None,
    unit_id: UUID | None = None,
    assignee_id: UUID | None = None,
    reporter_id: UUID | None = None,
    urgency: Urgency | None = None,
    complex: bool | None = None,
    major: bool | None = None,
    valid: bool | None = None,
    overdue: Annotated[bool | None, Query(description="A promise is late and still not kept")] = None,
    open: Annotated[bool | None, Query(description="Neither closed nor cancelled")] = None,
    number: Annotated[str | None, Query(max_length=40)] = None,
    q: Annotated[
        str | None, Query(max_length=100, description="Words of it, as in /search, or its number")
    ] = None,
    received_from: Annotated[UtcTime | None, Query(description="Received at or after this instant")] = None,
    received_until: Annotated[UtcTime | None, Query(description="Received before this instant")] = None,
    topic: Annotated[str | None, Query(max_length=40, description="What a complaint is about")] = None,
    category: Annotated[str | None, Query(max_length=40, description="What a repair is of")] = None,
    place_id: UUID | None = None,
    building_id: UUID | None = None,
    org_unit_id: Annotated[UUID | None, Query(description="At or below this org unit")] = None,
    view: Annotated[UUID | None, Query(description="Filters kept by a name; those given here go first")] = None,
    clocks: Annotated[bool, Query(description="Each with its promises")] = False,
) -> Response:
    """Tickets within reach, the newest first."""
    wanted = lists.Wanted(
        states=tuple(state or ()),
        kind=kind,
        community_id=community_id,
        unit_id=unit_id,
        assignee_id=assignee_id,
        reporter_id=reporter_id,
        urgency=urgency,
        complex=complex,
        major=major,
        valid=valid,
        overdue=overdue,
        open=open,
        number=number,
        q=q,
        received_from=received_from,
        received_until=received_until,
        topic=topic,
        category=category,
        place_id=place_id,
        building_id=building_id,
        org_unit_id=org_unit_id,
    )
    wanted = await views.filled(tx, who, view, wanted)
    after = page.after.uuid() if page.after is not None else None
    rows = await lists.tickets_page(tx, who, wanted, page.updated_after, after, page.limit + 1)
    names = rows[0]._fields if rows else ()
    present = partial(written_ticket, names=names, to_owner=who.is_resident)
    found = page_of(rows, page.limit, key=lambda r: {"id": r.id}, present=present)
    kept = await lists.clocks_of(tx, [ticket["id"] for ticket in found.items]) if clocks else None
    for ticket in found.items:
        ticket["clocks"] = None if kept is None else [written_clock(row) for row in kept.get(ticket["id"], ())]
    return answer_page(found, response)


@router.get("/{ticket_id}", operation_id="get_ticket", response_model=TicketOut, responses=problems(404))
async def get_ticket(
    ticket_id: UUID, tx: TxDep, who: Annotated[Principal, allow("ticket.read")], response: Response
) -> Response:
    """One ticket; its contact is masked."""
    row = await shown.read(tx, who, ticket_id)
    etag(response, row["version"])
    return answer(written_ticket(row, shown.COLUMNS, to_owner=who.is_resident), response)


@router.get("/{ticket_id}/clocks", operation_id="get_ticket_clocks", responses=problems(404))
async def get_clocks(
    ticket_id: UUID,
    tx: TxDep,
    who: Annotated[Principal, allow("ticket.read")],
    as_of: Annotated[UtcTime | None, Query(description="As it was on record at this moment")] = None,
) -> ClocksOut:
    """Every promise of the ticket: from when, until when, how it stands, and stretch by stretch what counted.

    As of a past moment it is what was on record then, with what was recorded since and changes it.
    """
    if as_of is None:
        found = await service.clocks(tx, who, ticket_id)
        return present_clocks(found.ticket, found.clocks, found.marks, found.plans, tx.now)
    past = await past_clocks.clocks(tx, who, ticket_id, as_of)
    return present_clocks(
        *(past.ticket, past.clocks, past.marks, past.plans, as_of),
        known=lambda at: known_at(past.lines, at, as_of),
        learned=past.learned,
    )


@router.get("/{ticket_id}/entries", operation_id="list_ticket_entries", responses=problems(404))
async def list_entries(
    ticket_id: UUID, tx: TxDep, who: Annotated[Principal, allow("ticket.read")], page: PageDep
) -> Page[EntryOut]:
    """The history as recorded: when things happened, when they were told. Owners see its public part."""
    after = page.after.uuid() if page.after is not None else None
    rows = await service.entries(tx, who, ticket_id, after, page.limit + 1)
    return page_of(rows, page.limit, key=lambda r: {"id": r.id}, present=present_entry)


@router.get("/{ticket_id}/signatures", operation_id="list_ticket_signatures", responses=problems(404))
async def list_signatures(
    ticket_id: UUID, tx: TxDep, who: Annotated[Principal, allow("ticket.read")]
) -> list[SignatureOut]:
    """Signatures and refusals, oldest first, each with the hash of what was signed."""
    case, found = await service.signatures(tx, who, ticket_id)
    return [present_signature(case, row, sealed) for row, sealed in found]


@router.post(
    "/{ticket_id}/signatures/open",
    operation_id="open_ticket_signatures",
    responses=problems(404),
    openapi_extra=body_example({"reason": "业主对签字提出异议，需核对笔迹"}),
)
@answer_not_kept
async def open_signatures(
    ticket_id: UUID, body: ReasonIn, tx: TxDep, who: Annotated[Principal, allow("ticket.contact")]
) -> list[OpenSignatureOut]:
    """Signatures with names and artefacts in full; who opened them and why is recorded."""
    case, found = await service.open_signatures(tx, who, ticket_id, body.reason)
    return [present_open_signature(case, row, sealed) for row, sealed in found]


@router.post(
    "/{ticket_id}/open-contact",
    operation_id="open_ticket_contact",
    responses=problems(404),
    openapi_extra=body_example({"reason": "业主来电催问，需回电"}),
)
@answer_not_kept
async def open_contact(
    ticket_id: UUID, body: ReasonIn, tx: TxDep, who: Annotated[Principal, allow("ticket.contact")]
) -> ContactOut:
    """The contact in full; who opened it and why is recorded. In one's own open case the case is the reason."""
    contact = await service.open_contact(tx, who, ticket_id, body.reason)
    return ContactOut(
        name=contact.get("name"),
        phone=contact.get("phone"),
        email=contact.get("email"),
        person_id=contact.get("person_id"),
    )
