"""Runs a worker process: arq carries the bells, the loops do the work, both outlive the other's trouble.

A bell says only (source, organisation, position). Losing Redis, with everything in it, delays what is under way until
the next look at the heads and loses nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
from typing import Any
from uuid import UUID

import redis.asyncio as redis
import structlog
import uvloop
from arq import create_pool
from arq.connections import ArqRedis, RedisSettings
from arq.worker import Worker, func

from shared import clock
from shared.runtime import ServiceSpec, open_runtime
from shared.settings import SERVICES, ServiceSettings
from shared.worker.loops import Loops

log = structlog.get_logger(__name__)

_SUBSCRIBERS_SECONDS = 5.0
_FORGOTTEN_AFTER = 60.0


def queue_name(service: str) -> str:
    """The queue on which a service hears bells."""
    return f"steward:{service}:bells"


def subscribers_key(source: str) -> str:
    """The Redis set of services that follow ``source``; renewed by them every few seconds."""
    return f"steward:{source}:subscribers"


class Bells:
    """Rings the subscribers' queues, and forgets about it when Redis is away: the heads tell them later."""

    def __init__(self, service: str, settings: ServiceSettings) -> None:
        self.service = service
        self.settings = settings
        self._pool: ArqRedis | None = None
        self._seen: dict[str, float] = dict.fromkeys(set(SERVICES) - {service}, clock.monotonic())
        """When each subscriber was last known. A Redis that lost its data knows nobody for a moment, and whoever was
        forgotten then would hear of the next events only from the heads."""

    async def pool(self) -> ArqRedis:
        """The connection, made when first needed."""
        if self._pool is None:
            settings = RedisSettings.from_dsn(self.settings.redis_url)
            settings.conn_retries = 0
            settings.conn_timeout = 2
            self._pool = await create_pool(settings)
        return self._pool

    async def ring(self, org_id: UUID, head: int) -> None:
        """Tell everybody who follows this service that ``org_id`` has news up to ``head``."""
        try:
            pool = await self.pool()
            for name in list(self._seen):
                await pool.enqueue_job(
                    "bell", self.service, str(org_id), head, _queue_name=queue_name(name), _expires=60
                )
        except (redis.RedisError, OSError, TimeoutError) as error:
            log.warning("bell.lost", error=str(error)[:200])

    async def announce(self, sources: list[str]) -> None:
        """Say whom this service follows, and learn who follows it; for ever."""
        while True:
            try:
                pool = await self.pool()
                for source in sources:
                    await pool.sadd(subscribers_key(source), self.service)  # type: ignore[misc]
                found = await pool.smembers(subscribers_key(self.service))  # type: ignore[misc]
                now = clock.monotonic()
                self._seen |= {name.decode(): now for name in found}
                self._seen = {name: at for name, at in self._seen.items() if now - at < _FORGOTTEN_AFTER}
            except (redis.RedisError, OSError, TimeoutError) as error:
                log.warning("redis.away", error=str(error)[:200])
            await asyncio.sleep(_SUBSCRIBERS_SECONDS)

    async def close(self) -> None:
        """Close the connection."""
        if self._pool is not None:
            await self._pool.aclose()


async def _bell(ctx: dict[str, Any], source: str, org_id: str, head: int) -> None:
    ctx["loops"].hear(source, UUID(org_id))


async def _arq(service: str, settings: ServiceSettings, loops: Loops) -> None:
    """arq's own loop, made anew when Redis comes back."""
    while True:
        redis_settings = RedisSettings.from_dsn(settings.redis_url)
        redis_settings.conn_retries = 0
        redis_settings.conn_timeout = 2
        worker: Worker | None = None
        try:
            worker = Worker(
                functions=[func(_bell, name="bell", keep_result=0)],
                queue_name=queue_name(service),
                redis_settings=redis_settings,
                poll_delay=settings.worker_poll,
                keep_result=0,
                max_jobs=50,
                handle_signals=False,
                health_check_interval=3600,
                ctx={"loops": loops},
            )
            await worker.async_run()
        except (redis.RedisError, OSError, TimeoutError) as error:
            log.warning("queue.away", error=str(error)[:200])
        finally:
            if worker is not None:
                with contextlib.suppress(Exception):
                    await worker.close()
        await asyncio.sleep(0.5)


async def serve(spec: ServiceSpec, settings: ServiceSettings, stop: asyncio.Event) -> None:
    """Run a worker until ``stop`` is set. Raises StaleSchema when the schema is not this code's."""
    async with open_runtime(spec, settings) as rt:
        bells = Bells(spec.name, settings)
        loops = Loops(rt, bells.ring)
        tasks = [
            asyncio.create_task(loops.run(), name="loops"),
            asyncio.create_task(bells.announce(list(spec.subscriptions)), name="announce"),
            asyncio.create_task(_arq(spec.name, settings, loops), name="arq"),
        ]
        stopping = asyncio.create_task(stop.wait(), name="stop")
        await asyncio.wait([*tasks, stopping], return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        await loops.close()
        await bells.close()
        stopping.cancel()
        for result in results:
            if isinstance(result, Exception):
                raise result


def run_worker(spec: ServiceSpec, settings: ServiceSettings) -> None:
    """The main of a worker process: returns after SIGTERM or SIGINT."""

    async def main() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        await serve(spec, settings, stop)

    uvloop.run(main())
