"""The change feed over HTTP: in order, to the right people, at once (real Postgres)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.auth import NO_ORG, Principal
from shared.contracts.envelope import Event
from shared.db.tx import Tx
from shared.ids import uuid7
from shared.messaging import parking, sequencer
from tests.shared.http.support import Tiny, bearer, peer_bearer, serve_real
from tests.support.world import World

EAST, WEST = uuid4(), uuid4()
BRANCH = uuid4()


async def communities_of(tx: Tx, who: Principal) -> Sequence[UUID]:
    """East lies under the branch, west does not."""
    return [EAST] if BRANCH in who.units else []


@pytest.fixture
async def tiny(world: World) -> Any:
    runtime = next(iter(world.apps.values())).state.runtime
    async with serve_real(runtime, [], communities_of=communities_of) as app:
        yield app


async def happen(
    tiny: Tiny, org: UUID, *kinds: str, community: UUID | None = None, stamp: bool = True, **data: Any
) -> None:
    async with tiny.db.tx(org) as tx:
        for kind in kinds:
            tx.emit(f"{kind}.v1", subject=uuid7(), seq=1, data=data, community_id=community)
    if stamp:
        await sequencer.stamp(tiny.db, org)


async def changes(tiny: Tiny, who: dict[str, str], **params: Any) -> Any:
    answer = await tiny.http.get(f"/{tiny.runtime.spec.name}/v1/changes", params=params, headers=who)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_events_come_in_order_and_pages_follow_one_another(tiny: Tiny, org: UUID) -> None:
    await happen(tiny, org, *(f"n{i}.done" for i in range(5)))
    who = peer_bearer(org)
    page = await changes(tiny, who, limit=2)
    assert [event["type"] for event in page["items"]] == ["n0.done.v1", "n1.done.v1"]
    assert [event["position"] for event in page["items"]] == [1, 2]
    assert (page["next"], page["position"], page["head"]) == (2, 2, 5)
    page = await changes(tiny, who, limit=2, after=page["next"])
    page = await changes(tiny, who, limit=2, after=page["next"])
    assert [event["position"] for event in page["items"]] == [5]
    assert (page["next"], page["position"]) == (None, 5)


async def test_an_event_carries_the_whole_envelope(tiny: Tiny, org: UUID) -> None:
    await happen(tiny, org, "thing.done", community=EAST, unit_id="u")
    (event,) = (await changes(tiny, peer_bearer(org)))["items"]
    assert set(event) == {
        *("id", "type", "source", "org_id", "community_id", "subject", "seq", "position"),
        *("occurred_at", "recorded_at", "actor_id", "trace_id", "data"),
    }
    assert event["org_id"] == str(org)
    assert event["community_id"] == str(EAST)
    assert event["data"] == {"unit_id": "u"}
    assert event["occurred_at"].endswith("Z")


async def test_types_narrow_the_page_and_the_position_still_moves_on(tiny: Tiny, org: UUID) -> None:
    await happen(tiny, org, "a.done", "b.done", "a.done", "b.done", "b.done")
    page = await changes(tiny, peer_bearer(org), types="a.done.v1, c.done.v1")
    assert [event["position"] for event in page["items"]] == [1, 3]
    assert (page["next"], page["position"], page["head"]) == (None, 5, 5)


async def test_what_is_not_stamped_yet_is_not_seen(tiny: Tiny, org: UUID) -> None:
    await happen(tiny, org, "a.done", stamp=False)
    assert (await changes(tiny, peer_bearer(org)))["items"] == []


async def test_one_organisation_never_sees_another(tiny: Tiny, org: UUID, world: World) -> None:
    await happen(tiny, org, "a.done")
    assert (await changes(tiny, peer_bearer(await world.new_org())))["items"] == []


async def test_a_long_poll_waits_for_news_and_no_longer(tiny: Tiny, org: UUID) -> None:
    who = peer_bearer(org)
    loop = asyncio.get_running_loop()
    begun = loop.time()
    waiting = [asyncio.create_task(changes(tiny, who, wait=10)) for _ in range(20)]
    await asyncio.sleep(0.1)
    await happen(tiny, org, "a.done")
    pages = await asyncio.gather(*waiting)
    assert all(len(page["items"]) == 1 for page in pages)
    assert loop.time() - begun < 5
    begun = loop.time()
    page = await changes(tiny, who, after=1, wait=0.4)
    assert (page["items"], page["position"]) == ([], 1)
    assert 0.3 < loop.time() - begun < 3


async def test_a_long_poll_for_one_type_is_not_ended_by_another(tiny: Tiny, org: UUID) -> None:
    waiting = asyncio.create_task(changes(tiny, peer_bearer(org), types="b.done.v1", wait=10))
    await asyncio.sleep(0.1)
    await happen(tiny, org, "a.done")
    await asyncio.sleep(0.4)
    assert not waiting.done()
    await happen(tiny, org, "b.done")
    page = await waiting
    assert [event["type"] for event in page["items"]] == ["b.done.v1"]


async def test_residents_see_what_concerns_their_dwellings_and_themselves(tiny: Tiny, org: UUID) -> None:
    home, me = uuid4(), uuid4()
    await happen(tiny, org, "mine.done", unit_id=str(home))
    await happen(tiny, org, "theirs.done", unit_id=str(uuid4()))
    await happen(tiny, org, "reported.done", unit_id=None, reporter_id=str(me))
    await happen(tiny, org, "internal.done")
    page = await changes(tiny, bearer("resident", org=org, sub=me, units=[home]))
    assert [event["type"] for event in page["items"]] == ["mine.done.v1", "reported.done.v1"]
    assert page["position"] == 4


async def test_staff_see_the_communities_of_their_units(tiny: Tiny, org: UUID) -> None:
    await happen(tiny, org, "east.done", community=EAST)
    await happen(tiny, org, "west.done", community=WEST)
    await happen(tiny, org, "everywhere.done")

    async def seen(*units: UUID, role: str = "clerk", **rest: Any) -> list[str]:
        page = await changes(tiny, bearer(role, org=org, units=units, **rest))
        return [event["type"].split(".")[0] for event in page["items"]]

    assert await seen(BRANCH) == ["east"]
    assert await seen(org) == ["east", "west", "everywhere"]
    assert await seen(uuid4()) == []
    assert await seen(org, role="integrator", scope=["changes.read"]) == ["east", "west", "everywhere"]


async def test_who_may_ask_for_what(tiny: Tiny, org: UUID) -> None:
    base = f"/{tiny.runtime.spec.name}/v1/changes"

    async def status(path: str, who: dict[str, str]) -> int:
        return (await tiny.http.get(base + path, headers=who)).status_code

    assert await status("", bearer("integrator", org=org, units=[org])) == 403
    assert await status("?limit=201", bearer("gm", org=org, units=[org])) == 422
    assert await status("?limit=1000", peer_bearer(org)) == 200
    assert await status("?limit=1001", peer_bearer(org)) == 422
    assert await status("?wait=26", peer_bearer(org)) == 422
    assert await status("?after=-1", peer_bearer(org)) == 422
    assert await status("/heads", bearer("gm", org=org, units=[org])) == 403
    assert await status("/heads", peer_bearer(NO_ORG)) == 200


async def test_heads_of_all_organisations_for_peers(tiny: Tiny, org: UUID, world: World) -> None:
    other = await world.new_org()
    await happen(tiny, org, "a.done", "a.done")
    await happen(tiny, other, "a.done")
    answer = await tiny.http.get(f"/{tiny.runtime.spec.name}/v1/changes/heads", headers=peer_bearer(NO_ORG))
    heads = answer.json()["heads"]
    assert (heads[str(org)], heads[str(other)]) == (2, 1)


async def stream(tiny: Tiny, who: dict[str, str], query: str, seen: list[str], **headers: str) -> None:
    """Read an event stream through bare ASGI, for httpx's transport waits for the end of an answer."""
    path = f"/{tiny.runtime.spec.name}/v1/changes/stream"
    given = {**who, **headers}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "scheme": "http",
        "server": ("tiny", 80),
        "client": ("127.0.0.1", 1),
        "headers": [(k.lower().encode(), v.encode()) for k, v in given.items()],
    }

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(3600)
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        seen.append(message.get("body", b"").decode())

    await tiny.app(scope, receive, send)  # type: ignore[arg-type]


