"""A survey in every community and quarter: reminded in time, told when it was not made (C-116)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from services.ticketing.access import zone_of
from services.ticketing.assignments.repository import org_unit
from services.ticketing.domain.cadence import next_after, now_of
from services.ticketing.errors import NoSuchOrgUnit, SurveyInvalid
from services.ticketing.surveys import cadence_repository as repository
from services.ticketing.surveys.cadence_schemas import CadenceIn
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError
from shared.ids import uuid7
from shared.runtime import Timer

TIMER: Final = "survey.cadence"
_ZONE: Final = zone_of("Asia/Shanghai")
_TOLD: Final = {"remind": "survey.due_soon.v1", "missing": "survey.missing.v1"}


async def put(tx: Tx, who: Principal, body: CadenceIn) -> Row[Any]:
    """Have every community below an org unit surveyed each quarter.

    Raises:
        NoSuchOrgUnit. SurveyInvalid: it ends before it begins.
    """
    place = await org_unit(tx, body.org_unit_id, lock=True)
    if place is None or not who.sees(place.path):
        raise NoSuchOrgUnit()
    if body.until is not None and body.until < body.since:
        raise SurveyInvalid(fields=[FieldError("until", "不能早于开始日期", "Should not lie before since")])
    await repository.put(tx, {"id": uuid7(), **body.model_dump()})
    row = await repository.one(tx, org_unit_id=body.org_unit_id)
    assert row is not None  # stored above
    # row: C-116 the quarter's survey is looked for before its end, every quarter
    tx.set_timer(TIMER, row.id, next_after(tx.now, row.remind_days, _ZONE).at)
    tx.audit("survey_cadence.set", "survey_cadence", row.id, after=body.model_dump(mode="json"))
    return row


async def listed(tx: Tx, who: Principal, after: UUID | None, limit: int) -> Sequence[Row[Any]]:
    """The cadences of org units within reach."""
    return await repository.page(tx, who, after, limit)


async def fire(tx: Tx, timer: Timer) -> None:
    """A moment of a quarter has come: each community without its survey is told, and the next moment set."""
    row = await repository.one(tx, id=timer.subject_id)
    if row is None:
        return
    today = tx.now.astimezone(_ZONE).date()
    if row.until is not None and row.until < today:
        return
    tx.set_timer(TIMER, row.id, next_after(tx.now, row.remind_days, _ZONE).at)
    moment = now_of(tx.now, row.remind_days, _ZONE)
    if moment is None or moment.quarter.end <= row.since:
        return
    version = await repository.told(tx, row)
    period = str(moment.quarter)
    for place in await repository.without(tx, row.org_unit_id, period):
        data = {"period": period, "ends_on": moment.quarter.end, "role": "supervisor", "org_units": list(place.path)}
        # row: C-116 whoever leads hears which community has none
        tx.emit(_TOLD[moment.what], subject=row.id, seq=version, data=data, community_id=place.id)
