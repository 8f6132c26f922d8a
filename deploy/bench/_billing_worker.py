"""A process that does a job of billing as the worker does: ``python -m deploy.bench._billing_worker ORG KIND PAYLOAD``.

The benchmarks of billing start it, tell it to go on with a line when it says ``ready``, weigh it, and kill it.
``BENCH_SETTINGS`` holds billing's settings as JSON, ``PAYLOAD`` what the job is told.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID, uuid4

from deploy.bench._place import peak_of
from shared.db.provision import database_urls


async def main(org: UUID, kind: str, payload: Mapping[str, Any]) -> None:
    """Do the job to its end, from wherever it stands."""
    from services.billing.settings import Settings
    from services.billing.worker import JOBS, SERVICE
    from shared.runtime import Job, open_runtime

    settings = Settings(**json.loads(os.environ["BENCH_SETTINGS"]))
    async with open_runtime(SERVICE, settings) as rt:
        print("ready", flush=True)
        sys.stdin.readline()  # a worker is up already when a job is asked for
        await JOBS[kind](rt, Job(uuid4(), org, kind, dict(payload), 1, "bench"))


class Worker:
    """Such a process, from outside."""

    def __init__(self, admin: str, seed: str, org: UUID, kind: str, payload: Mapping[str, Any]) -> None:
        settings: dict[str, Any] = {
            **database_urls(admin, "billing", seed),
            "mode": "development",
            "development_secrets": True,
            "redis_url": "redis://127.0.0.1:1/0",  # only a bell: nothing rings it here
            "master_key": "11" * 32,
            "link_key": "22" * 32,
        }
        command = [sys.executable, "-m", "deploy.bench._billing_worker", str(org), kind, json.dumps(payload)]
        environment = {**os.environ, "BENCH_SETTINGS": json.dumps(settings)}
        self.process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self.process.stdin is not None and self.process.stdout is not None  # piped above
        self._in, self._out = self.process.stdin, self.process.stdout
        if self._out.readline() != b"ready\n":
            raise RuntimeError("the worker did not start")

    def go(self) -> None:
        """Have it begin."""
        self._in.write(b"go\n")
        self._in.flush()

    async def to_the_end(self) -> tuple[float, float]:
        """Its seconds, and the peak of its memory in MB."""
        with peak_of(lambda: [self.process.pid], every=0.2) as peak:
            began = time.monotonic()
            self.go()
            said = await asyncio.to_thread(self._out.readline)
            seconds = time.monotonic() - began
            code = await asyncio.to_thread(self.process.wait)
        if code or said != b"done\n":
            raise RuntimeError(f"the worker ended with {code}")
        return seconds, peak[0]

    async def killed_at(self, done: Callable[[], Awaitable[int]], limit: int) -> bool:
        """Let it work and kill it with -9 once so much is done; whether that met it at work."""
        self.go()
        while self.process.poll() is None:
            if await done() >= limit:
                self.process.send_signal(signal.SIGKILL)
                break
            await asyncio.sleep(0.01)
        return await asyncio.to_thread(self.process.wait) == -signal.SIGKILL


if __name__ == "__main__":
    asyncio.run(main(UUID(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])))
    print("done", flush=True)
