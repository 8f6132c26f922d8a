"""Connected systems: connect, list, change the secret, disconnect."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Request, Response

from services.ticketing.integrators import repository, service
from services.ticketing.integrators.schemas import (
    IntegratorIn,
    IntegratorOut,
    IntegratorSecretOut,
    RotateIn,
    integrator_out,
    secret_out,
)
from services.ticketing.sessions.context import context_of, settled
from services.ticketing.sessions.errors import NoSuchIntegrator
from shared.auth import Principal, allow
from shared.http.routing import (
    Page,
    PageDep,
    TxDep,
    created,
    own_transactions,
    page_of,
    problems,
    service_router,
)

router = service_router(prefix="/v1/integrators", tags=["sessions"])

Manager = Annotated[Principal, allow("integrator.manage")]


@router.post("", status_code=201, operation_id="create_integrator", responses=problems(413))
@own_transactions  # an idempotency key would keep the answer, and with it the secret
async def create(body: IntegratorIn, request: Request, response: Response, who: Manager) -> IntegratorSecretOut:
    """Connect a system; its secret is shown this once."""
    ctx = context_of(request)
    row, secret = await settled(lambda: service.create(ctx, who, body))
    created(response, f"/ticketing/v1/integrators/{row.id}", row.version)
    response.headers["Cache-Control"] = "no-store"
    return secret_out(row, secret)


@router.get("", operation_id="list_integrators")
async def list_integrators(tx: TxDep, who: Manager, page: PageDep) -> Page[IntegratorOut]:
    """Connected systems, ended ones included."""
    rows = await repository.page(tx, who, page)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, integrator_out)


@router.get("/{id}", operation_id="get_integrator", responses=problems(404))
async def get_integrator(id: UUID, tx: TxDep, who: Manager) -> IntegratorOut:
    """One connected system."""
    row = await repository.one(tx, who, id)
    if row is None:
        raise NoSuchIntegrator
    return integrator_out(row)


@router.post("/{id}/rotate-secret", operation_id="rotate_integrator_secret", responses=problems(404, 413))
@own_transactions
async def rotate(
    id: UUID, body: RotateIn, request: Request, response: Response, who: Manager
) -> IntegratorSecretOut:
    """A new secret, shown this once; the old one stays good for a while."""
    ctx = context_of(request)
    row, secret = await settled(lambda: service.rotate(ctx, who, id, timedelta(minutes=body.keep_old_minutes)))
    response.headers["Cache-Control"] = "no-store"
    return secret_out(row, secret)


@router.post("/{id}/end", operation_id="end_integrator", responses=problems(404, 409))
async def end(id: UUID, tx: TxDep, who: Manager) -> IntegratorOut:
    """Disconnect a system for good."""
    return integrator_out(await service.end(tx, who, id))
