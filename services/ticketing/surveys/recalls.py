"""Calling back some of the households that answered, by somebody who did not enter the answer.

Without it a share of answers typed in by staff says nothing. The sample is drawn once, after the close, by a seed made
by chance: whoever enters answers cannot know which will be looked at, and nobody draws until it suits.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row as DbRow

from services.ticketing.domain.survey_errors import NoSuchRecall, OwnEntry, RecallDone, RecallsDrawn
from services.ticketing.domain.surveys import CLOSED, NOT_REACHED, sample
from services.ticketing.errors import NoSuchSurvey
from services.ticketing.surveys import follow_repository, repository, service, staff_answers
from services.ticketing.surveys.follow_repository import RECALLS
from services.ticketing.surveys.follow_schemas import RecallResultIn
from shared.auth import Principal
from shared.db.tx import Tx
from shared.ids import uuid7


async def draw(tx: Tx, who: Principal, survey_id: UUID, size: int) -> Sequence[DbRow[Any]]:
    """Draw the sample of a closed survey.

    Raises:
        NoSuchSurvey: unknown, or outside the caller's reach.
        RecallsDrawn: not closed yet, or drawn before.
    """
    await service.survey(tx, who, survey_id)
    survey = await repository.one(tx, survey_id, lock=True)
    if survey is None:
        raise NoSuchSurvey()
    if survey.state != CLOSED or await follow_repository.of_survey(tx, RECALLS, survey_id):
        raise RecallsDrawn()
    answers = await follow_repository.counted_answers(tx, survey_id)
    seed = secrets.token_hex(16)
    drawn = sample(seed, list(answers), size)
    empty = {"result": None, "called_by": None, "called_at": None, "note": None}
    rows = [
        {
            "id": uuid7(),
            "survey_id": survey_id,
            "unit_id": unit,
            "answer_id": answers[unit].id,
            "entered_by": answers[unit].entered_by,
            "seed": seed,
            **empty,
        }
        for unit in drawn
    ]
    if rows:
        await follow_repository.add(tx, RECALLS, rows)
    tx.audit("survey.recalls_drawn", "survey", survey_id, after={"seed": seed, "size": size, "drawn": len(rows)})
    return await follow_repository.of_survey(tx, RECALLS, survey_id)


async def listed(tx: Tx, who: Principal, survey_id: UUID) -> Sequence[DbRow[Any]]:
    """The sample of a survey. Raises NoSuchSurvey."""
    await service.survey(tx, who, survey_id)
    return await follow_repository.of_survey(tx, RECALLS, survey_id)


async def record(tx: Tx, who: Principal, survey_id: UUID, recall_id: UUID, body: RecallResultIn) -> DbRow[Any]:
    """What a household said when it was called back.

    Raises:
        NoSuchSurvey, NoSuchRecall: unknown, or outside the caller's reach.
        OwnEntry: the caller entered the answer.
        OwnHousehold: the caller lives there, or handled a case of it in the survey's period.
        RecallDone: it was reached before.
    """
    survey = await service.survey(tx, who, survey_id)
    row = await follow_repository.one(tx, RECALLS, survey_id, recall_id)
    if row is None:
        raise NoSuchRecall()
    if row.entered_by == who.sub:
        raise OwnEntry()
    place = await repository.to_answer(tx, survey_id, row.unit_id)
    assert place is not None  # of the survey found above
    await staff_answers.independent(tx, who, place, [row.unit_id])
    if row.result not in (None, NOT_REACHED):
        raise RecallDone()
    values = {"result": body.result, "called_by": who.sub, "called_at": tx.now, "note": body.note}
    after = await follow_repository.change(tx, RECALLS, row, values)
    tx.emit(
        "survey.recalled.v1",
        subject=row.id,
        seq=after.version,
        community_id=survey.community_id,
        data={
            **service.told(survey),
            "unit_id": str(row.unit_id),
            "answer_id": str(row.answer_id),
            "outcome": body.result,
        },
    )
    tx.audit("survey.recalled", "survey", survey_id, before={"result": row.result}, after={"result": body.result})
    return after
