"""What dunning says to whoever counts: one event per step that was done, missed or suspended."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.billing.domain.dunning import CALL, SMS, VISIT
from shared.db.tx import Tx

_DONE = {SMS: "dunning.sms.done.v1", CALL: "dunning.call.done.v1", VISIT: "dunning.visit.done.v1"}


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)


def done(tx: Tx, step: Row[Any], result: str, at: datetime, *, on_time: bool) -> None:
    """A message, call or visit was done; the outcome as a code."""
    tx.emit(
        _DONE[step.kind],
        subject=step.id,
        seq=step.version + 1,
        community_id=step.community_id,
        occurred_at=at,
        data={**_step(step), "outcome": result, "on_time": on_time},
    )


def missed(tx: Tx, step: Row[Any]) -> None:
    """A window ended and the step was not done."""
    tx.emit(
        "dunning.step_missed.v1",
        subject=step.id,
        seq=step.version + 1,
        community_id=step.community_id,
        occurred_at=step.due_at,
        data={**_step(step), "kind": step.kind, "due_at": step.due_at.isoformat()},
    )


def suspended(
    tx: Tx,
    step_id: UUID,
    seq: int,
    of: Row[Any],
    case_id: UUID,
    household: tuple[UUID, UUID | None],
    kind: str,
    cause: str,
) -> None:
    """A step leaves numerator and denominator, and why (AMB-117)."""
    tx.emit(
        "dunning.suspended.v1",
        subject=step_id,
        seq=seq,
        community_id=of.community_id,
        data={
            "step_id": str(step_id),
            "case_id": str(case_id),
            "unit_id": str(household[0]),
            "payer_id": _text(household[1]),
            "period": of.period,
            "kind": kind,
            "cause": cause,
        },
    )


def _step(step: Row[Any]) -> dict[str, Any]:
    return {
        "step_id": str(step.id),
        "case_id": str(step.case_id),
        "unit_id": str(step.unit_id),
        "payer_id": _text(step.payer_id),
        "period": step.period,
    }
