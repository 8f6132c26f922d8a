"""kpi's change feed shows staff the scorecards of their own communities."""

from __future__ import annotations

from uuid import UUID

import httpx

from shared.ids import uuid7
from tests.kpi.support import Feed
from tests.support.world import World

FROZEN = {
    "letter_id": str(uuid7()),
    "template": "T003S",
    "period": "2025-Q1",
    "revision": 1,
    "total": "57.30",
    "hash": "00" * 32,
}


async def test_the_feed_of_a_region_shows_its_own_communities(world: World, org: UUID, api: httpx.AsyncClient) -> None:
    north, south = uuid7(), uuid7()
    feeds = {region: Feed(world, org) for region in (north, south)}
    for region, feed in feeds.items():
        feed.register(path=[region])
        await feed.apply()
    async with world.runtime("kpi").db.tx(org) as tx:
        for feed in feeds.values():
            tx.emit("scorecard.frozen.v1", subject=uuid7(), seq=1, community_id=feed.community, data=FROZEN)
    await world.drain(org)

    async def seen(units: list[UUID]) -> set[str]:
        answer = await api.get("/kpi/v1/changes", headers=world.token("cs_manager", org, units=units))
        return {event["community_id"] for event in answer.json()["items"]}

    assert await seen([north]) == {str(feeds[north].community)}
    assert await seen([south]) == {str(feeds[south].community)}
    assert await seen([org]) == {str(feed.community) for feed in feeds.values()}
    assert await seen([uuid7()]) == set()
    assert await seen([]) == set()
