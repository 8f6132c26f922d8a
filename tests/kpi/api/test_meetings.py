"""Meetings with minutes and decisions; suggestions that somebody else adopts and sees work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from shared.ids import uuid7
from tests.kpi.api.work import Office
from tests.kpi.support import local, z
from tests.support.world import Standing, World

FILES = [str(uuid7())]


@pytest.fixture
def clock(standing: Callable[[datetime], Standing]) -> Standing:
    """Monday morning."""
    return standing(local(3, 3, 11))


@pytest.fixture
async def office(api: httpx.AsyncClient, world: World, org: UUID, clock: Standing) -> Office:
    return await Office.opened(api, world, org)


async def held(office: Office, kind: str, status: int = 201, **more: Any) -> dict[str, Any]:
    body = {
        "community_id": office.community,
        "kind": kind,
        "title": "三月例会",
        "held_at": z(local(3, 3, 9)),
        "chair_id": str(office.person("cs_manager")),
        "attendance": [
            {"person_id": str(office.person("clerk")), "attendance": "present"},
            {"person_id": str(office.person("butler")), "attendance": "absent"},
        ],
        **more,
    }
    return await office.post("supervisor", "meetings", status, **body)


def decided(office: Office, due: str = "2025-03-14", **more: Any) -> dict[str, Any]:
    return {"title": "外墙渗水整改", "assignee_id": str(office.person("clerk")), "due_on": due, **more}


async def minuted(office: Office, meeting: dict[str, Any], status: int = 200, **more: Any) -> dict[str, Any]:
    body = {"minutes": "通报投诉热点", "file_ids": FILES, **more}
    return await office.post("supervisor", f"meetings/{meeting['id']}/minutes", status, **body)


async def test_c247_e045_decisions_become_tasks_and_the_minutes_are_archived(office: Office) -> None:
    """D-022: by whoever runs a department."""
    meeting = await held(office, "department")
    bare = await minuted(office, meeting, 422)
    assert bare["errors"][0]["path"] == "decisions"
    await minuted(office, meeting, 422, file_ids=[])
    filed = await minuted(office, meeting, decisions=[decided(office)])
    assert (filed["state"], len(filed["decisions"])) == ("archived", 1)
    (task,) = (await office.get("tasks", origin_id=meeting["id"]))["items"]
    assert (task["kind"], task["origin"], task["due_on"], task["state"]) == ("meeting", "meeting", "2025-03-14", "open")
    assert task["assignee_id"] == str(office.person("clerk"))
    again = await minuted(office, meeting, 409, decisions=[decided(office)])
    assert again["code"] == "kpi.meeting.archived"
    people = (await office.get(f"meetings/{meeting['id']}"))["attendance"]
    assert sorted(row["attendance"] for row in people) == ["absent", "present"]
    answer = await office.api.post("/kpi/v1/meetings", json={}, headers=office.as_("clerk"))
    assert answer.status_code == 403


async def test_a085_a204_c255_a_meeting_counts_once_its_minutes_are_on_file(office: Office) -> None:
    """At least one a month, one a quarter: none is a miss (AMB-008)."""
    assert await office.value("production.meeting.count", "2025-03") == ("not_measured", None, None)
    production = await held(office, "production")
    business = await held(office, "business")
    assert await office.value("production.meeting.count", "2025-03") == ("not_measured", None, None)
    await minuted(office, production)
    assert (await minuted(office, business, 422))["errors"][0]["path"] == "decisions"
    await minuted(office, business, decisions=[decided(office)])
    assert await office.value("production.meeting.count", "2025-03") == ("measured", "1", None)
    assert await office.value("meeting.business.analysis.count", "2025-Q1") == ("measured", "1", None)


async def test_a206_c258_e058_a_forum_names_its_owners_and_its_rectifications_are_followed(office: Office) -> None:
    forum = await held(office, "owner_forum", topics="停车难、绿化缺株", outsiders="业主代表5人")
    assert (await minuted(office, forum, 422))["errors"][0]["path"] == "decisions"
    await minuted(office, forum, decisions=[decided(office, title="补种绿化")])
    (task,) = (await office.get("tasks", origin_id=forum["id"]))["items"]
    assert (task["title"], task["kind"], task["state"]) == ("补种绿化", "meeting", "open")
    assert await office.value("owner.forum.count", "2025-H1") == ("measured", "1", None)


async def test_c263_what_a_production_meeting_suggests_waits_for_the_companys_approval(office: Office) -> None:
    meeting = await held(office, "production")
    await minuted(office, meeting, decisions=[decided(office, needs_approval=True)])
    (task,) = (await office.get("tasks", origin_id=meeting["id"]))["items"]
    assert task["state"] == "proposed"
    await office.post("supervisor", f"tasks/{task['id']}/approval", 403, decision="approve")
    assert (await office.post("gm", f"tasks/{task['id']}/approval", decision="approve"))["state"] == "open"


async def test_c253_c259_outsiders_are_named_and_what_was_said_is_passed_on(office: Office) -> None:
    for kind in ("contractor", "external"):
        bare = await held(office, kind)
        assert (await minuted(office, bare, 422))["errors"][0]["path"] == "outsiders"
        meeting = await held(office, kind, outsiders="保洁公司项目主管")
        await minuted(office, meeting)
        early = await office.post("supervisor", f"meetings/{meeting['id']}/relay", 422, on="2025-03-02", note="x")
        assert early["errors"][0]["path"] == "on"
        told = await office.post("supervisor", f"meetings/{meeting['id']}/relay", on="2025-03-03", note="晨会传达")
        assert (told["relayed_on"], told["relayed_note"]) == ("2025-03-03", "晨会传达")


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ({"held_at": z(local(3, 3, 12))}, "held_at"),
        ({"attendance": [{"person_id": FILES[0], "attendance": "present"}] * 2}, "attendance"),
        ({"attendance": [{"person_id": FILES[0], "attendance": "excused"}]}, "attendance.0.reason"),
        ({"attendance": []}, "attendance"),
    ],
)
async def test_a_meeting_that_makes_no_sense_is_not_stored(office: Office, more: dict[str, Any], path: str) -> None:
    assert (await held(office, "review", 422, **more))["errors"][0]["path"] == path
    assert (await office.get("meetings"))["items"] == []
    await held(office, "review", 404, community_id=str(uuid7()))


async def test_c260_b113_a_suggestion_counts_where_it_was_made_and_worked_in_one_month(
    office: Office, clock: Standing
) -> None:
    """A-164: adopted and seen to work by somebody else, never by who made it."""
    body = {"community_id": office.community, "title": "自助登记", "detail": "前台加一台自助登记机"}
    made = await office.post("supervisor", "suggestions", 201, **body)
    other = await office.post("clerk", "suggestions", 201, **body)
    path = f"suggestions/{made['id']}"
    effect = {"effective_on": "2025-03-28", "effect": "等候减到两分钟", "file_ids": FILES}
    assert (await office.post("supervisor", f"{path}/decision", 403, decision="adopt", note="x"))["code"] == (
        "kpi.suggestion.own"
    )
    assert (await office.post("gm", f"{path}/effect", 409, **effect))["code"] == "kpi.suggestion.not_now"
    await office.post("gm", f"{path}/decision", decision="adopt", note="试行")
    early = await office.post("gm", f"{path}/effect", 422, **effect)
    assert early["errors"][0]["path"] == "effective_on"
    clock.to(local(3, 31))
    assert (await office.post("gm", f"{path}/effect", **effect))["state"] == "effective"
    assert await office.value("bonus.suggestion.count", "2025-03") == ("measured", "1", None)
    await office.post("gm", f"suggestions/{other['id']}/decision", decision="adopt", note="试行")
    clock.to(local(4, 10))
    await office.post("gm", f"suggestions/{other['id']}/effect", **{**effect, "effective_on": "2025-04-01"})
    assert await office.value("bonus.suggestion.count", "2025-04") == ("no_data", None, None)
    refused = await office.post("butler", "suggestions", 201, **body)
    no = await office.post("gm", f"suggestions/{refused['id']}/decision", decision="refuse", note="重复")
    assert no["state"] == "refused"
