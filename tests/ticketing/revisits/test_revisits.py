"""Follow-up calls: B-013, F-083, AMB-087, AMB-088, C-047 … C-054."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from tests.support.world import Standing, World
from tests.ticketing.cases import NOON, Desk, H, M, S, z
from tests.ticketing.support import BASE

Clock = Callable[[datetime], Standing]
FRIDAY = datetime(2025, 3, 7, 18, 0, 0, tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)
SUNDAY = FRIDAY + 48 * H


@pytest.mark.parametrize(("late", "state", "on_time"), [(0 * S, "met", True), (S, "breached", False)])
async def test_f083_handled_on_friday_evening_due_by_sunday_evening(
    desk: Desk, standing: Clock, late: object, state: str, on_time: bool
) -> None:
    # B-013, C-047, C-051, C-052
    clock = standing(FRIDAY)
    ticket = await desk.handled()
    revisit = await desk.due_call(ticket)
    assert (revisit["due_at"], revisit["handled_at"]) == (z(SUNDAY), z(FRIDAY))
    (due,) = await desk.register.events("revisit.due.v1")
    assert due["data"]["revisit_id"] == revisit["id"] and due["data"]["ticket_id"] == ticket["id"]
    clock.to(SUNDAY + late)  # type: ignore[operator]
    await desk.register.fire_timers()
    answer = await desk.call(revisit, rating=90, note="满意")
    assert answer.status_code == 201, answer.text
    done = answer.json()
    assert (done["state"], done["on_time"], done["rating"], done["satisfied"]) == ("reached", on_time, 90, True)
    found = (await desk.clocks(ticket))["revisit.48h"]
    assert (found["state"], found["subject_id"]) == (state, revisit["id"])
    (event,) = await desk.register.events("revisit.done.v1")
    assert event["data"]["on_time"] is on_time and event["data"]["outcome"] == "reached"
    assert event["data"]["rating"] == 90 and event["data"]["satisfied"] is True


async def test_amb088_three_vain_attempts_on_two_half_days(desk: Desk, standing: Clock) -> None:
    clock = standing(FRIDAY)
    ticket = await desk.handled()
    revisit = await desk.due_call(ticket)
    for hours, outcome, state in ((1, "no_answer", "due"), (2, "wrong_number", "due"), (15, "no_answer", "no_answer")):
        clock.to(FRIDAY + hours * H)
        answer = await desk.call(revisit, outcome)
        assert answer.json()["state"] == state
    detail = (await desk.register.get(f"/revisits/{revisit['id']}")).json()
    assert (detail["on_time"], detail["attempts"], detail["done_at"]) == (True, 3, z(FRIDAY + 15 * H))
    assert [a["outcome"] for a in detail["attempt_list"]] == ["no_answer", "wrong_number", "no_answer"]
    assert (await desk.states(ticket))["revisit.48h"] == "met"
    # the owner calls back: the record of the contact is added, the promise stays kept
    clock.to(SUNDAY + H)
    reached = (await desk.call(revisit, rating=60)).json()
    assert (reached["state"], reached["on_time"], reached["satisfied"]) == ("reached", True, False)
    outcomes = [e["data"]["outcome"] for e in await desk.register.events("revisit.done.v1")]
    assert outcomes == ["no_answer", "reached"]


async def test_a_call_told_late_withdraws_the_breach(desk: Desk, standing: Clock) -> None:
    clock = standing(FRIDAY)
    ticket = await desk.handled()
    revisit = await desk.due_call(ticket)
    clock.to(SUNDAY + H)
    await desk.register.fire_timers()
    (breached,) = await desk.register.events("clock.breached.v1")
    assert breached["data"]["clock"] == "revisit.48h" and breached["occurred_at"] == SUNDAY + S
    listed = (await desk.register.get("/revisits", overdue=True)).json()["items"]
    assert [r["id"] for r in listed] == [revisit["id"]]
    assert (await desk.call(revisit, occurred_at=z(FRIDAY - S), late_reason="x")).status_code == 422
    answer = await desk.call(revisit, occurred_at=z(SUNDAY), late_reason="系统故障")
    assert answer.json()["on_time"] is True
    assert (await desk.states(ticket))["revisit.48h"] == "withdrawn"


async def test_c054_the_handler_does_not_call(desk: Desk) -> None:
    # D-034
    ticket = await desk.handled()
    revisit = await desk.due_call(ticket)
    answer = await desk.call(revisit, headers=desk.staff("clerk", desk.engineer))
    assert (answer.status_code, answer.json()["code"]) == (403, "ticketing.ticket.own_case")
    assign = f"{BASE}/revisits/{revisit['id']}/assign"
    lead = desk.staff("supervisor")
    refused = await desk.register.api.post(assign, json={"caller_id": str(desk.engineer)}, headers=lead)
    assert refused.status_code == 403
    named = await desk.register.api.post(assign, json={"caller_id": str(desk.caller)}, headers=lead)
    assert named.json()["caller_id"] == str(desk.caller)
    clerk = await desk.register.api.post(assign, json={"caller_id": str(desk.caller)}, headers=desk.staff("clerk"))
    assert clerk.status_code == 403  # C-048: the supervisor designates


async def test_records_of_calls_do_not_change(desk: Desk) -> None:
    # C-049, G-017
    ticket = await desk.handled()
    revisit = await desk.due_call(ticket)
    assert (await desk.call(revisit, "no_answer", rating=80)).status_code == 422
    assert (await desk.call(revisit, "refused")).json()["state"] == "refused"
    again = await desk.call(revisit)
    assert (again.status_code, again.json()["code"]) == (409, "ticketing.revisit.done")
    assert (await desk.states(ticket))["revisit.48h"] == "met"


async def test_simultaneous_records_of_one_call_make_it_done_once(desk: Desk) -> None:
    ticket = await desk.handled()
    revisit = await desk.due_call(ticket)
    answers = await asyncio.gather(*(desk.call(revisit, rating=90) for _ in range(4)))
    assert sorted(a.status_code for a in answers) == [201, 409, 409, 409]
    assert len(await desk.register.events("revisit.done.v1")) == 1


async def test_a_dissatisfied_owner_sends_the_case_back_and_it_is_followed_up_again(desk: Desk) -> None:
    ticket = await desk.handled()
    revisit = await desk.due_call(ticket)
    assert (await desk.call(revisit, rating=80, reopen=True)).status_code == 422
    answer = await desk.call(revisit, rating=40, note="仍有异响", reopen=True)
    assert answer.status_code == 201 and answer.json()["satisfied"] is False
    reopened = (await desk.register.get(f"/tickets/{ticket['id']}")).json()
    assert (reopened["state"], reopened["rounds"], reopened["completed_at"]) == ("reopened", 2, None)
    await desk.do(ticket, "complete", result="再次更换")
    second = await desk.due_call(ticket)
    assert second["round"] == 2 and second["id"] != revisit["id"]
    subjects = [
        c["subject_id"]
        for c in (await desk.register.get(f"/tickets/{ticket['id']}/clocks")).json()["items"]
        if c["clock"] == "revisit.48h"
    ]
    assert subjects == [revisit["id"], second["id"]]


async def test_reopening_takes_the_open_call_away_but_not_a_missed_limit(desk: Desk, standing: Clock) -> None:
    clock = standing(FRIDAY)
    ticket = await desk.handled()
    await desk.do(ticket, "reopen", reason="未修好")
    assert (await desk.states(ticket))["revisit.48h"] == "cancelled"
    assert (await desk.register.get("/revisits", state="due")).json()["items"] == []
    late = await desk.handled()
    clock.to(SUNDAY + H)
    await desk.register.fire_timers()
    await desk.do(late, "reopen", reason="未修好")
    assert (await desk.states(late))["revisit.48h"] == "breached"
    assert "revisit.48h" not in await desk.timers()


async def test_an_invalid_complaint_is_not_followed_up(desk: Desk) -> None:  # B-013: of a valid complaint
    ticket = await desk.ticket()
    await desk.do(ticket, "respond")
    await desk.do(ticket, "plan", text="x")
    await desk.do(ticket, "rule-validity", desk.staff("qa"), valid=False, reason="非物业责任")
    await desk.do(ticket, "complete", result="x")
    assert (await desk.register.get("/revisits", ticket_id=ticket["id"])).json()["items"] == []


async def test_a_late_completion_starts_from_when_the_work_was_done(desk: Desk, standing: Clock) -> None:  # AMB-087
    clock = standing(NOON)
    ticket = await desk.ticket()
    await desk.do(ticket, "respond")
    await desk.do(ticket, "plan", text="x")
    clock.by(50 * H)
    await desk.do(ticket, "complete", result="x", occurred_at=z(NOON + H), late_reason="维修单迟交")
    assert (await desk.due_call(ticket))["due_at"] == z(NOON + 49 * H)
    assert (await desk.states(ticket))["revisit.48h"] == "breached"


async def test_out_of_reach_is_unknown(
    desk: Desk, other_org: Callable[[], Awaitable[UUID]], world: World
) -> None:
    revisit = await desk.due_call(await desk.handled())
    (branch,) = await desk.register.stored("org-units", [{"external_id": "B2", "name": "分公司", "kind": "branch"}])
    for headers in (desk.register.staff("clerk", [branch]), world.token("clerk", await other_org())):
        assert (await desk.register.get(f"/revisits/{revisit['id']}", headers)).status_code == 404
        assert (await desk.call(revisit, headers=headers)).status_code == 404
        assert (await desk.register.get("/revisits", headers)).json()["items"] == []
    assert (await desk.register.get(f"/revisits/{uuid4()}")).status_code == 404
    assert (await desk.register.get("/revisits", desk.owner())).status_code == 403


async def test_calls_are_listed_in_the_order_in_which_they_are_due(desk: Desk, standing: Clock) -> None:
    clock = standing(NOON)
    for _ in range(3):
        await desk.handled()
    clock.by(M)
    await desk.handled()
    seen, cursor = [], None
    while True:
        query = {"limit": 2, "state": "due", **({"cursor": cursor} if cursor else {})}
        body = (await desk.register.get("/revisits", **query)).json()
        seen += [r["due_at"] for r in body["items"]]
        cursor = body["next"]
        if cursor is None:
            break
    assert seen == [z(NOON + 48 * H)] * 3 + [z(NOON + 48 * H + M)]
