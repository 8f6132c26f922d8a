"""``/billing/v1/charge-standards``."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response
from sqlalchemy import Row

from services.billing.standards import service
from services.billing.standards.schemas import FeeRuleOut, StandardIn, StandardOut
from shared.auth import Principal, allow
from shared.http.routing import Page, PageDep, TxDep, created, page_of, problems, service_router
from shared.http.schemas import Text

router = service_router(prefix="/v1/charge-standards", tags=["charge standards"])
fee_rules = service_router(prefix="/v1/fee-rules", tags=["charge standards"])


@fee_rules.get("", operation_id="list_fee_rules")
async def list_fee_rules(who: Annotated[Principal, allow("charge_standard.read")]) -> list[FeeRuleOut]:
    """The ways of charging there are, with the parameters each asks for."""
    return [
        FeeRuleOut(code=rule.code, version=rule.version, title=Text(**rule.title), params=schema)
        for rule, schema in service.described()
    ]


def present(row: Row[Any]) -> StandardOut:
    """A version of a standard as it goes out."""
    return StandardOut(
        id=row.id,
        version_id=row.version_id,
        version=row.number,
        community_id=row.community_id,
        code=row.code,
        name=row.name,
        fee_kind=row.fee_kind,
        rule=row.rule,
        rule_version=row.rule_version,
        params=row.params,
        uses=row.uses,
        proration=row.proration,
        due_day=row.due_day,
        effective_from=row.effective_from,
        effective_to=row.effective_to,
    )


@router.post("", status_code=201, operation_id="add_charge_standard", responses=problems(404, 409))
async def add_charge_standard(
    body: StandardIn, tx: TxDep, who: Annotated[Principal, allow("charge_standard.write")], response: Response
) -> StandardOut:
    """Add a standard, or the next version of one: the open version before it ends on the day before."""
    row = await service.create(tx, who, body)
    created(response, f"/billing/v1/charge-standards/{row.id}", row.number)
    return present(row)


@router.get("", operation_id="list_charge_standards")
async def list_charge_standards(
    tx: TxDep,
    who: Annotated[Principal, allow("charge_standard.read")],
    page: PageDep,
    community_id: UUID | None = None,
    code: Annotated[str | None, Query(max_length=40)] = None,
) -> Page[StandardOut]:
    """Versions of standards, in the order they were made."""
    after = page.after.uuid() if page.after else None
    rows = await service.page(tx, who, community_id, code, page.updated_after, after, page.limit + 1)
    return page_of(rows, page.limit, lambda row: {"id": row.version_id}, present)


@router.get("/{standard_id}", operation_id="get_charge_standard", responses=problems(404))
async def get_charge_standard(
    standard_id: UUID, tx: TxDep, who: Annotated[Principal, allow("charge_standard.read")]
) -> list[StandardOut]:
    """All versions of one standard, oldest first."""
    return [present(row) for row in await service.versions(tx, who, standard_id)]
