"""From an approved report to improvements that were looked at (C-119, C-126; the last states of C.13)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row as DbRow

from services.ticketing.domain.survey_errors import (
    MeasuresNotNow,
    MeasureStateWrong,
    NoSuchMeasure,
    NotYourMeasure,
    OwnMeasure,
)
from services.ticketing.domain.surveys import APPROVED, ASSIGNED, DONE, VERIFIED
from services.ticketing.errors import SurveyInvalid
from services.ticketing.surveys import follow_repository, repository, service
from services.ticketing.surveys.follow_repository import MEASURES
from services.ticketing.surveys.follow_schemas import MeasureAssignIn, MeasureDoneIn, MeasureVerifyIn
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError
from shared.ids import uuid7


async def assign(tx: Tx, who: Principal, survey_id: UUID, body: MeasureAssignIn) -> DbRow[Any]:
    """Give a measure of the approved report to somebody.

    Raises:
        NoSuchSurvey, NoSuchMeasure: unknown, or outside the caller's reach.
        MeasuresNotNow: the report is not approved, or this measure was assigned before.
        SurveyInvalid: neither the report nor the caller names a day.
    """
    survey = await service.survey(tx, who, survey_id)
    report = await repository.report(tx, survey_id, lock=True)
    # row: C-119 first the general manager approves, then the departments are urged
    if report is None or report.state != APPROVED:
        raise MeasuresNotNow()
    if body.place >= len(report.measures):
        raise NoSuchMeasure()
    if any(m.place == body.place for m in await follow_repository.of_survey(tx, MEASURES, survey_id)):
        raise MeasuresNotNow()
    wanted = report.measures[body.place]
    due_on = body.due_on or (date.fromisoformat(wanted["due_on"]) if wanted["due_on"] else None)
    if due_on is None:
        raise SurveyInvalid(fields=[FieldError("due_on", "请填写完成期限", "Say by when; the report names no day")])
    measure_id = uuid7()
    values = {"place": body.place, "due_on": due_on, "state": ASSIGNED, "assignee_id": body.assignee_id}
    fixed = {"department": wanted["department"], "text": wanted["text"]}
    empty = dict.fromkeys(("done_by", "done_at", "result", "verified_by", "verified_at", "note"))
    ids = {"id": measure_id, "survey_id": survey_id, "community_id": survey.community_id}
    row = {**ids, **values, **fixed, **empty, "assigned_by": tx.actor_id, "sent_back": False}
    await follow_repository.add(tx, MEASURES, [row])
    after = await follow_repository.one(tx, MEASURES, survey_id, measure_id)
    assert after is not None  # stored above
    return _told(tx, survey, after, "assigned")


async def listed(tx: Tx, who: Principal, survey_id: UUID) -> Sequence[DbRow[Any]]:
    """The measures that were assigned, in the order of the report. Raises NoSuchSurvey."""
    await service.survey(tx, who, survey_id)
    return sorted(await follow_repository.of_survey(tx, MEASURES, survey_id), key=lambda row: row.place)


async def done(tx: Tx, who: Principal, survey_id: UUID, measure_id: UUID, body: MeasureDoneIn) -> DbRow[Any]:
    """Report a measure done.

    Raises:
        NoSuchSurvey, NoSuchMeasure: unknown, or outside the caller's reach.
        NotYourMeasure: it was assigned to somebody else.
        MeasureStateWrong: reported or verified before.
    """
    survey, row = await _found(tx, who, survey_id, measure_id)
    if row.assignee_id != who.sub:
        raise NotYourMeasure()
    if row.state != ASSIGNED:
        raise MeasureStateWrong(state=row.state)
    values = {"state": DONE, "done_by": who.sub, "done_at": tx.now, "result": body.result}
    return _told(tx, survey, await follow_repository.change(tx, MEASURES, row, values), "done")


async def verify(tx: Tx, who: Principal, survey_id: UUID, measure_id: UUID, body: MeasureVerifyIn) -> DbRow[Any]:
    """Look at a measure that was reported done, or send it back.

    Raises:
        NoSuchSurvey, NoSuchMeasure: unknown, or outside the caller's reach.
        OwnMeasure: it was the caller's own to carry out.
        MeasureStateWrong: not reported done, or verified before.
        SurveyInvalid: sent back without saying why.
    """
    survey, row = await _found(tx, who, survey_id, measure_id)
    if who.sub in (row.assignee_id, row.done_by):
        raise OwnMeasure()
    if row.state != DONE:
        raise MeasureStateWrong(state=row.state)
    if not body.accepted and not body.note:
        raise SurveyInvalid(fields=[FieldError("note", "退回时请说明原因", "Say why it goes back")])
    values: dict[str, Any] = {"state": VERIFIED if body.accepted else ASSIGNED, "note": body.note}
    values |= (
        {"verified_by": who.sub, "verified_at": tx.now}
        if body.accepted
        else {"done_by": None, "done_at": None, "sent_back": True}
    )
    after = await follow_repository.change(tx, MEASURES, row, values)
    return _told(tx, survey, after, "verified" if body.accepted else "sent_back")


async def _found(tx: Tx, who: Principal, survey_id: UUID, measure_id: UUID) -> tuple[DbRow[Any], DbRow[Any]]:
    survey = await service.survey(tx, who, survey_id)
    row = await follow_repository.one(tx, MEASURES, survey_id, measure_id)
    if row is None:
        raise NoSuchMeasure()
    return survey, row


def _told(tx: Tx, survey: DbRow[Any], row: DbRow[Any], what: str) -> DbRow[Any]:
    tx.emit(
        f"survey.measure_{what}.v1",
        subject=row.id,
        seq=row.version,
        community_id=survey.community_id,
        data={
            **service.told(survey),
            "measure_id": str(row.id),
            "assignee_id": str(row.assignee_id),
            "due_on": row.due_on.isoformat(),
        },
    )
    tx.audit(
        f"survey_measure.{what}",
        "survey_measure",
        row.id,
        after={"state": row.state, "assignee_id": str(row.assignee_id), "result": row.result, "note": row.note},
    )
    return row
