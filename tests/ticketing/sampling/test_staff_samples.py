"""Employees sampled about their manager: drawn by chance, on a written form without a name (C-122, C-123)."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.ticketing.domain.surveys import sample
from tests.ticketing.cases import Desk
from tests.ticketing.support import BASE


@pytest.fixture
async def team(desk: Desk) -> list[UUID]:
    """A manager, then five employees of the project."""
    rows = [
        {"external_id": f"E{n}", "name": f"李{n}工", "roles": ["engineer"], "units": [str(desk.register.org)]}
        for n in range(6)
    ]
    return await desk.register.stored("staff", rows)


async def drawn(desk: Desk, about: UUID, size: int = 3, headers: dict[str, str] | None = None) -> httpx.Response:
    body = {"community_id": str(desk.community.id), "about_id": str(about), "year": 2025, "size": size}
    return await desk.register.post("/staff-samples", body, headers or desk.staff("hr"))


async def form(desk: Desk, made: dict[str, Any], number: int, satisfied: bool = True, **more: Any) -> httpx.Response:
    body = {"form": number, "satisfied": satisfied, **more}
    return await desk.register.post(f"/staff-samples/{made['id']}/forms", body, desk.staff("hr"))


async def test_c122_employees_are_drawn_by_chance_and_anybody_can_draw_the_same_again(
    desk: Desk, team: list[UUID]
) -> None:
    manager, *others = team
    answer = await drawn(desk, manager)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["frame"], made["size"], made["returned"]) == (5, 3, 0)
    people = (await desk.register.get(f"/staff-samples/{made['id']}/people", desk.staff("hr"))).json()
    assert {p["staff_id"] for p in people} == {str(id) for id in sample(made["seed"], sorted(others), 3)}
    assert (await drawn(desk, manager, 50)).json()["size"] == 5, "all of them where there are fewer"


async def test_c123_e033_each_form_is_entered_once_under_its_number_alone(desk: Desk, team: list[UUID]) -> None:
    made = (await drawn(desk, team[0])).json()
    path = f"{BASE}/staff-samples/{made['id']}/forms.pdf"
    first = await desk.register.api.get(path, headers=desk.staff("hr"))
    assert first.status_code == 200 and first.content.startswith(b"%PDF-")
    assert first.headers["x-document-number"].startswith("CC")
    again = await desk.register.api.get(path, headers=desk.staff("hr"))
    assert (again.content, again.headers["x-document-number"]) == (first.content, first.headers["x-document-number"])
    answers = await asyncio.gather(*(form(desk, made, 1) for _ in range(3)))
    assert sorted(a.status_code for a in answers) == [200, 409, 409]
    beyond = await form(desk, made, 4)
    assert (beyond.status_code, beyond.json()["errors"][0]["path"]) == (422, "form")
    stranger = await form(desk, made, 2, scan=str(uuid4()))
    assert (stranger.status_code, stranger.json()["errors"][0]["path"]) == (422, "scan.0")
    assert (await form(desk, made, 2, remark="安排合理")).json()["returned"] == 2


async def test_c122_the_share_is_told_once_half_of_the_forms_are_back(desk: Desk, team: list[UUID]) -> None:
    made = (await drawn(desk, team[0], 4)).json()
    close = f"/staff-samples/{made['id']}/close"
    await form(desk, made, 1)
    early = await desk.register.post(close, None, desk.staff("hr"))
    assert (early.status_code, early.json()["code"]) == (409, "ticketing.staff_sample.incomplete")
    await form(desk, made, 2, satisfied=False)
    done = await desk.register.post(close, None, desk.staff("hr"))
    assert (done.json()["state"], done.json()["satisfied_percent"]) == ("closed", "50.00")
    assert (await desk.register.post(close, None, desk.staff("hr"))).status_code == 409
    assert (await form(desk, made, 3)).status_code == 409
    (told,) = await desk.register.events("staff_sample.closed.v1")
    assert (told["data"]["forms"], told["data"]["satisfied"], told["data"]["about_id"]) == (2, 1, str(team[0]))


async def test_d054_whoever_is_asked_about_neither_draws_nor_sees_the_sample(desk: Desk, team: list[UUID]) -> None:
    manager = desk.staff("hr", team[0])
    own = await drawn(desk, team[0], headers=manager)
    assert (own.status_code, own.json()["code"]) == (403, "ticketing.staff_sample.own")
    made = (await drawn(desk, team[0])).json()
    assert (await desk.register.get(f"/staff-samples/{made['id']}", manager)).status_code == 404
    assert (await desk.register.get("/staff-samples", manager)).json()["items"] == []
    assert (await drawn(desk, team[0], headers=desk.staff("supervisor"))).status_code == 403


async def test_nobody_can_be_drawn_where_nobody_works(desk: Desk) -> None:
    refused = await drawn(desk, uuid4())
    assert (refused.status_code, refused.json()["code"]) == (422, "ticketing.sampling.invalid")
