"""Calls as their exchange tells them: C-036, B-001, B-003, B-004, missed calls that are returned, C-046."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.support.world import Standing
from tests.ticketing.cases import NOON, Desk, H, M, S, z
from tests.ticketing.reception.support import CALLER, Exchange

Clock = Callable[[datetime], Standing]
RECEPTION = ("call.offered.v1", "call.answered.v1", "call.missed.v1", "call.returned.v1", "call.return_due.v1")


async def test_b001_c036_a_call_answered_within_three_rings(exchange: Exchange, standing: Clock) -> None:
    standing(NOON + M)
    call = await exchange.call("a", NOON, rings=3)
    assert (call["outcome"], call["in_time"], call["rings"]) == ("answered", True, 3)
    assert call["clerk_id"] == str(exchange.clerk)
    assert call["person_id"] == str(exchange.desk.community.people[0])
    assert call["unit_id"] == str(exchange.desk.community.units[0])
    assert call["community_id"] == str(exchange.desk.community.id)
    assert call["number"] == "138****0001"
    late = await exchange.call("b", NOON, rings=4)
    assert (late["outcome"], late["in_time"]) == ("answered", False)
    offered, answered, *_ = await exchange.desk.register.events(*RECEPTION)
    assert (offered["type"], offered["seq"]) == ("call.offered.v1", 1)
    assert (answered["type"], answered["seq"]) == ("call.answered.v1", 2)
    assert answered["data"]["in_time"] is True and answered["community_id"] == exchange.desk.community.id


async def test_events_in_any_order_and_repeated_make_the_same_call(exchange: Exchange, standing: Clock) -> None:
    """C-036: an exchange tells out of order, and twice."""
    standing(NOON + H)
    steps: list[tuple[str, timedelta, dict[str, Any]]] = [
        ("offered", 0 * S, {"number": CALLER}),
        ("ringing", 1 * S, {"rings": 1, "extension": "8001"}),
        ("answered", 9 * S, {"rings": 2, "extension": "8001"}),
        ("ended", 90 * S, {}),
    ]
    ends = []
    for number, order in enumerate(itertools.permutations(steps)):
        for event, after, more in (*order, *order[:2]):
            told = await exchange.tell(f"c{number}", event, NOON + after, **more)
        call = await exchange.get(told["id"])
        ends.append({k: call[k] for k in ("outcome", "in_time", "rings", "offered_at", "answered_at", "ended_at")})
        assert (call["clerk_id"], call["return_id"]) == (str(exchange.clerk), None)
    assert all(end == ends[0] for end in ends)
    assert ends[0]["outcome"] == "answered" and ends[0]["rings"] == 2
    assert await exchange.returns(state="due") == []  # an answer told after the end takes the promise back


async def test_the_same_event_with_another_content_is_refused(exchange: Exchange, standing: Clock) -> None:
    standing(NOON)
    await exchange.tell("a", "offered", NOON, number=CALLER)
    again = await exchange.tell("a", "offered", NOON, number=CALLER)
    assert again["repeated"] is True
    other = await exchange.try_tell("a", "offered", NOON, number="13900000000")
    assert (other.status_code, other.json()["code"]) == (409, "ticketing.call.event_changed")


@pytest.mark.parametrize(
    ("event", "at"), [("answered", NOON - M), ("ended", NOON - S), ("ended", NOON + H)], ids=["answer", "end", "future"]
)
async def test_times_that_contradict_each_other_change_nothing(
    exchange: Exchange, standing: Clock, event: str, at: datetime
) -> None:
    standing(NOON + 2 * M)
    told = await exchange.tell("a", "offered", NOON, number=CALLER)
    answer = await exchange.try_tell("a", event, at)
    assert (answer.status_code, answer.json()["code"]) == (422, "ticketing.call.times_cross")
    assert (await exchange.get(told["id"]))["version"] == 1


async def test_one_call_told_by_many_at_once_is_one_call(exchange: Exchange, standing: Clock) -> None:
    standing(NOON + M)
    told = await asyncio.gather(
        exchange.tell("a", "offered", NOON, number=CALLER),
        exchange.tell("a", "answered", NOON + S, extension="8001", rings=1),
        exchange.tell("a", "ended", NOON + 2 * S),
        *(exchange.tell("a", "ringing", NOON, rings=1, extension="8001") for _ in range(4)),
    )
    assert len({t["id"] for t in told}) == 1
    call = await exchange.get(told[0]["id"])
    assert (call["outcome"], call["in_time"]) == ("answered", True)


async def test_a_missed_call_is_returned_within_staffed_time(exchange: Exchange, standing: Clock) -> None:
    """C-036, C-046: 15 minutes of staffed time; an outgoing call to the number keeps the promise."""
    time = standing(NOON)
    call = await exchange.missed("a", NOON - 40 * S, NOON)
    assert (call["outcome"], call["in_time"]) == ("missed", None)
    (due,) = await exchange.returns(state="due")
    assert (due["id"], due["due_at"], due["number"]) == (call["return_id"], z(NOON + 15 * M), "138****0001")
    time.to(NOON + 2 * M)
    second = await exchange.missed("b", NOON + M, NOON + 2 * M)  # joins the promise of the first
    assert second["return_id"] == due["id"]
    time.to(NOON + 15 * M)
    await exchange.desk.register.fire_timers()
    assert (await exchange.returns())[0]["overdue_at"] is None
    back = await exchange.tell("out", "offered", NOON + 15 * M, direction="outgoing", number=CALLER, extension="8001")
    (kept,) = await exchange.returns()
    assert (kept["state"], kept["how"], kept["on_time"], kept["calls"]) == ("returned", "called_back", True, 2)
    assert kept["reached"] is False and kept["closed_by"] == str(exchange.clerk)
    await exchange.tell("out", "answered", NOON + 15 * M, extension="8001")
    assert (await exchange.returns())[0]["reached"] is True
    assert (await exchange.get(back["id"]))["return_id"] == due["id"]
    types = [e["type"] for e in await exchange.desk.register.events(*RECEPTION)]
    assert types.count("call.missed.v1") == 2 and types.count("call.return_due.v1") == 1
    assert types[-1] == "call.returned.v1"


async def test_a_return_that_is_late_shows_in_the_first_second(exchange: Exchange, standing: Clock) -> None:
    time = standing(NOON)
    call = await exchange.missed("a", NOON - 40 * S, NOON)
    time.to(NOON + 15 * M + S)
    await exchange.desk.register.fire_timers()
    (late,) = await exchange.returns(overdue=True)
    assert late["overdue_at"] == z(NOON + 15 * M + S)
    (told,) = await exchange.desk.register.events("call.return_overdue.v1")
    assert str(told["subject"]) == call["return_id"]
    answer = await exchange.desk.register.post(
        f"/call-returns/{late['id']}/attempts", {"reached": True}, exchange.headers()
    )
    assert (answer.status_code, answer.json()["on_time"]) == (201, False)
    again = await exchange.desk.register.post(
        f"/call-returns/{late['id']}/attempts", {"reached": True}, exchange.headers()
    )
    assert (again.status_code, again.json()["code"]) == (409, "ticketing.call_return.closed")


async def test_a_call_back_told_late_takes_the_lateness_back(exchange: Exchange, standing: Clock) -> None:
    time = standing(NOON)
    await exchange.missed("a", NOON - 40 * S, NOON)
    time.to(NOON + 20 * M)
    await exchange.desk.register.fire_timers()
    (late,) = await exchange.returns(overdue=True)
    body = {"reached": False, "occurred_at": z(NOON + 10 * M)}
    answer = await exchange.desk.register.post(f"/call-returns/{late['id']}/attempts", body, exchange.headers())
    assert (answer.json()["on_time"], answer.json()["overdue_at"]) == (True, None)


async def test_who_gets_through_needs_no_call_back(exchange: Exchange, standing: Clock) -> None:
    time = standing(NOON)
    await exchange.missed("a", NOON - 40 * S, NOON)
    time.to(NOON + 3 * M)
    await exchange.call("b", NOON + 2 * M)
    (kept,) = await exchange.returns()
    assert (kept["state"], kept["how"], kept["reached"]) == ("returned", "got_through", True)


async def test_many_missed_calls_of_one_number_at_once_are_one_promise(exchange: Exchange, standing: Clock) -> None:
    standing(NOON)
    for n in range(6):
        await exchange.tell(f"m{n}", "offered", NOON - M, number=CALLER)
    await asyncio.gather(*(exchange.tell(f"m{n}", "ended", NOON, rings=9) for n in range(6)))
    (due,) = await exchange.returns()
    assert due["calls"] == 6


async def test_a_withheld_number_and_an_abandoned_call_promise_nothing(exchange: Exchange, standing: Clock) -> None:
    standing(NOON)
    hidden = await exchange.missed("a", NOON - M, NOON, number="anonymous")
    assert (hidden["outcome"], hidden["number"], hidden["return_id"]) == ("missed", None, None)
    await exchange.tell("b", "offered", NOON - 10 * S, number=CALLER)
    told = await exchange.tell("b", "ended", NOON)
    assert told["outcome"] == "abandoned"  # AMB-057: hung up before 15 s were over
    assert await exchange.returns() == []


async def test_b003_settled_in_the_call_itself(exchange: Exchange, standing: Clock) -> None:
    standing(NOON + M)
    call = await exchange.call("a", NOON)
    path, body = f"/calls/{call['id']}/handle", {"subject": "咨询缴费方式"}
    answer = await exchange.desk.register.post(path, body, exchange.headers())
    assert answer.status_code == 200, answer.text
    assert (await exchange.get(call["id"]))["affair_state"] == "at_once"
    again = await exchange.desk.register.post(path, body, exchange.headers())
    assert (again.status_code, again.json()["code"]) == (409, "ticketing.affair.settled")
    (told,) = await exchange.desk.register.events("call.handled.v1")
    assert told["data"]["affair"] == "at_once" and "subject" not in told["data"]
    await exchange.tell("b", "offered", NOON, number=CALLER)
    ringing = await exchange.tell("b", "ringing", NOON, extension="8001")
    early = await exchange.desk.register.post(f"/calls/{ringing['id']}/handle", body, exchange.headers())
    assert early.json()["code"] == "ticketing.call.not_answered"


async def test_b004_b005_c039_what_is_not_settled_becomes_a_ticket_and_is_passed_on(
    exchange: Exchange, desk: Desk, standing: Clock
) -> None:
    standing(NOON + M)
    call = await exchange.call("a", NOON)
    ticket = await desk.ticket(channel="phone", origin={"call_id": call["id"]}, kind="repair")
    assert ticket["origin"] == {"call_id": call["id"]}
    now = await exchange.get(call["id"])
    assert (now["ticket_ids"], now["affair_state"]) == ([ticket["id"]], "ticketed")
    await desk.do(ticket, "dispatch", department="工程部")
    assert (await exchange.get(call["id"]))["affair_state"] == "transferred"
    (told,) = await desk.register.events("call.handled.v1")
    assert told["data"]["ticket_id"] == ticket["id"]


async def test_d075_a_number_is_opened_with_a_reason_or_in_ones_own_call(exchange: Exchange, standing: Clock) -> None:
    standing(NOON + M)
    call = await exchange.call("a", NOON)
    path = f"/calls/{call['id']}/open-contact"
    mine = await exchange.desk.register.post(path, {}, exchange.headers())
    assert mine.json() == {"number": CALLER, "name": "张1伟", "person_id": call["person_id"]}
    other = await exchange.desk.register.post(path, {}, exchange.desk.staff())
    assert other.status_code == 422
    told = await exchange.desk.register.post(path, {"reason": "核实"}, exchange.desk.staff())
    assert told.status_code == 200
    opened = [a["after"] for a in await exchange.desk.register.audits("call") if a["action"] == "call.contact_opened"]
    assert [o["reason"] for o in opened] == ["own call", "核实"]


async def test_nothing_of_the_caller_stands_in_events_or_audit_and_erasure_takes_the_number(
    exchange: Exchange, desk: Desk, standing: Clock
) -> None:
    standing(NOON)
    call = await exchange.missed("a", NOON - M, NOON)
    said = str(await desk.register.events()) + str(await desk.register.audits("call"))
    assert CALLER not in said
    person = desk.community.people[0]
    erased = await desk.register.post(f"/people/{person}/erase", {"reason": "业主要求"})
    assert erased.status_code == 200, erased.text
    assert (await exchange.get(call["id"]))["number"] is None
    (gone,) = await exchange.returns()
    assert (gone["number"], gone["state"]) == (None, "withdrawn")


async def test_another_community_and_a_known_number_elsewhere(exchange: Exchange, desk: Desk, standing: Clock) -> None:
    """A line of one community knows nobody of the next; its clerks do not see this one's calls."""
    standing(NOON + M)
    await desk.register.stored("org-units", [{"external_id": "W", "name": "W", "kind": "branch", "parent": None}])
    (west,) = await desk.register.stored(
        "org-units", [{"external_id": "W2", "name": "W2", "kind": "project", "parent": "W"}]
    )
    there = await desk.register.community("YH", unit="W2")
    await desk.register.stored("people", [{"external_id": "YH-P1", "name": "李静", "phone": "13900001111"}])
    stranger = await exchange.call("a", NOON, number="13900001111")
    assert (stranger["person_id"], stranger["unit_id"]) == (None, None)
    clerk = desk.register.staff("clerk", [west])
    assert (await desk.register.get(f"/calls/{stranger['id']}", clerk)).status_code == 404
    assert (await desk.register.get("/calls", clerk)).json()["items"] == []
    refused = await desk.intake(
        headers=clerk,
        community_id=str(there.id),
        unit_id=str(there.units[0]),
        channel="phone",
        origin={"call_id": stranger["id"]},
    )
    assert refused.status_code == 422 and "origin.call_id" in refused.text
