"""``…/delegations`` of reviews and letters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import Row

from services.kpi.delegations import service
from services.kpi.delegations.schemas import DelegationIn, DelegationOut, DelegationsOut
from shared.auth import Principal, allow
from shared.http.routing import TxDep, problems, service_router

router = service_router(prefix="/v1", tags=["delegations"])


def present(rows: Sequence[Row[Any]]) -> DelegationsOut:
    """Delegations as they go out."""
    return DelegationsOut(
        items=[
            DelegationOut(
                place=row.place, lent_by=row.lent_by, lent_to=row.lent_to, grounds=row.grounds, at=row.at
            )
            for row in rows
        ]
    )


@router.post("/reviews/{review_id}/delegations", operation_id="lend_review_column", responses=problems(403, 404))
async def lend_review_column(
    review_id: UUID, body: DelegationIn, tx: TxDep, who: Annotated[Principal, allow("review.score")]
) -> DelegationsOut:
    """Lend one's own column of a review to somebody, on record; it cannot be lent on."""
    return present(await service.lend_column(tx, who, review_id, body))


@router.get("/reviews/{review_id}/delegations", operation_id="list_review_delegations", responses=problems(404))
async def list_review_delegations(
    review_id: UUID, tx: TxDep, who: Annotated[Principal, allow("scorecard.read")]
) -> DelegationsOut:
    """Who lent which column of a review to whom."""
    return present(await service.of_review(tx, who, review_id))


@router.post("/letters/{letter_id}/delegations", operation_id="lend_letter_place", responses=problems(403, 404))
async def lend_letter_place(
    letter_id: UUID, body: DelegationIn, tx: TxDep, who: Annotated[Principal, allow("letter.sign")]
) -> DelegationsOut:
    """Lend one's own place to sign of a letter to somebody, on record; it cannot be lent on."""
    return present(await service.lend_signature(tx, who, letter_id, body))


@router.get("/letters/{letter_id}/delegations", operation_id="list_letter_delegations", responses=problems(404))
async def list_letter_delegations(
    letter_id: UUID, tx: TxDep, who: Annotated[Principal, allow("letter.read")]
) -> DelegationsOut:
    """Who lent which place to sign to whom."""
    return present(await service.of_letter(tx, who, letter_id))
