"""Checks of other departments, accepted by the responsible person; investigations by the company, concluded by it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx
import pytest

from shared.ids import uuid7
from tests.kpi.api.support import SUPERVISOR
from tests.kpi.support import Feed
from tests.support.world import World


class Files:
    """The case files of one community."""

    def __init__(self, api: httpx.AsyncClient, world: World, org: UUID) -> None:
        self.api, self.world, self.org = api, world, org
        self.feed = Feed(world, org)

    async def open(self, kind: str, role: str = "qa", **more: Any) -> httpx.Response:
        self.feed.register()
        await self.feed.apply()
        body = {
            "kind": kind,
            "community_id": str(self.feed.community),
            "subject_id": str(SUPERVISOR),
            "department": "质检部",
            "title": "三月份抽查",
            "on": "2025-03-20",
            "text": "抽查十份工单，三份缺少回访记录",
            **more,
        }
        return await self.api.post(
            "/kpi/v1/inspections", json=body, headers=self.world.token(role, self.org, sub=more.pop("sub", None))
        )

    async def post(self, id: str, path: str, role: str, sub: UUID | None = None, **headers: str) -> httpx.Response:
        return await self.api.post(
            f"/kpi/v1/inspections/{id}/{path}",
            json={"text": "已核实", "file_ids": [str(uuid7())]},
            headers={**self.world.token(role, self.org, sub=sub), **headers},
        )

    async def get(self, id: str, role: str, sub: UUID | None = None, **more: Any) -> httpx.Response:
        headers = self.world.token(role, self.org, sub=sub, **more)
        return await self.api.get(f"/kpi/v1/inspections/{id}".rstrip("/"), headers=headers)


@pytest.fixture
def files(api: httpx.AsyncClient, world: World, org: UUID) -> Files:
    return Files(api, world, org)


async def test_c227_g009_what_another_department_found_is_accepted_by_the_responsible_person(files: Files) -> None:
    opened = await files.open("supervision")
    assert opened.status_code == 201, opened.text
    id = opened.json()["id"]
    assert (await files.get(id, "supervisor", SUPERVISOR)).json()["state"] == "open"
    other = await files.post(id, "closing", "gm")
    assert (other.status_code, other.json()["code"]) == (403, "kpi.inspection.not_yours")
    accepted = await files.post(id, "closing", "supervisor", SUPERVISOR)
    assert accepted.status_code == 200, accepted.text
    found = accepted.json()
    assert (found["state"], found["closed_by"], len(found["entries"])) == ("accepted", str(SUPERVISOR), 2)
    late = await files.post(id, "entries", "qa")
    assert (late.status_code, late.json()["code"]) == (409, "kpi.inspection.closed")


async def test_c229_d014_the_company_investigates_a_special_event_and_never_whom_it_concerns(files: Files) -> None:
    assert (await files.open("investigation", "project_manager")).status_code == 403
    own = await files.api.post(
        "/kpi/v1/inspections",
        json={
            "kind": "investigation",
            "community_id": str(files.feed.community),
            "subject_id": str(SUPERVISOR),
            "department": "质检部",
            "title": "x",
            "on": "2025-03-20",
            "text": "x",
        },
        headers=files.world.token("qa", files.org, sub=SUPERVISOR),
    )
    assert (own.status_code, own.json()["code"]) == (403, "kpi.inspection.not_yours")
    id = (await files.open("investigation", "qa")).json()["id"]
    added = await files.post(id, "entries", "legal", **{"If-Match": '"1"'})
    assert added.status_code == 200 and added.headers["etag"]
    assert (await files.post(id, "entries", "legal", **{"If-Match": '"1"'})).status_code == 412
    # Open, it is not shown to whom it concerns, whatever their role; nor do they conclude it.
    assert (await files.get(id, "qa", SUPERVISOR)).status_code == 404
    assert (await files.get("", "qa", SUPERVISOR)).json()["items"] == []
    assert (await files.post(id, "closing", "qa", SUPERVISOR)).status_code == 404
    assert (await files.post(id, "closing", "cs_manager")).status_code == 403
    assert (await files.post(id, "closing", "gm")).json()["state"] == "concluded"
    assert [entry["text"] for entry in (await files.get(id, "supervisor", SUPERVISOR)).json()["entries"]] == [
        "抽查十份工单，三份缺少回访记录",
        "已核实",
        "已核实",
    ]


async def test_a_file_is_read_by_those_above_and_whom_it_concerns_within_reach(files: Files) -> None:
    id = (await files.open("supervision")).json()["id"]
    assert (await files.get(id, "clerk")).status_code == 404
    assert (await files.get("", "clerk")).json()["items"] == []
    assert [row["id"] for row in (await files.get("", "clerk", SUPERVISOR)).json()["items"]] == [id]
    assert [row["id"] for row in (await files.get("", "cs_manager")).json()["items"]] == [id]
    assert (await files.get(id, "gm", units=[uuid7()])).status_code == 404
    assert (await files.open("supervision", on="2190-01-01")).status_code == 422
    assert (await files.open("supervision", text="")).status_code == 422
