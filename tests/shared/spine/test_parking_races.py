"""Parking beside a replay of the same subject, and what is parked at all: what cannot be applied, not what passes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

import asyncpg
import pytest

from shared.contracts.envelope import Event
from shared.db.tx import Tx
from shared.messaging import parking, puller, sequencer
from shared.runtime import Runtime
from tests.shared.spine import toy


async def stamped(rt: Runtime, org: UUID) -> None:
    while await sequencer.stamp(rt.db, org) is not None:
        pass


async def parked_one(alpha: Runtime, beta: Runtime, org: UUID) -> tuple[UUID, UUID]:
    """A thing whose first event is parked at beta; the thing and the parked event."""
    thing = await toy.make(alpha, org)
    toy.REFUSED.add(thing)
    await stamped(alpha, org)
    await puller.pull(beta, "alpha", org)
    async with beta.db.read(org) as tx:
        [row] = await parking.list_parked(tx, limit=10)
    toy.REFUSED.clear()
    return thing, row["id"]


async def parked_now(beta: Runtime, org: UUID) -> int:
    async with beta.db.read(org) as tx:
        return len(await parking.list_parked(tx, limit=10))


async def test_an_event_that_arrives_during_a_replay_is_applied_behind_it(
    alpha: Runtime, beta: Runtime, tenant: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    thing, parked = await parked_one(alpha, beta, tenant)
    await toy.change(alpha, tenant, thing)
    await stamped(alpha, tenant)
    inside, go_on = asyncio.Event(), asyncio.Event()

    async def slow(tx: Tx, events: Sequence[Event]) -> None:
        await toy.on_thing(tx, events)
        if events[0].type == "thing.made.v1":
            inside.set()
            await go_on.wait()

    monkeypatch.setitem(beta.spec.subscriptions["alpha"], "thing.made.v1", slow)  # type: ignore[arg-type]
    replaying = asyncio.create_task(puller.replay(beta, tenant, parked))
    await inside.wait()
    pulling = asyncio.create_task(puller.pull(beta, "alpha", tenant))
    await asyncio.sleep(0.2)
    go_on.set()
    assert await replaying
    await pulling
    assert [r.seq for r in await toy.heard_rows(beta, tenant)] == [1, 2]
    assert await parked_now(beta, tenant) == 0


async def test_a_replay_takes_along_what_was_parked_while_it_waited(
    alpha: Runtime, beta: Runtime, tenant: UUID
) -> None:
    thing, parked = await parked_one(alpha, beta, tenant)
    await toy.change(alpha, tenant, thing)
    await stamped(alpha, tenant)
    peer: toy.DirectPeer = beta.peers["alpha"]  # type: ignore[assignment]
    page = await peer.get_json("", tenant, {"after": 1, "types": "thing.changed.v1", "limit": 10})
    async with beta.db.tx(tenant) as tx:
        # As the puller does: the look, then the parking, and between them a replay begins.
        assert await parking.parked_subjects(tx, "alpha", [thing]) == {thing}
        replaying = asyncio.create_task(puller.replay(beta, tenant, parked))
        await asyncio.sleep(0.2)
        await parking.park(tx, puller.from_json(page["items"][0]), "behind")
    assert await replaying
    assert [r.seq for r in await toy.heard_rows(beta, tenant)] == [1, 2]
    assert await parked_now(beta, tenant) == 0


@pytest.mark.parametrize("error", [asyncpg.DeadlockDetectedError, asyncpg.LockNotAvailableError, ConnectionResetError])
async def test_what_passes_by_itself_parks_nobody(
    alpha: Runtime, beta: Runtime, tenant: UUID, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    await toy.make(alpha, tenant)
    await stamped(alpha, tenant)

    async def unlucky(tx: Tx, events: Sequence[Event]) -> None:
        raise error("a neighbour was in the way")

    with monkeypatch.context() as patch:
        patch.setitem(beta.spec.subscriptions["alpha"], "thing.made.v1", unlucky)  # type: ignore[arg-type]
        with pytest.raises(error):
            await puller.pull(beta, "alpha", tenant)
    assert await parked_now(beta, tenant) == 0
    assert await puller.pull(beta, "alpha", tenant) == 1


async def test_an_event_whose_statement_takes_too_long_is_parked_and_does_not_hold_up_the_feed(
    alpha: Runtime, beta: Runtime, tenant: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, quick = await toy.make(alpha, tenant), await toy.make(alpha, tenant)
    await stamped(alpha, tenant)

    async def handle(tx: Tx, events: Sequence[Event]) -> None:
        if any(e.subject == slow for e in events):
            await tx.raw.execute("SET LOCAL statement_timeout = 50; SELECT pg_sleep(5)")
        await toy.on_thing(tx, events)

    monkeypatch.setitem(beta.spec.subscriptions["alpha"], "thing.made.v1", handle)  # type: ignore[arg-type]
    await puller.pull(beta, "alpha", tenant)
    assert [r.subject for r in await toy.heard_rows(beta, tenant)] == [quick]
    assert await parked_now(beta, tenant) == 1
