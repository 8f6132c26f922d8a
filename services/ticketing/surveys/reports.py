"""From a closed survey to measures: the report on it, and the general manager's decision (C-118, C-119)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Row as DbRow

from services.ticketing.domain.surveys import (
    APPROVED,
    RETURNED,
    SUBMITTED,
    decision_fault,
    may_submit_report,
)
from services.ticketing.errors import (
    NoSuchSurveyReport,
    OwnSurveyReport,
    SurveyReportNotNow,
    SurveyReportNotSubmitted,
)
from services.ticketing.surveys import repository, service
from services.ticketing.surveys.report_schemas import ReportIn
from shared.auth import Principal
from shared.db.tx import Tx
from shared.ids import uuid7


async def report(tx: Tx, who: Principal, survey_id: UUID) -> DbRow[Any]:
    """The report on a survey.

    Raises:
        NoSuchSurvey, NoSuchSurveyReport: no such survey within the caller's reach, or no report on it yet.
    """
    await service.survey(tx, who, survey_id)
    row = await repository.report(tx, survey_id)
    if row is None:
        raise NoSuchSurveyReport()
    return row


async def submit(tx: Tx, who: Principal, survey_id: UUID, body: ReportIn) -> DbRow[Any]:
    """Submit the report on a closed survey, or a better one after it was returned (C-118).

    Raises:
        NoSuchSurvey: unknown, or outside the caller's reach.
        SurveyReportNotNow: the survey is not closed, or a report waits or was approved.
    """
    survey = await service.survey(tx, who, survey_id)
    await repository.one(tx, survey_id, lock=True)  # two first reports at once would both find none
    before = await repository.report(tx, survey_id, lock=True)
    # row: C-118 the report is on a closed survey
    if not may_submit_report(survey.state, None if before is None else before.state):
        raise SurveyReportNotNow()
    values = {
        "state": SUBMITTED,
        # row: C-126 after each survey its analysis
        "analysis": body.analysis,
        # row: C-126 and advice for each department, with what helps it
        "measures": [measure.model_dump(mode="json") for measure in body.measures],
        "submitted_by": tx.actor_id,
        "submitted_at": tx.now,
        "decided_by": None,
        "decided_at": None,
        "note": None,
    }
    if before is None:
        ids = {"survey_id": survey_id, "community_id": survey.community_id}
        await repository.add_report(tx, {"id": uuid7(), **ids, **values})
    else:
        await repository.change_report(tx, before, values)
    return await _told(tx, survey, "survey.report_submitted.v1", "survey_report.submitted")


async def decide(tx: Tx, who: Principal, survey_id: UUID, *, approve: bool, note: str | None) -> DbRow[Any]:
    """Approve a submitted report or return it to its author (C-119, D-003).

    Raises:
        NoSuchSurvey, NoSuchSurveyReport: no such survey within the caller's reach, or no report on it yet.
        SurveyReportNotSubmitted: it is not waiting for a decision.
        OwnSurveyReport: the caller submitted it.
    """
    survey = await service.survey(tx, who, survey_id)
    row = await repository.report(tx, survey_id, lock=True)
    if row is None:
        raise NoSuchSurveyReport()
    # row: C-119, D-003 the general manager decides, and not on a report of their own
    fault = decision_fault(row.state, row.submitted_by, tx.actor_id)
    if fault is not None:
        raise OwnSurveyReport() if fault == "own" else SurveyReportNotSubmitted()
    state = APPROVED if approve else RETURNED
    values = {"state": state, "decided_by": tx.actor_id, "decided_at": tx.now, "note": note}
    await repository.change_report(tx, row, values)
    return await _told(tx, survey, f"survey.report_{state}.v1", f"survey_report.{state}")


async def _told(tx: Tx, survey: DbRow[Any], event: str, action: str) -> DbRow[Any]:
    row = await repository.report(tx, survey.id)
    assert row is not None  # written in this transaction
    tx.emit(
        event,
        subject=row.id,
        seq=row.version,
        community_id=survey.community_id,
        data={**service.told(survey), "measures": len(row.measures)},
    )
    tx.audit(action, "survey_report", row.id, after={"state": row.state, "note": row.note})
    return row
