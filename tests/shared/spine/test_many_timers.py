"""Timers of a kind that takes many at once: each once, in order, and none held up by a neighbour."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from shared.db.many import CHUNK
from shared.messaging import feed, sequencer
from shared.runtime import Runtime
from shared.timers import firing
from tests.shared.spine import toy
from tests.shared.spine.test_timers_and_jobs import name_of, state_of

T0 = datetime(2025, 3, 7, 1, 0, tzinfo=UTC)
MANY = CHUNK + 20


async def peal(rt: Runtime, org: UUID, at: datetime = T0, **timer: Any) -> UUID:
    return await toy.make(rt, org, kind="peal", at=at, **timer)


async def fired(rt: Runtime, org: UUID) -> list[str]:
    while await sequencer.stamp(rt.db, org):
        pass
    async with rt.db.read(org) as tx:
        return [e["subject"] for e in await feed.read(tx, after=0, limit=1000) if e["type"] == "thing.fired.v1"]


async def pending(rt: Runtime, org: UUID) -> dict[UUID, datetime]:
    async with rt.db.read(org) as tx:
        rows = await tx.raw.fetch(
            "SELECT subject_id, fire_at FROM alpha.timers WHERE org_id = $1 AND state = 'pending'", org
        )
    return {row["subject_id"]: row["fire_at"] for row in rows}


async def test_all_are_handled_in_one_run_each_at_its_own_instant(alpha: Runtime, tenant: UUID) -> None:
    things = [await peal(alpha, tenant, at=T0 + timedelta(seconds=n)) for n in range(MANY)]
    toy.RUNS.clear()
    assert await firing.fire_due(alpha, tenant, T0 + timedelta(hours=1)) == MANY
    assert toy.RUNS == [MANY]
    assert await fired(alpha, tenant) == [str(thing) for thing in things]  # the oldest first
    assert await name_of(alpha, tenant, things[7]) == (T0 + timedelta(seconds=7)).isoformat()
    assert set(await state_of(alpha, tenant, "timers")) == {("done", 1)}


async def test_each_is_told_once_though_four_workers_sweep(alpha: Runtime, tenant: UUID) -> None:
    things = [await peal(alpha, tenant) for _ in range(30)]
    await asyncio.gather(*(firing.fire_due(alpha, tenant, T0) for _ in range(4)))
    assert sorted(await fired(alpha, tenant)) == sorted(map(str, things))


async def test_one_that_fails_holds_up_nobody_and_is_tried_again_alone(alpha: Runtime, tenant: UUID) -> None:
    things = [await peal(alpha, tenant, payload={"fail": True} if n == 13 else {}) for n in range(20)]
    toy.RUNS.clear()
    await firing.fire_due(alpha, tenant, T0)
    assert toy.RUNS[0] == 20 and len(toy.RUNS) < 12  # halved, not taken one by one
    assert sorted(await fired(alpha, tenant)) == sorted(str(t) for n, t in enumerate(things) if n != 13)
    assert sorted(await state_of(alpha, tenant, "timers")) == [("done", 1)] * 19 + [("failed", 1)]
    assert await state_of(alpha, tenant, "jobs") == [("ready", 0)]


async def test_one_whose_thing_is_held_waits_for_the_next_look_and_blocks_nobody(alpha: Runtime, tenant: UUID) -> None:
    things = [await peal(alpha, tenant) for _ in range(5)]
    async with alpha.db.tx(tenant) as request:
        await request.one_or_none(
            select(toy.things).where(toy.things.c.org_id == tenant, toy.things.c.id == things[2]).with_for_update()
        )
        assert await firing.fire_due(alpha, tenant, T0) == 4  # while the request still holds it
    assert list(await pending(alpha, tenant)) == [things[2]]
    assert await firing.fire_due(alpha, tenant, T0) == 1
    assert len(await fired(alpha, tenant)) == 5


async def test_one_cancelled_or_moved_since_it_was_read_does_not_fire(alpha: Runtime, tenant: UUID) -> None:
    things = [await peal(alpha, tenant) for _ in range(5)]
    async with alpha.db.tx(tenant) as reader:
        rows = await reader.raw.fetch("SELECT * FROM alpha.timers WHERE org_id = $1 ORDER BY id", tenant)
        read = [firing._timer(row) for row in rows]
        async with alpha.db.tx(tenant) as request:
            request.cancel_timer("peal", things[0])
            request.set_timer("peal", things[1], T0 + timedelta(days=1))
        assert [t.subject_id for t in await firing.still_due(reader, read)] == things[2:]
    await firing.fire_due(alpha, tenant, T0)
    assert sorted(await fired(alpha, tenant)) == sorted(map(str, things[2:]))
    assert await pending(alpha, tenant) == {things[1]: T0 + timedelta(days=1)}


async def test_one_that_is_set_again_by_its_handler_stays_live_at_its_new_time(alpha: Runtime, tenant: UUID) -> None:
    again = await peal(alpha, tenant, payload={"again": 3})
    await peal(alpha, tenant)
    assert await firing.fire_due(alpha, tenant, T0) == 2
    assert await pending(alpha, tenant) == {again: T0 + timedelta(minutes=3)}
    assert await firing.fire_due(alpha, tenant, T0 + timedelta(minutes=2)) == 0
    assert await firing.fire_due(alpha, tenant, T0 + timedelta(minutes=3)) == 1
    assert sorted(await state_of(alpha, tenant, "timers")) == [("done", 1), ("done", 1)]


async def test_kinds_that_come_one_by_one_and_many_at_once_keep_their_order(alpha: Runtime, tenant: UUID) -> None:
    things = [
        await toy.make(alpha, tenant, kind="ring" if n == 3 else "peal", at=T0 + timedelta(seconds=n)) for n in range(6)
    ]
    assert await firing.fire_due(alpha, tenant, T0 + timedelta(minutes=1)) == 6
    assert await fired(alpha, tenant) == [str(thing) for thing in things]