async def until(seen: list[str], text: str) -> None:
    async with asyncio.timeout(5):
        while text not in "".join(seen):
            await asyncio.sleep(0.02)


async def test_a_stream_tells_what_is_new_and_goes_on_where_it_was(tiny: Tiny, org: UUID) -> None:
    await happen(tiny, org, "old.done")
    who = bearer("gm", org=org, units=[org])
    seen: list[str] = []
    running = asyncio.create_task(stream(tiny, who, "", seen))
    await until(seen, "retry:")
    await asyncio.sleep(0.1)
    await happen(tiny, org, "new.done")
    await until(seen, "new.done.v1")
    running.cancel()
    text = "".join(seen)
    assert "old.done" not in text
    block = next(part for part in text.split("\n\n") if "new.done" in part).splitlines()
    assert block[:2] == ["id: 2", "event: new.done.v1"]
    assert json.loads(block[2].removeprefix("data: "))["position"] == 2

    again: list[str] = []
    running = asyncio.create_task(stream(tiny, who, "", again, **{"Last-Event-ID": "0"}))
    await until(again, "new.done.v1")
    running.cancel()
    assert "old.done.v1" in "".join(again)


async def test_a_stream_ends_with_its_token(tiny: Tiny, org: UUID) -> None:
    seen: list[str] = []
    async with asyncio.timeout(8):
        await stream(tiny, bearer("gm", org=org, units=[org], ttl=-4), "", seen)
    assert seen[-1] == ""


