"""What is asked, and what it adds up to: C-117, C-120, C-124, AMB-020, AMB-111."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.ticketing.domain.survey_types import TOPICS
from services.ticketing.domain.surveys import DEFAULT_DIMENSIONS, NAMED
from tests.support.world import World
from tests.ticketing.support import BASE, Community, Register
from tests.ticketing.surveys.support import OPENS, Clock, by_app, clerk, draft, opened, results

OWN = [
    {"code": code, "zh": f"{code}中", "en": code} for code in ("lifts", "parking", "notices", "greening", "security")
]


async def choose(
    register: Register, chosen: list[dict[str, str]], headers: dict[str, str] | None = None, version: int | None = None
) -> Any:
    match = {} if version is None else {"If-Match": f'"{version}"'}
    return await register.api.put(
        f"{BASE}/survey-settings", json={"chosen": chosen}, headers={**(headers or register.admin()), **match}
    )


async def test_c117_the_organisation_chooses_five_and_the_three_named_ones_stay(
    register: Register, community: Community, standing: Clock
) -> None:
    standing(OPENS)
    before = (await register.get("/survey-settings")).json()
    assert (before["version"], [q["code"] for q in before["dimensions"]]) == (0, list(DEFAULT_DIMENSIONS))
    old = (await register.post("/surveys", draft(community))).json()
    chosen = await choose(register, OWN)
    assert (chosen.status_code, chosen.json()["version"]) == (200, 1)
    assert [q["code"] for q in chosen.json()["dimensions"]] == [*NAMED, *(q["code"] for q in OWN)]
    new = (await register.post("/surveys", draft(community))).json()
    assert new["dimensions"] == [*NAMED, *(q["code"] for q in OWN)]
    assert new["questions"][3] == {"code": "lifts", "zh": "lifts中", "en": "lifts"}
    assert (await register.get(f"/surveys/{old['id']}")).json()["dimensions"] == list(DEFAULT_DIMENSIONS)


@pytest.mark.parametrize(
    ("chosen", "paths"),
    [
        (OWN[:4], ["chosen"]),
        ([*OWN, {"code": "sixth", "zh": "六", "en": "6"}], ["chosen"]),
        ([*OWN[:4], {"code": "repair_timeliness", "zh": "维", "en": "r"}], ["chosen.4.code"]),
        ([*OWN[:4], OWN[0]], ["chosen.4"]),
        ([*OWN[:4], {"code": "Lifts!", "zh": "梯", "en": "l"}], ["chosen.4"]),
    ],
)
async def test_c117_exactly_five_others(register: Register, chosen: list[dict[str, str]], paths: list[str]) -> None:
    refused = await choose(register, chosen)
    assert (refused.status_code, [e["path"] for e in refused.json()["errors"]]) == (422, paths)
    assert (await register.get("/survey-settings")).json()["version"] == 0


async def test_dimensions_are_chosen_for_the_whole_organisation_and_not_lost(register: Register) -> None:
    (branch,) = await register.stored("org-units", [{"external_id": "A", "name": "A", "kind": "branch"}])
    assert (await choose(register, OWN, register.staff("qa", [branch]))).status_code == 404
    assert (await choose(register, OWN, clerk(register, role="supervisor"))).status_code == 403
    assert (await choose(register, OWN, version=0)).json()["version"] == 1
    assert (await choose(register, OWN, version=0)).status_code == 412
    both = await asyncio.gather(*(choose(register, OWN, version=1) for _ in range(2)))
    assert sorted(a.status_code for a in both) == [200, 412]


@pytest.mark.parametrize("topic", ["cleaning", "coordination", "cs_staff", "greening", "hotline", "security"])
async def test_c124_c125_a_topic_has_a_survey_and_a_rate_of_its_own(
    register: Register, community: Community, standing: Clock, topic: str
) -> None:
    standing(OPENS)
    id = await opened(register, community, type=topic)
    shown = (await register.get(f"/surveys/{id}")).json()
    assert (shown["type"], shown["dimensions"]) == (topic, [q.code for q in TOPICS[topic]])
    for n, mark in ((0, 80), (1, 79)):
        body = {"unit_id": str(community.units[n]), "marks": dict.fromkeys(shown["dimensions"], mark)}
        answer = await register.post(f"/surveys/{id}/answers", body, register.resident(community, n))
        assert answer.status_code == 201, answer.text
    found = await results(register, id)
    assert found["satisfied"] == {"numerator": 1, "denominator": 2, "percent": "50.00"}
    assert found["dimensions"][0] == {"dimension": "overall", "answers": 2, "mean": "79.50", "satisfied": 1}
    assert [s["id"] for s in (await register.get("/surveys", type=topic)).json()["items"]] == [id]
    assert (await register.get("/surveys", type="quarterly")).json()["items"] == []
    # It says of itself that it is not the quarterly one, so that none of it gets into that one's numbers.
    told = await register.events("survey.opened.v1", "survey.scope_listed.v1", "survey.answered.v1")
    assert {e["data"]["survey_type"] for e in told} == {topic} and len(told) == 4


async def test_c124_a_topic_may_bring_its_own_questions_and_c117_amb020_the_quarterly_one_has_eight(
    register: Register, community: Community, standing: Clock
) -> None:
    standing(OPENS)
    own = [{"code": "pool", "zh": "泳池", "en": "Pool"}, {"code": "gym", "zh": "健身房", "en": "Gym"}]
    made = await register.post("/surveys", draft(community, type="cleaning", questions=own))
    assert (made.status_code, made.json()["questions"]) == (201, own)
    none = await register.post("/surveys", draft(community, type="cleaning", questions=[]))
    assert (none.status_code, [e["path"] for e in none.json()["errors"]]) == (422, ["dimensions"])
    twice = await register.post("/surveys", draft(community, type="cleaning", questions=[own[0], own[0]]))
    assert [e["path"] for e in twice.json()["errors"]] == ["dimensions.1"]
    few = await register.post("/surveys", draft(community, questions=own))
    assert few.status_code == 422


async def test_amb111_a_household_is_satisfied_by_its_mean(
    register: Register, community: Community, standing: Clock
) -> None:
    standing(OPENS)
    id = await opened(register, community)
    marks = [dict(zip(DEFAULT_DIMENSIONS, given, strict=True)) for given in ([79] * 4 + [81] * 4, [80] * 7 + [79])]
    for n, given in enumerate(marks):
        body = {"unit_id": str(community.units[n]), "marks": given}
        await register.post(f"/surveys/{id}/answers", body, register.resident(community, n))
    found = await results(register, id)
    assert found["satisfied"] == {"numerator": 1, "denominator": 2, "percent": "50.00"}
    assert sum(d["satisfied"] for d in found["dimensions"]) == 4 + 7  # by question: every single 80 and 81


async def test_c120_results_roll_up_by_org_unit_with_sums_and_not_with_means_of_means(
    register: Register, standing: Clock, other_org: Callable[[], Awaitable[UUID]], world: World
) -> None:
    standing(OPENS)
    branch, part, other = await register.stored(
        "org-units",
        [
            {"external_id": "N", "name": "北区", "kind": "branch"},
            {"external_id": "N1", "name": "北区一部", "kind": "department", "parent": "N"},
            {"external_id": "S", "name": "南区", "kind": "branch"},
        ],
    )
    one = await register.community("ONE", unit="N", dwellings=1, occupied=1)
    three = await register.community("THREE", unit="N1", dwellings=4, occupied=3)
    south = await register.community("SOUTH", unit="S")
    ids = [await opened(register, place) for place in (one, three, south)]
    await by_app(register, one, ids[0], 0, 100)
    for n in range(3):
        await by_app(register, three, ids[1], n, 60)
    await by_app(register, south, ids[2], 0, 10)

    async def rolled(unit: UUID, headers: dict[str, str] | None = None, **query: str) -> Any:
        return await register.get("/survey-results", headers, org_unit_id=str(unit), period="2025-Q1", **query)

    north = (await rolled(branch)).json()
    assert [s["survey_id"] for s in north["surveys"]] == ids[:2]
    assert (north["scope_count"], north["answer_count"], north["mean"]) == (4, 4, "70.00")
    assert north["coverage"] == {"numerator": 4, "denominator": 4, "percent": "100.00"}
    assert [s["mean"] for s in north["surveys"]] == ["100.00", "60.00"]
    assert [d["answers"] for d in north["dimensions"]] == [4] * 8
    assert (await rolled(part)).json()["mean"] == "60.00"
    whole = (await rolled(register.org)).json()
    assert (whole["scope_count"], whole["answer_count"], whole["mean"]) == (7, 5, "58.00")
    empty = (await rolled(branch, type="cleaning")).json()
    assert (empty["mean"], empty["coverage"]["percent"], empty["surveys"]) == (None, None, [])
    for headers in (register.staff("supervisor", [other]), world.token("gm", await other_org())):
        assert (await rolled(branch, headers)).status_code == 404
    assert (await rolled(uuid4())).status_code == 404
    assert (await rolled(branch, register.resident(one, 0))).status_code == 403
