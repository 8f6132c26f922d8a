"""Preferences, and the times at which households were told, in the database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert

from services.notify.models import household_tells, preferences
from shared.db.helpers import upsert_rows
from shared.db.tx import Tx
from shared.ids import uuid7


async def modes(tx: Tx, people: Collection[UUID], classes: Collection[str]) -> dict[tuple[UUID, str], str]:
    """(person, class) -> mode, where somebody chose one."""
    if not people or not classes:
        return {}
    p = preferences
    rows = await tx.rows(
        select(p.c.person_id, p.c.message_class, p.c.mode).where(
            p.c.org_id == tx.org_id, p.c.person_id.in_(people), p.c.message_class.in_(classes)
        )
    )
    return {(row.person_id, row.message_class): row.mode for row in rows}


async def choose(tx: Tx, person_id: UUID, chosen: Mapping[str, str]) -> None:
    """Write a person's choices by class; classes that are not named stay as they are."""
    rows: Sequence[dict[str, Any]] = [
        {
            "id": uuid7(),
            "version": 1,
            "created_at": tx.now,
            "updated_at": tx.now,
            "person_id": person_id,
            "message_class": message_class,
            "mode": mode,
        }
        for message_class, mode in sorted(chosen.items())
    ]
    await upsert_rows(
        tx, preferences, rows, keys=("org_id", "person_id", "message_class"), update=("mode", "updated_at")
    )


async def follow(tx: Tx, loser: UUID, survivor: UUID) -> None:
    """Give one person's choices to another who made none for the class: who said no once has said no."""
    p = preferences
    kept = select(p.c.message_class).where(p.c.org_id == tx.org_id, p.c.person_id == survivor)
    await tx.execute(
        update(p)
        .where(p.c.org_id == tx.org_id, p.c.person_id == loser, p.c.message_class.not_in(kept))
        .values(person_id=survivor, version=p.c.version + 1, updated_at=tx.now)
    )
    await tx.execute(p.delete().where(p.c.org_id == tx.org_id, p.c.person_id == loser))


async def household_times(tx: Tx, units: Collection[UUID]) -> dict[UUID, list[datetime]]:
    """When these households were told capped messages lately. The rows are locked, also those that are new: two
    sources that tell one household at the same time count together."""
    if not units:
        return {}
    h, ordered = household_tells, sorted(units)
    rows = [{"org_id": tx.org_id, "unit_id": unit, "times": []} for unit in ordered]
    await tx.execute(pg_insert(h).on_conflict_do_nothing(), rows)
    found = await tx.rows(
        select(h.c.unit_id, h.c.times)
        .where(h.c.org_id == tx.org_id, h.c.unit_id.in_(ordered))
        .order_by(h.c.unit_id)
        .with_for_update()
    )
    return {row.unit_id: list(row.times) for row in found}


async def keep_times(tx: Tx, times: Mapping[UUID, Sequence[datetime]]) -> None:
    """Write the times of households that `household_times` locked."""
    h = household_tells
    for unit, found in sorted(times.items()):
        await tx.execute(update(h).where(h.c.org_id == tx.org_id, h.c.unit_id == unit).values(times=list(found)))
