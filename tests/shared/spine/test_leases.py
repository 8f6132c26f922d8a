"""A job's lease: short, so that a dead worker's work is soon taken up; renewed, so that a living one's is not."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from shared.errors import Permanent
from shared.runtime import Job, Runtime
from shared.worker import jobs


async def enqueue(rt: Runtime, org: UUID, count: int = 1) -> None:
    async with rt.db.tx(org, request_id="r-7") as tx:
        for _ in range(count):
            tx.enqueue("try", {})


async def stored(rt: Runtime, org: UUID) -> list[tuple[str, int]]:
    async with rt.db.read(org) as tx:
        rows = await tx.raw.fetch("SELECT state, attempts FROM alpha.jobs WHERE org_id = $1", org)
    return [(r["state"], r["attempts"]) for r in rows]


async def test_a_long_job_keeps_its_lease_and_is_taken_by_nobody_else(
    alpha: Runtime, tenant: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "LEASE", timedelta(seconds=0.6))
    runs = []

    async def slow(rt: Runtime, job: Job) -> None:
        runs.append(job.attempts)
        await asyncio.sleep(1.5)

    monkeypatch.setitem(alpha.spec.jobs, "try", slow)  # type: ignore[arg-type]
    await enqueue(alpha, tenant)
    running = asyncio.create_task(jobs.run_due(alpha, tenant))
    for _ in range(6):
        await asyncio.sleep(0.2)
        assert await jobs.claim(alpha, tenant) == []
    await running
    assert runs == [1]
    assert await stored(alpha, tenant) == []


async def test_whoever_lost_the_lease_meanwhile_records_nothing(
    alpha: Runtime, tenant: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stalled(rt: Runtime, job: Job) -> None:
        # The whole process stood still for longer than the lease, and somebody else took the job.
        async with rt.db.tx(job.org_id) as tx:
            await tx.raw.execute("UPDATE alpha.jobs SET run_at = $2 WHERE org_id = $1", job.org_id, tx.wall)
        assert [j.attempts for j in await jobs.claim(rt, job.org_id)] == [2]
        raise Permanent("what the first one found does not count any more")

    monkeypatch.setitem(alpha.spec.jobs, "try", stalled)  # type: ignore[arg-type]
    await enqueue(alpha, tenant)
    await jobs.run_due(alpha, tenant)
    assert await stored(alpha, tenant) == [("running", 2)]


async def test_an_error_of_the_database_in_one_job_lets_the_others_of_its_batch_end(
    alpha: Runtime, tenant: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[Any] = []

    async def work(rt: Runtime, job: Job) -> None:
        if not ended:
            ended.append("broken")
            raise ConnectionResetError("the server went away")
        await asyncio.sleep(0.1)
        ended.append("done")

    monkeypatch.setitem(alpha.spec.jobs, "try", work)  # type: ignore[arg-type]
    await enqueue(alpha, tenant, 3)
    with pytest.raises(ConnectionResetError):
        await jobs.run_due(alpha, tenant)
    assert ended == ["broken", "done", "done"]
    assert await stored(alpha, tenant) == [("running", 1)]
