"""The policy register with its editions and days; budgets against what was spent, to the fen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from shared.auth.roles import AUDITOR
from shared.ids import uuid7
from tests.kpi.api.work import Office
from tests.kpi.support import local
from tests.support.world import Standing, World

FILES = [str(uuid7())]


@pytest.fixture
def clock(standing: Callable[[datetime], Standing]) -> Standing:
    """Monday morning."""
    return standing(local(3, 3, 11))


@pytest.fixture
async def office(api: httpx.AsyncClient, world: World, org: UUID, clock: Standing) -> Office:
    return await Office.opened(api, world, org)


async def policy(office: Office, code: str = "KF-03", area: str = "cs", status: int = 201) -> dict[str, Any]:
    body = {"code": code, "title": "投诉处理管理规定", "area": area, "owner_id": str(office.person("supervisor"))}
    return await office.post("supervisor", "policies", status, community_id=office.community, **body)


async def edition(office: Office, id_: str, update: str | None = None, status: int = 200) -> dict[str, Any]:
    body = {"change": "增加网络投诉时限", "file_ids": FILES, "next_update_on": update}
    return await office.post("supervisor", f"policies/{id_}/editions", status, **body)


async def test_c248_g028_an_edition_is_in_force_once_another_approved_it(office: Office) -> None:
    made = await policy(office)
    assert (await policy(office, status=409))["code"] == "kpi.policy.exists"
    path = f"policies/{made['id']}"
    assert (await office.post("gm", f"{path}/decision", 409, decision="approve"))["code"] == "kpi.policy.not_now"
    assert (await edition(office, made["id"], "2025-03-03", 422))["errors"][0]["path"] == "next_update_on"
    await edition(office, made["id"], "2025-06-30")
    assert (await edition(office, made["id"], status=409))["code"] == "kpi.policy.not_now"
    await office.post("supervisor", f"{path}/decision", 403, decision="approve")
    assert (await office.post("gm", f"{path}/decision", 422, decision="refuse"))["errors"][0]["path"] == "note"
    await office.post("gm", f"{path}/decision", decision="refuse", note="缺附件")
    await edition(office, made["id"], "2025-06-30")
    issued = await office.post("project_manager", f"{path}/decision", decision="approve")
    assert (issued["policy"]["edition"], issued["policy"]["update_due_on"]) == (2, "2025-06-30")
    assert [one["state"] for one in issued["editions"]] == ["refused", "issued"]
    told = [(type_, data["edition"], data["next_due_on"]) for type_, data in await office.told()]
    assert told == [("policy.issued.v1", 2, "2025-06-30")]


async def test_c248_nobody_approves_what_they_submitted(office: Office) -> None:
    made = await policy(office)
    body = {"change": "首版", "file_ids": FILES}
    await office.post("project_manager", f"policies/{made['id']}/editions", **body)
    own = await office.post("project_manager", f"policies/{made['id']}/decision", 403, decision="approve")
    assert own["code"] == "kpi.policy.own"


async def test_reading_is_confirmed_of_the_edition_in_force_and_once(office: Office) -> None:
    made = await policy(office)
    path = f"policies/{made['id']}"
    assert (await office.post("clerk", f"{path}/reading", 422, edition=1))["errors"][0]["path"] == "edition"
    await edition(office, made["id"])
    await office.post("gm", f"{path}/decision", decision="approve")
    for _ in range(2):
        found = await office.post("clerk", f"{path}/reading", edition=1)
    assert found["editions"][0]["readers"] == 1
    readers = await office.get(f"{path}/readers")
    assert [row["person_id"] for row in readers["readers"]] == [str(office.person("clerk"))]


async def test_a199_c257_a_policy_is_up_to_date_if_its_next_edition_meets_its_day(
    office: Office, clock: Standing
) -> None:
    met, late, never = [
        (await policy(office, code, area))["id"] for code, area in (("A", "cs"), ("B", "order"), ("C", "risk"))
    ]
    for id_ in (met, late, never):
        await edition(office, id_, "2025-03-31")
        await office.post("gm", f"policies/{id_}/decision", decision="approve")
    assert await office.value("policy.update.rate", "2025") == ("no_data", None, None)
    clock.to(local(3, 31, 23, 59, 59))
    await edition(office, met, "2026-03-31")
    await office.post("gm", f"policies/{met}/decision", decision="approve")
    clock.to(local(4, 1))
    await office.told()
    await edition(office, late, "2026-03-31")
    await office.post("gm", f"policies/{late}/decision", decision="approve")
    assert await office.value("policy.update.rate", "2025") == ("measured", "1", "3")
    told = [data["code"] for type_, data in await office.told() if type_ == "policy.update_missed.v1"]
    assert sorted(told) == ["B", "C"]
    areas = (await office.get("policies/areas", community_id=office.community))["areas"]
    assert [(row["area"], row["in_force"], row["overdue"]) for row in areas] == [
        ("cs", 1, 0),
        ("engineering", 0, 0),
        ("order", 1, 0),
        ("environment", 0, 0),
        ("appraisal", 0, 0),
        ("risk", 1, 1),
    ]


async def test_c274_a_law_that_changed_is_told_and_is_no_rule_of_the_house_to_be_brought_up_to_date(
    office: Office, clock: Standing
) -> None:
    law = (await policy(office, "GB 50348-2018", "law"))["id"]
    await edition(office, law, "2025-03-31")
    await office.post("gm", f"policies/{law}/decision", decision="approve")
    clock.to(local(4, 1))
    told = [(type_, data["area"]) for type_, data in await office.told()]
    assert told == [("policy.issued.v1", "law"), ("policy.update_missed.v1", "law")]
    assert await office.value("policy.update.rate", "2025") == ("no_data", None, None)
    areas = (await office.get("policies/areas", community_id=office.community))["areas"]
    assert {row["in_force"] for row in areas} == {0}
    assert [row["code"] for row in (await office.get("policies", area="law"))["items"]] == ["GB 50348-2018"]


def money(amount: str) -> dict[str, str]:
    return {"amount": amount}


async def budget(office: Office, status: int = 201, role: str = "supervisor", **more: Any) -> dict[str, Any]:
    body = {
        "community_id": office.community,
        "level": "department",
        "year": 2025,
        "title": "2025年客服部预算",
        "lines": [
            {"category": "人工费", "month": "2025-01", "amount": money("80000.00")},
            {"category": "办公费", "month": "2025-01", "amount": money("20000.00")},
            {"category": "人工费", "month": "2025-02", "amount": money("80000.00")},
        ],
        **more,
    }
    return await office.post(role, "budgets", status, **body)


async def spent(office: Office, category: str, amount: str, status: int = 201, **more: Any) -> dict[str, Any]:
    body = {"level": "department", "category": category, "month": "2025-01", "amount": money(amount), "file_ids": FILES}
    return await office.post("finance", "budgets/actuals", status, community_id=office.community, **{**body, **more})


async def test_g008_d012_budget_against_actual_to_the_fen_for_whoever_audits(office: Office) -> None:
    """A-021, A-187: of 100,000.00 yuan 98,000.01 were spent; the month nobody reported is in neither number."""
    made = await budget(office)
    assert made["total"]["amount"] == "180000.00"
    await office.post("gm", f"budgets/{made['id']}/decision", decision="approve")
    await spent(office, "人工费", "79000.00")
    await spent(office, "办公费", "19000.00")
    corrected = await spent(office, "办公费", "19000.01")
    assert (corrected["version"], corrected["amount"]["amount"]) == (2, "19000.01")
    params = {"community_id": office.community, "level": "department", "year": 2025}
    found = await office.get("budgets/variance", AUDITOR, **params)
    rows = [
        (r["category"], r["month"], r["difference"] and r["difference"]["amount"], r["percent"]) for r in found["lines"]
    ]
    assert rows == [
        ("人工费", "2025-01", "-1000.00", "-1.25"),
        ("人工费", "2025-02", None, None),
        ("办公费", "2025-01", "-999.99", "-5.00"),
    ]
    assert (found["total"]["budget"]["amount"], found["total"]["actual"]["amount"]) == ("100000.00", "98000.01")
    assert await office.value("budget.execution.rate", "2025") == ("measured", "98000.01", "100000")
    assert await office.value("budget.actual.deviation", "2025") == ("measured", "-1999.99", "100000")
    assert await office.value("cost.budget.deviation", "2025") == ("no_data", None, None)
    clerk = await office.api.get("/kpi/v1/budgets/variance", params=params, headers=office.as_("clerk"))
    assert clerk.status_code == 403


async def test_c249_e044_d028_a_budget_counts_once_another_approved_it(office: Office) -> None:
    """D-023: a department applies, and never decides."""
    made = await budget(office, role="project_manager")
    assert (await budget(office, 409))["code"] == "kpi.budget.exists"
    await spent(office, "人工费", "1.00")
    assert await office.value("budget.execution.rate", "2025") == ("no_data", None, None)
    await office.post("supervisor", f"budgets/{made['id']}/decision", 403, decision="approve")
    own = await office.post("project_manager", f"budgets/{made['id']}/decision", 403, decision="approve")
    assert own["code"] == "kpi.budget.own"
    assert (await office.post("gm", f"budgets/{made['id']}/decision", 422, decision="refuse"))["errors"][0]["path"] == (
        "note"
    )
    await office.post("gm", f"budgets/{made['id']}/decision", decision="refuse", note="人工费偏高")
    again = await budget(office)
    await office.post("gm", f"budgets/{again['id']}/decision", decision="approve")
    assert (await office.post("gm", f"budgets/{again['id']}/decision", 409, decision="approve"))["code"] == (
        "kpi.budget.not_now"
    )
    assert await office.value("budget.execution.rate", "2025") == ("measured", "1", "80000")
    gm = await office.api.post("/kpi/v1/budgets", json={}, headers=office.as_("gm"))
    assert gm.status_code == 403


async def test_c250_special_funds_add_to_the_annual_budget_and_say_what_they_are_for(office: Office) -> None:
    made = await budget(office)
    await office.post("gm", f"budgets/{made['id']}/decision", decision="approve")
    extra = [{"category": "人工费", "month": "2025-01", "amount": money("10000.00")}]
    bare = await budget(office, 422, kind="special", lines=extra)
    assert bare["errors"][0]["path"] == "reason"
    special = await budget(office, kind="special", lines=extra, reason="春节加班")
    await office.post("gm", f"budgets/{special['id']}/decision", decision="approve")
    await spent(office, "人工费", "90000.00")
    assert await office.value("budget.execution.rate", "2025") == ("measured", "90000", "90000")


async def test_a197_the_projects_cost_is_not_the_departments(office: Office) -> None:
    made = await budget(office, level="project")
    await office.post("gm", f"budgets/{made['id']}/decision", decision="approve")
    await spent(office, "人工费", "82400.00", level="project")
    assert await office.value("cost.budget.deviation", "2025") == ("measured", "2400", "80000")
    assert await office.value("budget.actual.deviation", "2025") == ("no_data", None, None)


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ({"category": "a", "month": "2024-12", "amount": money("1.00")}, "lines.1.month"),
        ({"category": "x", "month": "2025-01", "amount": money("1.00")}, "lines.1"),
        ({"category": "a", "month": "2025-01", "amount": money("-1.00")}, "lines.1.amount"),
        (
            {"category": "a", "month": "2025-01", "amount": {"amount": "1", "currency": "USD"}},
            "lines.1.amount.currency",
        ),
    ],
)
async def test_a_budget_that_makes_no_sense_is_not_stored(office: Office, line: dict[str, Any], path: str) -> None:
    first = {"category": "x", "month": "2025-01", "amount": money("1.00")}
    assert (await budget(office, 422, lines=[first, line]))["errors"][0]["path"] == path
    assert (await office.get("budgets"))["items"] == []


async def test_two_reports_of_one_actual_at_once_leave_one(office: Office) -> None:
    await spent(office, "人工费", "1.00")
    await asyncio.gather(*(spent(office, "人工费", f"{n}.00") for n in (2, 3)))
    params = {"community_id": office.community, "level": "department", "year": 2025}
    (row,) = (await office.get("budgets/variance", **params))["lines"]
    assert row["actual"]["amount"] in ("2.00", "3.00")
    assert (await spent(office, "人工费", "1.00", 422, month="2025-04"))["errors"][0]["path"] == "month"
