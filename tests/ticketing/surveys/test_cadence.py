"""A survey in every community and quarter (C-116), and surveys on paper (E-031, E-032)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ticketing.domain.cadence import next_after, now_of
from tests.support.world import Standing
from tests.ticketing.support import BASE, Community, Register
from tests.ticketing.surveys.support import OPENS, opened
from tests.ticketing.surveys.test_reports import REPORT

Clock = Callable[[datetime], Standing]
CN = ZoneInfo("Asia/Shanghai")
REMIND = datetime(2025, 3, 1, 16, tzinfo=UTC)  # 2 March, 0:00 in Shanghai: 30 days before 1 April
OVER = datetime(2025, 3, 31, 16, tzinfo=UTC)
S = timedelta(seconds=1)


async def cadence(register: Register, **more: Any) -> dict[str, Any]:
    body = {"org_unit_id": str(register.org), "since": "2025-01-01", **more}
    headers = register.world.token("supervisor", register.org)
    answer = await register.api.put(f"{BASE}/survey-cadences", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def told(register: Register) -> list[tuple[str, str, str]]:
    found = await register.events("survey.due_soon.v1", "survey.missing.v1")
    return [(e["type"].split(".")[1], e["data"]["period"], str(e["community_id"])) for e in found]


async def test_c116_a_community_without_its_survey_is_told_before_the_quarter_s_end_and_at_it(
    register: Register, community: Community, standing: Clock
) -> None:
    clock = standing(datetime(2025, 1, 10, tzinfo=UTC))
    await cadence(register)
    await cadence(register, remind_days=30)  # said again it is the same one
    clock.to(REMIND - S)
    await register.fire_timers()
    assert await told(register) == []
    clock.to(REMIND)
    await register.fire_timers()
    assert await told(register) == [("due_soon", "2025-Q1", str(community.id))]
    clock.to(OVER)
    await register.fire_timers()
    await register.fire_timers()
    assert (await told(register))[1:] == [("missing", "2025-Q1", str(community.id))]
    clock.to(OVER + timedelta(days=100))
    await register.fire_timers()
    assert [what for what, period, _ in await told(register) if period == "2025-Q2"] == ["due_soon", "missing"]


async def test_c116_a_survey_that_was_issued_is_not_owed_and_a_draft_is_none(
    register: Register, community: Community, standing: Clock
) -> None:
    clock = standing(datetime(2025, 1, 10, tzinfo=UTC))
    await cadence(register, remind_days=10)
    clock.to(OPENS)
    await opened(register, community)
    clock.to(OVER)
    await register.fire_timers()
    assert await told(register) == []


async def test_c116_a_cadence_ends_and_begins_on_its_days(
    register: Register, community: Community, standing: Clock
) -> None:
    clock = standing(datetime(2025, 1, 10, tzinfo=UTC))
    await cadence(register, since="2025-04-01", until="2025-06-30")
    clock.to(datetime(2026, 1, 2, tzinfo=UTC))
    await register.fire_timers()
    assert {(what, period) for what, period, _ in await told(register)} == {("due_soon", "2025-Q2")}
    headers = register.world.token("supervisor", register.org)
    wrong = {"org_unit_id": str(register.org), "since": "2025-04-01", "until": "2025-03-31"}
    refused = await register.api.put(f"{BASE}/survey-cadences", json=wrong, headers=headers)
    assert (refused.status_code, refused.json()["errors"][0]["path"]) == (422, "until")


@pytest.mark.parametrize("paper", ["questionnaire", "report"])
async def test_e031_e032_the_questionnaire_and_the_report_are_papers_with_a_number(
    register: Register, community: Community, standing: Clock, paper: str
) -> None:
    standing(OPENS)
    id = await opened(register, community)
    path = f"{BASE}/surveys/{id}/{paper}.pdf"
    supervisor = register.world.token("supervisor", register.org)
    if paper == "report":
        assert (await register.api.get(path, headers=supervisor)).status_code == 404
        await register.post(f"/surveys/{id}/close", None)
        assert (await register.post(f"/surveys/{id}/report", REPORT, supervisor)).status_code == 201
    first = await register.api.get(path, headers=supervisor)
    assert first.status_code == 200, first.text
    again = await register.api.get(path, headers=supervisor)
    assert first.content.startswith(b"%PDF-") and again.content == first.content
    assert again.headers["x-document-number"] == first.headers["x-document-number"]
    assert (await register.api.get(path, headers=register.resident(community, 0))).status_code == 403


@given(st.integers(0, 100 * 366 * 86_400), st.integers(1, 80))
def test_the_next_moment_lies_ahead_and_knows_itself(seconds: int, days: int) -> None:
    at = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    found = next_after(at, days, CN)
    assert at < found.at and found.at - at <= timedelta(days=92)
    assert now_of(found.at, days, CN) == found and now_of(found.at + S, days, CN) is None
