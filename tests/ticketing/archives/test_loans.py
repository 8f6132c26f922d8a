"""Owner files on paper: permitted by the office manager, except a superior department's ad-hoc check (C-082, C-083)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.ticketing.domain.archive_loans import NoSuperior, after, first_state
from tests.support.world import Standing
from tests.ticketing.support import BASE, Community, Register

NOW = datetime(2025, 3, 7, 2, tzinfo=UTC)
FIELDS = {"name": "张伟", "contact": {"phone": "13812341234"}, "house": {"area": "93.50"}, "service_history": []}


class Archive:
    """An owner file, and people who want it."""

    def __init__(self, register: Register, file: UUID) -> None:
        self.register, self.file = register, file
        self.people: dict[str, UUID] = {}

    def by(self, role: str, **more: Any) -> dict[str, str]:
        sub = self.people.setdefault(role, uuid4())
        return self.register.world.token(role, self.register.org, sub=sub, **more)

    async def ask(self, role: str, **more: Any) -> httpx.Response:
        body = {"kind": "borrow", "purpose": "核对装修备案", "due_on": "2025-03-14", **more}
        return await self.register.api.post(f"{BASE}/archives/{self.file}/loans", json=body, headers=self.by(role))

    async def step(self, id: str, step: str, role: str, **body: Any) -> httpx.Response:
        path = f"{BASE}/archive-loans/{id}/{step}"
        return await self.register.api.post(path, json=body or None, headers=self.by(role))

    async def permitted(self, role: str = "butler") -> str:
        id: str = (await self.ask(role)).json()["id"]
        assert (await self.step(id, "decision", "project_manager", decision="permit")).status_code == 200
        return id


@pytest.fixture
async def archive(register: Register, community: Community, standing: Callable[[datetime], Standing]) -> Archive:
    standing(NOW)
    (id,) = await register.stored("archives", [{"external_id": "A1", "unit": "CX-1-1", "fields": FIELDS}])
    return Archive(register, id)


async def test_c082_a_file_leaves_the_archive_by_the_office_managers_permission_alone(archive: Archive) -> None:
    asked = await archive.ask("butler")
    assert (asked.status_code, asked.json()["state"]) == (201, "asked")
    id = asked.json()["id"]
    early = await archive.step(id, "out", "clerk")
    assert (early.status_code, early.json()["code"]) == (409, "ticketing.archive_loan.not_now")
    for role in ("supervisor", "cs_manager", "qa"):
        assert (await archive.step(id, "decision", role, decision="permit")).status_code == 403
    permitted = (await archive.step(id, "decision", "project_manager", decision="permit")).json()
    assert permitted["state"] == "permitted"
    assert permitted["decided_by"] == str(archive.people["project_manager"])
    out = (await archive.step(id, "out", "clerk")).json()
    assert (out["state"], out["handed_out_by"]) == ("out", str(archive.people["clerk"]))
    back = (await archive.step(id, "return", "clerk")).json()
    assert back["state"] == "returned" and back["taken_back_at"] == "2025-03-07T02:00:00Z"
    assert (await archive.step(id, "return", "clerk")).status_code == 409
    said = [e["action"] for e in await archive.register.audits("archive_loan")]
    assert said == [f"archive_loan.{state}" for state in ("asked", "permitted", "out", "returned")]


async def test_c082_nobody_permits_their_own_request_and_a_refusal_says_why(archive: Archive) -> None:
    id = (await archive.ask("project_manager")).json()["id"]
    own = await archive.step(id, "decision", "project_manager", decision="permit")
    assert (own.status_code, own.json()["code"]) == (403, "ticketing.archive_loan.own")
    other = (await archive.ask("clerk")).json()["id"]
    bare = await archive.step(other, "decision", "project_manager", decision="refuse")
    assert (bare.status_code, bare.json()["errors"][0]["path"]) == (422, "note")
    refused = await archive.step(other, "decision", "project_manager", decision="refuse", note="与工作无关")
    assert refused.json()["state"] == "refused"
    assert (await archive.step(other, "out", "clerk")).status_code == 409


async def test_amb063_c083_an_ad_hoc_check_of_a_superior_department_needs_no_permission(archive: Archive) -> None:
    checked = await archive.ask("qa", kind="consult", due_on=None, ad_hoc_check=True)
    assert (checked.status_code, checked.json()["state"], checked.json()["ad_hoc_check"]) == (201, "permitted", True)
    assert (await archive.step(checked.json()["id"], "out", "clerk")).status_code == 200
    # The same department, asking for something else, asks like everybody.
    assert (await archive.ask("qa")).json()["state"] == "asked"
    own = await archive.ask("butler", ad_hoc_check=True)
    assert (own.status_code, own.json()["code"]) == (403, "ticketing.archive_loan.no_superior")


@pytest.mark.parametrize("role", ["clerk", "butler", "supervisor", "cs_manager", "project_manager", "engineer"])
def test_amb063_the_office_itself_is_no_superior_department(role: str) -> None:
    assert first_state({role}, ad_hoc_check=False) == "asked"
    with pytest.raises(NoSuperior):
        first_state({role}, ad_hoc_check=True)
    assert first_state({role, "gm"}, ad_hoc_check=True) == "permitted"


def test_c082_nothing_goes_out_that_was_not_permitted() -> None:
    assert {state for state in ("asked", "refused", "out", "returned", "permitted") if after(state, "hand_out")} == {
        "permitted"
    }


async def test_one_paper_file_is_out_once_however_many_hands_reach_for_it(archive: Archive) -> None:
    loans = [await archive.permitted(role) for role in ("butler", "supervisor", "cs_manager")]
    answers = await asyncio.gather(*(archive.step(id, "out", "clerk") for id in loans))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    listed = await archive.register.get("/archive-loans", archive.by("clerk"), state="out")
    assert len(listed.json()["items"]) == 1


async def test_bad_requests_and_others_places_are_refused_with_nothing_stored(archive: Archive) -> None:
    assert (await archive.ask("butler", due_on=None)).json()["errors"][0]["path"] == "due_on"
    assert (await archive.ask("butler", due_on="2025-03-06")).json()["errors"][0]["path"] == "due_on"
    assert (await archive.ask("butler", purpose="x\x00y")).status_code == 422
    assert (await archive.ask("engineer")).status_code == 403
    away = archive.by("clerk", units=[uuid4()])
    body = {"kind": "consult", "purpose": "核对"}
    asked = await archive.register.api.post(f"{BASE}/archives/{archive.file}/loans", json=body, headers=away)
    assert asked.status_code == 404
    assert (await archive.register.get("/archive-loans", archive.by("clerk"))).json()["items"] == []
    id = (await archive.ask("butler")).json()["id"]
    hidden = await archive.register.get(f"/archive-loans/{id}", away)
    assert (hidden.status_code, hidden.json()["code"]) == (404, "ticketing.archive_loan.unknown")
