"""Leave: asked for, decided by those above, kept free on the roster (C-144, C-145)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

from tests.support.world import Standing
from tests.ticketing.rosters.test_rosters import local, on, outcomes, roster, shift
from tests.ticketing.staff.support import Company, z

Clock = Callable[[datetime], Standing]


def leave(company: Company, start: float, end: float, **more: Any) -> dict[str, Any]:
    body = {"org_unit_id": str(company.east), "kind": "sick", "starts_at": z(local(start)), "ends_at": z(local(end))}
    return {**body, "reason": "发烧", **more}


async def test_c145_leave_holds_by_its_approval_and_keeps_the_roster_free(company: Company, standing: Clock) -> None:
    """C-145: asked is not approved; never by oneself; then no shift goes there, and nobody counts on them."""
    clock = standing(local(6))
    await roster(company, shift("ann", 8, 14))
    asked = await company.done("/leaves", "ann", **leave(company, 8, 14))
    assert (asked["state"], "reason" in asked) == ("asked", False)
    await company.refused("/leaves", "ann", 409, "ticketing.leave.overlaps", **leave(company, 13, 15))
    assert await on(company, local(9)) == [("ann", "rostered")]
    approve = f"/approvals/{asked['approval_id']}/approve"
    assert (await company.post(approve, "ann")).status_code == 403
    assert (await company.post(approve, "west_boss")).status_code == 404
    await company.done(approve, "boss")
    assert (await company.get(f"/leaves/{asked['id']}", "ann"))["state"] == "approved"
    assert await on(company, local(9)) == []
    refused = await roster(company, shift("ann", 13, 16, "late"))
    assert [e["path"] for e in refused["errors"]] == ["starts_at"]
    assert (await roster(company, shift("ann", 14, 16, "after")))["errors"] == []
    (event,) = await company.register.events("leave.approved.v1")
    assert event["data"]["person_id"] == str(company.people["ann"]) and "reason" not in event["data"]
    clock.to(local(20))
    await company.register.fire_timers()
    (first, _) = (await company.get("/attendance", "boss"))["items"]
    assert (first["outcomes"], first["leave_kind"]) == (["leave"], "sick")


async def test_c145_leave_and_a_shift_of_the_same_time_come_one_after_the_other(
    company: Company, standing: Clock
) -> None:
    """C-145: whichever is first, nobody who has approved leave is counted on."""
    standing(local(6))
    asked = await company.done("/leaves", "ann", **leave(company, 8, 14))
    approve = f"/approvals/{asked['approval_id']}/approve"
    await asyncio.gather(company.done(approve, "boss"), roster(company, shift("ann", 8, 14), by="pm"))
    assert await on(company, local(9)) == []


async def test_leave_is_taken_back_before_and_after_its_decision(company: Company, standing: Clock) -> None:
    clock = standing(local(6))
    first = await company.done("/leaves", "ann", **leave(company, 8, 14))
    assert (await company.post(f"/leaves/{first['id']}/cancel", "bob", reason="无权")).status_code == 404
    assert (await company.done(f"/leaves/{first['id']}/cancel", "ann", reason="不用了"))["state"] == "withdrawn"
    second = await company.done("/leaves", "ann", **leave(company, 8, 14))
    await company.done(f"/approvals/{second['approval_id']}/approve", "boss")
    clock.to(local(10))
    back = await company.done(f"/leaves/{second['id']}/cancel", "ann", reason="提前返岗")
    assert (back["state"], back["ends_at"]) == ("approved", z(local(10)))
    assert (await roster(company, shift("ann", 10, 14)))["errors"] == []
    assert [e["type"] for e in await company.register.events("leave.approved.v1", "leave.shortened.v1")] == [
        "leave.approved.v1",
        "leave.shortened.v1",
    ]


async def test_sick_leave_that_is_approved_later_corrects_an_absence(company: Company, standing: Clock) -> None:
    clock = standing(local(6))
    await roster(company, shift("ann", 8, 14))
    clock.to(local(20))
    await company.register.fire_timers()
    assert await outcomes(company) == {"ann": ["absent"]}
    asked = await company.done("/leaves", "ann", **leave(company, 8, 14))
    await company.done(f"/approvals/{asked['approval_id']}/approve", "boss")
    await company.register.fire_timers()
    assert await outcomes(company) == {"ann": ["leave"]}


async def test_leave_is_asked_for_through_leave_alone_and_read_by_those_who_lead(company: Company) -> None:
    asked = await company.done("/leaves", "ann", **leave(company, 8, 14))
    body = {"subject_kind": "leave", "subject_id": asked["id"], "reason": "再次"}
    answer = await company.post("/approvals", "ann", **body)
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, "subject_kind")
    assert (await company.get("/leaves", "bob"))["items"] == []
    assert (await company.register.get(f"/leaves/{asked['id']}", company.by("bob"))).status_code == 404
    assert (await company.get("/leaves", "west_boss"))["items"] == []
    assert len((await company.get("/leaves", "boss"))["items"]) == 1
    await company.refused("/leaves", "ann", 422, "ticketing.leave.invalid", **leave(company, 14, 14))
