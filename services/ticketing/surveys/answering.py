"""A household's answer, whichever way it comes: the last valid one before the close counts (AMB-021)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row as DbRow

from services.ticketing import access
from services.ticketing.domain.surveys import DRAFT, mark_faults, takes_answers
from services.ticketing.errors import (
    AnswerInvalid,
    HouseholdNotAsked,
    MayNotAnswer,
    NoSuchSurvey,
    NoSuchUnit,
    SurveyNotOpen,
)
from services.ticketing.surveys import repository
from services.ticketing.surveys.schemas import AnswerIn, AnswerOut
from services.ticketing.surveys.service import told, z
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError
from shared.ids import uuid7

APP, LINK, PHONE, PAPER = "app", "link", "phone", "paper"


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as it came: by which way, from whom, entered by whom, and when it was given (UTC)."""

    unit_id: UUID
    marks: Mapping[str, Any]
    channel: str
    at: datetime
    person_id: UUID | None = None
    entered_by: UUID | None = None
    call: str | None = None
    scan_id: UUID | None = None


async def answer(tx: Tx, who: Principal, survey_id: UUID, body: AnswerIn) -> AnswerOut:
    """An owner's answer by the app.

    Raises:
        NoSuchUnit: not one of the caller's dwellings.
        NoSuchSurvey: unknown, or of another community.
        SurveyNotOpen: not issued yet, or past its closing time, whether or not the timer has fired.
        HouseholdNotAsked: the dwelling was empty when the survey was issued.
        MayNotAnswer: the caller's relation to the dwelling lacks the power.
        AnswerInvalid: a mark is missing, not whole or out of range.
    """
    if body.unit_id not in who.units:
        raise NoSuchUnit()
    row = await repository.to_answer(tx, survey_id, body.unit_id)
    if row is None or row.state == DRAFT:
        raise NoSuchSurvey()
    if row.asked is None and not await repository.lies_in(tx, body.unit_id, row.community_id):
        raise NoSuchSurvey()
    await check_open(tx, row)
    today = tx.now.astimezone(access.zone_of(row.timezone)).date()
    if not await repository.may_answer(tx, who.sub, body.unit_id, today):
        raise MayNotAnswer()
    return await take(tx, row, Given(body.unit_id, body.marks, APP, tx.now, person_id=who.sub))


async def check_open(tx: Tx, row: DbRow[Any]) -> None:
    """Raises SurveyNotOpen or HouseholdNotAsked unless the survey takes this household's answer now."""
    # row: AMB-021 an answer counts before the close, to the second, and from a household asked
    if not takes_answers(row.state, row.closes_at, tx.now):
        raise SurveyNotOpen()
    if row.asked is None:
        raise HouseholdNotAsked()


async def take(tx: Tx, row: DbRow[Any], given: Given) -> AnswerOut:
    """Store an answer that may be given; one that was given before the one on record does not count.

    Raises:
        AnswerInvalid: a mark is missing, not whole or out of range.
    """
    # row: AMB-021, AMB-111 every dimension, a whole mark from 0 to 100, or it is no answer
    faults = mark_faults(row.dimensions, given.marks)
    if faults:
        raise AnswerInvalid(fields=[FieldError(*fault) for fault in faults])
    answer_id = uuid7()
    marks = {code: given.marks[code] for code in row.dimensions}
    counts = await repository.add_answer(
        tx,
        {
            "id": answer_id,
            "survey_id": row.id,
            "unit_id": given.unit_id,
            "person_id": given.person_id,
            "marks": marks,
            "answered_at": given.at,
            "channel": given.channel,
            "entered_by": given.entered_by,
            "call": given.call,
            "scan_id": given.scan_id,
        },
    )
    if counts:
        # The subject is the survey, so that answers park behind it where its opening could not be applied. No audit
        # entry: the answer is its own append-only record, with its author and time.
        tx.emit(
            "survey.answered.v1",
            subject=row.id,
            seq=row.version,
            community_id=row.community_id,
            data={
                **told(row),
                "unit_id": str(given.unit_id),
                "answer_id": str(answer_id),
                "marks": marks,
                "answered_at": z(given.at),
                "channel": given.channel,
            },
        )
    return AnswerOut(
        id=answer_id,
        survey_id=row.id,
        unit_id=given.unit_id,
        marks=marks,
        answered_at=given.at,
        channel=given.channel,
        entered_by=given.entered_by,
        call=given.call,
        scan_id=given.scan_id,
        counted=counts,
    )
