"""`POST /kpi/v1/what-if` and `/what-if/deadlines` as architecture §6 fixes them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.kpi.domain.support import QUARTER
from tests.support.world import World

CONTRACT = {
    "template": "T003S",
    "period": "2025-Q1",
    "partial_policy": "linear",
    "parameters": {},
    "inputs": QUARTER,
    "history": {"2024-Q4": {"fee.collection.quarter.rate": {"value": "89.99"}}},
}


async def post(
    api: httpx.AsyncClient,
    world: World,
    org: UUID,
    body: Any,
    path: str = "",
    role: str = "supervisor",
    language: str = "en",
) -> httpx.Response:
    headers = {**world.token(role, org), "Accept-Language": language}
    return await api.post(f"/kpi/v1/what-if{path}", json=body, headers=headers)


@pytest.mark.parametrize(
    ("policy", "sections", "total"),
    [
        ("linear", ["12.50", "15.40", "12.20", "17.20"], "57.30"),
        ("floor", ["14.00", "18.00", "13.00", "19.00"], "64.00"),
        ("ceil", ["11.00", "14.00", "11.00", "16.00"], "52.00"),
    ],
)
async def test_f052_the_contracts_example_to_the_hundredth(
    api: httpx.AsyncClient, world: World, org: UUID, policy: str, sections: list[str], total: str
) -> None:
    answer = await post(api, world, org, {**CONTRACT, "partial_policy": policy})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["template"], found["total"], found["maximum"]) == ("T003S", total, "100.00")
    assert [s["section"] for s in found["sections"]] == ["complaints", "archives", "survey", "collection"]
    assert [s["points"] for s in found["sections"]] == sections
    assert [s["maximum"] for s in found["sections"]] == ["30.00", "20.00", "25.00", "25.00"]
    assert [c["kind"] for c in found["consequences"]] == ["withhold_pay"]
    assert {"zh", "en"} <= set(found["consequences"][0]["reason"])
    assert all(set(i["explanation"]) == {"zh", "en"} for i in found["items"])


async def test_a_json_number_is_read_by_its_digits(api: httpx.AsyncClient, world: World, org: UUID) -> None:
    body = {"template": "T003S", "inputs": {"survey.score": {"value": 83.6}}}
    answer = await post(api, world, org, body)
    assert next(s["points"] for s in answer.json()["sections"] if s["section"] == "survey") == "22.20"


async def test_an_indicator_left_out_has_no_data_and_full_points(
    api: httpx.AsyncClient, world: World, org: UUID
) -> None:
    found = (await post(api, world, org, {"template": "T003S"})).json()
    assert found["total"] == "100.00"
    assert {i["state"] for i in found["items"] if i["section"]} == {"no_data"}


@pytest.mark.parametrize(("second", "state"), [("00", "met"), ("01", "missed")])
async def test_f055_cases_run_through_the_judge_of_live_events(
    api: httpx.AsyncClient, world: World, org: UUID, second: str, state: str
) -> None:
    case = {"received_at": "2025-03-07T09:00:00+08:00", "responded_at": f"2025-03-07T09:10:{second}+08:00"}
    body = {
        "template": "T003S",
        "period": "2025-Q1",
        "inputs": {"complaint.handling.timeliness.rate": {"cases": [case]}},
    }
    found = (await post(api, world, org, body)).json()
    assert next(i for i in found["items"] if i["indicator"] == "complaint.handling.timeliness.rate")["state"] == state


@pytest.mark.parametrize(
    ("change", "status", "code", "path"),
    [
        ({"template": "T999"}, 404, "kpi.template.unknown", None),
        ({"period": "2025-Q5"}, 422, "kpi.input.invalid", "period"),
        ({"partial_policy": "round"}, 422, "kpi.input.invalid", "parameters.partial_policy"),
        ({"parameters": {"nonsense": 1}}, 422, "kpi.input.invalid", "parameters.nonsense"),
        ({"inputs": {"typo.rate": {"value": 1}}}, 422, "kpi.input.invalid", "inputs.typo.rate"),
        ({"history": {"2024-Q4": {"typo.rate": {"value": 1}}}}, 422, "kpi.input.invalid", "history.2024-Q4.typo.rate"),
        ({"judgements": [{"indicator": "typo", "points": "1"}]}, 422, "kpi.input.invalid", "judgements.0.indicator"),
        ({"inputs": {"survey.score": {"valeu": 1}}}, 422, None, None),
        ({"inputs": []}, 422, None, None),
    ],
)
async def test_what_cannot_be_scored_is_refused_by_path(
    api: httpx.AsyncClient,
    world: World,
    org: UUID,
    change: dict[str, Any],
    status: int,
    code: str | None,
    path: str | None,
) -> None:
    answer = await post(api, world, org, {**CONTRACT, **change})
    assert answer.status_code == status, answer.text
    if code:
        assert answer.json()["code"] == code
    if path:
        assert [e["path"] for e in answer.json()["errors"]] == [path]


async def test_a_judgement_on_a_line_nobody_judges_changes_nothing(
    api: httpx.AsyncClient, world: World, org: UUID
) -> None:
    body = {
        **CONTRACT,
        "judgements": [{"indicator": "survey.score", "points": "4", "reason": "…"}],
        "scores": {"self": "88"},
    }
    assert (await post(api, world, org, body)).json()["total"] == "57.30"


async def test_residents_do_not_score_letters(api: httpx.AsyncClient, world: World, org: UUID) -> None:
    assert (await post(api, world, org, CONTRACT, role="resident")).status_code == 403
    assert (await api.post("/kpi/v1/what-if", json=CONTRACT)).status_code == 401


async def test_f086_a_deadline_by_its_clock(api: httpx.AsyncClient, world: World, org: UUID) -> None:
    body = {"template": "T003S", "clock": "legal.overdue.3m", "trigger_at": "2025-01-31", "done_at": "2025-05-31"}
    answer = await post(api, world, org, body, "/deadlines")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["due_from"], found["deadline"], found["met"]) == ("2025-05-01", "2025-05-31", True)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"clock": "no.such", "trigger_at": "2025-01-31"}, "kpi.clock.unknown"),
        ({"clock": "B-007", "trigger_at": "soon"}, "kpi.input.invalid"),
        ({"clock": "B-015", "trigger_at": "2025-01-31", "calendar": "moon"}, "kpi.input.invalid"),
    ],
)
async def test_a_deadline_that_cannot_be_answered(
    api: httpx.AsyncClient, world: World, org: UUID, body: dict[str, Any], code: str
) -> None:
    answer = await post(api, world, org, body, "/deadlines")
    assert (answer.status_code, answer.json()["code"]) == (422, code)
