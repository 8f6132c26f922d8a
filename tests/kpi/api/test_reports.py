"""Reports and plans: owed on their days, reminded of, missing or late; accepted plans give tasks."""

from __future__ import annotations

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

MONDAY = local(3, 3)


@pytest.fixture
def clock(standing: Callable[[datetime], Standing]) -> Standing:
    """Monday morning."""
    return standing(MONDAY)


@pytest.fixture
async def office(api: httpx.AsyncClient, world: World, org: UUID, clock: Standing) -> Office:
    return await Office.opened(api, world, org)


async def duty(office: Office, form: str, status: int = 201, **more: Any) -> dict[str, Any]:
    people = {"responsible_id": str(office.person("supervisor")), "receiver_id": str(office.person("cs_manager"))}
    body = {"community_id": office.community, "form": form, "since": "2025-03-03", **people, **more}
    return await office.post("gm", "report-duties", status, **body)


async def owed(office: Office, form: str) -> list[dict[str, Any]]:
    await office.world.drain(office.org)
    found: list[dict[str, Any]] = (await office.get("reports", form=form))["items"]
    return found


def item(office: Office, title: str = "外墙渗水整改", due: str = "2025-03-14") -> dict[str, str]:
    return {"title": title, "assignee_id": str(office.person("clerk")), "due_on": due}


async def test_a191_a_report_is_in_time_until_its_last_second_and_missing_afterwards(
    office: Office, clock: Standing
) -> None:
    """E-037, C-247: by the 5th; the first time counts, even where it is returned."""
    await duty(office, "monthly")
    (first,) = await owed(office, "monthly")
    assert (first["period"], first["due_on"], first["state"], first["on_time"]) == (
        "2025-02",
        "2025-03-05",
        "due",
        None,
    )
    clock.to(local(3, 5, 23, 59, 59))
    path = f"reports/{first['id']}"
    assert (await office.post("supervisor", f"{path}/submission", text="二月份工作报告"))["on_time"] is True
    own = await office.post("supervisor", f"{path}/verdict", 403, decision="accept")
    assert own["code"] == "kpi.report.own"
    assert (await office.post("cs_manager", f"{path}/verdict", 422, decision="return"))["errors"][0]["path"] == "note"
    await office.post("cs_manager", f"{path}/verdict", decision="return", note="缺投诉分析")
    clock.to(local(3, 7))
    assert (await office.post("supervisor", f"{path}/submission", text="补投诉分析"))["on_time"] is True
    assert (await office.post("cs_manager", f"{path}/verdict", decision="accept"))["state"] == "accepted"
    assert await office.value("report.month.ontime", "2025-03") == ("measured", "1", "1")
    clock.to(local(4, 3, 9))
    await office.told()
    clock.to(local(4, 6))
    rows = await owed(office, "monthly")
    assert [(row["period"], row["state"]) for row in rows] == [
        ("2025-02", "accepted"),
        ("2025-03", "missing"),
        ("2025-04", "due"),
    ]
    assert await office.value("report.month.ontime", "2025-04") == ("measured", "0", "1")
    late = await office.post("supervisor", f"reports/{rows[1]['id']}/submission", text="三月份工作报告")
    assert (late["state"], late["on_time"]) == ("submitted", False)
    assert await office.value("report.month.ontime", "2025-04") == ("measured", "0", "1")
    told = [(type_, data["period"]) for type_, data in await office.told()]
    assert told[-3:] == [
        ("report.due_soon.v1", "2025-03"),
        ("report.missing.v1", "2025-03"),
        ("report.submitted.v1", "2025-03"),
    ]
    early = await office.post("supervisor", f"reports/{rows[2]['id']}/submission", 409, text="四月份工作报告")
    assert "not_begun" in early["detail"], "a month that is not over cannot be reported upon"


