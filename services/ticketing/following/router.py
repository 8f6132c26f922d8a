"""``/ticketing/v1/my/tickets``, and one case live: by long poll, and by server-sent events.

Whoever waits holds no connection and asks nothing: the case's bell rings when an event speaks of it
(:mod:`shared.http.subject_watch`), and only then is the case read again, in a transaction of a moment.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Final
from uuid import UUID

import orjson
from fastapi import Header, Query, Request
from fastapi.responses import StreamingResponse

from services.ticketing.domain.ticket_errors import NoSuchTicket
from services.ticketing.following import service
from services.ticketing.following.present import present_mine, present_news
from services.ticketing.following.schemas import MOST_ENTRIES, MyTicketOut, TicketNewsOut
from services.ticketing.following.service import Look
from shared.auth import Principal, allow
from shared.clock import monotonic, wall
from shared.http.routing import Page, PageDep, TxDep, page_of, problems, service_router
from shared.http.subject_watch import SubjectWatch

router = service_router(prefix="/v1", tags=["following"])

LONGEST_WAIT: Final = 25
KEEP_ALIVE: Final = 15.0
_LONGEST_STREAM: Final = 3600.0

_AFTER = Query(description="Entries after this one: the `after` of the last answer")


@router.get("/my/tickets", operation_id="list_my_tickets")
async def list_my_tickets(
    tx: TxDep,
    who: Annotated[Principal, allow("ticket.mine")],
    page: PageDep,
    open: Annotated[bool | None, Query(description="Neither closed nor cancelled")] = None,
) -> Page[MyTicketOut]:
    """The cases of one's dwellings and those one reported, the newest first."""
    after = page.after.uuid() if page.after is not None else None
    rows, urges = await service.mine(tx, who, open, page.updated_after, after, page.limit + 1)
    return page_of(rows, page.limit, key=lambda r: {"id": r.id}, present=lambda r: present_mine(r, urges, who.sub))


async def _look(request: Request, who: Principal, ticket_id: UUID, after: UUID | None, limit: int) -> Look:
    async with request.app.state.runtime.db.read(who.org) as tx:
        return await service.look(tx, who, ticket_id, after, limit)


def _left_of(who: Principal) -> float:
    """Seconds until the caller's token ends: nothing is told after it."""
    return who.expires_at - wall().timestamp()


@router.get("/tickets/{ticket_id}/changes", operation_id="follow_ticket", responses=problems(404))
async def follow_ticket(
    request: Request,
    ticket_id: UUID,
    who: Annotated[Principal, allow("ticket.read")],
    after: Annotated[UUID | None, _AFTER] = None,
    wait: Annotated[float, Query(ge=0, le=LONGEST_WAIT, description="Seconds to wait for news")] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST_ENTRIES)] = MOST_ENTRIES,
) -> TicketNewsOut:
    """What was added to a case after an entry; with `wait` a long poll. Owners see the public part."""
    watch: SubjectWatch = request.app.state.subject_watch
    if wait == 0:
        return present_news(await _look(request, who, ticket_id, after, limit), after)
    ends = monotonic() + min(wait, _left_of(who))
    # Who may not see it learns so before they wait; who waits hung up the bell before they looked.
    async with watch.on(who.org, ticket_id) as bell:
        while True:
            found = await _look(request, who, ticket_id, after, limit)
            left = ends - monotonic()
            if found.entries or left <= 0:
                return present_news(found, after)
            await bell.wait(left)


@router.get(
    "/tickets/{ticket_id}/stream",
    operation_id="stream_ticket",
    response_class=StreamingResponse,
    responses={
        200: {"description": "Server-sent events", "content": {"text/event-stream": {}}},
        **problems(404),
    },
)
async def stream_ticket(
    request: Request,
    ticket_id: UUID,
    who: Annotated[Principal, allow("ticket.read")],
    after: Annotated[UUID | None, _AFTER] = None,
    last_event_id: Annotated[UUID | None, Header()] = None,
    seconds: Annotated[
        float, Query(ge=0, le=_LONGEST_STREAM, description="How long at most; then reconnect, it goes on")
    ] = _LONGEST_STREAM,
) -> StreamingResponse:
    """A case as it moves (`id` = entry, `event` = action). Ends with the token, or with the reach."""
    first = await _look(request, who, ticket_id, last_event_id or after, MOST_ENTRIES)
    stream = _stream(request, who, ticket_id, last_event_id or after, first, seconds)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(stream, media_type="text/event-stream", headers=headers)


async def _stream(
    request: Request, who: Principal, ticket_id: UUID, after: UUID | None, first: Look, seconds: float
) -> AsyncIterator[bytes]:
    watch: SubjectWatch = request.app.state.subject_watch
    ends = monotonic() + min(seconds, _left_of(who))
    yield b"retry: 3000\n\n"
    async with watch.on(who.org, ticket_id) as bell:
        found: Look | None = first
        while found is not None:
            news = present_news(found, after)
            for entry in news.items:
                line = {**entry.model_dump(mode="json"), "ticket": {"state": news.state, "version": news.version}}
                yield f"id: {entry.id}\nevent: {entry.action}\ndata: ".encode() + orjson.dumps(line) + b"\n\n"
            after = news.after
            if not found.more:
                left = ends - monotonic()
                if left <= 0:
                    return
                if not await bell.wait(min(KEEP_ALIVE, left)):
                    yield b": still here\n\n"
            found = await _again(request, who, ticket_id, after)
    yield b"event: end\ndata: {}\n\n"


async def _again(request: Request, who: Principal, ticket_id: UUID, after: UUID | None) -> Look | None:
    """The next look, None once the case is out of reach."""
    try:
        return await _look(request, who, ticket_id, after, MOST_ENTRIES)
    except NoSuchTicket:
        return None
