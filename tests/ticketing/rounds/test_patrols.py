"""Daily patrols: what they find is a ticket at once, a day without one is told, records are read by others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx

from tests.support.world import Standing
from tests.ticketing.cases import NOON, Desk, H, M, S, z

Clock = Callable[[datetime], Standing]
D = timedelta(days=1)
#: Midnight at the end of the day of NOON, in Shanghai.
MIDNIGHT = datetime.fromisoformat("2025-03-08T00:00:00+08:00")


def walk(desk: Desk, **more: Any) -> dict[str, Any]:
    return {
        "community_id": str(desk.community.id),
        "started_at": z(NOON - 40 * M),
        "areas": ["1 幢", "地下车库"],
        "whole": True,
        **more,
    }


async def patrol(desk: Desk, headers: dict[str, str] | None = None, **more: Any) -> httpx.Response:
    return await desk.register.post("/patrols", walk(desk, **more), headers or desk.staff("supervisor"))


async def duty(desk: Desk, **more: Any) -> dict[str, Any]:
    body = {"community_id": str(desk.community.id), "since": "2025-03-07", **more}
    answer = await desk.register.api.put("/ticketing/v1/patrol-duties", json=body, headers=desk.staff("supervisor"))
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def days(desk: Desk) -> dict[str, bool]:
    answer = await desk.register.get("/patrols/days", first="2025-03-01", last="2025-03-31")
    assert answer.status_code == 200, answer.text
    return {found["day"]: found["done"] for found in answer.json()}


async def test_b032_c149_what_a_patrol_finds_is_a_ticket_at_once(desk: Desk, standing: Clock) -> None:
    """G-023: what an inspection finds, hazards among it, is in the system with the inspection."""
    standing(NOON)
    findings = [
        {"summary": "2 幢一层灯不亮", "fields": {"category": "electricity", "public_area": True}},
        {"kind": "hazard", "summary": "消防通道堆物", "fields": {"level": "2", "appliance": "passage"}},
    ]
    answer = await patrol(desk, desk.staff("security"), findings=findings)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["day"], made["whole"], len(made["ticket_ids"])) == ("2025-03-07", True, 2)
    kinds = []
    for id in made["ticket_ids"]:
        ticket = (await desk.register.get(f"/tickets/{id}")).json()
        assert ticket["channel"] == "patrol" and ticket["received_at"] == z(NOON)
        kinds.append(ticket["kind"])
    assert kinds == ["repair", "hazard"]
    (told,) = await desk.register.events("patrol.recorded.v1")
    assert told["data"]["ticket_ids"] == made["ticket_ids"]


async def test_c164_an_inspection_of_the_heating_network_is_kept_with_the_warning_that_it_gave(
    desk: Desk, standing: Clock
) -> None:
    """The inspection's record and the early warning's: what was looked at, and the hazard that is told of at once."""
    standing(NOON)
    finding = {"kind": "hazard", "summary": "二次网补水量异常，换热站压力偏低", "fields": {"level": "2"}}
    areas = ["换热站", "二次管网"]
    answer = await patrol(
        desk, desk.staff("engineer"), areas=areas, whole=False, note="供水 0.28 MPa，回水 0.21 MPa", findings=[finding]
    )
    assert answer.status_code == 201, answer.text
    kept = answer.json()
    assert (kept["areas"], kept["note"]) == (areas, "供水 0.28 MPa，回水 0.21 MPa")
    (warned,) = await desk.register.events("hazard.opened.v1")
    assert [str(warned["subject"])] == kept["ticket_ids"]
    assert (warned["data"]["level"], datetime.fromisoformat(warned["data"]["found_at"])) == ("2", NOON)


async def test_a_finding_that_no_ticket_can_be_of_leaves_nothing_behind(desk: Desk, standing: Clock) -> None:
    standing(NOON)
    findings = [{"summary": "灯不亮"}, {"kind": "hazard", "summary": "通道堆物", "fields": {"level": "9"}}]
    refused = await patrol(desk, findings=findings)
    assert (refused.status_code, refused.json()["code"]) == (422, "ticketing.patrol.invalid")
    assert refused.json()["errors"][0]["path"] == "findings.1.fields.level"
    assert await desk.register.events("ticket.created.v1", "patrol.recorded.v1") == []
    unknown = await patrol(desk, findings=[{"summary": "x", "unit_id": str(uuid4())}])
    assert (unknown.status_code, unknown.json()["code"]) == (404, "ticketing.unit.unknown")


async def test_a_patrol_begins_before_it_ends_and_ends_before_now(desk: Desk, standing: Clock) -> None:
    standing(NOON)
    for more, path in (
        ({"started_at": z(NOON + S)}, "started_at"),
        ({"started_at": z(NOON - D - S)}, "started_at"),
        ({"occurred_at": z(NOON + S)}, "occurred_at"),
        ({"occurred_at": z(NOON - H), "started_at": z(NOON - 2 * H)}, "late_reason"),
        ({"areas": []}, "areas"),
    ):
        refused = await patrol(desk, **more)
        assert (refused.status_code, refused.json()["errors"][0]["path"]) == (422, path), refused.text
    assert (await patrol(desk, desk.owner())).status_code == 403
    elsewhere = await patrol(desk, community_id=str(uuid4()))
    assert elsewhere.status_code == 404


async def test_b032_a_day_without_a_whole_patrol_is_told_when_it_is_over(desk: Desk, standing: Clock) -> None:
    clock = standing(NOON)
    await duty(desk)
    await patrol(desk, whole=False)
    clock.to(MIDNIGHT - S)
    await desk.register.fire_timers()
    assert await days(desk) == {}
    clock.to(MIDNIGHT + 3 * D)  # nobody was there to fire for three days
    await desk.register.fire_timers()
    await desk.register.fire_timers()
    expected = {f"2025-03-{n:02}": False for n in (7, 8, 9, 10)}
    assert await days(desk) == expected
    told = await desk.register.events("patrol.missed.v1")
    assert [e["data"]["day"] for e in told] == list(expected)
    assert told[0]["data"]["role"] == "supervisor" and told[0]["data"]["org_units"]


async def test_b032_a_day_with_its_patrol_is_kept_and_one_told_late_is_made_up(desk: Desk, standing: Clock) -> None:
    clock = standing(NOON)
    await duty(desk, until="2025-03-08")
    await patrol(desk)
    clock.to(MIDNIGHT + D)
    await desk.register.fire_timers()
    assert await days(desk) == {"2025-03-07": True, "2025-03-08": False}
    late = {"occurred_at": z(MIDNIGHT + 10 * H), "started_at": z(MIDNIGHT + 9 * H), "late_reason": "记录本在门岗"}
    assert (await patrol(desk, **late)).status_code == 201
    assert (await days(desk))["2025-03-08"] is True
    (told,) = await desk.register.events("patrol.made_up.v1")
    assert told["data"]["day"] == "2025-03-08"
    assert "patrol.day" not in await desk.timers(), "the duty has ended"


async def test_b033_the_record_is_read_once_by_somebody_else(desk: Desk, standing: Clock) -> None:
    clock = standing(NOON)
    await duty(desk, review_hours=24)
    me = uuid4()
    made = (await patrol(desk, desk.staff("supervisor", me))).json()
    assert made["review_due_at"] == z(NOON + D)
    path = f"/patrols/{made['id']}/review"
    own = await desk.register.post(path, {}, desk.staff("supervisor", me))
    assert (own.status_code, own.json()["code"]) == (403, "ticketing.patrol.own")
    assert (await desk.register.post(path, {}, desk.staff("security"))).status_code == 403
    assert len((await desk.register.get("/patrols", unread="true")).json()["items"]) == 1
    clock.to(NOON + D)
    read = await desk.register.post(path, {"note": "已核对"}, desk.staff("cs_manager"))
    assert (read.status_code, read.json()["review_note"]) == (200, "已核对")
    assert (await desk.register.post(path, {}, desk.staff("gm"))).status_code == 409
    assert (await desk.register.get("/patrols", unread="true")).json()["items"] == []
    (told,) = await desk.register.events("patrol.reviewed.v1")
    assert told["data"]["on_time"] is True
    clock.to(NOON + 2 * D)
    await desk.register.fire_timers()
    assert await desk.register.events("patrol.review_overdue.v1") == []


async def test_b033_a_record_that_nobody_reads_in_time_is_told_once(desk: Desk, standing: Clock) -> None:
    clock = standing(NOON)
    await duty(desk, review_hours=1)
    made = (await patrol(desk)).json()
    clock.to(NOON + H)
    await desk.register.fire_timers()
    assert await desk.register.events("patrol.review_overdue.v1") == []  # the last second counts
    clock.to(NOON + H + S)
    await desk.register.fire_timers()
    await desk.register.fire_timers()
    (told,) = await desk.register.events("patrol.review_overdue.v1")
    assert str(told["subject"]) == made["id"]


async def test_a_duty_and_a_range_of_days_must_make_sense(desk: Desk) -> None:
    wrong = {"community_id": str(desk.community.id), "since": "2025-03-07", "until": "2025-03-06"}
    path = "/ticketing/v1/patrol-duties"
    answer = await desk.register.api.put(path, json=wrong, headers=desk.staff("supervisor"))
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, "until")
    many = await desk.register.get("/patrols/days", first="2025-01-01", last=str(date(2025, 12, 31)))
    assert many.status_code == 422
