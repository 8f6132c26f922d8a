"""A claim takes one batch of jobs, however the server goes about it and however many wait."""

from __future__ import annotations

from uuid import UUID

import pytest

from shared.runtime import Job, Runtime
from shared.worker import jobs

WAITING = 5 * jobs.BATCH


async def enqueue(rt: Runtime, org: UUID, count: int) -> None:
    async with rt.db.tx(org, request_id="r-9") as tx:
        for _ in range(count):
            tx.enqueue("try", {})


async def states(rt: Runtime, org: UUID) -> dict[tuple[str, int], int]:
    async with rt.db.read(org) as tx:
        rows = await tx.raw.fetch(
            "SELECT state, attempts, count(*) AS n FROM alpha.jobs WHERE org_id = $1 GROUP BY state, attempts", org
        )
    return {(r["state"], r["attempts"]): r["n"] for r in rows}


@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
@pytest.mark.parametrize("never", [[], ["hashjoin"], ["hashjoin", "mergejoin"], ["nestloop"], ["hashjoin", "sort"]])
@pytest.mark.parametrize("lane", [None, jobs.DEFAULT])
async def test_a_claim_takes_one_batch_whatever_plan_the_server_makes_of_it(
    alpha: Runtime, tenant: UUID, mode: str, never: list[str], lane: str | None
) -> None:
    await enqueue(alpha, tenant, WAITING)
    ways = [f"SET plan_cache_mode = {mode}", *(f"SET enable_{way} = off" for way in never)]
    # The connection that came back last goes out first, so the claims get this one.
    async with alpha.db.plain() as raw:
        await raw.execute("; ".join(["DISCARD PLANS", *ways]))
    try:
        taken: list[Job] = []
        while found := await jobs.claim(alpha, tenant, lane):
            taken += found
            assert len(found) == jobs.BATCH
            counts = {("running", 1): len(taken), ("ready", 0): WAITING - len(taken)}
            assert await states(alpha, tenant) == {state: count for state, count in counts.items() if count}
        assert len({job.id for job in taken}) == len(taken) == WAITING
    finally:
        async with alpha.db.plain() as raw:
            await raw.execute("RESET ALL; DISCARD PLANS")
