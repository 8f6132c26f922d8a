"""Agencies' surveys: imported once, with the report that proves them, and told as they were delivered (C-121)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import httpx

from tests.shared.files import samples
from tests.support.world import Standing
from tests.ticketing.cases import NOON, Desk
from tests.ticketing.support import BASE

Clock = Callable[[datetime], Standing]
REPORT = {"file": ("report.pdf", samples.pdf(), "application/pdf")}


async def uploaded(desk: Desk, headers: dict[str, str]) -> str:
    answer = await desk.register.api.post(f"{BASE}/files", files=REPORT, headers=headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def imported(desk: Desk, headers: dict[str, str], **more: Any) -> httpx.Response:
    body = {
        "community_id": str(desk.community.id),
        "year": 2025,
        "agency": "华夏调研",
        "carried_out_on": "2025-03-01",
        "valid_answers": 400,
        "satisfied_answers": 371,
        "topics": [{"code": "cleaning", "valid_answers": 300, "satisfied_answers": 200}],
        **more,
    }
    if "file_ids" not in body:
        body["file_ids"] = [await uploaded(desk, headers)]
    return await desk.register.post("/third-party-surveys", body, headers)


async def test_c121_an_agency_s_numbers_come_in_with_its_report_and_are_told_as_delivered(
    desk: Desk, standing: Clock
) -> None:
    standing(NOON)
    headers = desk.staff("qa", uuid4())
    made = await imported(desk, headers)
    assert made.status_code == 201, made.text
    found = made.json()
    assert (found["satisfied_percent"], found["topics"][0]["satisfied_percent"]) == ("92.75", "66.67")
    (told,) = await desk.register.events("third_party_survey.imported.v1")
    assert told["data"]["satisfied_answers"] == 371 and told["data"]["carried_out_on"] == "2025-03-01"
    (listed,) = (await desk.register.get("/third-party-surveys", year=2025)).json()["items"]
    assert listed == found
    seen = await desk.register.get(f"/files/{found['file_ids'][0]}", desk.staff("supervisor"))
    assert seen.status_code == 200, "the report is there for whoever sees the survey"


async def test_a_survey_is_imported_once_even_at_once(desk: Desk, standing: Clock) -> None:
    standing(NOON)
    headers = desk.staff("qa", uuid4())
    files = [await uploaded(desk, headers) for _ in range(3)]
    answers = await asyncio.gather(*(imported(desk, headers, file_ids=[file]) for file in files))
    assert sorted(a.status_code for a in answers) == [201, 409, 409]
    assert len(await desk.register.events("third_party_survey.imported.v1")) == 1


async def test_a_survey_that_cannot_be_leaves_nothing_behind(desk: Desk, standing: Clock) -> None:
    standing(NOON)
    headers = desk.staff("qa", uuid4())
    twice = [{"code": "cleaning", "valid_answers": 1, "satisfied_answers": 1}] * 2
    for more, path in (
        ({"satisfied_answers": 401}, "satisfied_answers"),
        ({"carried_out_on": "2025-03-08"}, "carried_out_on"),
        ({"carried_out_on": "2024-12-31"}, "carried_out_on"),
        ({"topics": twice}, "topics"),
        ({"file_ids": [str(uuid4())]}, "file_ids.0"),
        ({"file_ids": []}, "file_ids"),
    ):
        refused = await imported(desk, headers, **more)
        assert (refused.status_code, refused.json()["errors"][0]["path"]) == (422, path), refused.text
    assert (await imported(desk, headers, community_id=str(uuid4()))).status_code == 404
    assert (await imported(desk, desk.staff("clerk", uuid4()), file_ids=[str(uuid4())])).status_code == 403
    assert (await desk.register.get("/third-party-surveys")).json()["items"] == []
