"""Records an appraisal asks for, as tables within reach."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from tests.support.world import Standing
from tests.ticketing.cases import NOON, Desk, H, M, S, z
from tests.ticketing.support import BASE

Clock = Callable[[datetime], Standing]


async def exported(desk: Desk, table: str, headers: dict[str, str] | None = None) -> list[dict[str, Any]]:
    answer = await desk.register.api.get(f"{BASE}/exports/{table}.ndjson", headers=headers or desk.staff("supervisor"))
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


async def test_e005_the_complaint_record_tells_receipt_handling_and_what_was_missed(
    desk: Desk, standing: Clock
) -> None:
    """E-005, C-014: complaint and handling records, as the supervisor hands them up."""
    now = standing(NOON)
    ticket = await desk.ticket(fields={"topic": "facility"}, channel="phone")
    await desk.ticket("repair", n=1)
    now.by(10 * M + S)
    await desk.register.fire_timers()
    await desk.do(ticket, "respond")
    await desk.do(ticket, "dispatch", assignee_id=str(desk.engineer), department="工程部")
    await desk.do(ticket, "plan", text="更换导靴")
    await desk.do(ticket, "complete", result="已更换")
    (row,) = await exported(desk, "complaints")
    assert (row["number"], row["channel"], row["topic"], row["unit"]) == (ticket["number"], "电话", "facility", "1-101")
    assert (row["plan"], row["result"], row["department"], row["missed"]) == ("更换导靴", "已更换", "工程部", "B-007")
    assert row["received_at"] == z(NOON) and row["state"] == "已处理" and row["signed_at"] in (None, "")


async def test_e007_e063_feedback_is_exported_call_by_call(desk: Desk, standing: Clock) -> None:
    """E-007, E-063: the figures behind every statistic of feedback."""
    now = standing(NOON)
    ticket = await desk.handled()
    now.by(H)
    await desk.call(await desk.due_call(ticket), rating=70)
    (row,) = await exported(desk, "feedback")
    assert (row["number"], row["state"], row["rating"], row["satisfied"], row["attempts"]) == (
        ticket["number"],
        "reached",
        70,
        "否 no",
        1,
    )
    (west,) = await desk.register.stored(
        "org-units", [{"external_id": "WEST", "name": "WEST", "kind": "branch", "parent": None}]
    )
    stranger = desk.register.staff("supervisor", [west])
    assert await exported(desk, "feedback", stranger) == await exported(desk, "complaints", stranger) == []
    hr = await desk.register.api.get(f"{BASE}/exports/feedback.csv", headers=desk.staff("hr"))
    assert hr.status_code == 403


async def test_open_promises_and_visits_are_exported_within_reach_and_masked(desk: Desk, standing: Clock) -> None:
    now = standing(NOON)
    ticket = await desk.ticket(channel="phone")
    await desk.do(ticket, "dispatch", assignee_id=str(desk.engineer), department="工程部")
    body = {"community_id": str(desk.community.id), "visitor_name": "王小明", "subject": "办理装修"}
    assert (await desk.register.post("/visits", body, desk.staff())).status_code == 201
    now.by(10 * M + S)
    await desk.register.fire_timers()
    rows = await exported(desk, "promises")
    late = [(r["promise"].split()[0], r["overdue"]) for r in rows if r["overdue"] == "是 yes"]
    assert late == [("接到投诉后10分钟内响应", "是 yes")] and {r["number"] for r in rows} == {ticket["number"]}
    await desk.do(ticket, "respond")
    assert [r["overdue"] for r in await exported(desk, "promises")] == ["否 no"], "what was answered late is over"
    (visit,) = await exported(desk, "visits")
    assert "王小明" not in str(visit) and (visit["subject"], visit["received_at"]) == ("办理装修", z(NOON))
    elsewhere = desk.register.staff("supervisor", [])
    for table in ("promises", "visits", "calls", "survey_answers"):
        assert await exported(desk, table, elsewhere) == []
    assert (await desk.register.get("/exports/visits.csv", desk.staff("finance"))).status_code == 403
