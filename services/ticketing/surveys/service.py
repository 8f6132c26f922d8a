"""Surveys from draft to close, and the answers of households."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy import Row as DbRow

from services.ticketing import access
from services.ticketing.domain.surveys import (
    CLOSED,
    DRAFT,
    OPEN,
    dimension_faults,
    mark_faults,
    may_open,
    takes_answers,
)
from services.ticketing.errors import (
    AnswerInvalid,
    HouseholdNotAsked,
    MayNotAnswer,
    NoSuchSurvey,
    NoSuchUnit,
    SurveyInvalid,
    SurveyNotDraft,
    SurveyNotOpen,
    SurveyWithoutHouseholds,
)
from services.ticketing.models import surveys, units
from services.ticketing.surveys import repository
from services.ticketing.surveys.schemas import AnswerIn, AnswerOut, SurveyIn
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError, LostUpdate
from shared.ids import uuid7
from shared.runtime import Timer

TIMER = "survey.close"
#: The most households one event lists.
EVENT_CHUNK = 200


def reach(tx: Tx, who: Principal) -> list[ColumnElement[bool]]:
    """Conditions on surveys: residents see those of their communities once they are out."""
    if who.is_resident:
        mine = select(units.c.community_id).where(
            units.c.org_id == tx.org_id, units.c.id.in_(sorted(who.units))
        )
        return [surveys.c.community_id.in_(mine), surveys.c.state != DRAFT]
    return access.within_reach(tx, who, community_column=surveys.c.community_id)


async def survey(tx: Tx, who: Principal, survey_id: UUID) -> DbRow[Any]:
    """One survey within the caller's reach.

    Raises:
        NoSuchSurvey: unknown, or outside of it.
    """
    row = await repository.one(tx, survey_id, reach(tx, who))
    if row is None:
        raise NoSuchSurvey()
    return row


async def create(tx: Tx, who: Principal, body: SurveyIn) -> DbRow[Any]:
    """Draft a survey (C-116, C-117).

    Raises:
        NoSuchCommunity: unknown, or outside the caller's reach.
        SurveyInvalid: not exactly eight dimensions with the three named ones, or a closing time that has passed.
    """
    community = await access.community(tx, who, body.community_id)
    faults = [FieldError(*fault) for fault in dimension_faults(body.dimensions)]
    if body.closes_at <= tx.now:
        faults.append(FieldError("closes_at", "截止时间应在将来", "The closing time should lie in the future"))
    if faults:
        raise SurveyInvalid(fields=faults)
    survey_id = uuid7()
    values = {
        "community_id": community.id,
        "period": body.period,
        "title": body.title,
        "dimensions": body.dimensions,
        "closes_at": body.closes_at,
    }
    await repository.add(
        tx,
        {
            "id": survey_id,
            "state": DRAFT,
            "opened_at": None,
            "closed_at": None,
            "scope_count": None,
            "answer_count": None,
            **values,
        },
    )
    tx.audit("survey.created", "survey", survey_id, after=values)
    return await _stored(tx, survey_id)


async def open_survey(tx: Tx, who: Principal, survey_id: UUID, if_match: int | None) -> DbRow[Any]:
    """Issue a survey: freeze the households it asks, tell of them, and start the clock to its close (AMB-021).

    Raises:
        NoSuchSurvey: unknown, or outside the caller's reach.
        SurveyNotDraft: issued before, or its closing time has passed.
        SurveyWithoutHouseholds: nobody lives in the community.
    """
    row = await _locked(tx, who, survey_id, if_match)
    if not may_open(row.state, row.closes_at, tx.now):
        raise SurveyNotDraft(state=row.state, closes_at=_z(row.closes_at))
    community = await access.community(tx, who, row.community_id)
    asked = await repository.households(tx, row.community_id, community.local_date(tx.now))
    if not asked:
        raise SurveyWithoutHouseholds()
    # row: AMB-021 the households as they are when it is issued
    await repository.freeze_scope(tx, survey_id, asked)
    await repository.change(tx, row, {"state": OPEN, "opened_at": tx.now, "scope_count": len(asked)})
    tx.set_timer(TIMER, survey_id, row.closes_at)
    base = {"survey_id": str(survey_id), "period": row.period}
    _tell(
        tx,
        row,
        "survey.opened.v1",
        {
            **base,
            "dimensions": list(row.dimensions),
            "closes_at": _z(row.closes_at),
            "scope_count": len(asked),
        },
    )
    for start in range(0, len(asked), EVENT_CHUNK):
        chunk = [str(id) for id in asked[start : start + EVENT_CHUNK]]
        _tell(tx, row, "survey.scope_listed.v1", {**base, "unit_ids": chunk})
    tx.audit("survey.opened", "survey", survey_id, after={"scope_count": len(asked)})
    return await _stored(tx, survey_id)


async def close(tx: Tx, who: Principal, survey_id: UUID, if_match: int | None) -> DbRow[Any]:
    """Close a survey before its time.

    Raises:
        NoSuchSurvey: unknown, or outside the caller's reach.
        SurveyNotOpen: not issued, or closed before.
    """
    row = await _locked(tx, who, survey_id, if_match)
    if row.state != OPEN:
        raise SurveyNotOpen()
    await _close(tx, row)
    tx.cancel_timer(TIMER, survey_id)
    return await _stored(tx, survey_id)


async def fire_close(tx: Tx, timer: Timer) -> None:
    """The timer of the closing time; whoever closed the survey before has done its work."""
    row = await repository.one(tx, timer.subject_id, lock=True)
    if row is not None and row.state == OPEN:
        await _close(tx, row)


async def _close(tx: Tx, row: DbRow[Any]) -> None:
    # The row is locked: answers under way have been waited for, later ones see it closed, so the count is the count.
    answers = (await repository.counted(tx, [row.id])).get(row.id, 0)
    await repository.change(tx, row, {"state": CLOSED, "closed_at": tx.now, "answer_count": answers})
    _tell(
        tx,
        row,
        "survey.closed.v1",
        {
            "survey_id": str(row.id),
            "period": row.period,
            "closed_at": _z(tx.now),
            "scope_count": row.scope_count,
            "answer_count": answers,
        },
    )
    tx.audit("survey.closed", "survey", row.id, after={"answer_count": answers})


async def answer(tx: Tx, who: Principal, survey_id: UUID, body: AnswerIn) -> AnswerOut:
    """A household's answer; its last one before the close counts.

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
    if row.asked is None and not await _lives_there(tx, body.unit_id, row.community_id):
        raise NoSuchSurvey()
    if not takes_answers(row.state, row.closes_at, tx.now):
        raise SurveyNotOpen()
    if row.asked is None:
        raise HouseholdNotAsked()
    today = tx.now.astimezone(access.zone_of(row.timezone)).date()
    if not await repository.may_answer(tx, who.sub, body.unit_id, today):
        raise MayNotAnswer()
    faults = mark_faults(row.dimensions, body.marks)
    if faults:
        raise AnswerInvalid(fields=[FieldError(*fault) for fault in faults])
    answer_id = uuid7()
    marks = {code: body.marks[code] for code in row.dimensions}
    await repository.add_answer(
        tx,
        {
            "id": answer_id,
            "survey_id": survey_id,
            "unit_id": body.unit_id,
            "person_id": who.sub,
            "marks": marks,
            "answered_at": tx.now,
        },
    )
    # The subject is the survey, so that answers park behind it where its opening could not be applied. No audit entry:
    # the answer is its own append-only record, with its author and time.
    tx.emit(
        "survey.answered.v1",
        subject=survey_id,
        seq=row.version,
        community_id=row.community_id,
        data={
            "survey_id": str(survey_id),
            "period": row.period,
            "unit_id": str(body.unit_id),
            "answer_id": str(answer_id),
            "marks": marks,
            "answered_at": _z(tx.now),
        },
    )
    return AnswerOut(
        id=answer_id,
        survey_id=survey_id,
        unit_id=body.unit_id,
        marks=marks,
        answered_at=tx.now,
        counted=True,
    )


