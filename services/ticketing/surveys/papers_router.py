"""Surveys on paper, and how often they are made."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Request, Response
from sqlalchemy import Row

from services.ticketing.documents.papers import printed
from services.ticketing.documents.router import PDF
from services.ticketing.surveys import cadence, papers
from services.ticketing.surveys.cadence_schemas import CadenceIn, CadenceOut
from shared.auth import Principal, allow
from shared.http.routing import Page, PageDep, TxDep, page_of, problems, service_router
from shared.telemetry.context import request_id

router = service_router(prefix="/v1/surveys", tags=["surveys"])
cadences = service_router(prefix="/v1/survey-cadences", tags=["surveys"])

Sees = Annotated[Principal, allow("survey.results")]


def _present(row: Row[Any]) -> CadenceOut:
    return CadenceOut(**{name: getattr(row, name) for name in CadenceOut.model_fields})


@router.get(
    "/{id}/questionnaire.pdf",
    operation_id="print_questionnaire",
    responses={**PDF, **problems(404)},
    response_class=Response,
)
async def print_questionnaire(id: UUID, request: Request, who: Sees) -> Response:
    """The questionnaire (E-031) for households that answer on paper."""
    return await printed(
        request.app.state.runtime, who, request_id.get(), lambda tx: papers.questionnaire(tx, who, id)
    )


@router.get(
    "/{id}/report.pdf",
    operation_id="print_survey_report",
    responses={**PDF, **problems(404)},
    response_class=Response,
)
async def print_report(id: UUID, request: Request, who: Sees) -> Response:
    """The report on a survey (E-032): coverage, score, analysis and measures, with the general manager's decision."""
    return await printed(request.app.state.runtime, who, request_id.get(), lambda tx: papers.report(tx, who, id))


@cadences.put("", operation_id="set_survey_cadence", responses=problems(404))
async def put_cadence(
    body: CadenceIn, tx: TxDep, who: Annotated[Principal, allow("survey.manage")]
) -> CadenceOut:
    """Have every community below an org unit surveyed each quarter; whoever leads is reminded of one that is not."""
    return _present(await cadence.put(tx, who, body))


@cadences.get("", operation_id="list_survey_cadences")
async def list_cadences(tx: TxDep, who: Sees, page: PageDep) -> Page[CadenceOut]:
    """The cadences of org units within reach."""
    after = page.after.uuid() if page.after is not None else None
    rows = await cadence.listed(tx, who, after, page.limit + 1)
    return page_of(rows, page.limit, key=lambda r: {"id": r.id}, present=_present)
