"""Results of surveys, and the reports on them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Response

from services.ticketing.surveys import reports, results
from services.ticketing.surveys.report_schemas import (
    DecisionIn,
    ReportIn,
    ReportOut,
    ResultsOut,
    RollUpOut,
    report_out,
)
from services.ticketing.surveys.schemas import SurveyType
from shared.auth import Principal, allow
from shared.http.routing import TxDep, created, etag, problems, service_router
from shared.http.schemas import PeriodCode

router = service_router(prefix="/v1/surveys", tags=["surveys"])
roll_ups = service_router(prefix="/v1/survey-results", tags=["surveys"])

Sees = Annotated[Principal, allow("survey.results")]
Decides = Annotated[Principal, allow("survey.approve")]


@router.get("/{id}/results", operation_id="get_survey_results", responses=problems(404))
async def get_results(id: UUID, tx: TxDep, who: Sees) -> ResultsOut:
    """What the counted answers say, question by question; means are rounded once, to two decimals."""
    return await results.results(tx, who, id)


@roll_ups.get("", operation_id="get_survey_roll_up", responses=problems(404))
async def get_roll_up(
    tx: TxDep, who: Sees, org_unit_id: UUID, period: PeriodCode, type: SurveyType = "quarterly"
) -> RollUpOut:
    """What the surveys of a period say below an org unit: sums over its communities, each listed."""
    return await results.roll_up(tx, who, org_unit_id, period, type)


@router.post("/{id}/report", status_code=201, operation_id="submit_survey_report", responses=problems(404, 409))
async def submit_report(
    id: UUID,
    body: ReportIn,
    tx: TxDep,
    who: Annotated[Principal, allow("survey.manage")],
    response: Response,
) -> ReportOut:
    """Submit the analysis of a closed survey with its improvement measures, again if it was returned."""
    row = await reports.submit(tx, who, id, body)
    created(response, f"/ticketing/v1/surveys/{id}/report", row.version)
    return report_out(row)


@router.get("/{id}/report", operation_id="get_survey_report", responses=problems(404))
async def get_report(id: UUID, tx: TxDep, who: Sees, response: Response) -> ReportOut:
    """The report on a survey."""
    row = await reports.report(tx, who, id)
    etag(response, row.version)
    return report_out(row)


@router.post("/{id}/report/approve", operation_id="approve_survey_report", responses=problems(404, 409))
async def approve_report(id: UUID, body: DecisionIn, tx: TxDep, who: Decides) -> ReportOut:
    """Approve a submitted report, so that the departments can be held to its measures."""
    return report_out(await reports.decide(tx, who, id, approve=True, note=body.note))


@router.post("/{id}/report/return", operation_id="return_survey_report", responses=problems(404, 409))
async def return_report(id: UUID, body: DecisionIn, tx: TxDep, who: Decides) -> ReportOut:
    """Return a submitted report to its author."""
    return report_out(await reports.decide(tx, who, id, approve=False, note=body.note))
