"""Objections: raised with evidence against one case, decided by somebody it does not touch, recomputed at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.kpi import access
from services.kpi.domain.objecting import objected
from services.kpi.domain.reviewing import may_decide
from services.kpi.facts import repository as facts
from services.kpi.facts import service as keeping
from services.kpi.letters import service as signed
from services.kpi.objections import repository
from services.kpi.objections.schemas import ObjectionDecisionIn, ObjectionIn
from services.kpi.review_errors import (
    CaseOut,
    NoSuchFact,
    NoSuchObjection,
    ObjectionDecided,
    ObjectionOpen,
    OwnObjection,
)
from services.kpi.scorecards import restating
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import LostUpdate
from shared.ids import uuid7
from shared.periods import Period


async def raise_(tx: Tx, who: Principal, body: ObjectionIn) -> Row[Any]:
    """Store an objection; the case counts as before until it is decided.

    Raises NoSuchFact, CaseOut, ObjectionOpen.
    """
    case = (await facts.versions(tx, [body.fact_id])).get(body.fact_id)
    if case is None or case["community_id"] is None:
        raise NoSuchFact()
    community_id = UUID(str(case["community_id"]))
    await access.community(tx, who, community_id)
    indicator = case["indicator"].partition("#")[0]
    key = (indicator, case["subject"])
    if await facts.excluded(tx, [key]):
        raise CaseOut()
    id_ = uuid7()
    standing = await repository.insert_only(
        tx,
        {
            "id": id_,
            "version": 1,
            "created_at": tx.now,
            "updated_at": tx.now,
            "indicator": indicator,
            "subject": case["subject"],
            "fact_id": body.fact_id,
            "community_id": community_id,
            "on_date": case["on_date"],
            "reason": body.reason,
            "file_ids": body.file_ids,
            "state": "open",
            "raised_by": who.sub,
            "decision_files": [],
            "restated": [],
        },
    )
    if standing != id_:  # of two at once, or one after the other, the first stands
        raise ObjectionOpen(objection_id=standing)
    tx.audit("objection.raised", "objection", id_, after={"indicator": indicator, "subject": case["subject"]})
    return await get(tx, who, id_)


async def decide(
    tx: Tx, who: Principal, objection_id: UUID, body: ObjectionDecisionIn, version: int | None
) -> Row[Any]:
    """Uphold or refuse. Upheld, the case leaves the number, and every scorecard that counts it is restated at once.

    Raises NoSuchObjection, LostUpdate, ObjectionDecided, OwnObjection.
    """
    row = await get(tx, who, objection_id, lock=True)
    if version is not None and version != row.version:
        raise LostUpdate()
    if row.state != "open":
        raise ObjectionDecided()
    letters = await repository.letters_of(tx, row.community_id)
    counting = [letter for letter in letters if _counts(letter, row)]
    case = (await facts.versions(tx, [row.fact_id]))[row.fact_id]
    handler = None if case["who"] is None else str(case["who"])
    if not may_decide(str(who.sub), str(row.raised_by), handler, [str(letter.subject_id) for letter in counting]):
        raise OwnObjection()
    upheld = body.decision == "uphold"
    await repository.decide(
        tx,
        row.id,
        {
            "version": row.version + 1,
            "state": "upheld" if upheld else "refused",
            "decided_by": who.sub,
            "decided_at": tx.now,
            "decision": body.reason,
            "decision_files": body.file_ids,
        },
    )
    restated = await _take_out(tx, who, row, counting, body.reason) if upheld else []
    tx.audit(
        "objection.decided",
        "objection",
        row.id,
        after={"decision": body.decision, "restated": [str(id_) for id_ in restated]},
    )
    return await get(tx, who, row.id)


async def _take_out(
    tx: Tx, who: Principal, row: Row[Any], counting: Sequence[Row[Any]], reason: str
) -> list[UUID]:
    await repository.exclude(tx, row.indicator, row.subject, row.id)
    standing = await facts.standing_case(tx, row.indicator, row.subject)
    await keeping.keep(
        tx, [objected({**fact, "id": uuid7(), "recorded_at": tx.now}, row.id) for fact in standing]
    )
    ids = [letter.id for letter in counting]
    restated = await restating.of_case(
        tx, who, ids, row.indicator, row.subject, f"申诉成立 upheld objection {row.id}: {reason}"[:2000]
    )
    await repository.decide(tx, row.id, {"restated": restated})
    return restated


def _counts(letter: Row[Any], row: Row[Any]) -> bool:
    term = Period.parse(letter.term)
    return term.contains(row.on_date) and signed.signed(letter).item(row.indicator) is not None


async def get(tx: Tx, who: Principal, objection_id: UUID, *, lock: bool = False) -> Row[Any]:
    """An objection within reach. Raises NoSuchObjection."""
    row = await repository.get(tx, objection_id, lock=lock)
    if row is None or not who.sees(row.path):
        raise NoSuchObjection()
    return row


async def page(
    tx: Tx, who: Principal, filters: Mapping[str, Any], after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Objections within reach."""
    return await repository.page(tx, who, filters, after, limit)
