"""Two people of the register were one: whatever named the one names the other, accounts at the bank included."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy.dialects.postgresql.asyncpg import dialect

from services.billing.models import metadata, payment_orders, payments
from services.billing.personal import repository
from services.billing.personal.registry import FOLLOW_OTHERWISE, FOLLOWED
from shared.ids import uuid7
from tests.billing.api.test_direct_debits import ACCOUNT, collect, mandate, sent
from tests.billing.village import Village, event, tell

NAMES = {"payer_id", "person_id"}
NOON = datetime(2025, 3, 1, 4, tzinfo=UTC)


@pytest.fixture
async def billed(village: Village) -> Village:
    """January billed: 200.00 for the first unit."""
    await village.standard("2.00")
    await village.bill("2025-01")
    return village


async def merge(village: Village, loser: UUID, survivor: UUID) -> None:
    """Ticketing says it, twice."""
    said = event(village.org, "person.merged.v1", loser, {"survivor_id": str(survivor)})
    for _ in range(2):
        await tell(village.world, village.org, [said])


async def mandates(village: Village) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await village.get("debit-mandates"))["items"]
    return found


def test_every_column_that_names_a_person_follows_a_merge_or_says_why_not() -> None:
    named = {(table.name, column.name) for table in metadata.tables.values() for column in table.c} & {
        (table.name, name) for table in metadata.tables.values() for name in NAMES
    }
    followed = {(table.name, column) for table, column in FOLLOWED}
    assert followed <= named
    assert {table for table, _ in named - followed} == set(FOLLOW_OTHERWISE)


async def test_bills_payments_and_relations_name_the_survivor(billed: Village) -> None:
    loser, survivor = next(iter(billed.owners.values())), uuid7()
    paid = await billed.pay("50.00", "2025-03-01", payer_id=str(loser))
    await merge(billed, loser, survivor)
    assert {b["payer_id"] for b in await billed.bills(unit_id=str(billed.first()))} == {str(survivor)}
    assert (await billed.get(f"payments/{paid['id']}"))["payer_id"] == str(survivor)
    async with billed.world.runtime("billing").db.read(billed.org) as tx:
        for table, column in FOLLOWED:
            left = f"SELECT count(*) FROM billing.{table.name} WHERE org_id = $1 AND {column} = $2"
            assert await tx.raw.fetchval(left, billed.org, loser) == 0
    await billed.proven()


async def test_a_merge_finds_what_a_person_paid_among_tens_of_thousands_by_an_index(billed: Village) -> None:
    org, payers = billed.org, [uuid7() for _ in range(5_000)]
    shared = {"org_id": org, "version": 1, "created_at": NOON, "updated_at": NOON, "community_id": billed.id}
    shared |= {"unit_id": billed.first(), "method": "wechat", "amount_fen": 100}
    paid = {"prepaid_fen": 0, "value_date": NOON.date(), "paid_on": NOON.date(), "digest": ""}
    asked = {"account": "a", "allocations": "[]", "state": "closed", "expires_at": NOON, "asked": 1}
    async with billed.world.runtime("billing").db.job(org) as tx:
        for table, own in (("payments", paid), ("payment_orders", asked)):
            rows = [(*shared.values(), *own.values(), uuid7(), payers[n % 5_000]) for n in range(20_000)]
            names = [*shared, *own, "id", "payer_id"]
            await tx.raw.copy_records_to_table(table, schema_name="billing", columns=names, records=rows)
    admin = await asyncpg.connect(billed.world.admin_url)
    for table in ("payments", "payment_orders"):
        await admin.execute(f"ANALYZE billing.{table}")
    await admin.close()
    async with billed.world.runtime("billing").db.read(org) as tx:
        for table, index in ((payments, "ix_payments_payer"), (payment_orders, "ix_payment_orders_payer")):
            statement = repository.renaming(tx, table, "payer_id", payers[0], payers[1])
            written = statement.compile(dialect=dialect(), compile_kwargs={"literal_binds": True})  # type: ignore[no-untyped-call]
            plan = "\n".join(row[0] for row in await tx.raw.fetch(f"EXPLAIN {written}"))
            assert index in plan and "Seq Scan" not in plan, plan
    await merge(billed, payers[0], payers[1])
    async with billed.world.runtime("billing").db.job(org) as tx:
        for table in (payments, payment_orders):
            found = f"SELECT count(*) FROM billing.{table.name} WHERE org_id = $1 AND payer_id = $2"
            assert [await tx.raw.fetchval(found, org, payer) for payer in payers[:2]] == [0, 8]
            await tx.raw.execute(f"DELETE FROM billing.{table.name} WHERE org_id = $1", org)


async def test_the_bank_still_collects_from_the_account_of_a_merged_payer(billed: Village) -> None:
    loser, survivor = next(iter(billed.owners.values())), uuid7()
    assert (await mandate(billed)).status_code == 201
    await merge(billed, loser, survivor)
    (kept,) = await mandates(billed)
    assert (kept["payer_id"], kept["state"], kept["account_mask"]) == (str(survivor), "active", "6222****0017")
    # the loser's key goes with the loser: the account does not hang on it
    async with billed.world.runtime("billing").db.tx(billed.org) as tx:
        await tx.raw.execute("DELETE FROM billing.person_keys WHERE org_id = $1 AND person_id = $2", billed.org, loser)
    run = await collect(billed)
    assert run.status_code == 201, run.text
    assert (await sent(billed, run.json()))[1][4:6] == [ACCOUNT, "王芳"]


async def test_of_two_mandates_of_a_unit_the_one_that_collects_stays(billed: Village) -> None:
    loser, survivor = next(iter(billed.owners.values())), uuid7()
    declined = {"declined": True, "bank": None, "account": None, "holder": None, "payer_id": str(survivor)}
    assert (await mandate(billed, **declined)).status_code == 201
    assert (await mandate(billed)).status_code == 201
    await merge(billed, loser, survivor)
    found = {m["state"]: m for m in await mandates(billed)}
    assert set(found) == {"active", "ended"} and {m["payer_id"] for m in found.values()} == {str(survivor)}
    assert found["active"]["account_mask"] == "6222****0017"
