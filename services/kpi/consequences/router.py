"""``/kpi/v1/consequences``."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Response
from sqlalchemy import Row

from services.kpi.consequences import service
from services.kpi.consequences.schemas import (
    ConsequenceDecisionIn,
    ConsequenceRecord,
    ExecutionIn,
    Kind,
    ProposalIn,
    State,
)
from shared.auth import Principal, allow
from shared.http.routing import IfMatch, Page, PageDep, TxDep, created, etag, page_of, problems, service_router
from shared.http.schemas import MoneyModel, PeriodCode, Text

router = service_router(prefix="/v1/consequences", tags=["consequences"])


def present(row: Row[Any]) -> ConsequenceRecord:
    """A consequence as it goes out."""
    return ConsequenceRecord(
        id=row.id,
        version=row.version,
        scorecard_id=row.scorecard_id,
        letter_id=row.letter_id,
        community_id=row.community_id,
        subject_id=row.subject_id,
        period=row.period,
        kind=row.kind,
        rule=Text(**row.rule),
        indicators=row.indicators,
        amount=None if row.amount_fen is None else MoneyModel.of_fen(row.amount_fen),
        state=row.state,
        proposed_by=row.proposed_by,
        reason=row.reason,
        created_at=row.created_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        decision=row.decision,
        done_on=row.done_on,
        done_note=row.done_note,
        file_ids=row.file_ids,
    )


@router.post("", status_code=201, operation_id="propose_consequence", responses=problems(404, 409))
async def propose_consequence(
    body: ProposalIn, tx: TxDep, who: Annotated[Principal, allow("consequence.propose")], response: Response
) -> ConsequenceRecord:
    """Propose a reward, a penalty or a measure on a scorecard, within what its letter allows."""
    row = await service.propose(tx, who, body)
    created(response, f"/kpi/v1/consequences/{row.id}", row.version)
    return present(row)


@router.get("", operation_id="list_consequences")
async def list_consequences(
    tx: TxDep,
    who: Annotated[Principal, allow("scorecard.read")],
    page: PageDep,
    scorecard_id: UUID | None = None,
    community_id: UUID | None = None,
    subject_id: UUID | None = None,
    period: PeriodCode | None = None,
    kind: Kind | None = None,
    state: State | None = None,
) -> Page[ConsequenceRecord]:
    """Consequences within reach, the oldest first."""
    filters = {
        "scorecard_id": scorecard_id,
        "community_id": community_id,
        "subject_id": subject_id,
        "period": period,
        "kind": kind,
        "state": state,
    }
    rows = await service.page(tx, who, filters, page.after.uuid() if page.after else None, page.limit + 1)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, present)


@router.get("/{consequence_id}", operation_id="get_consequence", responses=problems(404))
async def get_consequence(
    consequence_id: UUID, tx: TxDep, who: Annotated[Principal, allow("scorecard.read")], response: Response
) -> ConsequenceRecord:
    """One consequence."""
    row = await service.get(tx, who, consequence_id)
    etag(response, row.version)
    return present(row)


@router.post(
    "/{consequence_id}/decision", operation_id="decide_consequence", responses=problems(403, 404, 409, 412)
)
async def decide_consequence(
    consequence_id: UUID,
    body: ConsequenceDecisionIn,
    tx: TxDep,
    who: Annotated[Principal, allow("consequence.decide")],
    if_match: IfMatch,
    response: Response,
) -> ConsequenceRecord:
    """Approve or refuse a proposal; not one's own, nor one about oneself."""
    row = await service.decide(tx, who, consequence_id, body, if_match)
    etag(response, row.version)
    return present(row)


@router.post(
    "/{consequence_id}/execution", operation_id="record_consequence", responses=problems(403, 404, 409, 412)
)
async def record_consequence(
    consequence_id: UUID,
    body: ExecutionIn,
    tx: TxDep,
    who: Annotated[Principal, allow("consequence.record")],
    if_match: IfMatch,
    response: Response,
) -> ConsequenceRecord:
    """Record what was done about an approved consequence; the system itself carries nothing out."""
    row = await service.execute(tx, who, consequence_id, body, if_match)
    etag(response, row.version)
    return present(row)


@router.post("/{consequence_id}/archiving", operation_id="archive_consequence", responses=problems(404, 409, 412))
async def archive_consequence(
    consequence_id: UUID,
    tx: TxDep,
    who: Annotated[Principal, allow("consequence.record")],
    if_match: IfMatch,
    response: Response,
) -> ConsequenceRecord:
    """Put the record on file."""
    row = await service.archive(tx, who, consequence_id, if_match)
    etag(response, row.version)
    return present(row)
