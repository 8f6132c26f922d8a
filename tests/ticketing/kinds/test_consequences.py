"""What follows from a complaint for those who caused or handled it: proposed on the case, which is its proof."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx

from tests.ticketing.cases import Desk

SOMEBODY = str(uuid4())
FAULT = {"fault": "misunderstanding", "fault_by": SOMEBODY, "reason": "答复口径有误"}


async def deed(
    desk: Desk, ticket: dict[str, Any], name: str, role: str = "cs_manager", **fields: Any
) -> httpx.Response:
    body = {"deed": name, "fields": fields}
    return await desk.register.post(f"/tickets/{ticket['id']}/deeds", body, desk.staff(role, uuid4()))


async def test_c023_points_come_off_for_a_complaint_that_was_ruled_valid(desk: Desk) -> None:
    ticket = await desk.ticket()
    given = {"deducted_id": SOMEBODY, "points": 4, "reason": "下属服务品质"}
    early = await deed(desk, ticket, "propose-deduction", **given)
    assert (early.status_code, early.json()["code"]) == (409, "ticketing.complaint.not_valid")
    await desk.do(ticket, "rule-validity", desk.staff("qa"), valid=True, reason="属实")
    for points in (2, 6):
        wrong = await deed(desk, ticket, "propose-deduction", **{**given, "points": points})
        assert (wrong.status_code, wrong.json()["errors"][0]["path"]) == (422, "fields.points")
    assert (await deed(desk, ticket, "propose-deduction", "supervisor", **given)).status_code == 403
    assert (await deed(desk, ticket, "propose-deduction", **given)).status_code == 200
    (told,) = await desk.register.events("complaint.deduction_proposed.v1")
    assert str(told["subject"]) == ticket["id"]
    assert (told["data"]["points"], told["data"]["employee_id"]) == (4, SOMEBODY)
    assert "下属服务品质" not in str(told), "why stays on the case"


async def test_c031_bad_handling_is_recorded_on_the_complaint_and_not_by_its_handler(desk: Desk) -> None:
    ticket = await desk.handled()
    own = {"deed": "record-fault", "fields": FAULT}
    handler = desk.staff("qa", desk.engineer)
    refused = await desk.register.post(f"/tickets/{ticket['id']}/deeds", own, handler)
    assert (refused.status_code, refused.json()["code"]) == (403, "ticketing.ticket.own_case")
    assert await desk.register.events("complaint.fault_recorded.v1") == []
    assert (await deed(desk, ticket, "record-fault", **FAULT)).status_code == 200
    (told,) = await desk.register.events("complaint.fault_recorded.v1")
    assert (str(told["subject"]), told["data"]["fault"]) == (ticket["id"], "misunderstanding")
    (line,) = [e for e in await desk.entries(ticket) if e["action"] == "record-fault"]
    assert line["data"]["reason"] == "答复口径有误"
    assert not [e for e in await desk.entries(ticket, desk.owner()) if e["action"] == "record-fault"]


async def test_c032_accountability_is_for_what_owners_brought_together_or_the_press_reported(desk: Desk) -> None:
    given = {"measure": "warning", "accountable_id": SOMEBODY, "reason": "响应迟缓"}
    alone = await desk.ticket()
    refused = await deed(desk, alone, "hold-to-account", "gm", **given)
    assert (refused.status_code, refused.json()["code"]) == (409, "ticketing.complaint.not_accountable")
    causes = []
    for fields in ({"collective": True}, {"media_exposed": True}):
        ticket = await desk.ticket(fields=fields)
        assert (await deed(desk, ticket, "hold-to-account", "gm", **given)).status_code == 200
        told = (await desk.register.events("complaint.accountability_proposed.v1"))[-1]
        causes.append((str(told["subject"]) == ticket["id"], told["data"]["cause"], told["data"]["measure"]))
    assert causes == [(True, "collective", "warning"), (True, "media", "warning")]
