"""Durable timers and jobs: fired in order at their own instant, once, after failures and beside cancellations."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from shared.errors import Permanent, Retryable, Throttled
from shared.messaging import feed, sequencer
from shared.runtime import Job, Runtime
from shared.timers import firing
from shared.worker import jobs
from tests.shared.spine import toy
from tests.support.world import Standing

T0 = datetime(2025, 3, 7, 1, 0, tzinfo=UTC)


async def name_of(rt: Runtime, org: UUID, thing: UUID) -> str:
    async with rt.db.read(org) as tx:
        found: str = await tx.scalar(
            select(toy.things.c.name).where(toy.things.c.org_id == org, toy.things.c.id == thing)
        )
    return found


async def state_of(rt: Runtime, org: UUID, table: str) -> list[tuple[str, int]]:
    async with rt.db.read(org) as tx:
        raw = await tx.driver()
        rows = await raw.fetch(f"SELECT state, attempts FROM alpha.{table} WHERE org_id = $1 ORDER BY id", org)
    return [(r["state"], r["attempts"]) for r in rows]


async def test_a_timer_fires_at_its_own_instant_and_in_order(
    alpha: Runtime, tenant: UUID, standing: Callable[[datetime], Standing]
) -> None:
    clock = standing(T0)
    late = await toy.make(alpha, tenant, at=T0 + timedelta(minutes=20))
    early = await toy.make(alpha, tenant, at=T0 + timedelta(minutes=10))
    assert await firing.fire_due(alpha, tenant, T0 + timedelta(minutes=9, seconds=59)) == 0
    clock.to(T0 + timedelta(hours=1))
    assert await firing.fire_due(alpha, tenant, T0 + timedelta(hours=1)) == 2
    assert await name_of(alpha, tenant, early) == (T0 + timedelta(minutes=10)).isoformat()
    assert await name_of(alpha, tenant, late) == (T0 + timedelta(minutes=20)).isoformat()
    while await sequencer.stamp(alpha.db, tenant):
        pass
    async with alpha.db.read(tenant) as tx:
        fired = [e for e in await feed.read(tx, after=0) if e["type"] == "thing.fired.v1"]
    assert [e["subject"] for e in fired] == [str(early), str(late)]
    assert fired[0]["occurred_at"] == "2025-03-07T01:10:00Z"


async def test_a_timer_fires_once_though_two_workers_sweep(alpha: Runtime, tenant: UUID) -> None:
    things = [await toy.make(alpha, tenant, at=T0) for _ in range(10)]
    await asyncio.gather(*(firing.fire_due(alpha, tenant, T0) for _ in range(4)))
    assert {s for s, _ in await state_of(alpha, tenant, "timers")} == {"done"}
    async with alpha.db.read(tenant) as tx:
        rows = await tx.rows(select(toy.things.c.version).where(toy.things.c.org_id == tenant))
    assert [r.version for r in rows] == [2] * len(things)


async def test_a_cancelled_timer_does_not_fire_though_its_handler_was_under_way(alpha: Runtime, tenant: UUID) -> None:
    thing = await toy.make(alpha, tenant, at=T0)
    async with alpha.db.tx(tenant) as request:
        # The request holds the thing, as a clerk's command does; the timer's handler waits for it.
        await request.one_or_none(
            select(toy.things).where(toy.things.c.org_id == tenant, toy.things.c.id == thing).with_for_update()
        )
        firing_task = asyncio.create_task(firing.fire_due(alpha, tenant, T0))
        await asyncio.sleep(0.1)
        request.cancel_timer("ring", thing)
    await firing_task
    assert await state_of(alpha, tenant, "timers") == [("cancelled", 0)]
    assert await name_of(alpha, tenant, thing) == "a"


async def test_a_failing_timer_is_seen_and_tried_again_and_holds_up_nobody(alpha: Runtime, tenant: UUID) -> None:
    await toy.make(alpha, tenant, at=T0, payload={"fail": True})
    good = await toy.make(alpha, tenant, at=T0 + timedelta(seconds=1))
    await firing.fire_due(alpha, tenant, T0 + timedelta(seconds=2))
    assert await name_of(alpha, tenant, good) != "a"
    assert sorted(await state_of(alpha, tenant, "timers")) == [("done", 1), ("failed", 1)]
    assert await state_of(alpha, tenant, "jobs") == [("ready", 0)]
    async with alpha.db.tx(tenant) as tx:
        raw = await tx.driver()
        await raw.execute("UPDATE alpha.jobs SET run_at = $2 WHERE org_id = $1", tenant, tx.wall)
    assert await jobs.run_due(alpha, tenant) == 1
    assert ("pending", 1) in await state_of(alpha, tenant, "timers")


async def test_moving_a_timer_leaves_one(alpha: Runtime, tenant: UUID) -> None:
    thing = await toy.make(alpha, tenant, at=T0)
    async with alpha.db.tx(tenant) as tx:
        tx.set_timer("ring", thing, T0 + timedelta(days=1))
    assert await firing.fire_due(alpha, tenant, T0) == 0
    assert len(await state_of(alpha, tenant, "timers")) == 1


async def enqueue(rt: Runtime, org: UUID) -> None:
    async with rt.db.tx(org, request_id="r-42") as tx:
        tx.enqueue("try", {"n": 1})


def with_job(monkeypatch: pytest.MonkeyPatch, rt: Runtime, handler: Any) -> None:
    monkeypatch.setitem(rt.spec.jobs, "try", handler)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("error", "left"),
    [
        (None, []),
        (Retryable("later"), [("ready", 1)]),
        (Throttled(30), [("ready", 1)]),
        (Permanent("never"), [("dead", 1)]),
        (RuntimeError("a bug"), [("ready", 1)]),
    ],
)
async def test_what_a_job_raises_decides_what_becomes_of_it(
    alpha: Runtime, tenant: UUID, monkeypatch: pytest.MonkeyPatch, error: Exception | None, left: list[Any]
) -> None:
    seen: list[Job] = []

    async def handler(rt: Runtime, job: Job) -> None:
        seen.append(job)
        if error is not None:
            raise error

    with_job(monkeypatch, alpha, handler)
    await enqueue(alpha, tenant)
    await jobs.run_due(alpha, tenant)
    assert [(j.payload, j.attempts, j.request_id) for j in seen] == [({"n": 1}, 1, "r-42")]
    assert await state_of(alpha, tenant, "jobs") == left


async def test_a_job_of_a_dead_worker_is_taken_again_when_its_lease_ends(alpha: Runtime, tenant: UUID) -> None:
    await enqueue(alpha, tenant)
    assert len(await jobs.claim(alpha, tenant)) == 1  # and the worker dies here
    assert await jobs.claim(alpha, tenant) == []
    async with alpha.db.tx(tenant) as tx:
        raw = await tx.driver()
        await raw.execute("UPDATE alpha.jobs SET run_at = $2 WHERE org_id = $1", tenant, tx.wall)
    again = await jobs.claim(alpha, tenant)
    assert [j.attempts for j in again] == [2]


async def test_two_workers_never_claim_the_same_job(alpha: Runtime, tenant: UUID) -> None:
    for _ in range(40):
        await enqueue(alpha, tenant)
    claimed = await asyncio.gather(*(jobs.claim(alpha, tenant) for _ in range(4)))
    ids = [j.id for batch in claimed for j in batch]
    assert len(ids) == len(set(ids)) == 40
