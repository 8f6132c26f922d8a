"""A process of kpi that values and closes as the service does: ``python -m deploy.bench._kpi_worker ORG``.

It is told by lines. ``values`` adds all computed indicators of the period for every community; ``seal`` closes the
letter of each. Both answer with a line of JSON. ``BENCH_SETTINGS`` holds kpi's settings.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from typing import Any
from uuid import UUID

from deploy.bench._kpi_rows import PERIOD
from shared.periods import Period


async def main(org: UUID) -> None:
    """Answer until there are no more lines."""
    from services.kpi.settings import Settings
    from services.kpi.worker import SERVICE
    from shared.runtime import open_runtime

    async with open_runtime(SERVICE, Settings(**json.loads(os.environ["BENCH_SETTINGS"]))) as rt:
        print("ready", flush=True)
        for line in sys.stdin:
            act = {"values": _values, "seal": _seal}[line.strip()]
            print(json.dumps(await act(rt, org)), flush=True)


async def _values(rt: Any, org: UUID) -> dict[str, Any]:
    from services.kpi.domain.catalogue import indicators
    from services.kpi.facts import values

    found: dict[str, tuple[str, str]] = {}
    began = time.monotonic()
    async with rt.db.tx(org) as tx:
        places = await _communities(tx, org)
        found_in = await values.sums(tx, None, places, Period.parse(PERIOD), everywhere=True)
    seconds = time.monotonic() - began
    for readings in found_in.values():
        for code, reading in readings.items():
            if reading.measured:
                top, bottom = found.get(code, ("0", "0"))
                scale = 100 if indicators()[code].fen else 1
                found[code] = (
                    str(int(top) + int((reading.numerator or 0) * scale)),
                    str(int(bottom) + int((reading.denominator or 0) * scale)),
                )
    return {"seconds": seconds, "communities": len(found_in), "sums": found}


async def _seal(rt: Any, org: UUID) -> dict[str, Any]:
    from services.kpi.letters import repository as letters
    from services.kpi.scorecards.closing import close

    async with rt.db.tx(org) as tx:
        places = {place.id: place for place in await _communities(tx, org)}
        rows = await tx.raw.fetch(f"SELECT id, community_id FROM {tx.schema}.letters WHERE org_id = $1", org)
    began, pinned = time.monotonic(), 0
    for row in rows:
        async with rt.db.tx(org) as tx:
            await letters.lock(tx, row["id"])
            letter = await letters.get(tx, row["id"])
            assert letter is not None  # it was listed above
            await close(tx, letter, places[row["community_id"]], Period.parse(PERIOD), None, None)
    seconds = time.monotonic() - began
    async with rt.db.tx(org) as tx:
        pinned = await tx.raw.fetchval(
            f"SELECT sum(cardinality(fact_ids)) FROM {tx.schema}.scorecard_items WHERE org_id = $1", org
        )
    return {"seconds": seconds, "cards": len(rows), "pinned": int(pinned or 0)}


async def _communities(tx: Any, org: UUID) -> Any:
    from services.kpi import access
    from shared.auth import Principal

    everything = Principal(sub=org, org=org, roles=frozenset({"gm"}), units=frozenset({org}))
    return await access.org_unit_communities(tx, everything, org)


if __name__ == "__main__":
    asyncio.run(main(UUID(sys.argv[1])))
