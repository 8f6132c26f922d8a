"""After the close: calling households back, and carrying out what the report promised."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Response

from services.ticketing.surveys import measures, recalls
from services.ticketing.surveys.follow_schemas import (
    MeasureAssignIn,
    MeasureDoneIn,
    MeasureTaskOut,
    MeasureTasksOut,
    MeasureVerifyIn,
    RecallOut,
    RecallResultIn,
    RecallsIn,
    RecallsOut,
    measure_out,
    recall_out,
)
from shared.auth import Principal, allow
from shared.http.routing import TxDep, created, etag, problems, service_router

router = service_router(prefix="/v1/surveys", tags=["surveys"])

Recalls = Annotated[Principal, allow("survey.recall")]
Sees = Annotated[Principal, allow("survey.results")]


@router.post("/{id}/recalls", status_code=201, operation_id="draw_survey_recalls", responses=problems(404, 409))
async def draw_recalls(
    id: UUID, body: RecallsIn, tx: TxDep, who: Annotated[Principal, allow("survey.draw")], response: Response
) -> RecallsOut:
    """Draw by chance which of the households that answered are called back; once, after the close."""
    rows = await recalls.draw(tx, who, id, body.size)
    created(response, f"/ticketing/v1/surveys/{id}/recalls")
    return RecallsOut(items=[recall_out(row) for row in rows])


@router.get("/{id}/recalls", operation_id="list_survey_recalls", responses=problems(404))
async def list_recalls(id: UUID, tx: TxDep, who: Sees) -> RecallsOut:
    """The households to call back, and what those called have said."""
    return RecallsOut(items=[recall_out(row) for row in await recalls.listed(tx, who, id)])


@router.post("/{id}/recalls/{recall_id}/result", operation_id="record_survey_recall", responses=problems(404, 409))
async def record_recall(
    id: UUID, recall_id: UUID, body: RecallResultIn, tx: TxDep, who: Recalls, response: Response
) -> RecallOut:
    """Record what a household said; never by the one who entered its answer."""
    row = await recalls.record(tx, who, id, recall_id, body)
    etag(response, row.version)
    return recall_out(row)


@router.post("/{id}/measures", status_code=201, operation_id="assign_survey_measure", responses=problems(404, 409))
async def assign_measure(
    id: UUID,
    body: MeasureAssignIn,
    tx: TxDep,
    who: Annotated[Principal, allow("survey.manage")],
    response: Response,
) -> MeasureTaskOut:
    """Give a measure of the approved report to somebody, with its day."""
    row = await measures.assign(tx, who, id, body)
    created(response, f"/ticketing/v1/surveys/{id}/measures", row.version)
    return measure_out(row)


@router.get("/{id}/measures", operation_id="list_survey_measures", responses=problems(404))
async def list_measures(id: UUID, tx: TxDep, who: Sees) -> MeasureTasksOut:
    """The measures that were assigned, in the order of the report."""
    return MeasureTasksOut(items=[measure_out(row) for row in await measures.listed(tx, who, id)])


@router.post("/{id}/measures/{measure_id}/done", operation_id="finish_survey_measure", responses=problems(404, 409))
async def finish_measure(
    id: UUID,
    measure_id: UUID,
    body: MeasureDoneIn,
    tx: TxDep,
    who: Annotated[Principal, allow("survey.measure")],
    response: Response,
) -> MeasureTaskOut:
    """Report a measure of one's own done."""
    row = await measures.done(tx, who, id, measure_id, body)
    etag(response, row.version)
    return measure_out(row)


@router.post("/{id}/measures/{measure_id}/verify", operation_id="verify_survey_measure", responses=problems(404, 409))
async def verify_measure(
    id: UUID,
    measure_id: UUID,
    body: MeasureVerifyIn,
    tx: TxDep,
    who: Annotated[Principal, allow("survey.verify")],
    response: Response,
) -> MeasureTaskOut:
    """Accept a measure that was reported done, or send it back; never one of one's own."""
    row = await measures.verify(tx, who, id, measure_id, body)
    etag(response, row.version)
    return measure_out(row)
