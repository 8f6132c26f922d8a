"""Entering a shared cost: split at once over the units of its standard, and never again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.billing import access
from services.billing.costs import repository
from services.billing.costs.schemas import CostIn
from services.billing.domain.charging import COST, rules
from services.billing.domain.splits import split_cost
from services.billing.errors import CostEntered, CostInvalid
from services.billing.models import shared_costs
from services.billing.register.position import to_bill_by
from services.billing.standards import repository as standards
from services.billing.standards.service import charging, read_params
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError
from shared.periods import Period


async def enter(tx: Tx, who: Principal, body: CostIn) -> Row[Any]:
    """Store the total of a month with its split, largest remainder, exact to the fen.

    Raises:
        NoSuchCommunity, NoSuchStandard, NoStandardInForce: what it is for is not clear.
        CostInvalid: no amount, a standard that shares nothing, or nobody to bear it.
        CostEntered: the month has its cost already (409).
        RegisterBehind: the copy of the register must catch up first (409).
    """
    community = await access.community(tx, who, body.community_id)
    total = body.total.money().fen
    if total <= 0 or body.total.currency != "CNY":
        raise CostInvalid(fields=[FieldError("total", "应为大于零的人民币金额。", "More than nothing, in CNY.")])
    period = Period.parse(body.period)
    version = await charging(tx, community.id, body.standard_code, period.start)
    rule = rules()[version.rule]
    if rule.needs != COST:
        wrong = FieldError("standard_code", "该收费标准不是费用分摊。", "This standard shares no cost.")
        raise CostInvalid(fields=[wrong])
    await standards.lock(tx, version.id)
    if await repository.of_period(tx, version.id, body.period) is not None:
        raise CostEntered(period=body.period, standard=version.code)
    await to_bill_by(tx)
    areas = await repository.areas(tx, community.id, version.uses, period.end)
    try:
        parts = split_cost(total, areas, read_params(rule, version.params).by)
    except ValueError as nobody:
        wrong = FieldError("period", "本期没有可分摊的房屋。", "No unit bears a part in this period.")
        raise CostInvalid(fields=[wrong]) from nobody
    values = {"community_id": community.id, "standard_id": version.id, "period": body.period}
    cost_id = await repository.add(tx, {**values, "total_fen": total, "note": body.note}, parts)
    tx.audit("shared_cost.entered", "shared_cost", cost_id, after=body.model_dump(mode="json"))
    return await repository.get(tx, cost_id)


async def page(
    tx: Tx, who: Principal, community_id: UUID | None, period: str | None, before: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Shared costs within the caller's scope, the latest entered first."""
    c = shared_costs.c
    conditions = access.within_reach(tx, who, c.id, c.community_id)
    conditions += [c.community_id == community_id] if community_id else []
    conditions += [c.period == period] if period else []
    return await repository.page(tx, conditions, before, limit)
