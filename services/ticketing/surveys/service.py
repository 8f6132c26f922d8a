"""Surveys from draft to close, and the answers of households."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy import Row as DbRow

from services.ticketing import access
from services.ticketing.domain.survey_types import QUARTERLY, Question, named, question_faults, standard
from services.ticketing.domain.surveys import CLOSED, DRAFT, OPEN, may_open
from services.ticketing.errors import (
    NoSuchSurvey,
    SurveyInvalid,
    SurveyNotDraft,
    SurveyNotOpen,
    SurveyWithoutHouseholds,
)
from services.ticketing.models import surveys, units
from services.ticketing.surveys import repository, settings
from services.ticketing.surveys.schemas import SurveyIn
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
        mine = select(units.c.community_id).where(units.c.org_id == tx.org_id, units.c.id.in_(sorted(who.units)))
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


async def scan(tx: Tx, who: Principal, survey_id: UUID) -> DbRow[Any]:
    """The survey that a scan of answers hangs on: owners see none of it, for it has the answers of all.

    Raises:
        NoSuchSurvey: unknown, outside the caller's reach, or asked for by an owner.
    """
    if who.is_resident:
        raise NoSuchSurvey()
    return await survey(tx, who, survey_id)


async def create(tx: Tx, who: Principal, body: SurveyIn) -> DbRow[Any]:
    """Draft a survey (C-116, C-117).

    Raises:
        NoSuchCommunity: unknown, or outside the caller's reach.
        SurveyInvalid: a quarterly survey without exactly eight dimensions with the three named ones among them, a
            topic's with none or too many, or a closing time that has passed.
    """
    community = await access.community(tx, who, body.community_id)
    questions = await _questions(tx, body)
    codes = [q.code for q in questions]
    faults = [FieldError(*fault) for fault in question_faults(body.type, codes)]
    if body.closes_at <= tx.now:
        faults.append(FieldError("closes_at", "截止时间应在将来", "The closing time should lie in the future"))
    if faults:
        raise SurveyInvalid(fields=faults)
    survey_id = uuid7()
    values = {
        "community_id": community.id,
        "period": body.period,
        "title": body.title,
        "type": body.type,
        "dimensions": codes,
        "questions": [asdict(q) for q in questions],
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


async def _questions(tx: Tx, body: SurveyIn) -> Sequence[Question]:
    if body.questions is not None:
        return [Question(q.code, q.zh, q.en) for q in body.questions]
    own = await settings.chosen(tx)
    if body.dimensions is not None:
        return named(body.dimensions, body.type, own)
    return standard(body.type, own)


def told(row: DbRow[Any]) -> dict[str, Any]:
    """What every event about a survey carries; whoever counts quarterly surveys passes over the other types."""
    return {"survey_id": str(row.id), "survey_type": row.type or QUARTERLY, "period": row.period}


async def open_survey(tx: Tx, who: Principal, survey_id: UUID, if_match: int | None) -> DbRow[Any]:
    """Issue a survey: freeze the households it asks, tell of them, and start the clock to its close (AMB-021).

    Raises:
        NoSuchSurvey: unknown, or outside the caller's reach.
        SurveyNotDraft: issued before, or its closing time has passed.
        SurveyWithoutHouseholds: nobody lives in the community.
    """
    row = await _locked(tx, who, survey_id, if_match)
    if not may_open(row.state, row.closes_at, tx.now):
        raise SurveyNotDraft(state=row.state, closes_at=z(row.closes_at))
    community = await access.community(tx, who, row.community_id)
    asked = await repository.households(tx, row.community_id, community.local_date(tx.now))
    if not asked:
        raise SurveyWithoutHouseholds()
    # row: AMB-021 the households as they are when it is issued
    await repository.freeze_scope(tx, survey_id, asked)
    await repository.change(tx, row, {"state": OPEN, "opened_at": tx.now, "scope_count": len(asked)})
    tx.set_timer(TIMER, survey_id, row.closes_at)
    base = told(row)
    _tell(
        tx,
        row,
        "survey.opened.v1",
        {
            **base,
            "dimensions": list(row.dimensions),
            "closes_at": z(row.closes_at),
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
            **told(row),
            "closed_at": z(tx.now),
            "scope_count": row.scope_count,
            "answer_count": answers,
        },
    )
    tx.audit("survey.closed", "survey", row.id, after={"answer_count": answers})


async def counts(tx: Tx, rows: Sequence[DbRow[Any]]) -> dict[UUID, int]:
    """Answers counted so far, of the surveys that are open."""
    return await repository.counted(tx, [row.id for row in rows if row.state == OPEN])


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


def z(at: Any) -> str:
    text: str = at.isoformat()
    return text.replace("+00:00", "Z")
