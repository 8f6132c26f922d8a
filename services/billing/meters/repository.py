"""Statements on meters and readings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, select, update

from services.billing.models import bills, meter_readings, meters
from shared.db.helpers import insert_rows
from shared.db.tx import Tx
from shared.ids import uuid7

m, r = meters.c, meter_readings.c


async def add(tx: Tx, values: Mapping[str, Any]) -> UUID:
    """Store a meter; returns its id."""
    meter_id = uuid7()
    stamp = {"id": meter_id, "version": 1, "created_at": tx.now, "updated_at": tx.now}
    await insert_rows(tx, meters, [{**stamp, **values}])
    return meter_id


async def by_code(tx: Tx, community_id: UUID, codes: Iterable[str]) -> dict[str, Row[Any]]:
    """Meters of a community by code, locked in one order, so that readings of one meter take turns."""
    rows = await tx.rows(
        select(meters)
        .where(m.org_id == tx.org_id, m.community_id == community_id, m.code.in_(sorted(set(codes))))
        .order_by(m.id)
        .with_for_update()
    )
    return {row.code: row for row in rows}


async def get(tx: Tx, meter_id: UUID) -> Row[Any]:
    """One meter that is known to exist."""
    row = await tx.one_or_none(select(meters).where(m.org_id == tx.org_id, m.id == meter_id))
    assert row is not None  # stored by this transaction
    return row


async def remove(tx: Tx, meter_id: UUID, on: date) -> None:
    """A meter was taken away."""
    await tx.execute(
        update(meters)
        .where(m.org_id == tx.org_id, m.id == meter_id)
        .values(removed_on=on, updated_at=tx.now, version=m.version + 1)
    )


async def readings(tx: Tx, meter_ids: Sequence[UUID]) -> dict[UUID, dict[str, Decimal]]:
    """All readings of these meters by period."""
    found: defaultdict[UUID, dict[str, Decimal]] = defaultdict(dict)
    for row in await tx.rows(
        select(r.meter_id, r.period, r.reading).where(r.org_id == tx.org_id, r.meter_id.in_(meter_ids))
    ):
        found[row.meter_id][row.period] = row.reading
    return found


async def billed(tx: Tx, unit_ids: Sequence[UUID]) -> dict[tuple[UUID, str], str]:
    """The last period of metered bills of these units by unit and fee kind: readings up to it stand."""
    b = bills.c
    found: dict[tuple[UUID, str], str] = {}
    for row in await tx.rows(
        select(b.unit_id, b.fee_kind, b.period).where(
            b.org_id == tx.org_id, b.unit_id.in_(unit_ids), b.run_id.is_not(None)
        )
    ):
        key = (row.unit_id, row.fee_kind)
        found[key] = max(found.get(key, ""), row.period)
    return found


async def add_readings(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store new readings."""
    stamp = {"version": 1, "created_at": tx.now, "updated_at": tx.now}
    await insert_rows(tx, meter_readings, [{**stamp, "id": uuid7(), **row} for row in rows])


async def correct(tx: Tx, meter_id: UUID, period: str, reading: Decimal, read_on: date) -> None:
    """Put another value in the place of a reading that no bill was made of."""
    await tx.execute(
        update(meter_readings)
        .where(r.org_id == tx.org_id, r.meter_id == meter_id, r.period == period)
        .values(reading=reading, read_on=read_on, updated_at=tx.now, version=r.version + 1)
    )


async def page(
    tx: Tx, conditions: Sequence[ColumnElement[bool]], after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Meters in the order they were made."""
    wanted = select(meters).where(m.org_id == tx.org_id, *conditions)
    if after is not None:
        wanted = wanted.where(m.id > after)
    return await tx.rows(wanted.order_by(m.id).limit(limit))


async def readings_page(
    tx: Tx, conditions: Sequence[ColumnElement[bool]], after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Readings in the order they were made."""
    wanted = select(meter_readings).where(r.org_id == tx.org_id, *conditions)
    if after is not None:
        wanted = wanted.where(r.id > after)
    return await tx.rows(wanted.order_by(r.id).limit(limit))
