"""Surveys through their API: a frozen scope, one counted answer per household, a close that counts exactly."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.ticketing.domain.surveys import DEFAULT_DIMENSIONS
from tests.support.world import Standing, World
from tests.ticketing.support import Community, Register

OPENS = datetime(2025, 3, 10, 2, tzinfo=UTC)
CLOSES = datetime(2025, 3, 25, 16, tzinfo=UTC)
MARKS = dict.fromkeys(DEFAULT_DIMENSIONS, 85)
Clock = Callable[[datetime], Standing]


def _draft(community: Community, **more: Any) -> dict[str, Any]:
    return {
        "community_id": str(community.id),
        "period": "2025-Q1",
        "title": "2025年一季度业主满意度调查",
        "closes_at": "2025-03-25T16:00:00Z",
        **more,
    }


async def _open(register: Register, community: Community) -> str:
    draft = await register.post("/surveys", _draft(community))
    assert draft.status_code == 201, draft.text
    id: str = draft.json()["id"]
    opened = await register.post(f"/surveys/{id}/open", None)
    assert opened.status_code == 200, opened.text
    return id


def _answer(community: Community, n: int, **marks: int) -> dict[str, Any]:
    return {"unit_id": str(community.units[n]), "marks": {**MARKS, **marks}}


async def test_c117_a_questionnaire_has_eight_dimensions(
    register: Register, community: Community, standing: Clock
) -> None:
    standing(OPENS)
    short = await register.post("/surveys", _draft(community, dimensions=list(DEFAULT_DIMENSIONS[:7])))
    assert (short.status_code, short.json()["code"]) == (422, "ticketing.survey.invalid")
    past = await register.post("/surveys", _draft(community, closes_at="2025-03-10T02:00:00Z"))
    assert [e["path"] for e in past.json()["errors"]] == ["closes_at"]
    own = [*DEFAULT_DIMENSIONS[:3], "lifts", "parking", "greening", "security", "notices"]
    made = await register.post("/surveys", _draft(community, dimensions=own))
    assert (made.status_code, made.json()["dimensions"], made.json()["state"]) == (201, own, "draft")
    assert made.headers["Location"] == f"/ticketing/v1/surveys/{made.json()['id']}"


async def test_amb021_opening_freezes_the_households_of_that_instant(
    register: Register, community: Community, standing: Clock
) -> None:
    clock = standing(OPENS)
    await register.stored(
        "units",
        [
            {
                "external_id": "shop",
                "community": "CX",
                "number": "S1",
                "area": "30",
                "use": "shop",
                "occupied_from": "2020-01-01",
            },
            {
                "external_id": "left",
                "community": "CX",
                "number": "9",
                "area": "80",
                "occupied_from": "2020-01-01",
                "occupied_to": "2025-03-09",
            },
            {
                "external_id": "last-day",
                "community": "CX",
                "number": "10",
                "area": "80",
                "occupied_from": "2020-01-01",
                "occupied_to": "2025-03-10",
            },
            {
                "external_id": "tomorrow",
                "community": "CX",
                "number": "11",
                "area": "80",
                "occupied_from": "2025-03-11",
            },
        ],
    )
    id = await _open(register, community)
    shown = (await register.get(f"/surveys/{id}")).json()
    assert (shown["state"], shown["scope_count"], shown["answer_count"]) == ("open", 4, 0)
    clock.by(timedelta(days=2))
    await register.stored(
        "units",
        [
            {
                "external_id": "CX-1-4",
                "community": "CX",
                "building": "CX-1",
                "number": "1-401",
                "area": "93.50",
                "occupied_from": "2025-03-11",
            }
        ],
    )
    late = await register.post(f"/surveys/{id}/answers", _answer(community, 3), register.resident(community, 3))
    assert (late.status_code, late.json()["code"]) == (409, "ticketing.survey.household_not_asked")
    opened, listed = await register.events("survey.opened.v1", "survey.scope_listed.v1")
    assert opened["data"] == {
        "survey_id": id,
        "survey_type": "quarterly",
        "period": "2025-Q1",
        "dimensions": list(DEFAULT_DIMENSIONS),
        "closes_at": "2025-03-25T16:00:00Z",
        "scope_count": 4,
    }
    assert {str(u) for u in community.units[:3]} < set(listed["data"]["unit_ids"])


async def test_scope_is_told_in_events_of_200(register: Register, standing: Clock) -> None:
    standing(OPENS)
    place = await register.community("CX", dwellings=450, occupied=450)
    await _open(register, place)
    events = await register.events("survey.scope_listed.v1")
    assert [len(e["data"]["unit_ids"]) for e in events] == [200, 200, 50]


async def test_amb021_the_last_answer_before_the_close_counts_once_per_household(
    register: Register, community: Community, standing: Clock
) -> None:
    clock = standing(OPENS)
    id = await _open(register, community)
    me = register.resident(community, 0)
    first = await register.post(f"/surveys/{id}/answers", _answer(community, 0, greening=10), me)
    assert first.status_code == 201, first.text
    clock.to(OPENS + timedelta(hours=1))
    second = await register.post(f"/surveys/{id}/answers", _answer(community, 0, greening=90), me)
    assert second.json()["counted"] is True
    await register.post(f"/surveys/{id}/answers", _answer(community, 1), register.resident(community, 1))
    assert (await register.get(f"/surveys/{id}")).json()["answer_count"] == 2
    answers = (await register.get(f"/surveys/{id}/answers")).json()["items"]
    assert [(a["marks"]["greening"], a["counted"]) for a in answers] == [(10, False), (90, True), (85, True)]
    closed = await register.post(f"/surveys/{id}/close", None)
    assert (closed.json()["state"], closed.json()["answer_count"]) == ("closed", 2)
    told = await register.events("survey.answered.v1", "survey.closed.v1")
    assert [e["type"] for e in told] == ["survey.answered.v1"] * 3 + ["survey.closed.v1"]
    assert told[1]["data"]["marks"]["greening"] == 90
    assert told[1]["data"]["answered_at"] == "2025-03-10T03:00:00Z"
    assert told[-1]["data"]["answer_count"] == 2
    assert told[-1]["data"]["scope_count"] == 3


async def test_amb021_answers_at_and_after_the_closing_second_are_refused(
    register: Register, community: Community, standing: Clock
) -> None:
    clock = standing(OPENS)
    id = await _open(register, community)
    clock.to(CLOSES - timedelta(seconds=1))
    await register.fire_timers()
    path, me = f"/surveys/{id}/answers", register.resident(community, 0)
    assert (await register.post(path, _answer(community, 0), me)).status_code == 201
    clock.to(CLOSES)
    # The worker has not come round yet; the instant decides, not the worker.
    at_close = await register.post(path, _answer(community, 0, greening=1), me)
    assert (at_close.status_code, at_close.json()["code"]) == (409, "ticketing.survey.not_open")
    clock.by(timedelta(hours=3))
    await register.fire_timers()
    shown = (await register.get(f"/surveys/{id}")).json()
    assert (shown["state"], shown["answer_count"]) == ("closed", 1)
    assert shown["closed_at"] == "2025-03-25T16:00:00Z"  # a timer's now is its due time
    assert (await register.post(path, _answer(community, 0), me)).status_code == 409
    (closed,) = await register.events("survey.closed.v1")
    assert closed["data"]["closed_at"] == "2025-03-25T16:00:00Z"
    await register.fire_timers()
    assert len(await register.events("survey.closed.v1")) == 1


async def test_a_close_by_hand_stops_the_timer(register: Register, community: Community, standing: Clock) -> None:
    clock = standing(OPENS)
    id = await _open(register, community)
    assert (await register.post(f"/surveys/{id}/close", None)).status_code == 200
    assert (await register.post(f"/surveys/{id}/close", None)).status_code == 409
    clock.to(CLOSES + timedelta(days=1))
    await register.fire_timers()
    assert len(await register.events("survey.closed.v1")) == 1


async def test_answers_that_race_with_the_close_are_all_in_its_count_or_refused(
    register: Register, standing: Clock
) -> None:
    standing(OPENS)
    place = await register.community("CX", dwellings=24, occupied=24)
    id = await _open(register, place)

    async def one(n: int) -> int:
        await asyncio.sleep(n / 400)
        return (
            await register.post(f"/surveys/{id}/answers", _answer(place, n), register.resident(place, n))
        ).status_code

    async def close() -> dict[str, Any]:
        await asyncio.sleep(0.03)
        found: dict[str, Any] = (await register.post(f"/surveys/{id}/close", None)).json()
        return found

    *statuses, closed = await asyncio.gather(*(one(n) for n in range(24)), close())
    assert set(statuses) <= {201, 409}
    assert closed["answer_count"] == statuses.count(201)
    told = [e["type"] for e in await register.events("survey.answered.v1", "survey.closed.v1")]
    assert told.count("survey.answered.v1") == statuses.count(201)
    assert told[-1] == "survey.closed.v1"


async def test_only_whoever_may_answer_for_the_household_answers(
    register: Register, community: Community, standing: Clock
) -> None:
    standing(OPENS)
    id = await _open(register, community)
    path = f"/surveys/{id}/answers"
    neighbour = await register.post(path, _answer(community, 1), register.resident(community, 0))
    assert (neighbour.status_code, neighbour.json()["code"]) == (404, "ticketing.unit.unknown")
    assert (await register.post(path, _answer(community, 0), register.admin())).status_code == 403
    clerk = register.staff("clerk", [register.org])
    assert (await register.post(path, _answer(community, 0), clerk)).status_code == 403
    # A token for the dwelling without a relation that answers surveys: an agent, a former tenant, nobody.
    (agent,) = await register.stored("people", [{"external_id": "agent", "name": "中介"}])
    await register.stored(
        "relations",
        [
            {"external_id": "g1", "person": "agent", "unit": "CX-1-1", "role": "agent", "since": "2020-01-01"},
            {
                "external_id": "g2",
                "person": "agent",
                "unit": "CX-1-2",
                "role": "tenant",
                "since": "2020-01-01",
                "until": "2025-03-09",
            },
        ],
    )
    for n in (0, 1):
        headers = register.world.token("resident", register.org, units=[community.units[n]], sub=agent)
        refused = await register.post(path, _answer(community, n), headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "ticketing.survey.may_not_answer")


@pytest.mark.parametrize(
    ("marks", "path"),
    [
        ({**MARKS, "greening": 101}, "marks.greening"),
        ({**MARKS, "greening": 85.0}, "marks.greening"),
        ({**MARKS, "greening": True}, "marks.greening"),
        ({k: v for k, v in MARKS.items() if k != "greening"}, "marks.greening"),
        ({**MARKS, "parking": 80}, "marks.parking"),
    ],
)
async def test_amb021_amb111_an_incomplete_answer_is_no_answer(
    register: Register, community: Community, standing: Clock, marks: dict[str, Any], path: str
) -> None:
    standing(OPENS)
    id = await _open(register, community)
    body = {"unit_id": str(community.units[0]), "marks": marks}
    refused = await register.post(f"/surveys/{id}/answers", body, register.resident(community, 0))
    assert (refused.status_code, [e["path"] for e in refused.json()["errors"]]) == (422, [path])
    assert (await register.get(f"/surveys/{id}")).json()["answer_count"] == 0


async def test_surveys_of_others_are_out_of_reach(
    register: Register, standing: Clock, other_org: Callable[[], Awaitable[UUID]], world: World
) -> None:
    standing(OPENS)
    a, _ = await register.stored(
        "org-units",
        [{"external_id": "A", "name": "A", "kind": "branch"}, {"external_id": "B", "name": "B", "kind": "branch"}],
    )
    mine = await register.community("CA", unit="A")
    theirs = await register.community("CB", unit="B")
    id = await _open(register, theirs)
    lead = register.staff("supervisor", [a])
    assert (await register.get(f"/surveys/{id}", lead)).status_code == 404
    assert (await register.post(f"/surveys/{id}/close", None, lead)).status_code == 404
    assert (await register.post("/surveys", _draft(theirs), lead)).status_code == 404
    assert (await register.get("/surveys", lead)).json()["items"] == []
    me = register.resident(mine, 0)
    assert (await register.get(f"/surveys/{id}", me)).status_code == 404
    crossed = await register.post(f"/surveys/{id}/answers", _answer(mine, 0), me)
    assert (crossed.status_code, crossed.json()["code"]) == (404, "ticketing.survey.unknown")
    foreign = Register(world, register.api, await other_org())
    assert (await foreign.get(f"/surveys/{id}")).status_code == 404
    assert (await foreign.post(f"/surveys/{id}/close", None)).status_code == 404
    assert (await foreign.post("/surveys", _draft(theirs))).status_code == 404


async def test_residents_see_surveys_that_are_out_and_their_own_answers(
    register: Register, community: Community, standing: Clock
) -> None:
    standing(OPENS)
    draft = (await register.post("/surveys", _draft(community))).json()["id"]
    id = await _open(register, community)
    for n in (0, 1):
        await register.post(f"/surveys/{id}/answers", _answer(community, n), register.resident(community, n))
    me = register.resident(community, 0)
    assert [s["id"] for s in (await register.get("/surveys", me)).json()["items"]] == [id]
    assert (await register.get(f"/surveys/{draft}", me)).status_code == 404
    assert (await register.post(f"/surveys/{draft}/answers", _answer(community, 0), me)).status_code == 404
    answers = (await register.get(f"/surveys/{id}/answers", me)).json()["items"]
    assert [a["unit_id"] for a in answers] == [str(community.units[0])]


async def test_a_survey_is_opened_once_and_needs_somebody_to_ask(
    register: Register, community: Community, standing: Clock
) -> None:
    clock = standing(OPENS)
    id = await _open(register, community)
    again = await register.post(f"/surveys/{id}/open", None)
    assert (again.status_code, again.json()["code"]) == (409, "ticketing.survey.not_draft")
    empty = await register.community("EMPTY", occupied=0)
    nobody = (await register.post("/surveys", _draft(empty))).json()["id"]
    refused = await register.post(f"/surveys/{nobody}/open", None)
    assert (refused.status_code, refused.json()["code"]) == (409, "ticketing.survey.no_households")
    late = (await register.post("/surveys", _draft(community))).json()
    stale = await register.api.post(
        f"/ticketing/v1/surveys/{late['id']}/open", headers={**register.admin(), "If-Match": '"7"'}
    )
    assert stale.status_code == 412
    clock.to(CLOSES)
    assert (await register.post(f"/surveys/{late['id']}/open", None)).status_code == 409
    assert (await register.get(f"/surveys/{uuid4()}")).status_code == 404


async def test_answering_stays_lean(register: Register, standing: Clock) -> None:
    standing(OPENS)
    place = await register.community("CX", dwellings=100, occupied=100)
    id = await _open(register, place)
    headers = [register.resident(place, n) for n in range(100)]
    start = time.perf_counter()
    for n in range(100):
        await register.post(f"/surveys/{id}/answers", _answer(place, n), headers[n])
    took = time.perf_counter() - start
    print(f"an answer: {took * 10:.1f} ms")
    assert (await register.get(f"/surveys/{id}")).json()["answer_count"] == 100
