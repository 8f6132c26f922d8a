"""The loops of a worker: sequencer, timers, jobs, pullers, heads, heartbeat, listener.

Each survives what it needs being away: a loop that fails says so, waits and goes on. Being woken is a hint; every
loop also sweeps, so that a lost hint costs a moment and never an event.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any
from uuid import UUID

import asyncpg
import structlog

from shared import clock
from shared.auth.principal import NO_ORG
from shared.db import organisations
from shared.db.database import channel, is_connection_error
from shared.db.flush import dumps
from shared.errors import AppError, PeerDown
from shared.messaging import parking, puller, sequencer
from shared.runtime import Runtime
from shared.telemetry import metrics
from shared.timers import firing
from shared.worker import housekeeping, jobs

log = structlog.get_logger(__name__)

Ring = Callable[[UUID, int], Awaitable[None]]

SWEEP_SECONDS = 1.0
TIMER_SWEEP_SECONDS = 0.5
#: Full batches of one organisation before the others have their turn again.
TIMER_BATCHES = 10
SIMULATED_POLL_SECONDS = 0.02
#: At least so many events a second since the last look, then so many seconds until the next.
PAUSES = ((400, 0.4), (100, 0.15), (0, 0.01))
#: A look's events are counted over at least so many seconds: a few that come together are no load.
SHORTEST = 0.2
HEARTBEAT_SECONDS = 3.0


def gather(events: int, seconds: float) -> float:
    """How long to let work gather before the next look: hardly while it is calm, a moment under load.

    One stamp, one bell and one page for many commits leave the machine to those who wait for an answer. What counts is
    the rate: judged by the events of one look, a long pause finds many and so brings about the next long one.
    """
    rate = events / max(seconds, SHORTEST)
    return next(pause for least, pause in PAUSES if rate >= least)


class Loops:
    """The background work of one worker process."""

    def __init__(self, rt: Runtime, ring: Ring) -> None:
        self.rt = rt
        self.ring = ring
        self.process = f"{rt.spec.name}-worker-{os.getpid()}"
        self.feed_wake = asyncio.Event()
        self.timer_wake = asyncio.Event()
        self.job_wakes = {lane: asyncio.Event() for lane in sorted({jobs.DEFAULT, *rt.spec.lanes.values()})}
        self._dirty: dict[tuple[str, UUID], asyncio.Event] = {}
        self._pullers: dict[tuple[str, UUID], asyncio.Task[None]] = {}
        self._heard: dict[str, str] = {}
        """When each source last answered (wall time): what lets a service say that a source is silent."""
        self._behind: dict[str, int] = {}
        """Events of each source not applied yet, when its heads were last looked at."""
        self._looked = clock.monotonic()
        """When the feed was last looked at."""
        rt.db.on_commit = self.wake

    def wake(self) -> None:
        """Something was committed: look at the feed, the timers and the jobs."""
        self.feed_wake.set()
        self.timer_wake.set()
        for wake in self.job_wakes.values():
            wake.set()

    def hear(self, source: str, org_id: UUID) -> None:
        """A bell (or a head) says there is more to pull."""
        if source not in self.rt.spec.subscriptions:
            return
        key = (source, org_id)
        event = self._dirty.setdefault(key, asyncio.Event())
        event.set()
        if key not in self._pullers:
            self._pullers[key] = asyncio.create_task(self._follow(source, org_id), name=f"pull:{source}:{org_id}")

    async def run(self) -> None:
        """Run all loops until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._forever("listen", self._listen))
            group.create_task(self._forever("sequence", self._sequence))
            group.create_task(self._forever("timers", self._timers))
            for lane in self.job_wakes:
                group.create_task(self._forever(f"jobs:{lane}", partial(self._jobs, lane)))
            group.create_task(self._forever("heads", self._heads))
            group.create_task(self._forever("heartbeat", self._heartbeat))
            group.create_task(self._forever("housekeeping", self._keep_house))

    async def run_jobs(self) -> None:
        """Run the lanes alone until cancelled: of a process that follows nobody (a benchmark's)."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._forever("listen", self._listen))
            for lane in self.job_wakes:
                group.create_task(self._forever(f"jobs:{lane}", partial(self._jobs, lane)))

    async def close(self) -> None:
        """Stop the pullers."""
        for task in self._pullers.values():
            task.cancel()
        await asyncio.gather(*self._pullers.values(), return_exceptions=True)

    async def _forever(self, name: str, turn: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await turn()
            except Exception as error:
                away = is_connection_error(error) or isinstance(error, PeerDown)
                (log.warning if away else log.exception)("loop.failed", loop=name, error=str(error)[:500])
                await asyncio.sleep(0.5)

    async def _pause(self, event: asyncio.Event, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await event.wait()
        event.clear()

    async def _listen(self) -> None:
        """One connection of its own hears the writers' NOTIFY; when it breaks, sweeping carries on."""
        connection = await asyncpg.connect(self.rt.settings.database_url, timeout=5)
        broken = asyncio.Event()
        try:
            connection.add_termination_listener(lambda _: broken.set())
            await connection.add_listener(channel(self.rt.spec.name), lambda *_: self.wake())
            await broken.wait()
        finally:
            with contextlib.suppress(Exception):
                await connection.close(timeout=1)

    async def _sequence(self) -> None:
        await self._pause(self.feed_wake, SWEEP_SECONDS)
        most = 0
        for org_id in await sequencer.organisations_waiting(self.rt.db):
            count = sequencer.BATCH
            while count == sequencer.BATCH and (stamped := await sequencer.stamp(self.rt.db, org_id)) is not None:
                head, count = stamped
                most = max(most, count)
                metrics.EVENTS_SEQUENCED.labels(self.rt.spec.name).inc(count)
                await self.ring(org_id, head)
        looked, self._looked = self._looked, clock.monotonic()
        await asyncio.sleep(gather(most, self._looked - looked))

    async def _timers(self) -> None:
        now = clock.now()
        fired = 0
        for org_id in await firing.organisations_due(self.rt, now):
            for _ in range(TIMER_BATCHES):
                fired += (count := await firing.fire_due(self.rt, org_id, now))
                if count < firing.BATCH:
                    break
        if not fired:
            await self._wait_for_time(now)

    async def _wait_for_time(self, seen: Any) -> None:
        simulated = clock.simulated()
        if simulated is None:
            await self._pause(self.timer_wake, TIMER_SWEEP_SECONDS)
            return
        # A simulated clock jumps: look at it often (that is cheap), at the database only when it moved.
        end = clock.monotonic() + TIMER_SWEEP_SECONDS
        while clock.monotonic() < end and not self.timer_wake.is_set():
            instant, running = simulated.read()
            if not running and instant != seen:
                break
            await asyncio.sleep(SIMULATED_POLL_SECONDS)
        self.timer_wake.clear()

    async def _jobs(self, lane: str) -> None:
        ran = 0
        for org_id in await jobs.organisations_due(self.rt):
            ran += await jobs.run_due(self.rt, org_id, lane)
        if not ran:
            await self._pause(self.job_wakes[lane], SWEEP_SECONDS)

    async def _follow(self, source: str, org_id: UUID) -> None:
        dirty = self._dirty[(source, org_id)]
        while True:
            await dirty.wait()
            dirty.clear()
            try:
                # No pause of its own under load: bells come as the source's sequencer gathers, one for many events.
                await puller.pull(self.rt, source, org_id)
                await asyncio.sleep(PAUSES[-1][1])
            except Exception as error:
                away = is_connection_error(error) or isinstance(error, AppError)
                (log.warning if away else log.exception)("pull.failed", source=source, error=str(error)[:500])
                await asyncio.sleep(0.5)
                dirty.set()

    async def _heads(self) -> None:
        """Every few seconds: what do the sources have, so that a lost bell or a new organisation is found."""
        for source in self.rt.spec.subscriptions:
            try:
                heads = await self.rt.peers[source].get_json(f"/{source}/v1/changes/heads", NO_ORG)
            except PeerDown as error:
                log.info("heads.peer_down", source=source, error=str(error)[:200])
                continue
            self._heard[source] = clock.wall().isoformat()
            await self._compare(source, {UUID(org): int(head) for org, head in heads["heads"].items()})
        await asyncio.sleep(self.rt.settings.heads_interval)

    async def _compare(self, source: str, heads: dict[UUID, int]) -> None:
        async with self.rt.db.plain() as raw:
            known = set(await organisations.known(raw, self.rt.spec.name))
            for org_id in heads.keys() - known:
                await organisations.remember(raw, self.rt.spec.name, org_id)
        lag = 0
        for org_id, head in heads.items():
            position = await puller.cursor(self.rt.db, org_id, source)
            if position < head:
                lag += head - position
                await puller.hear_head(self.rt.db, org_id, source, head)
                self.hear(source, org_id)
        self._behind[source] = lag

    async def _keep_house(self) -> None:
        await housekeeping.keep_house(self.rt)
        await asyncio.sleep(housekeeping.INTERVAL_SECONDS)

    async def _heartbeat(self) -> None:
        detail = {**await self._backlog(), "heard": self._heard, "behind": self._behind}
        async with self.rt.db.plain() as raw:
            s = self.rt.spec.name
            await raw.execute(
                f"INSERT INTO {s}.heartbeats (process, beat_at, detail) VALUES ($1, $2, $3) "
                "ON CONFLICT (process) DO UPDATE SET beat_at = excluded.beat_at, detail = excluded.detail",
                self.process,
                clock.wall(),
                dumps(detail),
            )
        await asyncio.sleep(HEARTBEAT_SECONDS)

    async def _backlog(self) -> dict[str, int]:
        s = self.rt.spec.name
        async with self.rt.db.sweep() as raw:
            unstamped = await raw.fetchval(f"SELECT count(*) FROM {s}.feed WHERE position IS NULL")
            due = await raw.fetchval(
                f"SELECT count(*) FROM {s}.timers WHERE state = 'pending' AND fire_at <= $1", clock.now()
            )
            waiting = await raw.fetchval(f"SELECT count(*) FROM {s}.jobs WHERE state IN ('ready', 'running')")
            dead = await raw.fetchval(f"SELECT count(*) FROM {s}.jobs WHERE state = 'dead'")
            failed = await raw.fetchval(f"SELECT count(*) FROM {s}.timers WHERE state = 'failed'")
        parked = 0
        async with self.rt.db.plain() as raw:
            orgs = await organisations.known(raw, s)
        for org_id in orgs[:200]:
            async with self.rt.db.read(org_id) as tx:
                parked += await parking.count(tx.raw, s)
        return {
            "unstamped": unstamped,
            "timers_due": due,
            "timers_failed": failed,
            "jobs_waiting": waiting,
            "jobs_dead": dead,
            "parked": parked,
        }
