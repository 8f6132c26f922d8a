"""Observations: recorded by one person with evidence, confirmed by another, and only then counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.kpi import access
from services.kpi.catalogue import infos, letters
from services.kpi.domain.catalogue import IndicatorInfo
from services.kpi.domain.freezing import reading_from_json, reading_json
from services.kpi.domain.given import reading_from
from services.kpi.domain.letters import JudgementOutOfRange, LetterError
from services.kpi.domain.measure import Mark, Reading
from services.kpi.domain.numbers import exact
from services.kpi.domain.observing import Seen, combined, judged_between
from services.kpi.domain.score_rules import Judgement
from services.kpi.errors import (
    AlreadyReviewed,
    BadInput,
    BadJudgement,
    NoSuchIndicator,
    NoSuchObservation,
    NotTheReviewer,
    ObservationComputed,
    OwnObservation,
)
from services.kpi.observations import repository
from services.kpi.observations.schemas import ObservationIn, ReviewIn
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import LostUpdate
from shared.ids import uuid7
from shared.periods import Period

_SHAPES = {"numerator", "denominator", "value", "count", "parts", "grade", "state"}


async def record(tx: Tx, who: Principal, body: ObservationIn) -> Row[Any]:
    """Store what somebody measured; it counts for nothing yet.

    Raises NoSuchIndicator, ObservationComputed, NoSuchCommunity, and BadInput or BadJudgement with the path of what
    cannot be read or is outside of every letter's range.
    """
    info = infos().get(body.indicator)
    if info is None:
        raise NoSuchIndicator(indicator=body.indicator)
    if info.observed is None:
        raise ObservationComputed(indicator=body.indicator)
    community = await access.community(tx, who, body.community_id)
    try:
        if body.on > tx.now.astimezone(community.zone).date():
            raise LetterError("on", "日期不能晚于今天", "must not be later than today")
        reading = _reading(info, body)
    except JudgementOutOfRange as error:
        raise BadJudgement.of(error) from error
    except LetterError as error:
        raise BadInput.of(error) from error
    id_ = uuid7()
    await repository.insert(
        tx,
        {
            "id": id_,
            "version": 1,
            "created_at": tx.now,
            "updated_at": tx.now,
            "indicator": info.code,
            "community_id": community.id,
            "on_date": body.on,
            "reading": reading_json(reading),
            "case_id": None,
            "sampled": body.sampled,
            "file_ids": body.file_ids,
            "note": body.note,
            "state": "recorded",
            "recorded_by": who.sub,
        },
    )
    tx.audit("observation.recorded", "observation", id_, after={"indicator": info.code, "on": body.on.isoformat()})
    return await get(tx, who, id_)


async def get(tx: Tx, who: Principal, observation_id: UUID, *, lock: bool = False) -> Row[Any]:
    """An observation within reach. Raises NoSuchObservation."""
    row = await repository.get(tx, observation_id, lock=lock)
    if row is None or not who.sees(row.path):
        raise NoSuchObservation()
    return row


async def review(tx: Tx, who: Principal, observation_id: UUID, body: ReviewIn, version: int | None) -> Row[Any]:
    """Confirm or reject an observation.

    Raises NoSuchObservation, LostUpdate, AlreadyReviewed, OwnObservation, NotTheReviewer, BadInput.
    """
    row = await get(tx, who, observation_id, lock=True)
    if version is not None and version != row.version:
        raise LostUpdate()
    if row.state != "recorded":
        raise AlreadyReviewed()
    if who.sub == row.recorded_by:
        raise OwnObservation()
    observed = infos()[row.indicator].observed
    if observed is not None and not who.roles & {observed.reviewer, "gm"}:
        raise NotTheReviewer(role=observed.reviewer)
    if body.decision == "reject" and body.note is None:
        raise BadInput.of(LetterError("note", "退回须说明原因", "a rejection says why"))
    state = "confirmed" if body.decision == "confirm" else "rejected"
    values = {"state": state, "reviewed_by": who.sub, "reviewed_at": tx.now, "review_note": body.note}
    await repository.review(tx, row, values)
    tx.audit(f"observation.{state}", "observation", row.id, before={"state": row.state}, after={"state": state})
    return await get(tx, who, observation_id)


async def page(
    tx: Tx, who: Principal, filters: Mapping[str, Any], after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Observations within reach."""
    return await repository.page(tx, who, filters, after, limit)


async def readings(
    tx: Tx, codes: Sequence[str], communities: Sequence[UUID], period: Period, as_of: datetime | None = None
) -> dict[str, Reading]:
    """The readings of observed indicators, with the same period of last year beside each (AMB-045)."""
    now = await _combined(tx, codes, communities, period, as_of)
    before = await _combined(tx, codes, communities, period.year_before(), as_of)
    return {
        code: replace(reading, prior=before[code].value) if reading.measured and before[code].measured else reading
        for code, reading in now.items()
    }


async def _combined(
    tx: Tx, codes: Sequence[str], communities: Sequence[UUID], period: Period, as_of: datetime | None
) -> dict[str, Reading]:
    seen: dict[str, list[Seen]] = {code: [] for code in codes}
    for row in await repository.confirmed(tx, codes, communities, period.start, period.end, as_of):
        reading = reading_from_json(row.reading)
        seen[row.indicator].append(Seen(str(row.community_id), row.on_date, str(row.id), reading))
    return {code: combined(infos()[code], found) for code, found in seen.items()}


def _reading(info: IndicatorInfo, body: ObservationIn) -> Reading:
    raw = body.model_dump(include=_SHAPES, exclude_none=True)
    marks = []
    for place, mark in enumerate(body.marks):
        try:
            marks.append(Mark(exact(mark.points), mark.reason))
        except ValueError as error:
            raise LetterError(f"marks.{place}.points", "必须是数字", str(error)) from None
        if marks[-1].points <= 0:
            raise LetterError(f"marks.{place}.points", "必须大于零", "must be more than zero")
    _within(info.code, marks)
    # Names of parts and grades are those of the letters that carry the indicator.
    settings = next((item.settings for letter in letters().values() if (item := letter.item(info.code))), {})
    try:
        return replace(reading_from(info, raw, None, {}, "", settings), marks=tuple(marks))
    except LetterError as error:
        raise LetterError(error.path.lstrip(".") or "value", error.zh, error.en) from None


def _within(code: str, marks: Sequence[Mark]) -> None:
    """Points a letter would refuse when it is scored are refused when they are given. Raises JudgementOutOfRange."""
    lines = (letter.item(code) for letter in letters().values())
    ranges = [found for item in lines if item is not None and (found := judged_between(item)) is not None]
    for place, mark in enumerate(marks):
        fits = (low <= mark.points and (high is None or mark.points <= high) for low, high in ranges)
        if ranges and not any(fits):
            Judgement(mark.points, mark.reason, f"marks.{place}").within(*ranges[0])
