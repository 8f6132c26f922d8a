"""A person over all four services: one bundle of everything held, and an erasure that reaches everywhere (D-075)."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.ticketing.orgs.service import create_in
from tests.support.world import World
from tests.ticketing.cases import Desk
from tests.ticketing.support import Register


@pytest.fixture
async def desk(world: World, api: httpx.AsyncClient, org: UUID) -> Desk:
    """A community that every service has heard of, with a case and its messages."""
    async with world.runtime("ticketing").db.tx(org) as tx:
        await create_in(tx, "测试物业")
    register = Register(world, api, org)
    desk = Desk(register, await register.community("CX"))
    await desk.ticket(headers=desk.owner(), contact={"name": "张1伟", "phone": "13812340001"})
    await world.drain(org)
    return desk


async def exported(desk: Desk) -> dict[str, Any]:
    register = desk.register
    body = {"reason": "业主书面申请"}
    made = await register.post(f"/people/{desk.community.people[0]}/export", body, register.admin())
    assert made.status_code == 201, made.text
    answer = await register.api.get(made.json()["links"]["content"])
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        found: dict[str, Any] = json.loads(archive.read("data.json"))
    assert made.json()["missing"] == found["missing"]
    return found


async def test_d075_one_bundle_holds_what_every_service_has(desk: Desk) -> None:
    bundle = await exported(desk)
    assert bundle["missing"] == []
    services = bundle["services"]
    assert set(services) == {"ticketing", "billing", "kpi", "notify"}
    (contact,) = services["notify"]["contacts"]["contacts"]
    assert (contact["name"], contact["phone"]) == ("张1伟", "13812340001")
    assert services["notify"]["messages"]["messages"] and services["billing"]["relations"]["ref_relations"]
    assert services["kpi"]["appraisal"]["letters"] == []
    assert "13812340002" not in json.dumps(bundle), "the neighbour's number"


async def test_d075_a_peer_that_is_down_is_named_and_not_left_out(desk: Desk) -> None:
    peers = desk.register.world.runtime("ticketing").peers
    notify = peers.pop("notify")
    try:
        bundle = await exported(desk)
    finally:
        peers["notify"] = notify
    assert bundle["missing"] == ["notify"]
    assert bundle["services"]["notify"]["missing"]["en"] and "relations" in bundle["services"]["billing"]


async def test_d075_an_erasure_leaves_nothing_in_clear_in_any_service(desk: Desk) -> None:
    register, world = desk.register, desk.register.world
    me = desk.community.people[0]
    assert (await register.post(f"/people/{me}/erase", {"reason": "迁出"})).status_code == 200
    await world.drain(register.org)
    for service in world.apps:
        async with world.runtime(service).db.read(register.org) as tx:
            tables = await tx.raw.fetch(
                "SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
                "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'org_id' "
                "WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') AND NOT c.relispartition",
                service,
            )
            assert len(tables) > 15
            for table in tables:
                name = f"{service}.{table['name']}"
                for row in await tx.raw.fetch(f"SELECT t::text AS text FROM {name} t WHERE org_id = $1", register.org):
                    assert "张1伟" not in row["text"] and "13812340001" not in row["text"], (name, row["text"])


async def test_c105_the_code_is_printed_on_the_bill_without_billing_being_told_it(desk: Desk) -> None:
    """Ticketing asks billing for what is owed; the code is in the paper and in no other place."""
    register = desk.register
    body = {"unit_ids": [str(desk.community.units[0])], "bills": True}
    answer = await register.post("/activation-codes/slips", body)
    assert answer.status_code == 201, answer.text
    assert answer.content.startswith(b"%PDF") and len(answer.content) > 5000
