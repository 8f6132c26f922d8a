"""The feeds as headquarters pulls them: rows, deltas, tombstones, conditional and bulk answers, and the manifest."""

from __future__ import annotations

import gzip
import hashlib
import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
import jsonschema_rs
import pytest

from services.kpi.domain.feed_rows import FeedRow, measure_id, tombstone
from services.kpi.feeds import clearing
from services.kpi.feeds.writing import tell
from services.kpi.scorecards import provisional
from shared.ids import uuid7
from tests.kpi.api.support import freeze, letter
from tests.kpi.support import Feed, local
from tests.support.world import World

HANDLING = "complaint.handling.timeliness.rate"
LINES = {"format": "ndjson"}


class Hq:
    """Headquarters, which pulls with one token."""

    def __init__(self, api: httpx.AsyncClient, headers: dict[str, str]) -> None:
        self.api, self.headers = api, headers

    async def ask(self, path: str, headers: dict[str, str] | None = None, **params: Any) -> httpx.Response:
        return await self.api.get(f"/kpi/v1/feeds/{path}", params=params, headers=self.headers | (headers or {}))

    async def rows(self, path: str, **params: Any) -> list[dict[str, Any]]:
        answer = await self.ask(path, **params)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["items"]
        return found


@pytest.fixture
def hq(api: httpx.AsyncClient, world: World, org: UUID) -> Hq:
    return Hq(api, world.token("integrator", org, units=[org], scope=["feed.read"]))


async def community(world: World, org: UUID) -> Feed:
    feed = Feed(world, org)
    feed.register()
    feed.complaint(local(3, 7), responds_after=timedelta(minutes=30), mark=90)
    feed.complaint(local(3, 8), responds_after=timedelta(minutes=5), mark=60)
    await feed.apply()
    return feed


async def write(world: World, org: UUID, *rows: FeedRow) -> None:
    async with world.runtime("kpi").db.tx(org) as tx:
        tell(tx, rows)


def row(community_id: UUID, name: str, value: str = "1", day: date = date(2025, 3, 1), **more: Any) -> FeedRow:
    content = {"key": f"{community_id}/{name}", "value": value, "as_of": "x", **more}
    return FeedRow("cases", content["key"], str(community_id), day, day, content, int(value), 1)


async def test_a_close_stands_in_all_three_feeds_with_its_status(
    api: httpx.AsyncClient, world: World, org: UUID, hq: Hq
) -> None:
    feed = await community(world, org)
    before = await hq.rows("cases", limit=1000)
    assert {case["status"] for case in before} == {"provisional"} and before
    signed = await letter(api, world, feed)
    card = (await freeze(api, world, feed, signed["id"])).json()
    (told,) = await hq.rows("scorecards", period="2025-Q1")
    assert (told["status"], told["revision"], told["total"]) == ("closed", 1, card["total"])
    assert (told["hash"], told["scorecard_id"]) == (card["hash"], card["id"])
    rows = {found["indicator"]: found for found in await hq.rows("indicators", period="2025")}
    assert rows.keys() == {item["indicator"] for item in card["items"]}
    late = rows[HANDLING]
    assert (late["numerator"], late["denominator"], late["state"], late["status"]) == ("1", "2", "missed", "closed")
    assert late["key"] == "/".join((str(feed.community), signed["id"], "T003S", HANDLING, "1", "2025-Q1"))
    await world.drain(org)
    cases = await hq.rows("cases", limit=1000)
    assert {case["scorecard_id"] for case in cases if case["indicator"] == HANDLING} == {card["id"]}
    feed.complaint(local(3, 9), responds_after=timedelta(minutes=5), mark=90)
    await feed.apply()
    again = (await freeze(api, world, feed, signed["id"], restate=True, reason="a check")).json()
    await world.drain(org)
    cases = [case for case in await hq.rows("cases", limit=1000) if case["indicator"] == HANDLING]
    assert {case["status"] for case in cases} == {"restated"} and len(cases) == 3
    (told,) = await hq.rows("scorecards")
    assert (told["status"], told["revision"], told["scorecard_id"]) == ("restated", 2, again["id"])


