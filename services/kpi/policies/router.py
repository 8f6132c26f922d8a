"""``/kpi/v1/policies``."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Response
from sqlalchemy import Row

from services.kpi.policies import service
from services.kpi.policies.schemas import (
    AreaOut,
    AreasOut,
    EditionDecisionIn,
    EditionIn,
    EditionOut,
    Kept,
    PolicyDetailOut,
    PolicyIn,
    PolicyOut,
    ReaderOut,
    ReadersOut,
    ReadingIn,
)
from shared.auth import Principal, allow
from shared.http.routing import IfMatch, Page, PageDep, TxDep, created, etag, page_of, problems, service_router

router = service_router(prefix="/v1/policies", tags=["policies"])

READ = allow("policy.read")
WRITE = allow("policy.write")


def present(row: Row[Any]) -> PolicyOut:
    """A policy as it goes out."""
    return PolicyOut(**{name: getattr(row, name) for name in PolicyOut.model_fields})


async def _again(tx: Any, who: Principal, policy_id: UUID, response: Response) -> PolicyDetailOut:
    row = await service.get(tx, who, policy_id)
    etag(response, row.version)
    rows = await service.editions(tx, policy_id)
    editions = [EditionOut(**{name: getattr(one, name) for name in EditionOut.model_fields}) for one in rows]
    return PolicyDetailOut(policy=present(row), editions=editions)


@router.post("", status_code=201, operation_id="register_policy", responses=problems(404, 409))
async def register_policy(body: PolicyIn, tx: TxDep, who: Annotated[Principal, WRITE], response: Response) -> PolicyOut:
    """Open a document of the register."""
    row = await service.get(tx, who, await service.register(tx, who, body))
    created(response, f"/kpi/v1/policies/{row.id}", row.version)
    return present(row)


@router.get("", operation_id="list_policies")
async def list_policies(
    tx: TxDep,
    who: Annotated[Principal, READ],
    page: PageDep,
    community_id: UUID | None = None,
    area: Kept | None = None,
    owner_id: UUID | None = None,
) -> Page[PolicyOut]:
    """Documents within reach, the oldest first."""
    filters = {"community_id": community_id, "area": area, "owner_id": owner_id}
    rows = await service.page(tx, who, filters, page.after.uuid() if page.after else None, page.limit + 1)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, present)


@router.get("/areas", operation_id="policy_areas", responses=problems(404))
async def policy_areas(tx: TxDep, who: Annotated[Principal, READ], community_id: UUID) -> AreasOut:
    """Which areas of work have policies in force, and which of them are overdue for an update."""
    rows = await service.areas(tx, who, community_id)
    return AreasOut(community_id=community_id, areas=[AreaOut(**row) for row in rows])


@router.get("/{policy_id}", operation_id="get_policy", responses=problems(404))
async def get_policy(
    policy_id: UUID, tx: TxDep, who: Annotated[Principal, READ], response: Response
) -> PolicyDetailOut:
    """One document with all its editions."""
    return await _again(tx, who, policy_id, response)


@router.get("/{policy_id}/readers", operation_id="policy_readers", responses=problems(404))
async def policy_readers(policy_id: UUID, tx: TxDep, who: Annotated[Principal, READ]) -> ReadersOut:
    """Who confirmed that they read the edition in force."""
    edition, rows = await service.readers(tx, who, policy_id)
    return ReadersOut(edition=edition, readers=[ReaderOut(**row._mapping) for row in rows])


@router.post("/{policy_id}/editions", operation_id="submit_edition", responses=problems(404, 409, 412))
async def submit_edition(
    policy_id: UUID,
    body: EditionIn,
    tx: TxDep,
    who: Annotated[Principal, WRITE],
    if_match: IfMatch,
    response: Response,
) -> PolicyDetailOut:
    """Submit a new edition for approval."""
    await service.submit(tx, who, policy_id, body, if_match)
    return await _again(tx, who, policy_id, response)


@router.post("/{policy_id}/decision", operation_id="decide_edition", responses=problems(403, 404, 409, 412))
async def decide_edition(
    policy_id: UUID,
    body: EditionDecisionIn,
    tx: TxDep,
    who: Annotated[Principal, allow("policy.approve")],
    if_match: IfMatch,
    response: Response,
) -> PolicyDetailOut:
    """Issue the edition that waits, or refuse it."""
    await service.decide(tx, who, policy_id, body.decision, body.note, if_match)
    return await _again(tx, who, policy_id, response)


@router.post("/{policy_id}/reading", operation_id="confirm_reading", responses=problems(404))
async def confirm_reading(
    policy_id: UUID,
    body: ReadingIn,
    tx: TxDep,
    who: Annotated[Principal, allow("policy.confirm")],
    response: Response,
) -> PolicyDetailOut:
    """Confirm that one has read the edition in force."""
    await service.read(tx, who, policy_id, body.edition)
    return await _again(tx, who, policy_id, response)
