"""The register of tasks: given, worked on, reported with evidence, confirmed by somebody else, counted by letters."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from shared.ids import uuid7
from tests.kpi.api.work import Office
from tests.kpi.support import local
from tests.support.world import Standing, World

FILES = [str(uuid7())]


@pytest.fixture
def clock(standing: Callable[[datetime], Standing]) -> Standing:
    """Monday morning."""
    return standing(local(3, 3))


@pytest.fixture
async def office(api: httpx.AsyncClient, world: World, org: UUID, clock: Standing) -> Office:
    return await Office.opened(api, world, org)


async def given(office: Office, kind: str = "important", due: str = "2025-03-14", **more: Any) -> dict[str, Any]:
    body = {"kind": kind, "title": "外墙渗水整改", "assignee_id": str(office.person("clerk")), "due_on": due, **more}
    return await office.post("supervisor", "tasks", 201, community_id=office.community, **body)


async def reported(office: Office, task: dict[str, Any]) -> dict[str, Any]:
    return await office.post("clerk", f"tasks/{task['id']}/report", note="附照片", file_ids=FILES)


async def test_a145_an_important_task_counts_once_somebody_else_confirmed_it(office: Office, clock: Standing) -> None:
    """C-247: reported alone it is not done; returned it is open again, with the reason."""
    task = await given(office)
    assert (task["state"], task["number"][:1], task["overdue"]) == ("open", "T", False)
    assert await office.value("task.important.completion.rate", "2025-03") == ("no_data", None, None)
    moved = await office.post("clerk", f"tasks/{task['id']}/progress", progress=60, note="已放线")
    assert moved["progress"] == 60
    clock.to(local(3, 14, 23, 59, 59))
    assert (await reported(office, task))["state"] == "reported"
    bare = await office.post("supervisor", f"tasks/{task['id']}/verdict", 422, decision="return")
    assert bare["errors"][0]["path"] == "note"
    back = await office.post("supervisor", f"tasks/{task['id']}/verdict", decision="return", note="缺验收单")
    assert (back["state"], back["reported_at"]) == ("open", None)
    await reported(office, task)
    clock.to(local(3, 15, 9))
    assert await office.value("task.important.completion.rate", "2025-03") == ("measured", "0", "1")
    done = await office.post("supervisor", f"tasks/{task['id']}/verdict", decision="confirm")
    assert (done["state"], done["closed_by"]) == ("done", str(office.person("supervisor")))
    assert await office.value("task.important.completion.rate", "2025-03") == ("measured", "1", "1")
    assert await office.value("task.ontime.rate", "2025-03") == ("measured", "1", "1")
    history = (await office.get(f"tasks/{task['id']}"))["steps"]
    assert [step["step"] for step in history] == [
        "assigned",
        "progress",
        "reported",
        "returned",
        "reported",
        "confirmed",
    ]
    again = await office.post("supervisor", f"tasks/{task['id']}/verdict", 409, decision="confirm")
    assert again["code"] == "kpi.task.not_now"


async def test_c247_the_doer_never_confirms_extends_or_cancels_and_nobody_else_reports(office: Office) -> None:
    own = await office.post(
        "cs_manager",
        "tasks",
        201,
        community_id=office.community,
        kind="plan",
        title="编制月报",
        assignee_id=str(office.person("supervisor")),
        due_on="2025-03-20",
    )
    path = f"tasks/{own['id']}"
    for step in ("progress", "report", "extension"):
        body = {"progress": {"progress": 1}, "report": {"file_ids": FILES}}.get(
            step, {"due_on": "2025-03-21", "reason": "x"}
        )
        assert (await office.post("clerk", f"{path}/{step}", 403, **body))["code"] == "kpi.task.not_yours"
    assert (await office.post("supervisor", f"{path}/cancellation", 403, reason="x"))["code"] == "kpi.task.own"
    await office.post("supervisor", f"{path}/extension", due_on="2025-03-25", reason="等数据")
    refused = await office.post("supervisor", f"{path}/extension/decision", 403, decision="approve")
    assert refused["code"] == "kpi.task.own"
    await office.post("supervisor", f"{path}/report", file_ids=FILES)
    assert (await office.post("supervisor", f"{path}/verdict", 403, decision="confirm"))["code"] == "kpi.task.own"
    await office.post("clerk", f"{path}/verdict", 403, decision="confirm")
    assert (await office.post("gm", f"{path}/verdict", decision="confirm"))["state"] == "done"


async def test_a_late_task_is_told_of_once_its_day_is_over_and_reminded_of_before(
    office: Office, clock: Standing
) -> None:
    task = await given(office, due="2025-03-05")
    clock.to(local(3, 4, 9))
    await office.told()
    clock.to(local(3, 6))
    await office.told()
    clock.to(local(3, 7))
    told = [(type_, data["number"]) for type_, data in await office.told()]
    assert told == [
        ("work_task.assigned.v1", task["number"]),
        ("work_task.due_soon.v1", task["number"]),
        ("work_task.overdue.v1", task["number"]),
    ]
    late = await office.get("tasks", overdue="true", assignee_id=str(office.person("clerk")))
    assert [row["id"] for row in late["items"]] == [task["id"]]
    asked = await office.post("clerk", f"tasks/{task['id']}/extension", 409, due_on="2025-03-20", reason="忘了")
    assert asked["code"] == "kpi.task.not_now"
    # Taking it back is no way out of a number that it has missed already.
    await office.post("supervisor", f"tasks/{task['id']}/cancellation", reason="不再需要")
    assert await office.value("task.important.completion.rate", "2025-03") == ("measured", "0", "1")


async def test_a_task_taken_back_before_its_day_leaves_the_number(office: Office) -> None:
    task = await given(office)
    await office.post("supervisor", f"tasks/{task['id']}/cancellation", reason="业主已自行处理")
    assert await office.value("task.important.completion.rate", "2025-03") == ("no_data", None, None)


async def test_an_extension_is_asked_in_time_and_granted_by_a_superior(office: Office, clock: Standing) -> None:
    task = await given(office, "assigned", due="2025-03-05")
    path = f"tasks/{task['id']}"
    early = await office.post("clerk", f"{path}/extension", 422, due_on="2025-03-05", reason="x")
    assert early["errors"][0]["path"] == "due_on"
    none = await office.post("supervisor", f"{path}/extension/decision", 409, decision="approve")
    assert none["code"] == "kpi.task.no_extension_asked"
    await office.post("clerk", f"{path}/extension", due_on="2025-03-12", reason="材料推迟")
    clock.to(local(3, 6, 9))
    assert await office.value("task.assigned.unfinished.count", "2025-03") == ("measured", "1", None)
    granted = await office.post("supervisor", f"{path}/extension/decision", decision="approve")
    assert (granted["due_on"], granted["overdue"], granted["asked_due_on"]) == ("2025-03-12", False, None)
    assert await office.value("task.assigned.unfinished.count", "2025-03") == ("no_data", None, None)
    clock.to(local(3, 12, 18))
    await reported(office, task)
    await office.post("supervisor", f"{path}/verdict", decision="confirm")
    assert await office.value("task.assigned.unfinished.count", "2025-03") == ("measured", "0", None)
    assert await office.value("task.adhoc.ontime.rate", "2025-03") == ("measured", "1", "1")


async def test_c262_c263_what_needs_the_companys_approval_is_not_begun_before(office: Office) -> None:
    plan = await given(office, "renewal")
    measure = await given(office, "meeting", needs_approval=True)
    assert (plan["state"], measure["state"]) == ("proposed", "proposed")
    early = await office.post("clerk", f"tasks/{plan['id']}/report", 409, file_ids=FILES)
    assert early["code"] == "kpi.task.not_now"
    await office.post("supervisor", f"tasks/{plan['id']}/approval", 403, decision="approve")
    bare = await office.post("gm", f"tasks/{measure['id']}/approval", 422, decision="refuse")
    assert bare["errors"][0]["path"] == "note"
    refused = await office.post("gm", f"tasks/{measure['id']}/approval", decision="refuse", note="费用过高")
    assert refused["state"] == "refused"
    assert (await office.post("gm", f"tasks/{plan['id']}/approval", decision="approve"))["state"] == "open"
    assert (await reported(office, plan))["state"] == "reported"
    told = [(type_, data["kind"]) for type_, data in await office.told()]
    assert told == [("work_task.assigned.v1", "renewal"), ("work_task.reported.v1", "renewal")]


async def test_whoever_proposed_does_not_approve(office: Office) -> None:
    body = {"kind": "renewal", "title": "水泵更新", "assignee_id": str(office.person("clerk")), "due_on": "2025-03-30"}
    mine = await office.post("gm", "tasks", 201, community_id=office.community, **body)
    assert (await office.post("gm", f"tasks/{mine['id']}/approval", 403, decision="approve"))["code"] == "kpi.task.own"


async def test_e060_the_statistics_of_a_month_prove_its_completion_rates(office: Office, clock: Standing) -> None:
    """Of three plan items one is done in time, one late, one not at all: 66.67 %."""
    rows = [await given(office, "plan", due=due) for due in ("2025-03-10", "2025-03-11", "2025-03-12")]
    await given(office, "plan", due="2025-04-01")
    await reported(office, rows[0])
    await office.post("supervisor", f"tasks/{rows[0]['id']}/verdict", decision="confirm")
    clock.to(local(3, 31, 9))
    await reported(office, rows[1])
    await office.post("supervisor", f"tasks/{rows[1]['id']}/verdict", decision="confirm")
    month = await office.get("tasks/statistics", community_id=office.community, month="2025-03")
    plan = next(kind for kind in month["kinds"] if kind["kind"] == "plan")
    counts = {name: plan[name] for name in ("due", "done", "done_in_time", "done_late", "overdue", "open")}
    assert counts == {"due": 3, "done": 2, "done_in_time": 1, "done_late": 1, "overdue": 1, "open": 0}
    assert plan["completion"] == "66.67"
    assert await office.value("plan.month.completion.rate", "2025-03") == ("measured", "2", "3")
    assert await office.value("task.ontime.rate", "2025-03") == ("measured", "1", "3")


async def test_of_two_verdicts_at_once_one_wins(office: Office) -> None:
    task = await given(office)
    await reported(office, task)
    answers = await asyncio.gather(
        *(
            office.api.post(
                f"/kpi/v1/tasks/{task['id']}/verdict",
                json={"decision": decision, "note": "同时"},
                headers=office.as_(role),
            )
            for role, decision in (("supervisor", "confirm"), ("gm", "return"))
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_bad_input_is_refused_and_nothing_is_stored(office: Office) -> None:
    body = {"kind": "important", "title": "x", "assignee_id": str(uuid7()), "due_on": "2025-03-02"}
    past = await office.post("supervisor", "tasks", 422, community_id=office.community, **body)
    assert past["errors"][0]["path"] == "due_on"
    await office.post("supervisor", "tasks", 404, community_id=str(uuid7()), **{**body, "due_on": "2025-03-20"})
    await office.post("clerk", "tasks", 403, community_id=office.community, **{**body, "due_on": "2025-03-20"})
    task = await given(office)
    await office.post("clerk", f"tasks/{task['id']}/report", 422, file_ids=[])
    stale = await office.api.post(
        f"/kpi/v1/tasks/{task['id']}/progress", json={"progress": 5}, headers=office.as_("clerk", **{"If-Match": '"9"'})
    )
    assert stale.status_code == 412
    other = office.world.token("supervisor", office.org, units=[uuid7()])
    assert (await office.api.get(f"/kpi/v1/tasks/{task['id']}", headers=other)).status_code == 404
    assert len((await office.get("tasks"))["items"]) == 1
