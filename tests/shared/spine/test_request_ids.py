"""What a request causes carries its id: events, timers, jobs, and what subscribers do because of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from shared.contracts.envelope import Event
from shared.db.tx import Tx
from shared.messaging import puller, sequencer
from shared.runtime import Runtime
from shared.telemetry.context import request_id
from shared.timers import firing
from tests.shared.spine import toy
from tests.support.world import Standing

T0 = datetime(2025, 3, 7, 1, 0, tzinfo=UTC)


async def column(rt: Runtime, org: UUID, table: str, name: str) -> list[str]:
    async with rt.db.read(org) as tx:
        rows = await tx.raw.fetch(f"SELECT {name} FROM {rt.spec.name}.{table} WHERE org_id = $1 ORDER BY id", org)
    return [r[name] for r in rows]


async def test_timers_fired_together_tell_of_their_own_requests(
    alpha: Runtime, tenant: UUID, standing: Callable[[datetime], Standing]
) -> None:
    standing(T0 + timedelta(hours=1))
    for n in (1, 2):
        thing = await toy.make(alpha, tenant)
        async with alpha.db.tx(tenant, request_id=f"request-{n}") as tx:
            tx.set_timer("ring", thing, T0 + timedelta(minutes=n))
    await firing.fire_due(alpha, tenant, T0 + timedelta(hours=1))
    assert (await column(alpha, tenant, "outbox", "trace_id"))[-2:] == ["request-1", "request-2"]


async def pulled(alpha: Runtime, beta: Runtime, org: UUID, patch: pytest.MonkeyPatch) -> list[str]:
    """Has beta answer whatever it hears with a job; the context's id during each run."""
    seen: list[str] = []

    async def answer(tx: Tx, events: Sequence[Event]) -> None:
        seen.append(request_id.get())
        tx.enqueue("answer", {})

    for type_ in ("thing.made.v1", "thing.changed.v1"):
        patch.setitem(beta.spec.subscriptions["alpha"], type_, answer)  # type: ignore[arg-type]
    await sequencer.stamp(alpha.db, org)
    await puller.pull(beta, "alpha", org)
    return seen


async def test_effects_of_one_requests_events_carry_its_id(
    alpha: Runtime, beta: Runtime, tenant: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with alpha.db.tx(tenant, request_id="request-9") as tx:
        for n in (1, 2):
            tx.emit("thing.made.v1", subject=tenant, seq=n, data={})
    assert await pulled(alpha, beta, tenant, monkeypatch) == ["request-9"]
    assert await column(beta, tenant, "jobs", "request_id") == ["request-9"]
    assert request_id.get() == ""


async def test_effects_of_several_requests_events_name_their_place_in_the_feed(
    alpha: Runtime, beta: Runtime, tenant: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in (1, 2, 3):
        async with alpha.db.tx(tenant, request_id=f"request-{n}") as tx:
            tx.emit("thing.made.v1", subject=tenant, seq=n, data={})
    assert await pulled(alpha, beta, tenant, monkeypatch) == ["alpha:1-3"]
    assert await column(beta, tenant, "jobs", "request_id") == ["alpha:1-3"]
    async with alpha.db.read(tenant) as tx:
        rows = await tx.raw.fetch(
            "SELECT o.trace_id FROM alpha.feed f JOIN alpha.outbox o ON o.org_id = f.org_id AND o.id = f.id "
            "WHERE f.org_id = $1 AND f.position BETWEEN 1 AND 3 ORDER BY f.position",
            tenant,
        )
    assert [r["trace_id"] for r in rows] == ["request-1", "request-2", "request-3"]
