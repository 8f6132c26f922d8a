"""Idempotency keys wait and replay; audit entries keep personal fields under a key per person."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from shared.db import audit, idempotency
from shared.db.numbers import Numbers
from shared.db.tx import Tx
from shared.ids import uuid7
from shared.runtime import Runtime

SCOPE = {"subject": "s", "method": "POST", "route": "/v1/things", "key": "k-1"}


async def first(tx: Tx, body: bytes = b"h1") -> idempotency.StoredResponse | None:
    return await idempotency.begin(tx, body_hash=body, **SCOPE)


async def finish(tx: Tx) -> None:
    await idempotency.finish(tx, status=201, headers={"location": "/x"}, body=b'{"id":1}', **SCOPE)


async def test_a_second_request_waits_for_the_first_and_gets_its_answer(alpha: Runtime, tenant: UUID) -> None:
    order: list[str] = []

    async def one() -> None:
        async with alpha.db.tx(tenant) as tx:
            assert await first(tx) is None
            await asyncio.sleep(0.2)
            await finish(tx)
            order.append("first")

    async def two() -> idempotency.StoredResponse | None:
        await asyncio.sleep(0.05)
        async with alpha.db.tx(tenant) as tx:
            stored = await first(tx)
            order.append("second")
            return stored

    _, stored = await asyncio.gather(one(), two())
    assert stored == idempotency.StoredResponse(201, {"location": "/x"}, b'{"id":1}')
    assert order == ["first", "second"]


async def test_a_refusal_leaves_no_key(alpha: Runtime, tenant: UUID) -> None:
    with pytest.raises(RuntimeError):
        async with alpha.db.tx(tenant) as tx:
            await first(tx)
            raise RuntimeError("refused")
    async with alpha.db.tx(tenant) as tx:
        assert await first(tx, b"another body") is None


async def test_the_same_key_with_another_body_is_a_conflict(alpha: Runtime, tenant: UUID) -> None:
    async with alpha.db.tx(tenant) as tx:
        await first(tx)
        await finish(tx)
    async with alpha.db.read(tenant) as tx:
        with pytest.raises(idempotency.KeyReused):
            await first(tx, b"h2")


async def test_keys_of_two_organisations_do_not_meet(alpha: Runtime, tenant: UUID) -> None:
    for org in (tenant, uuid7()):
        async with alpha.db.tx(org) as tx:
            assert await first(tx) is None
            await finish(tx)


async def entry(rt: Runtime, org: UUID, person: UUID) -> UUID:
    async with rt.db.tx(org, actor_id=uuid7(), request_id="r-9") as tx:
        tx.audit("person.changed", "person", person, person_id=person, personal={"phone": "13812345678"})
    async with rt.db.read(org) as tx:
        raw = await tx.driver()
        found: UUID = await raw.fetchval("SELECT id FROM alpha.audit WHERE org_id = $1 AND entity_id = $2", org, person)
    return found


async def test_personal_fields_are_sealed_and_the_destroyed_key_erases_them(alpha: Runtime, tenant: UUID) -> None:
    person, other = uuid7(), uuid7()
    mine, theirs = await entry(alpha, tenant, person), await entry(alpha, tenant, other)
    master = bytes.fromhex("22" * 32)
    async with alpha.db.tx(tenant) as tx:
        raw = await tx.driver()
        stored = await raw.fetchval("SELECT personal FROM alpha.audit WHERE org_id = $1 AND id = $2", tenant, mine)
        assert b"13812345678" not in bytes(stored)
        assert await audit.open_personal(raw, "alpha", tenant, mine, master) == {"phone": "13812345678"}
        await raw.execute("DELETE FROM alpha.person_keys WHERE org_id = $1 AND person_id = $2", tenant, person)
        assert await audit.open_personal(raw, "alpha", tenant, mine, master) is None
        assert await audit.open_personal(raw, "alpha", tenant, theirs, master) == {"phone": "13812345678"}


async def test_personal_fields_need_their_person(alpha: Runtime, tenant: UUID) -> None:
    async with alpha.db.read(tenant) as tx:
        with pytest.raises(ValueError, match="person"):
            tx.audit("x", "y", uuid7(), personal={"phone": "1"})


async def test_numbers_are_unique_under_concurrency_and_gap_free(alpha: Runtime, tenant: UUID) -> None:
    async def take() -> int:
        async with alpha.db.tx(tenant) as tx:
            return await tx.number("receipt")

    with pytest.raises(RuntimeError):
        async with alpha.db.tx(tenant) as tx:
            await tx.number("receipt", 5)
            raise RuntimeError("rolled back")
    assert sorted(await asyncio.gather(*(take() for _ in range(12)))) == list(range(1, 13))


async def test_quick_numbers_are_unique_over_processes_and_do_not_wait_for_commits(
    alpha: Runtime, beta: Runtime, tenant: UUID
) -> None:
    other = Numbers(alpha.settings.database_url, "alpha")  # as another process would have
    taken: list[int] = []
    async with alpha.db.tx(tenant) as slow:
        taken.append(await slow.quick_number("R"))
        async with asyncio.timeout(2):
            for _ in range(70):
                async with alpha.db.tx(tenant) as tx:
                    taken.append(await tx.quick_number("R"))
                taken.append(await other.take(tenant, "R"))
    await other.close()
    assert len(taken) == len(set(taken)) == 141


async def test_a_calm_counter_leaves_no_gaps(alpha: Runtime, tenant: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.db.numbers._CALM_SECONDS", 0.0)
    taken = []
    for _ in range(4):
        async with alpha.db.tx(tenant) as tx:
            taken.append(await tx.quick_number("R"))
    assert taken == [1, 2, 3, 4]
    async with alpha.db.tx(tenant) as tx:
        assert await tx.number("R") == 5
