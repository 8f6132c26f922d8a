"""Results, the report on them and the general manager's decision (C-118, C-119, C-120, D-003)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.ticketing.domain.surveys import DEFAULT_DIMENSIONS, decision_fault, may_submit_report, mean
from shared.ids import uuid7
from tests.support.world import Standing
from tests.ticketing.support import Community, Register

OPENS = datetime(2025, 3, 10, 2, tzinfo=UTC)
Clock = Callable[[datetime], Standing]
REPORT = {
    "analysis": "维修时效得分最低",
    "measures": [
        {"department": "工程部", "text": "增设夜班维修岗", "support": "提供夜间报修统计", "due_on": "2025-05-31"}
    ],
}


async def _survey(register: Register, community: Community, answers: list[dict[str, int]]) -> str:
    body = {
        "community_id": str(community.id),
        "period": "2025-Q1",
        "title": "一季度",
        "closes_at": "2025-03-25T16:00:00Z",
    }
    id: str = (await register.post("/surveys", body)).json()["id"]
    assert (await register.post(f"/surveys/{id}/open", None)).status_code == 200
    for n, marks in enumerate(answers):
        full = {**dict.fromkeys(DEFAULT_DIMENSIONS, 80), **marks}
        for given in (dict.fromkeys(DEFAULT_DIMENSIONS, 0), full):  # the first one is replaced and does not count
            answer = await register.post(
                f"/surveys/{id}/answers",
                {"unit_id": str(community.units[n]), "marks": given},
                register.resident(community, n),
            )
            assert answer.status_code == 201
    return id


def test_c120_means_are_rounded_once_half_up() -> None:
    assert str(mean(248, 3)) == "82.67"
    assert str(mean(16_721, 200)) == "83.61"  # 83.605
    assert mean(0, 0) is None


@pytest.mark.parametrize(
    ("survey", "report", "may"),
    [
        ("open", None, False),
        ("closed", None, True),
        ("closed", "returned", True),
        ("closed", "submitted", False),
        ("closed", "approved", False),
    ],
)
def test_c118_when_a_report_may_be_submitted(survey: str, report: str | None, may: bool) -> None:
    assert may_submit_report(survey, report) is may


def test_c119_nobody_decides_on_their_own_report() -> None:
    author, manager = uuid7(), uuid7()
    assert decision_fault("submitted", author, manager) is None
    assert decision_fault("submitted", author, author) == "own"
    assert decision_fault("approved", author, manager) == "state"


async def test_c120_results_count_each_households_last_answer(
    register: Register, community: Community, standing: Clock
) -> None:
    # C-124
    standing(OPENS)
    id = await _survey(register, community, [{"greening": 79}, {"greening": 90}])
    found = (await register.get(f"/surveys/{id}/results")).json()
    assert (found["scope_count"], found["answer_count"], found["mean"]) == (3, 2, "80.56")  # 1289 / 16
    greening = next(d for d in found["dimensions"] if d["dimension"] == "greening")
    assert greening == {"dimension": "greening", "answers": 2, "mean": "84.50", "satisfied": 1}
    assert [d["dimension"] for d in found["dimensions"]] == list(DEFAULT_DIMENSIONS)
    assert (await register.get(f"/surveys/{id}/results", register.resident(community, 0))).status_code == 403


async def test_results_of_no_answers_are_no_marks(register: Register, community: Community, standing: Clock) -> None:
    standing(OPENS)
    id = await _survey(register, community, [])
    found = (await register.get(f"/surveys/{id}/results")).json()
    assert (found["answer_count"], found["mean"]) == (0, None)
    assert {d["mean"] for d in found["dimensions"]} == {None}


async def test_c118_c119_c126_a_report_is_submitted_returned_submitted_again_and_approved(
    register: Register, community: Community, standing: Clock
) -> None:
    # D-003
    standing(OPENS)
    id = await _survey(register, community, [{}])
    path = f"/surveys/{id}/report"
    supervisor, gm = register.staff("supervisor", [register.org]), register.staff("gm", [register.org])
    early = await register.post(path, REPORT, supervisor)
    assert (early.status_code, early.json()["code"]) == (409, "ticketing.survey_report.not_now")
    assert (await register.get(path)).status_code == 404
    await register.post(f"/surveys/{id}/close", None)
    empty: dict[str, Any] = {"analysis": "无", "measures": []}
    assert (await register.post(path, empty, supervisor)).status_code == 422
    made = await register.post(path, REPORT, supervisor)
    assert (made.status_code, made.json()["state"]) == (201, "submitted")
    assert (await register.post(path, REPORT, supervisor)).status_code == 409
    assert (await register.post(f"{path}/approve", {}, supervisor)).status_code == 403
    returned = await register.post(f"{path}/return", {"note": "措施不具体"}, gm)
    assert (returned.json()["state"], returned.json()["note"]) == ("returned", "措施不具体")
    assert (await register.post(f"{path}/approve", {}, gm)).status_code == 409
    assert (await register.post(path, REPORT, supervisor)).json()["note"] is None
    approved = await register.post(f"{path}/approve", {"note": "同意"}, gm)
    assert (approved.json()["state"], approved.json()["version"]) == ("approved", 4)
    kept = (await register.get(path)).json()
    assert (kept["measures"], kept["analysis"]) == (REPORT["measures"], REPORT["analysis"])
    told = [e["type"].split(".")[1] for e in await register.events() if e["type"].startswith("survey.report")]
    assert told == ["report_submitted", "report_returned", "report_submitted", "report_approved"]
    assert (await register.get(path, register.staff("gm", []))).status_code == 404


async def test_c119_a_general_manager_cannot_approve_their_own_report(
    register: Register, community: Community, standing: Clock
) -> None:
    standing(OPENS)
    id = await _survey(register, community, [])
    await register.post(f"/surveys/{id}/close", None)
    me = uuid7()
    author = register.world.token("supervisor", register.org, sub=me)
    promoted = register.world.token("gm", register.org, sub=me)
    assert (await register.post(f"/surveys/{id}/report", REPORT, author)).status_code == 201
    own = await register.post(f"/surveys/{id}/report/approve", {}, promoted)
    assert (own.status_code, own.json()["code"]) == (403, "ticketing.survey_report.own")


async def test_answers_are_exported_with_what_counts(
    register: Register, community: Community, standing: Clock
) -> None:
    clock = standing(OPENS)
    id = await _survey(register, community, [{"greening": 70}])
    clock.by(timedelta(hours=1))
    body = {"unit_id": str(community.units[0]), "marks": dict.fromkeys(DEFAULT_DIMENSIONS, 90)}
    assert (await register.post(f"/surveys/{id}/answers", body, register.resident(community, 0))).status_code == 201
    answer = await register.get("/exports/survey_answers.ndjson", register.world.token("supervisor", register.org))
    assert answer.status_code == 200, answer.text
    rows = [json.loads(line) for line in answer.text.splitlines()]
    told = {mark: r["counted"] for r in rows for mark in ("greening=70", "greening=90") if mark in str(r["marks"])}
    assert told == {"greening=70": "否 no", "greening=90": "是 yes"}
    assert {(r["unit"], r["channel"]) for r in rows} == {("1-101", "app")}
