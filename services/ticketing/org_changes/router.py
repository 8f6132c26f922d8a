"""``/ticketing/v1/org-changes``: applied for here, decided at ``/approvals``."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Response
from sqlalchemy import Row

from services.ticketing.org_changes import service
from services.ticketing.org_changes.schemas import (
    CarriedOutIn,
    Kind,
    LineOut,
    OrgChangeIn,
    OrgChangeOut,
    State,
    WithdrawOrgChangeIn,
)
from shared.auth import Principal, allow
from shared.http.routing import Page, PageDep, TxDep, created, etag, page_of, problems, service_router

router = service_router(prefix="/v1/org-changes", tags=["approvals"])

Asks = Annotated[Principal, allow("org_change.ask")]
Reads = Annotated[Principal, allow("org_change.read")]


def present(row: Row[Any]) -> OrgChangeOut:
    """An application as it goes out."""
    same = {name: getattr(row, name) for name in OrgChangeOut.model_fields if name != "items"}
    return OrgChangeOut(**same, items=[LineOut(**line) for line in row.items])


@router.post("", status_code=201, operation_id="ask_org_change", responses=problems(404))
async def ask_org_change(body: OrgChangeIn, tx: TxDep, who: Asks, response: Response) -> OrgChangeOut:
    """Apply for a change of a department's structure or headcount."""
    row = await service.ask(tx, who, body)
    created(response, f"/ticketing/v1/org-changes/{row.id}", row.version)
    return present(row)


@router.get("", operation_id="list_org_changes")
async def list_org_changes(
    tx: TxDep,
    who: Reads,
    page: PageDep,
    org_unit_id: UUID | None = None,
    kind: Kind | None = None,
    state: State | None = None,
) -> Page[OrgChangeOut]:
    """Applications within reach, the newest first."""
    after = page.after.uuid() if page.after is not None else None
    rows = await service.page(tx, who, org_unit_id, kind, state, after, page.limit + 1)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, present)


@router.get("/{id}", operation_id="get_org_change", responses=problems(404))
async def get_org_change(id: UUID, tx: TxDep, who: Reads, response: Response) -> OrgChangeOut:
    """One application."""
    row = await service.find(tx, who, id)
    etag(response, row.version)
    return present(row)


@router.post("/{id}/withdraw", operation_id="withdraw_org_change", responses=problems(404))
async def withdraw_org_change(id: UUID, body: WithdrawOrgChangeIn, tx: TxDep, who: Asks) -> OrgChangeOut:
    """Take one's own application back before its decision."""
    return present(await service.withdraw(tx, who, id, body.reason))


@router.post("/{id}/carry-out", operation_id="carry_out_org_change", responses=problems(404, 409))
async def carry_out_org_change(
    id: UUID, body: CarriedOutIn, tx: TxDep, who: Annotated[Principal, allow("org_change.carry_out")]
) -> OrgChangeOut:
    """Say how an approved change was carried out."""
    return present(await service.carry_out(tx, who, id, body.outcome))