async def test_the_rows_are_as_the_published_schema_says(
    api: httpx.AsyncClient, world: World, org: UUID, hq: Hq
) -> None:
    feed = await community(world, org)
    await freeze(api, world, feed, (await letter(api, world, feed))["id"])
    schema = (await hq.ask("schema")).json()
    for name in ("indicators", "scorecards", "cases"):
        ref = schema["properties"][name]
        check = jsonschema_rs.validator_for({"$defs": schema["$defs"], **ref})
        found = await hq.rows(name, limit=1000)
        assert found
        for one in found:
            check.validate(one)


async def test_every_night_the_running_period_is_scored_until_it_is_closed(
    api: httpx.AsyncClient, world: World, org: UUID, hq: Hq, standing: Any
) -> None:
    clock = standing(local(3, 10))
    feed = await community(world, org)
    signed = await letter(api, world, feed)
    assert await hq.rows("scorecards") == []
    clock.to(local(3, 11, 2))
    await world.drain(org)
    (first,) = [found for found in await hq.rows("scorecards") if found["period"] == "2025-Q1"]
    assert (first["status"], first["revision"], first["scorecard_id"]) == ("provisional", 0, None)
    after = (await hq.ask("indicators", **LINES)).headers["Steward-After"]
    clock.to(local(3, 12, 2))
    await world.drain(org)
    assert await hq.rows("indicators", after=after) == [], "a number that is the same is not told again"
    clock.to(local(4, 2, 1))
    card = (await freeze(api, world, feed, signed["id"])).json()
    clock.to(local(4, 2, 2))
    await world.drain(org)
    told = {found["period"]: found for found in await hq.rows("scorecards")}
    assert told["2025-Q1"]["scorecard_id"] == card["id"], "a night after the close does not undo it"
    assert told["2025-Q2"]["status"] == "provisional"
    async with world.runtime("kpi").db.tx(org) as tx:
        await provisional.refresh(tx, uuid7())  # a letter that is not there leaves nothing


async def test_deltas_follow_the_cursor_and_a_tombstone_takes_away(world: World, org: UUID, hq: Hq) -> None:
    here = uuid7()
    await write(world, org, row(here, "a"), row(here, "b"), row(here, "c"))
    first = (await hq.ask("cases", limit=2)).json()
    assert [found["key"][-1] for found in first["items"]] == ["a", "b"] and first["next"] is not None
    await write(
        world,
        org,
        row(here, "a", "2"),
        tombstone("cases", f"{here}/c", str(here), *[date(2025, 3, 1)] * 2, local(4, 1)),
    )
    rest = (await hq.ask("cases", after=first["next"])).json()
    assert rest["items"] == [] and rest["next"] is None, "what changed since the snapshot began comes by the delta"
    delta = (await hq.ask("cases", after=rest["after"])).json()
    assert [(found["key"][-1], found.get("deleted", False)) for found in delta["items"]] == [("a", False), ("c", True)]
    assert (await hq.rows("cases", after=delta["after"])) == []
    assert [found["key"][-1] for found in await hq.rows("cases")] == ["b", "a"]


async def test_positions_have_no_gaps_and_what_says_nothing_new_takes_none(world: World, org: UUID, hq: Hq) -> None:
    here = uuid7()
    await write(world, org, row(here, "a"), row(here, "b"))
    await write(world, org, row(here, "a", as_of="y"))
    with pytest.raises(RuntimeError):
        async with world.runtime("kpi").db.tx(org) as tx:
            tell(tx, [row(here, "lost")])
            raise RuntimeError
    async with world.runtime("kpi").db.tx(org) as tx:
        tell(tx, [row(here, "kept")])
        with pytest.raises(RuntimeError):
            async with tx.savepoint():
                tell(tx, [row(here, "undone")])
                raise RuntimeError
    await write(world, org, row(here, "b", "3"))
    async with world.runtime("kpi").db.read(org) as tx:
        found = await tx.raw.fetch("SELECT position, key FROM kpi.feed_changes WHERE org_id = $1 ORDER BY 1", org)
    assert [(r["position"], r["key"][37:]) for r in found] == [(1, "a"), (2, "b"), (3, "kept"), (4, "b")]