async def test_c246_e035_items_of_an_accepted_plan_become_tasks_of_those_responsible(
    office: Office, clock: Standing
) -> None:
    """A-146, A-189: the plan of next month by the 30th, the weekly report on Monday."""
    await duty(office, "weekly")
    await duty(office, "plan_30")
    (week,) = await owed(office, "weekly")
    assert (week["period"], week["due_on"]) == ("2025-W10", "2025-03-03")
    bare = await office.post("supervisor", f"reports/{week['id']}/submission", 422, text="本周工作")
    assert bare["errors"][0]["path"] == "items"
    await office.post("supervisor", f"reports/{week['id']}/submission", text="本周工作", items=[item(office)])
    assert (await office.get("tasks"))["items"] == [], "a plan nobody accepted gives no tasks"
    await office.post("cs_manager", f"reports/{week['id']}/verdict", decision="accept")
    (task,) = (await office.get("tasks", origin_id=week["id"]))["items"]
    assert (task["kind"], task["origin"], task["due_on"]) == ("weekly", "plan", "2025-03-14")
    assert task["assignee_id"] == str(office.person("clerk"))
    assert task["superior_id"] == str(office.person("cs_manager"))
    assert await office.value("report.weekly.ontime", "2025-03") == ("measured", "1", "1")
    (plan,) = await owed(office, "plan_30")
    assert (plan["period"], plan["due_on"]) == ("2025-04", "2025-03-30")
    both = [item(office, "四月消防演练", "2025-04-10"), item(office, "四月档案核查", "2025-04-30")]
    await office.post("supervisor", f"reports/{plan['id']}/submission", file_ids=[str(uuid7())], items=both)
    await office.post("cs_manager", f"reports/{plan['id']}/verdict", decision="accept")
    clock.to(local(5, 1))
    assert await office.value("plan.month.completion.rate", "2025-04") == ("measured", "0", "2")
    again = await office.post("cs_manager", f"reports/{plan['id']}/verdict", 409, decision="accept")
    assert again["code"] == "kpi.report.not_now"


async def test_c245_the_monthly_plan_carries_reception_complaints_and_dunning(office: Office) -> None:
    await duty(office, "plan_cs")
    (plan,) = await owed(office, "plan_cs")
    figures = {"reception": "400次", "complaints": "及时率100%"}
    path = f"reports/{plan['id']}/submission"
    missing = await office.post("supervisor", path, 422, text="三月计划", figures=figures, items=[item(office)])
    assert missing["errors"][0]["path"] == "figures.dunning"
    figures["dunning"] = "收缴率90%"
    done = await office.post("supervisor", path, text="三月计划", figures=figures, items=[item(office)])
    assert done["figures"] == figures


async def test_c256_the_annual_business_plan_carries_targets_budget_and_headcount(office: Office) -> None:
    await duty(office, "business_plan")
    (plan,) = await owed(office, "business_plan")
    assert (plan["period"], plan["due_on"]) == ("2026", "2025-12-31")
    bare = await office.post("supervisor", f"reports/{plan['id']}/submission", 422, text="经营计划")
    assert bare["errors"][0]["path"] == "figures.service_targets"


async def test_e043_a_day_the_document_leaves_open_is_agreed_and_a_printed_one_is_not(office: Office) -> None:
    """E-008 alike."""
    rule = {"unit": "month", "working_day": -1}
    assert (await duty(office, "management", 422))["errors"][0]["path"] == "rule"
    assert (await duty(office, "monthly", 422, rule=rule))["errors"][0]["path"] == "rule"
    assert (await duty(office, "management", 422, rule={"unit": "month"}))["errors"][0]["path"] == "rule.day"
    assert (await duty(office, "management", 422, since="2025-03-02", rule=rule))["errors"][0]["path"] == "since"
    await duty(office, "management", rule=rule)
    (first,) = await owed(office, "management")
    assert (first["due_on"], first["period"]) == ("2025-03-31", "2025-03")
    assert (await duty(office, "management", 409, rule=rule))["code"] == "kpi.report_duty.exists"
    await duty(office, "customer_needs", rule={"unit": "half", "day": 31, "month": -1})
    desk = office.world.token("supervisor", office.org)
    answer = await office.api.post("/kpi/v1/report-duties", json={}, headers=desk)
    assert answer.status_code == 403


async def test_a_duty_ends_and_what_is_due_later_is_owed_no_more(office: Office, clock: Standing) -> None:
    made = await duty(office, "plan_27")
    ended = await office.post("gm", f"report-duties/{made['id']}/end", until="2025-03-20")
    assert ended["until"] == "2025-03-20"
    clock.to(local(5, 1))
    rows = await owed(office, "plan_27")
    assert [(row["period"], row["state"]) for row in rows] == [("2025-04", "waived")]
    assert await office.value("plan.report.ontime", "2025-03") == ("no_data", None, None)
    body = {"text": "x", "items": [item(office)]}
    assert (await office.post("supervisor", f"reports/{rows[0]['id']}/submission", 409, **body))["code"] == (
        "kpi.report.not_now"
    )


async def test_only_whoever_owes_it_hands_it_in_and_nothing_is_stored_of_bad_input(office: Office) -> None:
    await duty(office, "attendance")
    (first,) = await owed(office, "attendance")
    path = f"reports/{first['id']}/submission"
    assert (await office.post("clerk", path, 403, text="x"))["code"] == "kpi.report.not_yours"
    assert (await office.post("supervisor", path, 409, text="x"))["code"] == "kpi.report.not_now"
    other = office.world.token("supervisor", office.org, units=[uuid7()])
    assert (await office.api.get(f"/kpi/v1/reports/{first['id']}", headers=other)).status_code == 404
    assert (await owed(office, "attendance"))[0]["version"] == 1
