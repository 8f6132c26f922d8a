"""Billing's copy of the register: merged run by run, last one wins, an old event changes nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.billing.models import ref_units
from shared.ids import uuid7
from tests.billing.village import Village, event, tell


async def stored(village: Village, unit: UUID) -> Any:
    async with village.world.runtime("billing").db.read(village.org) as tx:
        return await tx.one_or_none(select(ref_units).where(ref_units.c.org_id == village.org, ref_units.c.id == unit))


def upserted(village: Village, unit: UUID, area: str, seq: int) -> Any:
    data = {"number": "9-0101", "building_id": None, "area": area, "use": "dwelling", "sold_on": "2024-06-01"}
    return event(village.org, "unit.upserted.v1", unit, data, community_id=village.id, seq=seq)


async def test_of_several_events_of_a_unit_the_last_one_counts(village: Village) -> None:
    unit = uuid7()
    await tell(village.world, village.org, [upserted(village, unit, f"{n}.00", n) for n in (1, 2, 3)])
    row = await stored(village, unit)
    assert (row.area, row.seq) == (Decimal("3.00"), 3)


async def test_an_event_seen_again_or_late_changes_nothing(village: Village) -> None:
    unit = uuid7()
    for seq in (2, 1, 2):
        await tell(village.world, village.org, [upserted(village, unit, f"{seq}.00", seq)])
    row = await stored(village, unit)
    assert (row.area, row.seq) == (Decimal("2.00"), 2)


async def test_an_event_that_cannot_be_read_parks_its_unit_and_no_other(village: Village) -> None:
    bad, good = uuid7(), uuid7()
    await tell(
        village.world,
        village.org,
        [upserted(village, bad, "many", 1), upserted(village, good, "5.00", 1)],
    )
    await tell(village.world, village.org, [upserted(village, bad, "6.00", 2)])  # waits behind the first
    assert await stored(village, bad) is None
    assert (await stored(village, good)).area == Decimal("5.00")
    async with village.world.runtime("billing").db.read(village.org) as tx:
        raw = tx.raw
        parked = await raw.fetchval("SELECT count(*) FROM billing.parked_events WHERE subject = $1", bad)
    assert parked == 2


async def test_a_bill_keeps_what_it_charged_when_the_register_changes(village: Village) -> None:
    await village.standard("2.00")
    await village.bill("2025-01")
    before = await village.bills()
    number, unit = next(iter(village.units.items()))
    data = {"number": number, "building_id": None, "area": "55.00", "use": "dwelling", "sold_on": "2024-06-01"}
    await tell(
        village.world,
        village.org,
        [event(village.org, "unit.upserted.v1", unit, data, community_id=village.id, seq=2)],
    )
    assert await village.bills() == before
    await village.bill("2025-02")
    assert (await village.bills(unit_id=str(unit)))[1]["amount"]["amount"] == "110.00"


async def test_bills_and_payments_follow_whoever_survives_a_merge(village: Village) -> None:
    """C-074: the payer changes, amounts and numbers do not; told twice it is the same."""
    await village.standard("2.00")
    await village.bill("2025-01")
    before = await village.bills()
    loser, survivor = UUID(before[0]["payer_id"]), uuid7()
    paid = await village.pay("10.00", "2025-03-01", payer_id=str(loser))
    merged = event(village.org, "person.merged.v1", loser, {"survivor_id": str(survivor)})
    for _ in range(2):
        await tell(village.world, village.org, [merged])
    after = await village.bills()
    assert {bill["payer_id"] for bill in after} & {str(loser)} == set()
    for old, new in zip(before, after, strict=True):
        assert new["payer_id"] == (str(survivor) if old["payer_id"] == str(loser) else old["payer_id"])
        assert (new["number"], new["amount"]) == (old["number"], old["amount"])
    payment = await village.get(f"payments/{paid['id']}")
    assert payment["payer_id"] == str(survivor)
    await village.proven()
