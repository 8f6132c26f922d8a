"""A sheet (T002A) scored from the registers: items of the plan, important and assigned tasks, a suggestion."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx

from shared.ids import uuid7
from tests.kpi.api.support import freeze, letter
from tests.kpi.api.work import Office
from tests.kpi.support import local
from tests.support.world import Standing, World

FILES = [str(uuid7())]


async def _give(office: Office, kind: str, due: str, done: bool) -> None:
    body = {"kind": kind, "title": "事项", "assignee_id": str(office.person("clerk")), "due_on": due}
    task = await office.post("supervisor", "tasks", 201, community_id=office.community, **body)
    if done:
        await office.post("clerk", f"tasks/{task['id']}/report", file_ids=FILES)
        await office.post("supervisor", f"tasks/{task['id']}/verdict", decision="confirm")


async def test_a145_a146_a163_a164_t002a_is_scored_from_what_was_done_and_confirmed(
    api: httpx.AsyncClient, world: World, org: UUID, standing: Callable[[datetime], Standing]
) -> None:
    """AMB-073: 19 of 20 plan items are 95 %, five points lower by five each: 25.00 off; the rest is judged."""
    clock = standing(local(3, 3))
    office = await Office.opened(api, world, org)
    signed = await letter(api, world, office.feed, template="T002A", parameters={"suggestion_points": "2"})
    for n in range(20):
        await _give(office, "plan", "2025-03-31", done=n > 0)
    await _give(office, "important", "2025-03-14", done=False)
    await _give(office, "important", "2025-03-14", done=True)
    await _give(office, "assigned", "2025-03-10", done=False)
    idea = {"community_id": office.community, "title": "自助登记", "detail": "前台加一台自助登记机"}
    made = await office.post("clerk", "suggestions", 201, **idea)
    await office.post("gm", f"suggestions/{made['id']}/decision", decision="adopt", note="试行")
    effect = {"effective_on": "2025-03-03", "effect": "等候减到两分钟", "file_ids": FILES}
    await office.post("gm", f"suggestions/{made['id']}/effect", **effect)
    clock.to(local(4, 2))
    await world.drain(org)
    answer = await freeze(api, world, office.feed, signed["id"], "2025-03")
    assert answer.status_code == 201, answer.text
    items: dict[str, dict[str, Any]] = {item["indicator"]: item for item in answer.json()["items"]}
    plan = items["plan.month.completion.rate"]
    assert (plan["numerator"], plan["denominator"], plan["value"], plan["deduction"]) == ("19", "20", "95.00", "25.00")
    important = items["task.important.completion.rate"]
    assert (important["numerator"], important["denominator"], important["state"]) == ("1", "2", "pending")
    assert (items["task.assigned.unfinished.count"]["value"], items["task.assigned.unfinished.count"]["state"]) == (
        "1.00",
        "pending",
    )
    assert items["bonus.suggestion.count"]["bonus"] == "2.00"
    assert items["plan.training.completion.rate"]["state"] == "no_data"
