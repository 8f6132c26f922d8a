"""A transaction's last write goes in one statement with what it causes: all of it is there, or nothing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from shared.db.tx import Overtaken, Tx
from shared.http.database_errors import is_retryable
from shared.ids import uuid7
from shared.runtime import Runtime


def carry(tx: Tx, thing: UUID, name: str = "n") -> None:
    tx.carry(
        "made AS (INSERT INTO alpha.things (org_id, id, version, created_at, updated_at, name) "
        "VALUES ($1, $2, 1, $3, $3, $4) RETURNING id)",
        (tx.org_id, thing, tx.now, name),
    )


async def left(rt: Runtime, org: UUID, thing: UUID) -> tuple[int, int, int]:
    """How many things, events and audit entries there are of one thing."""
    async with rt.db.read(org) as tx:
        counts: Any = await tx.raw.fetchrow(
            "SELECT (SELECT count(*) FROM alpha.things WHERE id = $1), (SELECT count(*) FROM alpha.outbox o JOIN "
            "alpha.feed f ON f.org_id = o.org_id AND f.id = o.id WHERE o.subject = $1), "
            "(SELECT count(*) FROM alpha.audit WHERE entity_id = $1)",
            thing,
        )
    return counts[0], counts[1], counts[2]


@pytest.mark.parametrize(("events", "audits"), [(0, 0), (0, 1), (1, 0), (3, 1), (4, 1), (5, 1), (9, 3)])
async def test_what_is_carried_is_written_with_whatever_else_there_is(
    alpha: Runtime, tenant: UUID, events: int, audits: int
) -> None:
    thing = uuid7()
    async with alpha.db.tx(tenant) as tx:
        carry(tx, thing)
        for n in range(events):
            tx.emit("thing.made.v1", subject=thing, seq=n + 1, data={"n": n})
        for _ in range(audits):
            tx.audit("thing.made", "thing", thing)
    assert await left(alpha, tenant, thing) == (1, events, audits)


@pytest.mark.parametrize("events", [0, 1, 7])
async def test_a_row_that_was_there_already_leaves_nothing_and_wants_another_try(
    alpha: Runtime, tenant: UUID, events: int
) -> None:
    thing = uuid7()
    async with alpha.db.tx(tenant) as tx:
        carry(tx, thing)
    with pytest.raises(Overtaken) as met:
        async with alpha.db.tx(tenant) as tx:
            carry(tx, thing, "other")
            for n in range(events):
                tx.emit("thing.made.v1", subject=thing, seq=n + 1, data={})
    assert is_retryable(met.value)
    assert await left(alpha, tenant, thing) == (1, 0, 0)


async def test_a_savepoint_takes_back_what_was_carried_in_it(alpha: Runtime, tenant: UUID) -> None:
    thing, kept = uuid7(), uuid7()
    async with alpha.db.tx(tenant) as tx:
        with pytest.raises(RuntimeError):
            async with tx.savepoint():
                carry(tx, thing)
                raise RuntimeError("taken back")
        carry(tx, kept)
    assert await left(alpha, tenant, thing) == (0, 0, 0)
    assert await left(alpha, tenant, kept) == (1, 0, 0)


async def test_a_transaction_carries_one_write(alpha: Runtime, tenant: UUID) -> None:
    with pytest.raises(AssertionError):
        async with alpha.db.tx(tenant) as tx:
            carry(tx, uuid7())
            carry(tx, uuid7())
