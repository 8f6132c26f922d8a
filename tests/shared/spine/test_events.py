"""Outbox, sequencer, pulled feed, parking: committed once, applied once, in order, whatever is killed."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import select

from shared.messaging import feed, parking, puller, sequencer
from shared.runtime import Runtime
from tests.shared.spine import toy


async def stamp_all(rt: Runtime, org: UUID) -> None:
    while await sequencer.stamp(rt.db, org) is not None:
        pass


async def test_an_event_is_there_exactly_when_its_cause_is(alpha: Runtime, tenant: UUID) -> None:
    kept = await toy.make(alpha, tenant)
    with pytest.raises(RuntimeError):
        async with alpha.db.tx(tenant) as tx:
            tx.emit("thing.made.v1", subject=kept, seq=2, data={})
            raise RuntimeError("the write is refused")
    await stamp_all(alpha, tenant)
    async with alpha.db.read(tenant) as tx:
        events = await feed.read(tx, after=0)
    assert [e["subject"] for e in events] == [str(kept)]


async def test_positions_are_gap_free_under_concurrent_writers_and_sequencers(alpha: Runtime, tenant: UUID) -> None:
    things = [await toy.make(alpha, tenant) for _ in range(3)]

    async def write(index: int) -> None:
        for _ in range(8):
            await toy.change(alpha, tenant, things[index % 3])

    async def stamp() -> None:
        for _ in range(20):
            await sequencer.stamp(alpha.db, tenant)
            await asyncio.sleep(0)

    await asyncio.gather(write(0), write(1), write(2), write(0), stamp(), stamp())
    await stamp_all(alpha, tenant)
    async with alpha.db.read(tenant) as tx:
        events = await feed.read(tx, after=0)
        assert await feed.head(tx) == len(events)
    assert [e["position"] for e in events] == list(range(1, 3 + 32 + 1))
    for thing in things:
        seqs = [e["seq"] for e in events if e["subject"] == str(thing)]
        assert seqs == list(range(1, len(seqs) + 1))


async def test_a_transaction_that_commits_late_still_gets_its_place(alpha: Runtime, tenant: UUID) -> None:
    async with alpha.db.tx(tenant) as slow:
        slow.emit("thing.made.v1", subject=tenant, seq=1, data={"slow": True})
        await toy.make(alpha, tenant)
        await stamp_all(alpha, tenant)
    await stamp_all(alpha, tenant)
    async with alpha.db.read(tenant) as tx:
        events = await feed.read(tx, after=0)
    assert [e["position"] for e in events] == [1, 2]
    assert events[1]["data"] == {"slow": True}


async def test_effects_and_cursor_move_together(alpha: Runtime, beta: Runtime, tenant: UUID) -> None:
    for _ in range(5):
        await toy.make(alpha, tenant)
    await stamp_all(alpha, tenant)
    assert await puller.pull(beta, "alpha", tenant) == 5
    assert await puller.pull(beta, "alpha", tenant) == 0
    assert await puller.cursor(beta.db, tenant, "alpha") == 5
    assert [r.position for r in await toy.heard_rows(beta, tenant)] == [1, 2, 3, 4, 5]


async def test_two_pullers_apply_each_event_once(alpha: Runtime, beta: Runtime, tenant: UUID) -> None:
    for _ in range(20):
        await toy.make(alpha, tenant)
    await stamp_all(alpha, tenant)
    done = await asyncio.gather(*(puller.pull(beta, "alpha", tenant) for _ in range(4)))
    assert sum(done) == 20
    assert len(await toy.heard_rows(beta, tenant)) == 20


async def test_a_refused_event_parks_its_subject_and_the_feed_goes_on(
    alpha: Runtime, beta: Runtime, tenant: UUID
) -> None:
    bad, good = await toy.make(alpha, tenant), await toy.make(alpha, tenant)
    toy.REFUSED.add(bad)
    await toy.change(alpha, tenant, bad)
    await toy.change(alpha, tenant, good)
    await stamp_all(alpha, tenant)
    await puller.pull(beta, "alpha", tenant)
    assert [(r.subject, r.seq) for r in await toy.heard_rows(beta, tenant)] == [(good, 1), (good, 2)]
    # Later events of a parked subject park behind it, also when they would apply.
    toy.REFUSED.clear()
    await toy.change(alpha, tenant, bad)
    await stamp_all(alpha, tenant)
    await puller.pull(beta, "alpha", tenant)
    async with beta.db.read(tenant) as tx:
        parked = await parking.list_parked(tx, limit=10)
    assert [p["seq"] if "seq" in p else p["position"] for p in parked] == [1, 3, 5]
    assert "refused by the test" in parked[0]["error"]
    # Replay applies them in order, once.
    assert await puller.replay(beta, tenant, parked[2]["id"])
    rows = [(r.seq) for r in await toy.heard_rows(beta, tenant) if r.subject == bad]
    assert sorted(rows) == [1, 2, 3]
    async with beta.db.read(tenant) as tx:
        assert await parking.list_parked(tx, limit=10) == []


async def test_replay_stops_at_the_first_that_still_refuses(alpha: Runtime, beta: Runtime, tenant: UUID) -> None:
    bad = await toy.make(alpha, tenant)
    toy.REFUSED.add(bad)
    await toy.change(alpha, tenant, bad)
    await stamp_all(alpha, tenant)
    await puller.pull(beta, "alpha", tenant)
    async with beta.db.read(tenant) as tx:
        parked = await parking.list_parked(tx, limit=10)
    assert not await puller.replay(beta, tenant, parked[0]["id"])
    async with beta.db.read(tenant) as tx:
        again = await parking.list_parked(tx, limit=10)
    assert len(again) == 2
    assert again[0]["attempts"] == 2


async def test_a_puller_that_dies_before_its_commit_has_applied_nothing(
    alpha: Runtime, beta: Runtime, tenant: UUID
) -> None:
    await toy.make(alpha, tenant)
    await stamp_all(alpha, tenant)
    peer: toy.DirectPeer = beta.peers["alpha"]  # type: ignore[assignment]
    peer.gate = asyncio.Event()
    task = asyncio.create_task(puller.pull(beta, "alpha", tenant))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    peer.gate = None
    assert await toy.heard_rows(beta, tenant) == []
    assert await puller.pull(beta, "alpha", tenant) == 1


async def test_the_feed_of_another_organisation_is_another_feed(alpha: Runtime, tenant: UUID) -> None:
    other = toy.uuid7()
    await toy.make(alpha, tenant)
    await toy.make(alpha, other)
    await stamp_all(alpha, tenant)
    await stamp_all(alpha, other)
    heads = await feed.all_heads(alpha.db)
    assert heads[tenant] == heads[other] == 1
    async with alpha.db.read(tenant) as tx:
        assert len(await tx.rows(select(toy.things).where(toy.things.c.org_id == other))) == 0
