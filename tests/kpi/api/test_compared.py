"""All computed indicators of communities side by side: each within reach, page by page, as each value by itself."""

from __future__ import annotations

from uuid import UUID

import httpx

from shared.ids import uuid7
from tests.kpi.support import Feed
from tests.support.world import World

PATH = "/kpi/v1/indicators/by-community"


async def test_communities_stand_side_by_side_and_read_as_each_value_does(
    api: httpx.AsyncClient, world: World, org: UUID
) -> None:
    feed, other = Feed(world, org), Feed(world, org)
    feed.quarter(scale=100)
    other.register("另一小区")
    for one in (feed, other):
        await one.apply()
    gm = world.token("gm", org)
    answer = await api.get(PATH, params={"period": "2025-Q1", "limit": 1}, headers=gm)
    first = answer.json()
    rest = (await api.get(PATH, params={"period": "2025-Q1", "cursor": first["next"]}, headers=gm)).json()
    both = {row["community_id"]: row for row in [*first["items"], *rest["items"]]}
    assert set(both) == {str(feed.community), str(other.community)} and rest["next"] is None
    whole = (await api.get(PATH, params={"period": "2025-Q1"}, headers=gm)).json()["items"]
    assert {row["community_id"]: row for row in whole} == both
    assert {v["state"] for v in both[str(other.community)]["values"]} == {"not_measured"}
    found = {value["indicator"]: value for value in both[str(feed.community)]["values"]}
    assert found["fee.collection.quarter.rate"]["value"] == "87.40"
    for code, shown in found.items():
        asked = {"period": "2025-Q1", "community_id": str(feed.community)}
        alone = (await api.get(f"/kpi/v1/indicators/{code}/value", params=asked, headers=gm)).json()
        assert {name: alone[name] for name in shown} == shown


async def test_an_org_unit_out_of_reach_and_a_period_that_is_none_are_refused(
    api: httpx.AsyncClient, world: World, org: UUID
) -> None:
    elsewhere = {"period": "2025-Q1", "org_unit_id": str(uuid7())}
    assert (await api.get(PATH, params=elsewhere, headers=world.token("gm", org))).status_code == 404
    bad = await api.get(PATH, params={"period": "soon"}, headers=world.token("gm", org))
    assert (bad.status_code, bad.json()["code"]) == (422, "kpi.input.invalid")
    assert (await api.get(PATH, params={"period": "2025"}, headers=world.token("resident", org))).status_code == 403
