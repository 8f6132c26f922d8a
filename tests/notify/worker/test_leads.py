"""What whoever leads has to hear reaches them at the nearest org unit that has one, and nobody at work there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from services.notify.models import messages
from services.notify.telling.service import tell
from shared.ids import uuid7
from tests.notify.support import Feed
from tests.notify.worker.desk import Desk, desk_of
from tests.notify.worker.test_warnings import employee
from tests.support.world import World

MORNING = datetime.fromisoformat("2025-03-07T09:00:00+08:00")
CASE = {"number": "R20250307-0012", "kind": "repair", "unit_id": None, "reporter_id": None}


@pytest.fixture
async def desk(
    world: World, org: UUID, monkeypatch: pytest.MonkeyPatch, standing: Callable[[datetime], Any]
) -> AsyncIterator[Desk]:
    standing(MORNING)
    async with desk_of(Feed(world.runtime("notify"), org), monkeypatch) as found:
        yield found


@pytest.mark.parametrize(
    ("type", "data", "told", "says"),
    [
        ("assigned", {"due_on": "2025-03-14"}, "assignee", "重要工作任务 T000012"),
        ("due_soon", {"due_on": "2025-03-14"}, "assignee", "尚未上报"),
        ("overdue", {"reported": False}, "both", "按未完成计入考核"),
        ("overdue", {"reported": True}, "superior", "仍待您确认"),
        ("reported", {}, "superior", "请核实后确认或退回"),
        ("returned", {}, "assignee", "已退回"),
        ("extension_asked", {"due_on": "2025-03-14"}, "superior", "2025年3月14日"),
        ("extended", {"due_on": "2025-03-14"}, "assignee", "2025年3月14日"),
        ("extension_refused", {"due_on": "2025-03-14"}, "assignee", "期限仍为"),
        ("cancelled", {}, "assignee", "无需继续办理"),
        ("confirmed", {}, "nobody", ""),
    ],
)
async def test_a_task_is_told_to_whoever_has_to_act_next(
    desk: Desk, type: str, data: dict[str, Any], told: str, says: str
) -> None:
    here = [uuid7()]
    roles = {"assignee": "clerk", "superior": "supervisor"}
    both = {who: await employee(desk, role, units=here) for who, role in roles.items()}
    names = {f"{who}_id": str(id_) for who, id_ in both.items()}
    case = {"number": "T000012", "kind": "important", **names, **data}
    event = replace(desk.feed.event(f"work_task.{type}.v1", uuid7(), case), source="kpi")
    async with desk.feed.rt.db.tx(desk.feed.org) as tx:
        await tell(tx, [event, event])
    async with desk.feed.rt.db.read(desk.feed.org) as tx:
        rows = await tx.rows(messages.select().where(messages.c.org_id == desk.feed.org))
    assert {row.person_id for row in rows} == {id_ for who, id_ in both.items() if told in (who, "both")}
    assert all(says in row.body and row.message_class == "desk" for row in rows)


@pytest.mark.parametrize(
    ("type", "told", "says"),
    [
        ("due_soon", "responsible", "尚未提交"),
        ("missing", "both", "按未按时提交计入考核"),
        ("submitted", "receiver", "请审阅后通过或退回"),
        ("returned", "responsible", "被退回"),
        ("accepted", "nobody", ""),
    ],
)
async def test_a_report_is_told_to_whoever_owes_or_awaits_it(desk: Desk, type: str, told: str, says: str) -> None:
    here = [uuid7()]
    roles = {"responsible": "supervisor", "receiver": "cs_manager"}
    both = {who: await employee(desk, role, units=here) for who, role in roles.items()}
    names = {f"{who}_id": str(id_) for who, id_ in both.items()}
    report = {"form": "monthly", "period": "2025-02", "due_on": "2025-03-05", **names}
    event = replace(desk.feed.event(f"report.{type}.v1", uuid7(), report), source="kpi")
    async with desk.feed.rt.db.tx(desk.feed.org) as tx:
        await tell(tx, [event])
    async with desk.feed.rt.db.read(desk.feed.org) as tx:
        rows = await tx.rows(messages.select().where(messages.c.org_id == desk.feed.org))
    assert {row.person_id for row in rows} == {id_ for who, id_ in both.items() if told in (who, "both")}
    assert all(says in row.body and "上月详细工作报告" in row.body for row in rows)


@pytest.mark.parametrize(
    ("type", "data", "says"),
    [
        ("patrol.missed.v1", {"day": "2025-03-06"}, "没有完成全面巡查"),
        ("patrol.review_overdue.v1", {"due_at": "2025-03-07T00:00:00Z"}, "无人审阅"),
        ("survey.due_soon.v1", {"period": "2025-Q1", "ends_on": "2025-04-01"}, "尚未发布"),
        ("survey.missing.v1", {"period": "2025-Q1", "ends_on": "2025-04-01"}, "未发布业主满意度调查"),
        ("care.round_closed.v1", {"round": 1, "households": 12, "reached": 9, "missed": 3}, "未回访 3 户"),
        (
            "order.lapsed.v1",
            {**CASE, "order_id": str(uuid7()), "engineer_id": str(uuid7()), "accept_by": "2025-03-07T00:15:00Z"},
            "R20250307-0012",
        ),
    ],
)
async def test_the_supervisor_hears_of_what_was_left_undone(
    desk: Desk, type: str, data: dict[str, Any], says: str
) -> None:
    company, branch = uuid7(), uuid7()
    near = await employee(desk, "supervisor", units=[branch])
    await employee(desk, "supervisor", units=[company])
    await employee(desk, "clerk", units=[branch])
    told = {**data, "role": "supervisor", "org_units": [str(company), str(branch)]}
    event = desk.feed.event(type, uuid7(), told)
    await desk.feed.apply([event])
    await desk.feed.apply([event])  # heard twice it is told once
    async with desk.feed.rt.db.read(desk.feed.org) as tx:
        rows = await tx.rows(messages.select().where(messages.c.org_id == desk.feed.org))
    assert [(row.person_id, row.message_class) for row in rows] == [(near, "desk")]
    assert says in rows[0].body
