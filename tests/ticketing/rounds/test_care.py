"""Regular calls: every occupied household in every round, what was said, and the needs that were heard (C-053)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ticketing.domain.care import begins_on, due_at, fits
from tests.support.world import Standing
from tests.ticketing.cases import NOON, Desk, S, z

Clock = Callable[[datetime], Standing]
D = timedelta(days=1)
CN = ZoneInfo("Asia/Shanghai")
BEGINS = datetime.fromisoformat("2025-04-01T00:00:00+08:00")
ENDS = datetime.fromisoformat("2025-05-01T00:00:00+08:00")
NEXT = datetime.fromisoformat("2025-07-01T00:00:00+08:00")


async def made(desk: Desk, **more: Any) -> dict[str, Any]:
    body = {
        "org_unit_id": str(desk.register.org),
        "title": "用气情况季度回访",
        "asks": "灶具使用是否正常",
        "channel": "phone",
        "every_months": 3,
        "due_days": 30,
        "starts_on": "2025-04-01",
        **more,
    }
    answer = await desk.register.post("/care-plans", body, desk.staff("supervisor"))
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def calls(desk: Desk, **filters: Any) -> list[dict[str, Any]]:
    answer = await desk.register.get("/care-calls", **filters)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def attempt(desk: Desk, call: dict[str, Any], outcome: str = "reached", **body: Any) -> httpx.Response:
    path = f"/care-calls/{call['plan_id']}/{call['round']}/{call['unit_id']}/attempts"
    return await desk.register.post(path, {"outcome": outcome, **body}, desk.staff())


async def test_c053_every_household_is_due_in_every_round_and_rounds_come_by_themselves(
    desk: Desk, standing: Clock
) -> None:
    clock = standing(NOON)
    plan = await made(desk)
    clock.to(BEGINS - S)
    await desk.register.fire_timers()
    assert await calls(desk) == []
    clock.to(BEGINS)
    await desk.register.fire_timers()
    await desk.register.fire_timers()
    due = await calls(desk, plan_id=plan["id"], state="due")
    assert len(due) == 3 and {c["due_at"] for c in due} == {z(ENDS - S)}
    clock.to(NEXT)
    await desk.register.fire_timers()
    rounds = [c["round"] for c in await calls(desk, plan_id=plan["id"])]
    assert rounds == [1, 1, 1, 2, 2, 2]
    (over,) = await desk.register.events("care.round_closed.v1")
    assert (over["data"]["households"], over["data"]["reached"], over["data"]["missed"]) == (3, 0, 3)
    opened = await desk.register.events("care.round_opened.v1")
    assert [e["data"]["households"] for e in opened] == [3, 3]


async def test_c053_what_a_household_says_is_kept_and_a_need_becomes_a_ticket(desk: Desk, standing: Clock) -> None:
    clock = standing(NOON)
    plan = await made(desk)
    clock.to(BEGINS)
    await desk.register.fire_timers()
    first, second, _ = await calls(desk, plan_id=plan["id"])
    nobody = await attempt(desk, first, "no_answer")
    assert (nobody.json()["state"], nobody.json()["attempts"]) == ("due", 1)
    need = {"kind": "repair", "summary": "灶具打火困难", "fields": {"category": "gas"}}
    said = await attempt(desk, first, satisfied=True, note="总体满意", need=need)
    assert said.status_code == 200, said.text
    assert (said.json()["state"], said.json()["attempts"], said.json()["satisfied"]) == ("reached", 2, True)
    ticket = (await desk.register.get(f"/tickets/{said.json()['ticket_id']}")).json()
    assert (ticket["kind"], ticket["channel"], ticket["unit_id"]) == ("repair", "phone", first["unit_id"])
    again = await attempt(desk, first)
    assert (again.status_code, again.json()["code"]) == (409, "ticketing.care_call.done")
    wrong = await attempt(desk, second, need={"kind": "hazard", "summary": "x"})
    assert (wrong.status_code, wrong.json()["errors"][0]["path"]) == (422, "need.fields.level")
    silent = await attempt(desk, second, "no_answer", satisfied=True)
    assert (silent.status_code, silent.json()["errors"][0]["path"]) == (422, "outcome")
    stranger = await attempt(desk, second, person_id=str(uuid4()))
    assert stranger.status_code == 404
    assert len(await calls(desk, state="due")) == 2
    (told,) = await desk.register.events("care.call_done.v1")
    assert told["data"]["ticket_id"] == ticket["id"] and "总体满意" not in str(told)


async def test_of_two_who_reach_a_household_at_once_one_is_recorded(desk: Desk, standing: Clock) -> None:
    clock = standing(NOON)
    plan = await made(desk)
    clock.to(BEGINS)
    await desk.register.fire_timers()
    first, *_ = await calls(desk, plan_id=plan["id"])
    answers = await asyncio.gather(*(attempt(desk, first) for _ in range(4)))
    assert sorted(a.status_code for a in answers) == [200, 409, 409, 409]


async def test_what_was_done_in_time_and_told_late_is_done_and_what_came_late_stays_missed(
    desk: Desk, standing: Clock
) -> None:
    clock = standing(NOON)
    plan = await made(desk)
    clock.to(ENDS)
    await desk.register.fire_timers()
    first, second, _ = await calls(desk, plan_id=plan["id"], state="missed")
    late = await attempt(desk, first, occurred_at=z(ENDS - S), late_reason="手工记录")
    assert late.json()["state"] == "reached"
    assert (await attempt(desk, second)).json()["state"] == "missed"


async def test_an_ended_plan_opens_no_further_round(desk: Desk, standing: Clock) -> None:
    clock = standing(NOON)
    plan = await made(desk)
    path = f"/care-plans/{plan['id']}/end"
    assert (await desk.register.post(path, None, desk.staff("clerk"))).status_code == 403
    assert (await desk.register.post(path, None, desk.staff("supervisor"))).status_code == 200
    assert (await desk.register.post(path, None, desk.staff("supervisor"))).status_code == 409
    clock.to(NEXT)
    await desk.register.fire_timers()
    assert await calls(desk) == []


@pytest.mark.parametrize(
    ("more", "status", "path"),
    [
        ({"due_days": 85}, 422, "due_days"),
        ({"starts_on": "2025-03-06"}, 422, "starts_on"),
        ({"every_months": 0}, 422, "every_months"),
        ({"org_unit_id": str(UUID(int=7))}, 404, None),
    ],
)
async def test_a_plan_that_cannot_be(
    desk: Desk, standing: Clock, more: dict[str, Any], status: int, path: str | None
) -> None:
    standing(NOON)
    body = {"org_unit_id": str(desk.register.org), "title": "x", "asks": "x", "channel": "phone", "every_months": 3}
    body |= {"due_days": 30, "starts_on": "2025-04-01", **more}
    answer = await desk.register.post("/care-plans", body, desk.staff("supervisor"))
    assert answer.status_code == status, answer.text
    assert path is None or answer.json()["errors"][0]["path"] == path


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 24), st.integers(1, 40), st.integers(1, 180))
def test_rounds_follow_each_other_and_each_is_over_before_the_next(
    first: date, every: int, round: int, days: int
) -> None:
    begins, after = begins_on(first, every, round), begins_on(first, every, round + 1)
    assert begins < after and begins_on(first, every, 1) == first
    assert begins.day <= first.day
    if fits(every, days):
        assert due_at(begins, days, CN).astimezone(CN).date() < after
