"""The letter as it is printed."""

from __future__ import annotations

from uuid import UUID

import httpx

from services.kpi.letters import printing, service
from shared.auth import Principal
from shared.ids import uuid7
from tests.kpi.api.support import letter
from tests.kpi.support import Feed
from tests.support.world import World


async def test_e055_a_letter_is_printed_with_its_targets_signatures_copies_and_hash_the_same_each_time(
    api: httpx.AsyncClient, world: World, org: UUID
) -> None:
    feed = Feed(world, org)
    feed.register("桂花苑")
    await feed.apply()
    made = await letter(api, world, feed, template="T001R")
    address, qa = f"/kpi/v1/letters/{made['id']}/letter.pdf", world.token("qa", org)
    first, again = await api.get(address, headers=qa), await api.get(address, headers=qa)
    assert first.status_code == 200 and first.headers["content-type"] == "application/pdf"
    assert first.content.startswith(b"%PDF") and first.content == again.content
    who = Principal(sub=uuid7(), org=org, roles=frozenset({"qa"}), units=frozenset({org}))
    async with world.runtime("kpi").db.read(org) as tx:
        content = await printing.contents(tx, who, await service.get(tx, who, UUID(made["id"])))
    assert (content["community"], content["term"], content["hash"]) == ("桂花苑", "2025", made["hash"])
    assert content["lines"] and all(line["title"]["zh"] for line in content["lines"])
    assert [s["date"] for s in content["signatures"]] == ["2025-01-02", "2025-01-02"]
    assert len(content["copies"]) == 3 and content["interpretation"]["zh"] == "本责任书由公司负责解释。"
    elsewhere = world.token("qa", org, units=[uuid7()])
    assert (await api.get(address, headers=elsewhere)).status_code == 404
