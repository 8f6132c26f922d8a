"""Statements on late fee runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, select, update

from services.billing.domain.vocabulary import RUN_QUEUED
from services.billing.models import late_fee_runs
from shared.db.helpers import insert_rows
from shared.db.tx import Tx
from shared.ids import uuid7

r = late_fee_runs.c
_NOTHING = {"state": RUN_QUEUED, "bills": 0, "changed": 0, "charged_fen": 0, "credited_fen": 0}


async def add(tx: Tx, values: Mapping[str, Any]) -> UUID:
    """Store a run that was asked for; returns its id."""
    run_id = uuid7()
    stamp = {"id": run_id, "version": 1, "created_at": tx.now, "updated_at": tx.now}
    await insert_rows(tx, late_fee_runs, [{**stamp, **_NOTHING, **values}])
    return run_id


async def get(tx: Tx, run_id: UUID, *, lock: bool = False) -> Row[Any] | None:
    """One run, locked if it will be moved on."""
    wanted = select(late_fee_runs).where(r.org_id == tx.org_id, r.id == run_id)
    return await tx.one_or_none(wanted.with_for_update() if lock else wanted)


async def move(tx: Tx, run_id: UUID, values: Mapping[str, Any]) -> None:
    """Record a run's progress."""
    await tx.execute(
        update(late_fee_runs)
        .where(r.org_id == tx.org_id, r.id == run_id)
        .values(updated_at=tx.now, version=r.version + 1, **values)
    )


async def page(
    tx: Tx, conditions: Sequence[ColumnElement[bool]], before: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Runs, the latest first."""
    wanted = select(late_fee_runs).where(r.org_id == tx.org_id, *conditions)
    if before is not None:
        wanted = wanted.where(r.id < before)
    return await tx.rows(wanted.order_by(r.id.desc()).limit(limit))
