"""Nobody goes while their open work would be nobody's: transfer and leaving, in one transaction."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.ticketing.cases import Desk
from tests.ticketing.staff.support import Company


@pytest.fixture
async def case(company: Company) -> dict[str, Any]:
    """A ticket of the east that is ann's, a call that is hers, and an approval that waits for her alone."""
    place = await company.register.community("CX", unit="E")
    desk = Desk(company.register, place)
    ticket = await desk.ticket()
    await desk.do(ticket, "dispatch", assignee_id=str(company.people["ann"]))
    handled = await desk.handled(n=1)
    (call,) = (await company.get("/revisits"))["items"]
    await company.done(f"/revisits/{call['id']}/assign", None, caller_id=str(company.people["ann"]))
    spend = {"subject_kind": "expenditure", "subject_id": ticket["id"], "reason": "更换水泵"}
    amount = {"amount": {"amount": "100.00", "currency": "CNY"}}
    request = await company.done("/approvals", "bob", **spend, **amount)
    await company.done(f"/approvals/{request['id']}/delegate", "boss", to=str(company.people["ann"]), reason="出差")
    return {"ticket": ticket, "handled": handled, "call": call, "approval": request}


async def test_leaving_is_refused_by_name_and_then_hands_everything_over(
    company: Company, case: dict[str, Any]
) -> None:
    ann, eve = f"/staff/{company.people['ann']}", str(await company.hired("eve", "clerk", "E"))
    work = await company.get(f"{ann}/open-work", "pm")
    assert {w["kind"] for w in work} == {"ticket", "revisit", "approval"}
    found = await company.refused(f"{ann}/leave", "pm", 409, "ticketing.staff.work_left", reason="离职")
    assert case["ticket"]["number"] in found["detail"] and case["approval"]["number"] in found["detail"]
    assert await company.get(f"{ann}/open-work", "pm") == work
    some = [{"kind": "ticket", "id": case["ticket"]["id"], "to": str(company.people["bob"])}]
    left = {"reason": "离职", "takeovers": some}
    await company.refused(f"{ann}/leave", "pm", 409, "ticketing.staff.work_left", **left)
    done = await company.done(f"{ann}/leave", "pm", **left, successor=eve)
    assert len(done["handed_over"]) == 3
    ticket = await company.get(f"/tickets/{case['ticket']['id']}")
    assert ticket["assignee_id"] == str(company.people["bob"])
    entries = (await company.get(f"/tickets/{case['ticket']['id']}/entries"))["items"]
    assert entries[-1]["action"] == "hand-over" and entries[-1]["data"]["reason"] == "离职"
    assert (await company.get(f"/revisits/{case['call']['id']}"))["caller_id"] == eve
    request = await company.get(f"/approvals/{case['approval']['id']}")
    assert request["chain"][0]["holder"] == eve and request["entries"][-1]["action"] == "hand_over"
    after = await company.get(ann)
    assert (after["roles"], after["units"], after["left_at"] is not None) == ([], [], True)
    assert (await company.register.events("staff.upserted.v1"))[-1]["data"]["roles"] == []
    # Whoever has left is given nothing any more, by no road.
    await company.refused("/assignments", "boss", 404, "ticketing.staff.unknown", **company.duty("ann", "archivist"))
    await company.refused("/assignments", None, 409, "ticketing.staff.left", **company.duty("ann", "archivist"))
    row = {"external_id": "ann", "name": "员工ann", "roles": ["clerk"], "units": ["E"]}
    assert [e["path"] for e in (await company.register.bulk("staff", [row]))["errors"]] == ["external_id"]


async def test_two_hand_overs_at_once_are_one(company: Company, case: dict[str, Any]) -> None:
    ann = f"/staff/{company.people['ann']}/leave"
    await company.hired("eve", "clerk", "E")
    answers = await asyncio.gather(
        company.post(ann, "pm", reason="离职", successor=str(company.people["eve"])),
        company.post(ann, None, reason="离职", successor=str(company.people["manager"])),
    )
    assert sorted(a.status_code for a in answers) == [200, 409]
    (late,) = (a for a in answers if a.status_code == 409)
    assert late.json()["code"] == "ticketing.staff.left"
    entries = (await company.get(f"/tickets/{case['ticket']['id']}/entries"))["items"]
    assert [e["action"] for e in entries].count("hand-over") == 1


async def test_a_successor_works_where_the_case_is(company: Company, case: dict[str, Any]) -> None:
    ann = f"/staff/{company.people['ann']}"
    for heir in (company.people["wes"], company.people["ann"]):
        body = {"reason": "离职", "successor": str(heir)}
        await company.refused(f"{ann}/leave", None, 422, "ticketing.handover.invalid", **body)
    # Nobody decides what they asked for themselves, nor follows up what they handled: nothing is half done.
    own = {"reason": "离职", "successor": str(company.people["bob"])}
    await company.refused(f"{ann}/leave", "pm", 409, "approval.delegation.already_in_chain", **own)
    assert len(await company.get(f"{ann}/open-work", "pm")) == 3
    west = await company.post(f"{ann}/leave", "west_boss", reason="无权")
    assert west.status_code == 403
    await company.refused(f"/staff/{company.people['pm']}/leave", "pm", 403, "ticketing.assignment.own", reason="离职")


async def test_a_transfer_takes_roles_along_and_ends_dated_duties(company: Company) -> None:
    await company.done("/assignments", "boss", **company.duty("ann", "archivist"))
    body = {"org_unit_id": str(company.west), "reason": "支援西区"}
    ann = f"/staff/{company.people['ann']}/transfer"
    await company.refused(ann, "pm", 404, "ticketing.org_unit.unknown", **body)
    done = await company.done(ann, None, **body)
    assert done["assignments_ended"] == 1
    assert await company.roles_of("ann") == (["clerk"], {str(company.west)})
    assert (await company.get("/assignments", code="archivist"))["items"][0]["holds"] is False
