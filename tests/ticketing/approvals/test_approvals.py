"""Approvals of ticketing through the API: an expenditure on a case, from asking to the case's history."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from tests.support.world import Standing
from tests.ticketing.cases import NOON, Desk
from tests.ticketing.support import BASE

Clock = Callable[[datetime], Standing]


class Office:
    """People of one organisation who ask and decide."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.register = desk.register
        self.clerk = desk.staff("clerk", uuid4())
        self.people = {role: desk.staff(role, uuid4()) for role in ("supervisor", "project_manager", "gm")}

    async def ask(self, ticket: dict[str, Any], yuan: str = "60000.00", **more: Any) -> httpx.Response:
        body = {
            "subject_kind": "expenditure",
            "subject_id": ticket["id"],
            "amount": {"amount": yuan, "currency": "CNY"},
            "reason": "更换水泵",
            **more,
        }
        return await self.register.post("/approvals", body, self.clerk)

    async def asked(self, ticket: dict[str, Any], amount: str = "60000.00") -> dict[str, Any]:
        answer = await self.ask(ticket, amount)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def act(
        self, request: dict[str, Any], action: str, headers: dict[str, str], **body: Any
    ) -> httpx.Response:
        return await self.register.api.post(f"{BASE}/approvals/{request['id']}/{action}", json=body, headers=headers)


@pytest.fixture
def office(desk: Desk) -> Office:
    return Office(desk)


async def test_f061_an_expenditure_of_fifty_thousand_is_approved_by_the_gm_in_the_end(office: Office) -> None:
    # D-001, D-083
    ticket = await office.desk.ticket("repair")
    below = await office.asked(ticket, "49999.99")
    assert [step["roles"] for step in below["chain"]][-1] == ["project_manager"]
    request = await office.asked(ticket, "50000.00")
    assert request["number"].startswith("SP") and [s["roles"] for s in request["chain"]][-1] == ["gm"]
    for role in ("supervisor", "project_manager"):
        answer = await office.act(request, "approve", office.people[role])
        assert answer.status_code == 200 and answer.json()["state"] == "pending"
    refused = await office.act(request, "approve", office.desk.staff("project_manager", uuid4()))
    assert (refused.status_code, refused.json()["code"]) == (403, "approval.step.not_yours")
    done = await office.act(request, "approve", office.people["gm"], reason="同意")
    assert done.json()["state"] == "approved" and done.json()["decided_at"] is not None
    full = (await office.register.get(f"/approvals/{request['id']}", office.clerk)).json()
    assert [entry["action"] for entry in full["entries"]] == ["ask", "approve", "approve", "approve"]
    assert [e["action"] for e in await office.desk.entries(ticket)][-1] == "approval.approved"
    (event,) = await office.register.events("approval.decided.v1")
    assert event["data"]["state"] == "approved" and event["data"]["amount_fen"] == 5_000_000


async def test_nobody_approves_their_own_and_no_step_goes_to_somebody_in_the_chain(office: Office) -> None:
    ticket = await office.desk.ticket("repair")
    office.clerk = office.people["supervisor"]
    request = await office.asked(ticket, "100.00")
    own = await office.act(request, "approve", office.clerk)
    assert (own.status_code, own.json()["code"]) == (403, "approval.request.own")
    (deputy,) = await office.register.stored(
        "staff", [{"external_id": "D1", "name": "代理", "roles": ["clerk"], "units": [str(office.register.org)]}]
    )
    manager = office.people["project_manager"]
    back = await office.act(request, "delegate", manager, to=request["asked_by"], reason="出差")
    assert (back.status_code, back.json()["code"]) == (409, "approval.delegation.already_in_chain")
    nobody = await office.act(request, "delegate", manager, to=str(uuid4()), reason="出差")
    assert nobody.status_code == 422 and nobody.json()["errors"][0]["path"] == "to"
    assert (await office.act(request, "delegate", manager, to=str(deputy), reason="出差")).status_code == 200
    waiting = await office.register.get("/approvals", office.desk.staff("clerk", deputy), mine="to_decide")
    assert [item["id"] for item in waiting.json()["items"]] == [request["id"]]
    assert (await office.act(request, "approve", manager)).status_code == 403
    done = await office.act(request, "approve", office.desk.staff("clerk", deputy))
    assert done.json()["state"] == "approved"


async def test_a_request_is_given_back_changed_and_asked_again(office: Office) -> None:
    request = await office.asked(await office.desk.ticket("repair"))
    boss = office.people["supervisor"]
    assert (await office.act(request, "return", boss)).status_code == 422  # without a reason
    assert (await office.act(request, "return", boss, reason="请再询价")).json()["state"] == "returned"
    cheaper = {"amount": {"amount": "900.00", "currency": "CNY"}, "reason": "已议价"}
    again = await office.act(request, "resubmit", office.clerk, **cheaper)
    assert again.status_code == 200 and len(again.json()["chain"]) == 1
    refused = await office.act(request, "refuse", boss, reason="预算已用完")
    assert refused.json()["state"] == "refused"
    assert (await office.act(request, "withdraw", office.clerk)).status_code == 409


async def test_a_request_that_nobody_decides_expires(office: Office, standing: Clock) -> None:
    clock = standing(NOON)
    ticket = await office.desk.ticket("repair")
    request = await office.asked(ticket)
    clock.to(NOON + timedelta(days=7))
    await office.register.fire_timers()
    full = (await office.register.get(f"/approvals/{request['id']}", office.clerk)).json()
    assert full["state"] == "expired" and full["entries"][-1]["action"] == "expire"
    late = await office.act(request, "approve", office.people["supervisor"])
    assert (late.status_code, late.json()["code"]) == (409, "approval.request.not_pending")
    assert "approval.expired" in [e["action"] for e in await office.desk.entries(ticket)]


