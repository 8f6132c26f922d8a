"""``/ticketing/v1/connections``: connect an exchange or a mailbox, change its secret, disconnect."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Request, Response
from sqlalchemy import Row

from services.ticketing.connections import repository, service
from services.ticketing.connections.schemas import ConnectionIn, ConnectionOut, ConnectionSecretOut, KeepOldIn
from services.ticketing.sessions.context import context_of, settled
from shared.auth import Principal, allow
from shared.http.routing import Page, PageDep, TxDep, created, own_transactions, page_of, problems, service_router

router = service_router(prefix="/v1/connections", tags=["calls"])

Manager = Annotated[Principal, allow("connection.manage")]

_SAME = tuple(name for name in ConnectionOut.model_fields if name != "key")


def _fields(row: Row[Any]) -> dict[str, Any]:
    return {"key": service.key_of(row.org_id, row.id), **{name: getattr(row, name) for name in _SAME}}


def present(row: Row[Any]) -> ConnectionOut:
    """A connection without its secret."""
    return ConnectionOut(**_fields(row))


def _shown(found: tuple[Row[Any], str], response: Response) -> ConnectionSecretOut:
    row, secret = found
    response.headers["Cache-Control"] = "no-store"
    return ConnectionSecretOut(**_fields(row), secret=secret)


@router.post("", status_code=201, operation_id="create_connection", responses=problems(404, 409, 413))
@own_transactions  # an idempotency key would keep the answer, and with it the secret
async def create(body: ConnectionIn, request: Request, response: Response, who: Manager) -> ConnectionSecretOut:
    """Connect a telephone exchange or a mailbox; its secret is shown this once."""
    ctx = context_of(request)

    async def act() -> tuple[Row[Any], str]:
        async with ctx.tx(who.org, actor_id=who.sub) as tx:
            return await service.create(tx, who, ctx.vault, body)

    found = await settled(act)
    created(response, f"/ticketing/v1/connections/{found[0].id}", found[0].version)
    return _shown(found, response)


@router.get("", operation_id="list_connections")
async def list_connections(tx: TxDep, who: Manager, page: PageDep) -> Page[ConnectionOut]:
    """Exchanges and mailboxes within reach, ended ones included."""
    rows = await repository.page(tx, who, page)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, present)


@router.get("/{connection_id}", operation_id="get_connection", responses=problems(404))
async def get_connection(connection_id: UUID, tx: TxDep, who: Manager) -> ConnectionOut:
    """One exchange or mailbox."""
    return present(await service.find(tx, who, connection_id))


@router.post("/{connection_id}/rotate-secret", operation_id="rotate_connection_secret", responses=problems(404, 413))
@own_transactions
async def rotate(
    connection_id: UUID, body: KeepOldIn, request: Request, response: Response, who: Manager
) -> ConnectionSecretOut:
    """A new secret, shown this once; the old one stays good for a while."""
    ctx, keep = context_of(request), timedelta(minutes=body.keep_old_minutes)

    async def act() -> tuple[Row[Any], str]:
        async with ctx.tx(who.org, actor_id=who.sub) as tx:
            return await service.rotate(tx, who, ctx.vault, connection_id, keep)

    return _shown(await settled(act), response)


@router.post("/{connection_id}/end", operation_id="end_connection", responses=problems(404, 409))
async def end(connection_id: UUID, tx: TxDep, who: Manager) -> ConnectionOut:
    """Disconnect for good; what it signs counts no more."""
    return present(await service.end(tx, who, connection_id))
