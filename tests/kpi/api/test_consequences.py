"""What follows beyond points: proposed with its rule, decided by others, recorded, never carried out by the system."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.kpi.domain.times import SHANGHAI
from shared import clock
from shared.ids import uuid7
from tests.kpi.api.support import SUPERVISOR, freeze, letter
from tests.kpi.support import Feed
from tests.support.world import World

RATE = "fee.collection.quarter.rate"


class Desk:
    """A supervisor who missed the collection rate twice in a row."""

    def __init__(self, api: httpx.AsyncClient, world: World, org: UUID) -> None:
        self.api, self.world, self.org = api, world, org
        self.feed = Feed(world, org)

    async def missed_twice(self) -> list[dict[str, Any]]:
        self.feed.register()
        self.feed.bill(10_000, "2024-11-30", [(8_000, "2024-12-20")])
        self.feed.bill(10_000, "2025-01-31", [(8_999, "2025-02-20")])
        await self.feed.apply()
        before = await letter(self.api, self.world, self.feed, term="2024")
        self.letter = await letter(self.api, self.world, self.feed)
        await freeze(self.api, self.world, self.feed, before["id"], "2024-Q4")
        self.card = (await freeze(self.api, self.world, self.feed, self.letter["id"])).json()
        return await self.listed(scorecard_id=self.card["id"])

    async def listed(self, **params: Any) -> list[dict[str, Any]]:
        answer = await self.api.get("/kpi/v1/consequences", params=params, headers=self.world.token("qa", self.org))
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    async def post(self, path: str, role: str, sub: UUID | None = None, **body: Any) -> httpx.Response:
        headers = self.world.token(role, self.org, sub=sub)
        return await self.api.post(f"/kpi/v1/consequences{path}", json=body or None, headers=headers)


@pytest.fixture
def desk(api: httpx.AsyncClient, world: World, org: UUID) -> Desk:
    return Desk(api, world, org)


async def test_c244_e028_what_the_letter_concludes_is_proposed_approved_recorded_and_filed(desk: Desk) -> None:
    (found,) = await desk.missed_twice()
    assert (found["kind"], found["state"], found["proposed_by"]) == ("withhold_pay", "proposed", None)
    assert found["rule"] == desk.card["consequences"][0]["reason"] and found["indicators"] == [RATE]
    path, today = f"/{found['id']}", clock.now().astimezone(SHANGHAI).date().isoformat()
    early = await desk.post(f"{path}/execution", "hr", on=today, note="x")
    assert (early.status_code, early.json()["code"]) == (409, "kpi.consequence.not_now")
    own = await desk.post(f"{path}/decision", "hr", SUPERVISOR, decision="approve", reason="x")
    assert (own.status_code, own.json()["code"]) == (403, "kpi.consequence.own")
    assert (await desk.post(f"{path}/decision", "cs_manager", decision="approve", reason="x")).status_code == 403
    gm = uuid7()
    approved = (await desk.post(f"{path}/decision", "gm", gm, decision="approve", reason="依责任书")).json()
    assert (approved["state"], approved["decided_by"], approved["decision"]) == ("approved", str(gm), "依责任书")
    tomorrow = date.fromordinal(clock.now().astimezone(SHANGHAI).date().toordinal() + 2).isoformat()
    assert (await desk.post(f"{path}/execution", "hr", on=tomorrow, note="x")).status_code == 422
    done = (await desk.post(f"{path}/execution", "hr", on=today, note="二季度起暂缓发放")).json()
    assert (done["state"], done["done_note"]) == ("executed", "二季度起暂缓发放")
    filed = (await desk.post(f"{path}/archiving", "hr")).json()
    assert filed["state"] == "archived"
    async with desk.world.runtime("kpi").db.read(desk.org) as tx:
        rows = await tx.raw.fetch(
            "SELECT action, actor_id FROM kpi.audit WHERE org_id = $1 AND entity = 'consequence' ORDER BY id", desk.org
        )
    assert [row["action"] for row in rows] == [
        "consequence.approved",
        "consequence.executed",
        "consequence.archived",
    ]
    assert rows[0]["actor_id"] == gm


async def test_a_restatement_withdraws_what_was_proposed_and_keeps_what_was_decided(desk: Desk) -> None:
    (first,) = await desk.missed_twice()
    again = (await freeze(desk.api, desk.world, desk.feed, desk.letter["id"], restate=True, reason="a check")).json()
    states = {row["scorecard_id"]: row["state"] for row in await desk.listed(kind="withhold_pay")}
    assert states == {desk.card["id"]: "withdrawn", again["id"]: "proposed"}
    (open_,) = await desk.listed(scorecard_id=again["id"])
    await desk.post(f"/{open_['id']}/decision", "gm", decision="refuse", reason="另行处理")
    await freeze(desk.api, desk.world, desk.feed, desk.letter["id"], restate=True, reason="another")
    assert [row["state"] for row in await desk.listed(scorecard_id=again["id"])] == ["refused"]
    assert first["id"] != open_["id"]


async def test_c239_an_amount_is_proposed_within_what_the_letter_prints_and_not_by_who_decides(desk: Desk) -> None:
    desk.feed.register()
    await desk.feed.apply()
    signed = await letter(desk.api, desk.world, desk.feed, template="T001D", parameters={"allocated_points": "100"})
    card = (await freeze(desk.api, desk.world, desk.feed, signed["id"], "2025")).json()

    async def propose(amount: str | None, kind: str = "reward", sub: UUID | None = None) -> httpx.Response:
        money = {} if amount is None else {"amount": {"amount": amount}}
        return await desk.post("", "gm", sub, scorecard_id=card["id"], kind=kind, reason="零事故", **money)

    for amount in ("199.99", "2000.01"):
        answer = await propose(amount)
        assert (answer.status_code, answer.json()["code"]) == (422, "kpi.proposal.out_of_range")
    assert (await propose(None)).status_code == 422
    assert (await propose("200.00", kind="legal")).status_code == 422
    own = await propose("200.00", sub=SUPERVISOR)
    assert (own.status_code, own.json()["code"]) == (403, "kpi.consequence.own")
    gm = uuid7()
    found = (await propose("2000.00", sub=gm)).json()
    assert found["amount"] == {"amount": "2000.00", "currency": "CNY"} and found["proposed_by"] == str(gm)
    same = await desk.post(f"/{found['id']}/decision", "gm", gm, decision="approve", reason="x")
    assert (same.status_code, same.json()["code"]) == (403, "kpi.consequence.own")


async def test_c238_e027_e052_a_self_criticism_is_filed_in_writing(desk: Desk) -> None:
    desk.feed.register()
    await desk.feed.apply()
    signed = await letter(desk.api, desk.world, desk.feed)
    card = (await freeze(desk.api, desk.world, desk.feed, signed["id"])).json()
    found = (await desk.post("", "qa", scorecard_id=card["id"], kind="accountability", reason="书面检查")).json()
    await desk.post(f"/{found['id']}/decision", "gm", decision="approve", reason="同意")
    today = clock.now().astimezone(SHANGHAI).date().isoformat()
    without = await desk.post(f"/{found['id']}/execution", "hr", on=today, note="已检查")
    assert (without.status_code, without.json()["errors"][0]["path"]) == (422, "file_ids")
    paper = [str(uuid7())]
    done = await desk.post(f"/{found['id']}/execution", "hr", on=today, note="已检查", file_ids=paper)
    assert done.json()["file_ids"] == paper


async def test_consequences_out_of_reach_are_not_there(desk: Desk) -> None:
    (found,) = await desk.missed_twice()
    elsewhere = desk.world.token("gm", desk.org, units=[uuid7()])
    assert (await desk.api.get(f"/kpi/v1/consequences/{found['id']}", headers=elsewhere)).status_code == 404
    assert (await desk.api.get("/kpi/v1/consequences", headers=elsewhere)).json()["items"] == []