async def test_a_row_that_moves_to_another_period_leaves_the_old_one(world: World, org: UUID, hq: Hq) -> None:
    here = uuid7()
    await write(world, org, row(here, "a"))
    after = (await hq.ask("cases", period="2025-03", **LINES)).headers["Steward-After"]
    await write(world, org, row(here, "a", day=date(2025, 4, 1), moved=True))
    assert [found.get("deleted") for found in await hq.rows("cases", period="2025-03", after=after)] == [True]
    assert [found["moved"] for found in await hq.rows("cases", period="2025-Q2", after=after)] == [True]


async def test_nothing_new_is_304_and_any_write_ends_that(world: World, org: UUID, hq: Hq) -> None:
    await write(world, org, row(uuid7(), "a"))
    seen = (await hq.ask("cases")).headers["ETag"]
    assert (await hq.ask("cases", headers={"If-None-Match": f'"x", {seen}'})).status_code == 304
    await write(world, org, row(uuid7(), "b"))
    assert (await hq.ask("cases", headers={"If-None-Match": seen})).status_code == 200


async def test_bulk_is_ndjson_and_gzip_and_carries_any_text_to_the_byte(world: World, org: UUID, hq: Hq) -> None:
    here, odd = uuid7(), '引号 " 反斜杠 \\ 换行 \n 制表 \t 控制 \x01\x02 {},\\.'
    rows = [row(here, f"{n:04}", note=odd) for n in range(300)]
    await write(world, org, *rows)
    plain = await hq.ask("cases", headers={"Accept": "application/x-ndjson", "Accept-Encoding": "identity"})
    assert plain.headers["content-type"].startswith("application/x-ndjson")
    assert "content-encoding" not in plain.headers
    assert plain.content == "".join(f"{one.doc}\n" for one in rows).encode()
    async with hq.api.stream(
        "GET", "/kpi/v1/feeds/cases", params=LINES, headers={**hq.headers, "Accept-Encoding": "gzip"}
    ) as packed:
        raw = b"".join([part async for part in packed.aiter_raw()])
    assert packed.headers["content-encoding"] == "gzip" and gzip.decompress(raw) == plain.content
    assert json.loads(plain.content.splitlines()[0])["note"] == odd


async def test_a_cursor_older_than_what_was_cleared_is_410_with_the_way_back(
    world: World, org: UUID, hq: Hq, standing: Any
) -> None:
    clock = standing(local(3, 1))
    here = uuid7()
    await write(world, org, row(here, "a"), row(here, "b"))
    old = (await hq.ask("cases", limit=1)).json()["next"]
    day = date(2025, 3, 1)
    await write(world, org, row(here, "a", "2"), tombstone("cases", f"{here}/b", str(here), day, day, local(3, 1)))
    clock.to(local(4, 20))
    current = (await hq.ask("cases", **LINES)).headers["Steward-After"]
    async with world.runtime("kpi").db.tx(org) as tx:
        await clearing.clear(tx)
    for cursor in (old, "1", "3", "99"):
        gone = await hq.ask("cases", after=cursor, period="2025")
        assert (gone.status_code, gone.json()["code"]) == (410, "kpi.feed.cursor_gone"), cursor
        assert gone.headers["Link"] == '</kpi/v1/feeds/cases?period=2025>; rel="restart"'
    assert await hq.rows("cases", after=current) == []
    assert [found["value"] for found in await hq.rows("cases")] == ["2"]


