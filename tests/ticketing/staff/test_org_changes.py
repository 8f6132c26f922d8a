"""Changes of a department's structure and headcount: applied for, decided in the end by the general manager (C-251)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from tests.support.world import Standing
from tests.ticketing.cases import NOON
from tests.ticketing.staff.support import Company

Clock = Callable[[datetime], Standing]
POSTS = [{"name": "前台接待", "now": 3, "wanted": 4}]


def application(company: Company, **more: Any) -> dict[str, Any]:
    body = {"org_unit_id": str(company.east), "kind": "headcount", "title": "客服前台增编", "items": POSTS}
    return {**body, "reason": "二期交付后月接待量增加四成", **more}


async def staffed(company: Company) -> None:
    for name, role in (("gm", "gm"), ("hr", "hr")):
        await company.hired(name, role, "E")


async def test_c251_a_change_of_headcount_is_decided_by_the_general_manager_and_then_carried_out(
    company: Company,
) -> None:
    await staffed(company)
    asked = await company.done("/org-changes", "manager", **application(company))
    assert (asked["state"], asked["items"]) == ("asked", [{**POSTS[0], "change": None}])
    approval = f"/approvals/{asked['approval_id']}"
    chain = (await company.get(approval, "manager"))["chain"]
    assert [(step["roles"], step["strict"]) for step in chain] == [(["project_manager", "hr"], False), (["gm"], True)]
    path = f"/org-changes/{asked['id']}"
    await company.refused(f"{path}/carry-out", "hr", 409, "ticketing.org_change.not_approved", outcome="已增编")
    await company.refused(f"{approval}/approve", "gm", 403, "approval.step.not_yours")
    await company.done(f"{approval}/approve", "pm")
    assert (await company.get(path, "pm"))["state"] == "asked"
    await company.done(f"{approval}/approve", "gm", reason="同意增编一人")
    assert (await company.get(path, "manager"))["state"] == "approved"
    for name in ("manager", "pm"):
        assert (await company.post(f"{path}/carry-out", name, outcome="已增编")).status_code == 403
    done = await company.done(f"{path}/carry-out", "hr", outcome="4月1日起新增一名前台")
    assert (done["state"], done["outcome"], done["carried_out_by"]) == (
        "carried_out",
        "4月1日起新增一名前台",
        str(company.people["hr"]),
    )
    await company.refused(f"{path}/carry-out", "hr", 409, "ticketing.org_change.not_approved", outcome="再次")
    listed = await company.get("/org-changes", "hr", state="carried_out", kind="headcount")
    assert [row["id"] for row in listed["items"]] == [asked["id"]]


async def test_c251_refused_withdrawn_and_expired_applications_change_nothing(
    company: Company, standing: Clock
) -> None:
    clock = standing(NOON)
    await staffed(company)
    merge = {"name": "维修组", "change": "并入工程部"}
    first, second, third = [
        await company.done("/org-changes", "manager", **application(company, kind="structure", items=[merge]))
        for _ in range(3)
    ]
    await company.done(f"/approvals/{first['approval_id']}/refuse", "hr", reason="暂不调整")
    assert (await company.post(f"/org-changes/{second['id']}/withdraw", "pm", reason="x")).status_code == 404
    for _ in range(2):  # again is no error
        taken = await company.done(f"/org-changes/{second['id']}/withdraw", "manager", reason="改为内部调剂")
        assert taken["state"] == "withdrawn"
    clock.by(timedelta(days=30))
    await company.register.fire_timers()
    states = {row["id"]: row["state"] for row in (await company.get("/org-changes", "pm"))["items"]}
    assert states == {first["id"]: "refused", second["id"]: "withdrawn", third["id"]: "expired"}


async def test_c251_a_ladder_of_ones_own_still_ends_with_the_general_manager(company: Company) -> None:
    await staffed(company)
    rungs = [{"roles": ["hr"]}]
    body = {"org_unit_id": str(company.east), "subject_kind": "org_change", "rungs": rungs}
    await company.refused("/approval-ladders", "gm", 422, "ticketing.approval.invalid", **body)
    assert (
        await company.post("/approval-ladders", "gm", **{**body, "rungs": [{"roles": ["gm"], "strict": True}]})
    ).is_success
    asked = await company.done("/org-changes", "manager", **application(company))
    done = await asyncio.gather(
        *(company.post(f"/approvals/{asked['approval_id']}/{act}", "gm", reason="x") for act in ("approve", "refuse"))
    )
    assert sorted(answer.status_code for answer in done) == [200, 409]


async def test_c251_what_cannot_be_applied_for_is_named_and_nothing_is_stored(company: Company) -> None:
    await staffed(company)
    for items, path in (
        ([{"name": "前台", "now": 3}], "items.0.wanted"),
        ([POSTS[0], {"name": "保洁", "now": 2, "wanted": 2}], "items.1.wanted"),
    ):
        told = await company.refused(
            "/org-changes", "manager", 422, "ticketing.org_change.invalid", **application(company, items=items)
        )
        assert [error["path"] for error in told["errors"]] == [path]
    wrong = application(company, kind="structure")
    assert (await company.post("/org-changes", "manager", **wrong)).json()["errors"][0]["path"] == "items.0.change"
    for bad in ({"items": []}, {"kind": "budget"}, {"items": [{"name": "x", "now": -1, "wanted": 2}]}, {"title": ""}):
        assert (await company.post("/org-changes", "manager", **application(company, **bad))).status_code == 422
    away = application(company, org_unit_id=str(company.west))
    await company.refused("/org-changes", "manager", 404, "ticketing.org_unit.unknown", **away)
    assert (await company.post("/org-changes", "ann", **application(company))).status_code == 403
    assert (await company.get("/org-changes", "pm"))["items"] == []
    asked = await company.done("/org-changes", "manager", **application(company))
    assert (await company.post(f"/org-changes/{asked['id']}/withdraw", "west_boss", reason="x")).status_code == 403
    answer = await company.register.get(f"/org-changes/{asked['id']}", company.by("west_boss"))
    assert answer.status_code == 404
