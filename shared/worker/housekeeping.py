"""What a service must do for itself over the years: partitions ahead, and nothing kept beyond its time."""

from __future__ import annotations

import structlog

from shared import clock
from shared.db import organisations
from shared.db.ddl import partition_statements
from shared.db.idempotency import KEPT
from shared.db.versions import MONTHS_AHEAD
from shared.runtime import Runtime

log = structlog.get_logger(__name__)

INTERVAL_SECONDS = 3600.0


async def keep_house(rt: Runtime) -> None:
    """One round: log partitions of the coming months, and idempotency keys older than seven days removed."""
    await make_partitions(rt)
    await forget_keys(rt)


async def make_partitions(rt: Runtime) -> None:
    """Partitions for this month and the ones ahead; those that are there stay as they are.

    Ids carry the machine's time, so it is that which decides the month, also under a simulated clock.
    """
    s = rt.spec.name
    async with rt.db.maintenance() as raw:
        for table in rt.spec.metadata.sorted_tables:
            if table.info.get("log"):
                for arguments in partition_statements(table, clock.wall(), MONTHS_AHEAD):
                    await raw.execute(f"SELECT {s}.make_partition($1, $2, $3, $4)", *arguments)


async def forget_keys(rt: Runtime) -> int:
    """Remove idempotency keys past their time, one organisation at a time; how many went."""
    s = rt.spec.name
    async with rt.db.plain() as raw:
        known = await organisations.known(raw, s)
    gone = 0
    for org_id in known:
        async with rt.db.job(org_id) as tx:
            tag = await tx.raw.execute(
                f"DELETE FROM {s}.idempotency_keys WHERE org_id = $1 AND created_at < $2", org_id, clock.wall() - KEPT
            )
            gone += int(tag.split()[-1])
    if gone:
        log.info("idempotency.forgotten", keys=gone)
    return gone
