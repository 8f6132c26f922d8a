"""What a rule needs to know of the units of a chunk, looked up in one query for each kind of fact."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, or_, select

from services.billing.domain.charging import COST, METERS, SPACES, Allotment, Space, rules
from services.billing.domain.metering import Meter, consumption
from services.billing.domain.proration import overlap_days
from services.billing.domain.runs import Given
from services.billing.domain.vacancy import Vacancy
from services.billing.models import cost_parts, meter_readings, meters, shared_costs, space_holdings, vacancies
from shared.db.helpers import among
from shared.db.tx import Tx
from shared.periods import Period

PROPERTY = "property"
"""The fee kind whose vacancy discount is agreed upon; what was consumed or is held is paid in full."""


async def given(tx: Tx, version: Row[Any], period: str, unit_ids: Sequence[UUID]) -> dict[UUID, Given]:
    """The facts of these units that the version's rule charges by; units without any are left out."""
    span = Period.parse(period)
    needs = rules()[version.rule].needs
    if needs == SPACES:
        return await _spaces(tx, version.community_id, span, unit_ids)
    if needs == METERS:
        return await _meters(tx, version.fee_kind, period, unit_ids)
    if needs == COST:
        return await _parts(tx, version.id, period, unit_ids)
    return await _vacant(tx, span, unit_ids) if version.fee_kind == PROPERTY else {}


async def _spaces(tx: Tx, community_id: UUID, span: Period, unit_ids: Sequence[UUID]) -> dict[UUID, Given]:
    c = space_holdings.c
    found: defaultdict[UUID, list[Space]] = defaultdict(list)
    days = (span.end - span.start).days
    for row in await tx.rows(
        select(c.unit_id, c.number, c.since, c.until)
        .where(
            c.org_id == tx.org_id,
            c.community_id == community_id,
            among(c.unit_id, unit_ids),
            c.since < span.end,
            or_(c.until.is_(None), c.until >= span.start),
        )
        .order_by(c.unit_id, c.number, c.since)
    ):
        held = overlap_days(span.start, span.end, row.since, row.until)
        found[row.unit_id].append(Space(row.number, Fraction(held, days)))
    return {unit: Given(spaces=tuple(spaces)) for unit, spaces in found.items()}


async def _meters(tx: Tx, kind: str, period: str, unit_ids: Sequence[UUID]) -> dict[UUID, Given]:
    m, r = meters.c, meter_readings.c
    known: dict[UUID, tuple[UUID, Meter]] = {}
    readings: defaultdict[UUID, dict[str, Decimal]] = defaultdict(dict)
    for row in await tx.rows(
        select(m.id, m.unit_id, m.code, m.kind, m.multiplier, m.start_reading, m.installed_on, r.period, r.reading)
        .select_from(meters.join(meter_readings, and_(r.org_id == m.org_id, r.meter_id == m.id)))
        .where(m.org_id == tx.org_id, among(m.unit_id, unit_ids), m.kind == kind, r.period <= period)
        .order_by(m.unit_id, m.code)
    ):
        meter = Meter(row.code, row.kind, row.multiplier, row.start_reading, row.installed_on)
        known[row.id] = (row.unit_id, meter)
        readings[row.id][row.period] = row.reading
    found: defaultdict[UUID, list[Any]] = defaultdict(list)
    for meter_id, (unit, meter) in known.items():
        counted = consumption(meter, readings[meter_id], period)
        if counted is not None:
            found[unit].append(counted)
    return {unit: Given(meters=tuple(counted)) for unit, counted in found.items()}


async def _parts(tx: Tx, standard_id: UUID, period: str, unit_ids: Sequence[UUID]) -> dict[UUID, Given]:
    c, p = shared_costs.c, cost_parts.c
    rows = await tx.rows(
        select(c.total_fen, p.unit_id, p.weight, p.measure, p.share, p.amount_fen)
        .select_from(shared_costs.join(cost_parts, and_(p.org_id == c.org_id, p.cost_id == c.id)))
        .where(c.org_id == tx.org_id, c.standard_id == standard_id, c.period == period, among(p.unit_id, unit_ids))
    )
    return {
        row.unit_id: Given(
            allotment=Allotment(row.total_fen, row.weight, row.measure, Fraction(row.share), row.amount_fen)
        )
        for row in rows
    }


async def _vacant(tx: Tx, span: Period, unit_ids: Sequence[UUID]) -> dict[UUID, Given]:
    c = vacancies.c
    found: defaultdict[UUID, list[Vacancy]] = defaultdict(list)
    for row in await tx.rows(
        select(c.unit_id, c.since, c.until, c.percent)
        .where(
            c.org_id == tx.org_id,
            among(c.unit_id, unit_ids),
            c.state == "approved",
            c.since < span.end,
            c.until >= span.start,
        )
        .order_by(c.unit_id, c.since)
    ):
        found[row.unit_id].append(Vacancy(row.since, row.until, row.percent))
    return {unit: Given(vacant=tuple(agreed)) for unit, agreed in found.items()}

