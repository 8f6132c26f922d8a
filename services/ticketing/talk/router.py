"""``POST /ticketing/v1/tickets/{id}/replies``, ``/urge``, and taking a reply back."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Response

from services.ticketing.talk import service
from services.ticketing.talk.schemas import ReplyIn, ReplyOut, UrgeIn, UrgeOut, WithdrawReplyIn
from shared.auth import Principal, allow
from shared.http.routing import TxDep, body_example, created, problems, service_router

router = service_router(prefix="/v1/tickets/{ticket_id}", tags=["talk"])


@router.post(
    "/replies",
    status_code=201,
    operation_id="reply_on_ticket",
    responses=problems(404, 409),
    openapi_extra=body_example({"text": "师傅您好，下午三点后家里有人，请那时上门", "attachments": []}),
)
async def reply(
    ticket_id: UUID,
    body: ReplyIn,
    tx: TxDep,
    who: Annotated[Principal, allow("ticket.reply")],
    response: Response,
) -> ReplyOut:
    """Say something that owner and staff both read; what staff note among themselves is a follow-up note."""
    said = await service.reply(tx, who, ticket_id, body)
    created(response, f"/ticketing/v1/tickets/{ticket_id}/entries")
    return said


@router.post(
    "/replies/{reply_id}/withdraw",
    operation_id="withdraw_reply",
    status_code=204,
    responses=problems(404, 409),
    openapi_extra=body_example({"reason": "发错了工单"}),
)
async def withdraw(
    ticket_id: UUID,
    reply_id: UUID,
    body: WithdrawReplyIn,
    tx: TxDep,
    who: Annotated[Principal, allow("ticket.reply")],
) -> Response:
    """Take one's own reply back within two minutes; that there was one stays visible, its words do not."""
    await service.withdraw(tx, who, ticket_id, reply_id, body.reason)
    return Response(status_code=204)


@router.post(
    "/urge",
    operation_id="urge_ticket",
    responses=problems(404, 409),
    openapi_extra=body_example({"note": "水已经漫到客厅，请尽快"}),
)
async def urge(
    ticket_id: UUID, body: UrgeIn, tx: TxDep, who: Annotated[Principal, allow("ticket.urge")]
) -> UrgeOut:
    """Urge a case: counted, told to who works on it and to the supervisor, once in half an hour (a parameter)."""
    return await service.urge(tx, who, ticket_id, body)
