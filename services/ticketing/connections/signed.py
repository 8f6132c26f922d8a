"""The signed way in: who sent a message is settled before its body is looked at, and before a large one is read."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Request
from sqlalchemy import Row

from services.ticketing.connections import service
from services.ticketing.domain.inbound_errors import NotSigned
from services.ticketing.sessions.secrets import vault
from shared import clock
from shared.http import signed
from shared.runtime import Runtime

ConnectionKey = Annotated[
    str, Query(pattern="^[0-9a-f]{32}\\.[0-9a-f]{32}$", description="The connection's `key`")
]

#: The headers of a signed message, for the documentation.
HEADERS = [
    {"name": name, "in": "header", "required": True, "schema": {"type": "string"}, "description": text}
    for name, text in (
        ("webhook-id", "The message's own id; a repeat carries the same"),
        ("webhook-timestamp", "When it was signed, Unix seconds; at most five minutes from now"),
        ("webhook-signature", "`v1,` and base64 of HMAC-SHA-256 over `id.timestamp.body`"),
    )
]


async def received(request: Request, key: str, kind: str) -> tuple[Row[Any], bytes]:
    """The connection that signed a message, and the message.

    Raises:
        NotSigned: unknown or ended, wrongly signed, altered, or too old; which of them is not told.
    """
    rt: Runtime = request.app.state.runtime
    if not signed.is_timely(request.headers, clock.wall()):
        raise NotSigned()
    row = await service.caller(rt, key, kind)
    secrets = service.secrets_of(row, vault(rt.settings.master_key), clock.wall())
    body = await request.body()
    if not signed.is_genuine(request.headers, body, secrets, clock.wall()):
        raise NotSigned()
    return row, body
