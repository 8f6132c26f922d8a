"""``POST /ticketing/v1/calls/events``: what a telephone exchange tells, signed."""

from __future__ import annotations

from fastapi import Request

from services.ticketing.calls import service
from services.ticketing.calls.schemas import EventIn, EventOut
from services.ticketing.connections.signed import HEADERS, ConnectionKey, received
from services.ticketing.sessions.context import context_of, settled
from shared.http.routing import problems, public, service_router

router = service_router(prefix="/v1/calls", tags=["calls"])

_SCHEMA = EventIn.model_json_schema()


@router.post(
    "/events",
    operation_id="receive_call_event",
    responses=problems(401, 409),
    openapi_extra={
        "parameters": HEADERS,
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": _SCHEMA, "example": _SCHEMA["examples"][0]}},
        },
    },
    max_body_size=64 * 1024,
)
@public  # the signature is the permission: an exchange cannot sign in
async def receive(request: Request, connection: ConnectionKey) -> EventOut:
    """Take in one event of a call from its exchange. Repeats and any order do no harm; each is answered the same."""
    source, body = await received(request, connection, "pbx")
    event, ctx = service.read_event(body), context_of(request)

    async def act() -> EventOut:
        async with ctx.rt.db.tx(source.org_id) as tx:
            row, repeated = await service.hear(tx, source, event)
            return EventOut(id=row.id, outcome=row.outcome, repeated=repeated)

    return await settled(act)
