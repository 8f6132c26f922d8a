"""The worker has no port: what it reports with its heartbeat shows on its service's /metrics and /readyz."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from shared import clock
from shared.db.flush import dumps
from shared.runtime import Runtime
from shared.worker.loops import Loops
from tests.shared.http.support import FakeRuntime, serve
from tests.support.world import World

BACKLOG = {
    "unstamped": 7,
    "timers_due": 3,
    "timers_failed": 1,
    "jobs_waiting": 5,
    "jobs_dead": 2,
    "parked": 4,
    "behind": {"ticketing": 12},
    "heard": {},
}


@pytest.fixture
async def billing(world: World) -> AsyncIterator[Runtime]:
    """Billing's runtime, without any heartbeat."""
    rt = world.runtime("billing")
    await _forget(rt)
    yield rt
    await _forget(rt)


async def _forget(rt: Runtime) -> None:
    async with rt.db.plain() as raw:
        await raw.execute(f"DELETE FROM {rt.spec.name}.heartbeats")


async def _beat(rt: Runtime, process: str, seconds_ago: float, detail: dict[str, Any]) -> None:
    async with rt.db.plain() as raw:
        await raw.execute(
            f"INSERT INTO {rt.spec.name}.heartbeats (process, beat_at, detail) VALUES ($1, $2, $3)",
            process,
            clock.wall() - timedelta(seconds=seconds_ago),
            dumps(detail),
        )


async def _gauges(api: httpx.AsyncClient, service: str = "billing") -> dict[str, float]:
    page = await api.get(f"/{service}/metrics")
    assert page.status_code == 200
    found = {}
    for line in page.text.splitlines():
        if not line.startswith("#") and f'service="{service}"' in line:
            name, _, value = line.rpartition(" ")
            found[name.replace(f'service="{service}"', "").replace("{}", "").replace("{,", "{")] = float(value)
    return found


async def test_the_api_shows_what_the_worker_reported_last(billing: Runtime, api: httpx.AsyncClient) -> None:
    await _beat(billing, "billing-worker-dead", 900, {**BACKLOG, "parked": 99})
    await _beat(billing, "billing-worker-alive", 2, BACKLOG)
    gauges = await _gauges(api)
    assert gauges["steward_feed_unsequenced"] == 7
    assert gauges["steward_timers_due"] == 3
    assert gauges["steward_timers_failed"] == 1
    assert gauges["steward_jobs_waiting"] == 5
    assert gauges["steward_jobs_dead"] == 2
    assert gauges["steward_parked_events"] == 4
    assert gauges['steward_feed_lag_events{source="ticketing"}'] == 12
    assert 2 <= gauges["steward_worker_heartbeat_age_seconds"] < 12


async def test_a_worker_that_never_reported_is_infinitely_late(billing: Runtime, api: httpx.AsyncClient) -> None:
    gauges = await _gauges(api)
    assert gauges["steward_worker_heartbeat_age_seconds"] == math.inf
    assert math.isnan(gauges["steward_parked_events"])


async def test_the_page_is_served_while_the_database_is_away() -> None:
    class Away(FakeRuntime):
        async def heartbeat(self) -> None:
            raise ConnectionRefusedError("nobody there")

    async with serve([], runtime=Away()) as tiny:
        page = await tiny.http.get("/tiny/metrics")
    assert page.status_code == 200
    assert 'steward_worker_heartbeat_age_seconds{service="tiny"} NaN' in page.text


async def test_a_real_heartbeat_carries_the_backlog_and_the_lag_of_each_source(
    billing: Runtime, org: UUID, api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ring(org_id: UUID, head: int) -> None:
        """Nobody listens."""

    async def no_pause(seconds: float) -> None:
        """A turn of a loop, without the wait at its end."""

    loops = Loops(billing, ring)
    monkeypatch.setattr("shared.worker.loops.asyncio.sleep", no_pause)
    monkeypatch.setattr(Loops, "hear", lambda self, source, org_id: None)
    await loops._compare("ticketing", {org: 5})
    await loops._heartbeat()
    checks = (await api.get("/billing/readyz")).json()["checks"]
    assert checks["worker"]["ok"] is True
    assert checks["lags"]["ok"] is True
    assert checks["lags"]["behind"] == {"ticketing": 5}
    assert checks["lags"].keys() >= {"unstamped", "timers_due", "jobs_waiting", "jobs_dead", "parked", "heard"}
    assert (await _gauges(api))['steward_feed_lag_events{source="ticketing"}'] == 5

