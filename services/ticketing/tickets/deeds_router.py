"""``POST /ticketing/v1/tickets/{id}/deeds``: what one kind of ticket alone knows; ``GET /kinds`` says which."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Response

from services.ticketing.tickets import deeds
from services.ticketing.tickets.deed_schemas import DeedIn
from services.ticketing.tickets.present import present_ticket
from services.ticketing.tickets.schemas import TicketOut
from shared.auth import Principal, allow
from shared.http.routing import IfMatch, TxDep, etag, problems, service_router

router = service_router(prefix="/v1/tickets", tags=["tickets"])


@router.post("/{ticket_id}/deeds", operation_id="do_ticket_deed", responses=problems(404, 409, 412))
async def do_deed(
    ticket_id: UUID,
    body: DeedIn,
    tx: TxDep,
    who: Annotated[Principal, allow("ticket.deed")],
    if_match: IfMatch,
    response: Response,
) -> TicketOut:
    """Do what this kind of ticket alone knows, such as verifying a hazard or ruling on an incident."""
    row = await deeds.do(tx, who, ticket_id, body, if_match)
    etag(response, row.version)
    return present_ticket(row, to_owner=False)
