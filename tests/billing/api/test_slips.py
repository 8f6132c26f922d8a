"""What an owner confirmed in ticketing is charged in billing, once; what changes afterwards takes it back."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from uuid import UUID

import pytest

from tests.billing.village import Village, tell, yuan
from tests.support.world import Standing


@pytest.mark.parametrize(
    ("posted", "served_on", "run_at", "in_time"),
    [
        (datetime(2025, 4, 24, 15, 59, 59, tzinfo=UTC), "2025-04-20", "2025-04-24T16:00:00Z", True),
        (datetime(2025, 4, 24, 16, 0, 0, tzinfo=UTC), "2025-04-20", "2025-04-24T16:00:00Z", False),
        (datetime(2025, 4, 25, 2, tzinfo=UTC), "2025-04-25", "2025-05-24T16:00:00Z", True),
        (datetime(2025, 12, 30, 2, tzinfo=UTC), "2025-12-25", "2026-01-24T16:00:00Z", True),
    ],
)
async def test_b074_a_slip_is_posted_before_the_deduction_run_to_the_second(
    village: Village, now: Standing, posted: datetime, served_on: str, run_at: str, in_time: bool
) -> None:
    now.to(posted)
    await village.slip(8000, f"{served_on}T01:00:00Z")
    (slip,) = (await village.get("service-slips"))["items"]
    assert (slip["run_at"], slip["in_time"]) == (run_at, in_time)
    (said,) = await village.feed("slip.posted.v1")
    assert said["data"]["in_time"] is in_time


async def test_c067_a_slip_is_billed_once_and_e017_kept(village: Village) -> None:
    """C-067, E-017."""
    told = await village.slip(8000, "2025-03-20T01:00:00Z")
    await asyncio.gather(*(tell(village.world, village.org, [told]) for _ in range(4)))
    (slip,) = (await village.get("service-slips", community_id=str(village.id)))["items"]
    (bill,) = await village.bills()
    assert (slip["bill_id"], slip["number"], yuan(slip["amount"])) == (bill["id"], "YC202503-0001", "80.00")
    assert (bill["fee_kind"], bill["source"], yuan(bill["open"])) == ("service", "slip", "80.00")
    assert bill["payer_id"] == str(next(iter(village.owners.values())))
    assert slip["ticket_id"] == told.data["ticket_id"] and slip["voided_at"] is None
    assert len(await village.feed("slip.posted.v1")) == 1
    await village.proven()


async def test_a_slip_priced_anew_takes_its_charge_back_and_is_charged_when_it_is_confirmed_again(
    village: Village,
) -> None:
    first = await village.slip(8000, "2025-03-20T01:00:00Z")
    same = {"slip_id": UUID(first.data["slip_id"]), "ticket_id": first.data["ticket_id"]}
    await village.pay("80.00", "2025-04-01")
    await village.slip(5000, "2025-03-20T01:00:00Z", "changed", **same)
    account = await village.get(f"accounts/{village.first()}")
    assert (yuan(account["owed"]), yuan(account["prepayment"])) == ("0.00", "80.00")
    await village.slip(5000, "2025-03-20T01:00:00Z", **same)
    (slip,) = (await village.get("service-slips"))["items"]
    assert (yuan(slip["amount"]), slip["voided_at"]) == ("50.00", None)
    account = await village.get(f"accounts/{village.first()}")
    assert (yuan(account["owed"]), yuan(account["prepayment"])) == ("0.00", "30.00")
    await village.slip(0, "2025-03-20T01:00:00Z", "voided", **same)
    await village.slip(0, "2025-03-20T01:00:00Z", "voided", **same)
    assert yuan((await village.get(f"accounts/{village.first()}"))["prepayment"]) == "80.00"
    assert [e["seq"] for e in await village.feed("slip.posted.v1")] == [1, 3]
    await village.proven()


async def test_what_is_free_or_of_no_unit_is_charged_to_nobody(village: Village) -> None:
    await village.slip(0, "2025-03-20T01:00:00Z")
    await village.slip(100, "2025-03-20T01:00:00Z", unit_id=None)
    await village.slip(100, "2025-03-20T01:00:00Z", "voided")  # never confirmed
    assert await village.bills() == []
    assert (await village.get("service-slips"))["items"] == []
