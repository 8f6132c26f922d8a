"""``/ticketing/v1/delegations``: one's own power to decide approvals, lent for a time."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Response

from services.ticketing.delegations import repository, service
from services.ticketing.delegations.schemas import DelegationIn, DelegationOut
from services.ticketing.rosters.schemas import same
from shared.auth import Principal, allow
from shared.http.routing import Page, PageDep, TxDep, created, page_of, problems, service_router

router = service_router(prefix="/v1/delegations", tags=["approvals"])

Own = Annotated[Principal, allow("delegation.own")]


@router.post("", status_code=201, operation_id="lend_powers")
async def lend_powers(body: DelegationIn, tx: TxDep, who: Own, response: Response) -> DelegationOut:
    """Lend one's power to decide approvals; each decision shows for whom it was made."""
    row = await service.lend(tx, who, body)
    created(response, f"/ticketing/v1/delegations?id={row.id}", row.version)
    shown: DelegationOut = same(DelegationOut, row)
    return shown


@router.get("", operation_id="list_delegations")
async def list_delegations(tx: TxDep, who: Own, page: PageDep) -> Page[DelegationOut]:
    """What one lent and was lent."""
    rows = await repository.page(tx, who.sub, page)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, lambda row: same(DelegationOut, row))


@router.post("/{id}/revoke", operation_id="revoke_delegation", responses=problems(404, 409))
async def revoke_delegation(id: UUID, tx: TxDep, who: Own) -> DelegationOut:
    """Take back what one lent, at once."""
    shown: DelegationOut = same(DelegationOut, await service.revoke(tx, who, id))
    return shown
