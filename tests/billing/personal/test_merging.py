"""Two people of the register were one: whatever named the one names the other, accounts at the bank included."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from services.billing.models import metadata
from services.billing.personal.registry import FOLLOW_OTHERWISE, FOLLOWED
from shared.ids import uuid7
from tests.billing.api.test_direct_debits import ACCOUNT, collect, mandate, sent
from tests.billing.village import Village, event, tell

NAMES = {"payer_id", "person_id"}


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
