"""The change feed over HTTP: pulled by peers, followed by integrators, watched by pages and mini-programs.

One feed, three ways in: `GET /v1/changes` (with `wait` a long poll, all that WeChat mini-programs have),
`GET /v1/changes/stream` (server-sent events) and `GET /v1/changes/heads` (peers only). Everybody sees what their
scope lets them see: services all of the token's organisation, staff their communities, residents their dwellings.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

import orjson
from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from shared.auth.powers import allow
from shared.auth.principal import Principal
from shared.clock import monotonic, wall
from shared.db.tx import Tx
from shared.errors import Malformed
from shared.http.feed_watch import FeedWatch
from shared.http.routing import problems, service_router
from shared.http.schemas import UtcTime
from shared.messaging import feed

USER_LIMIT: Final = 200
SERVICE_LIMIT: Final = 1000
LONGEST_WAIT: Final = 25
KEEP_ALIVE: Final = 15.0
#: Pages of the feed that one request looks through for a scope that sees few of its events.
_MOST_PAGES: Final = 5
_LONGEST_STREAM: Final = 3600.0


class LimitTooHigh(Malformed):
    """More events at once than the caller may ask for."""

    code = "http.changes.limit_too_high"
    zh = "limit 最多为 {most}"
    en = "limit is at most {most}"


class ChangeEvent(BaseModel):
    """One event, as every consumer gets it. `data` names people and things by id and carries no personal fields."""

    id: UUID
    type: str
    source: str
    org_id: UUID
    community_id: UUID | None
    subject: UUID
    seq: int
    position: int
    occurred_at: UtcTime
    recorded_at: UtcTime
    actor_id: UUID | None
    trace_id: str
    data: dict[str, Any]


class ChangePage(BaseModel):
    """Events after a position. Go on with `after=position`; `next` is the same, but null when that was all for now."""

    items: list[ChangeEvent]
    next: int | None
    position: int
    head: int


class Heads(BaseModel):
    """The last position of every organisation."""

    heads: dict[UUID, int]


class _Scope:
    """What one caller may see of the feed."""

    __slots__ = ("all", "principal", "residence", "strangers")

    def __init__(self, principal: Principal) -> None:
        self.principal = principal
        self.residence: Mapping[UUID, datetime | None] = dict.fromkeys(principal.units)
        self.strangers: Mapping[UUID, Collection[UUID]] = {}
        # The root unit of an organisation has its id: whoever is assigned to it sees everything.
        self.all = principal.kind == "service" or (not principal.is_resident and principal.org in principal.units)

    async def communities(self, tx: Tx, app_state: Any) -> list[UUID] | None:
        """The communities to narrow the query to, None for no narrowing."""
        if self.principal.is_resident and app_state.residence_of is not None:
            # Read again each time: a stream outlives a move, and what the household before reported stays theirs.
            self.residence = await app_state.residence_of(tx, self.principal)
            if app_state.strangers_of is not None:
                self.strangers = await app_state.strangers_of(tx, self.principal)
        if self.all or self.principal.is_resident:
            return None
        lookup = app_state.communities_of
        # Without a way to tell which communities lie under a unit, a narrow scope sees nothing rather than all.
        return [] if lookup is None else list(await lookup(tx, self.principal))

    def shows(self, event: Mapping[str, Any]) -> bool:
        """For residents: what concerns their dwellings or what they reported or pay themselves."""
        if not self.principal.is_resident:
            return True
        data = event["data"]
        if data.get("internal"):  # what staff note among themselves
            return False
        me = str(self.principal.sub)
        if me in (event["subject"], data.get("reporter_id"), data.get("person_id"), data.get("payer_id")):
            return True
        unit = data.get("unit_id")
        if unit is None or UUID(unit) not in self.residence:
            return False
        payer = data.get("payer_id")
        if payer is not None and UUID(payer) in self.strangers.get(UUID(unit), ()):
            return False  # the last bill of the household before, however late it is issued
        since = self.residence[UUID(unit)]
        return since is None or datetime.fromisoformat(event["occurred_at"]) >= since


async def _read(
    request: Request, scope: _Scope, after: int, types: list[str] | None, limit: int
) -> tuple[list[dict[str, Any]], int, int, bool]:
    """Up to `limit` visible events, the position to go on from, the head, and whether there may be more already."""
    found: list[dict[str, Any]] = []
    async with request.app.state.runtime.db.read(scope.principal.org) as tx:
        communities = await scope.communities(tx, request.app.state)
        # The head is read first: whatever of these types lies below it is then seen by the query, so that the
        # caller may go on from the head even when nothing matched.
        head = await feed.head(tx)
        for _ in range(_MOST_PAGES):
            events = await feed.read(tx, after=after, types=types, limit=limit, communities=communities)
            for event in events:
                after = event["position"]
                if scope.shows(event):
                    found.append(event)
                    if len(found) == limit:
                        return found, after, max(head, after), after < head or event is not events[-1]
            if len(events) < limit:
                return found, max(after, head), max(head, after), False
    return found, after, head, True


def _types(types: str | None) -> list[str] | None:
    return [name for name in (part.strip() for part in types.split(",")) if name] or None if types else None


def changes_router() -> APIRouter:
    """The feed's endpoints; `build_app` adds them to every service."""
    router = service_router(prefix="/v1/changes", tags=["changes"])

    @router.get("", operation_id="list_changes", response_model=ChangePage, responses=problems(503))
    async def list_changes(
        request: Request,
        who: Annotated[Principal, allow("changes.read")],
        after: Annotated[int, Query(ge=0, le=2**62, description="Events after this position")] = 0,
        types: Annotated[str | None, Query(max_length=4000, description="Only these, by comma")] = None,
        wait: Annotated[float, Query(ge=0, le=LONGEST_WAIT, description="Seconds to wait for news")] = 0,
        limit: Annotated[int, Query(ge=1, le=SERVICE_LIMIT, description="At most 200; peers 1000")] = USER_LIMIT,
    ) -> Response:
        """Events of the token's organisation in their order, from a position on; with `wait` a long poll."""
        if limit > USER_LIMIT and who.kind != "service":
            raise LimitTooHigh(most=USER_LIMIT)
        scope, wanted = _Scope(who), _types(types)
        ends = monotonic() + wait
        while True:
            found, after, head, more = await _read(request, scope, after, wanted, limit)
            left = ends - monotonic()
            if found or more or left <= 0:
                break
            watch: FeedWatch = request.app.state.feed_watch
            if await watch.wait(who.org, after, left) <= after:
                break
        body = {"items": found, "next": after if more else None, "position": after, "head": head}
        return Response(orjson.dumps(body), media_type="application/json")

    @router.get("/heads", operation_id="list_heads", response_model=Heads)
    async def list_heads(request: Request, who: Annotated[Principal, allow("changes.heads")]) -> Response:
        """The last position of every organisation, for peers: tells them of lost bells and of new organisations."""
        heads = await feed.all_heads(request.app.state.runtime.db)
        body = {"heads": {str(org): head for org, head in heads.items()}}
        return Response(orjson.dumps(body), media_type="application/json")

    @router.get(
        "/stream",
        operation_id="stream_changes",
        response_class=StreamingResponse,
        responses={200: {"description": "Server-sent events", "content": {"text/event-stream": {}}}},
    )
    async def stream_changes(
        request: Request,
        who: Annotated[Principal, allow("changes.read")],
        after: Annotated[int | None, Query(ge=0, le=2**62, description="Default: only what is new")] = None,
        types: Annotated[str | None, Query(max_length=4000)] = None,
        last_event_id: Annotated[str | None, Header(max_length=20)] = None,
    ) -> StreamingResponse:
        """Events as they happen (`id` = position, `event` = type). Ends with the token; reconnecting goes on."""
        if last_event_id is not None and last_event_id.isdigit():
            after = int(last_event_id)
        if after is None:
            async with request.app.state.runtime.db.read(who.org) as tx:
                after = await feed.head(tx)
        stream = _stream(request, _Scope(who), after, _types(types))
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(stream, media_type="text/event-stream", headers=headers)

    return router


async def _stream(request: Request, scope: _Scope, after: int, types: list[str] | None) -> AsyncIterator[bytes]:
    watch: FeedWatch = request.app.state.feed_watch
    token_left = scope.principal.expires_at - wall().timestamp()
    ends = monotonic() + min(_LONGEST_STREAM, token_left)
    yield b"retry: 3000\n\n"
    more = True
    while (left := ends - monotonic()) > 0:
        if not more and await watch.wait(scope.principal.org, after, min(KEEP_ALIVE, left)) <= after:
            yield b": still here\n\n"
            continue
        found, after, _, more = await _read(request, scope, after, types, USER_LIMIT)
        for event in found:
            head = f"id: {event['position']}\nevent: {event['type']}\ndata: ".encode()
            yield head + orjson.dumps(event) + b"\n\n"
