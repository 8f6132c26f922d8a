"""What operators and machines ask of a service: alive, ready, metrics, and the events that could not be applied."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from shared.auth.powers import allow, require
from shared.auth.principal import Principal
from shared.db.database import is_connection_error
from shared.errors import NotFound
from shared.http.paging import Page, PageDep, page_of
from shared.http.routing import TxDep, own_transactions, problems, public, service_router
from shared.http.schemas import UtcTime
from shared.http.transactions import authenticate
from shared.messaging import parking, puller
from shared.telemetry import metrics
from shared.telemetry.masking import scrub_text


class ParkedEvent(BaseModel):
    """An event that waits because it, or an earlier one of its subject, could not be applied."""

    id: UUID
    source: str
    subject: UUID
    position: int
    type: str
    error: str
    parked_at: UtcTime
    attempts: int


class Replayed(BaseModel):
    """How a replay went: whether all parked events of the subject are applied now; if not, the error says why."""

    applied: bool


class NothingParked(NotFound):
    """No such parked event, or it was applied meanwhile."""

    code = "messaging.parked_event.not_found"
    zh = "没有此待处理事件，可能已处理完成"
    en = "There is no such parked event; it may have been applied meanwhile"


def health_router() -> APIRouter:
    """`/healthz`, `/readyz` and `/metrics`; not part of the documented API."""
    router = service_router(tags=["operations"])

    @router.get("/healthz", include_in_schema=False)
    @public
    async def healthz() -> Response:
        """Alive: the process answers. Asks nothing of the database, whose absence must not restart processes."""
        return Response(b'{"ok":true}', media_type="application/json")

    @router.get("/readyz", include_in_schema=False)
    @public
    async def readyz(request: Request) -> Response:
        """Ready to work: database, Redis, schema, worker, lags; 503 as long as one is not."""
        parts: dict[str, Any] = await request.app.state.runtime.readiness()
        parts["keys"] = {"ok": await request.app.state.keyring.ready()}
        ready = all(part.get("ok", False) for part in parts.values())
        body = orjson.dumps({"ok": ready, "checks": parts}, default=str)
        return Response(body, status_code=200 if ready else 503, media_type="application/json")

    @router.get("/metrics", include_in_schema=False)
    @public
    async def metrics_page(request: Request) -> Response:
        """Prometheus' page: free on the service's own port, with an operator's token through the gateway.

        The gateway sets the forwarding headers itself, so that a caller cannot leave them out.
        """
        if "x-forwarded-for" in request.headers or "forwarded" in request.headers:
            require(await authenticate(request), "ops.metrics", request.app.state.powers)
        await _show_worker(request.app.state.service, request.app.state.runtime)
        return Response(metrics.render(), media_type=metrics.CONTENT_TYPE)

    return router


def parked_router() -> APIRouter:
    """Parked events: seen and replayed by operators of the organisation."""
    router = service_router(prefix="/v1/parked", tags=["operations"])

    @router.get("", operation_id="list_parked_events")
    async def list_parked(
        tx: TxDep, who: Annotated[Principal, allow("ops.parked")], page: PageDep
    ) -> Page[ParkedEvent]:
        """What could not be applied, oldest first, with the reason; for whoever sees the whole organisation."""
        if not _sees_whole(who):
            return Page[ParkedEvent](items=[], next=None)
        after = page.after.uuid() if page.after is not None else None
        rows = await parking.list_parked(tx, limit=page.limit + 1, after=after)
        return page_of(rows, page.limit, key=lambda row: {"id": row["id"]}, present=_present)

    @router.post("/{parked_id}/replay", operation_id="replay_parked_event", responses=problems(404))
    @own_transactions
    async def replay_parked(
        parked_id: UUID, request: Request, who: Annotated[Principal, allow("ops.parked")]
    ) -> Replayed:
        """Try again to apply all parked events of this one's subject, in their order."""
        runtime = request.app.state.runtime
        if not _sees_whole(who):
            raise NothingParked
        async with runtime.db.read(who.org) as tx:
            if await parking.subject_of(tx, parked_id) is None:
                raise NothingParked
        return Replayed(applied=await puller.replay(runtime, who.org, parked_id))

    return router


def _sees_whole(who: Principal) -> bool:
    """Parked events name cases and people of any community: they are for those assigned to the organisation itself."""
    # row: G-012 an operator of one branch learns nothing of another
    return who.kind == "service" or who.org in who.units


async def _show_worker(service: str, runtime: Any) -> None:
    """The worker's own numbers, from its last heartbeat: it listens on no port."""
    try:
        beat = await runtime.heartbeat()
    except Exception as error:
        if not is_connection_error(error):
            raise
        metrics.show_worker(service, float("nan"), {})
        return
    if beat is None:
        metrics.show_worker(service, float("inf"), {})
    else:
        metrics.show_worker(service, beat.age, beat.detail)


def _present(row: dict[str, Any]) -> ParkedEvent:
    # the text of an exception may quote what it choked on
    return ParkedEvent(**{**row, "error": scrub_text(row["error"])})