async def test_one_token_sees_the_communities_of_its_scope_and_nothing_else(
    api: httpx.AsyncClient, world: World, org: UUID, hq: Hq
) -> None:
    north, south = uuid7(), uuid7()
    places = {}
    for region in (north, south):
        feed = Feed(world, org)
        feed.register(path=[region])
        await feed.apply()
        places[region] = feed.community
        await write(world, org, row(feed.community, "a"))
    narrow = Hq(api, world.token("integrator", org, units=[north], scope=["feed.read"]))
    for format_ in ("json", "ndjson"):
        answer = await narrow.ask("cases", format=format_)
        assert str(places[north]) in answer.text and str(places[south]) not in answer.text
    assert len(await hq.rows("cases")) == 2
    assert (await narrow.ask("manifest")).json()["feeds"]["cases"]["rows"] == 1
    assert (await narrow.ask("cases", org_unit=str(south))).status_code == 404
    assert (await narrow.ask("manifest", org_unit=str(org))).status_code == 404
    none = Hq(api, world.token("integrator", org, units=[org], scope=["changes.read"]))
    assert (await none.ask("cases")).status_code == 403
    nowhere = Hq(api, world.token("clerk", org, units=[]))
    assert await nowhere.rows("cases") == []


async def test_the_manifest_counts_communities_rows_sums_and_hash(
    api: httpx.AsyncClient, world: World, org: UUID, hq: Hq
) -> None:
    closed, open_, without = [await community(world, org) for _ in range(3)]
    for feed in (closed, open_):
        signed = await letter(api, world, feed)
        if feed is closed:
            await freeze(api, world, feed, signed["id"])
    told = (await hq.ask("manifest", period="2025-Q1")).json()
    found = told["communities"]
    assert (found["expected"], found["closed"], found["open"], found["without_letter"]) == (3, 1, 1, 1)
    states = {missing["community_id"]: missing["state"] for missing in found["missing"]}
    assert states == {str(open_.community): "open", str(without.community): "without_letter"}
    lines = (await hq.ask("indicators", period="2025-Q1", **LINES)).content.splitlines()
    rows = sorted((json.loads(line)["key"], line) for line in lines)
    digests = b"".join(hashlib.sha256(line).digest() for _, line in rows)
    totals = told["feeds"]["indicators"]
    assert (totals["rows"], totals["hash"]) == (len(rows), hashlib.sha256(digests).hexdigest())
    assert Decimal(totals["denominator"]) == sum(Decimal(json.loads(line)["denominator"] or 0) for line in lines)
    assert (await hq.ask("manifest", period="2024-Q1")).json()["feeds"]["cases"]["hash"] == hashlib.sha256().hexdigest()


def test_equal_definitions_alone_share_a_measure_id() -> None:
    same = measure_id("a", 1, {"x": "1", "y": "2"})
    assert same == measure_id("a", 1, {"y": "2", "x": "1"})
    others = {measure_id("b", 1, {"x": "1"}), measure_id("a", 2, {"x": "1"}), measure_id("a", 1, {"x": "2"}), same}
    assert len(others) == 4


@pytest.mark.parametrize("after", ["x", "-1", "s1", "1-2", "s-1-1", "1" * 19, "s1-1;drop"])
async def test_a_made_up_cursor_is_malformed(hq: Hq, after: str) -> None:
    assert (await hq.ask("cases", after=after)).status_code == 422


async def test_openmetrics_is_off_until_the_operator_wants_it(
    api: httpx.AsyncClient, world: World, org: UUID, hq: Hq
) -> None:
    feed = await community(world, org)
    await freeze(api, world, feed, (await letter(api, world, feed))["id"])
    off = await hq.ask("metrics", period="2025-Q1")
    assert (off.status_code, off.json()["code"]) == (404, "kpi.feed.metrics_off")
    state = world.apps["kpi"].state
    before, state.settings = state.settings, state.settings.model_copy(update={"openmetrics": True})
    try:
        text = (await hq.ask("metrics", period="2025-Q1")).text
    finally:
        state.settings = before
    assert text.endswith("# EOF\n")
    (line,) = [line for line in text.splitlines() if f'indicator="{HANDLING}"' in line]
    assert line.endswith("} 50.00") and 'status="closed"' in line
