"""Billing 2,000 units: short transactions, and fast enough to wait for."""

from __future__ import annotations

from uuid import UUID

from services.billing.runs import service
from shared import clock
from tests.billing.village import Village, tell
from tests.support.world import World


async def test_a_run_of_2000_units_takes_chunks_of_under_a_second(village: Village, world: World) -> None:
    for _ in range(4):
        await tell(world, village.org, [e for _ in range(500) for e in village.unit("90.25")])
    await village.standard("2.85")
    started = await village.post("billing-runs", {"community_id": str(village.id), "period": "2025-01"})
    run_id, slowest, more = UUID(started.json()["id"]), 0.0, True
    while more:
        begun = clock.monotonic()
        async with world.runtime("billing").db.tx(village.org) as tx:
            more = await service.bill_chunk(tx, run_id, 500)
        slowest = max(slowest, clock.monotonic() - begun)
    run = await village.get(f"billing-runs/{run_id}")
    assert (run["state"], run["billed"], run["balanced"]) == ("done", 2002, True)
    assert slowest < 1.0
