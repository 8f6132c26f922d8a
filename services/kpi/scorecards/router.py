"""``/kpi/v1/scorecards``."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Query, Response
from sqlalchemy import Row

from services.kpi.scorecards import evidence, restating, service
from services.kpi.scorecards.schemas import (
    EvidenceOut,
    ItemEvidenceOut,
    RestatementOut,
    ScorecardIn,
    ScorecardLine,
    ScorecardOut,
    VerificationOut,
)
from services.kpi.scorecards.tracing import trace
from services.kpi.scorecards.verify import verify
from shared.auth import Principal, allow
from shared.http.routing import Page, PageDep, TxDep, created, page_of, problems, service_router

router = service_router(prefix="/v1/scorecards", tags=["scorecards"])


def present(row: Row[Any]) -> ScorecardOut:
    """A frozen scorecard as it goes out."""
    return ScorecardOut.model_validate(
        {
            # What later scorecards say as well; one frozen before says nothing of it.
            "columns": {},
            "final": True,
            "notes": [],
            **row.result,
            "items": [{"bonus": None, **item} for item in row.result["items"]],
            "id": row.id,
            "letter_id": row.letter_id,
            "template_version": row.template_version,
            "community_id": row.community_id,
            "subject_id": row.subject_id,
            "period": row.period,
            "revision": row.revision,
            "restates_id": row.restates_id,
            "reason": row.reason,
            "parameters": row.parameters,
            "parked_events": row.parked,
            "hash": row.hash,
            "frozen_at": row.frozen_at,
            "evidence_url": f"/kpi/v1/scorecards/{row.id}/evidence",
        }
    )


def line(row: Row[Any]) -> ScorecardLine:
    """A frozen scorecard in a list."""
    return ScorecardLine(
        id=row.id,
        letter_id=row.letter_id,
        template=row.template,
        community_id=row.community_id,
        subject_id=row.subject_id,
        period=row.period,
        revision=row.revision,
        total=row.result["total"],
        maximum=row.result["maximum"],
        hash=row.hash,
        frozen_at=row.frozen_at,
        stands=row.standing_id == row.id,
    )


@router.post("", status_code=201, operation_id="freeze_scorecard", responses=problems(404, 409))
async def freeze_scorecard(
    body: ScorecardIn, tx: TxDep, who: Annotated[Principal, allow("scorecard.freeze")], response: Response
) -> ScorecardOut:
    """Freeze a letter's scorecard of a period with all the facts behind it, or restate a frozen one."""
    row = await service.freeze(tx, who, body)
    created(response, f"/kpi/v1/scorecards/{row.id}", row.revision)
    return present(row)


@router.get("", operation_id="list_scorecards")
async def list_scorecards(
    tx: TxDep,
    who: Annotated[Principal, allow("scorecard.read")],
    page: PageDep,
    period: Annotated[str | None, Query(max_length=10)] = None,
    template: Annotated[str | None, Query(max_length=20)] = None,
    community_id: UUID | None = None,
    subject_id: UUID | None = None,
    letter_id: UUID | None = None,
) -> Page[ScorecardLine]:
    """Frozen scorecards within reach, the latest first."""
    filters = {
        "period": period,
        "template": template,
        "community_id": community_id,
        "subject_id": subject_id,
        "letter_id": letter_id,
    }
    rows = await service.page(tx, who, filters, page.after.uuid() if page.after else None, page.limit + 1)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, line)


@router.get("/{scorecard_id}", operation_id="get_scorecard", responses=problems(404))
async def get_scorecard(
    scorecard_id: UUID, tx: TxDep, who: Annotated[Principal, allow("scorecard.read")]
) -> ScorecardOut:
    """One frozen scorecard."""
    return present(await service.get(tx, who, scorecard_id))


@router.get("/{scorecard_id}/evidence", operation_id="get_scorecard_evidence", responses=problems(404))
async def get_scorecard_evidence(
    scorecard_id: UUID,
    tx: TxDep,
    who: Annotated[Principal, allow("scorecard.read")],
    page: PageDep,
    indicator: Annotated[str | None, Query(max_length=120)] = None,
    state: Annotated[str | None, Query(max_length=60, description="A verdict, or `counted` or `excluded`")] = None,
) -> Page[EvidenceOut]:
    """The cases behind the numbers, each with what it gave and why it did or did not count; a state that no case is in
    is refused with those there are."""
    await service.get(tx, who, scorecard_id)
    after = (page.after.number("place"), page.after.number("number")) if page.after else None
    found = await evidence.pins(tx, scorecard_id, indicator, state, after, page.limit + 1)
    cases = await evidence.present(tx, found[: page.limit])
    # One more pin than cases tells that there is a next page; its case is never shown.
    shown: list[Any] = [*zip(found, cases, strict=False), *((pin, None) for pin in found[page.limit :])]
    return page_of(shown, page.limit, lambda r: {"place": r[0].place, "number": r[0].number}, lambda r: r[1])


@router.get("/{scorecard_id}/items/{indicator}", operation_id="get_scorecard_item", responses=problems(404))
async def get_scorecard_item(
    scorecard_id: UUID,
    indicator: Annotated[str, Path(max_length=120)],
    tx: TxDep,
    who: Annotated[Principal, allow("scorecard.read")],
) -> ItemEvidenceOut:
    """One line traced back: raw and adjusted rate side by side, exclusions with reasons, rule and letter version."""
    return await trace(tx, await service.get(tx, who, scorecard_id), indicator)


@router.get("/{scorecard_id}/restatement", operation_id="get_restatement", responses=problems(404))
async def get_restatement(
    scorecard_id: UUID, tx: TxDep, who: Annotated[Principal, allow("scorecard.read")]
) -> RestatementOut:
    """What a restatement changed: old and new values, the cases, by whom and why."""
    return RestatementOut.model_validate(await restating.difference(tx, await service.get(tx, who, scorecard_id)))


@router.get("/{scorecard_id}/verification", operation_id="verify_scorecard", responses=problems(404))
async def verify_scorecard(
    scorecard_id: UUID, tx: TxDep, who: Annotated[Principal, allow("scorecard.read")]
) -> VerificationOut:
    """Recompute a frozen scorecard from its facts and say whether every digit is the same."""
    await service.get(tx, who, scorecard_id)
    found = await verify(tx, scorecard_id)
    return VerificationOut(
        ok=found.ok,
        scorecard_id=found.scorecard_id,
        total=found.total,
        recomputed=found.recomputed,
        differences=found.differences,
        drift=found.drift,
    )