async def test_operators_see_what_is_parked_without_what_it_says_about_people(tiny: Tiny, org: UUID) -> None:
    async with tiny.db.tx(org) as tx:
        for position in (1, 2, 3):
            event = Event(
                id=uuid7(),
                type="person.upserted.v1",
                source="elsewhere",
                org_id=org,
                community_id=None,
                subject=uuid7(),
                seq=1,
                position=position,
                occurred_at=tx.now,
                recorded_at=tx.now,
                actor_id=None,
                trace_id="",
                data={},
            )
            await parking.park(tx, event, "ValueError: 13800138000 is no number")
    url = f"/{tiny.runtime.spec.name}/v1/parked"
    assert (await tiny.http.get(url, headers=bearer("gm", org=org))).status_code == 403
    branch = await tiny.http.get(url, headers=bearer("ops", org=org, units=[uuid7()]))
    assert branch.json()["items"] == []  # G-012: they are of any branch
    ops = bearer("ops", org=org, units=[org])
    first = (await tiny.http.get(url, params={"limit": 2}, headers=ops)).json()
    rest = await tiny.http.get(url, params={"limit": 2, "cursor": first["next"]}, headers=ops)
    items = first["items"] + rest.json()["items"]
    assert [item["position"] for item in items] == [1, 2, 3]
    assert rest.json()["next"] is None
    assert "13800138000" not in json.dumps(items)
    assert items[0]["type"] == "person.upserted.v1"


async def test_replaying_what_is_not_parked_is_404(tiny: Tiny, org: UUID) -> None:
    url = f"/{tiny.runtime.spec.name}/v1/parked/{uuid4()}/replay"
    answer = await tiny.http.post(url, headers=bearer("ops", org=org, units=[org]))
    assert (answer.status_code, answer.json()["code"]) == (404, "messaging.parked_event.not_found")
    assert (await tiny.http.post(url, headers=bearer("clerk", org=org))).status_code == 403
