"""The screen pop: what rings at a clerk's own desk, as it happens, by server-sent events or by long poll.

It rides on the change feed: whoever waits is woken by the watch that all waiting requests share, and where they were
is a position of the feed, so that nothing is lost between two connections.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Final

from fastapi import Header, Query, Request
from fastapi.responses import StreamingResponse

from services.ticketing.calls import repository
from services.ticketing.calls.cards import cards
from services.ticketing.calls.schemas import PopOut, PopsOut
from shared.auth import Principal, allow
from shared.clock import monotonic, wall
from shared.http.feed import KEEP_ALIVE, LONGEST_WAIT
from shared.http.feed_watch import FeedWatch
from shared.http.routing import service_router
from shared.messaging import feed

router = service_router(prefix="/v1/calls", tags=["calls"])

Clerk = Annotated[Principal, allow("call.answer")]
_TYPES: Final = ("call.offered.v1", "call.answered.v1", "call.missed.v1")
_LIMIT: Final = 200
_LONGEST_STREAM: Final = 3600.0


async def _read(request: Request, who: Principal, after: int | None) -> tuple[PopsOut, bool]:
    """Cards of one's own calls after a position (None: only what is new), and whether there may be more already.

    A call that moved on several times stands there once, as it is now.
    """
    async with request.app.state.runtime.db.read(who.org) as tx:
        head = await feed.head(tx)
        if after is None:
            return PopsOut(items=[], position=head), False
        events = await feed.read(tx, after=after, types=_TYPES, limit=_LIMIT)
        full = len(events) == _LIMIT
        position = events[-1]["position"] if full else max([head, after, *(e["position"] for e in events)])
        mine = {e["subject"]: e for e in events if e["data"].get("clerk_id") == str(who.sub)}
        rows = {str(row.id): row for row in await repository.own(tx, who.sub, mine)}
        order = [id for id in mine if id in rows]
        found = await cards(tx, who, [rows[id] for id in order])
    items = [
        PopOut(position=mine[id]["position"], event=mine[id]["type"], card=card)
        for id, card in zip(order, found, strict=True)
    ]
    return PopsOut(items=sorted(items, key=lambda item: item.position), position=position), full


@router.get("/changes", operation_id="list_call_changes")
async def list_changes(
    request: Request,
    who: Clerk,
    after: Annotated[int | None, Query(ge=0, le=2**62, description="Default: where the feed stands now")] = None,
    wait: Annotated[float, Query(ge=0, le=LONGEST_WAIT, description="Seconds to wait for a call")] = 0,
) -> PopsOut:
    """Cards of the calls at one's own desk after a position; with `wait` a long poll."""
    ends = monotonic() + wait
    watch: FeedWatch = request.app.state.feed_watch
    while True:
        pops, more = await _read(request, who, after)
        after = pops.position
        left = ends - monotonic()
        if pops.items or left <= 0:
            return pops
        if not more and await watch.wait(who.org, after, left) <= after:
            return pops


@router.get(
    "/stream",
    operation_id="stream_calls",
    response_class=StreamingResponse,
    responses={200: {"description": "Server-sent events", "content": {"text/event-stream": {}}}},
)
async def stream_calls(
    request: Request,
    who: Clerk,
    after: Annotated[int | None, Query(ge=0, le=2**62, description="Default: only what is new")] = None,
    last_event_id: Annotated[str | None, Header(max_length=20)] = None,
) -> StreamingResponse:
    """Cards of the calls at one's own desk as they ring. Ends with the token; reconnecting goes on."""
    if last_event_id is not None and last_event_id.isdigit():
        after = int(last_event_id)
    if after is None:
        after = (await _read(request, who, None))[0].position
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_stream(request, who, after), media_type="text/event-stream", headers=headers)


async def _stream(request: Request, who: Principal, after: int) -> AsyncIterator[bytes]:
    watch: FeedWatch = request.app.state.feed_watch
    ends = monotonic() + min(_LONGEST_STREAM, who.expires_at - wall().timestamp())
    yield b"retry: 3000\n\n"
    more = True
    while (left := ends - monotonic()) > 0:
        if not more and await watch.wait(who.org, after, min(KEEP_ALIVE, left)) <= after:
            yield b": still here\n\n"
            continue
        pops, more = await _read(request, who, after)
        after = pops.position
        for pop in pops.items:
            body = pop.card.model_dump_json().encode()
            yield f"id: {pop.position}\nevent: {pop.event}\ndata: ".encode() + body + b"\n\n"