async def counts(tx: Tx, rows: Sequence[DbRow[Any]]) -> dict[UUID, int]:
    """Answers counted so far, of the surveys that are open."""
    return await repository.counted(tx, [row.id for row in rows if row.state == OPEN])


async def _lives_there(tx: Tx, unit_id: UUID, community_id: UUID) -> bool:
    found = await tx.scalar(
        select(units.c.id).where(
            units.c.org_id == tx.org_id, units.c.id == unit_id, units.c.community_id == community_id
        )
    )
    return found is not None


async def _locked(tx: Tx, who: Principal, survey_id: UUID, if_match: int | None) -> DbRow[Any]:
    row = await repository.one(tx, survey_id, reach(tx, who), lock=True)
    if row is None:
        raise NoSuchSurvey()
    if if_match is not None and if_match != row.version:
        raise LostUpdate()
    return row


async def _stored(tx: Tx, survey_id: UUID) -> DbRow[Any]:
    row = await repository.one(tx, survey_id)
    assert row is not None  # written in this transaction
    return row


def _tell(tx: Tx, row: DbRow[Any], type: str, data: dict[str, Any]) -> None:
    tx.emit(type, subject=row.id, seq=row.version + 1, community_id=row.community_id, data=data)


def _z(at: Any) -> str:
    text: str = at.isoformat()
    return text.replace("+00:00", "Z")
