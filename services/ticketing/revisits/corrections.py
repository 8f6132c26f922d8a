"""Correcting the record of a call: said anew beside it, never in its place (C-049, G-017)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.ticketing.domain.commands import forbid_handler
from services.ticketing.domain.revisit_rules import standing
from services.ticketing.domain.ticket_errors import MayNotCorrect, NoSuchAttempt, RevisitInvalid
from services.ticketing.revisits import repository, service
from services.ticketing.revisits.schemas import CorrectionIn
from services.ticketing.tickets import casework
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError


async def correct(tx: Tx, who: Principal, revisit_id: UUID, attempt_id: UUID, body: CorrectionIn) -> Row[Any]:
    """Append what an attempt should have said; a corrected rating counts from now on, and is told.

    Raises:
        NoSuchRevisit, NoSuchAttempt: unknown, or outside the caller's reach.
        OwnCase: by the handler of the case.
        MayNotCorrect: by neither the one who called nor quality control.
        RevisitInvalid: nothing to correct, or a rating for a call that reached nobody.
    """
    revisit, case = await service.locked(tx, who, revisit_id)
    forbid_handler(case.facts, who.sub, "revisit")
    found = next((a for a in await repository.attempts_of(tx, revisit_id) if a.id == attempt_id), None)
    if found is None:
        raise NoSuchAttempt()
    if found.caller_id != who.sub and "qa" not in who.roles:
        raise MayNotCorrect()
    if body.rating is None and body.note is None:
        raise RevisitInvalid(
            fields=[FieldError("note", "请填写要更正的评分或记录", "Give the rating or the note as it should be")]
        )
    if body.rating is not None and found.outcome != "reached":
        raise RevisitInvalid(
            fields=[FieldError("rating", "只有接通的回访才有评分", "Only a call that reached the owner has a rating")]
        )
    values = {"attempt_id": attempt_id, "rating": body.rating, "note": body.note, "reason": body.reason}
    # row: G-017 the record stays as it was saved; what was wrong is said beside it
    await repository.add_correction(tx, {"revisit_id": revisit_id, **values})
    await _record(tx, case, revisit, found, body)
    return await service.find(tx, who, revisit_id)


async def _record(tx: Tx, case: casework.Case, revisit: Row[Any], attempt: Row[Any], body: CorrectionIn) -> None:
    case.version += 1
    data = {"revisit_id": revisit.id, "attempt_id": attempt.id, "rating": body.rating, "reason": body.reason}
    entry = {
        "ticket_id": case.id,
        "action": "revisit.corrected",
        "state": case.facts.state,
        "public": False,
        "occurred_at": tx.now,
        "late_reason": None,
        "data": {**data, "note": body.note},
    }
    await casework.record(tx, case, entry)
    told = {
        "revisit_id": revisit.id,
        "ticket_id": case.id,
        "attempt_id": attempt.id,
        "rating_before": revisit.rating,
        "rating_after": body.rating if body.rating is not None else revisit.rating,
    }
    casework.emit(tx, case, "revisit.corrected.v1", told)
    made = await service.made_of(tx, revisit.id)
    now = standing(made, revisit.due_at, case.zone)
    values: dict[str, Any] = {}
    if now.rating != revisit.rating:
        values = {name: value for name, value in service.result_of(now).items() if name in ("rating", "satisfied")}
        service.tell_done(tx, case, revisit, now, made)
    await repository.update_revisit(tx, revisit.id, revisit.version + 1, values)
    tx.audit(
        "revisit.corrected",
        "revisit",
        revisit.id,
        before={"rating": revisit.rating, "attempt_id": attempt.id},
        after={**data, **values},
    )
