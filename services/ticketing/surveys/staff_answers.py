"""Answers that staff enter: what was said on the telephone, and sheets of paper with their scan."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row as DbRow

from services.ticketing import access
from services.ticketing.domain.late_entry import entry_time
from services.ticketing.domain.survey_errors import OwnHousehold
from services.ticketing.domain.surveys import mark_faults, takes_answers
from services.ticketing.errors import AnswerInvalid, HouseholdNotAsked, MayNotAnswer, SurveyNotOpen
from services.ticketing.files.attaching import attach
from services.ticketing.surveys import answering, repository, service, ways_repository
from services.ticketing.surveys.answering import PAPER, PHONE, Given
from services.ticketing.surveys.schemas import AnswerOut
from services.ticketing.surveys.ways_schemas import BatchOut, PaperBatchIn, PhoneAnswerIn
from services.ticketing.tickets.schemas import Told
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError
from shared.periods import Period


async def by_phone(tx: Tx, who: Principal, survey_id: UUID, body: PhoneAnswerIn) -> AnswerOut:
    """What a household said on the telephone.

    Raises:
        NoSuchSurvey: unknown, or outside the caller's reach.
        SurveyNotOpen, HouseholdNotAsked, AnswerInvalid: as for an owner's own answer.
        OwnHousehold: the caller lives there, or handled a case of it in the survey's period.
        MayNotAnswer: the person named may not answer for the household.
        TicketInvalid: the time of the call.
    """
    row = await _row(tx, who, survey_id, body.unit_id)
    await answering.check_open(tx, row)
    await independent(tx, who, row, [body.unit_id])
    at = _when(tx, row, body)
    if body.person_id is not None:
        day = at.astimezone(access.zone_of(row.timezone)).date()
        if not await repository.may_answer(tx, body.person_id, body.unit_id, day):
            raise MayNotAnswer()
    given = Given(body.unit_id, body.marks, PHONE, at, body.person_id, who.sub, call=body.call)
    taken = await answering.take(tx, row, given)
    after = {"answer_id": str(taken.id), "unit_id": str(body.unit_id), "channel": PHONE, "counted": taken.counted}
    tx.audit("survey.answer_entered", "survey", survey_id, after=after)
    return taken


async def on_paper(tx: Tx, who: Principal, survey_id: UUID, body: PaperBatchIn) -> BatchOut:
    """Sheets of paper with their scan, all or none.

    Raises:
        NoSuchSurvey, SurveyNotOpen, TicketInvalid: as in :func:`by_phone`.
        AnswerInvalid: a household that was not asked or stands twice, a mark, or the scan; by item.
        OwnHousehold: one of the households is the caller's own, or one whose case they handled.
    """
    first = await _row(tx, who, survey_id, body.items[0].unit_id)
    if not takes_answers(first.state, first.closes_at, tx.now):
        raise SurveyNotOpen()
    at = _when(tx, first, body)
    units = [item.unit_id for item in body.items]
    asked = await ways_repository.asked(tx, survey_id, units)
    faults: list[FieldError] = []
    for index, item in enumerate(body.items):
        if item.unit_id not in asked:
            text = HouseholdNotAsked()
            faults.append(FieldError(f"items.{index}.unit_id", text.sentence("zh"), text.sentence("en")))
        elif item.unit_id in units[:index]:
            faults.append(
                FieldError(f"items.{index}.unit_id", "同一批次中该户重复", "This household stands twice in the batch")
            )
        faults += [
            FieldError(f"items.{index}.{path}", zh, en) for path, zh, en in mark_faults(first.dimensions, item.marks)
        ]
    if not faults:
        await independent(tx, who, first, units)
        faults = await attach(tx, who, [body.scan], "survey", survey_id, path="scan")
    if faults:
        raise AnswerInvalid(fields=faults)
    counted = 0
    # In the order of the households: two batches with some in common wait for each other and never cross.
    for item in sorted(body.items, key=lambda item: item.unit_id):
        given = Given(item.unit_id, item.marks, PAPER, at, entered_by=who.sub, scan_id=body.scan)
        counted += (await answering.take(tx, first, given)).counted
    tx.audit(
        "survey.batch_entered",
        "survey",
        survey_id,
        after={"scan": str(body.scan), "sheets": len(units), "counted": counted},
    )
    return BatchOut(stored=len(units), counted=counted)


async def independent(tx: Tx, who: Principal, row: DbRow[Any], units: list[UUID]) -> None:
    """Raises OwnHousehold when the caller is no outsider to one of the households.

    Whoever lives there speaks for themselves and not as staff; whoever handled a case of theirs in the survey's period
    is what the answer is about.
    """
    zone = access.zone_of(row.timezone)
    begin, _ = Period.parse(row.period).bounds(zone)
    today = tx.now.astimezone(zone).date()
    if await ways_repository.lives_in(tx, who.sub, units, today) or await ways_repository.handled(
        tx, who.sub, units, begin
    ):
        raise OwnHousehold()


async def _row(tx: Tx, who: Principal, survey_id: UUID, unit_id: UUID) -> DbRow[Any]:
    await service.survey(tx, who, survey_id)
    row = await repository.to_answer(tx, survey_id, unit_id)
    assert row is not None  # found above, and surveys are not deleted
    return row


def _when(tx: Tx, row: DbRow[Any], body: Told) -> datetime:
    zone = access.zone_of(row.timezone)
    return entry_time(body.occurred_at, tx.now, body.late_reason, not_before=row.opened_at, zone=zone)
