"""Notify's worker without feeds to follow: its lanes of jobs alone. ``BENCH_SETTINGS`` holds notify's settings as JSON;
the channels' own are in the environment. The fanout benchmark weighs it and stops it."""

from __future__ import annotations

import json
import os
from uuid import UUID

import uvloop

from services.notify.settings import Settings
from services.notify.worker import SERVICE
from shared.runtime import open_runtime
from shared.telemetry import logs
from shared.worker.loops import Loops


async def _silent(org: UUID, head: int) -> None:
    return None


async def main() -> None:
    """Run jobs until killed."""
    settings = Settings(**json.loads(os.environ["BENCH_SETTINGS"]))
    logs.configure("notify", "worker", level="WARNING")
    async with open_runtime(SERVICE, settings) as rt:
        print("ready", flush=True)
        await Loops(rt, _silent).run_jobs()


if __name__ == "__main__":
    uvloop.run(main())
