"""What says nothing any more is deleted in small portions, beside whoever signs in."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from services.ticketing.sessions import limiter
from services.ticketing.sessions.secrets import INSTALLATION
from shared.db.tx import Tx
from tests.support.world import World


async def left(tx: Tx, keys: list[bytes]) -> int:
    found: int = await tx.raw.fetchval(
        "SELECT count(*) FROM ticketing.sign_in_limits WHERE org_id = $1 AND key = ANY($2::bytea[])",
        INSTALLATION,
        keys,
    )
    return found


@pytest.mark.parametrize("never", [[], ["hashjoin", "mergejoin"], ["hashjoin", "sort"]])
async def test_a_sweep_deletes_two_hundred_at_once_whatever_plan_the_server_makes_of_it(
    world: World, never: list[str]
) -> None:
    keys = [uuid4().bytes for _ in range(450)]
    async with world.runtime("ticketing").db.tx(INSTALLATION) as tx:
        # Longer ago than anything of the other tests, so that these are the first to go.
        until = tx.wall - timedelta(days=3650)
        await tx.raw.executemany(
            "INSERT INTO ticketing.sign_in_limits (org_id, key, until, failures) VALUES ($1, $2, $3, 0)",
            [(INSTALLATION, key, until) for key in keys],
        )
        for way in never:
            await tx.raw.execute(f"SET LOCAL enable_{way} = off")
        for remaining in (250, 50, 0):
            await limiter._sweep(tx)
            assert await left(tx, keys) == remaining
