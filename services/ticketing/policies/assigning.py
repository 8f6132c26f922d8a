"""Which plan a community has: found anew whenever limits, a calendar, a notice or its place in the tree change.

The tree of org units is locked by whoever changes any of these, shared by whoever adds communities, so that no
community is made beside a change and misses it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from services.ticketing.access import zone_of
from services.ticketing.models import calendars, clock_policies
from services.ticketing.policies import plans, repository
from shared.db.tx import Tx

REPLAN: Final = "clock_plans.replan"
"""The job that plans a community's open clocks anew."""


async def assign(tx: Tx, *, below: UUID | None = None, ids: Collection[UUID] | None = None) -> int:
    """Find the plans of communities below an org unit, or of these; how many have another one now.

    Their open clocks are planned anew by a job after the commit.
    """
    if ids is not None and not ids:
        return 0
    rows = await repository.lock_communities(tx, below=below, ids=ids)
    if not rows:
        return 0
    policies = await repository.all_versions(tx, clock_policies)
    known = await repository.all_versions(tx, calendars)
    notices = {row.year: row.days for row in await repository.notices(tx)}
    changed: dict[UUID | None, list[UUID]] = {}
    for row in rows:
        today = tx.now.astimezone(zone_of(row.timezone)).date()
        set_limits, set_calendars = _on(policies, today), _on(known, today)
        mine = [set_limits[unit] for unit in row.path if unit in set_limits]
        calendar = next((set_calendars[unit] for unit in reversed(row.path) if unit in set_calendars), None)
        plan_id = None
        if mine or calendar is not None or notices:
            content = plans.content_of(row.timezone, calendar, mine, notices)
            plan_id = plans.id_of(content)
            if plan_id not in (row.clock_plan_id, *changed):
                await repository.keep_plan(tx, plan_id, content)
        if plan_id != row.clock_plan_id:
            changed.setdefault(plan_id, []).append(row.id)
            tx.enqueue(REPLAN, {"community_id": str(row.id)})
    for found, communities in changed.items():
        await repository.set_plan(tx, communities, found, tx.now)
    return sum(map(len, changed.values()))


def _on(versions: Sequence[Row[Any]], day: date) -> dict[UUID, Mapping[str, Any]]:
    """What each org unit had set on a day: the version that began last."""
    return {row.org_unit_id: row.content for row in versions if row.valid_from <= day}
