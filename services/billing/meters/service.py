"""Meters, their replacement, and readings that only rise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.billing import access, residents
from services.billing.domain.metering import Meter, NotRising, check_reading
from services.billing.errors import MeterInvalid
from services.billing.meters import repository
from services.billing.meters.schemas import MeterIn, ReadingsIn
from services.billing.models import meter_readings, meters
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError
from shared.periods import month_of


def _meter(row: Row[Any]) -> Meter:
    return Meter(row.code, row.kind, row.multiplier, row.start_reading, row.installed_on)


def _plain(value: Decimal) -> str:
    return format(value.normalize(), "f")


def _not_rising(path: str, wrong: NotRising) -> FieldError:
    low, high = _plain(wrong.low), "" if wrong.high is None else _plain(wrong.high)
    zh = f"读数应不小于 {low}" + (f"、不大于 {high}。" if high else "。")
    en = f"A reading from {low}" + (f" to {high}." if high else " on.")
    return FieldError(path, zh, en)


async def add(tx: Tx, who: Principal, body: MeterIn) -> Row[Any]:
    """Install a meter; the one it replaces gets its last reading and is taken away on the same day.

    Raises:
        NoSuchUnit: outside the caller's reach.
        MeterInvalid: another community's unit, a code that is taken, or a replacement that does not fit.
    """
    found = await access.unit_community(tx, who, body.unit_id)
    if found.id != body.community_id:
        raise MeterInvalid(fields=[FieldError("unit_id", "该房屋不属于这个小区。", "Not a unit of this community.")])
    wanted = [body.code] + ([body.replaces.code] if body.replaces else [])
    await access.lock_community(tx, body.community_id)
    known = await repository.by_code(tx, body.community_id, wanted)
    if body.code in known:
        raise MeterInvalid(fields=[FieldError("code", "该表号已存在。", "A meter has this code already.")])
    old = await _replaced(tx, body, known) if body.replaces else None
    meter_id = await repository.add(
        tx,
        {
            "community_id": body.community_id,
            "unit_id": body.unit_id,
            "code": body.code,
            "kind": body.kind,
            "multiplier": body.multiplier,
            "start_reading": body.start_reading,
            "installed_on": body.installed_on,
            "removed_on": None,
            "replaces_id": old,
        },
    )
    tx.audit("meter.installed", "meter", meter_id, after=body.model_dump(mode="json"))
    return await repository.get(tx, meter_id)


async def _replaced(tx: Tx, body: MeterIn, known: dict[str, Row[Any]]) -> UUID:
    assert body.replaces is not None  # the caller looked
    old = known.get(body.replaces.code)
    same = old is not None and (old.unit_id, old.kind, old.removed_on) == (body.unit_id, body.kind, None)
    if old is None or not same:
        raise MeterInvalid(
            fields=[
                FieldError(
                    "replaces.code", "该房屋没有这块同类在用的表。", "The unit has no such meter of this kind in use."
                )
            ]
        )
    period = str(month_of(body.installed_on))
    known_readings = (await repository.readings(tx, [old.id])).get(old.id, {})
    final = body.replaces.final_reading
    others = {month: value for month, value in known_readings.items() if month != period}
    try:
        check_reading(_meter(old), others, period, final)
    except NotRising as wrong:
        raise MeterInvalid(fields=[_not_rising("replaces.final_reading", wrong)]) from wrong
    if known_readings.get(period) not in (None, final):
        raise MeterInvalid(
            fields=[
                FieldError("replaces.final_reading", "该表本月已有不同读数。", "It has another reading this month.")
            ]
        )
    if period not in known_readings:
        row = {"meter_id": old.id, "community_id": old.community_id, "unit_id": old.unit_id, "period": period}
        await repository.add_readings(tx, [{**row, "reading": final, "read_on": body.installed_on}])
    await repository.remove(tx, old.id, body.installed_on)
    old_id: UUID = old.id
    return old_id


async def record(tx: Tx, who: Principal, body: ReadingsIn) -> tuple[int, int, int]:
    """Store readings, all or none; returns how many were new, corrected and unchanged.

    Raises:
        NoSuchCommunity: outside the caller's scope.
        MeterInvalid: with the path of every reading that is wrong.
    """
    await access.community(tx, who, body.community_id)
    known = await repository.by_code(tx, body.community_id, [item.code for item in body.items])
    stored = await repository.readings(tx, [row.id for row in known.values()])
    billed = await repository.billed(tx, sorted({row.unit_id for row in known.values()}))
    fresh: list[dict[str, Any]] = []
    corrected: list[tuple[UUID, str, Decimal, date]] = []
    wrong: list[FieldError] = []
    unchanged = 0
    for place, item in sorted(enumerate(body.items), key=lambda pair: (pair[1].period, pair[0])):
        meter = known.get(item.code)
        if meter is None:
            wrong.append(FieldError(f"items.{place}.code", "没有这块表。", "There is no such meter."))
            continue
        mine = stored.setdefault(meter.id, {})
        before = mine.get(item.period)
        if before == item.reading:
            unchanged += 1
            continue
        if item.period <= billed.get((meter.unit_id, meter.kind), ""):
            zh, en = "该月已出账，请用贷项通知单或补充账单更正。", "Billed already; correct the bill by a credit note."
            wrong.append(FieldError(f"items.{place}.period", zh, en))
            continue
        try:
            check_reading(_meter(meter), {k: v for k, v in mine.items() if k != item.period}, item.period, item.reading)
        except NotRising as error:
            wrong.append(_not_rising(f"items.{place}.reading", error))
            continue
        mine[item.period] = item.reading
        row = {"meter_id": meter.id, "community_id": meter.community_id, "unit_id": meter.unit_id}
        if before is None:
            fresh.append({**row, "period": item.period, "reading": item.reading, "read_on": item.read_on})
        else:
            corrected.append((meter.id, item.period, item.reading, item.read_on))
            told = {"period": item.period, "reading": str(item.reading)}
            tx.audit("meter.reading_corrected", "meter", meter.id, before={"reading": str(before)}, after=told)
    if wrong:
        raise MeterInvalid(fields=wrong)
    await repository.add_readings(tx, fresh)
    for change in corrected:
        await repository.correct(tx, *change)
    tx.audit("meter.readings_recorded", "community", body.community_id, after={"stored": len(fresh)})
    return len(fresh), len(corrected), unchanged


async def page(
    tx: Tx, who: Principal, community_id: UUID | None, unit_id: UUID | None, after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Meters within the caller's reach; residents see those of their own dwellings."""
    c = meters.c
    conditions = access.within_reach(tx, who, c.unit_id, c.community_id)
    conditions += [c.community_id == community_id] if community_id else []
    conditions += [c.unit_id == unit_id] if unit_id else []
    return await repository.page(tx, conditions, after, limit)


async def readings_page(
    tx: Tx, who: Principal, community_id: UUID | None, period: str | None, after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Readings within the caller's reach."""
    c = meter_readings.c
    conditions = access.within_reach(tx, who, c.unit_id, c.community_id)
    conditions += await residents.own_time(tx, who, c.unit_id, c.created_at)
    conditions += [c.community_id == community_id] if community_id else []
    conditions += [c.period == period] if period else []
    return await repository.readings_page(tx, conditions, after, limit)
