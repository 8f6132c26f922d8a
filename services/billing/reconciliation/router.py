"""``/billing/v1/reconciliations``."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response
from sqlalchemy import Row

from services.billing.reconciliation import service
from services.billing.reconciliation.schemas import DifferenceOut, ExplainIn, ReconciliationOut, StatementIn
from shared.auth import Principal, allow
from shared.http.routing import IfMatch, Page, PageDep, TxDep, etag, page_of, problems, service_router
from shared.http.schemas import MoneyModel

router = service_router(prefix="/v1/reconciliations", tags=["reconciliations"])

Writes = Annotated[Principal, allow("reconciliation.write")]
Reads = Annotated[Principal, allow("reconciliation.read")]


def _money(fen: int | None) -> MoneyModel | None:
    return None if fen is None else MoneyModel.of_fen(fen)


def present(row: Row[Any]) -> ReconciliationOut:
    """A reconciliation as it goes out."""
    return ReconciliationOut(
        id=row.id,
        version=row.version,
        org_unit_id=row.org_unit_id,
        method=row.method,
        day=row.day,
        lines=len(row.lines),
        matched=row.matched,
        matched_amount=MoneyModel.of_fen(row.matched_fen),
        differences=[
            DifferenceOut(
                kind=d["kind"],
                reference=d["reference"],
                payment_id=d["payment_id"],
                ours=_money(d["ours_fen"]),
                theirs=_money(d["theirs_fen"]),
                note=d["note"],
            )
            for d in row.differences
        ],
        state="open" if row.closed_at is None else "closed",
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


@router.post("", operation_id="compare_statement", responses=problems(404, 409))
async def compare_statement(body: StatementIn, tx: TxDep, who: Writes, response: Response) -> ReconciliationOut:
    """Compare a day's statement with the books; sent again before the close, it is compared anew."""
    row = await service.compare(tx, who, body)
    etag(response, row.version)
    return present(row)


@router.get("", operation_id="list_reconciliations")
async def list_reconciliations(
    tx: TxDep, who: Reads, page: PageDep, method: Annotated[str | None, Query(max_length=40)] = None
) -> Page[ReconciliationOut]:
    """Reconciliations, the latest begun first."""
    rows = await service.page(tx, who, method, page.after.uuid() if page.after else None, page.limit + 1)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, present)


@router.get("/{reconciliation_id}", operation_id="get_reconciliation", responses=problems(404))
async def get_reconciliation(reconciliation_id: UUID, tx: TxDep, who: Reads, response: Response) -> ReconciliationOut:
    """One reconciliation with its differences."""
    row = await service.get(tx, who, reconciliation_id)
    etag(response, row.version)
    return present(row)


@router.post("/{reconciliation_id}/explain", operation_id="explain_difference", responses=problems(404, 409, 412))
async def explain_difference(
    reconciliation_id: UUID, body: ExplainIn, tx: TxDep, who: Writes, if_match: IfMatch, response: Response
) -> ReconciliationOut:
    """Explain a difference; the explanation holds while its amounts do."""
    row = await service.explain(tx, who, reconciliation_id, body, if_match)
    etag(response, row.version)
    return present(row)


@router.post("/{reconciliation_id}/close", operation_id="close_day", responses=problems(404, 409, 412))
async def close_day(
    reconciliation_id: UUID, tx: TxDep, who: Writes, if_match: IfMatch, response: Response
) -> ReconciliationOut:
    """Close the day of a legal entity and method, once every difference is explained."""
    row = await service.close(tx, who, reconciliation_id, if_match)
    etag(response, row.version)
    return present(row)
