"""The reception log: C-038, C-039, B-002, AMB-011, AMB-058."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from tests.support.world import Standing
from tests.ticketing.cases import NOON, Desk, H, M, z

Clock = Callable[[datetime], Standing]


async def receive(desk: Desk, headers: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
    body = {"community_id": str(desk.community.id), "subject": "装修押金退还", "visitor_name": "王女士", **more}
    answer = await desk.register.post("/visits", body, headers or desk.staff())
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def state(desk: Desk, visit: dict[str, Any]) -> str:
    return str((await desk.register.get(f"/visits/{visit['id']}")).json()["affair_state"])


async def test_c038_amb011_a_visit_is_recorded_with_who_received_it(desk: Desk, standing: Clock) -> None:
    standing(NOON)
    clerk = uuid4()
    home = str(desk.community.units[0])
    visit = await receive(desk, desk.staff("clerk", clerk), unit_id=home, occurred_at=z(NOON - 5 * M))
    assert (visit["received_by"], visit["received_at"]) == (str(clerk), z(NOON - 5 * M))
    assert (visit["visitor_name"], visit["unit_id"]) == ("王*", home)
    assert await state(desk, visit) == "open"
    (told,) = await desk.register.events("visit.received.v1")
    assert (told["data"]["received_by"], told["data"]["unit_id"]) == (str(clerk), home)
    assert datetime.fromisoformat(told["data"]["received_at"]) == told["occurred_at"] == NOON - 5 * M
    assert "王女士" not in str(await desk.register.events()) + str(await desk.register.audits("visit"))


@pytest.mark.parametrize(
    ("settled", "missing"),
    [({"affair": "at_once"}, "result"), ({"affair": "transferred"}, "department")],
    ids=["at once", "passed on"],
)
async def test_c039_b003_b004_what_became_of_it_says_what(
    desk: Desk, standing: Clock, settled: dict[str, str], missing: str
) -> None:
    standing(NOON)
    visit = await receive(desk)
    path = f"/visits/{visit['id']}/handle"
    refused = await desk.register.post(path, settled, desk.staff())
    assert refused.status_code == 422 and refused.json()["errors"][0]["path"] == missing
    done = await desk.register.post(path, {**settled, missing: "财务部"}, desk.staff())
    assert done.status_code == 200, done.text
    assert await state(desk, visit) == settled["affair"]
    again = await desk.register.post(path, {**settled, missing: "财务部"}, desk.staff())
    assert again.json()["code"] == "ticketing.affair.settled"
    (told,) = await desk.register.events("visit.handled.v1")
    assert told["data"]["affair"] == settled["affair"]
    with_it = await receive(desk, **settled, **{missing: "工程部"})
    assert await state(desk, with_it) == settled["affair"]


async def test_b004_c039_a_visit_that_becomes_a_ticket_is_passed_on_with_it(desk: Desk, standing: Clock) -> None:
    standing(NOON)
    visit = await receive(desk)
    ticket = await desk.ticket("repair", channel="visit", origin={"visit_id": visit["id"]})
    assert await state(desk, visit) == "ticketed"
    await desk.do(ticket, "dispatch", assignee_id=str(desk.engineer))
    assert await state(desk, visit) == "transferred"


async def test_b002_amb058_the_greeting_is_observed_by_somebody_else_once(desk: Desk, standing: Clock) -> None:
    standing(NOON)
    supervisor = uuid4()
    visit = await receive(desk, desk.staff("supervisor", supervisor))
    path = f"/visits/{visit['id']}/observe"
    own = await desk.register.post(path, {"greeted": True}, desk.staff("supervisor", supervisor))
    assert (own.status_code, own.json()["code"]) == (403, "ticketing.visit.own")
    seen = await desk.register.post(path, {"greeted": False}, desk.staff("qa"))
    assert (seen.status_code, seen.json()["greeted"]) == (200, False)
    again = await desk.register.post(path, {"greeted": True}, desk.staff("qa"))
    assert again.json()["code"] == "ticketing.visit.observed"
    (told,) = await desk.register.events("visit.observed.v1")
    assert told["data"]["greeted"] is False


async def test_late_visits_say_why_and_strangers_see_nothing(desk: Desk, standing: Clock) -> None:
    standing(NOON)
    body = {"community_id": str(desk.community.id), "subject": "咨询", "occurred_at": z(NOON - H)}
    late = await desk.register.post("/visits", body, desk.staff())
    assert late.status_code == 422 and "late_reason" in late.text
    visit = await receive(desk, occurred_at=z(NOON - H), late_reason="停电")
    outside = desk.register.staff("clerk", [uuid4()])
    assert (await desk.register.get(f"/visits/{visit['id']}", outside)).status_code == 404
    assert (await desk.register.get("/visits", outside)).json()["items"] == []
    stranger = await desk.register.post("/visits", {**body, "person_id": str(uuid4()), "occurred_at": None})
    assert stranger.status_code == 404


async def test_erasing_a_person_takes_their_visits_words_away(desk: Desk) -> None:
    person = desk.community.people[0]
    visit = await receive(desk, person_id=str(person), affair="at_once", result="退押金两千元")
    assert (await desk.register.post(f"/people/{person}/erase", {"reason": "要求"})).status_code == 200
    gone = (await desk.register.get(f"/visits/{visit['id']}")).json()
    assert (gone["visitor_name"], gone["result"]) == (None, None)
