"""``GET /ticketing/v1/tickets/{id}/sign-document`` and ``POST …/decide-unsigned``."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Response

from services.ticketing.signing import service
from services.ticketing.signing.schemas import DecideUnsignedIn, SignDocumentOut
from services.ticketing.tickets.present import present_ticket
from services.ticketing.tickets.schemas import TicketOut
from shared.auth import Principal, allow
from shared.http.routing import TxDep, body_example, etag, problems, service_router

router = service_router(prefix="/v1/tickets/{ticket_id}", tags=["signing"])


@router.get("/sign-document", operation_id="get_sign_document", responses=problems(404, 409))
async def get_sign_document(
    ticket_id: UUID, tx: TxDep, who: Annotated[Principal, allow("ticket.sign")]
) -> SignDocumentOut:
    """What the signer is to be shown, with the hash that goes with the signature; 409 when there is nothing to sign."""
    return await service.sign_document(tx, who, ticket_id)


@router.post(
    "/decide-unsigned",
    operation_id="decide_unsigned_ticket",
    responses=problems(404, 409),
    openapi_extra=body_example(
        {"ground": "refused", "close": False, "reason": "请客服主管再次上门沟通，业主对隔音效果仍有疑虑"}
    ),
)
async def decide_unsigned(
    ticket_id: UUID,
    body: DecideUnsignedIn,
    tx: TxDep,
    who: Annotated[Principal, allow("ticket.decide_unsigned")],
    response: Response,
) -> TicketOut:
    """The general manager's decision on a case that nobody signs (AMB-105); it stays open unless it says `close`."""
    row = await service.decide_unsigned(tx, who, ticket_id, body)
    etag(response, row.version)
    return present_ticket(row, to_owner=who.is_resident)
