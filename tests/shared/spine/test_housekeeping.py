"""Partitions stay ahead of the calendar, and keys go when their seven days are over."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from shared import clock
from shared.db import idempotency, organisations
from shared.runtime import Runtime
from shared.worker import housekeeping


async def test_partitions_of_a_later_month_are_made_by_the_job_role(
    alpha: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = clock.wall() + timedelta(days=400)
    monkeypatch.setattr("shared.worker.housekeeping.clock.wall", lambda: later)
    await housekeeping.make_partitions(alpha)
    await housekeeping.make_partitions(alpha)  # again is nothing
    async with alpha.db.maintenance() as raw:
        found = await raw.fetchval("SELECT to_regclass($1)::text", f"alpha.outbox_{later:%Y%m}")
    assert found == f"alpha.outbox_{later:%Y%m}"


async def test_a_key_is_kept_seven_days_and_no_longer(alpha: Runtime, tenant: UUID) -> None:
    async with alpha.db.plain() as raw:
        await organisations.remember(raw, "alpha", tenant)
    for name in ("old", "new"):
        async with alpha.db.tx(tenant) as tx:
            await idempotency.begin(tx, subject="s", method="POST", route="/r", key=name, body_hash=b"h")
    async with alpha.db.tx(tenant) as tx:
        await tx.raw.execute(
            "UPDATE alpha.idempotency_keys SET created_at = $2 WHERE org_id = $1 AND key = 'old'",
            tenant,
            tx.wall - timedelta(days=7, seconds=1),
        )
    assert await housekeeping.forget_keys(alpha) == 1
    async with alpha.db.read(tenant) as tx:
        rows = await tx.raw.fetch("SELECT key FROM alpha.idempotency_keys WHERE org_id = $1", tenant)
    assert [r["key"] for r in rows] == ["new"]
