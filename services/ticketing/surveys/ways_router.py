"""Answers by telephone, on paper and by link."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Path, Request, Response

from services.ticketing.surveys import links, staff_answers
from services.ticketing.surveys.schemas import AnswerOut
from services.ticketing.surveys.ways_schemas import (
    BatchOut,
    LinkAnswerIn,
    LinkedSurveyOut,
    LinksIn,
    LinksOut,
    PaperBatchIn,
    PhoneAnswerIn,
    ThanksOut,
)
from shared.auth import Principal, allow
from shared.http.routing import TxDep, created, own_transactions, problems, public, service_router
from shared.runtime import Runtime
from shared.telemetry.context import request_id

router = service_router(prefix="/v1", tags=["surveys"])

Enters = Annotated[Principal, allow("survey.enter")]
Token = Annotated[str, Path(max_length=80)]


@router.post("/surveys/{id}/phone-answers", status_code=201, operation_id="enter_phone_answer", responses=problems(404))
async def enter_phone_answer(id: UUID, body: PhoneAnswerIn, tx: TxDep, who: Enters, response: Response) -> AnswerOut:
    """Enter what a household said on the telephone, with the call it was said in."""
    taken = await staff_answers.by_phone(tx, who, id, body)
    created(response, f"/ticketing/v1/surveys/{id}/answers?unit_id={body.unit_id}")
    return taken


@router.post(
    "/surveys/{id}/paper-answers", status_code=201, operation_id="enter_paper_answers", responses=problems(404)
)
async def enter_paper_answers(id: UUID, body: PaperBatchIn, tx: TxDep, who: Enters, response: Response) -> BatchOut:
    """Enter sheets of paper with their scan, all or none; each is of the household it names."""
    taken = await staff_answers.on_paper(tx, who, id, body)
    created(response, f"/ticketing/v1/surveys/{id}/answers")
    return taken


@router.post("/surveys/{id}/links", status_code=201, operation_id="make_survey_links", responses=problems(404, 409))
@own_transactions  # no idempotency key: its kept answer would be the only place where the tokens could be read
async def make_links(
    id: UUID,
    body: LinksIn,
    request: Request,
    who: Annotated[Principal, allow("survey.enter")],
    response: Response,
) -> LinksOut:
    """Make links by which households answer once without signing in; shown now and never again."""
    rt: Runtime = request.app.state.runtime
    async with rt.db.tx(who.org, actor_id=who.sub, request_id=request_id.get()) as tx:
        made = await links.make(tx, who, id, body)
    created(response, f"/ticketing/v1/surveys/{id}")
    response.headers["Cache-Control"] = "no-store"
    return made


@router.get("/survey-links/{token}", operation_id="get_linked_survey", responses=problems(404))
@public  # the token is the permission
async def get_linked_survey(token: Token, request: Request, response: Response) -> LinkedSurveyOut:
    """The questionnaire that a link opens."""
    rt: Runtime = request.app.state.runtime
    response.headers["Cache-Control"] = "no-store"
    async with rt.db.read(links.org_of(token)) as tx:
        return await links.look(tx, token)


@router.post(
    "/survey-links/{token}/answer",
    status_code=201,
    operation_id="answer_linked_survey",
    responses=problems(404, 409),
)
@public  # the token is the permission
async def answer_linked_survey(token: Token, body: LinkAnswerIn, request: Request) -> ThanksOut:
    """Answer through a link, once."""
    rt: Runtime = request.app.state.runtime
    async with rt.db.tx(links.org_of(token), request_id=request_id.get()) as tx:
        return await links.answer(tx, token, body)