async def test_lists_show_what_one_asked_and_what_one_is_to_decide(office: Office) -> None:
    request = await office.asked(await office.desk.ticket("repair"))

    async def shown(headers: dict[str, str], **query: Any) -> list[str]:
        answer = await office.register.get("/approvals", headers, **query)
        assert answer.status_code == 200, answer.text
        return [item["id"] for item in answer.json()["items"]]

    assert await shown(office.clerk, mine="asked") == [request["id"]]
    assert await shown(office.people["supervisor"], mine="to_decide", state="pending") == [request["id"]]
    assert await shown(office.people["gm"], mine="to_decide") == []
    assert await shown(office.people["gm"], subject_id=request["subject_id"]) == [request["id"]]
    assert await shown(office.register.staff("supervisor", [uuid4()])) == []


async def test_outside_ones_reach_there_is_no_request(
    office: Office, other_org: Callable[[], Awaitable[UUID]]
) -> None:
    ticket = await office.desk.ticket("repair")
    request = await office.asked(ticket)
    stranger = office.register.world.token("gm", await other_org())
    for headers in (stranger, office.register.staff("gm", [uuid4()])):
        assert (await office.register.get(f"/approvals/{request['id']}", headers)).status_code == 404
        assert (await office.act(request, "approve", headers)).status_code == 404
        office.clerk = headers
        assert (await office.ask(ticket)).status_code in (403, 404)
    assert (await office.register.get("/approvals", office.desk.owner(0))).status_code == 403


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ({"subject_kind": "nothing"}, "subject_kind"),
        ({"amount": None}, "amount"),
        ({"amount": {"amount": "0.00", "currency": "CNY"}}, "amount"),
        ({"amount": {"amount": "-5.00", "currency": "CNY"}}, "amount"),
        ({"amount": {"amount": "5.00", "currency": "USD"}}, "amount"),
    ],
)
async def test_a_request_says_what_it_wants(office: Office, more: dict[str, Any], path: str) -> None:
    answer = await office.ask(await office.desk.ticket("repair"), **more)
    assert (answer.status_code, [e["path"] for e in answer.json()["errors"]]) == (422, [path]), answer.text


async def test_an_org_unit_sets_a_ladder_that_never_leaves_out_the_gm(office: Office) -> None:
    root = str(office.register.org)
    rung = {"roles": ["project_manager"]}
    gm = {"roles": ["gm"], "from_amount": {"amount": "20000.00", "currency": "CNY"}, "strict": True}
    ladder = {"org_unit_id": root, "subject_kind": "expenditure", "rungs": [rung, gm]}
    late = {**gm, "from_amount": {"amount": "50000.01", "currency": "CNY"}}
    for rungs in ([rung], [rung, late], [rung, {**gm, "strict": False}], [gm], [{"roles": ["king"]}, gm]):
        answer = await office.register.post("/approval-ladders", {**ladder, "rungs": rungs}, office.people["gm"])
        assert answer.status_code == 422, rungs
    assert (await office.register.post("/approval-ladders", ladder, office.people["supervisor"])).status_code == 403
    assert (await office.register.post("/approval-ladders", ladder, office.people["gm"])).status_code == 200
    request = await office.asked(await office.desk.ticket("repair"), "20000.00")
    assert [step["roles"] for step in request["chain"]] == [["project_manager"], ["gm"]]
    (found,) = (await office.register.get("/approval-ladders", office.clerk)).json()
    assert found["rungs"][1]["from_amount"]["amount"] == "20000.00"


async def test_g012_a_clerk_reads_the_ladders_that_decide_for_them_and_no_others(office: Office) -> None:
    register, gm = office.register, office.people["gm"]
    east, west = await register.stored(
        "org-units", [{"external_id": x, "name": x, "kind": "branch"} for x in ("E", "W")]
    )
    (desk,) = await register.stored(
        "org-units", [{"external_id": "E1", "name": "E1", "kind": "branch", "parent": "E"}]
    )
    rungs = [{"roles": ["gm"], "strict": True}]
    for unit in (register.org, east, west, desk):
        ladder = {"org_unit_id": str(unit), "subject_kind": "expenditure", "rungs": rungs}
        assert (await register.post("/approval-ladders", ladder, gm)).status_code == 200

    async def read(unit: UUID) -> set[str]:
        answer = await register.get("/approval-ladders", register.staff("clerk", [unit]))
        return {item["org_unit_id"] for item in answer.json()}

    assert await read(desk) == {str(register.org), str(east), str(desk)}
    assert await read(east) == {str(register.org), str(east), str(desk)}
    assert await read(west) == {str(register.org), str(west)}
    assert await read(uuid4()) == set()
    assert len(await read(register.org)) == 4


async def test_two_decisions_at_once_are_one_after_the_other(office: Office) -> None:
    request = await office.asked(await office.desk.ticket("repair"), "100.00")
    stale = {**office.people["supervisor"], "If-Match": '"9"'}
    assert (await office.act(request, "approve", stale)).status_code == 412
    assert (await office.act(request, "approve", office.people["supervisor"])).status_code == 200
    second = await office.act(request, "refuse", office.people["project_manager"], reason="不同意")
    assert second.status_code == 409
