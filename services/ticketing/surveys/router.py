"""Surveys and the answers to them."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Response
from sqlalchemy import ColumnElement, func

from services.ticketing.domain.survey_types import QUARTERLY
from services.ticketing.models import survey_answers, surveys
from services.ticketing.residents import residence, within
from services.ticketing.surveys import answering, repository, service
from services.ticketing.surveys.schemas import (
    AnswerIn,
    AnswerOut,
    SurveyIn,
    SurveyOut,
    SurveyType,
    answer_out,
    survey_out,
)
from shared.auth import Principal, allow
from shared.http.routing import IfMatch, Page, PageDep, TxDep, created, etag, page_of, problems, service_router
from shared.http.schemas import PeriodCode

router = service_router(prefix="/v1/surveys", tags=["surveys"])

Reads = Annotated[Principal, allow("survey.read")]
Manages = Annotated[Principal, allow("survey.manage")]


@router.post("", status_code=201, operation_id="create_survey", responses=problems(404))
async def create_survey(body: SurveyIn, tx: TxDep, who: Manages, response: Response) -> SurveyOut:
    """Draft a survey: the quarterly one of eight dimensions, or one on a topic with questions of its own."""
    row = await service.create(tx, who, body)
    created(response, f"/ticketing/v1/surveys/{row.id}", row.version)
    return survey_out(row, None)


@router.get("", operation_id="list_surveys")
async def list_surveys(
    tx: TxDep,
    who: Reads,
    page: PageDep,
    community_id: UUID | None = None,
    period: PeriodCode | None = None,
    state: Literal["draft", "open", "closed"] | None = None,
    type: SurveyType | None = None,
) -> Page[SurveyOut]:
    """Surveys within the caller's reach; residents see those of their communities once they are out."""
    where = service.reach(tx, who)
    for column, wanted in (
        (surveys.c.community_id, community_id),
        (surveys.c.period, period),
        (surveys.c.state, state),
    ):
        if wanted is not None:
            where.append(column == wanted)
    if type is not None:
        where.append(func.coalesce(surveys.c.type, QUARTERLY) == type)
    rows = await repository.page(tx, where, page)
    counts = await service.counts(tx, rows)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, lambda row: survey_out(row, counts.get(row.id)))


@router.get("/{id}", operation_id="get_survey", responses=problems(404))
async def get_survey(id: UUID, tx: TxDep, who: Reads, response: Response) -> SurveyOut:
    """One survey."""
    row = await service.survey(tx, who, id)
    etag(response, row.version)
    return survey_out(row, (await service.counts(tx, [row])).get(row.id))


@router.post("/{id}/open", operation_id="open_survey", responses=problems(404, 409, 412))
async def open_survey(id: UUID, tx: TxDep, who: Manages, if_match: IfMatch, response: Response) -> SurveyOut:
    """Issue a survey: the dwellings occupied now are its scope, whatever changes later."""
    row = await service.open_survey(tx, who, id, if_match)
    etag(response, row.version)
    return survey_out(row, 0)


@router.post("/{id}/close", operation_id="close_survey", responses=problems(404, 409, 412))
async def close_survey(id: UUID, tx: TxDep, who: Manages, if_match: IfMatch, response: Response) -> SurveyOut:
    """Close a survey before its time; at its closing time it closes by itself."""
    row = await service.close(tx, who, id, if_match)
    etag(response, row.version)
    return survey_out(row, None)


@router.post("/{id}/answers", status_code=201, operation_id="answer_survey", responses=problems(404, 409))
async def answer_survey(
    id: UUID,
    body: AnswerIn,
    tx: TxDep,
    who: Annotated[Principal, allow("survey.answer")],
    response: Response,
) -> AnswerOut:
    """Answer for one's household; the last answer before the close counts."""
    answer = await answering.answer(tx, who, id, body)
    created(response, f"/ticketing/v1/surveys/{id}/answers?unit_id={body.unit_id}")
    return answer


@router.get("/{id}/answers", operation_id="list_survey_answers", responses=problems(404))
async def list_answers(id: UUID, tx: TxDep, who: Reads, page: PageDep, unit_id: UUID | None = None) -> Page[AnswerOut]:
    """Answers to a survey in the order they came; residents see those of their own households."""
    await service.survey(tx, who, id)
    where: list[ColumnElement[bool]] = []
    if who.is_resident:
        held = await residence(tx, who)
        where.append(within(held, survey_answers.c.unit_id, survey_answers.c.answered_at))
    if unit_id is not None:
        where.append(survey_answers.c.unit_id == unit_id)
    rows = await repository.answers(tx, id, where, page)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, answer_out)
