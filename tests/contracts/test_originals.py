"""The auditor's door, through all services: what is produced, and that no use of it can be undone or hidden."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.kpi.domain.freezing import canonical
from services.kpi.domain.originals import addresses, files_in
from services.ticketing.orgs.service import create_in
from shared.auth.roles import AUDITOR, ROLES
from shared.ids import uuid7
from tests.support.world import Standing, World
from tests.ticketing.cases import Desk
from tests.ticketing.support import Register

START = datetime(2025, 3, 7, 1, tzinfo=UTC)


class Audit:
    """A signed complaint, and an auditor of the organisation."""

    def __init__(self, world: World, api: httpx.AsyncClient, org: UUID) -> None:
        self.world, self.api, self.org = world, api, org
        self.auditor = uuid7()
        self.headers = world.token(AUDITOR, org, sub=self.auditor)

    async def play(self) -> None:
        async with self.world.runtime("ticketing").db.tx(self.org) as tx:
            await create_in(tx, "测试物业")
        register = Register(self.world, self.api, self.org)
        desk = Desk(register, await register.community("CX", dwellings=2, occupied=2))
        self.ticket = await desk.handled(n=0)
        await desk.do(self.ticket, "sign", desk.owner(0), signer_name="张伟", method="app")
        await self.world.drain(self.org)
        rows = await self.api.get(
            "/kpi/v1/feeds/cases", params={"limit": 1000}, headers=self.world.token("qa", self.org)
        )
        self.fact = next(
            row["fact_id"]
            for row in rows.json()["items"]
            if row["indicator"] == "complaint.handling.timeliness.rate"
        )

    async def open(self, headers: dict[str, str] | None = None, **more: Any) -> httpx.Response:
        body = {"fact_id": self.fact, "reason": "一季度投诉专项审计", **more}
        return await self.api.post("/kpi/v1/originals", json=body, headers=headers or self.headers)

    async def get(self, path: str = "", role: str = "qa", **more: Any) -> httpx.Response:
        headers = self.world.token(role, self.org, **more)
        return await self.api.get(f"/kpi/v1/originals{path}", headers=headers)


@pytest.fixture
async def audit(world: World, api: httpx.AsyncClient, org: UUID, standing: Callable[[datetime], Standing]) -> Audit:
    standing(START)
    found = Audit(world, api, org)
    await found.play()
    return found


async def test_d011_e061_g007_an_auditor_has_the_originals_produced_and_it_is_on_record(audit: Audit) -> None:
    answer = await audit.open()
    assert answer.status_code == 201, answer.text
    opened = answer.json()
    of = {record["address"].rsplit("/", 1)[-1]: record for record in opened["contents"]}
    assert {"entries", "clocks", "signatures"} <= of.keys()
    assert "sign" in {entry["action"] for entry in of["entries"]["content"]["items"]}
    for record in opened["contents"]:
        assert record["sha256"] == hashlib.sha256(canonical(record["content"])).hexdigest()
    assert [version["state"] for version in opened["versions"]][-1] == "met"
    (used,) = (await audit.get()).json()["items"]
    assert (used["number"], used["opened_by"], used["reason"]) == (1, str(audit.auditor), "一季度投诉专项审计")
    assert used["records"] == [
        {"address": record["address"], "sha256": record["sha256"]} for record in opened["contents"]
    ]
    async with audit.world.runtime("kpi").db.read(audit.org) as tx:
        entries = await tx.raw.fetch(
            "SELECT actor_id, entity_id FROM kpi.audit WHERE org_id = $1 AND action = 'original.opened'", audit.org
        )
    assert [(UUID(str(e["actor_id"])), str(e["entity_id"])) for e in entries] == [(audit.auditor, opened["id"])]


async def test_one_role_alone_has_the_door_and_only_within_its_reach(audit: Audit) -> None:
    for role in sorted(set(ROLES) - {AUDITOR}):
        scope = ["original.open"] if role == "integrator" else []
        answer = await audit.open(audit.world.token(role, audit.org, scope=scope))
        assert answer.status_code in (403, 404) or role == "integrator", role
        if role != "integrator":
            assert answer.status_code == 403, role
    assert (await audit.open(audit.world.token(AUDITOR, audit.org, units=[uuid7()]))).status_code == 404
    assert (await audit.open(audit.world.token(AUDITOR, uuid7()))).status_code == 404
    assert (await audit.open(fact_id=str(uuid7()))).status_code == 404
    assert (await audit.open(reason="")).status_code == 422
    assert (await audit.get(role="supervisor")).status_code == 403
    # What works on cases is none of an auditor's business.
    path = f"/ticketing/v1/tickets/{audit.ticket}"
    assert (await audit.api.get(path, headers=audit.headers)).status_code == 403


async def test_uses_at_once_are_numbered_without_a_gap_and_chained(audit: Audit) -> None:
    answers = await asyncio.gather(*(audit.open(reason=f"审计{n}") for n in range(6)))
    assert [answer.status_code for answer in answers] == [201] * 6
    uses = (await audit.get()).json()["items"]
    assert [use["number"] for use in uses] == [6, 5, 4, 3, 2, 1]
    assert [use["previous"] for use in uses[:-1]] == [use["hash"] for use in uses[1:]]
    chain = (await audit.get("/chain")).json()
    assert chain == {"ok": True, "openings": 6, "broken_at": None, "hash": uses[0]["hash"]}


@pytest.mark.parametrize(
    ("number", "change"),
    [
        (2, "UPDATE kpi.original_openings SET reason = 'x' WHERE org_id = $1 AND number = 2"),
        (2, "DELETE FROM kpi.original_openings WHERE org_id = $1 AND number = 2"),
        (3, "DELETE FROM kpi.original_openings WHERE org_id = $1 AND number = 3"),
    ],
)
async def test_a_use_that_was_changed_or_taken_out_is_found(audit: Audit, number: int, change: str) -> None:
    for n in range(3):
        await audit.open(reason=f"审计{n}")
    with pytest.raises(Exception, match="permission denied"):
        async with audit.world.runtime("kpi").db.tx(audit.org) as tx:
            await tx.raw.execute(change, audit.org)
    import asyncpg

    raw = await asyncpg.connect(audit.world.admin_url)
    try:
        await raw.execute(change, audit.org)
    finally:
        await raw.close()
    chain = (await audit.get("/chain")).json()
    assert (chain["ok"], chain["broken_at"], chain["openings"]) == (False, number, 3)


def test_only_known_originals_are_asked_for_and_every_file_they_name_once() -> None:
    id_ = str(uuid7())
    assert [found.path for found in addresses(f"/billing/v1/bills/{id_}")] == [f"/billing/v1/bills/{id_}"]
    for link in (None, "", f"/ticketing/v1/people/{id_}", f"/kpi/v1/letters/{id_}", f"/billing/v1/bills/{id_}/../x"):
        assert addresses(link) == []
    assert files_in([{"attachments": [{"id": id_}], "items": [{"file_id": id_, "file_ids": [id_, "x"]}]}]) == [id_]
