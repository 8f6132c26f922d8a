"""``/kpi/v1/reviews``."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response
from sqlalchemy import Row

from services.kpi.domain.reviewing import next_columns
from services.kpi.reviews import service
from services.kpi.reviews.schemas import ColumnOut, ReviewLineOut, ReviewOpenIn, ReviewOut, ScoresIn
from shared.auth import Principal, allow
from shared.http.routing import IfMatch, Page, PageDep, TxDep, created, etag, page_of, problems, service_router
from shared.http.schemas import PeriodCode, Text

router = service_router(prefix="/v1/reviews", tags=["reviews"])


async def present(tx: Any, row: Row[Any]) -> ReviewOut:
    """A review as it goes out."""
    letter, filled = await service.letter_of(tx, row), await service.columns(tx, row.id)
    titles = {} if letter.columns is None else letter.columns.titles
    columns = [
        ColumnOut.model_validate(
            {
                "column": score.column,
                "title": titles[score.column].as_json(),
                "scorer_id": score.scorer_id,
                "delegated_by": score.delegated_by,
                "delegation": score.delegation,
                "lines": score.lines,
                "total": str(score.total),
                "analysis": score.analysis,  # row: E-042 the sheet carries the analysis of what affected the score
                "hash": score.hash,
                "at": score.at,
            }
        )
        for score in filled
    ]
    return ReviewOut.model_validate(
        {
            "id": row.id,
            "version": row.version,
            "letter_id": row.letter_id,
            "template": row.template,
            "title": Text(**letter.title.as_json()),
            # row: C-213, C-233, C-234 the head of the card: whose it is, department and post
            "party": Text(**letter.party.as_json()),
            "community_id": row.community_id,
            "subject_id": row.subject_id,
            "period": row.period,
            "state": row.state,
            "next": next_columns(letter, [score.column for score in filled]),
            "lines": row.lines,
            "columns": columns,  # row: E-041 self score, first score and audit beside each other, each with its sum
            "created_at": row.created_at,
        }
    )


@router.post("", status_code=201, operation_id="open_review", responses=problems(404, 409))
async def open_review(
    body: ReviewOpenIn, tx: TxDep, who: Annotated[Principal, allow("review.score")], response: Response
) -> ReviewOut:
    """Open the review of a letter's period that is over."""
    row = await service.open_review(tx, who, body)
    created(response, f"/kpi/v1/reviews/{row.id}", row.version)
    return await present(tx, row)


@router.get("", operation_id="list_reviews")
async def list_reviews(
    tx: TxDep,
    who: Annotated[Principal, allow("scorecard.read")],
    page: PageDep,
    letter_id: UUID | None = None,
    community_id: UUID | None = None,
    subject_id: UUID | None = None,
    period: PeriodCode | None = None,
    state: Annotated[str | None, Query(max_length=20)] = None,
) -> Page[ReviewLineOut]:
    """Reviews within reach, the oldest first."""
    filters = {
        "letter_id": letter_id,
        "community_id": community_id,
        "subject_id": subject_id,
        "period": period,
        "state": state,
    }
    rows = await service.page(tx, who, filters, page.after.uuid() if page.after else None, page.limit + 1)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, _line)


def _line(row: Row[Any]) -> ReviewLineOut:
    return ReviewLineOut(
        id=row.id,
        letter_id=row.letter_id,
        template=row.template,
        community_id=row.community_id,
        subject_id=row.subject_id,
        period=row.period,
        state=row.state,
    )


@router.get("/{review_id}", operation_id="get_review", responses=problems(404))
async def get_review(
    review_id: UUID, tx: TxDep, who: Annotated[Principal, allow("scorecard.read")], response: Response
) -> ReviewOut:
    """One review with all its columns side by side."""
    row = await service.get(tx, who, review_id)
    etag(response, row.version)
    return await present(tx, row)


@router.post("/{review_id}/scores", operation_id="score_review", responses=problems(403, 404, 409, 412))
async def score_review(
    review_id: UUID,
    body: ScoresIn,
    tx: TxDep,
    who: Annotated[Principal, allow("review.score")],
    if_match: IfMatch,
    response: Response,
) -> ReviewOut:
    """Fill one column, complete; sending it signs it."""
    row = await service.fill(tx, who, review_id, body, if_match)
    etag(response, row.version)
    return await present(tx, row)
