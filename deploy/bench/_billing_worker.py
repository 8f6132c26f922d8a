"""One process that does a billing run as the worker does: ``python -m deploy.bench._billing_worker ORG RUN``.

The billing run benchmark starts it, tells it to go on with a line when it says ``ready``, weighs it, and kills it.
``BENCH_SETTINGS`` holds billing's settings as JSON.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from uuid import UUID, uuid4

from services.billing.runs import tasks
from services.billing.settings import Settings
from services.billing.worker import SERVICE
from shared.runtime import Job, open_runtime


async def main(org: UUID, run_id: UUID) -> None:
    """Bill the run to its end, from wherever it stands."""
    settings = Settings(**json.loads(os.environ["BENCH_SETTINGS"]))
    async with open_runtime(SERVICE, settings) as rt:
        print("ready", flush=True)
        sys.stdin.readline()  # a worker is up already when a run is asked for
        await tasks.run(rt, Job(uuid4(), org, "billing.run", {"run_id": str(run_id)}, 1, "bench"))


if __name__ == "__main__":
    asyncio.run(main(UUID(sys.argv[1]), UUID(sys.argv[2])))
    print("done", flush=True)
