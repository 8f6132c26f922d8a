"""``POST /ticketing/v1/mail``: raw messages from the mail relay, signed; and the mail of a ticket."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Request

from services.ticketing.connections.signed import HEADERS, ConnectionKey, received
from services.ticketing.mail import service
from services.ticketing.mail.schemas import MailOut, MailTakenOut, TicketMailOut
from services.ticketing.sessions.context import context_of, settled
from services.ticketing.sessions.secrets import vault
from shared.auth import Principal, allow
from shared.http.routing import TxDep, problems, public, service_router
from shared.masking import mask_email

router = service_router(prefix="/v1", tags=["mail"])

#: What mail programs send at most; base64 makes it a third more than the files in it.
MOST_BYTES = 25 * 1024 * 1024
_SAME = tuple(name for name in MailOut.model_fields if name != "sender")


@router.post(
    "/mail",
    operation_id="receive_mail",
    responses=problems(401, 413),
    openapi_extra={
        "parameters": HEADERS,
        "requestBody": {
            "required": True,
            "content": {"message/rfc822": {"schema": {"type": "string", "format": "binary"}}},
        },
    },
    max_body_size=MOST_BYTES,
)
@public  # the signature is the permission: a relay cannot sign in
async def receive_mail(request: Request, connection: ConnectionKey) -> MailTakenOut:
    """Take in one raw message (RFC 5322): it answers a case of its sender, or opens one.

    Mail of machines (automatic answers, bounces, lists) is answered 200 as well, and does nothing.
    """
    mailbox, data = await received(request, connection, "mail")
    ctx = context_of(request)
    row, repeated = await settled(lambda: service.take_in(ctx.rt, ctx.vault, mailbox, data))
    return MailTakenOut(outcome=row.outcome, reason=row.reason, ticket_id=row.ticket_id, repeated=repeated)


@router.get("/tickets/{ticket_id}/mail", operation_id="list_ticket_mail", responses=problems(404))
async def list_mail(
    ticket_id: UUID, request: Request, tx: TxDep, who: Annotated[Principal, allow("mail.read")]
) -> TicketMailOut:
    """The mail of a ticket, and what an answer to it carries in its subject."""
    key = vault(request.app.state.settings.master_key)
    tag, rows = await service.of_ticket(tx, who, key, ticket_id)
    items = [MailOut(sender=mask_email(row.sender), **{name: getattr(row, name) for name in _SAME}) for row in rows]
    return TicketMailOut(subject_tag=tag, items=items)
